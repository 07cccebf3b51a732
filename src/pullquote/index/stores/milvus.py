"""Search on a Milvus server, or in a Milvus Lite file, that answers as FAISS does."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pullquote.errors import IndexCorrupt, StoreError
from pullquote.index.stores.collection import (
    MOST,
    Collection,
    flushed,
    none_of,
    one_of,
    unflushed,
)
from pullquote.index.stores.place import Place, age_of, new_place, read_place, write_place
from pullquote.index.stores.ranking import NOISE, SPARE, rank
from pullquote.index.stores.server import Server
from pullquote.protocols import Ids, Vector, Vectors

# A flat index looks at every row and so finds what FAISS finds, ties and all. Its time grows with
# the rows: beyond this many HNSW, which may miss a near row now and then, answers in a fraction.
_EXACT_ROWS = 500_000
_LONGEST = 10_000  # ids in one expression, which the server reads in the time of a search


class MilvusStore:
    """A collection on a server; see `VectorStore` for the promises.

    What was not flushed is kept here. A flush writes rows that readers do not see until a small
    file in the folder of the index counts it. Rows that a flush replaces or removes change at once.
    """

    def __init__(
        self, uri: str, *, folder: Path, dim: int, token: str = "", fresh: bool = False
    ) -> None:
        self._server = Server(uri, token)
        self._folder, self._dim = folder, dim
        self._place, self._before = _find_place(folder, fresh=fresh)
        self._collection = Collection(
            self._server, self._place.collection, age=0.0 if fresh else age_of(folder)
        )
        there = None if fresh else self._collection.dim()
        if there not in (None, dim):
            raise IndexCorrupt(
                f"{uri}: {self._collection.name} holds {there}-number vectors where the embedder"
                f" makes {dim}; run: pullquote refresh --rebuild"
            )
        self._there = there is not None
        self._known: Ids | None = None
        self._added: dict[int, Vector] = {}
        self._removed: set[int] = set()

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add rows; a row whose id is there already is replaced."""
        if len(ids) and vectors.shape != (len(ids), self._dim):
            raise StoreError(f"vectors are {vectors.shape}, not ({len(ids)}, {self._dim})")
        self._added.update(zip(ids.tolist(), np.array(vectors, np.float32), strict=True))
        self._removed.difference_update(ids.tolist())

    def remove(self, ids: Ids) -> None:
        """Remove rows; unknown ids are ignored."""
        for number in ids.tolist():
            self._added.pop(number, None)
            self._removed.add(number)

    def search(
        self, vector: Vector, k: int, *, allowed: Ids | None = None
    ) -> tuple[Ids, NDArray[np.float32]]:
        """Return the k nearest rows and all that tie with the last, best first, ties by id."""
        if k <= 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        parts = [self._pending(allowed)]
        parts += [self._nearest(vector, k, where) for where in self._expressions(allowed)]
        ids = np.concatenate([ids for ids, _ in parts])
        rows = np.concatenate([rows.reshape(-1, self._dim) for _, rows in parts])
        return rank(ids, rows, vector, k)

    def _pending(self, allowed: Ids | None) -> tuple[Ids, Vectors]:
        """Return the rows that were added since the last flush."""
        within = self._added.keys() if allowed is None else self._added.keys() & allowed.tolist()
        rows = np.array([self._added[number] for number in within], np.float32)
        return np.array(list(within), np.int64), rows

    def _expressions(self, allowed: Ids | None) -> Iterator[str]:
        """Yield expressions that leave the flushed rows that may be found, each row once."""
        if not self._there:
            return
        base = flushed(self._place.flushed)
        touched = np.array([*self._added, *self._removed], np.int64)
        if allowed is None and not len(touched):
            yield base
            return
        known = self._flushed_ids()
        within = np.setdiff1d(known, touched)
        if allowed is not None:
            within = np.intersect1d(within, allowed)
        left_out = np.setdiff1d(known, within)
        if not len(left_out):
            yield base
        elif len(left_out) < min(len(within), _LONGEST):
            yield f"{base} and {none_of(left_out)}"
        else:
            for first in range(0, len(within), _LONGEST):
                yield one_of(within[first : first + _LONGEST])

    def _nearest(self, vector: Vector, k: int, where: str) -> tuple[Ids, Vectors]:
        """Return some rows with the k nearest and all that tie with the last of them."""
        limit = k + SPARE
        while limit <= MOST:
            ids, scores = self._collection.nearest(vector, limit, where)
            if len(ids) < limit or scores[-1] < scores[k - 1] - NOISE:
                return self._collection.vectors(ids)
            limit *= 2
        parts = [(np.empty(0, np.int64), np.empty((0, self._dim), np.float32))]
        parts += self._collection.rows(where)
        return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])

    def ids(self) -> Ids:
        """Return every id, ascending."""
        kept = np.setdiff1d(self._flushed_ids(), np.array(list(self._removed), np.int64))
        return np.union1d(kept, np.array(list(self._added), np.int64))

    def _flushed_ids(self) -> Ids:
        """Return the ids of the rows that were flushed, read from the server once."""
        if not self._there:
            return np.empty(0, np.int64)
        if self._known is None:
            self._known = self._collection.ids(flushed(self._place.flushed))
        return self._known

    def flush(self) -> None:
        """Write what is new, count it as flushed, then remove what went."""
        if self._added or not self._there:
            self._flush_added()
        gone = np.intersect1d(self._flushed_ids(), np.array(list(self._removed), np.int64))
        if len(gone):
            self._collection.remove(gone)
            self._collection.flush()
            write_place(self._folder, self._place)  # tells others when rows last changed
        self._known = np.setdiff1d(self._flushed_ids(), gone)
        self._removed.clear()

    def _flush_added(self) -> None:
        known = self._flushed_ids()
        place, collection = self._make_room(known)
        after = place.flush()
        ids, rows = self._pending(None)
        # A row that is replaced stays visible while it is written, a new one is not visible yet.
        flushes = np.where(np.isin(ids, known), 0, after.flushed)
        collection.write(ids, rows.reshape(-1, self._dim), flushes)
        collection.flush()
        write_place(self._folder, after)
        self._place, self._collection, self._there = after, collection, True
        self._known = np.union1d(known, ids)
        self._added.clear()
        # Readers may still be at what this flush took the place of; by the next one they are not.
        collection.drop_others(after.prefix, {after.collection, self._before})
        self._before = after.collection

    def _make_room(self, known: Ids) -> tuple[Place, Collection]:
        """Return a collection that takes all there will be, with nothing half-written in it."""
        exact = len(np.union1d(known, self._pending(None)[0])) <= _EXACT_ROWS
        if not self._there:
            self._collection.create(self._dim, exact=exact)
        elif exact or not self._collection.is_exact():
            self._collection.remove(self._collection.ids(unflushed(self._place.flushed)))
        else:
            return self._move()
        return self._place, self._collection

    def _move(self) -> tuple[Place, Collection]:
        """Copy what was flushed into a collection for many rows, beside the one that is read."""
        place = self._place.rebuild()
        collection = Collection(self._server, place.collection)
        collection.create(self._dim, exact=False)
        for ids, rows in self._collection.rows(flushed(self._place.flushed)):
            collection.write(ids, rows, np.zeros(len(ids), np.int64))
        return place, collection


def _find_place(folder: Path, *, fresh: bool) -> tuple[Place, str]:
    """Return the place to use, and the name of the collection that is read until the flush."""
    try:
        there = read_place(folder)
    except IndexCorrupt:
        if not fresh:
            raise
        there = None
    if there is None:
        return new_place(), ""
    return (there.rebuild() if fresh else there), there.collection
