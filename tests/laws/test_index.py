"""The laws of the index, over random folders of small articles and random edits of them.

Words come from a small pool, so that twins, shared vectors and tied scores are the rule.
"""

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pullquote import Article, Chatbot, Embedder, Filter, Quote, Settings, Writer
from pullquote.articles.files import read_article
from pullquote.articles.passages import embedded_form, split_passages
from pullquote.index.catalog import Catalog
from pullquote.index.stores import open_store
from tests.fakes import (
    Death,
    DyingEmbedder,
    DyingStore,
    Fuse,
    LyingWriter,
    WordEmbedder,
    dying_catalog,
    fill,
)

Files = dict[str, str]
Edit = tuple[str, int, int, str]

# Each example makes many small files durable: in memory that costs nothing.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
FOLDERS = settings.get_profile("folders")
PATHS = ("a.md", "b.md", "c.md", "sub/a.md", "sub/d.md", "über uns.md")
WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "7", "2024")
QUESTIONS = (
    "Where is the amber birch?",
    "How many cedar are there in 2024?",
    "delta",
    "Did Ember Fjord say amber?",
)
TAGS, LANGS, DATES = ("red", "blue"), ("en", "de"), ("2024-01-01", "2024-06-01", "2025-01-01")

sentences = st.lists(st.sampled_from(WORDS), min_size=2, max_size=4).map(
    lambda words: " ".join(words).capitalize() + "."
)
fronts = st.fixed_dictionaries(
    {
        "title": st.sampled_from(["Amber", "Birch news"]),
        "tags": st.lists(st.sampled_from(TAGS), max_size=2, unique=True).map(repr),
        "categories": st.sampled_from(["[Opinion]", "[]"]),
        "lang": st.sampled_from(LANGS),
        "date": st.sampled_from([*DATES, ""]),
        "draft": st.sampled_from(["false", "false", "true"]),
    }
).map(lambda front: "".join(f"{key}: {value}\n" for key, value in front.items()))
bodies = st.lists(
    st.lists(sentences, min_size=1, max_size=3).map(" ".join)
    | st.sampled_from(["## Cedar", "**Delta** &amp; [ember](https://x.example/)\r\nin fjord."]),
    min_size=1,
    max_size=4,
).map("\n\n".join)
articles = st.builds(lambda front, body: f"---\n{front}---\n\n{body}\n", fronts, bodies) | bodies
folders = st.dictionaries(st.sampled_from(PATHS), articles, max_size=5)
places = st.integers(0, len(PATHS) - 1)
edits = st.tuples(
    st.sampled_from(["write", "append", "delete", "move", "duplicate"]), places, places, articles
)
questions = st.sampled_from(QUESTIONS) | sentences


def apply(files: Files, edit: Edit) -> Files:
    """Return the folder after an edit; one that names no file changes nothing."""
    verb, here, there, text = edit
    old, new = PATHS[here], PATHS[there]
    if verb == "write":
        return files | {old: text}
    if old not in files:
        return files
    if verb == "append":
        return files | {old: f"{files[old]}\n{text.rsplit('---', 1)[-1]}"}
    kept = files if verb == "duplicate" else {p: t for p, t in files.items() if p != old}
    return kept if verb == "delete" else kept | {new: files[old]}


@contextmanager
def a_bot(
    files: Files,
    *,
    embedder: Embedder | None = None,
    writer: Writer | None = None,
    threshold: float = 0.01,
    reread: bool = True,
) -> Iterator[Chatbot]:
    """Make a bot of words over a folder, not yet refreshed; by default it quotes easily."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        yield Chatbot(
            fill(Path(folder) / "corpus", files),
            embeddings=Path(folder) / "index",
            embedder=embedder or WordEmbedder(),
            llm=writer,
            settings=Settings(threshold=threshold, reread=reread),
            reader=None,
        )


def sibling(bot: Chatbot, *, embedder: Embedder | None = None, index: str = "index") -> Chatbot:
    """Return another bot over the same corpus, as another process would have."""
    return Chatbot(
        bot.corpus,
        embeddings=bot.corpus.parent / index,
        embedder=embedder or WordEmbedder(),
        settings=bot.settings,
        reader=None,
    )


def state(bot: Chatbot) -> tuple[object, ...]:
    """Return all that may show: rows of the catalog, rankings, scores, answers."""
    with Catalog(bot.embeddings).reading() as view:
        rows = view.rows(vectors=view.vector_ids().tolist())
        kept = view.articles(), view.problems(), view.vector_ids().tolist()
    hits = [hit.to_dict() for question in QUESTIONS for hit in bot.search(question, k=4)]
    return rows, kept, hits, [bot.ask(question).to_dict() for question in QUESTIONS]


def clean_state(bot: Chatbot) -> tuple[object, ...]:
    """Return the state of an index that is built at once over the bot's corpus."""
    clean = sibling(bot, index="clean")
    clean.refresh()
    return state(clean)


def check_verbatim(corpus: Path, quotes: Sequence[Quote]) -> None:
    """Compare the quotes with the files as they are on the disk."""
    for quote in quotes:
        with (corpus / quote.article.path).open(encoding="utf-8", newline="") as file:
            text = file.read()
        now, _ = read_article(quote.article.path, text.encode())
        assert text[quote.span.start : quote.span.end] == quote.source != ""
        assert now.show(quote.span) == quote.text != ""


# -- law 2


@settings(FOLDERS)
@given(files=folders, asked=st.lists(questions, min_size=1, max_size=4))
def test_every_quote_is_verbatim_whatever_the_writer_says(files: Files, asked: list[str]) -> None:
    """A lying writer changes neither the quotes nor what is shown between quotation marks."""
    lie = "profits tripled overnight"
    with a_bot(files, writer=LyingWriter(lie)) as bot:
        bot.refresh()
        for question in asked:
            answer = bot.ask(question)
            check_verbatim(bot.corpus, answer.quotes + answer.nearest)
            assert lie not in answer.text
            assert all(quote.text in answer.text for quote in answer.quotes)


# -- law 3


def die(bot: Chatbot, fuse: Fuse, *, rebuild: bool = False) -> bool:
    """Refresh with a fuse and tell whether it burnt down."""
    dying = Chatbot(
        bot.corpus,
        embeddings=bot.embeddings,
        embedder=DyingEmbedder(fuse),
        store=DyingStore(open_store("faiss", folder=bot.embeddings, dim=64), fuse),
        reader=None,
    )
    with dying_catalog(fuse), suppress(Death):
        dying.refresh(rebuild=rebuild)
        return False
    return True


def check_still_answers(bot: Chatbot) -> None:
    """Ask with a bot that opens everything anew."""
    again = sibling(bot)
    for question in QUESTIONS:
        answer = again.ask(question)
        check_verbatim(bot.corpus, answer.quotes + answer.nearest)


def check_converges(bot: Chatbot, wanted: tuple[object, ...] | None = None) -> None:
    """Refresh, compare with a clean build, and refresh again for nothing."""
    embedder = WordEmbedder()
    again = sibling(bot, embedder=embedder)
    again.refresh()
    assert state(again) == (wanted or clean_state(bot))
    store = open_store("faiss", folder=bot.embeddings, dim=64)
    with Catalog(bot.embeddings).reading() as view:
        kept, used = view.vector_ids().tolist(), view.vector_ids(used=True).tolist()
        assert store.ids().tolist() == kept == used
    embedder.embedded.clear()
    assert again.refresh().embedded == 0
    assert embedder.embedded == []


@settings(FOLDERS)
@given(
    files=folders,
    story=st.lists(st.tuples(edits, st.integers(1, 30)), min_size=3, max_size=3),
    rebuild=st.booleans(),
)
def test_a_refresh_survives_its_death_at_any_step(
    files: Files, story: list[tuple[Edit, int]], rebuild: bool
) -> None:
    """After three edits, each refresh dying somewhere, the next one equals a clean build."""
    with a_bot(files) as bot:
        bot.refresh()
        for edit, die_at in story:
            files = apply(files, edit)
            fill(bot.corpus, files)
            die(bot, Fuse(die_at), rebuild=rebuild)
            check_still_answers(bot)
        check_converges(bot)


@pytest.mark.parametrize("rebuild", [False, True])
def test_a_refresh_survives_its_death_at_each_step(rebuild: bool) -> None:
    """One rich edit, killed before and after every single write that it makes."""
    before = {
        "a.md": "Amber birch here.\n\n## Cedar\n\nCedar grows in 2024.",
        "b.md": "Delta was wide.",
        "c.md": "Ember glows. Fjord waits.",
    }
    after = {
        "sub/a.md": before["a.md"],
        "b.md": "Delta was narrow.",
        "sub/d.md": "Seven amber cedar.",
        "über uns.md": "Delta was narrow.",
    }
    with a_bot(after) as bot:
        wanted = clean_state(bot)
    step, died = 0, True
    while died:
        step += 1
        with a_bot(before) as bot:
            bot.refresh()
            fill(bot.corpus, after)
            died = die(bot, Fuse(step), rebuild=rebuild)
            check_still_answers(bot)
            check_converges(bot, wanted)
    assert step > 20


# -- law 4


def embedded_forms(files: Files) -> set[str]:
    """Return the words of every passage of a folder."""
    found = [read_article(path, text.encode())[0] for path, text in files.items()]
    return {embedded_form(passage)[0] for article in found for passage in split_passages(article)}


def readable(files: Files) -> Files:
    """Leave out files that hold only headings: they are skipped, and that is tested elsewhere."""
    return {
        path: text if text.rstrip().endswith(".") else f"{text}\n\nAmber."
        for path, text in files.items()
    }


@settings(FOLDERS)
@given(files=folders.map(readable), edit=edits)
def test_only_new_words_are_embedded(files: Files, edit: Edit) -> None:
    """A second refresh embeds nothing, a rename nothing, an edit the passages it changed."""
    embedder = WordEmbedder()
    with a_bot(files, embedder=embedder) as bot:
        bot.refresh()
        assert sorted(embedder.embedded) == sorted(embedded_forms(files))
        embedder.embedded.clear()
        assert bot.refresh().embedded == 0
        moved = {f"moved/{path}": text for path, text in files.items()}
        fill(bot.corpus, moved)
        report = bot.refresh()
        assert (report.renamed, report.added, report.removed) == (len(files), 0, 0)
        assert embedder.embedded == []
        edited = readable(apply(files, edit))
        fill(bot.corpus, edited)
        report = bot.refresh()
        assert set(embedder.embedded) == embedded_forms(edited) - embedded_forms(moved)
        assert len(embedder.embedded) == report.embedded


# -- law 5


@settings(FOLDERS)
@given(files=folders, story=st.lists(edits, min_size=1, max_size=5))
def test_ranking_does_not_depend_on_history(files: Files, story: list[Edit]) -> None:
    """An index that grew by edits ranks and scores like one that was built at once."""
    with a_bot(files) as bot:
        bot.refresh()
        for edit in story:
            files = apply(files, edit)
            fill(bot.corpus, files)
            bot.refresh()
        assert state(bot) == clean_state(bot)


def test_a_hundred_ties_have_one_order() -> None:
    """Equal articles come by path, however many tie at the cut and whenever they were added."""
    files = {f"{n:03}.md": "# T\n\nAmber birch. Cedar." for n in range(150)}
    files |= {f"x{n}.md": f"# T\n\nAmber birch {n}. Delta." for n in range(5)}
    with a_bot({path: files[path] for path in sorted(files)[::-2]}) as bot:
        bot.refresh()
        fill(bot.corpus, files)
        bot.refresh()
        hits = bot.search("Where is the cedar?", k=120)
        assert [hit.passage.article.path for hit in hits] == [f"{n:03}.md" for n in range(120)]
        assert [hit.dense_rank for hit in hits] == list(range(1, 121))
        assert state(bot) == clean_state(bot)


# -- law 6


def passes(article: Article, wanted: Filter) -> bool:
    """Say by the words of the contract whether a filter lets an article through."""

    def any_of(names: frozenset[str], values: tuple[str, ...]) -> bool:
        return not names or bool(names & {value.casefold() for value in values})

    day = article.date
    return (
        not article.draft
        and any_of(wanted.tags, article.tags)
        and any_of(wanted.categories, article.categories)
        and any_of(wanted.lang, article.lang)
        and (not wanted.since or (day is not None and day >= wanted.since))
        and (not wanted.until or (day is not None and day <= wanted.until))
        and (not wanted.paths or any(fnmatchcase(article.path, path) for path in wanted.paths))
    )


filters = st.fixed_dictionaries(
    {},
    optional={
        "tags": st.sets(st.sampled_from([*TAGS, "none"]), min_size=1),
        "categories": st.just("opinion"),
        "lang": st.sampled_from(LANGS),
        "since": st.sampled_from(DATES).map(date.fromisoformat),
        "until": st.sampled_from(DATES),
        "paths": st.sampled_from(["sub/*", "a.md", "*.md"]),
    },
).filter(lambda f: str(f.get("since", "")) <= str(f.get("until", "9")))


@settings(FOLDERS, max_examples=40)
@given(files=folders.map(readable), wanted=filters)
def test_a_filter_never_leaks_and_never_hides(files: Files, wanted: dict[str, Any]) -> None:
    """Exactly the passages of the articles that pass are found, and only they are quoted."""
    found = [read_article(path, text.encode())[0] for path, text in files.items()]
    inside = {article.path for article in found if passes(article, Filter.of(**wanted))}
    with a_bot(files) as bot:
        bot.refresh()
        for question in QUESTIONS:
            hits = bot.search(question, k=100, **wanted)
            assert {hit.passage.article.path for hit in hits} == inside
            answer = bot.ask(question, **wanted)
            assert {quote.article.path for quote in answer.quotes + answer.nearest} <= inside


def test_twins_share_a_vector_but_not_a_filter() -> None:
    """Of articles with the same words and so one vector, only the allowed one is shown."""
    text = "---\ntitle: T\ntags: [{}]\ndraft: {}\n---\n\nAmber birch cedar.\n"
    files = {
        "a.md": text.format("red", "true"),
        "b.md": text.format("blue", "false"),
        "c.md": text.format("red", "false"),
    }
    with a_bot(files) as bot:
        assert bot.refresh().embedded == 1
        ask: Callable[..., list[str]] = lambda **wanted: [  # noqa: E731
            quote.article.path for quote in bot.ask("amber birch", **wanted).quotes
        ]
        assert [hit.passage.article.path for hit in bot.search("amber")] == ["b.md", "c.md"]
        assert ask(tags="red") == ["c.md"]
        assert ask(tags="blue") == ["b.md"]
        assert ask() == ["b.md"]


# -- law 7


@settings(FOLDERS, max_examples=40)
@given(files=folders, question=st.text(min_size=1) | questions, wanted=filters)
def test_silence_is_a_status(files: Files, question: str, wanted: dict[str, Any]) -> None:
    """Whatever is asked, an answer has quotes or says that there are none."""
    with a_bot(files, threshold=Settings().threshold) as bot:
        bot.refresh()
        for options in ({}, wanted):
            answer = bot.ask(question + "?", **options)
            assert answer.status == ("answered" if answer.quotes else "abstained")
            assert bool(answer.quotes) == (answer.confidence >= Settings().threshold)
            assert 0 <= answer.confidence <= 1
            if not answer.quotes:
                assert answer.text.startswith("Your articles don't say.")


# -- law 8


@settings(FOLDERS, max_examples=30)
@given(files=folders, story=st.lists(edits, min_size=1, max_size=4), reread=st.booleans())
def test_no_quote_comes_from_a_file_that_changed(
    files: Files, story: list[Edit], reread: bool
) -> None:
    """Edited, moved and deleted files are read again first, or passed over and named."""
    with a_bot(files, reread=reread) as bot:
        bot.refresh()
        now = files
        for edit in story:
            now = apply(now, edit)
        fill(bot.corpus, now)
        same = {path for path, text in files.items() if now.get(path) == text}
        for question in QUESTIONS:
            answer = bot.ask(question)
            shown = answer.quotes + answer.nearest
            check_verbatim(bot.corpus, shown)
            named = {note.split(" changed or went")[0] for note in answer.notes}
            assert not named & same
            if not reread:
                assert {quote.article.path for quote in shown} <= same
                assert {hit.passage.article.path for hit in bot.search(question)} <= same
