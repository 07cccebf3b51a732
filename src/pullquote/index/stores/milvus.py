"""Search on a Milvus server, or in a Milvus Lite file, that answers as FAISS does."""

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pullquote.errors import IndexCorrupt, StoreError
from pullquote.index.places import Places
from pullquote.index.stores.collection import (
    MOST,
    Collection,
    flushed,
    one_of,
    unflushed,
)
from pullquote.index.stores.place import (
    Place,
    age_of,
    new_place,
    own_place,
    read_place,
    write_place,
)
from pullquote.index.stores.ranking import NOISE, SPARE, rank
from pullquote.index.stores.server import Server
from pullquote.protocols import Ids, Vector, Vectors

# A flat index looks at every row and so finds what FAISS finds, ties and all. Its time grows with
# the rows: beyond this many HNSW, which may miss a near row now and then, answers in a fraction.
_EXACT_ROWS = 500_000
# A server reads a thousand ids in the time of a search, and ten thousand in that of ten.
_SHORT, _LONGEST = 1_000, 10_000
_HALF = 0.5  # vectors come with what is found unless most of it would be dropped

_LOG = logging.getLogger(__name__)


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
        self._own = own_place(folder, self._place)  # another, if the folder is a copy
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
        self._known: Places | None = None
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
        parts = [self._pending(allowed), *self._flushed(vector, k, allowed)]
        ids = np.concatenate([ids for ids, _ in parts])
        rows = np.concatenate([rows.reshape(-1, self._dim) for _, rows in parts])
        return rank(ids, rows, vector, k)

    def _pending(self, allowed: Ids | None) -> tuple[Ids, Vectors]:
        """Return the rows that were added since the last flush."""
        within: Iterable[int] = self._added
        if self._added and allowed is not None:
            within = self._added.keys() & allowed.tolist()
        rows = np.array([self._added[number] for number in within], np.float32)
        return np.array(list(within), np.int64), rows

    def _flushed(
        self, vector: Vector, k: int, allowed: Ids | None
    ) -> Iterator[tuple[Ids, Vectors]]:
        """Yield flushed rows that may be found, each once, the k best and their ties among them."""
        if not self._there:
            return
        known, may = self._flushed_ids(), self._may(allowed)
        count = np.count_nonzero(may)
        if count == 0:
            return
        if count > _SHORT or count == len(known):
            base = flushed(self._place.flushed)
            # A long list stays here: more rows are asked for, and those it lacks are dropped.
            found = self._nearest(vector, k, base, may, share=count / len(known))
            if found is not None or count == len(known):
                yield from self._collection.rows(base) if found is None else (found,)
                return
        within = known[may]
        for first in range(0, count, _LONGEST):
            where = one_of(within[first : first + _LONGEST])
            found = self._nearest(vector, k, where, may)
            yield from self._collection.rows(where) if found is None else (found,)

    def _may(self, allowed: Ids | None) -> NDArray[np.bool_]:
        """Return which flushed rows may be found, in the order of their ids."""
        where = self._places()
        may = np.full(len(where.ids), allowed is None)
        if allowed is not None:
            may[where.of(allowed)] = True
        may[where.of(np.array([*self._added, *self._removed], np.int64))] = False
        return may

    def _nearest(
        self, vector: Vector, k: int, where: str, may: NDArray[np.bool_], *, share: float = 1.0
    ) -> tuple[Ids, Vectors] | None:
        """Return the k best rows that may be found and all that may tie with the last of them.

        An expression is to leave those; `share` tells how many of what it leaves they are. None if
        more rows are needed than a server returns.
        """
        known = self._flushed_ids()
        limit = k + SPARE if share == 1 else int((k + 2 * SPARE) / share)
        while limit <= MOST:
            near = self._collection.nearest(vector, limit, where, vectors=share > _HALF)
            places = np.minimum(np.searchsorted(known, near.ids), len(known) - 1)
            rows = np.flatnonzero(may[places] & (known[places] == near.ids))
            last = near.scores[rows[k - 1]] - NOISE if len(rows) >= k else -np.inf
            if len(near.ids) < limit or near.scores[-1] < last:
                rows = rows[near.scores[rows] >= last]
                if near.rows is None:
                    return self._collection.vectors(near.ids[rows])
                return near.ids[rows], near.rows[rows]
            limit *= 2
        return None

    def ids(self) -> Ids:
        """Return every id, ascending."""
        kept = np.setdiff1d(self._flushed_ids(), np.array(list(self._removed), np.int64))
        return np.union1d(kept, np.array(list(self._added), np.int64))

    def _flushed_ids(self) -> Ids:
        """Return the ids of the rows that were flushed, read from the server once."""
        if not self._there:
            return np.empty(0, np.int64)
        return self._places().ids

    def _places(self) -> Places:
        """Return where each flushed row stands in the order of ids."""
        if self._known is None:
            self._known = Places(self._collection.ids(flushed(self._place.flushed)))
        return self._known

    def flush(self) -> None:
        """Write what is new, count it as flushed, then remove what went."""
        if self._added or not self._there or (self._removed and self._own != self._place):
            self._flush_added()
        gone = np.intersect1d(self._flushed_ids(), np.array(list(self._removed), np.int64))
        if len(gone):
            self._collection.remove(gone)
            self._collection.flush()
            write_place(self._folder, self._place)  # tells others when rows last changed
        self._known = Places(np.setdiff1d(self._flushed_ids(), gone))
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
        self._own = after
        self._known = Places(np.union1d(known, ids))
        self._added.clear()
        # Readers may still be at what this flush took the place of; by the next one they are not.
        collection.drop_others(after.prefix, {after.collection, self._before})
        self._before = after.collection

    def _make_room(self, known: Ids) -> tuple[Place, Collection]:
        """Return a collection that takes all there will be, with nothing half-written in it."""
        exact = len(np.union1d(known, self._pending(None)[0])) <= _EXACT_ROWS
        if not self._there:
            collection = Collection(self._server, self._own.collection)
            collection.create(self._dim, exact=exact)
            return self._own, collection
        if self._own != self._place:
            _LOG.warning(
                "%s: is a copy of %s, so its %d vectors get a collection of their own; if that"
                " index is no more, drop %s on the server",
                self._folder, self._place.folder, len(known), self._place.collection,
            )  # fmt: skip
            return self._move(self._own, exact=exact)
        if exact or not self._collection.is_exact():
            self._collection.remove(self._collection.ids(unflushed(self._place.flushed)))
            return self._place, self._collection
        return self._move(self._place.rebuild(), exact=False)

    def _move(self, place: Place, *, exact: bool) -> tuple[Place, Collection]:
        """Copy what was flushed into another collection, beside the one that is read."""
        collection = Collection(self._server, place.collection)
        collection.create(self._dim, exact=exact)
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
    if not fresh:
        return there, there.collection
    own = own_place(folder, there)
    return (there.rebuild() if own == there else own), there.collection
