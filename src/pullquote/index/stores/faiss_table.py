"""All rows of a store, those on the disk and the last ones that still wait in memory."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from pullquote.index.stores.faiss_codes import Coder, Codes
from pullquote.index.stores.faiss_files import (
    ENTRY,
    REMOVED,
    Columns,
    Entries,
    Manifest,
    damaged,
    sums_of,
)
from pullquote.index.stores.ranking import Places
from pullquote.protocols import Ids, Vectors

_SPILL = 4096  # rows that wait in memory before they are written, flushed or not


class Table:
    """The columns of one build, and what is to be written to them."""

    def __init__(self, columns: Columns, coder: Coder) -> None:
        self._columns, self._coder = columns, coder
        self._dim = columns.written.dim
        self._waiting: list[tuple[Entries, Vectors]] = []

    @property
    def written(self) -> Manifest:
        """What a manifest would say that covers all that is written."""
        return self._columns.written

    @property
    def rows(self) -> int:
        """How many rows there are, whether they count or not."""
        return self.written.rows + sum(len(rows) for _, rows in self._waiting)

    def read_log(self) -> Entries:
        """Return the entries that are written, in the order in which they came."""
        return self._columns.read_log()

    def add(self, ids: Ids, rows: Vectors) -> Entries:
        """Take rows, and return their entries."""
        entries = np.empty(len(ids), ENTRY)
        entries["id"], entries["sum"] = ids, sums_of(rows)
        entries["row"] = np.arange(self.rows, self.rows + len(ids))
        self._waiting.append((entries, rows))
        return entries

    def remove(self, ids: Ids) -> Entries:
        """Take removals, and return their entries."""
        entries = np.zeros(len(ids), ENTRY)
        entries["id"], entries["row"] = ids, REMOVED
        self._waiting.append((entries, np.empty((0, self._dim), np.float32)))
        return entries

    @property
    def is_heavy(self) -> bool:
        """Whether so much waits that it should be written."""
        return sum(len(entries) for entries, _ in self._waiting) >= _SPILL

    def write(self) -> None:
        """Write what waits; raise OSError, and it waits on."""
        if self._waiting:
            entries = np.concatenate([entries for entries, _ in self._waiting])
            rows = self._waiting_rows()
            self._columns.append(entries, rows, self._coder.encode(rows))
            self._waiting = []

    def sync(self) -> None:
        """Make what is written durable."""
        self._columns.sync()

    def blocks_of_rows(self) -> Iterator[tuple[int, Vectors]]:
        """Give all rows in parts, each with the number of its first row."""
        yield from self._columns.blocks_of_rows()
        yield self.written.rows, self._waiting_rows()

    def blocks_of_codes(self) -> Iterator[tuple[int, Codes]]:
        """Give all codes in parts; raise IndexCorrupt at the end if they are not what they were."""
        yield from self._columns.blocks_of_codes()
        yield self.written.rows, self._coder.encode(self._waiting_rows())

    def reader(self, entries: Entries) -> Callable[[Places], Vectors]:
        """Return a function from places among some entries to their rows, now and ever."""
        columns, first, waiting = self._columns, self.written.rows, self._waiting_rows()

        def read(places: Places) -> Vectors:
            wanted = entries[places]
            rows = np.empty((len(places), self._dim), np.float32)
            late = wanted["row"] >= first
            rows[~late] = columns.read_rows(wanted["row"][~late])
            rows[late] = waiting[wanted["row"][late] - first]
            self.compare(rows, wanted["sum"])
            return rows

        return read

    def compare(self, rows: Vectors, sums: NDArray[np.uint32]) -> None:
        """Raise IndexCorrupt if some row is not what was added."""
        if not np.array_equal(sums_of(rows), sums):
            raise damaged(self._columns.path("rows"))

    def copy(self, entries: Entries, columns: Columns) -> Entries:
        """Write the rows of some entries to new columns; return the entries with their new rows.

        Nothing may wait. Raise OSError or IndexCorrupt.
        """
        entries = entries[np.argsort(entries["row"])]
        old = entries["row"].copy()
        blocks = zip(self._columns.blocks_of_rows(), self._columns.blocks_of_codes(), strict=True)
        for (first, rows), (_, codes) in blocks:
            low, high = np.searchsorted(old, (first, first + len(rows)))
            part, kept = entries[low:high], old[low:high] - first
            self.compare(rows[kept], part["sum"])
            part["row"] = np.arange(columns.written.rows, columns.written.rows + len(part))
            columns.append(part, rows[kept], codes[kept])
        return entries[np.argsort(entries["id"])]

    def _waiting_rows(self) -> Vectors:
        none = np.empty((0, self._dim), np.float32)
        return np.concatenate([none, *(rows for _, rows in self._waiting)])
