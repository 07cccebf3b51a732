"""Which articles may be read, built from what people type."""

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date as Date
from typing import Any, Self

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

    def join(self, other: Self) -> Self:
        """Return the filter of both: any value of each field, and the days that both leave."""
        return replace(
            self,
            tags=self.tags | other.tags,
            categories=self.categories | other.categories,
            lang=self.lang | other.lang,
            since=max(filter(None, (self.since, other.since)), default=None),
            until=min(filter(None, (self.until, other.until)), default=None),
            paths=self.paths | other.paths,
            unpublished=self.unpublished or other.unpublished,
        )

    def is_possible(self) -> bool:
        """Tell whether there are days that it leaves."""
        return not (self.since and self.until and self.since > self.until)

    def yield_to(self, other: Self) -> Self:
        """Return the filter without the fields that another sets, which are that one's to say.

        Days that begin and end are one field.
        """
        days = (other.since or other.until) and (self.since and self.until)
        mine = replace(
            self,
            tags=frozenset() if other.tags else self.tags,
            categories=frozenset() if other.categories else self.categories,
            lang=frozenset() if other.lang else self.lang,
            paths=frozenset() if other.paths else self.paths,
            since=None if other.since or days else self.since,
            until=None if other.until or days else self.until,
        )
        return mine if mine.join(other).is_possible() else replace(mine, since=None, until=None)


@dataclass(frozen=True, slots=True)
class PlainFilter:
    """A filter read from the words of a question.

    A `soft` one gives way where it leaves no answer, and then is not `applied`. `title` names the
    article that its day was read from.
    """

    words: str
    wanted: Filter
    soft: bool = False
    applied: bool = True
    title: str = ""

    @property
    def label(self) -> str:
        """What is kept, as people read it: "since 2025-03-01"."""
        since, until = self.wanted.since, self.wanted.until
        if since and until:
            days = f"{since} to {until}" if since < until else f"of {since}"
            rest = str(replace(self.wanted, since=None, until=None))
            return "; ".join(filter(None, (rest, days)))
        return f"{self.wanted} (“{self.title}”)" if self.title else str(self.wanted)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON of a filter."""
        wanted = self.wanted
        return {
            "words": self.words,
            "label": self.label,
            "soft": self.soft,
            "applied": self.applied,
            "since": wanted.since.isoformat() if wanted.since else None,
            "until": wanted.until.isoformat() if wanted.until else None,
            "tags": sorted(wanted.tags),
            "categories": sorted(wanted.categories),
            "lang": sorted(wanted.lang),
            "paths": sorted(wanted.paths),
        }

    @classmethod
    def of_dict(cls, said: Mapping[str, Any]) -> Self:
        """Return the filter that `to_dict` told of; raise InputError for what is none."""
        wanted = Filter.of(
            since=said.get("since"),
            until=said.get("until"),
            tags=said.get("tags"),
            categories=said.get("categories"),
            lang=said.get("lang"),
            paths=said.get("paths"),
        )
        words = said.get("words")
        if not isinstance(words, str) or not words or not wanted:
            raise InputError("a filter needs its words and what they leave out")
        return cls(words, wanted, said.get("soft") is True, said.get("applied") is not False)


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
