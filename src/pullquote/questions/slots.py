"""What kind of thing a question asks for, and what a sentence holds of that kind. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from pullquote.language.amounts import (
    CLOCK,
    COUNTS,
    FREE,
    Amount,
    read_amounts,
    read_moments,
    read_weekdays,
)
from pullquote.language.terms import key_terms, mentions, names_in, read_terms, telling_terms
from pullquote.language.wordlists import LIGHT_WORDS, MONTHS

# A kind's values in order: what they count (a unit), and how much of it.
Values = tuple[tuple[str, object], ...]

_MONEY = re.compile(
    r"\bhow much\b|\b(?:cost|price|fare|fee|charge|pay|spend|spent|worth|rent|fine|budget|estimate"
    r"|revenue|sales|dividend|salary|borrow|invest|earn|admission|capex)\w*",
    re.IGNORECASE,
)
_COUNT = re.compile(r"\bhow many (?P<nouns>[\w-]+(?: [\w-]+)?)", re.IGNORECASE)
_MOMENT = re.compile(
    r"\bwhen\b|\b(?:what|which) (?:time|day|date|month|year)\b|\bhours\b|\bhow late\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"\bwho(?:m|se)?\b|\bwhere\b|\b(?:which|what) (?:company|town|place|city)\b", re.IGNORECASE
)
_YES_OR_NO = re.compile(
    r"\s*(?:is|are|was|were|do|does|did|has|have|had|can|may|must|will|should)\b", re.IGNORECASE
)
_HONORIFICS = "mr mrs ms miss dr sir dame cllr prof capt lord lady rev st"
_NO_NAMES = frozenset(
    term
    for word in (*_HONORIFICS.split(), *(name for group in MONTHS for name in group))
    for term in read_terms(word)
) | frozenset(
    term
    for day in "monday tuesday wednesday thursday friday saturday sunday".split()
    for term in read_terms(day)
)
# Of each line, two words that are not in one group are of different things.
_APART: tuple[tuple[str, ...], ...] = (
    ("adult adults grown", "child children kids", "senior seniors pensioner pensioners", "student"),
    ("savings savers deposit deposits", "loan loans mortgage mortgages lend"),
    ("revenue revenues sales turnover", "profit profits earnings income", "dividend dividends"),
    ("men male", "women female"),
    ("weekday weekdays", "weekend weekends"),
    ("begin begins began start starts started", "end ended lift lifted cease ceased"),
)
_GROUPS = tuple(
    tuple(frozenset(term for word in words.split() for term in read_terms(word)) for words in line)
    for line in _APART
)
_LIGHT = _NO_NAMES | frozenset(
    term
    for word in f"{LIGHT_WORDS} {' '.join(COUNTS)} cost costs price pay pays paid spend spends"
    " spent million billion thousand percent cent pence year years day days".split()
    for term in read_terms(word)
)
# Figures that are so many times one another are of different things.
_RATIO = Decimal(4)
_EXACT = 2  # digits that count


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's kinds of answers, likeliest first, and its terms."""

    kinds: tuple[str, ...]
    terms: frozenset[str]
    names: frozenset[str]
    nouns: tuple[str, ...]  # what is counted
    yes_or_no: bool

    @property
    def wants_moment(self) -> bool:
        """Whether it asks when something is."""
        return self.kinds[0] == "moment"

    def covered(self, terms: frozenset[str]) -> float:
        """Return the part of its terms that are among some terms."""
        found = sum(mentions(terms, term) for term in self.terms)
        return found / len(self.terms) if self.terms else 1.0


@lru_cache(maxsize=16_384)
def is_light(word: str) -> bool:
    """Tell whether a word says nothing about what a sentence is about."""
    return not telling_terms(word)


def read_asked(question: str) -> Asked:
    """Return what a question asks for."""
    counted = _COUNT.search(question)
    nouns = tuple(
        term
        for word in (counted["nouns"].split() if counted else ())
        if not is_light(word)
        for term in read_terms(word)
    )
    return Asked(
        kinds=_kinds(question),
        terms=frozenset(term for term in key_terms(question) if not term[:1].isdigit()),
        names=names_in(question),
        nouns=nouns,
        yes_or_no=bool(_YES_OR_NO.match(question)),
    )


def wants_money(question: str) -> bool:
    """Tell whether a question asks for a sum of money."""
    return _MONEY.search(question) is not None


def read_values(asked: Asked, text: str) -> Mapping[str, Values]:
    """Return the values of each kind asked for that a sentence holds."""
    read = {
        "money": _money,
        "count": lambda text: _counted(asked, text),
        "moment": _moments,
        "name": lambda text: _names(asked, text),
        "counts": _counts,
        "any": _figures,
    }
    found = {kind: read[kind](text) for kind in asked.kinds}
    return {kind: values for kind, values in found.items() if values}


def are_near(one: Values, other: Values) -> bool:
    """Tell whether values may be of one thing: the first of a unit both have are not far apart."""
    if _is_free(one) != _is_free(other):
        return _are_money((*one, *other))
    first, second = ({unit: value for unit, value in reversed(values)} for values in (one, other))
    return any(_within_ratio(first[unit], second[unit]) for unit in first.keys() & second.keys())


def differ(older: Values, newer: Values) -> bool:
    """Tell whether the newer values hold one that the older lack, of a unit both have if any."""
    units = {unit for unit, _ in older} & {unit for unit, _ in newer}
    return not units or any(value not in older for value in newer if value[0] in units)


def is_exact_money(value: tuple[str, object]) -> bool:
    """Tell whether a value is a sum that two texts hardly name by chance: £41.6, not £40."""
    unit, number = value
    exact = isinstance(number, Decimal) and len(number.normalize().as_tuple().digits) >= _EXACT
    return exact and _are_money(((unit, number),))


def are_apart(one: frozenset[str], other: frozenset[str]) -> bool:
    """Tell whether texts are of different people or things: adults and children."""
    for line in _GROUPS:
        first, second = ({n for n, group in enumerate(line) if group & t} for t in (one, other))
        if first and second and not first & second:
            return True
    return False


def content_terms(terms: frozenset[str]) -> frozenset[str]:
    """Return the terms that tell what a sentence is about: neither figures nor common verbs."""
    return frozenset(t for t in terms - _LIGHT if not t[:1].isdigit() and not is_light(t))


def _kinds(question: str) -> tuple[str, ...]:
    if _NAME.search(question):
        return ("name",)
    if _MOMENT.search(question):
        return ("moment",)
    if _COUNT.search(question):
        return ("count", "counts")
    if _MONEY.search(question):
        return ("money", "any")
    return ("any", "moment")


def _money(text: str) -> Values:
    return tuple((a.unit, a.value) for a in read_amounts(text) if a.is_money or a.unit == FREE)


def _counted(asked: Asked, text: str) -> Values:
    """Return the figures that count what is asked for or, in a sentence about it, any counts."""
    plain = [a for a in read_amounts(text) if _is_count(a)]
    direct = [a for a in plain if set(a.next_terms) & set(asked.nouns)]
    mentioned = any(term.startswith(noun) for noun in asked.nouns for term in read_terms(text))
    return tuple(("", a.value) for a in (direct or (plain if mentioned else ())))


def _counts(text: str) -> Values:
    return tuple((a.unit, a.value) for a in read_amounts(text) if _is_count(a) and a.unit)


def _is_count(amount: Amount) -> bool:
    return not amount.is_money and amount.unit not in (FREE, CLOCK, "%")


def _moments(text: str) -> Values:
    clocks = tuple((CLOCK, a.value) for a in read_amounts(text) if a.unit == CLOCK)
    days = tuple(
        ("day" if m.month else "year", (m.year, m.month, m.day)) for m in read_moments(text)
    )
    return clocks or days or tuple(("weekday", day) for day in sorted(read_weekdays(text)))


def _names(asked: Asked, text: str) -> Values:
    return tuple(("", name) for name in sorted(proper_names(text) - asked.names))


def proper_names(text: str) -> frozenset[str]:
    """Return the terms of names in a sentence, without months, weekdays and titles."""
    first = re.match(r"\W*([A-Z]\w+)(?= [A-Z])", text)  # a name may open a sentence
    opening = frozenset(read_terms(first[1])) if first and not is_light(first[1]) else frozenset()
    return (names_in(text) | opening) - _NO_NAMES


def _figures(text: str) -> Values:
    return tuple((a.unit, a.value) for a in read_amounts(text))


def _is_free(values: Values) -> bool:
    return any(unit == FREE for unit, _ in values)


def _are_money(values: Values) -> bool:
    return any(unit in ("£", "$", "€", "¥", "¢") for unit, _ in values)


def _within_ratio(one: object, other: object) -> bool:
    if not isinstance(one, Decimal) or not isinstance(other, Decimal):
        return True
    low, high = sorted((abs(one), abs(other)))
    return high <= _RATIO * low if low else True
