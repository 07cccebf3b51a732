"""Refreshing: what is planned, what is reported, what trouble costs."""

import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

import pullquote.index.parts
import pullquote.ingest.refresh
from pullquote import (
    Chatbot,
    CorpusNotFound,
    Embedded,
    IndexBusy,
    IndexCorrupt,
    IndexNotFound,
    PullquoteError,
    RecipeChanged,
    StoreError,
)
from pullquote.index.stores.faiss import FaissStore
from pullquote.ingest.scanning import Plan, plan
from tests.fakes import Death, DyingEmbedder, Fuse, WordEmbedder, fill

MakeBot = Callable[..., Chatbot]

FILES = {
    "bees.md": "---\ntitle: Bees\ntags: [garden]\n---\n\nBees shiver all winter.\n",
    "tram.md": "---\ntitle: Tram\n---\n\nThe tram opens in May.\n\n## Cost\n\nIt cost ten coins.\n",
}
BEES, TRAM = "How do bees spend the winter?", "When does the tram open?"


def listing(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def counts(bot: Chatbot, *, rebuild: bool = False, dry_run: bool = False) -> dict[str, int]:
    """Refresh and return the numbers of the report that are not zero."""
    report = bot.refresh(rebuild=rebuild, dry_run=dry_run).to_dict()
    return {name: value for name, value in report.items() if isinstance(value, int) and value}


def sibling(bot: Chatbot) -> Chatbot:
    """Return another bot over the same folders, as another process would have."""
    return Chatbot(bot.corpus, embeddings=bot.embeddings, embedder=WordEmbedder(), reader=None)


def first(bot: Chatbot, question: str) -> str:
    """Return the article of the best hit."""
    return bot.search(question)[0].passage.article.path


# -- planning


def test_a_plan_tells_added_changed_removed_renamed_and_unchanged_apart() -> None:
    """An equal digest under a new path is a rename, each old path used once."""
    known = {"a": "1", "b": "2", "c": "3", "d": "4", "twin": "4"}
    found = {"a": "1", "b": "9", "e": "3", "new": "7", "x": "4"}
    assert plan(known, found) == Plan(
        added=("new",),
        changed=("b",),
        removed=("twin",),
        renamed=(("c", "e"), ("d", "x")),
        unchanged=("a",),
    )


def test_two_articles_that_swap_names_are_changed() -> None:
    """A path that stays is not a rename."""
    assert plan({"a": "1", "b": "2"}, {"a": "2", "b": "1"}).changed == ("a", "b")


# -- reports


def test_a_report_counts_what_happened(make_bot: MakeBot, make_corpus: Callable[..., Path]) -> None:
    """Every edit is counted once, and only new words are embedded."""
    bot = make_bot(FILES, refresh=False)
    assert counts(bot) == {"added": 2, "embedded": 3}
    assert counts(bot) == {"unchanged": 2}
    make_corpus(
        {
            "moved/bees.md": FILES["bees.md"],
            "copy.md": FILES["bees.md"],
            "tram.md": FILES["tram.md"].replace("ten coins", "nine coins"),
            "fog.md": "Fog came in.\n",
        }
    )
    assert counts(bot) == {"added": 2, "changed": 1, "renamed": 1, "embedded": 2}
    make_corpus({"fog.md": "Fog came in.\n"})
    assert counts(bot) == {"removed": 3, "unchanged": 1}


def test_new_tags_embed_nothing_and_are_searched(
    make_bot: MakeBot, make_corpus: Callable[..., Path]
) -> None:
    """Metadata is not embedded, so an edit of it costs nothing."""
    bot = make_bot(FILES)
    make_corpus(FILES | {"bees.md": FILES["bees.md"].replace("garden", "insects")})
    assert counts(bot) == {"changed": 1, "unchanged": 1}
    assert [hit.passage.article.path for hit in bot.search(BEES, tags="insects")] == ["bees.md"]
    assert bot.search(BEES, tags="garden") == ()


def test_a_new_title_embeds_the_article_again(
    make_bot: MakeBot, make_corpus: Callable[..., Path]
) -> None:
    """The title is embedded with every passage."""
    bot = make_bot(FILES)
    make_corpus(FILES | {"tram.md": FILES["tram.md"].replace("title: Tram", "title: Rails")})
    assert counts(bot) == {"changed": 1, "unchanged": 1, "embedded": 2}


def test_a_bad_file_is_reported_and_skipped_until_it_is_mended(make_bot: MakeBot) -> None:
    """One file that is not UTF-8 or has no text does not stop the others."""
    bot = make_bot(FILES, refresh=False)
    (bot.corpus / "bad.md").write_bytes(b"fine\n\xff\xfe\n")
    (bot.corpus / "empty.md").write_bytes(b"\n")
    report = bot.refresh()
    assert [problem.article for problem in report.skipped] == ["bad.md", "empty.md"]
    assert "line 2 is not UTF-8" in report.skipped[0].reason
    assert bot.refresh().skipped == report.skipped
    (bot.corpus / "bad.md").write_text("Mended words.\n", "utf-8")
    (bot.corpus / "empty.md").unlink()
    assert counts(bot) == {"added": 1, "unchanged": 2, "embedded": 1}
    assert bot.status()["skipped"] == []


def test_an_article_that_turns_bad_leaves_the_index(make_bot: MakeBot) -> None:
    """What cannot be read any more cannot be quoted any more."""
    bot = make_bot(FILES)
    (bot.corpus / "bees.md").write_bytes(b"\xff")
    report = bot.refresh()
    assert (report.removed, report.unchanged, len(report.skipped)) == (1, 1, 1)
    assert {hit.passage.article.path for hit in bot.search(BEES)} == {"tram.md"}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a name be any bytes")
def test_a_name_that_is_not_utf8_is_skipped(make_bot: MakeBot) -> None:
    """A file name that cannot be written down is reported, and the rest is indexed."""
    bot = make_bot(FILES, refresh=False)
    Path(os.fsdecode(os.fsencode(bot.corpus) + b"/caf\xe9.md")).write_text("Words.\n", "utf-8")
    report = bot.refresh()
    assert report.added == 2
    (problem,) = report.skipped
    assert problem.article == "caf\\udce9.md"
    assert "rename" in problem.reason
    assert bot.status()["articles"] == 2


def test_front_matter_of_lone_surrogates_is_not_fatal(make_bot: MakeBot) -> None:
    """JSON can spell half a character, which no database takes."""
    half = '{"title": "half \\ud83d", "tags": ["\\udc00"]}\n\nWords.\n'
    bot = make_bot(FILES | {"half.md": half})
    assert first(bot, BEES) == "bees.md"


def test_a_missing_corpus_makes_no_index(tmp_path: Path) -> None:
    """A mistyped folder leaves nothing behind."""
    bot = Chatbot(
        tmp_path / "typo",
        embeddings=tmp_path / "index",
        embedder=WordEmbedder(),
        reader=None,
    )
    with pytest.raises(CorpusNotFound, match="typo: no such folder"):
        bot.refresh()
    assert not (tmp_path / "index").exists()


# -- rehearsing


def test_a_dry_run_writes_nothing(make_bot: MakeBot, make_corpus: Callable[..., Path]) -> None:
    """It reports what a refresh then does, and no byte of the index changes."""
    bot = make_bot(FILES, refresh=False)
    assert counts(bot, dry_run=True) == {"added": 2, "embedded": 3}
    assert not bot.embeddings.exists()
    bot.refresh()
    make_corpus({"tram.md": FILES["tram.md"], "fog.md": "Fog came in.\n"})
    before = listing(bot.embeddings)
    rehearsed = counts(bot, dry_run=True)
    rebuilt = counts(bot, dry_run=True, rebuild=True)
    assert listing(bot.embeddings) == before
    assert rehearsed == {"added": 1, "removed": 1, "unchanged": 1, "embedded": 1}
    assert rebuilt == {"added": 2, "embedded": 3}
    assert counts(bot) == rehearsed


# -- recipes and rebuilding


def test_another_recipe_is_refused_with_the_command_that_fixes_it(make_bot: MakeBot) -> None:
    """Neither a refresh nor a question mixes vectors of two embedders."""
    bot = make_bot(FILES)
    other = Chatbot(
        bot.corpus, embeddings=bot.embeddings, embedder=WordEmbedder(recipe="other", dim=32)
    )
    before = listing(bot.embeddings)
    for call in (other.refresh, lambda: other.refresh(dry_run=True), lambda: other.ask(BEES)):
        with pytest.raises(RecipeChanged, match="run: pullquote refresh --rebuild"):
            call()
    assert listing(bot.embeddings) == before
    assert counts(other, rebuild=True) == {"added": 2, "embedded": 3}
    assert first(other, BEES) == "bees.md"
    with pytest.raises(RecipeChanged):
        bot.ask(BEES)


def test_a_bot_that_is_open_notices_a_rebuild(
    make_bot: MakeBot, make_corpus: Callable[..., Path]
) -> None:
    """A rebuilt index is a new generation, not the first one again."""
    bot = make_bot(FILES)
    assert first(bot, "fog") != "fog.md"
    make_corpus({"fog.md": "Fog came in.\n"})
    generation = bot.status()["generation"]
    sibling(bot).refresh(rebuild=True)
    assert bot.status()["generation"] > generation
    (hit,) = bot.search("fog")
    assert (hit.passage.article.path, hit.dense_rank, hit.lexical_rank) == ("fog.md", 1, 1)


def test_a_bot_that_is_open_notices_that_the_folder_was_made_anew(
    make_bot: MakeBot, make_corpus: Callable[..., Path]
) -> None:
    """Even if somebody removed the whole index and its generations count from 1 again."""
    bot = make_bot(FILES)
    assert first(bot, BEES) == "bees.md"
    shutil.rmtree(bot.embeddings)
    make_corpus({"fog.md": "Fog came in.\n"})
    sibling(bot).refresh()
    (hit,) = bot.search("fog")
    assert (hit.passage.article.path, hit.dense_rank, hit.lexical_rank) == ("fog.md", 1, 1)


def test_a_rebuild_that_dies_leaves_the_old_index(make_bot: MakeBot) -> None:
    """Until the new index is whole the old one answers, for those who open it anew as well."""
    bot = make_bot(FILES)
    dying = Chatbot(bot.corpus, embeddings=bot.embeddings, embedder=DyingEmbedder(Fuse(1)))
    with pytest.raises(Death):
        dying.refresh(rebuild=True)
    again = sibling(bot)
    assert again.ask(TRAM).to_dict() == bot.ask(TRAM).to_dict()
    assert again.search(TRAM)[0].dense_rank == 1
    assert counts(again) == {"unchanged": 2}


def test_a_rebuild_keeps_what_is_not_the_index(make_bot: MakeBot) -> None:
    """Files of others in the folder stay, whatever they are called."""
    bot = make_bot(FILES)
    (bot.embeddings / "README.md").write_text("keep", "utf-8")
    (bot.embeddings / "lexical-notes").mkdir()
    (bot.embeddings / "lexical-notes" / "mine.txt").write_text("keep", "utf-8")
    bot.refresh(rebuild=True)
    kept = listing(bot.embeddings)
    assert (kept["README.md"], kept["lexical-notes/mine.txt"]) == (b"keep", b"keep")


# -- several at once


class NestedEmbedder(WordEmbedder):
    """Tries to refresh the same index from inside a refresh."""

    def __init__(self, bot: Chatbot) -> None:
        super().__init__()
        self._bot = bot
        self.error: PullquoteError | None = None

    def embed_passages(
        self, texts: Sequence[str], places: Sequence[Sequence[tuple[int, int]]]
    ) -> Embedded:
        """Embed texts after the attempt."""
        with pytest.raises(IndexBusy) as caught:
            self._bot.refresh(wait=0.1)
        self.error = caught.value
        return super().embed_passages(texts, places)


def test_a_second_writer_is_told_who_is_writing(make_bot: MakeBot) -> None:
    """Two refreshes do not run at once; the message names the process that does."""
    second = make_bot(FILES, refresh=False)
    embedder = NestedEmbedder(second)
    bot = Chatbot(second.corpus, embeddings=second.embeddings, embedder=embedder, reader=None)
    assert counts(bot) == {"added": 2, "embedded": 3}
    assert f"process {os.getpid()} is refreshing it" in str(embedder.error)
    assert counts(second) == {"unchanged": 2}


def test_readers_never_notice_a_refresh(
    make_bot: MakeBot, make_corpus: Callable[..., Path]
) -> None:
    """Threads that ask while refreshes and rebuilds come and go meet no error and no gap."""
    versions = [FILES | {"n.md": f"The count stands at {n} today.\n"} for n in range(8)]
    bot = make_bot(versions[0])
    stop, asked, trouble = threading.Event(), list[int](), list[object]()

    def read(fresh: bool) -> None:
        try:
            while not stop.is_set():
                reader = sibling(bot) if fresh else bot
                reader.ask("How high does the count stand?")
                hit = reader.search(BEES)[0]
                assert (hit.passage.article.path, hit.dense_rank) == ("bees.md", 1)
                asked.append(1)
        except (PullquoteError, AssertionError, sqlite3.Error, OSError) as error:
            trouble.append(error)

    threads = [threading.Thread(target=read, args=(fresh,)) for fresh in (False, False, True)]
    for thread in threads:
        thread.start()
    writer = sibling(bot)
    begin, turn = time.monotonic(), 0
    while turn < 12 or (len(asked) < 30 and time.monotonic() - begin < 10):
        make_corpus(versions[turn % 8])
        writer.refresh(rebuild=turn % 4 == 3)
        turn += 1
    stop.set()
    for thread in threads:
        thread.join()
    assert trouble == []
    assert len(asked) >= 30


def test_a_killed_refresh_costs_nothing(make_bot: MakeBot, tmp_path: Path) -> None:
    """After SIGKILL in the middle of a write the index answers and the next refresh completes."""
    bot = make_bot(FILES)
    many = FILES | {f"{n}.md": f"Article {n} speaks of topic{n}.\n" for n in range(40)}
    fill(bot.corpus, many)
    code = f"""
        import sys, time
        from pathlib import Path
        import pullquote.index.catalog
        from pullquote import Chatbot
        from tests.fakes import WordEmbedder
        take_over = pullquote.index.catalog._take_over
        def slow(*table):
            take_over(*table)
            print("taken", flush=True)
            time.sleep(.5)
        pullquote.index.catalog._take_over = slow
        Chatbot({str(bot.corpus)!r}, embeddings={str(bot.embeddings)!r},
                embedder=WordEmbedder()).refresh()
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    for _ in range(2):
        assert process.stdout.readline() == "taken\n"
    process.kill()
    assert process.wait() == -9
    process.stdout.close()
    again = sibling(bot)
    assert first(again, BEES) == "bees.md"
    assert again.status()["articles"] == 2
    # What was flushed before the kill is not embedded again.
    assert counts(again) == {"added": 40, "unchanged": 2}
    assert first(again, "topic33") == "33.md"
    assert counts(again) == {"unchanged": 42}


# -- trouble


def cut(path: Path) -> None:
    """Leave half of a file."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def lexical_in(folder: Path) -> Path:
    """Return the one lexical index of a folder."""
    (path,) = folder.glob("lexical-*")
    return path


def damage_catalog(folder: Path) -> Path:
    """Overwrite the catalog with garbage."""
    (folder / "catalog.db").write_bytes(b"garbage " * 1000)
    return folder / "catalog.db"


def empty_catalog(folder: Path) -> Path:
    """Truncate the catalog to nothing."""
    (folder / "catalog.db").write_bytes(b"")
    return folder / "catalog.db"


def cut_catalog(folder: Path) -> Path:
    """Leave half of the catalog."""
    cut(folder / "catalog.db")
    return folder / "catalog.db"


def older_catalog(folder: Path) -> Path:
    """Take a column away, as if an older version had made the catalog."""
    with closing(sqlite3.connect(folder / "catalog.db")) as connection:
        connection.execute("ALTER TABLE articles DROP COLUMN summary")
    return folder / "catalog.db"


def cut_vectors(folder: Path) -> Path:
    """Leave half of the vectors."""
    cut(folder / "vectors" / "1.rows")
    return folder / "vectors"


def lose_vectors(folder: Path) -> Path:
    """Remove the vectors."""
    shutil.rmtree(folder / "vectors")
    return folder


def lose_lexical(folder: Path) -> Path:
    """Remove the lexical index."""
    shutil.rmtree(lexical_in(folder))
    return folder / "lexical-1-"


def damage_lexical(folder: Path) -> Path:
    """Leave half of one file of the lexical index."""
    cut(lexical_in(folder) / "sums.json")
    return lexical_in(folder)


def garble_lexical(folder: Path) -> Path:
    """Change one byte in the middle of the counts, which would only rank otherwise."""
    (path,) = lexical_in(folder).glob("*-counts.npy")
    data = bytearray(path.read_bytes())
    data[-2] ^= 1
    path.write_bytes(data)
    return lexical_in(folder)


def lose_lengths(folder: Path) -> Path:
    """Remove one file of the lexical index."""
    (path,) = lexical_in(folder).glob("*-lengths.npy")
    path.unlink()
    return lexical_in(folder)


def file_for_lexical(folder: Path) -> Path:
    """Put a file in the place of the lexical index."""
    place = lexical_in(folder)
    shutil.rmtree(place)
    place.write_text("what?", "utf-8")
    return place


DAMAGE = [
    damage_catalog,
    empty_catalog,
    cut_catalog,
    older_catalog,
    cut_vectors,
    lose_vectors,
    lose_lexical,
    damage_lexical,
    garble_lexical,
    lose_lengths,
    file_for_lexical,
]


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_named_with_the_cure_and_a_rebuild_heals_it(
    make_bot: MakeBot, damage: Callable[[Path], Path]
) -> None:
    """A question meets one line with the file and the command; the command brings all back."""
    bot = make_bot(FILES)
    wanted = bot.ask(TRAM).to_dict()
    path = damage(bot.embeddings)
    fresh = sibling(bot)
    # Nothing in the catalog is what a first refresh that was killed leaves.
    with pytest.raises((IndexCorrupt, IndexNotFound)) as caught:
        fresh.ask(TRAM)
    message = str(caught.value)
    assert str(path) in message
    assert "run: pullquote refresh" in message
    assert "\n" not in message
    assert counts(fresh, rebuild=True) == {"added": 2, "embedded": 3}
    assert fresh.ask(TRAM).to_dict() == wanted
    assert bot.ask(TRAM).to_dict() == wanted
    assert counts(fresh) == {"unchanged": 2}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_plain_refresh_heals_or_names_the_cure(
    make_bot: MakeBot, make_corpus: Callable[..., Path], damage: Callable[[Path], Path]
) -> None:
    """A refresh over damage either mends it or says what will; it never makes it silent."""
    bot = make_bot(FILES)
    damage(bot.embeddings)
    make_corpus(FILES | {"fog.md": "Fog came in.\n"})
    fresh = sibling(bot)
    try:
        fresh.refresh()
    except IndexCorrupt as error:
        assert "run: pullquote refresh --rebuild" in str(error)
        fresh.refresh(rebuild=True)
    (hit,) = fresh.search("fog", k=1)
    assert (hit.passage.article.path, hit.dense_rank, hit.lexical_rank) == ("fog.md", 1, 1)
    assert first(fresh, TRAM) == "tram.md"


def test_lost_vectors_are_embedded_again_by_a_plain_refresh(make_bot: MakeBot) -> None:
    """The catalog knows which vectors there must be."""
    bot = make_bot(FILES)
    lose_vectors(bot.embeddings)
    assert counts(bot) == {"unchanged": 2, "embedded": 3}
    fresh = sibling(bot)
    assert fresh.search(TRAM)[0].dense_rank == 1


def test_an_embeddings_path_that_is_a_file_is_named(make_bot: MakeBot, tmp_path: Path) -> None:
    """It is neither replaced nor written over."""
    (tmp_path / "file").write_text("mine", "utf-8")
    bot = make_bot(FILES, refresh=False, embeddings=tmp_path / "file")
    for rebuild in (False, True):
        with pytest.raises(StoreError, match=r"file: cannot be written .*--embeddings DIR"):
            bot.refresh(rebuild=rebuild)
    with pytest.raises(PullquoteError, match="run: pullquote refresh"):
        bot.ask(BEES)
    assert (tmp_path / "file").read_text("utf-8") == "mine"


def test_a_read_only_folder_is_named(
    make_bot: MakeBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Not being allowed to write is StoreError, whichever write comes first."""
    bot = make_bot(FILES, refresh=False)

    def refuse(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    for owner, name in ((Path, "mkdir"), (Path, "write_text")):
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, refuse)
            with pytest.raises(StoreError, match=r"cannot be written \(Permission denied\)"):
                bot.refresh()
    assert counts(bot) == {"added": 2, "embedded": 3}


def test_an_index_that_nobody_may_write_is_read(
    make_bot: MakeBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the catalog nor the lexical index writes a lock into a read-only folder."""
    bot = make_bot(FILES)
    wanted = bot.ask(TRAM).to_dict()
    monkeypatch.setattr(os, "access", lambda *_: False)
    before = listing(bot.embeddings)
    assert sibling(bot).ask(TRAM).to_dict() == wanted
    assert listing(bot.embeddings) == before


FULL = "No space left on device"


def full_flush(patch: pytest.MonkeyPatch) -> None:
    """Let the disk be full when the vectors are written."""

    def fail(self: FaissStore) -> None:
        raise StoreError(f"vectors: cannot be written ({FULL})")

    patch.setattr(FaissStore, "flush", fail)


def full_fsync(patch: pytest.MonkeyPatch) -> None:
    """Let the disk be full when a file is made durable."""

    def fail(_: int) -> None:
        raise OSError(28, FULL)

    patch.setattr(os, "fsync", fail)


def full_lexical(patch: pytest.MonkeyPatch) -> None:
    """Let the disk be full when the lexical index is written."""

    def fail(*_: object) -> None:
        raise OSError(28, FULL)

    patch.setattr(pullquote.index.parts, "write_file", fail)


def full_folder(patch: pytest.MonkeyPatch) -> None:
    """Let the disk be full when the folder of the lexical index is made."""
    mkdir = Path.mkdir

    def fail(self: Path, *args: object, **options: object) -> None:
        if self.name.startswith("lexical-"):
            raise OSError(28, FULL)
        mkdir(self, *args, **options)  # type: ignore[arg-type]

    patch.setattr(Path, "mkdir", fail)


def full_catalog(patch: pytest.MonkeyPatch) -> None:
    """Let the disk be full when the catalog is committed."""

    def fail(*_: object) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    patch.setattr(pullquote.index.catalog, "_take_over", fail)


@pytest.mark.parametrize(
    "fill_disk", [full_flush, full_fsync, full_lexical, full_folder, full_catalog]
)
@pytest.mark.parametrize("rebuild", [False, True])
def test_a_full_disk_loses_nothing(
    make_bot: MakeBot,
    make_corpus: Callable[..., Path],
    fill_disk: Callable[[pytest.MonkeyPatch], None],
    rebuild: bool,
) -> None:
    """Whichever write fails raises StoreError; the old index answers; the next refresh is whole."""
    bot = make_bot(FILES)
    make_corpus(FILES | {"fog.md": "Fog came in.\n"})
    fresh = sibling(bot)
    with pytest.MonkeyPatch.context() as patch:
        fill_disk(patch)
        with pytest.raises(StoreError, match=r"space|full") as caught:
            fresh.refresh(rebuild=rebuild)
        assert "\n" not in str(caught.value)
        assert fresh.search(TRAM)[0].dense_rank == 1
        assert {hit.passage.article.path for hit in bot.search("fog")} == {"bees.md", "tram.md"}
    assert bot.refresh().added == 1
    assert first(fresh, "fog") == "fog.md"
    assert counts(fresh) == {"unchanged": 3}


def test_a_rename_embeds_nothing_even_if_the_title_is_made_from_the_path(
    make_bot: Callable[..., Chatbot], tmp_path: Path
) -> None:
    """What a path says is shown as a title, but never embedded."""
    bot = make_bot({"first-name.md": "It rained in the harbour all day.\n"})
    (tmp_path / "corpus" / "first-name.md").rename(tmp_path / "corpus" / "second.md")
    report = bot.refresh()
    assert (report.renamed, report.embedded) == (1, 0)
    assert [article.title for article in bot.articles()] == ["Second"]


def test_an_unchanged_corpus_with_skipped_files_keeps_its_generation(
    make_bot: Callable[..., Chatbot],
) -> None:
    """Problems are compared in one order, whatever the folder yields."""
    bot = make_bot({"a-b.md": "", "a/b.md": "", "c.md": "It rained in the harbour all day.\n"})
    before = bot.status()["generation"]
    bot.refresh()
    assert bot.status()["generation"] == before


def test_a_plain_refresh_mends_a_lost_lexical_index(
    make_bot: Callable[..., Chatbot], tmp_path: Path
) -> None:
    """What can be made again without embedding is made again without being asked."""
    bot = make_bot({"c.md": "It rained in the harbour all day.\n"})
    (lexical,) = (tmp_path / "embeddings").glob("lexical-*")
    shutil.rmtree(lexical)
    assert bot.refresh().embedded == 0
    assert [hit.lexical_rank for hit in bot.search("harbour")] == [1]


def test_a_link_out_of_the_corpus_is_skipped(
    make_bot: Callable[..., Chatbot], tmp_path: Path
) -> None:
    """What `show` would refuse is not indexed either, and the report says so."""
    (tmp_path / "secret.md").write_text("The password is fog.\n", "utf-8")
    bot = make_bot({"c.md": "It rained in the harbour all day.\n"})
    (tmp_path / "corpus" / "link.md").symlink_to(tmp_path / "secret.md")
    report = bot.refresh()
    assert [problem.article for problem in report.skipped] == ["link.md"]
    assert "leaves the corpus" in report.skipped[0].reason
