"""What can be counted of a sentence with a question in mind: features that a person can check."""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from pullquote import markdown
from pullquote.language.amounts import sharers_of
from pullquote.language.calls import is_call
from pullquote.language.terms import (
    analyse,
    figures_in,
    key_terms,
    mentions,
    names_in,
    numbers_in,
    other_forms,
    read_terms,
    spelt_in,
)
from pullquote.protocols import Reading
from pullquote.questions.asked import Part, known_names, must_match
from pullquote.spans import Span
from pullquote.types import Article, Passage

_SURE = 12.0  # log-odds beyond these are as good as certain
_QUANTITY = re.compile(
    r"\bhow (much|many|long|old|far|tall|large|big|high|fast|often)\b|\bwhen\b"
    r"|\b(what|which) (year|percent|percentage|number|amount|date|day|age|share)\b",
    re.IGNORECASE,
)
_MONEY_ASKED = re.compile(
    r"\bhow much\b|\b(price|cost|costs|spend|spending|pay|revenue|sales|worth)\b", re.IGNORECASE
)
# A sum is asked for that somebody pays or takes: nothing else answers that.
_SUM_ASKED = re.compile(
    r"\bhow much\b.*\b(?:cost|pay|paid|spend|spent|invest\w*|earn\w*|charge|borrow|budget)\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"\b(?:together|total|combined|altogether|all|both|between)\b", re.IGNORECASE)
_NOTHING = re.compile(r"\bfree\b|\bnothing\b", re.IGNORECASE)
_MONEY = re.compile(
    r"[$€£¥]|\b(dollars?|euros?|pounds?|yen|yuan|rupees?|francs?|cents?)\b", re.IGNORECASE
)
_PERSON = re.compile(r"\bwho(m|se)?\b", re.IGNORECASE)
_NAME_INSIDE = re.compile(r"(?<![.!?] )(?<!^)\b[A-Z][a-z]")
_ASKS = re.compile(r"[?？][\"'”’»)\]]*$")
# What a follow-up was put together with: a hint where to look, not what must be spoken of.
BROUGHT_ALONG = re.compile(r"(?<=[?.!])\s\([^()]+\)$")
# A sentence that opens so needs the one before it to be understood.
_LEANS = re.compile(
    r"(he|she|it|they|this|that|these|those|his|her|its|their|such|there|however|but|and|so|yet"
    r"|also|still|instead|meanwhile|moreover|in addition|for example)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Read:
    """A passage to weigh: its fused score, its sentences' cosines and what a reader says of it."""

    passage: Passage
    score: float
    cosines: tuple[float, ...]
    reading: Reading | None = None


class Featured(NamedTuple):
    """A sentence of a passage with its terms and features; `place` is its number there."""

    place: int
    span: Span
    terms: frozenset[str]
    features: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, read once. `musts` are the names, periods and figures its answer is about."""

    weights: Mapping[str, float]
    numbers: frozenset[str]
    names: frozenset[str]
    musts: tuple[Part, ...]
    wants_number: bool
    wants_money: bool
    wants_person: bool
    wants_sum: bool = False
    owner: frozenset[str] = frozenset()  # whose amount is asked for, where it is of one

    @classmethod
    def read(
        cls,
        text: str,
        passages: Sequence[Passage],
        *,
        frequency: Callable[[str], int],
        count: int,
    ) -> "Asked":
        """Read a question with the passages that may answer it: they tell what is a name."""
        known = known_names(passage.text for passage in passages)
        musts = must_match(BROUGHT_ALONG.sub("", text), known=known)
        names = [part.forms[0] for part in musts if part.kind == "name"]
        return cls(
            weights={term: _idf(_commonest(term, frequency), count) for term in key_terms(text)},
            numbers=figures_in(text),
            names=names_in(text),
            musts=musts,
            wants_number=bool(_QUANTITY.search(text)),
            wants_money=bool(_MONEY_ASKED.search(text)),
            wants_person=bool(_PERSON.search(text)),
            wants_sum=bool(_SUM_ASKED.search(text)),
            owner=frozenset(names[0] if len(names) == 1 and not _SEVERAL.search(text) else ()),
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

    def musts_outside(self, terms: frozenset[str]) -> float:
        """Return the part of what must be spoken of that is not among some terms."""
        outside = sum(not part.in_terms(terms) for part in self.musts)
        return outside / max(len(self.musts), 1)

    @property
    def _whole(self) -> float:
        return sum(self.weights.values()) or 1.0


def featured(asked: Asked, read: Read) -> Iterator[Featured]:
    """Yield each sentence of a passage that may answer."""
    passage = read.passage
    article = passage.article
    words = [article.show(sentence) for sentence in passage.sentences]
    terms = [frozenset(read_terms(text)) for text in words]
    above = _above(passage) | _date_terms(article)
    whole = above.union(*terms)
    # The article's days count as mentioned, digit by digit as the question may have them.
    days = {part for day in (article.date, article.updated) if day for part in str(day).split("-")}
    figures = numbers_in(" ".join((article.title, *passage.headings, *words))) | days
    figures |= spelt_in(whole)
    every, every_figure = _said_in(article)
    shared = {
        "passage": read.score,
        "covered_passage": asked.covered(whole),
        "specific_missing": asked.heaviest_missing(whole),
        "numbers_missing": _part(asked.numbers - figures, asked.numbers),
        "figures_missing": _part(asked.numbers - every_figure - figures, asked.numbers),
        "musts_missing": asked.musts_outside(whole | every),
    }
    for place, (span, text) in enumerate(zip(passage.sentences, words, strict=True)):
        if _ASKS.search(text) or is_call(text):
            continue  # a question answers none, and "Read more" says nothing
        told = numbers_in(text) | spelt_in(terms[place]) | days
        near = above | terms[place] | (terms[place - 1] if place else frozenset())
        features = {
            **shared,
            "sentence": read.cosines[place],
            "covered": asked.covered(terms[place]),
            "covered_near": asked.covered(near),
            "kind": _kind(asked, text),
            "no_sum": float(asked.wants_sum and not (_MONEY.search(text) or _NOTHING.search(text))),
            "of_several": float(_is_of_several(asked, text, terms[place])),
            "names_absent": asked.names_outside(near),
            "musts_absent": asked.musts_outside(near),
            "numbers_absent": _part(asked.numbers - told, asked.numbers),
            "leans": 1.0 if _LEANS.match(text) else 0.0,
            **_said(read.reading, place),
        }
        yield Featured(place, span, terms[place], features)


def _said(reading: Reading | None, place: int) -> dict[str, float]:
    """Return a reader's say on a sentence as features, each between -_SURE and _SURE."""
    if reading is None:
        return {}
    says = {
        "evidence": reading.sentences[place],
        "span": reading.spans[place],
        "answers": reading.answers,
    }
    return {name: min(max(odds, -_SURE), _SURE) for name, odds in says.items()}


def _kind(asked: Asked, text: str) -> float:
    """Return 1 if a sentence holds the kind of thing asked for, -1 if not, 0 if any will do."""
    if asked.wants_money:
        return 1.0 if _MONEY.search(text) else -1.0
    if asked.wants_number:
        return 1.0 if numbers_in(text) else -1.0
    if asked.wants_person:
        return 1.0 if _NAME_INSIDE.search(text) else -1.0
    return 0.0


def _is_of_several(asked: Asked, text: str, terms: frozenset[str]) -> bool:
    """Tell whether the amount in a sentence is that of several, where one's is asked for."""
    if not (asked.owner and (asked.wants_number or asked.wants_money)):
        return False
    sharers = sharers_of(text)
    if sharers == "":
        return not all(mentions(terms, term) for term in asked.owner)
    return sharers is not None


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


def _date_terms(article: Article) -> frozenset[str]:
    """Return the years and months of an article's dates as terms."""
    days = (day for day in (article.date, article.updated) if day)
    return frozenset(term for day in days for term in read_terms(f"{day:%Y} {day:%B}"))


@lru_cache(maxsize=512)
def _said_in(article: Article) -> tuple[frozenset[str], frozenset[str]]:
    """Return the terms and the runs of digits of a whole article; it goes by its digest."""
    body = article.text[article.body :]
    terms = frozenset(analyse(body))
    return terms, numbers_in(body) | spelt_in(terms)
