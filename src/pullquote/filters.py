"""Which articles may be read, built from what people type."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date as Date
from typing import Self

from pullquote.errors import InputError


@dataclass(frozen=True, slots=True)
class Filter:
    """Which articles may be read. Empty = all; within one field any value will do.

    Paths are shell patterns (``2025/*.md``); dates are inclusive, and an article without a date
    passes neither `since` nor `until`.
    """

    tags: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    lang: frozenset[str] = frozenset()
    since: Date | None = None
    until: Date | None = None
    paths: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        *,
        tags: str | Sequence[str] | frozenset[str] | set[str] | None = None,
        categories: str | Sequence[str] | frozenset[str] | set[str] | None = None,
        lang: str | Sequence[str] | frozenset[str] | set[str] | None = None,
        since: Date | str | None = None,
        until: Date | str | None = None,
        paths: str | Sequence[str] | frozenset[str] | set[str] | None = None,
    ) -> Self:
        """Build a filter from what people type; raise InputError for what is not a date."""
        _check_whole(tags, categories, lang, paths)
        return cls(
            tags=_words(tags),
            categories=_words(categories),
            lang=_words(lang),
            since=_day(since, "since"),
            until=_day(until, "until"),
            paths=frozenset([paths] if isinstance(paths, str) else paths or ()),
        )

    def __bool__(self) -> bool:
        return self != Filter()


def _check_whole(*values: str | Sequence[str] | frozenset[str] | set[str] | None) -> None:
    words = [
        word for value in values for word in ([value] if isinstance(value, str) else value or ())
    ]
    try:
        "".join(words).encode()
    except UnicodeEncodeError as error:
        raise InputError("a filter holds half a character (a lone surrogate)") from error


def _words(value: str | Sequence[str] | frozenset[str] | set[str] | None) -> frozenset[str]:
    values = [value] if isinstance(value, str) else value or ()
    return frozenset(word.strip().casefold() for word in values if word.strip())


def _day(value: Date | str | None, name: str) -> Date | None:
    if value is None or value == "":
        return None
    if isinstance(value, Date):
        return Date(value.year, value.month, value.day)
    try:
        return Date.fromisoformat(value)
    except ValueError:
        raise InputError(f"{name}: {value!r} is not a date; write it as YYYY-MM-DD") from None
