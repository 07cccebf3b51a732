"""Which articles may be read, built from what people type."""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date as Date
from typing import Self

from pullquote.errors import InputError
from pullquote.spans import is_whole

Words = str | Sequence[str] | frozenset[str] | set[str] | None
Day = Date | str | None
_PART_OF_DAY = re.compile(r"(\d{4})(?:-(\d\d))?")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which articles may be read. Empty = all; within one field any value will do.

    Paths are shell patterns (``2025/*.md``); dates are inclusive, and an article without a date
    passes neither `since` nor `until`. Drafts, expired and future articles pass only a filter that
    asks for the `unpublished` as well.
    """

    tags: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    lang: frozenset[str] = frozenset()
    since: Date | None = None
    until: Date | None = None
    paths: frozenset[str] = frozenset()
    unpublished: bool = False

    @classmethod
    def of(
        cls,
        *,
        tags: Words = None,
        categories: Words = None,
        lang: Words = None,
        since: Day = None,
        until: Day = None,
        paths: Words = None,
        unpublished: bool = False,
    ) -> Self:
        """Build a filter from what people type; raise InputError for what is not a date."""
        return cls(
            tags=_words(tags),
            categories=_words(categories),
            lang=_words(lang),
            since=_day(since, "since"),
            until=_day(until, "until"),
            paths=frozenset(_listed(paths)),
            unpublished=bool(unpublished),
        )

    def __str__(self) -> str:
        named = (
            ("tag", sorted(self.tags)),
            ("category", sorted(self.categories)),
            ("language", sorted(self.lang)),
            ("since", [self.since] if self.since else []),
            ("until", [self.until] if self.until else []),
            ("path", sorted(self.paths)),
        )
        return "; ".join(
            f"{name} {', '.join(map(str, values))}" for name, values in named if values
        )

    def __bool__(self) -> bool:
        """Tell whether it leaves anything out that is there for everybody."""
        return self != Filter(unpublished=self.unpublished)


def _words(value: Words) -> frozenset[str]:
    return frozenset(word.strip().casefold() for word in _listed(value) if word.strip())


def _listed(value: Words) -> tuple[str, ...]:
    words = (value,) if isinstance(value, str) else tuple(value or ())
    if not all(isinstance(word, str) and is_whole(word) for word in words):
        raise InputError(f"a filter takes words, not {value!r}")
    return words


def _day(value: Day, name: str) -> Date | None:
    """Return a day; of a year or a month it is the first one, or the last one for "until"."""
    if value is None or value == "":
        return None
    if isinstance(value, Date):
        return Date(value.year, value.month, value.day)
    if not isinstance(value, str):
        raise InputError(f"{name}: {value!r} is not a date; write it as YYYY-MM-DD")
    try:
        whole = _PART_OF_DAY.fullmatch(value.strip())
        if whole is None:
            return Date.fromisoformat(value.strip())
        year, month = int(whole[1]), int(whole[2] or (12 if name == "until" else 1))
        last = monthrange(year, month)[1]
        return Date(year, month, last if name == "until" else 1)
    except ValueError:
        raise InputError(f"{name}: {value!r} is not a date; write it as YYYY-MM-DD") from None
