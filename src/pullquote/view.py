"""One generation of the catalog, read inside one transaction."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from pullquote.filters import Filter
from pullquote.passages import number_of
from pullquote.protocols import Vectors
from pullquote.spans import Span
from pullquote.types import Article, Passage, Problem

SCALE = 127.0  # sentence vectors are kept as int8: components of unit vectors lie in [-1, 1]
_KEPT_TEXTS = 1024
_REPEATED = 3  # articles in which a sentence of boilerplate stands at least
_REPOST = 0.9  # part of an article that is repeated if all of it is a repost
_METADATA = (
    "path, digest, title, date, updated, url, lang, tags, categories, summary, draft, titled"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A passage as the catalog keeps it, with the id of its vector."""

    passage: Passage
    vector: int


@dataclass(frozen=True, slots=True)
class VectorRow:
    """What is kept beside a vector: the embedded words and the sentences' vectors."""

    id: int
    words: str
    sentences: Vectors


class View:
    """The catalog of one generation, for as long as its transaction lasts."""

    def __init__(self, connection: sqlite3.Connection, texts: dict[str, Article]) -> None:
        self._db = connection
        self._texts = texts

    def about(self) -> dict[str, str]:
        """Return recipe, generation, lexical folder and time of the last refresh."""
        return dict(self._db.execute("SELECT key, value FROM about").fetchall())

    def digests(self) -> dict[str, str]:
        """Return path → digest of every article."""
        return dict(self._db.execute("SELECT path, digest FROM articles").fetchall())

    def articles(self) -> tuple[Article, ...]:
        """Return every article without its text, by path."""
        rows = self._db.execute(f"SELECT {_METADATA} FROM articles ORDER BY path")
        return tuple(_article((*row, 0, "")) for row in rows)

    def article(self, path: str) -> Article | None:
        """Return one article with the text it had when it was indexed."""
        query = "SELECT digest FROM articles WHERE path = ?"
        known = self._db.execute(query, (path,)).fetchone()
        if known is None:
            return None
        # An article is a function of its path and bytes, so one object serves every generation.
        article = self._texts.get(path)
        if article is None or article.digest != known[0]:
            query = f"SELECT {_METADATA}, body, text FROM articles WHERE path = ?"
            row = self._db.execute(query, (path,)).fetchone()
            article = _article(row)
            if len(self._texts) >= _KEPT_TEXTS:
                self._texts.clear()
            self._texts[path] = article
        return article

    def count(self, table: str) -> int:
        """Return the number of rows of `articles`, `passages` or `vectors`."""
        (number,) = self._db.execute(f'SELECT count(*) FROM "{table}"').fetchone()
        return int(number)

    def problems(self) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
        """Return (skipped, warnings) as of the last refresh."""
        rows = self._db.execute(
            "SELECT path, reason, skipped FROM problems ORDER BY path, reason"
        ).fetchall()
        return (
            tuple(Problem(path, reason) for path, reason, skipped in rows if skipped),
            tuple(Problem(path, reason) for path, reason, skipped in rows if not skipped),
        )

    def rows(self, *, ids: Iterable[int] = (), vectors: Iterable[int] = ()) -> tuple[Row, ...]:
        """Return the passages with one of these ids or vectors, by place."""
        found = self._db.execute(
            'SELECT id, path, vector, start, "end", headings, sentences FROM passages WHERE'
            " id IN (SELECT value FROM json_each(?)) OR vector IN (SELECT value FROM json_each(?))"
            " ORDER BY path, start",
            (json.dumps(list(ids)), json.dumps(list(vectors))),
        ).fetchall()
        articles = {path: self.article(path) for path in {row[1] for row in found}}
        return tuple(_row(row, article) for row in found if (article := articles[row[1]]))

    def sentences(self, vectors: Iterable[int], dim: int) -> dict[int, Vectors]:
        """Return vector id → the sentence vectors kept beside it, as float32 rows."""
        rows = self._db.execute(
            "SELECT id, sentences FROM vectors WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(vectors)),),
        )
        return {number: _unpack(blob, dim) for number, blob in rows}

    def vector_ids(self, *, used: bool = False) -> set[int]:
        """Return the ids of the kept vectors, or of those that a passage uses."""
        query = "SELECT DISTINCT vector FROM passages" if used else "SELECT id FROM vectors"
        return {number for (number,) in self._db.execute(query)}

    def passage_ids(self, paths: Iterable[str]) -> set[int]:
        """Return the ids of the passages of some articles."""
        query = "SELECT id FROM passages WHERE path IN (SELECT value FROM json_each(?))"
        return {number for (number,) in self._db.execute(query, (json.dumps(list(paths)),))}

    def words(self) -> Iterator[tuple[int, str]]:
        """Yield (passage id, embedded words) of every passage, by id."""
        yield from self._db.execute(
            "SELECT passages.id, vectors.words FROM passages"
            " JOIN vectors ON vectors.id = passages.vector ORDER BY passages.id"
        )

    def allowed(self, wanted: Filter) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
        """Return the (passage ids, vector ids) that a filter leaves; None = every one."""
        drafts = self._db.execute("SELECT 1 FROM articles WHERE draft LIMIT 1").fetchone()
        if not wanted and not drafts:
            return None
        where, values = _conditions(wanted)
        rows = self._db.execute(
            "SELECT passages.id, passages.vector FROM passages JOIN articles USING (path)"
            f" WHERE {where} ORDER BY passages.id",
            values,
        ).fetchall()
        pairs = np.array(rows, dtype=np.int64).reshape(-1, 2)
        return pairs[:, 0], np.unique(pairs[:, 1])

    def boilerplate(self, path: str) -> frozenset[int]:
        """Return the sentences of an article, by `words_of`, that are repeated all over the corpus.

        A sentence that stands in three articles is a promotion or a footer; but where nearly all
        of an article is repeated so, the article is a repost and none of it is.
        """
        counts = self._db.execute(
            "SELECT words, (SELECT count(*) FROM said AS other WHERE other.words = said.words)"
            " FROM said WHERE path = ?",
            (path,),
        ).fetchall()
        repeated = frozenset(words for words, count in counts if count >= _REPEATED)
        return repeated if len(repeated) < _REPOST * len(counts) else frozenset()

    def unknown(self, wanted: Filter) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Return (kind, value, what there is) for each filter value that no article has."""
        found = []
        for kind, values in (
            ("tag", wanted.tags), ("category", wanted.categories), ("lang", wanted.lang)
        ):  # fmt: skip
            if not values:
                continue
            query = "SELECT DISTINCT value FROM labels WHERE kind = ? ORDER BY value"
            known = tuple(value for (value,) in self._db.execute(query, (kind,)))
            found += [(kind, value, known) for value in sorted(values - set(known))]
        return tuple(found)


def words_of(article: Article, span: Span) -> int:
    """Return a number for the words of a sentence, the same wherever they stand."""
    return number_of(" ".join(article.show(span).split()).casefold())


def _conditions(wanted: Filter) -> tuple[str, list[str]]:
    """Return the SQL of a filter over `articles` and its values."""
    where, values = ["NOT draft"], list[str]()
    for kind, words in (
        ("tag", wanted.tags), ("category", wanted.categories), ("lang", wanted.lang)
    ):  # fmt: skip
        if words:
            where.append(
                "path IN (SELECT path FROM labels WHERE kind = ?"
                " AND value IN (SELECT value FROM json_each(?)))"
            )
            values += [kind, json.dumps(sorted(words))]
    if wanted.since:
        where.append("date >= ?")
        values.append(wanted.since.isoformat())
    if wanted.until:
        where.append("date <= ?")
        values.append(wanted.until.isoformat())
    if wanted.paths:
        where.append(f"({' OR '.join(['path GLOB ?'] * len(wanted.paths))})")
        values += sorted(wanted.paths)
    return " AND ".join(where), values


def _article(row: tuple[object, ...]) -> Article:
    (
        path,
        digest,
        title,
        day,
        updated,
        url,
        lang,
        tags,
        categories,
        summary,
        draft,
        titled,
        body,
        text,
    ) = row
    return Article(
        path=str(path),
        digest=str(digest),
        title=str(title),
        date=date.fromisoformat(str(day)) if day else None,
        updated=date.fromisoformat(str(updated)) if updated else None,
        url=str(url) if url else None,
        lang=tuple(json.loads(str(lang))),
        tags=tuple(json.loads(str(tags))),
        categories=tuple(json.loads(str(categories))),
        summary=str(summary),
        draft=bool(draft),
        titled=bool(titled),
        text=str(text),
        body=int(str(body)),
    )


def _row(row: Sequence[object], article: Article) -> Row:
    number, _, vector, start, end, headings, sentences = row
    passage = Passage(
        id=int(str(number)),
        article=article,
        span=Span(int(str(start)), int(str(end))),
        headings=tuple(json.loads(str(headings))),
        sentences=tuple(Span(a, b) for a, b in json.loads(str(sentences))),
    )
    return Row(passage, int(str(vector)))


def _unpack(blob: bytes, dim: int) -> Vectors:
    rows: Vectors = np.frombuffer(blob, np.int8).reshape(-1, dim).astype(np.float32) / SCALE
    return rows
