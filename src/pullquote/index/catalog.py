"""The truth about articles, passages and sentences: one SQLite file.

`vectors` is keyed by content (recipe and embedded words), so twins share a row and a rename moves
none. Readers work inside one read transaction and so see one generation, whatever is committed
meanwhile.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

from pullquote.errors import IndexCorrupt, IndexNotFound, StoreError
from pullquote.index.conditions import HELD_BACK
from pullquote.index.kinship import share_sentences, tell_families
from pullquote.index.records import VectorRow, pack
from pullquote.index.remembering import Remembered
from pullquote.index.staging import STAGED, Staging
from pullquote.index.view import View
from pullquote.types import Problem

CATALOG_FILE = "catalog.db"
_BUSY_SECONDS = 30
_LONG_JOURNAL = 16_000_000  # bytes, four times what SQLite writes back by itself
_GAP_MS = 500  # that a refresh waits for a moment without readers
_MAX_REASON = 120  # characters
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS articles (
    path TEXT PRIMARY KEY, digest TEXT NOT NULL, title TEXT NOT NULL, date TEXT, updated TEXT,
    url TEXT, lang TEXT NOT NULL, tags TEXT NOT NULL, categories TEXT NOT NULL,
    summary TEXT NOT NULL, authors TEXT NOT NULL, aliases TEXT NOT NULL, draft INTEGER NOT NULL,
    publish TEXT, expires TEXT, titled INTEGER NOT NULL, body INTEGER NOT NULL,
    text TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS articles_held_back ON articles (draft, publish, expires)
    WHERE {HELD_BACK};
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
CREATE TABLE IF NOT EXISTS boilerplate (words INTEGER PRIMARY KEY, families INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS stats (path TEXT PRIMARY KEY, stat TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS vectors (
    id INTEGER PRIMARY KEY, words TEXT NOT NULL, sentences BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS vectors_alone ON vectors (id);
CREATE TABLE IF NOT EXISTS problems (
    path TEXT NOT NULL, reason TEXT NOT NULL, skipped INTEGER NOT NULL, digest TEXT);
"""

# Rows come in the order of the tables' keys: then a large refresh writes each page once.
_ORDERS = {"articles": "c0", "labels": "c0, c1, c2", "said": "c0, c1", "passages": "c0"}
_CACHE_KB = 32_768  # of a writer


class Catalog:
    """The file, opened for reading or writing a transaction at a time."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / CATALOG_FILE
        self._remembered = Remembered("")

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
                (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
                if verdict != "ok" or _tables(connection) != _wanted_tables():
                    return False
                View(connection, Remembered).read_all()
                return True
        except IndexCorrupt:
            return False

    @contextmanager
    def reading(self) -> Iterator[View]:
        """Open a view of the current generation; raise IndexNotFound or IndexCorrupt."""
        if not self.exists:
            raise IndexNotFound(f"{self._path.parent}: no index yet; run: pullquote refresh")
        with self._connected("rw") as connection:
            connection.execute("BEGIN")
            self._check_tables(connection)
            yield View(connection, self._remember)

    def _remember(self, generation: str) -> Remembered:
        """Return what is remembered of a generation; of older ones only until they are left."""
        last = self._remembered
        if last.generation != generation or not generation:
            self._remembered = Remembered(generation, before=last)
        return self._remembered if self._remembered.generation == generation else Remembered("")

    def create(self) -> None:
        """Make the folder, the file and its tables if they are not there.

        The tables come all at once: whoever finds one finds them all. Raise IndexCorrupt if there
        are others.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"{self._path.parent}: cannot be made ({error.strerror}); name another with"
                " --embeddings DIR"
            ) from error
        with self._connected() as connection:
            if _tables(connection):
                self._check_tables(connection)
            else:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")

    def _check_tables(self, connection: sqlite3.Connection) -> None:
        """Raise IndexNotFound if there is no table yet, IndexCorrupt if they are not ours."""
        there = _tables(connection)
        if not there:
            raise IndexNotFound(
                f"{self._path}: its first refresh was never finished; run: pullquote refresh"
            )
        if there != _wanted_tables():
            raise IndexCorrupt(
                f"{self._path}: was made by another version; run: pullquote refresh --rebuild"
            )

    def keep_vectors(self, rows: Sequence[VectorRow]) -> None:
        """Keep what belongs to vectors that were just flushed; no passage uses them yet."""
        with self._writing() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)",
                [(row.id, row.words, pack(row.sentences)) for row in rows],
            )

    def commit(
        self,
        *,
        gone: Iterable[str],
        new: Staging | None,
        skipped: Iterable[tuple[Problem, str | None]],
        warnings: Iterable[Problem],
        about: Mapping[str, str],
    ) -> None:
        """Swap articles in one transaction: this makes a refresh visible.

        Beside each skipped file stands its digest, if it could be opened.
        """
        gone = tuple(gone)
        with self._writing(new) as connection:
            moved = share_sentences(connection, gone)
            for path in gone:
                for table in STAGED:
                    connection.execute(f"DELETE FROM main.{table} WHERE path = ?", (path,))
            for table in STAGED if new else ():
                _take_over(connection, table)
            connection.execute("DELETE FROM problems")
            connection.executemany(
                "INSERT INTO problems (path, reason, skipped, digest) VALUES (?, ?, ?, ?)",
                [(p.article, p.reason, True, digest) for p, digest in skipped]
                + [(p.article, p.reason, False, None) for p in warnings],
            )
            if moved or (new and share_sentences(connection, new.paths())):
                tell_families(connection)
            connection.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", about.items())

    def keep_stats(self, stats: Mapping[str, str]) -> None:
        """Keep how files looked when they were opened; what is not told is not known any more.

        No generation changes by that: it only saves opening them again.
        """
        with self._writing() as connection:
            known = dict(connection.execute("SELECT path, stat FROM stats").fetchall())
            connection.executemany(
                "DELETE FROM stats WHERE path = ?",
                [(path,) for path in known.keys() - stats.keys()],
            )
            connection.executemany(
                "INSERT OR REPLACE INTO stats VALUES (?, ?)", stats.items() - known.items()
            )

    def sweep(self) -> None:
        """Drop what is kept for vectors that no passage uses any more."""
        with self._writing() as connection:
            # The ids come from an index: rows are large, and to look at each would read the file.
            unused = connection.execute(
                "SELECT id FROM vectors INDEXED BY vectors_alone"
                " WHERE NOT EXISTS (SELECT 1 FROM passages WHERE vector = vectors.id)"
            ).fetchall()
            connection.executemany("DELETE FROM vectors WHERE id = ?", unused)

    @contextmanager
    def _writing(self, staging: Staging | None = None) -> Iterator[sqlite3.Connection]:
        with self._connected() as connection:
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute(f"PRAGMA cache_size=-{_CACHE_KB}")
            if staging:
                connection.execute(
                    "ATTACH ? AS staging", (f"{staging.path.absolute().as_uri()}?mode=ro",)
                )
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
            self._trim_journal(connection)

    def _trim_journal(self, connection: sqlite3.Connection) -> None:
        """Empty a journal that has grown long, if readers leave a gap: else it grows for ever."""
        journal = self._path.with_name(f"{self._path.name}-wal")
        if journal.exists() and journal.stat().st_size > _LONG_JOURNAL:
            connection.execute(f"PRAGMA busy_timeout={_GAP_MS}")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

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
            # The folder may be from anywhere: its schema runs nothing, its pages are checked.
            connection.execute("PRAGMA trusted_schema=OFF")
            connection.execute("PRAGMA cell_size_check=ON")
            yield connection
        except sqlite3.DatabaseError as error:
            raise self._trouble(error) from error
        finally:
            connection.close()

    def _trouble(self, error: sqlite3.DatabaseError) -> StoreError | IndexCorrupt:
        """Part what the machine refuses from what is wrong with the file."""
        # No code: it is Python who cannot read a text as UTF-8. SQLITE_ERROR: a table or column is
        # not there.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        if isinstance(error, sqlite3.OperationalError) and code != sqlite3.SQLITE_ERROR:
            return StoreError(
                f"{self._path}: {error}; free some space, check permissions or try again"
            )
        # SQLite quotes the text that it cannot read, which is an article's.
        reason = " ".join(str(error).split()).partition(" with text")[0][:_MAX_REASON]
        return IndexCorrupt(
            f"{self._path}: is damaged ({reason}); run: pullquote refresh --rebuild"
        )

    def _address(self, mode: str) -> str:
        """Return the file's URI; a folder that nobody may write is read without a lock file."""
        uri = self._path.absolute().as_uri()
        if os.access(self._path.parent, os.W_OK):
            return f"{uri}?mode={mode}"
        # What a writer has in its journal is part of the file: only without one is the file all.
        journal = self._path.with_name(f"{self._path.name}-wal").exists()
        return f"{uri}?mode=ro" if journal else f"{uri}?mode=ro&immutable=1"


def _tables(connection: sqlite3.Connection) -> dict[str, str]:
    """Return name → SQL of every table and index that was asked for."""
    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
    return dict(connection.execute(query).fetchall())


@cache
def _wanted_tables() -> dict[str, str]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(_SCHEMA)
        return _tables(connection)


def _take_over(connection: sqlite3.Connection, table: str) -> None:
    """Put the staged rows of a table into the catalog."""
    connection.execute(
        f"INSERT OR REPLACE INTO main.{table}"
        f" SELECT * FROM staging.{table} ORDER BY {_ORDERS[table]}"
    )
