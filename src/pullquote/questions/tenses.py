"""Which version of a fact a question asks for: the newest, the first, the one before, or then's.

>>> read_when("What was the fare before April 2024?").kind
'before'
"""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pullquote.language.amounts import read_moments
from pullquote.questions.plainwords import wants_latest

_FIRST = re.compile(
    r"\b(?:at first|to begin with|in the beginning|original(?:ly)?|initial(?:ly)?|earliest|oldest"
    r"|begin|began|start|started|first (?:said|told|named|put|given|reported|announced|planned"
    r"|expect(?:ed)?|forecast|predict(?:ed)?|estimate[ds]?|promised?|figures?|prices?|plans?"
    r"|versions?|numbers?|guesses|guess|budgets?|costs?|dates?|targets?))\b"
    r"|\bfirst (?=\w+(?: \w+){0,2} (?:for|of|at|in) )(?!(?:quarter|half|time|week|month|day|year"
    r"|six|nine|three|place|floor|class)\b)",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\b(?:before|prior to|until|previous(?:ly)?|former(?:ly)?|used to|earlier|formerly"
    r"|no longer|predecessors?|up to then|back then|the last but one)\b",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"\s*\b(?:(?:in|on|of)\s+)?(?:(?:\d{1,2}\s+)?[A-Z][a-z]+\s+(?:\d{1,2},\s+)?)?(?:19|20)\d\d\b"
)


@dataclass(frozen=True, slots=True)
class When:
    """What a question says of time; `until` is the last day it may mean, `years` what it names."""

    kind: Literal["now", "first", "before", "then"]
    until: date | None = None
    years: frozenset[int] = frozenset()


def read_when(question: str) -> When:
    """Return which version a question asks for; undated questions ask for the newest."""
    dated = [moment for moment in read_moments(question) if moment.year]
    years = frozenset(moment.year for moment in dated if moment.year)
    if wants_latest(question):
        return When("now", years=years)
    before = _BEFORE.search(question)
    if before:
        named = [moment.place(date.min.replace(year=moment.year or 1)) for moment in dated]
        return When("before", until=min(filter(None, named), default=None))
    if _FIRST.search(question):
        return When("first", years=years)
    if dated:
        last = dated[-1]
        return When("then", until=_end(last.year or 1, last.month), years=years)
    return When("now")


def without_limit(question: str) -> str:
    """Return a question without the day before which something was.

    No sentence from before it need name it.
    """
    before = _BEFORE.search(question)
    if before is None or read_when(question).kind != "before":
        return question
    return question[: before.end()] + _LIMIT.sub("", question[before.end() :])


def choose(days: Sequence[date], periods: Sequence[frozenset[int]], when: When) -> int | None:
    """Return which of some versions leads, by the days they hold from and the years they are about.

    None where nothing tells.
    """
    places = [n for n, named in enumerate(periods) if not named or not when.years & named]
    about = [n for n, named in enumerate(periods) if named & when.years]
    known = about or (places if when.kind == "then" else list(range(len(days))))
    if when.kind == "first":
        return min(known, key=lambda n: days[n])
    if when.kind == "before":
        return _last_before(days, when.until)
    if when.kind == "then" and not about:
        held = [n for n in known if when.until is None or days[n] <= when.until]
        return max(held, key=lambda n: days[n], default=None)
    return max(known, key=lambda n: days[n])


def _last_before(days: Sequence[date], until: date | None) -> int | None:
    """Return the newest version from before a day or, without one, before the newest."""
    limit = until or max(days)
    older = [n for n, day in enumerate(days) if day < limit]
    return max(older, key=lambda n: days[n], default=None)


def _end(year: int, month: int | None) -> date:
    return date(year, month or 12, monthrange(year, month or 12)[1])
