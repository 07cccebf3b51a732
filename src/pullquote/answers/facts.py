"""A sentence as a fact with a day: what tells versions of one fact from different facts. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pullquote.evidence.weighing import Weighed
from pullquote.language.amounts import read_moments
from pullquote.questions.slots import Values, differ, is_exact_money
from pullquote.types import Article

Place = tuple[str, int]

_STEM = 5  # letters of which the shorter of "member" and "membership" must have as many
_PAST = re.compile(r"\b(?:was|were|came|rose|fell|grew|had|\w{3,}ed)\b", re.IGNORECASE)
# A quarter's figure is no version of a year's.
_PART_OF_YEAR = re.compile(
    r"\bQ[1-4]\b|\b(?:first|second) half\b"
    r"|\b(?:first|second|third|fourth|last|closing|opening|holiday|this|that|the) quarter\b"
    r"(?! of an)",
    re.IGNORECASE,
)
# "An earlier version of this article put it at £13.6 million": of what is right it says nothing.
_REPORTED = re.compile(
    r"\b(?:earlier|previous|original) (?:version|report|article|story)\b"
    r"|\bour (?:report|article|story)\b|\bwe (?:\w+ly )?(?:reported|wrote|stated)\b|\bmisstated\b",
    re.IGNORECASE,
)
_SET_RIGHT = re.compile(
    r"\b(?:not|rather than|instead of|in fact|actually|should)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence with what tells versions of one fact from different facts."""

    item: Weighed
    text: str
    day: date  # from when it holds
    periods: frozenset[int]
    terms: frozenset[str]
    names: frozenset[str]
    values: Mapping[str, Values]  # of each kind asked for
    covered: float  # the part of the question that it mentions
    covered_around: float  # and that its passage and title mention

    @property
    def place(self) -> Place:
        """Its article's path and where it begins."""
        return self.item.passage.article.path, self.item.span.start


def day_of(text: str, article: Article) -> date:
    """Return the day from which a sentence holds: the one it names, or else its article's."""
    latest = article.latest or date.min
    days = [moment.place(latest) for moment in read_moments(text) if moment.begins]
    return max(filter(None, days), default=latest)


def only_reports(text: str) -> bool:
    """Tell whether a sentence says what was once reported, and not what is right."""
    return _REPORTED.search(text) is not None and not _SET_RIGHT.search(text)


def are_of_other_years(one: Fact, other: Fact) -> bool:
    """Tell whether sentences are of different years; what was in a past year is not of now."""
    if one.periods and other.periods:
        return not one.periods & other.periods
    return any(_is_history(fact) for fact in (one, other))


def is_part_of_year(fact: Fact) -> bool:
    """Tell whether a sentence is of a quarter or a half of a year."""
    return _PART_OF_YEAR.search(fact.text) is not None


def _is_history(fact: Fact) -> bool:
    written = fact.item.passage.article.date or fact.day
    past = bool(fact.periods) and max(fact.periods) < written.year
    return past and bool(_PAST.search(fact.text))


def kind_of_both(one: Fact, other: Fact) -> str | None:
    """Return the likeliest kind of which both hold values."""
    return next((kind for kind in one.values if kind in other.values), None)


def corrects(one: Fact, other: Fact) -> bool:
    """Tell whether the newer of two sentences repeats an exact sum of the older beside another."""
    older, newer = sorted((one, other), key=lambda fact: fact.day)
    kind = kind_of_both(older, newer)
    if kind is None or older.day == newer.day:
        return False
    first, second = older.values[kind], newer.values[kind]
    repeated = (value for value in first if value in second)
    return any(is_exact_money(value) for value in repeated) and differ(first, second)


def shared(one: Fact, other: Fact) -> frozenset[str]:
    """Return the terms of one sentence that the other has, though with another ending."""
    return frozenset(term for term in one.terms if _has(other.terms, term))


def _has(terms: frozenset[str], term: str) -> bool:
    return term in terms or any(
        min(len(term), len(other)) >= _STEM and (term.startswith(other) or other.startswith(term))
        for other in terms
    )


def alike(one: Fact, other: Fact) -> float:
    """Return the part of the terms of the shorter sentence that both have."""
    shorter = min(len(one.terms), len(other.terms))
    return len(shared(one, other)) / shorter if shorter else 0.0
