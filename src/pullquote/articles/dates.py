"""Days: read from whatever people write, but only where one day is meant."""

import re
from datetime import UTC, date, datetime

from dateutil import parser as dateutil_parser

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_MAX_CHARS = 64  # a longer one is no date, and dateutil is slow to find out
_ZONED = re.compile(r"(\d{4}-\d\d-\d\d)[T ]+(\d\d:\d\d(?::\d\d)?(?:\.\d+)?) ?([+-]\d\d:?\d\d)$")
# 2025-02-09-amazon, 2025/02/09/amazon; Jekyll also takes 2025-2-9-amazon.
_IN_PATH = re.compile(r"(?<![^/])(\d{4})([-/_])(\d{1,2})\2(\d{1,2})(?![^/_. -])")


def read_day(value: object) -> date | None:
    """Return the day that a front matter value names, or None if it does not name just one.

    The day is the one where it was written, whatever its zone.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not 0 < len(value.strip()) <= _MAX_CHARS:
        return None
    value = value.strip()
    iso = _ISO_DAY.match(value)
    try:
        return date.fromisoformat(iso[0]) if iso else datetime.fromisoformat(value).date()
    except ValueError:
        pass
    return _read_loosely(value) if _YEAR.search(value) else None


def _read_loosely(value: str) -> date | None:
    # What is missing is filled from a default, and 10/11/2024 is two days in two countries:
    # only a value that means the same in every reading is a date.
    starts_with_year = value[:4].isdigit()
    try:
        days = {
            dateutil_parser.parse(
                value,
                default=default,
                dayfirst=day_first,
                ignoretz=True,
                yearfirst=starts_with_year,
            ).date()
            for default in (datetime(2000, 1, 1), datetime(2001, 2, 2))
            for day_first in ((False,) if starts_with_year else (False, True))
        }
    # dateutil lets more than its own error through.
    except (ValueError, OverflowError, TypeError, IndexError, AttributeError):
        return None
    return days.pop() if len(days) == 1 else None


def read_utc_day(value: object) -> date | None:
    """Return the day in UTC of a time with a zone, or None if it is no such time.

    Jekyll makes a post's address of it, unless its site has another zone.
    """
    zoned = _ZONED.match(value.strip()) if isinstance(value, str) else None
    try:
        if isinstance(value, datetime) and value.tzinfo:
            return value.astimezone(UTC).date()
        if zoned is None:
            return None
        return datetime.fromisoformat(f"{zoned[1]}T{zoned[2]}{zoned[3]}").astimezone(UTC).date()
    except (ValueError, OverflowError):
        return None


def day_in(path: str) -> date | None:
    """Return the day that a path without its suffix holds, in a name or in folders."""
    for found in _IN_PATH.finditer(path):
        try:
            return date(int(found[1]), int(found[3]), int(found[4]))
        except ValueError:
            continue
    return None
