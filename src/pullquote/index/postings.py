"""Which passage holds which term how often: an inverted index in five arrays. Pure.

It is revised, not rebuilt: one edit moves the arrays once, however many passages there are, and
what comes out counts exactly what is there. Engines that mark deleted passages go on counting them
until they happen to merge, so that an index with a history would rank otherwise than a clean one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from pullquote.language.terms import analyse

_MOST = np.iinfo(np.uint16).max  # times that one passage can be told to hold a term


@dataclass(frozen=True, slots=True)
class Postings:
    """One entry for each term of each passage, sorted by term; a row is a place in `ids`.

    `lengths` are in terms. Terms are known by a 64-bit hash of theirs.
    """

    terms: NDArray[np.uint64]
    rows: NDArray[np.int32]
    counts: NDArray[np.uint16]
    ids: NDArray[np.int64]
    lengths: NDArray[np.int32]

    def of(self, term: str) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
        """Return the rows of the passages that hold a term, and how often each does."""
        number = np.uint64(number_of(term))
        low = int(np.searchsorted(self.terms, number, side="left"))
        high = int(np.searchsorted(self.terms, number, side="right"))
        return self.rows[low:high], self.counts[low:high]


def empty() -> Postings:
    """Return postings of nothing."""
    return Postings(
        np.empty(0, np.uint64),
        np.empty(0, np.int32),
        np.empty(0, np.uint16),
        np.empty(0, np.int64),
        np.empty(0, np.int32),
    )


def revise(old: Postings, *, gone: Iterable[int], new: Mapping[int, str]) -> Postings:
    """Return postings without the passages that are gone or new, and with the new ones' words."""
    dropped = np.fromiter({*gone, *new}, np.int64)
    kept = ~np.isin(old.ids, dropped)
    renumbered = np.cumsum(kept, dtype=np.int32) - np.int32(1)
    stays = kept[old.rows]
    terms, rows, counts, lengths = _count(new, first=int(kept.sum()))
    before = old.terms[stays]
    places = np.searchsorted(before, terms, side="right")
    return Postings(
        np.insert(before, places, terms),
        np.insert(renumbered[old.rows[stays]], places, rows),
        np.insert(old.counts[stays], places, counts),
        np.concatenate([old.ids[kept], np.fromiter(new, np.int64)]),
        np.concatenate([old.lengths[kept], lengths]),
    )


@lru_cache(maxsize=200_000)
def number_of(term: str) -> int:
    """Return a term's hash, the same on every machine."""
    return int.from_bytes(blake2b(term.encode(), digest_size=8).digest(), "big")


def _count(
    passages: Mapping[int, str], *, first: int
) -> tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.uint16], NDArray[np.int32]]:
    """Return terms, rows from `first` on and counts, sorted by term and row, and lengths."""
    terms: list[int] = []
    counts: list[int] = []
    sizes: list[int] = []
    lengths: list[int] = []
    for words in passages.values():
        found = Counter(analyse(words))
        terms += map(number_of, found)
        counts += (min(count, _MOST) for count in found.values())
        sizes.append(len(found))
        lengths.append(found.total())
    numbers = np.array(terms, np.uint64)
    rows = np.repeat(np.arange(first, first + len(sizes), dtype=np.int32), sizes)
    order = np.lexsort((rows, numbers))
    return (
        numbers[order],
        rows[order],
        np.array(counts, np.uint16)[order],
        np.array(lengths, np.int32),
    )
