"""Following a folder: edits, deletes, renames, moves, atomic saves, settings, trouble."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pullquote import (
    Chatbot,
    CorpusNotFound,
    InputError,
    PullquoteError,
    RefreshReport,
    Settings,
    StoreError,
    WatchStopped,
)
from pullquote.articles.files import Seen
from pullquote.index.lock import only_writer
from pullquote.ingest import scanning
from pullquote.ingest import watching as following
from pullquote.ingest.watching import watching
from tests.fakes import WordEmbedder, fill

MakeBot = Callable[..., Chatbot]
News = list[RefreshReport | PullquoteError]

PATIENCE = 20.0  # seconds: what a busy machine may take to notice
FILES = {
    "tram.md": "The tram opens in May.\n",
    "bees.md": "Bees shiver all winter.\n",
    "old/fog.md": "Fog held the harbour until ten.\n",
}


def until(true: Callable[[], bool]) -> bool:
    """Wait for something to become true."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return False


def paths(bot: Chatbot) -> set[str]:
    """Return what is indexed."""
    return {article.path for article in bot.articles()}


def finds(bot: Chatbot, query: str, words: str) -> Callable[[], bool]:
    """Return whether the first hit of a query holds some words."""

    def check() -> bool:
        with (
            bot._fresh.finding() as finder
        ):  # as indexed: asking itself would read changed files again
            found = finder.lexical.search(query, 1)
            rows = finder.view.rows(ids=[number for number, _ in found])
        return bool(rows) and words in rows[0].passage.text

    return check


@pytest.fixture
def watched(make_bot: MakeBot) -> Iterator[tuple[Chatbot, News]]:
    """Return a bot that follows its folder, and what it tells."""
    bot = make_bot(FILES, settings=Settings(reread=False))
    news: News = []
    with bot.watch(news.append):
        yield bot, news


def test_edits_and_new_files_are_followed(watched: tuple[Chatbot, News]) -> None:
    """By the bot that watches, and by any that is open."""
    bot, news = watched
    (bot.corpus / "tram.md").write_text("The tram opens in June.\n", "utf-8")
    assert until(finds(bot, "tram", "June"))
    (bot.corpus / "deep" / "er").mkdir(parents=True)
    (bot.corpus / "deep" / "er" / "new.md").write_text("Zebras graze.\n", "utf-8")
    assert until(finds(bot, "zebras", "Zebras graze."))
    assert until(lambda: sum(n.added for n in news if isinstance(n, RefreshReport)) == 1)


def test_an_atomic_save_is_an_edit(watched: tuple[Chatbot, News]) -> None:
    """A temporary file that replaces the article is what many editors write."""
    bot, _ = watched
    part = bot.corpus / ".tram.md.swp"
    part.write_text("The tram opens in July.\n", "utf-8")
    part.replace(bot.corpus / "tram.md")
    assert until(finds(bot, "tram", "July"))


def test_deletes_renames_and_moved_folders_are_followed(watched: tuple[Chatbot, News]) -> None:
    """A folder is told by its name alone; all that lay in it moves."""
    bot, _ = watched
    (bot.corpus / "tram.md").unlink()
    assert until(lambda: paths(bot) == {"bees.md", "old/fog.md"})
    (bot.corpus / "bees.md").rename(bot.corpus / "hive.md")
    assert until(lambda: paths(bot) == {"hive.md", "old/fog.md"})
    (bot.corpus / "old").rename(bot.corpus / "new")
    assert until(lambda: paths(bot) == {"hive.md", "new/fog.md"})
    shutil.rmtree(bot.corpus / "new")
    assert until(lambda: paths(bot) == {"hive.md"})


def test_new_settings_are_followed(watched: tuple[Chatbot, News]) -> None:
    """pullquote.toml decides about all articles."""
    bot, _ = watched
    (bot.corpus / "pullquote.toml").write_text('exclude = ["old/**"]\n', "utf-8")
    assert until(lambda: paths(bot) == {"bees.md", "tram.md"})


def test_what_changed_before_the_watch_began_is_caught_up(make_bot: MakeBot) -> None:
    """Between a refresh and the first event nothing is lost."""
    bot = make_bot(FILES)
    (bot.corpus / "tram.md").unlink()
    with bot.watch():
        assert until(lambda: paths(bot) == {"bees.md", "old/fog.md"})


def test_while_another_writes_changes_wait(watched: tuple[Chatbot, News]) -> None:
    """They are not lost, and no error is told."""
    bot, news = watched
    assert until(finds(bot, "tram", "May"))
    with only_writer(bot.embeddings):
        (bot.corpus / "tram.md").write_text("The tram opens in August.\n", "utf-8")
        time.sleep(1.0)
        assert finds(bot, "tram", "May")()
    assert until(finds(bot, "tram", "August"))
    assert not [item for item in news if isinstance(item, PullquoteError)]


def test_a_folder_that_goes_and_comes_back_is_followed_again(
    watched: tuple[Chatbot, News], tmp_path: Path
) -> None:
    """Its absence is told once and removes nothing."""
    bot, news = watched
    away = tmp_path / "away"
    bot.corpus.rename(away)
    assert until(lambda: any(isinstance(item, CorpusNotFound) for item in news))
    assert paths(bot) == set(FILES)
    away.rename(bot.corpus)
    (bot.corpus / "tram.md").write_text("The tram opens in October.\n", "utf-8")
    assert until(finds(bot, "tram", "October"))
    assert sum(isinstance(item, CorpusNotFound) for item in news) == 1


def test_a_broken_file_is_told_of_and_followed_until_it_is_mended(
    watched: tuple[Chatbot, News],
) -> None:
    """Nothing stops the watch."""
    bot, _ = watched
    (bot.corpus / "tram.md").write_bytes(b"\xff\xfe broken")
    assert until(lambda: paths(bot) == {"bees.md", "old/fog.md"})
    (bot.corpus / "tram.md").write_text("The tram opens at last.\n", "utf-8")
    assert until(finds(bot, "tram", "at last"))


def test_a_folder_with_a_dot_in_its_name_may_go(watched: tuple[Chatbot, News]) -> None:
    """The dot makes it no file."""
    bot, _ = watched
    (bot.corpus / "old").rename(bot.corpus / "v1.2")
    assert until(lambda: paths(bot) == {"bees.md", "tram.md", "v1.2/fog.md"})
    (bot.corpus / "v1.2").rename(bot.corpus.parent / "away")
    assert until(lambda: paths(bot) == {"bees.md", "tram.md"})


def test_a_corpus_that_is_a_link_may_point_elsewhere(tmp_path: Path) -> None:
    """As deployments do: the new folder is followed."""
    fill(tmp_path / "v1", FILES)
    fill(tmp_path / "v2", {"new.md": "Zebras graze.\n"})
    (tmp_path / "now").symlink_to(tmp_path / "v1")
    bot = Chatbot(tmp_path / "now", embeddings=tmp_path / "e", embedder=WordEmbedder(), reader=None)
    bot.refresh()
    with bot.watch():
        (tmp_path / "next").symlink_to(tmp_path / "v2")
        (tmp_path / "next").replace(tmp_path / "now")
        assert until(lambda: paths(bot) == {"new.md"})
        (tmp_path / "v2" / "more.md").write_text("Gnus graze.\n", "utf-8")
        assert until(lambda: paths(bot) == {"new.md", "more.md"})


def test_an_error_is_tried_again_ever_more_seldom(tmp_path: Path) -> None:
    """A disk that stays full is not asked every second; a new change is a new chance."""
    corpus = fill(tmp_path / "corpus", FILES)
    tries: list[float] = []

    def fail(*_: object) -> RefreshReport:
        tries.append(time.monotonic())
        raise StoreError("no space")

    news: News = []
    with watching(corpus, fail, news.append):
        assert until(lambda: len(tries) == 1)
        time.sleep(2.5)
        assert len(tries) <= 2
        before = len(tries)
        (corpus / "tram.md").write_text("Anew.\n", "utf-8")
        assert until(lambda: len(tries) > before)
    assert [str(item) for item in news] == ["no space"]


@pytest.mark.parametrize(
    "trouble", [None, InputError("a.md: cannot be read; check its permissions")]
)
def test_a_folder_that_goes_while_it_is_read_is_gone(
    make_bot: MakeBot, trouble: InputError | None
) -> None:
    """Whatever the reading came upon, it is told as one that goes between two looks."""
    bot = make_bot(FILES)
    away = bot.corpus.with_name("away")

    def read(*_: object) -> RefreshReport:
        bot.corpus.rename(away)
        if trouble:
            raise trouble
        return bot.refresh()

    news: News = []
    with watching(bot.corpus, read, news.append):
        assert until(lambda: bool(news))
    assert [str(item) for item in news] == [f"{bot.corpus}: is gone; put it back or stop watching"]


def test_a_folder_that_goes_as_the_watch_begins_is_gone(
    make_bot: MakeBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No folder is not the same folder as no folder before."""
    bot = make_bot(FILES)
    away = bot.corpus.with_name("away")
    tell = following._identity

    def move(folder: Path) -> int:
        if not away.exists():
            bot.corpus.rename(away)
        return tell(folder)

    monkeypatch.setattr(following, "_identity", move)
    news: News = []
    with bot.watch(news.append):
        assert until(lambda: bool(news))
    assert [str(item) for item in news] == [f"{bot.corpus}: is gone; put it back or stop watching"]


def test_a_folder_that_goes_while_it_is_looked_at_loses_nothing(
    make_bot: MakeBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its files it looks like one that was emptied."""
    bot = make_bot(FILES)
    away = bot.corpus.with_name("away")

    def see(*_: object, **__: object) -> tuple[Seen, ...]:
        bot.corpus.rename(away)
        return ()

    monkeypatch.setattr(scanning, "see_articles", see)
    with pytest.raises(CorpusNotFound):
        bot.refresh()
    assert paths(bot) == set(FILES)


def test_the_end_of_a_watch_is_told(tmp_path: Path) -> None:
    """Whatever ends it: nobody must believe that the folder is followed."""
    corpus = fill(tmp_path / "corpus", FILES)

    def fail(*_: object) -> RefreshReport:
        raise RuntimeError("the model broke")

    news: News = []
    with watching(corpus, fail, news.append):
        assert until(lambda: bool(news))
    (end,) = news
    assert isinstance(end, WatchStopped)
    assert "is not followed any more (RuntimeError('the model broke')); start again" in str(end)
