"""One generation of the catalog, read inside one transaction."""

import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from itertools import chain

import numpy as np

from pullquote.articles.passages import number_of
from pullquote.filters import Filter
from pullquote.index.conditions import HELD_BACK, conditions_of
from pullquote.index.records import (
    METADATA,
    RawRow,
    Row,
    check_places,
    read_article_row,
    read_raw,
    read_row,
    sound,
    unpack,
)
from pullquote.index.remembering import Passing, Remembered
from pullquote.protocols import Ids, Vectors
from pullquote.spans import Span
from pullquote.types import Article, Passage, Problem

_WORD = re.compile(r"\w+")


class View:
    """The catalog of one generation, for as long as its transaction lasts.

    Articles that are `hidden` pass no filter.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        remember: Callable[[str], Remembered],
        hidden: frozenset[str] = frozenset(),
    ) -> None:
        self._db = connection
        self._remember = remember
        self._hidden = hidden

    def hiding(self, paths: frozenset[str]) -> "View":
        """Return the same view, in which these articles pass no filter."""
        return View(self._db, self._remember, paths)

    @cached_property
    def _remembered(self) -> Remembered:
        return self._remember(self.about().get("lexical", ""))

    def about(self) -> dict[str, str]:
        """Return recipe, generation, lexical folder and time of the last refresh."""
        about = dict(self._db.execute("SELECT key, value FROM about").fetchall())
        if about:
            with sound("the number of the generation"):
                int(about.get("generation", ""))
        return about

    def digests(self) -> dict[str, str]:
        """Return path → digest of every article."""
        return dict(self._db.execute("SELECT path, digest FROM articles").fetchall())

    def stats(self) -> dict[str, str]:
        """Return path → how a file looked when it was last opened, see `Seen`."""
        return dict(self._db.execute("SELECT path, stat FROM stats").fetchall())

    def articles(
        self, wanted: Filter | None = None, today: date | None = None
    ) -> tuple[Article, ...]:
        """Return the articles that pass a filter today, or every one, without texts, by path."""
        where, values = "1", list[str]()
        if wanted is not None:
            where, values = self._conditions(wanted, today or date.today())
        query = f"SELECT {METADATA} FROM articles WHERE {where} ORDER BY path"
        return tuple(read_article_row((*row, 0, "")) for row in self._db.execute(query, values))

    def article(self, path: str) -> Article | None:
        """Return one article with the text it had when it was indexed."""
        return self._remembered.whole(self._db, [path]).get(path)

    def with_texts(self, passages: Sequence[Passage]) -> tuple[Passage, ...]:
        """Return passages with the texts of their articles."""
        articles = self._remembered.whole(self._db, {passage.article.path for passage in passages})
        whole = tuple(
            replace(passage, article=articles[passage.article.path]) for passage in passages
        )
        for passage in whole:
            check_places(passage)
        return whole

    def read_all(self) -> None:
        """Read whatever a refresh looks at; raise sqlite3.DatabaseError if it makes no sense."""
        self.about()
        self.problems()
        for article in self.articles():
            self.article(article.path)

    def count(self, table: str) -> int:
        """Return the number of rows of `articles`, `passages` or `vectors`."""
        (number,) = self._db.execute(f'SELECT count(*) FROM "{table}"').fetchone()
        return int(number)

    def left_out(self) -> dict[str, tuple[str | None, str]]:
        """Return path → (digest, reason) of every skipped file; None if it could not be opened."""
        rows = self._db.execute("SELECT path, digest, reason FROM problems WHERE skipped")
        return {path: (digest, reason) for path, digest, reason in rows}

    def problems(self) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
        """Return (skipped, warnings) as of the last refresh."""
        rows = self._db.execute(
            "SELECT path, reason, skipped FROM problems ORDER BY path, reason"
        ).fetchall()
        return (
            tuple(Problem(path, reason) for path, reason, skipped in rows if skipped),
            tuple(Problem(path, reason) for path, reason, skipped in rows if not skipped),
        )

    def candidates(
        self, *, ids: Iterable[int] = (), vectors: Iterable[int] = ()
    ) -> tuple[RawRow, ...]:
        """Return the rows of the passages with one of these ids or vectors, in any order."""
        found = self._db.execute(
            'SELECT id, path, vector, start, "end", headings, sentences FROM passages WHERE'
            " id IN (SELECT value FROM json_each(?)) OR vector IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)), json.dumps(list(vectors))),
        )
        with sound("a passage"):
            return tuple(read_raw(row) for row in found)

    def read(self, rows: Sequence[RawRow], *, texts: bool = True) -> tuple[Row, ...]:
        """Return the passages of some rows, in their order, but for what no article holds.

        Their articles come without texts, which is quicker, if no `texts` are wanted.
        """
        look_up = self._remembered.whole if texts else self._remembered.bare
        articles = look_up(self._db, {row.path for row in rows})
        return tuple(read_row(row, articles[row.path]) for row in rows if row.path in articles)

    def rows(self, *, ids: Iterable[int] = (), vectors: Iterable[int] = ()) -> tuple[Row, ...]:
        """Return the passages with one of these ids or vectors, by place."""
        found = self.candidates(ids=ids, vectors=vectors)
        return self.read(sorted(found, key=lambda row: row.place))

    def sentences(self, vectors: Iterable[int], dim: int) -> tuple[Vectors, dict[int, int]]:
        """Return the sentence vectors kept beside some vectors, and vector id → how many it has.

        Those of the first id come first; they are float32 rows, of any length.
        """
        rows = self._db.execute(
            "SELECT id, sentences FROM vectors WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(vectors)),),
        ).fetchall()
        unpacked, counts = unpack([blob for _, blob in rows], dim)
        return unpacked, dict(zip((number for number, _ in rows), counts, strict=True))

    def vector_ids(self, *, used: bool = False) -> Ids:
        """Return the ids of the kept vectors, or of those that a passage uses, ascending."""
        query = "SELECT DISTINCT vector FROM passages" if used else "SELECT id FROM vectors"
        with sound("a vector's id"):
            rows = self._db.execute(f"{query} ORDER BY 1")
            return np.fromiter(chain.from_iterable(rows), np.int64)

    def passage_ids(self, paths: Iterable[str]) -> set[int]:
        """Return the ids of the passages of some articles."""
        query = "SELECT id FROM passages WHERE path IN (SELECT value FROM json_each(?))"
        return {number for (number,) in self._db.execute(query, (json.dumps(list(paths)),))}

    def newest(
        self, ids: Iterable[int], labels: Iterable[str], wanted: Filter, today: date
    ) -> tuple[str, ...]:
        """Return the articles with some passages or labels that pass a filter, newest first."""
        where, values = self._conditions(wanted, today)
        rows = self._db.execute(
            "SELECT path FROM articles WHERE (path IN (SELECT path FROM passages WHERE id IN"
            " (SELECT value FROM json_each(?))) OR path IN (SELECT path FROM labels WHERE"
            f" kind != 'lang' AND value IN (SELECT value FROM json_each(?)))) AND {where}"
            " ORDER BY max(ifnull(updated, ''), ifnull(date, '')) DESC, path",
            (json.dumps(list(ids)), json.dumps(list(labels)), *values),
        )
        return tuple(path for (path,) in rows)

    def words(self, ids: Iterable[int] | None = None) -> Iterator[tuple[int, str]]:
        """Yield (passage id, embedded words) of these passages, or of all, by id."""
        some = "" if ids is None else "WHERE passages.id IN (SELECT value FROM json_each(?))"
        yield from self._db.execute(
            "SELECT passages.id, vectors.words FROM passages"
            f" JOIN vectors ON vectors.id = passages.vector {some} ORDER BY passages.id",
            () if ids is None else (json.dumps(list(ids)),),
        )

    def allowed(self, wanted: Filter, today: date) -> Passing:
        """Return the (passage ids, vector ids) that a filter leaves, sorted; None = every one."""
        key = wanted, today, self._hidden
        return self._remembered.passing(key, lambda: self._passing(wanted, today))

    def _passing(self, wanted: Filter, today: date) -> Passing:
        everyone = wanted.unpublished or not self.count_unpublished(today)
        if everyone and not wanted and not self._hidden:
            return None
        where, values = self._conditions(wanted, today)
        rows = self._db.execute(
            "SELECT passages.id, passages.vector FROM passages JOIN articles USING (path)"
            f" WHERE {where} ORDER BY passages.id",
            values,
        ).fetchall()
        pairs = np.array(rows, dtype=np.int64).reshape(-1, 2)
        return pairs[:, 0], np.unique(pairs[:, 1])

    def count_unpublished(self, today: date) -> int:
        """Return how many articles are drafts, expired or of the future."""
        where, values = conditions_of(Filter(), today)
        query = f"SELECT count(*) FROM articles WHERE ({HELD_BACK}) AND NOT ({where})"
        (number,) = self._db.execute(query, values).fetchone()
        return int(number)

    def boilerplate(self, path: str) -> dict[int, int]:
        """Return what an article shares with unrelated ones: sentence → how many families say it.

        Sentences are named by `words_of`; see `pullquote.index.families`.
        """
        query = "SELECT words, families FROM said JOIN boilerplate USING (words) WHERE path = ?"
        with sound("a count of families"):
            rows = self._db.execute(query, (path,))
            return {int(words): int(families) for words, families in rows}

    def families(self, paths: Iterable[str]) -> dict[str, str]:
        """Return article → family, for those that have copies, reposts or other versions."""
        query = "SELECT path, family FROM families WHERE path IN (SELECT value FROM json_each(?))"
        return dict(self._db.execute(query, (json.dumps(list(paths)),)).fetchall())

    def saying(
        self, words: Iterable[int], wanted: Filter, today: date
    ) -> dict[int, tuple[Article, ...]]:
        """Return sentence → the articles that say it and pass the filter, by path, without texts.

        Sentences are named by `words_of`.
        """
        where, values = self._conditions(wanted, today)
        rows = self._db.execute(
            f"SELECT words, {METADATA} FROM said JOIN articles USING (path)"
            f" WHERE words IN (SELECT value FROM json_each(?)) AND {where} ORDER BY path",
            (json.dumps(sorted(words)), *values),
        )
        found: dict[int, list[Article]] = {}
        for number, *row in rows:
            found.setdefault(number, []).append(read_article_row((*row, 0, "")))
        return {number: tuple(articles) for number, articles in found.items()}

    def labels(self, kind: str) -> tuple[str, ...]:
        """Return every "tag", "category" or "lang" that an article has, in order."""
        query = "SELECT DISTINCT value FROM labels WHERE kind = ? ORDER BY value"
        return tuple(value for (value,) in self._db.execute(query, (kind,)))

    def unknown(self, wanted: Filter) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Return (kind, value, what there is) for each filter value that no article has."""
        found = []
        for kind, values in (
            ("tag", wanted.tags), ("category", wanted.categories), ("lang", wanted.lang)
        ):  # fmt: skip
            if not values:
                continue
            known = self.labels(kind)
            found += [(kind, value, known) for value in sorted(values - set(known))]
        return tuple(found)

    def _conditions(self, wanted: Filter, today: date) -> tuple[str, list[str]]:
        where, values = conditions_of(wanted, today)
        if not self._hidden:
            return where, values
        hidden = json.dumps(sorted(self._hidden))
        return f"{where} AND path NOT IN (SELECT value FROM json_each(?))", [*values, hidden]


def words_of(article: Article, span: Span) -> int:
    """Return a number for the words of a sentence, the same wherever and however they stand."""
    return number_of(" ".join(_WORD.findall(article.show(span).casefold())))
