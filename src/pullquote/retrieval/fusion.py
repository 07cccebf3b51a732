"""From a question to hits: dense, best sentence and BM25, fused on fixed scales.

    score = cos(question, passage) + max cos(question, sentence) + bm25 / (best bm25 + 4)

Each term says something about one passage and this question only, so the order does not depend on
which other passages were put forward; benchmarks/README.md holds it against reciprocal ranks and
against each part alone. The 4 keeps a lone weak word match from counting as much as a strong one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from pullquote.filters import Filter
from pullquote.index.lexical import Lexical
from pullquote.index.records import Row
from pullquote.index.view import View
from pullquote.protocols import Reading, Vector, Vectors, VectorStore
from pullquote.types import Article, Hit, Passage

_BM25_EASE = 4.0
_DECIMALS = 5


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
) -> tuple[Found, ...]:
    """Return the passages that either ranker puts forward, best first, ties by place.

    Their articles come without texts: `View.with_texts` has them.
    """
    allowed = view.allowed(wanted, today)
    passages, vectors = (None, None) if allowed is None else allowed
    near, cosines = store.search(vector, candidates, allowed=vectors)
    dense = dict(zip(near.tolist(), cosines.tolist(), strict=True))
    scores = lexical.score(question)
    matches = dict(scores.best(candidates, allowed=passages))
    rows = view.rows(ids=matches, vectors=dense, texts=False)
    if passages is not None:
        inside = np.isin([row.passage.id for row in rows], passages, kind="sort")
        rows = tuple(row for row, is_in in zip(rows, inside, strict=True) if is_in)
    # What one ranker put forward, the other scores as well.
    unseen = np.array(sorted({row.vector for row in rows} - dense.keys()), dtype=np.int64)
    exact = dense | _cosines(store, vector, unseen)
    words = scores.of(np.array([row.passage.id for row in rows], dtype=np.int64))
    sentences = view.sentences({row.vector for row in rows}, len(vector))
    marks = _sentence_cosines(sentences, vector)
    best = max(matches.values(), default=0.0)
    places = _ranks(rows, dense, matches)
    found = []
    for row in rows:
        said = marks.get(row.vector, ())
        if len(said) != len(row.passage.sentences):
            said = (0.0,) * len(row.passage.sentences)
        bm25 = words.get(row.passage.id, 0.0)
        cosine = exact.get(row.vector, 0.0)
        score = cosine + max(said, default=cosine) + bm25 / (best + _BM25_EASE)
        found.append(
            Found(row.passage, round(score, _DECIMALS), cosine, bm25, said, *places[row.passage.id])
        )
    return tuple(sorted(found, key=lambda item: (-item.score, item.passage.place)))


def _cosines(
    store: VectorStore, vector: Vector, ids: "np.ndarray[tuple[int], np.dtype[np.int64]]"
) -> dict[int, float]:
    numbers, cosines = store.search(vector, len(ids), allowed=ids)
    return dict(zip(numbers.tolist(), cosines.tolist(), strict=True))


def _sentence_cosines(
    sentences: Mapping[int, Vectors], vector: Vector
) -> dict[int, tuple[float, ...]]:
    """Return vector id → the cosines of its sentences, all reckoned at once."""
    rows = np.concatenate([np.empty((0, len(vector)), np.float32), *sentences.values()])
    # int8 rows are a little short or long; a cosine divides that out. Unlike a product of matrices,
    # einsum reckons each row by itself, so that no row's neighbours are in its last digit.
    lengths = np.maximum(np.sqrt(np.einsum("ij,ij->i", rows, rows)), 1e-6)
    cosines = np.round(np.einsum("ij,j->i", rows, vector) / lengths, _DECIMALS).tolist()
    found, first = {}, 0
    for number, some in sentences.items():
        found[number] = tuple(cosines[first : first + len(some)])
        first += len(some)
    return found


def _ranks(
    rows: Sequence[Row], dense: Mapping[int, float], matches: Mapping[int, float]
) -> dict[int, tuple[int | None, int | None]]:
    """Return passage id → (dense rank, lexical rank), counted from 1, ties by place."""
    by_dense = sorted(
        (row for row in rows if row.vector in dense),
        key=lambda row: (-dense[row.vector], row.passage.place),
    )
    by_words = sorted(
        (row for row in rows if row.passage.id in matches),
        key=lambda row: (-matches[row.passage.id], row.passage.place),
    )
    dense_ranks = {row.passage.id: rank for rank, row in enumerate(by_dense, 1)}
    word_ranks = {row.passage.id: rank for rank, row in enumerate(by_words, 1)}
    return {
        row.passage.id: (dense_ranks.get(row.passage.id), word_ranks.get(row.passage.id))
        for row in rows
    }
