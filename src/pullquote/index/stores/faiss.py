"""Exact search over vectors in one FAISS file, which ends with a check sum of ours.

FAISS believes what it reads: a flipped bit in a header would be a crash or a wrong metric, one in a
vector another ranking. It stops reading where its own part ends, so a seal may follow.
"""

import os
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from pullquote.errors import IndexCorrupt, StoreError
from pullquote.index.lock import HALF
from pullquote.index.places import Places
from pullquote.index.stores import sync_folder
from pullquote.index.stores.ranking import NOISE, SPARE, rank
from pullquote.protocols import Ids, Vector, Vectors

Rows = NDArray[np.int64]  # places in the index

# Up to this part of all rows are compared one by one, which is sooner done than to search around
# the others.
_FEW = 0.05
_SEAL = b"pullquote crc32 "  # eight hexadecimal digits follow
_SEAL_BYTES = len(_SEAL) + 8
_READ_BYTES = 1 << 20


class FaissStore:
    """A flat inner-product index with our own ids; see `VectorStore` for the promises."""

    def __init__(self, path: Path, *, dim: int, fresh: bool = False) -> None:
        self._path = path
        self._places: Places | None = None  # as long as nothing is added or removed
        there = path.exists() and not fresh
        self._index = self._read(dim) if there else faiss.IndexIDMap2(faiss.IndexFlatIP(dim))

    def _read(self, dim: int) -> "faiss.IndexIDMap2":
        try:
            whole = _is_sealed(self._path)
            index = faiss.read_index(str(self._path)) if whole else None
        except OSError as error:
            raise StoreError(
                f"{self._path}: cannot be read ({error.strerror}); check its permissions"
            ) from error
        except RuntimeError:
            index = None
        if index is None:
            raise IndexCorrupt(
                f"{self._path}: is damaged or not a FAISS index of ours;"
                " run: pullquote refresh --rebuild"
            )
        if not isinstance(index, faiss.IndexIDMap2) or index.d != dim:
            raise IndexCorrupt(
                f"{self._path}: holds {index.d}-number vectors where the embedder makes {dim}; "
                "run: pullquote refresh --rebuild"
            )
        return index

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add rows; a row whose id is there already is replaced."""
        if len(ids) == 0:
            return
        if vectors.shape != (len(ids), self._index.d):
            raise StoreError(f"vectors are {vectors.shape}, not ({len(ids)}, {self._index.d})")
        # The last of equal ids wins, as if they had come one by one.
        last = {int(number): row for row, number in enumerate(ids)}
        known = np.fromiter(last, dtype=np.int64)
        self.remove(known)
        rows = np.ascontiguousarray(vectors[list(last.values())], dtype=np.float32)
        self._places = None
        self._index.add_with_ids(rows, known)

    def remove(self, ids: Ids) -> None:
        """Remove rows; unknown ids are ignored."""
        if len(ids) and self._index.ntotal:
            self._places = None
            self._index.remove_ids(faiss.IDSelectorBatch(np.ascontiguousarray(ids, dtype=np.int64)))

    def search(
        self, vector: Vector, k: int, *, allowed: Ids | None = None
    ) -> tuple[Ids, NDArray[np.float32]]:
        """Return the k nearest rows and all that tie with the last, best first, ties by id."""
        rows = None if allowed is None else self._where().of(allowed)
        total = self._index.ntotal if rows is None else len(rows)
        k = min(k, total)
        if k <= 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        query = np.ascontiguousarray(vector, dtype=np.float32).reshape(1, -1)
        if rows is None or total > _FEW * self._index.ntotal:
            rows = self._near(query, k, rows)
        return rank(self._where().ids[rows], self._index.index.reconstruct_batch(rows), query, k)

    def _near(self, query: Vectors, k: int, rows: Rows | None) -> Rows:
        """Return the k nearest rows, of these or of all, and more if they may tie."""
        total = self._index.ntotal if rows is None else len(rows)
        params = None
        if rows is not None:
            # FAISS keeps bare pointers to the selector, and that to the bits: they must outlive
            # the search.
            bits = np.zeros(self._index.ntotal, np.bool_)
            bits[rows] = True
            packed = np.packbits(bits, bitorder="little")
            selector = faiss.IDSelectorBitmap(packed)  # type: ignore[call-arg, arg-type]
            params = faiss.SearchParameters()
            params.sel = selector
        limit = min(total, k + SPARE)
        while True:
            scores, found = self._index.index.search(query, limit, params=params)
            near = scores[0][found[0] >= 0]  # FAISS pads short lists with -1
            if limit >= total or len(near) <= k or near[-1] < near[k - 1] - NOISE:
                break
            limit = min(total, limit * 2)
        nearest: Rows = found[0][found[0] >= 0]
        return nearest

    def _where(self) -> Places:
        """Return where each id stands now."""
        places = self._places
        if places is None:
            places = self._places = Places(faiss.vector_to_array(self._index.id_map))
        return places

    def ids(self) -> Ids:
        """Return every id, ascending."""
        return np.sort(self._where().ids)

    def flush(self) -> None:
        """Write a new file beside the old one and swap them."""
        part = self._path.with_name(f"{self._path.name}{HALF}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                seal = _Seal(file.write)
                writer = faiss.PyCallbackIOWriter(seal.write)  # type: ignore[attr-defined]
                faiss.write_index(self._index, writer)
                file.write(seal.text)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._path)
            sync_folder(self._path.parent)
        except (OSError, RuntimeError) as error:
            with suppress(OSError):
                part.unlink()
            raise StoreError(
                f"{self._path}: cannot be written ({error}); free some space or check permissions"
            ) from error


class _Seal:
    """Passes bytes on and sums them up."""

    def __init__(self, write: Callable[[bytes], int]) -> None:
        self._write = write
        self._sum = 0

    @property
    def text(self) -> bytes:
        """What follows the bytes that were passed on."""
        return _SEAL + b"%08x" % self._sum

    def write(self, data: bytes) -> int:
        """Pass on some bytes."""
        self._sum = zlib.crc32(data, self._sum)
        return self._write(data)


def _is_sealed(path: Path) -> bool:
    """Tell whether a file ends with the sum of all that comes before."""
    seal = _Seal(len)
    with path.open("rb") as file:
        # Of the open file: the path may name the next one by now.
        left = os.fstat(file.fileno()).st_size - _SEAL_BYTES
        while left > 0 and (data := file.read(min(left, _READ_BYTES))):
            seal.write(data)
            left -= len(data)
        return file.read() == seal.text
