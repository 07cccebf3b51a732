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
from datetime import date
from pathlib import Path

import numpy as np

from pullquote.errors import IndexCorrupt, IndexNotFound, StoreError
from pullquote.families import find_families, is_boilerplate
from pullquote.protocols import Vectors
from pullquote.types import Article, Problem
from pullquote.view import SCALE, Row, VectorRow, View, words_of

CATALOG_FILE = "catalog.db"
_BUSY_SECONDS = 30
_SCHEMA = """
CREATE TABLE IF NOT EXISTS about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS articles (
    path TEXT PRIMARY KEY, digest TEXT NOT NULL, title TEXT NOT NULL, date TEXT, updated TEXT,
    url TEXT, lang TEXT NOT NULL, tags TEXT NOT NULL, categories TEXT NOT NULL,
    summary TEXT NOT NULL, authors TEXT NOT NULL, aliases TEXT NOT NULL, draft INTEGER NOT NULL,
    publish TEXT, expires TEXT, titled INTEGER NOT NULL, body INTEGER NOT NULL,
    text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS labels (
    kind TEXT NOT NULL, value TEXT NOT NULL, path TEXT NOT NULL,
    PRIMARY KEY (kind, value, path)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS passages (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL, vector INTEGER NOT NULL, start INTEGER NOT NULL,
    "end" INTEGER NOT NULL, headings TEXT NOT NULL, sentences TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS passages_by_vector ON passages (vector);
CREATE INDEX IF NOT EXISTS passages_by_path ON passages (path);
CREATE TABLE IF NOT EXISTS said (
    words INTEGER NOT NULL, path TEXT NOT NULL, PRIMARY KEY (words, path)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS said_by_path ON said (path);
CREATE TABLE IF NOT EXISTS families (path TEXT PRIMARY KEY, family TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS boilerplate (words INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS vectors (
    id INTEGER PRIMARY KEY, words TEXT NOT NULL, sentences BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS problems (
    path TEXT NOT NULL, reason TEXT NOT NULL, skipped INTEGER NOT NULL, digest TEXT);
"""

_TABLES_BY_PATH = ("articles", "labels", "passages", "said")


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
        skipped: Iterable[tuple[Problem, str | None]],
        warnings: Iterable[Problem],
        about: Mapping[str, str],
    ) -> None:
        """Swap articles in one transaction: this makes a refresh visible.

        Beside each skipped file stands its digest, if it could be opened.
        """
        with self._writing() as connection:
            for path in gone:
                for table in _TABLES_BY_PATH:
                    connection.execute(f"DELETE FROM {table} WHERE path = ?", (path,))
            for article, rows in new:
                _insert(connection, article, rows)
            connection.execute("DELETE FROM problems")
            connection.executemany(
                "INSERT INTO problems (path, reason, skipped, digest) VALUES (?, ?, ?, ?)",
                [(p.article, p.reason, True, digest) for p, digest in skipped]
                + [(p.article, p.reason, False, None) for p in warnings],
            )
            _find_families(connection)
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
        f"INSERT OR REPLACE INTO articles VALUES ({', '.join('?' * 18)})",
        (
            article.path,
            article.digest,
            article.title,
            _iso(article.date),
            _iso(article.updated),
            article.url,
            json.dumps(article.lang),
            json.dumps(article.tags),
            json.dumps(article.categories),
            article.summary,
            json.dumps(article.authors),
            json.dumps(article.aliases),
            article.draft,
            _iso(article.publish),
            _iso(article.expires),
            article.titled,
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
        "INSERT OR IGNORE INTO said VALUES (?, ?)",
        [(words_of(article, span), article.path) for row in rows for span in row.passage.sentences],
    )
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


def _find_families(connection: sqlite3.Connection) -> None:
    """Tell copies from boilerplate anew, from all that is said now: no history is in it."""
    lengths = dict(connection.execute("SELECT path, count(*) FROM said GROUP BY path").fetchall())
    repeated: dict[int, list[str]] = {}
    for words, path in connection.execute(
        "SELECT words, path FROM said WHERE words IN"
        " (SELECT words FROM said GROUP BY words HAVING count(*) > 1) ORDER BY words, path"
    ):
        repeated.setdefault(words, []).append(path)
    kin = find_families(lengths, repeated)
    connection.execute("DELETE FROM families")
    connection.executemany("INSERT INTO families VALUES (?, ?)", kin.items())
    connection.execute("DELETE FROM boilerplate")
    connection.executemany(
        "INSERT INTO boilerplate VALUES (?)",
        [(words,) for words, paths in repeated.items() if is_boilerplate(paths, kin)],
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _pack(sentences: Vectors) -> bytes:
    return np.round(sentences * SCALE).astype(np.int8).tobytes()
