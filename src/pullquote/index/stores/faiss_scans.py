"""The two ways to find the nearest rows: all of them float by float, or by code and then compared.

Both find by what the rows are, not by how they came, and both know rows by their places.
"""

from collections.abc import Callable, Iterable
from typing import Protocol

import faiss
import numpy as np

from pullquote.index.stores.faiss_codes import Coder, Codes
from pullquote.index.stores.faiss_live import Within
from pullquote.index.stores.ranking import NOISE, SPARE, Places
from pullquote.protocols import Vectors

# Codes whose rows are compared, for each row that is wanted and at least: twice as many where rows
# lie so close that more codes are in the way. benchmarks.vectors tells what it costs and misses.
_TIMES, _LEAST = 5, 300
_MANY = 250_000  # rows


class Index(Protocol):
    """Finds rows, and has them."""

    def near(self, query: Vectors, k: int, within: Within) -> Places:
        """Return the places of rows among which the k nearest and their ties are, in any order."""

    def rows(self, places: Places) -> Vectors:
        """Return the rows at some places, as they were added."""


class Flat:
    """All rows in memory: exact."""

    def __init__(self, rows: Vectors) -> None:
        self._index = faiss.IndexFlatIP(rows.shape[1])
        self._index.add(rows)

    def near(self, query: Vectors, k: int, within: Within) -> Places:
        """Return the k nearest rows, and more if they may tie: engines differ in the last bits."""
        params = within.params(faiss.SearchParameters)
        wanted = k + SPARE
        while True:
            wanted = min(wanted, within.total)
            scores, places = self._index.search(query, wanted, params=params)
            if wanted == within.total or scores[0][-1] < scores[0][k - 1] - NOISE:
                nearest: Places = places[0][places[0] >= 0]
                return nearest
            wanted *= 2

    def rows(self, places: Places) -> Vectors:
        """Return rows as they were added."""
        rows: Vectors = self._index.reconstruct_batch(places)
        return rows


class Scan:
    """A code of each row in memory; `rows` reads some."""

    def __init__(
        self,
        coder: Coder,
        count: int,
        blocks: Iterable[tuple[Places, Codes]],
        rows: Callable[[Places], Vectors],
    ) -> None:
        self._coder, self.rows = coder, rows
        self._more = 1 if count < _MANY else 2
        self._index, self._anchor = coder.index(count, blocks)

    def near(self, query: Vectors, k: int, within: Within) -> Places:
        """Return some hundred rows with the nearest codes, and all that tie with the last of them.

        Of equal codes FAISS keeps those that it met first, so it is asked for more until the last
        that it names lies beyond the tie: then neither the order of rows nor removed ones show.
        """
        limit = min(within.total, self._more * max(_LEAST, _TIMES * k))
        turned = self._coder.turn(query)
        params = within.params(faiss.SearchParametersIVF, nprobe=1)
        wanted = limit + SPARE
        while True:
            wanted = min(wanted, within.total)
            scores, places = self._index.search(turned, wanted, params=params)
            last = scores[0][limit - 1]
            if wanted == within.total or scores[0][-1] < last:
                nearest: Places = places[0][(places[0] >= 0) & (scores[0] >= last)]
                return nearest
            wanted *= 2


def gather(count: int, dim: int, blocks: Iterable[tuple[Places, Vectors]]) -> Vectors:
    """Return rows in order of their places, of which each comes once and -1 is passed over."""
    rows = np.empty((count, dim), np.float32)
    for places, block in blocks:
        rows[places[places >= 0]] = block[places >= 0]
    return rows
