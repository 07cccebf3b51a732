"""Which passage holds which term how often: an inverted index in six arrays. Pure.

An index of many passages is several of these. What is new makes a small one beside the old ones,
in which passages that are gone are passed over; small ones are merged with others, so that each
passage is moved a few times in all. What is counted is always exactly what is there: engines that
go on counting deleted passages until they happen to merge rank otherwise than a clean index.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from pullquote.language.terms import analyse

_MOST = np.iinfo(np.uint16).max  # times that one passage can be told to hold a term


@dataclass(frozen=True, slots=True)
class Postings:
    """Rows and counts, one for each term of each passage; a row is a place in `ids`.

    Those of ``terms[n]`` are ``starts[n]:starts[n + 1]``, by row. Terms are known by a 64-bit hash
    of theirs, ascending. `lengths` are in terms.
    """

    terms: NDArray[np.uint64]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    counts: NDArray[np.uint16]
    ids: NDArray[np.int64]
    lengths: NDArray[np.int32]

    def of(self, number: np.uint64) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
        """Return the rows of the passages that hold a term, and how often each does."""
        place = int(np.searchsorted(self.terms, number))
        if place == len(self.terms) or self.terms[place] != number:
            return self.rows[:0], self.counts[:0]
        low, high = self.starts[place], self.starts[place + 1]
        return self.rows[low:high], self.counts[low:high]


@lru_cache(maxsize=200_000)
def number_of(term: str) -> int:
    """Return a term's hash, the same on every machine."""
    return int.from_bytes(blake2b(term.encode(), digest_size=8).digest(), "big")


def count(passages: Iterable[tuple[int, str]]) -> Postings:
    """Return the postings of passages (id, words)."""
    terms: list[int] = []
    counts: list[int] = []
    sizes: list[int] = []
    lengths: list[int] = []
    ids: list[int] = []
    for number, words in passages:
        found = Counter(analyse(words))
        terms += map(number_of, found)
        counts += (min(often, _MOST) for often in found.values())
        sizes.append(len(found))
        lengths.append(found.total())
        ids.append(number)
    numbers = np.array(terms, np.uint64)
    rows = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    order = np.argsort(numbers, kind="stable")
    distinct, first = np.unique(numbers[order], return_index=True)
    return Postings(
        distinct,
        np.append(first, len(numbers)).astype(np.int64),
        rows[order],
        np.array(counts, np.uint16)[order],
        np.array(ids, np.int64),
        np.array(lengths, np.int32),
    )


def merge(parts: Sequence[tuple[Postings, NDArray[np.bool_]]]) -> Postings:
    """Return one index of the passages that are there in each; the others leave no trace."""
    held = [_held(postings, there) for postings, there in parts]
    left = [p.terms[some > 0] for (p, _), some in zip(parts, held, strict=True)]
    terms = np.unique(np.concatenate(left))
    places = [np.searchsorted(terms, some) for some in left]
    totals = np.zeros(len(terms), np.int64)
    for place, some in zip(places, held, strict=True):
        totals[place] += some[some > 0]
    starts = np.concatenate([[0], np.cumsum(totals)])
    rows = np.empty(starts[-1], np.int32)
    counts = np.empty(starts[-1], np.uint16)
    free, first = starts[:-1].copy(), 0
    for (postings, there), place, some in zip(parts, places, held, strict=True):
        # A term's entries go where those of the parts before end.
        stays, some = there[postings.rows], some[some > 0]
        begins = np.cumsum(some) - some
        to = np.arange(some.sum()) + np.repeat(free[place] - begins, some)
        moved = np.cumsum(there, dtype=np.int32) + np.int32(first - 1)
        rows[to] = moved[postings.rows[stays]]
        counts[to] = postings.counts[stays]
        free[place] += some
        first += int(there.sum())
    return Postings(
        terms,
        starts,
        rows,
        counts,
        np.concatenate([postings.ids[there] for postings, there in parts]),
        np.concatenate([postings.lengths[there] for postings, there in parts]),
    )


def _held(postings: Postings, there: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return for each term how many of the passages that are there hold it."""
    before = np.concatenate([[0], np.cumsum(there[postings.rows])])
    held: NDArray[np.int64] = np.diff(before[postings.starts])
    return held
