"""One ranking for every store, whatever its engine makes of the last bits."""

import numpy as np
from numpy.typing import NDArray

from pullquote.protocols import Ids, Vector, Vectors

Places = NDArray[np.int64]  # of rows, in an order that their owner knows

# Engines sum in another order in small indexes, in large ones and behind a filter, so their inner
# products differ in the last bits: they find the rows, and are then computed anew and rounded.
_DECIMALS = 5
NOISE = 2e-5  # two rows further apart than this are ranked alike by every engine
SPARE = 16  # rows asked for beyond k, so that a tie at the end shows


def rank(ids: Ids, rows: Vectors, query: Vector, k: int) -> tuple[Ids, NDArray[np.float32]]:
    """Return the k best rows and all that tie with the last of them, best first, ties by id."""
    products = (rows * query.reshape(1, -1)).sum(axis=1, dtype=np.float64)
    scores = np.round(products, _DECIMALS).astype(np.float32)
    order = np.lexsort((ids, -scores))
    if len(order) > k:
        order = order[scores[order] >= scores[order[k - 1]]]
    return ids[order], scores[order]
