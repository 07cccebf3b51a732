"""Periods in plain English: "March", "Q4 2024", "last week", "5 March 2025".

A small grammar over `re` and `calendar`: the libraries that read dates are made for text that is
known to be one, and find days in "may", "now" and "second" as well.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from pullquote.questions.plainwords.words import words_in

_DAY = timedelta(days=1)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_WEEKDAYS = "mon tue wed thu fri sat sun".split()
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9}  # the month each begins with
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()
_ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "1st": 1,
    "2nd": 2,
    "3rd": 3,
    "4th": 4,
}

_MONTH = (
    r"(?:jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?|july?|aug(?:ust|\.)?"
    r"|sept?(?:ember|\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)(?!\w)"
)
_YEAR = r"(?:19|20)\d\d(?![\w-]*\d)"
_DAY_OF = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?![\w.,]*\d)"
_WEEKDAY = r"(?:mon|tues?|wednes|thurs?|fri|satur|sun)day(?!\w)"
_COUNT = rf"(?:\d{{1,3}}|{'|'.join(_NUMBERS)})"
_UNIT = r"(?:day|week|month|quarter|year)"
_ORDINAL = rf"(?:{'|'.join(_ORDINALS)})"


class Period(NamedTuple):
    """A first and a last day; `last` is None where it goes on today.

    `dated` periods name their year; `relative` ones are told from today.
    """

    first: date
    last: date | None
    dated: bool = False
    relative: bool = False


def _iso_day(found: re.Match[str], today: date) -> Period:
    day = date.fromisoformat(found[0])
    return Period(day, day, dated=True)


def _iso_month(found: re.Match[str], today: date) -> Period:
    return _months(int(found[1]), int(found[2]), 1, dated=True)


def _day_of_month(found: re.Match[str], today: date) -> Period:
    month = _MONTHS.index(found["month"][:3].casefold()) + 1
    number = int(re.sub(r"\D", "", found["day"]))
    if found["year"]:
        day = date(int(found["year"]), month, number)
        return Period(day, day, dated=True)
    # 29 February is looked for in earlier years until one has it.
    for year in range(today.year, today.year - 9, -1):
        if number <= monthrange(year, month)[1] and date(year, month, number) <= today:
            day = date(year, month, number)
            return Period(day, day)
    raise ValueError(found[0])


def _month(found: re.Match[str], today: date) -> Period:
    month = _MONTHS.index(found["month"][:3].casefold()) + 1
    return _part_of_year(found["year"], month, 1, today)


def _quarter(found: re.Match[str], today: date) -> Period:
    number = int(found["q"]) if found["q"] else _ORDINALS[found["ordinal"].casefold()]
    return _part_of_year(_year_of(found["year"], today), 3 * number - 2, 3, today)


def _half(found: re.Match[str], today: date) -> Period:
    named = found.groupdict()
    number = int(named["h"]) if "h" in named else _ORDINALS[named["ordinal"].casefold()]
    return _part_of_year(_year_of(found["year"], today), 6 * number - 5, 6, today)


def _season(found: re.Match[str], today: date) -> Period:
    return _part_of_year(found["year"], _SEASONS[found["season"].casefold()], 3, today)


def _year(found: re.Match[str], today: date) -> Period:
    return _months(int(found[0]), 1, 12, dated=True)


def _whole_unit(found: re.Match[str], today: date) -> Period:
    """Return this or the last week, month, quarter or year of the calendar."""
    unit = found["unit"].casefold()
    first = _begin(unit, today)
    if found["which"].casefold() == "this":
        return Period(first, None, relative=True)
    return Period(_begin(unit, first - _DAY), first - _DAY, relative=True)


def _rolling(found: re.Match[str], today: date) -> Period:
    words = (found["count"] or "1").casefold()
    count = int(words) if words.isdigit() else _NUMBERS.index(words) + 1
    unit = found["unit"].casefold()
    if unit in ("day", "week"):
        return Period(
            today - timedelta(days=count * (7 if unit == "week" else 1)), None, False, True
        )
    months = count * {"month": 1, "quarter": 3, "year": 12}[unit]
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    day = min(today.day, monthrange(year, month + 1)[1])
    return Period(date(year, month + 1, day), None, relative=True)


def _beginning(found: re.Match[str], today: date) -> Period:
    return Period(_begin(found["unit"].casefold(), today), None, relative=True)


def _first_day(found: re.Match[str], today: date) -> Period:
    month = _month(found, today)
    return month._replace(last=month.first)


def _weekday(found: re.Match[str], today: date) -> Period:
    number = _WEEKDAYS.index(found["weekday"][:3].casefold())
    until = today - _DAY if found["last"] else today
    day = until - timedelta(days=(until.weekday() - number) % 7)
    return Period(day, day, relative=True)


def _near_day(found: re.Match[str], today: date) -> Period:
    day = today - _DAY if found[0].casefold() == "yesterday" else today
    return Period(day, day, relative=True)


_Resolve = Callable[[re.Match[str], date], Period]
_OF_YEAR = rf"\s*,?\s+(?:of\s+)?(?P<year>{_YEAR}|(?:this|last)\s+year(?!\w))"
_JUST_YEAR = rf"(?:\s*,?\s+(?:of\s+)?(?P<year>{_YEAR}))?"
# The longer way to read the same words stands first.
_GRAMMAR: tuple[tuple[str, _Resolve], ...] = (
    (r"\d{4}-\d\d-\d\d(?!\w)", _iso_day),
    (r"(\d{4})-(\d\d)(?![\w-])", _iso_month),
    (rf"(?:the\s+)?(?P<day>{_DAY_OF})\s+(?:of\s+)?(?P<month>{_MONTH}){_JUST_YEAR}", _day_of_month),
    (rf"(?P<month>{_MONTH})\s+(?:the\s+)?(?P<day>{_DAY_OF}){_JUST_YEAR}", _day_of_month),
    (rf"(?P<month>{_MONTH}){_JUST_YEAR}", _month),
    (
        rf"(?:the\s+)?(?:q(?P<q>[1-4])(?!\w)|(?P<ordinal>{_ORDINAL})\s+quarter(?!\w))(?:{_OF_YEAR})?",
        _quarter,
    ),
    (rf"h(?P<h>[12])(?!\w)(?:{_OF_YEAR})?", _half),
    (rf"(?:the\s+)?(?P<ordinal>first|second)\s+half{_OF_YEAR}", _half),
    (rf"(?:the\s+)?(?P<season>{'|'.join(_SEASONS)})\s+(?:of\s+)?(?P<year>{_YEAR})", _season),
    (_YEAR, _year),
    (rf"(?P<which>this|last|previous)\s+(?P<unit>{_UNIT})(?!\w)", _whole_unit),
    (
        rf"(?:(?:the\s+)?(?:last|past|previous)\s+(?P<count>{_COUNT})\s+(?P<unit>{_UNIT})s?(?!\w))",
        _rolling,
    ),
    (rf"(?:the\s+(?:last|past)|past)\s+(?P<count>)(?P<unit>{_UNIT})(?!\w)", _rolling),
    (rf"the\s+(?:beginning|start)\s+of\s+(?:the|this)\s+(?P<unit>{_UNIT})(?!\w)", _beginning),
    (
        rf"the\s+(?:beginning|start)\s+of\s+(?P<month>{_MONTH}){_JUST_YEAR}",
        _first_day,
    ),
    (rf"(?P<last>last\s+)?(?P<weekday>{_WEEKDAY})", _weekday),
    (r"(?:yesterday|today)(?!\w)", _near_day),
)
_RULES = tuple((re.compile(source, re.IGNORECASE), resolve) for source, resolve in _GRAMMAR)
# All of them without groups, to be put into larger patterns.
PERIOD = "(?:" + "|".join(re.sub(r"\(\?P<\w+>|\((?!\?)", "(?:", s) for s, _ in _GRAMMAR) + ")"

_HINTS = frozenset(
    f"{' '.join(_SEASONS)} this last past previous yesterday today quarter half start beginning"
    " sept monday tuesday wednesday thursday friday saturday sunday january february march april"
    " june july august september october november december".split()
) | frozenset(_MONTHS)


def may_name_period(text: str) -> bool:
    """Tell, faster than the grammar, that a text may name a period, or that it names none."""
    words = words_in(text)
    return bool(words & _HINTS) or any(word[-1].isdigit() or word[0].isdigit() for word in words)


def read_period(words: str, today: date) -> Period | None:
    """Return the period that words name, the latest that has begun; None if there is no such day.

    >>> read_period("March", date(2025, 3, 12)).first, read_period("May", date(2025, 3, 12)).first
    (datetime.date(2025, 3, 1), datetime.date(2024, 5, 1))
    """
    for pattern, resolve in _RULES:
        found = pattern.fullmatch(words)
        if found:
            try:
                return resolve(found, today)
            except (ValueError, OverflowError):  # 31 February
                return None
    return None


def after(words: str, today: date) -> date | None:
    """Return the day after a period; of a month without a year, the latest that is over."""
    period = read_period(words, today)
    if period is not None and not period.dated and (period.last or today) >= today:
        period = read_period(words, period.first - _DAY)
    if period is None or period.last is None:
        return None
    return period.last + _DAY


def _begin(unit: str, day: date) -> date:
    """Return the first day of the calendar's week, month, quarter or year that holds a day."""
    if unit == "week":
        return day - timedelta(days=day.weekday())
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}.get(unit)
    return day if month is None else date(day.year, month, 1)


def _year_of(words: str | None, today: date) -> str | None:
    """Return the year that "2024", "this year" or "last year" is, in figures."""
    if not words or words.isdigit():
        return words
    return str(today.year - (words[:4].casefold() == "last"))


def _part_of_year(year: str | None, month: int, months: int, today: date) -> Period:
    if year:
        return _months(int(year), month, months, dated=True)
    begun = date(today.year, month, 1) <= today
    return _months(today.year - (not begun), month, months, dated=False)


def _months(year: int, month: int, count: int, *, dated: bool) -> Period:
    end = month + count - 1
    return Period(date(year, month, 1), date(year, end, monthrange(year, end)[1]), dated=dated)
