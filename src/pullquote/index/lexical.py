"""BM25 over the passages.

    score(question, passage) = sum over terms t of  weight(t) idf(t) tf (k1 + 1) / (tf + k1 norm)
    idf(t) = ln(1 + (N - n + 0.5) / (n + 0.5))         norm = 1 - b + b length / mean length

as in Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009), with Lucene's idf,
which is never negative. Each generation has a folder of its own, see `pullquote.index.parts`.
"""

import math
import shutil
from collections.abc import Iterable, Sequence
from copy import copy
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pullquote.errors import IndexCorrupt, StoreError
from pullquote.index.parts import read_parts, write_parts
from pullquote.index.places import Places
from pullquote.index.postings import number_of
from pullquote.language.terms import key_terms, read_terms, widen
from pullquote.protocols import Ids

_K1, _B = 1.2, 0.75
# What a word such as "when" or "did" counts: in a long question they outweigh the one rare name.
_LITTLE = 0.3
_DECIMALS = 5
_ROUNDED = 10**-_DECIMALS
T = TypeVar("T", bound=np.generic)


def build_lexical(
    folder: Path,
    passages: Iterable[tuple[int, str]],
    *,
    before: "Lexical | None" = None,
    gone: Iterable[int] = (),
) -> None:
    """Write the index of passages (id, words) into a new folder; raise StoreError if that fails.

    With the index of the generation `before`, write what it becomes when some passages are gone
    and these are new.
    """
    parts, old_folder = (before.parts, before.folder) if before else ((), folder)
    try:
        write_parts(folder, passages, before=parts, old_folder=old_folder, gone=gone)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise StoreError(
            f"{folder}: cannot be written ({error.strerror or error});"
            " free some space or check permissions"
        ) from error


class Lexical:
    """A reader of one generation's index; nothing is opened later."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self.parts = read_parts(folder)
        except (ValueError, OSError, KeyError, TypeError) as error:
            said = " ".join(str(error).split())[:200]
            raise IndexCorrupt(
                f"{folder}: cannot be read ({said}); run: pullquote refresh"
            ) from error
        self._prepare()

    def _prepare(self) -> None:
        """Put what is there one behind the other: the rows of the first part, of the second..."""
        there = np.concatenate([np.ones(0, np.bool_), *(part.there for part in self.parts)])
        self._there = None if there.all() else there
        self._ids = _joined([part.postings.ids for part in self.parts], np.int64)
        lengths = _joined([part.postings.lengths for part in self.parts], np.int32)
        self._norms = _norms_of(lengths, there)
        self._places = Places(self._ids[there])

    def without(self, gone: Iterable[int]) -> "Lexical":
        """Return the index as it would be without some passages, in memory."""
        dropped = np.fromiter(gone, np.int64)
        other = copy(self)
        other.parts = tuple(part.without(dropped) for part in self.parts)
        other._prepare()
        return other

    @property
    def count(self) -> int:
        """Passages in the index."""
        return len(self._places.ids)

    def frequency(self, term: str) -> int:
        """Return in how many passages a term occurs."""
        return len(self._holding(term)[0])

    def holding(self, term: str) -> list[int]:
        """Return the ids of the passages in which a term occurs."""
        rows = self._holding(term)[0]
        found: list[int] = self._ids[rows].tolist()
        return found

    def search(
        self, question: str, k: int, *, allowed: Ids | None = None
    ) -> list[tuple[int, float]]:
        """Return the k best (id, BM25) pairs and all that tie with the last; ties by id."""
        return self.score(question).best(k, allowed=allowed)

    def score(self, question: str) -> "Scores":
        """Return the BM25 of every passage."""
        return Scores(self._places, self._score(question))

    def _score(self, question: str) -> NDArray[np.float64]:
        """Return the BM25 of every passage, 0 for those that hold no term of the question."""
        wide = widen(question)
        telling = frozenset(key_terms(wide))
        scores = np.zeros(len(self._norms))
        for term in dict.fromkeys(read_terms(wide)):
            rows, counts = self._holding(term)
            idf = math.log(1 + (self.count - len(rows) + 0.5) / (len(rows) + 0.5))
            weight = idf * (1.0 if term in telling else _LITTLE)
            often = counts.astype(np.float64)
            scores[rows] += weight * often * (_K1 + 1) / (often + self._norms[rows])
        return scores if self._there is None else scores[self._there]

    def _holding(self, term: str) -> tuple[NDArray[np.int64], NDArray[np.uint16]]:
        """Return the rows of the passages that are there and hold a term, and how often."""
        number, first = np.uint64(number_of(term)), 0
        found: list[NDArray[np.int64]] = []
        counts: list[NDArray[np.uint16]] = []
        for part in self.parts:
            rows, often = part.postings.of(number)
            found.append(rows.astype(np.int64) + first)
            counts.append(often)
            first += len(part.there)
        held, times = _joined(found, np.int64), _joined(counts, np.uint16)
        if self._there is None:
            return held, times
        stays = self._there[held]
        return held[stays], times[stays]


class Scores:
    """What each passage scores for one question."""

    def __init__(self, places: Places, scores: NDArray[np.float64]) -> None:
        self._places, self._scores = places, scores

    def best(self, k: int, *, allowed: Ids | None = None) -> list[tuple[int, float]]:
        """Return the k best (id, score) pairs of these ids and all that tie with the last.

        Ties are in the order of ids; what scores nothing is left out.
        """
        rows = np.flatnonzero(self._scores) if allowed is None else self._places.of(allowed)
        found = self._scores[rows]
        if len(rows) > k > 0:
            # Scores are rounded before they are compared, but not all of them.
            floor = np.partition(found, len(rows) - k)[len(rows) - k] - _ROUNDED
            rows, found = rows[found >= floor], found[found >= floor]
        found = np.round(found, _DECIMALS)
        if len(rows) > k > 0:
            last = np.partition(found, len(rows) - k)[len(rows) - k]
            rows, found = rows[found >= last], found[found >= last]
        rows, found = rows[found > 0], found[found > 0]
        ids = self._places.ids[rows]
        order = np.lexsort((ids, -found))
        return list(zip(ids[order].tolist(), found[order].tolist(), strict=True))

    def of(self, ids: Ids) -> dict[int, float]:
        """Return id → score of those of these ids that are there."""
        rows = self._places.of(ids)
        found = np.round(self._scores[rows], _DECIMALS)
        return dict(zip(self._places.ids[rows].tolist(), found.tolist(), strict=True))


def _joined(arrays: Sequence[NDArray[T]], kind: type[T]) -> NDArray[T]:
    return arrays[0] if len(arrays) == 1 else np.concatenate([np.empty(0, kind), *arrays])


def _norms_of(lengths: NDArray[np.int32], there: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return what the length of each passage does; their mean is of those that are there."""
    mean = max(float(lengths[there].mean()), 1.0) if there.any() else 1.0
    return np.asarray(_K1 * (1 - _B + _B * lengths / mean), np.float64)
