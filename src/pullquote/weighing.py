"""How much a sentence says about a question: features, a rank and a probability.

`rank` orders sentences against each other, `probability` says how likely one answers the question
at all. Both are linear in a few features that a person can check.

``python -m benchmarks.calibrate`` fits the weights on one half of the evaluation questions and
checks them on the other; those shipped are near its fit, but for four set by hand. A sentence that
lacks the year asked for (-0.25) or leans on the one before it (-0.03) reads badly as a quote. What
the sentences around it mention counts less (0.15, fitted 0.35): that costs two points of quote@1 on
squad2 and wins three on clapnq's real search questions. A sentence about another name than the one
asked for (-3.0, fitted -1.3) is the answer to another question.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pullquote import markdown
from pullquote.spans import Span
from pullquote.terms import (
    figures_in,
    key_terms,
    mentions,
    names_in,
    numbers_in,
    other_forms,
    read_terms,
)
from pullquote.types import Passage

RANK = {
    "sentence": 1.0,
    "passage": 0.1,
    "covered": 0.1,
    "covered_near": 0.15,
    "covered_passage": 0.2,
    "kind": 0.06,
    "numbers_absent": -0.25,
    "names_absent": -0.02,
    "leans": -0.03,
}
PROBABILITY = {
    "bias": -6.36,
    "sentence": 9.29,
    "covered_passage": 2.48,
    "kind": 0.07,
    "names_absent": -3.0,
    "specific_missing": -1.07,
}
_DECIMALS = 5
_QUANTITY = re.compile(
    r"\bhow (much|many|long|old|far|tall|large|big|high|fast|often)\b|\bwhen\b"
    r"|\b(what|which) (year|percent|percentage|number|amount|date|day|age|share)\b",
    re.IGNORECASE,
)
_MONEY_ASKED = re.compile(
    r"\bhow much\b|\b(price|cost|costs|spend|spending|pay|revenue|sales|worth)\b", re.IGNORECASE
)
_MONEY = re.compile(
    r"[$€£¥]|\b(dollars?|euros?|pounds?|yen|yuan|rupees?|francs?|cents?)\b", re.IGNORECASE
)
_PERSON = re.compile(r"\bwho(m|se)?\b", re.IGNORECASE)
_NAME_INSIDE = re.compile(r"(?<![.!?] )(?<!^)\b[A-Z][a-z]")
_ASKS = re.compile(r"[?？][\"'”’»)\]]*$")
# A sentence that opens so needs the one before it to be understood.
_LEANS = re.compile(
    r"(he|she|it|they|this|that|these|those|his|her|its|their|such|there|however|but|and|so|yet"
    r"|also|still|instead|meanwhile|moreover|in addition|for example)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Read:
    """A passage to weigh: its fused score and its sentences' cosines with the question."""

    passage: Passage
    score: float
    cosines: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A sentence with what speaks for and against it."""

    passage: Passage
    span: Span
    terms: frozenset[str]
    features: Mapping[str, float]
    rank: float
    probability: float

    @property
    def order(self) -> tuple[float, str, int]:
        """Sort key: best first, ties by place."""
        return -self.rank, self.passage.article.path, self.span.start


def weigh(
    question: str, reads: Sequence[Read], *, frequency: Callable[[str], int], count: int
) -> tuple[Weighed, ...]:
    """Return every sentence of the passages, best first, ties by place.

    `frequency` tells in how many of the index's `count` passages a term occurs.
    """
    asked = _Asked.read(question, frequency, count)
    weighed = [item for read in reads for item in _weigh_passage(asked, read)]
    return tuple(sorted(weighed, key=lambda item: item.order))


def reweigh(
    weighed: Sequence[Weighed], probabilities: Mapping[tuple[int, int], float]
) -> tuple[Weighed, ...]:
    """Return the sentences with a reader's probabilities, keyed by (passage id, start)."""
    read = [
        replace(item, rank=p, probability=p)
        for item in weighed
        for p in [probabilities.get((item.passage.id, item.span.start), 0.0)]
    ]
    return tuple(sorted(read, key=lambda item: item.order))


def find_missing(question: str, weighed: Sequence[Weighed]) -> tuple[str, ...]:
    """Return the words of a question that none of the passages mentions, in order."""
    seen = frozenset[str]().union(*(item.terms for item in weighed))
    for passage in {item.passage.id: item.passage for item in weighed}.values():
        seen |= _above(passage)
    wanted = frozenset(key_terms(question))
    absent = [
        word.rstrip(".'’-")
        for word in re.findall(r"\w[\w.'’-]*", question)
        if (terms := frozenset(read_terms(word)) & wanted)
        and not any(mentions(seen, term) for term in terms)
    ]
    return tuple(dict.fromkeys(absent))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, read once."""

    weights: Mapping[str, float]
    numbers: frozenset[str]
    names: frozenset[str]
    wants_number: bool
    wants_money: bool
    wants_person: bool

    @classmethod
    def read(cls, text: str, frequency: Callable[[str], int], count: int) -> "_Asked":
        return cls(
            weights={term: _idf(_commonest(term, frequency), count) for term in key_terms(text)},
            numbers=figures_in(text),
            names=names_in(text),
            wants_number=bool(_QUANTITY.search(text)),
            wants_money=bool(_MONEY_ASKED.search(text)),
            wants_person=bool(_PERSON.search(text)),
        )

    def covered(self, terms: frozenset[str]) -> float:
        """Return the part of the question's weight that some terms cover."""
        found = sum(weight for term, weight in self.weights.items() if mentions(terms, term))
        return found / self._whole

    def heaviest_missing(self, terms: frozenset[str]) -> float:
        """Return the part of the weight that the weightiest term not among them carries."""
        missing = (w for term, w in self.weights.items() if not mentions(terms, term))
        return max(missing, default=0.0) / self._whole

    def names_outside(self, terms: frozenset[str]) -> float:
        """Return the part of the names asked for that are not among some terms."""
        outside = sum(not mentions(terms, name) for name in self.names)
        return outside / max(len(self.names), 1)

    @property
    def _whole(self) -> float:
        return sum(self.weights.values()) or 1.0


def _weigh_passage(asked: _Asked, read: Read) -> Iterator[Weighed]:
    passage = read.passage
    article = passage.article
    words = [article.show(sentence) for sentence in passage.sentences]
    terms = [frozenset(read_terms(text)) for text in words]
    above = _above(passage)
    whole = above.union(*terms)
    days = {part for day in (article.date, article.updated) if day for part in str(day).split("-")}
    figures = numbers_in(" ".join((article.title, *passage.headings, *words))) | days
    for place, (span, text) in enumerate(zip(passage.sentences, words, strict=True)):
        if _ASKS.search(text):
            continue  # a question answers none
        near = above | terms[place] | (terms[place - 1] if place else frozenset())
        features = {
            "sentence": read.cosines[place],
            "passage": read.score,
            "covered": asked.covered(terms[place]),
            "covered_near": asked.covered(near),
            "covered_passage": asked.covered(whole),
            "specific_missing": asked.heaviest_missing(whole),
            "kind": _kind(asked, text),
            "names_absent": asked.names_outside(near),
            "numbers_absent": _part(asked.numbers - numbers_in(text) - days, asked.numbers),
            "numbers_missing": _part(asked.numbers - figures, asked.numbers),
            "leans": 1.0 if _LEANS.match(text) else 0.0,
        }
        rank = sum(weight * features[name] for name, weight in RANK.items())
        yield Weighed(
            passage, span, terms[place], features, round(rank, _DECIMALS), _probability(features)
        )


def _probability(features: Mapping[str, float]) -> float:
    if features["numbers_missing"]:
        # A year or figure that was asked for and is nowhere near: whatever is said is of another.
        return 0.0
    line = PROBABILITY["bias"] + sum(
        weight * features[name] for name, weight in PROBABILITY.items() if name != "bias"
    )
    return round(1 / (1 + math.exp(-line)), _DECIMALS)


def _kind(asked: _Asked, text: str) -> float:
    """Return 1 if a sentence holds the kind of thing asked for, -1 if not, 0 if any will do."""
    if asked.wants_money:
        return 1.0 if _MONEY.search(text) else -1.0
    if asked.wants_number:
        return 1.0 if numbers_in(text) else -1.0
    if asked.wants_person:
        return 1.0 if _NAME_INSIDE.search(text) else -1.0
    return 0.0


def _above(passage: Passage) -> frozenset[str]:
    """Return the terms of the title, the headings and the columns that a passage stands under."""
    article = passage.article
    blocks = markdown.blocks_in(article.text, article.body, passage.span)
    columns = dict.fromkeys(name for block in blocks for name in block.columns)
    return frozenset(read_terms(" ".join((article.title, *passage.headings, *columns))))


def _part(some: frozenset[str], every: frozenset[str]) -> float:
    return len(some) / len(every) if every else 0.0


def _commonest(term: str, frequency: Callable[[str], int]) -> int:
    """Return the frequency of a term or, if that is seen more often, of a long form's words."""
    forms = (min(map(frequency, form)) for form in other_forms(term))
    return max((frequency(term), *forms))


def _idf(frequency: int, count: int) -> float:
    """Return the smoothed idf of scikit-learn: in a small corpus no word outweighs all others."""
    return math.log((1 + count) / (1 + min(frequency, count))) + 1
