"""Where ids stand in an array: a hundred thousand of them are found in milliseconds."""

import numpy as np
from numpy.typing import NDArray

from pullquote.protocols import Ids

_MANY = 4096


class Places:
    """The rows of ids; each id stands once. The last large set that was asked for is remembered.

    A filter leaves the same ids for many questions.
    """

    def __init__(self, ids: Ids) -> None:
        self.ids = ids
        self._order = np.argsort(ids)
        self._sorted = ids[self._order]
        self._last: tuple[Ids, NDArray[np.int64]] | None = None

    def of(self, wanted: Ids) -> NDArray[np.int64]:
        """Return the rows of these ids, ascending; ids that are not there are passed over."""
        last = self._last
        if last is not None and last[0] is wanted:
            return last[1]
        rows = self._find(wanted)
        if len(wanted) > _MANY:
            self._last = wanted, rows
        return rows

    def _find(self, wanted: Ids) -> NDArray[np.int64]:
        if not len(self.ids):
            return np.empty(0, np.int64)
        places = np.minimum(np.searchsorted(self._sorted, wanted), len(self.ids) - 1)
        found: NDArray[np.int64] = np.unique(self._order[places[self._sorted[places] == wanted]])
        return found
