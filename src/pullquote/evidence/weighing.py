"""How much a sentence says about a question: features, a rank and a probability.

`rank` orders sentences against each other, `probability` says how likely one answers the question
at all. Both are linear in a few features that a person can check (`pullquote.evidence.weights`);
where a reader has read the passage, its say is among them.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pullquote.evidence.features import Asked, Featured, Read, featured
from pullquote.evidence.weights import UNREAD, Weights
from pullquote.protocols import Reading
from pullquote.spans import Span
from pullquote.types import Passage

_DECIMALS = 5
_SURE = 12.0  # log-odds beyond these are as good as certain


@dataclass(frozen=True, slots=True)
class Weighed:
    """A sentence with what speaks for and against it."""

    passage: Passage
    span: Span
    terms: frozenset[str]
    features: Mapping[str, float]
    rank: float
    probability: float
    focus: Span | None = None  # the short answer inside, where a reader found one

    @property
    def order(self) -> tuple[float, str, int]:
        """Sort key: best first, ties by place."""
        return -self.rank, self.passage.article.path, self.span.start


def weigh(
    question: str,
    reads: Sequence[Read],
    *,
    frequency: Callable[[str], int],
    count: int,
    weights: Weights = UNREAD,
) -> tuple[Weighed, ...]:
    """Return every sentence of the passages, best first, ties by place.

    `frequency` tells in how many of the index's `count` passages a term occurs.
    """
    passages = [read.passage for read in reads]
    asked = Asked.read(question, passages, frequency=frequency, count=count)
    weighed = [_weigh(found, read, weights) for read in reads for found in featured(asked, read)]
    return tuple(sorted(weighed, key=lambda item: item.order))


def bonus(reading: Reading, weights: Weights) -> float:
    """Return what a reading adds to its passage's fused score, never less than nothing."""
    found = says(reading)
    return sum(weight * found[name] for name, weight in weights.passage.items())


def says(reading: Reading) -> dict[str, float]:
    """Return a reader's say on a passage as probabilities."""
    return {
        "best": odds_to_share(max(reading.sentences, default=-_SURE)),
        "answers": odds_to_share(reading.answers),
        "span": odds_to_share(max(reading.spans, default=-_SURE)),
    }


def odds_to_share(odds: float) -> float:
    """Return the probability of some log-odds."""
    return 1 / (1 + math.exp(-min(max(odds, -_SURE), _SURE)))


def _weigh(found: Featured, read: Read, weights: Weights) -> Weighed:
    rank = sum(weight * found.features[name] for name, weight in weights.rank.items())
    return Weighed(
        passage=read.passage,
        span=found.span,
        terms=found.terms,
        features=found.features,
        rank=round(rank, _DECIMALS),
        probability=_probability(found.features, weights.probability),
        focus=read.reading.focus[found.place] if read.reading else None,
    )


def _probability(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    if features["figures_missing"]:
        # A year or figure that was asked for is nowhere in the article: it speaks of another.
        return 0.0
    line = weights["bias"] + sum(
        weight * features[name] for name, weight in weights.items() if name != "bias"
    )
    return round(odds_to_share(line), _DECIMALS)
