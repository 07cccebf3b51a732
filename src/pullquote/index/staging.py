"""What a refresh has read and will put into the catalog: on disk, for it may be more than fits.

It is a database of its own, which lives as long as the refresh does and needs no care on the disk:
a refresh that dies reads the articles again.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from pullquote.errors import StoreError
from pullquote.index.lock import HALF
from pullquote.index.records import NewRow, article_values
from pullquote.protocols import Ids, Window
from pullquote.types import Article

# Columns as in the catalog, which takes the rows over as they are.
STAGED = {
    "articles": 18,
    "labels": 3,
    "said": 2,
    "passages": 7,
}
_WANTED = "CREATE TABLE wanted (vector INTEGER PRIMARY KEY, words TEXT, places TEXT)"


class Staging:
    """Articles with their passages, and what is to be embedded; only the refresh looks at it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / f"staging.db{HALF}"
        self._remove()
        try:
            self._db = sqlite3.connect(self.path, isolation_level=None, cached_statements=16)
            self._db.execute("PRAGMA journal_mode=OFF")
            self._db.execute("PRAGMA synchronous=OFF")
            self._db.execute("BEGIN")
            for table, columns in STAGED.items():
                names = ", ".join(f"c{number}" for number in range(columns))
                self._db.execute(f"CREATE TABLE {table} ({names})")
            self._db.execute(_WANTED)
        except sqlite3.DatabaseError as error:
            raise self._trouble(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._db.close()
        self._remove()
        if isinstance(error, sqlite3.DatabaseError):
            raise self._trouble(error) from error

    def _remove(self) -> None:
        with suppress(OSError):  # the next refresh tries again
            self.path.unlink()

    def _trouble(self, error: sqlite3.DatabaseError) -> StoreError:
        return StoreError(f"{self.path}: {error}; free some space or check permissions")

    def put(self, article: Article, rows: Sequence[NewRow]) -> None:
        """Keep an article and its passages."""
        self._insert("articles", [article_values(article)])
        labels = (
            ("tag", article.tags), ("category", article.categories), ("lang", article.lang)
        )  # fmt: skip
        self._insert(
            "labels",
            [(kind, value.casefold(), article.path) for kind, some in labels for value in some],
        )
        self._insert("said", [(words, article.path) for row in rows for words in row.said])
        self._insert("passages", [_passage_values(row) for row in rows])
        for row in rows:
            self.want(row)

    def want(self, row: NewRow) -> None:
        """Keep what is to be embedded for a passage."""
        self._db.execute(
            "INSERT OR IGNORE INTO wanted VALUES (?, ?, ?)",
            (row.vector, row.words, json.dumps(row.places)),
        )

    def _insert(self, table: str, rows: Sequence[tuple[object, ...]]) -> None:
        marks = ", ".join("?" * STAGED[table])
        self._db.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)

    def finish(self) -> None:
        """Let others read what was put here, all of it."""
        self._db.execute("COMMIT")

    def paths(self) -> list[str]:
        """Return the paths of the articles that were put here."""
        return [path for (path,) in self._db.execute("SELECT c0 FROM articles")]

    def wanted(self) -> Ids:
        """Return the ids of the vectors that are wanted, ascending."""
        rows = self._db.execute("SELECT vector FROM wanted ORDER BY vector")
        return np.fromiter(chain.from_iterable(rows), np.int64)

    def windows(self, vectors: Ids, size: int) -> Iterator[Window]:
        """Yield what is to be embedded for these vectors, in order, so many at a time."""
        for first in range(0, len(vectors), size):
            some = json.dumps(vectors[first : first + size].tolist())
            rows = self._db.execute(
                "SELECT vector, words, places FROM wanted"
                " WHERE vector IN (SELECT value FROM json_each(?)) ORDER BY vector",
                (some,),
            ).fetchall()
            yield Window(
                tuple(number for number, _, _ in rows),
                tuple(words for _, words, _ in rows),
                tuple([(a, b) for a, b in json.loads(places)] for _, _, places in rows),
            )

    def words(self) -> Iterator[tuple[int, str]]:
        """Yield (passage id, embedded words) of what was put here."""
        yield from self._db.execute(
            "SELECT passages.c0, wanted.words FROM passages JOIN wanted ON vector = passages.c2"
        )


def _passage_values(row: NewRow) -> tuple[object, ...]:
    passage = row.passage
    return (
        passage.id,
        passage.article.path,
        row.vector,
        passage.span.start,
        passage.span.end,
        json.dumps(passage.headings),
        json.dumps([[span.start, span.end] for span in passage.sentences]),
    )
