"""Vectors in files that grow, searched by FAISS: float by float if they are few, else by codes.

Up to `LARGE` rows are held in memory and compared exactly. Of more, memory holds a code of 128
bytes each (for 384 numbers) and the ids; FAISS scans the codes, and the best few hundred rows are
read from the disk and compared exactly. So a row that is found has its true score, ties come whole
and by id, and a filter or a removal is never approximate; what may be missed is a row with an
unlucky code (benchmarks.vectors counts them). What is found depends on which rows there are, never
on how they came.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pullquote.errors import IndexCorrupt, StoreError
from pullquote.index.stores.faiss_codes import coder_of
from pullquote.index.stores.faiss_files import (
    ENTRY,
    Columns,
    Entries,
    Manifest,
    next_build,
    read_manifest,
    remove_others,
    write_manifest,
)
from pullquote.index.stores.faiss_live import Live
from pullquote.index.stores.faiss_scans import Flat, Index, Scan, gather
from pullquote.index.stores.faiss_table import Table
from pullquote.index.stores.ranking import rank
from pullquote.protocols import Ids, Vector, Vectors

_FEW = 500  # so many rows are compared one by one, sooner than others are searched around
# From 10,000 rows on FAISS compares floats with several threads, which takes it twelve times the
# processor time of 9,900, and of codes.
LARGE = 8_192  # rows
# Entries that count no more are cleared away when there are half as many as of those that do: each
# row is then copied twice at most for each that is removed, and seldom while all are few.
_DEAD_SHARE, _DEAD_LEAST = 0.5, 4096


class FaissStore:
    """Vectors with our own ids in a folder; see `VectorStore` for the promises.

    Opening reads the manifest and the log, and up to `large` rows. Adding, removing and flushing
    cost by what is added and removed. The first search after a change loads what it scans.
    """

    def __init__(self, path: Path, *, dim: int, fresh: bool = False, large: int = LARGE) -> None:
        self._folder, self._dim, self._large = path, dim, large
        self._coder = coder_of(dim)
        self._lock = threading.RLock()
        self._durable, columns = self._open(fresh)
        self._table = Table(columns, self._coder)
        none = Live(np.empty(0, ENTRY), few=min(_FEW, large))
        self._live = none.after([self._table.read_log()])
        self._changes: list[Entries] = []  # not in `_live` yet
        self._index: Index | None = None  # of `_live`
        if len(self._live) <= large:
            self._loaded()  # which finds damage

    def _open(self, fresh: bool) -> tuple[Manifest | None, Columns]:
        """Return the manifest, None if there is none, and the columns that it names."""
        manifest = None if fresh else read_manifest(self._folder)
        while manifest is not None:
            self._check(manifest)
            try:
                return manifest, self._columns(manifest)
            except IndexCorrupt:
                # Another process may have swept this build while it was being opened.
                later = read_manifest(self._folder)
                if later is None or later.build == manifest.build:
                    raise
                manifest = later
        return None, self._columns()

    def _columns(self, manifest: Manifest | None = None) -> Columns:
        """Open columns, or begin new ones."""
        if manifest is None:
            build = next_build(self._folder)
            manifest = Manifest(dim=self._dim, mark=self._coder.mark, build=build)
        return Columns(self._folder, manifest, code_bytes=self._coder.bytes)

    def _check(self, manifest: Manifest) -> None:
        if manifest.dim != self._dim:
            raise IndexCorrupt(
                f"{self._folder}: holds {manifest.dim}-number vectors where the embedder makes"
                f" {self._dim}; run: pullquote refresh --rebuild"
            )
        if manifest.mark != self._coder.mark:
            raise IndexCorrupt(
                f"{self._folder}: was made with another version of FAISS;"
                " run: pullquote refresh --rebuild"
            )

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add rows; a row whose id is there already is replaced."""
        if len(ids) == 0:
            return
        if vectors.shape != (len(ids), self._dim):
            raise StoreError(f"vectors are {vectors.shape}, not ({len(ids)}, {self._dim})")
        rows = np.array(vectors, np.float32, order="C")
        with self._lock:
            self._changes.append(self._table.add(ids, rows))
            self._write_if_heavy()

    def remove(self, ids: Ids) -> None:
        """Remove rows; unknown ids are ignored."""
        with self._lock:
            known = self._now().known(ids)
            if len(known):
                self._changes.append(self._table.remove(known))
                self._write_if_heavy()

    def _write_if_heavy(self) -> None:
        if self._table.is_heavy:
            with self._telling():
                self._table.write()

    def search(
        self, vector: Vector, k: int, *, allowed: Ids | None = None
    ) -> tuple[Ids, NDArray[np.float32]]:
        """Return the k nearest rows and all that tie with the last, best first, ties by id."""
        with self._lock:
            live, index = self._now(), self._loaded()
        within = live.within(allowed)
        k = min(k, within.total)
        if k <= 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        query = np.ascontiguousarray(vector, dtype=np.float32).reshape(1, -1)
        near = within.places
        if near is None:
            near = np.sort(index.near(query, k, within))
        return rank(live.ids[near], index.rows(near), query, k)

    def ids(self) -> Ids:
        """Return every id, ascending."""
        return self._now().ids.copy()

    def rows(self, ids: Ids) -> Vectors:
        """Return the rows of those of some ids that are there, in order of ids."""
        with self._lock:
            live = self._now()
            return self._table.reader(live.entries)(np.unique(live.places(ids)))

    def _now(self) -> Live:
        """Return what is there, with all changes so far."""
        with self._lock:
            if self._changes:
                self._live, self._index = self._live.after(self._changes), None
                self._changes = []
            return self._live

    def _loaded(self) -> Index:
        """Return the index of what is there now."""
        with self._lock:
            live = self._now()
            if self._index is None:
                self._index = self._load(live)
            return self._index

    def _load(self, live: Live) -> Index:
        table, places = self._table, live.places_by_row(self._table.rows)
        if len(live) > self._large:
            codes = ((places[n : n + len(part)], part) for n, part in table.blocks_of_codes())
            return Scan(self._coder, len(live), codes, table.reader(live.entries))
        parts = ((places[n : n + len(part)], part) for n, part in table.blocks_of_rows())
        rows = gather(len(live), self._dim, parts)
        table.compare(rows, live.entries["sum"])
        return Flat(rows)

    def flush(self) -> None:
        """Append what is new and swap the manifest, after which it counts."""
        with self._lock, self._telling():
            self._table.write()
            if self._table.written == self._durable:
                return
            self._clear_away()
            self._table.sync()
            write_manifest(self._folder, self._table.written)
            self._durable = self._table.written
            remove_others(self._folder, self._durable)

    def _clear_away(self) -> None:
        """Copy what counts to new files if too much else is in the old ones."""
        live = self._now()
        dead = self._table.written.entries - len(live)
        if dead < max(_DEAD_LEAST, _DEAD_SHARE * len(live)):
            return
        columns = self._columns()
        try:
            entries = self._table.copy(live.entries, columns)
        except OSError:  # as if the disk is full: it is tried again at the next flush
            columns.discard()
            return
        self._table, self._live = Table(columns, self._coder), self._live.moved(entries)
        self._index = None

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Make one line of what the system says."""
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"{self._folder}: cannot be written ({error}); free some space or check permissions"
            ) from error
