"""The catalog: what it keeps, what it finds, what a reader sees meanwhile."""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from pullquote import Filter, IndexCorrupt, IndexNotFound, Problem
from pullquote.articles.files import read_article
from pullquote.articles.passages import embedded_form, split_passages
from pullquote.index.catalog import Catalog
from pullquote.index.records import NewRow, VectorRow
from pullquote.index.staging import Staging
from pullquote.index.view import View, words_of
from pullquote.types import Article

RED = (
    "---\ntitle: Red\ntags: [Red, ' Two  words ']\nlang: en\ndate: 2024-05-01\n---\n\nRed words.\n"
)
BLUE = (
    "---\ncategories: [Opinion]\ndraft: true\n---\n\n# Blue\n\nBlue words 🌊.\n\n## More\n\nMore.\n"
)
TODAY = date(2025, 6, 1)
NUL = "Odd \x00 words\u2028 in café.\r\n"


def article_of(path: str, text: str) -> Article:
    """Return an article as a refresh reads it."""
    return read_article(path, text.encode())[0]


def rows_of(article: Article, first: int = 1) -> list[NewRow]:
    """Return an article's passages with vectors numbered from `first`."""
    return [
        NewRow(
            passage,
            first + n,
            *embedded_form(passage),
            tuple(words_of(article, span) for span in passage.sentences),
        )
        for n, passage in enumerate(split_passages(article))
    ]


def commit(
    catalog: Catalog,
    new: Sequence[tuple[Article, Sequence[NewRow]]] = (),
    *,
    gone: Iterable[str] = (),
    skipped: Iterable[tuple[Problem, str | None]] = (),
    warnings: Iterable[Problem] = (),
    about: Mapping[str, str] | None = None,
) -> None:
    """Commit articles as a refresh does, through a staging."""
    with tempfile.TemporaryDirectory() as work, Staging(Path(work)) as staging:
        for article, rows in new:
            staging.put(article, rows)
        staging.finish()
        catalog.commit(
            gone=gone, new=staging, skipped=skipped, warnings=warnings, about=about or {}
        )


@contextmanager
def a_view(catalog: Catalog) -> Iterator[View]:
    """Open a view that has started to read."""
    with catalog.reading() as view:
        view.about()
        yield view


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    """Return a catalog of three articles, one of them a draft."""
    catalog = Catalog(tmp_path / "deep" / "index")
    catalog.create()
    red, blue, odd = (
        article_of("red.md", RED),
        article_of("b/blue.md", BLUE),
        article_of("odd.md", NUL),
    )
    commit(
        catalog,
        [(red, rows_of(red)), (blue, rows_of(blue, 2)), (odd, rows_of(odd))],
        skipped=[(Problem("x.md", "is empty"), "blake2b:00"), (Problem("y.md", "locked"), None)],
        warnings=[Problem("red.md", "odd date")],
        about={"generation": "1", "recipe": "r"},
    )
    return catalog


def test_articles_and_passages_come_back_equal(catalog: Catalog) -> None:
    """Text, metadata, spans and ids survive, whatever characters they hold."""
    with catalog.reading() as view:
        for path, text in (("red.md", RED), ("b/blue.md", BLUE), ("odd.md", NUL)):
            wanted = article_of(path, text)
            found = view.article(path)
            assert found == wanted
            assert found is not None
            assert (found.text, found.body) == (wanted.text, wanted.body)
            rows = view.rows(ids=view.passage_ids([path]))
            assert [row.passage for row in rows] == list(split_passages(wanted))
            assert [row.passage.text for row in rows] == [p.text for p in split_passages(wanted)]
        assert [article.path for article in view.articles()] == ["b/blue.md", "odd.md", "red.md"]
        assert view.article("none.md") is None
        assert view.problems() == (
            (Problem("x.md", "is empty"), Problem("y.md", "locked")),
            (Problem("red.md", "odd date"),),
        )
        assert view.left_out() == {
            "x.md": ("blake2b:00", "is empty"),
            "y.md": (None, "locked"),
        }
        assert (view.count("articles"), view.count("passages")) == (3, 4)


def test_rows_are_found_by_id_and_by_vector_in_order_of_place(catalog: Catalog) -> None:
    """Twins share a vector: one vector finds both."""
    with catalog.reading() as view:
        places = [row.passage.place for row in view.rows(vectors=[1, 3])]
        assert [path for path, _ in places] == ["b/blue.md", "odd.md", "red.md"]
        assert view.rows(ids=[404], vectors=[404]) == ()


@pytest.mark.parametrize(
    ("wanted", "paths"),
    [
        (Filter(), {"red.md", "odd.md"}),
        (Filter.of(tags="RED"), {"red.md"}),
        (Filter.of(tags=["two words", "none"]), {"red.md"}),
        (Filter.of(categories="opinion"), set()),
        (Filter.of(lang="EN"), {"red.md"}),
        (Filter.of(since="2024-05-01", until="2024-05-01"), {"red.md"}),
        (Filter.of(since="2024-05-02"), set()),
        (Filter.of(until="2030-01-01"), {"red.md"}),
        (Filter.of(paths=["o*.md", "b/*"]), {"odd.md"}),
        (Filter.of(tags="red", lang="de"), set()),
    ],
)
def test_a_filter_leaves_ids_and_never_a_draft(
    catalog: Catalog, wanted: Filter, paths: set[str]
) -> None:
    """Case and spaces apart; within a field any value does, between fields all must."""
    with catalog.reading() as view:
        allowed = view.allowed(wanted, TODAY)
        assert allowed is not None
        passages, vectors = allowed
        assert {row.passage.article.path for row in view.rows(ids=passages.tolist())} == paths
        assert vectors.tolist() == ([1] if paths else [])
        assert set(passages.tolist()) == view.passage_ids(paths)
        assert {article.path for article in view.articles(wanted, TODAY)} == paths


def test_without_filter_and_drafts_everything_is_allowed(catalog: Catalog) -> None:
    """None spares the engines a list of every id."""
    commit(catalog, gone=["b/blue.md"])
    with catalog.reading() as view:
        assert view.allowed(Filter(), TODAY) is None


def test_unknown_values_are_told_with_what_there_is(catalog: Catalog) -> None:
    """Kind, value and the known values, so that a typo can be mended."""
    with catalog.reading() as view:
        assert view.unknown(Filter.of(tags=["red", "rde"], lang="fr")) == (
            ("tag", "rde", ("red", "two words")),
            ("lang", "fr", ("en",)),
        )


def test_a_reader_sees_one_generation_whatever_is_committed(catalog: Catalog) -> None:
    """Inside one view nothing changes; the next view sees all of it."""
    other = article_of("new.md", "New words.\n")
    with a_view(catalog) as view:
        commit(catalog, [(other, rows_of(other, 9))], gone=["red.md"], about={"generation": "2"})
        assert (view.about()["generation"], view.count("articles")) == ("1", 3)
        assert view.article("red.md") is not None
        assert view.article("new.md") is None
    with catalog.reading() as view:
        assert (view.about()["generation"], view.about()["recipe"]) == ("2", "r")
        assert sorted(view.digests()) == ["b/blue.md", "new.md", "odd.md"]
        assert view.unknown(Filter.of(tags="red")) == (("tag", "red", ()),)


def test_an_article_that_changed_is_not_shown_from_memory(catalog: Catalog) -> None:
    """Texts are kept between views, but never past their digest."""
    with a_view(catalog) as old:
        assert old.article("red.md") is not None
        new = article_of("red.md", RED.replace("Red words", "Other words"))
        commit(catalog, [(new, rows_of(new))], gone=["red.md"])
        with catalog.reading() as view:
            found = view.article("red.md")
            assert found is not None
            assert "Other words" in found.text
        before = old.article("red.md")
        assert before is not None
        assert "Red words" in before.text


def test_sentence_vectors_keep_their_direction(catalog: Catalog) -> None:
    """One byte a number: no component is off by more than half a step."""
    rows = np.random.default_rng(0).normal(size=(5, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    catalog.keep_vectors([VectorRow(1, "words", rows), VectorRow(8, "", rows[:0])])
    with catalog.reading() as view:
        found, counts = view.sentences([1, 8, 404], 16)
        assert counts == {1: 5, 8: 0}
        np.testing.assert_allclose(found / 127, rows, atol=0.5 / 127 + 1e-6)
        assert view.vector_ids().tolist() == [1, 8]


def test_a_sweep_drops_what_no_passage_uses(catalog: Catalog) -> None:
    """Vectors that passages use stay."""
    none = np.zeros((0, 4), np.float32)
    catalog.keep_vectors([VectorRow(number, "words", none) for number in (1, 2, 3, 4)])
    catalog.sweep()
    with catalog.reading() as view:
        kept, used = view.vector_ids().tolist(), view.vector_ids(used=True).tolist()
        assert kept == used == [1, 2, 3]
        assert [words for _, words in view.words()] == ["words"] * 4


def test_no_index_yet_is_an_error_of_its_own(tmp_path: Path) -> None:
    """Reading makes neither folder nor file."""
    catalog = Catalog(tmp_path / "index")
    with (
        pytest.raises(IndexNotFound, match="index: no index yet; run: pullquote refresh"),
        catalog.reading(),
    ):
        pass
    assert not catalog.exists
    assert not catalog.is_sound()
    assert not (tmp_path / "index").exists()


def test_a_folder_with_odd_characters_is_opened(tmp_path: Path) -> None:
    """Characters that mean something in a URI mean nothing here."""
    catalog = Catalog(tmp_path / "what? 50% #1 &é")
    catalog.create()
    assert catalog.is_sound()
    assert [path.name for path in tmp_path.iterdir()] == ["what? 50% #1 &é"]


def test_a_count_that_is_no_number_is_damage(catalog: Catalog, tmp_path: Path) -> None:
    """SQLite keeps any value in any column."""
    path = tmp_path / "deep" / "index" / "catalog.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO boilerplate SELECT words, 'many' FROM said")
    with pytest.raises(IndexCorrupt, match="count of families"), catalog.reading() as view:
        view.boilerplate("red.md")
