"""Which entries of a log of vectors count, and which of them a filter allows."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import faiss
import numpy as np
from numpy.typing import NDArray

from pullquote.index.stores.faiss_files import REMOVED, Entries
from pullquote.index.stores.ranking import Places
from pullquote.protocols import Ids


class Within(NamedTuple):
    """The places that a search is among: how many, and which, in a list if they are few."""

    total: int
    places: Places | None = None
    bits: NDArray[np.uint8] | None = None  # None = all

    def params(self, kind: Any, **named: object) -> Any:  # noqa: ANN401 -- FAISS has no types
        """Return FAISS's parameters of some kind that leave out what is not within.

        Named here, not assigned later: so it keeps hold of the selector, and that of the bits.
        """
        if self.bits is not None:
            named["sel"] = faiss.IDSelectorBitmap(self.bits)  # type: ignore[call-arg, arg-type]
        return kind(**named)


class Live:
    """The entries of all ids that are there, one each, by id ascending; it never changes.

    A place is a number in that order. Up to `few` places are listed. The last wide
    filter is remembered: many questions share it.
    """

    def __init__(self, entries: Entries, *, few: int) -> None:
        self.entries, self._few = entries, few
        self.ids: Ids = np.ascontiguousarray(entries["id"])
        self._last: tuple[Ids, Within] | None = None

    def __len__(self) -> int:
        return len(self.ids)

    def after(self, changes: Sequence[Entries]) -> "Live":
        """Return what counts after further entries, of which the last of an id does."""
        every = np.concatenate([self.entries, *changes])
        every = every[np.argsort(every["id"], kind="stable")]
        is_last = np.ones(len(every), np.bool_)
        is_last[:-1] = every["id"][1:] != every["id"][:-1]
        return Live(every[is_last & (every["row"] != REMOVED)], few=self._few)

    def moved(self, entries: Entries) -> "Live":
        """Return the same with the rows elsewhere."""
        return Live(entries, few=self._few)

    def places_by_row(self, rows: int) -> Places:
        """Return the place of each of so many rows, -1 of those that do not count."""
        places = np.full(rows, -1, np.int64)
        places[self.entries["row"]] = np.arange(len(self))
        return places

    def known(self, ids: Ids) -> Ids:
        """Return those of some ids that are there."""
        return self.ids[self.places(ids)]

    def within(self, allowed: Ids | None) -> Within:
        """Return which places a filter allows; without a filter, all."""
        if allowed is None:
            return Within(len(self), np.arange(len(self)) if len(self) <= self._few else None)
        last = self._last
        if last is not None and last[0] is allowed:
            return last[1]
        within = self._within(allowed)
        if within.bits is not None:
            self._last = allowed, within
        return within

    def _within(self, allowed: Ids) -> Within:
        places = self.places(allowed)
        if len(places) <= self._few:
            places = np.unique(places)
            return Within(len(places), places)
        bits = np.zeros(len(self), np.bool_)
        bits[places] = True
        total = int(np.count_nonzero(bits))
        if total <= self._few:
            return Within(total, np.flatnonzero(bits))
        return Within(total, None, np.packbits(bits, bitorder="little"))

    def places(self, ids: Ids) -> Places:
        """Return the places of those of some ids that are there, in the order given."""
        if not len(self):
            return np.empty(0, np.int64)
        places = np.minimum(np.searchsorted(self.ids, ids), len(self) - 1)
        found: Places = places[self.ids[places] == ids]
        return found
