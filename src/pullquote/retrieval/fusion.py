"""From a question to hits: dense, best sentence and BM25, fused on fixed scales.

    score = cos(question, passage) + max cos(question, sentence) + bm25 / (best bm25 + 4)

Each term says something about one passage and this question only, so the order does not depend on
which other passages were put forward; benchmarks/README.md holds it against reciprocal ranks and
against each part alone. The 4 keeps a lone weak word match from counting as much as a strong one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np

from pullquote.filters import Filter
from pullquote.index.lexical import Lexical
from pullquote.index.records import RawRow
from pullquote.index.view import View
from pullquote.protocols import Reading, Vector, Vectors, VectorStore
from pullquote.types import Article, Hit, Passage

_BM25_EASE = 4.0
_DECIMALS = 5
_READ_AT_ONCE = 12


@dataclass(frozen=True, slots=True)
class Found:
    """A passage put forward, with every ranker's say; `cosines` are its sentences'."""

    passage: Passage
    score: float
    dense: float
    lexical: float
    cosines: tuple[float, ...]
    dense_rank: int | None
    lexical_rank: int | None
    copies: tuple[Article, ...] = ()  # other articles with this passage or a version of it
    reading: Reading | None = None  # what a reader says of it
    bonus: float = 0.0  # what that adds to its score in the order of hits

    @property
    def total(self) -> float:
        """The score that hits are ordered by."""
        return round(self.score + self.bonus, _DECIMALS)

    @property
    def hit(self) -> Hit:
        """What the public sees."""
        return Hit(self.passage, self.total, self.dense_rank, self.lexical_rank)


class Ranking:
    """Passages put forward, best first, ties by place; each is read when it is come to.

    Their articles come without texts: `View.with_texts` has them. To be gone through while the view
    lasts.
    """

    def __init__(self, view: View, ranked: Sequence[tuple[RawRow, "Marks"]]) -> None:
        self._view, self._ranked = view, ranked

    def __len__(self) -> int:
        return len(self._ranked)

    def __iter__(self) -> Iterator[Found]:
        for first in range(0, len(self._ranked), _READ_AT_ONCE):
            some = self._ranked[first : first + _READ_AT_ONCE]
            marks = {row.id: mark for row, mark in some}
            for row in self._view.read([row for row, _ in some], texts=False):
                yield Found(row.passage, *marks[row.passage.id])

    @property
    def paths(self) -> frozenset[str]:
        """The articles whose passages they are."""
        return frozenset(row.path for row, _ in self._ranked)


class Marks(NamedTuple):
    """What the rankers say of a passage, as `Found` has it."""

    score: float
    dense: float
    lexical: float
    cosines: tuple[float, ...]
    dense_rank: int | None
    lexical_rank: int | None


def find_passages(
    question: str,
    vector: Vector,
    *,
    view: View,
    store: VectorStore,
    lexical: Lexical,
    wanted: Filter,
    today: date,
    candidates: int,
) -> Ranking:
    """Return the passages that either ranker puts forward."""
    allowed = view.allowed(wanted, today)
    passages, vectors = (None, None) if allowed is None else allowed
    near, cosines = store.search(vector, candidates, allowed=vectors)
    dense = dict(zip(near.tolist(), cosines.tolist(), strict=True))
    scores = lexical.score(question)
    matches = dict(scores.best(candidates, allowed=passages))
    rows = view.candidates(ids=matches, vectors=dense)
    if passages is not None:
        inside = np.isin([row.id for row in rows], passages, kind="sort")
        rows = tuple(row for row, is_in in zip(rows, inside, strict=True) if is_in)
    # What one ranker put forward, the other scores as well.
    unseen = np.array(sorted({row.vector for row in rows} - dense.keys()), dtype=np.int64)
    exact = dense | _cosines(store, vector, unseen)
    words = scores.of(np.array([row.id for row in rows], dtype=np.int64))
    marks = _sentence_cosines(*view.sentences({row.vector for row in rows}, len(vector)), vector)
    best = max(matches.values(), default=0.0)
    places = _ranks(rows, dense, matches)
    ranked = []
    for row in rows:
        said = marks.get(row.vector, ())
        if len(said) != row.number_of_sentences:
            said = (0.0,) * row.number_of_sentences
        bm25 = words.get(row.id, 0.0)
        cosine = exact.get(row.vector, 0.0)
        score = round(cosine + max(said, default=cosine) + bm25 / (best + _BM25_EASE), _DECIMALS)
        ranked.append((row, Marks(score, cosine, bm25, said, *places[row.id])))
    return Ranking(view, sorted(ranked, key=lambda item: (-item[1].score, item[0].place)))


def _cosines(
    store: VectorStore, vector: Vector, ids: "np.ndarray[tuple[int], np.dtype[np.int64]]"
) -> dict[int, float]:
    numbers, cosines = store.search(vector, len(ids), allowed=ids)
    return dict(zip(numbers.tolist(), cosines.tolist(), strict=True))


def _sentence_cosines(
    rows: Vectors, counts: Mapping[int, int], vector: Vector
) -> dict[int, tuple[float, ...]]:
    """Return vector id → the cosines of its sentences, all reckoned at once."""
    # Unlike a product of matrices, einsum reckons each row by itself, so that no row's neighbours
    # are in its last digit.
    lengths = np.maximum(np.sqrt(np.einsum("ij,ij->i", rows, rows)), 1e-6)
    cosines = np.round(np.einsum("ij,j->i", rows, vector) / lengths, _DECIMALS).tolist()
    found, first = {}, 0
    for number, count in counts.items():
        found[number] = tuple(cosines[first : first + count])
        first += count
    return found


def _ranks(
    rows: Sequence[RawRow], dense: Mapping[int, float], matches: Mapping[int, float]
) -> dict[int, tuple[int | None, int | None]]:
    """Return passage id → (dense rank, lexical rank), counted from 1, ties by place."""
    by_dense = sorted(
        (row for row in rows if row.vector in dense),
        key=lambda row: (-dense[row.vector], row.place),
    )
    by_words = sorted(
        (row for row in rows if row.id in matches),
        key=lambda row: (-matches[row.id], row.place),
    )
    dense_ranks = {row.id: rank for rank, row in enumerate(by_dense, 1)}
    word_ranks = {row.id: rank for rank, row in enumerate(by_words, 1)}
    return {row.id: (dense_ranks.get(row.id), word_ranks.get(row.id)) for row in rows}
