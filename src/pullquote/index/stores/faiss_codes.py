"""Short codes of vectors: two bits a number, scanned by FAISS some thirty times as fast as floats.

A vector is turned by a fixed rotation, after which its numbers are close to normally distributed
whatever the model, and each pair of them is replaced by the nearest of sixteen fixed points. So a
row's code rests on nothing but the row: no sample to train on, and no history that would show in a
ranking, as it would with centroids or a graph. The codes only choose which rows are compared.
"""

import zlib
from collections.abc import Iterable
from functools import cache, cached_property
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from pullquote.index.stores.ranking import Places
from pullquote.protocols import Vectors

Codes = NDArray[np.uint8]  # (n, bytes of a code)

_SEED = 1
_BITS = 4  # of a pair of numbers
# The four levels that stand for a normally distributed number with the least squared error (Max,
# 1960).
_LEVELS = (-1.5104, -0.4528, 0.4528, 1.5104)
_BLOCK = 32  # rows that FAISS lays side by side in a register


class Coder:
    """Makes codes of vectors of so many numbers, and indexes that scan them."""

    def __init__(self, dim: int) -> None:
        self._rotation = faiss.HadamardRotation(dim, _SEED)
        self._dim, self._wide = dim, self._rotation.d_out
        # For one row a product is sooner done than FAISS has started its threads.
        self._matrix: Vectors = self._rotation.apply(np.eye(dim, dtype=np.float32))
        self._quantizer = faiss.ProductQuantizer(self._wide, self._wide // 2, _BITS)
        self._points = _points(self._wide)
        faiss.copy_array_to_vector(self._points, self._quantizer.centroids)
        self.bytes = int(self._quantizer.code_size)  # of one code

    @cached_property
    def mark(self) -> int:
        """A sum over the codes of fixed rows: with another FAISS they might be others."""
        numbers = np.arange(8 * self._dim, dtype=np.int64) * 7919 % 255 - 127
        rows = numbers.astype(np.float32).reshape(8, -1) / (128 * np.float32(self._dim) ** 0.5)
        return zlib.crc32(self.encode(rows.astype(np.float32)).tobytes())

    def encode(self, rows: Vectors) -> Codes:
        """Return the codes of rows; each rests on its row alone."""
        if not len(rows):
            return np.empty((0, self.bytes), np.uint8)
        turned = self._rotation.apply(np.ascontiguousarray(rows, dtype=np.float32))
        codes: Codes = self._quantizer.compute_codes(turned)
        return codes

    def turn(self, query: Vectors) -> Vectors:
        """Return a query as it is compared with codes."""
        turned: Vectors = query @ self._matrix
        return turned

    def index(
        self, count: int, blocks: Iterable[tuple[Places, Codes]]
    ) -> tuple["faiss.IndexIVFPQFastScan", "faiss.IndexFlatIP"]:
        """Return an index of `count` codes, and what it has a bare pointer to.

        A block has codes and the places that they are found by; those of place -1 are passed over.
        """
        # One list with no centroid to speak of: unlike a flat index it takes a selector.
        anchor = faiss.IndexFlatIP(self._wide)
        anchor.add(np.zeros((1, self._wide), np.float32))
        plain = faiss.IndexIVFPQ(
            anchor, self._wide, 1, self._wide // 2, _BITS, faiss.METRIC_INNER_PRODUCT
        )
        plain.by_residual, plain.is_trained = False, True
        faiss.copy_array_to_vector(self._points, plain.pq.centroids)
        lists: Any = plain.invlists  # C++'s own methods below take bare pointers
        lists.resize(0, count)
        for places, codes in blocks:
            kept = np.ascontiguousarray(places[places >= 0])
            data = np.ascontiguousarray(codes[places >= 0])
            pointers = faiss.swig_ptr(kept), faiss.swig_ptr(data)
            lists.update_entries(0, plain.ntotal, len(kept), *pointers)
            plain.ntotal += len(kept)
        packed = faiss.IndexIVFPQFastScan(plain, _BLOCK)
        packed.orig_invlists = None  # which are gone in a moment
        return packed, anchor


@cache
def coder_of(dim: int) -> Coder:
    """Return the coder for vectors of so many numbers, made once: stores are opened often."""
    return Coder(dim)


def _points(wide: int) -> NDArray[np.float32]:
    """Return sixteen points for each pair of numbers of a turned vector of length 1."""
    levels = np.array(_LEVELS, np.float32) / np.float32(wide) ** 0.5
    grid = np.stack(np.meshgrid(levels, levels, indexing="ij"), axis=-1).reshape(16, 2)
    points: NDArray[np.float32] = np.tile(grid, (wide // 2, 1)).astype(np.float32).ravel()
    return points
