"""BM25 over the passages.

    score(question, passage) = sum over terms t of  weight(t) idf(t) tf (k1 + 1) / (tf + k1 norm)
    idf(t) = ln(1 + (N - n + 0.5) / (n + 0.5))         norm = 1 - b + b length / mean length

as in Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009), with Lucene's idf,
which is never negative. Each generation has a folder of its own: the arrays of its `Postings`, and
their check sums, without which damage would only rank otherwise.
"""

import json
import math
import os
import shutil
import zlib
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import fields
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pullquote.errors import IndexCorrupt, StoreError
from pullquote.index.places import Places
from pullquote.index.postings import Postings, empty, revise
from pullquote.index.stores import sync_folder
from pullquote.language.terms import key_terms, read_terms, widen
from pullquote.protocols import Ids

_K1, _B = 1.2, 0.75
# What a word such as "when" or "did" counts: in a long question they outweigh the one rare name.
_LITTLE = 0.3
_DECIMALS = 5
_ROUNDED = 10**-_DECIMALS
_SUMS_FILE = "sums.json"
_NAMES = tuple(field.name for field in fields(Postings))


def build_lexical(
    folder: Path,
    passages: Mapping[int, str],
    *,
    before: "Lexical | None" = None,
    gone: Iterable[int] = (),
) -> None:
    """Write the index of passages (id → words) into a new folder; raise StoreError if that fails.

    With the index of the generation `before`, write what it becomes when some passages are gone
    and these are new.
    """
    postings = revise(before.postings if before else empty(), gone=gone, new=passages)
    try:
        folder.mkdir(parents=True)
        sums = {}
        for name in _NAMES:
            buffer = BytesIO()
            np.save(buffer, getattr(postings, name), allow_pickle=False)
            # Left to the garbage, a view of the bytes may outlive them, of which Python complains.
            with buffer.getbuffer() as data:
                sums[name] = zlib.crc32(data)
                _write(folder / f"{name}.npy", data)
        _write(folder / _SUMS_FILE, json.dumps(sums).encode())
        sync_folder(folder)
        sync_folder(folder.parent)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise StoreError(
            f"{folder}: cannot be written ({error.strerror or error});"
            " free some space or check permissions"
        ) from error


class Lexical:
    """A reader of one generation's index; nothing is opened later."""

    def __init__(self, folder: Path) -> None:
        try:
            self.postings = _read(folder)
        except (ValueError, OSError, KeyError, TypeError) as error:
            said = " ".join(str(error).split())[:200]
            raise IndexCorrupt(
                f"{folder}: cannot be read ({said}); run: pullquote refresh"
            ) from error
        self._prepare()

    def _prepare(self) -> None:
        self._norms = _norms_of(self.postings)
        self._places = Places(self.postings.ids)

    def without(self, gone: Iterable[int]) -> "Lexical":
        """Return the index as it would be without some passages, in memory."""
        other = copy(self)
        other.postings = revise(self.postings, gone=gone, new={})
        other._prepare()
        return other

    @property
    def count(self) -> int:
        """Passages in the index."""
        return len(self.postings.ids)

    def frequency(self, term: str) -> int:
        """Return in how many passages a term occurs."""
        return len(self.postings.of(term)[0])

    def holding(self, term: str) -> list[int]:
        """Return the ids of the passages in which a term occurs."""
        found: list[int] = self.postings.ids[self.postings.of(term)[0]].tolist()
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
        scores = np.zeros(self.count)
        for term in dict.fromkeys(read_terms(wide)):
            rows, counts = self.postings.of(term)
            idf = math.log(1 + (self.count - len(rows) + 0.5) / (len(rows) + 0.5))
            weight = idf * (1.0 if term in telling else _LITTLE)
            often = counts.astype(np.float64)
            scores[rows] += weight * often * (_K1 + 1) / (often + self._norms[rows])
        return scores


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


def _norms_of(postings: Postings) -> NDArray[np.float64]:
    lengths = postings.lengths
    mean = max(float(lengths.mean()), 1.0) if len(lengths) else 1.0
    return np.asarray(_K1 * (1 - _B + _B * lengths / mean), np.float64)


def _write(path: Path, data: bytes | memoryview) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _read(folder: Path) -> Postings:
    """Read the arrays; raise unless they are as written."""
    sums = json.loads((folder / _SUMS_FILE).read_bytes())
    arrays = {}
    for name in _NAMES:
        data = (folder / f"{name}.npy").read_bytes()
        if zlib.crc32(data) != sums[name]:
            raise ValueError(f"{name}.npy is damaged")
        arrays[name] = np.load(BytesIO(data), allow_pickle=False)
    return Postings(**arrays)
