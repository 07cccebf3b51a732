"""The truth about articles, passages and sentences: one SQLite file.

`vectors` is keyed by content (recipe and embedded words), so twins share a row and a rename moves
none. Readers work inside one read transaction and so see one generation, whatever is committed
meanwhile.
"""

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pullquote.errors import IndexCorrupt, IndexNotFound, StoreError
from pullquote.spans import Span
from pullquote.types import Article, Filter, Passage, Problem, Vectors

CATALOG_FILE = "catalog.db"
_BUSY_SECONDS = 30
_KEPT_TEXTS = 1024
_METADATA = "path, digest, title, date, updated, url, lang, tags, categories, summary, draft"
_SCALE = 127.0  # sentence vectors are kept as int8: components of unit vectors lie in [-1, 1]
_SCHEMA = """
CREATE TABLE IF NOT EXISTS about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS articles (
    path TEXT PRIMARY KEY, digest TEXT NOT NULL, title TEXT NOT NULL, date TEXT, updated TEXT,
    url TEXT, lang TEXT NOT NULL, tags TEXT NOT NULL, categories TEXT NOT NULL,
    summary TEXT NOT NULL, draft INTEGER NOT NULL, body INTEGER NOT NULL, text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS labels (
    kind TEXT NOT NULL, value TEXT NOT NULL, path TEXT NOT NULL,
    PRIMARY KEY (kind, value, path)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS passages (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL, vector INTEGER NOT NULL, start INTEGER NOT NULL,
    "end" INTEGER NOT NULL, headings TEXT NOT NULL, sentences TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS passages_by_vector ON passages (vector);
CREATE INDEX IF NOT EXISTS passages_by_path ON passages (path);
CREATE TABLE IF NOT EXISTS vectors (
    id INTEGER PRIMARY KEY, words TEXT NOT NULL, sentences BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS problems (
    path TEXT NOT NULL, reason TEXT NOT NULL, skipped INTEGER NOT NULL, digest TEXT);
"""


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
            "SELECT path, reason, skipped FROM problems ORDER BY path"
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


class Catalog:
    """The file, opened for reading or writing a transaction at a time."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / CATALOG_FILE
        self._texts: dict[str, Article] = {}

    @property
    def exists(self) -> bool:
        """Whether anything was ever refreshed here."""
        return self._path.exists()

    def is_sound(self) -> bool:
        """Tell whether the file is whole and has the tables of this version; reads all of it."""
        if not self.exists:
            return False
        try:
            with self._connected("rw") as connection:
                (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
                return verdict == "ok" and _tables(connection) == _wanted_tables()
        except IndexCorrupt:
            return False

    @contextmanager
    def reading(self) -> Iterator[View]:
        """Open a view of the current generation; raise IndexNotFound or IndexCorrupt."""
        if not self.exists:
            raise IndexNotFound(f"{self._path.parent}: no index yet; run: pullquote refresh")
        with self._connected("rw") as connection:
            connection.execute("BEGIN")
            yield View(connection, self._texts)

    def create(self) -> None:
        """Make the folder, the file and its tables if they are not there."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"{self._path.parent}: cannot be made ({error.strerror}); name another with"
                " --embeddings DIR"
            ) from error
        with self._connected() as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(_SCHEMA)

    def keep_vectors(self, rows: Sequence[VectorRow]) -> None:
        """Keep what belongs to vectors that were just flushed; no passage uses them yet."""
        with self._writing() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)",
                [(row.id, row.words, _pack(row.sentences)) for row in rows],
            )

    def commit(
        self,
        *,
        gone: Iterable[str],
        new: Iterable[tuple[Article, Sequence[Row]]],
        problems: Iterable[tuple[Problem, bool]],
        about: Mapping[str, str],
    ) -> None:
        """Swap articles in one transaction: this makes a refresh visible."""
        with self._writing() as connection:
            for path in gone:
                for table in ("articles", "labels", "passages"):
                    connection.execute(f"DELETE FROM {table} WHERE path = ?", (path,))
            for article, rows in new:
                _insert(connection, article, rows)
            connection.execute("DELETE FROM problems")
            connection.executemany(
                "INSERT INTO problems (path, reason, skipped) VALUES (?, ?, ?)",
                [(problem.article, problem.reason, skipped) for problem, skipped in problems],
            )
            connection.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", about.items())

    def sweep(self) -> None:
        """Drop what is kept for vectors that no passage uses any more."""
        with self._writing() as connection:
            connection.execute("DELETE FROM vectors WHERE id NOT IN (SELECT vector FROM passages)")

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._connected() as connection:
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def _connected(self, mode: str = "rwc") -> Iterator[sqlite3.Connection]:
        try:
            connection = sqlite3.connect(
                self._address(mode), timeout=_BUSY_SECONDS, isolation_level=None, uri=True
            )
        except sqlite3.OperationalError as error:
            raise StoreError(
                f"{self._path}: cannot be opened ({error}); check the folder and its permissions"
            ) from error
        try:
            yield connection
        except sqlite3.DatabaseError as error:
            raise self._trouble(error) from error
        finally:
            connection.close()

    def _trouble(self, error: sqlite3.DatabaseError) -> StoreError | IndexCorrupt:
        """Part what the machine refuses from what is wrong with the file."""
        refused = isinstance(error, sqlite3.OperationalError)
        # SQLITE_ERROR: a table or column is not there, so another version made the file.
        if refused and error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            return StoreError(
                f"{self._path}: {error}; free some space, check permissions or try again"
            )
        return IndexCorrupt(f"{self._path}: is damaged ({error}); run: pullquote refresh --rebuild")

    def _address(self, mode: str) -> str:
        """Return the file's URI; a folder that nobody may write is read without a lock file."""
        uri = self._path.absolute().as_uri()
        writable = os.access(self._path.parent, os.W_OK)
        return f"{uri}?mode={mode}" if writable else f"{uri}?mode=ro&immutable=1"


def _tables(connection: sqlite3.Connection) -> dict[str, str]:
    """Return name → SQL of every table and index that was asked for."""
    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
    return dict(connection.execute(query).fetchall())


def _wanted_tables() -> dict[str, str]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(_SCHEMA)
        return _tables(connection)


def _insert(connection: sqlite3.Connection, article: Article, rows: Sequence[Row]) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            article.path,
            article.digest,
            article.title,
            article.date.isoformat() if article.date else None,
            article.updated.isoformat() if article.updated else None,
            article.url,
            json.dumps(article.lang),
            json.dumps(article.tags),
            json.dumps(article.categories),
            article.summary,
            article.draft,
            article.body,
            article.text,
        ),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO labels VALUES (?, ?, ?)",
        [
            (kind, value.casefold(), article.path)
            for kind, values in (
                ("tag", article.tags), ("category", article.categories), ("lang", article.lang)
            )
            for value in values
        ],
    )  # fmt: skip
    connection.executemany(
        "INSERT OR REPLACE INTO passages VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                row.passage.id,
                article.path,
                row.vector,
                row.passage.span.start,
                row.passage.span.end,
                json.dumps(row.passage.headings),
                json.dumps([[span.start, span.end] for span in row.passage.sentences]),
            )
            for row in rows
        ],
    )


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
    path, digest, title, day, updated, url, lang, tags, categories, summary, draft, body, text = row
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


def _pack(sentences: Vectors) -> bytes:
    return np.round(sentences * _SCALE).astype(np.int8).tobytes()


def _unpack(blob: bytes, dim: int) -> Vectors:
    rows: Vectors = np.frombuffer(blob, np.int8).reshape(-1, dim).astype(np.float32) / _SCALE
    return rows
