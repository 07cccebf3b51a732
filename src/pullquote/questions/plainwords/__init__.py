"""Filters and times in plain words, read without a model.

>>> read("What do articles tagged ai say since March?", date(2025, 3, 12), Known()).filters
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from pullquote.filters import PlainFilter
from pullquote.questions.plainwords.latest import wants_latest
from pullquote.questions.plainwords.scopes import (
    Dated,
    Known,
    find_labels,
    find_language,
    find_titles,
    may_name,
)
from pullquote.questions.plainwords.times import find_times, is_filler
from pullquote.questions.plainwords.words import Phrase, blank, tidy

__all__ = ["Dated", "Known", "Plain", "may_name", "read", "wants_latest"]

_NOTHING = Known()


@dataclass(frozen=True, slots=True)
class Plain:
    """A question as it is read: what it asks, and which articles it asks.

    `narrow` is the question without the words of its filters, `wide` the one with the words of
    the soft ones, for when these give way. `only_filters` questions ask nothing else.
    """

    narrow: str
    wide: str
    filters: tuple[PlainFilter, ...] = ()
    latest: bool = False
    only_filters: bool = False


def read(
    question: str, today: date, known: Known = _NOTHING, *, ignore: Collection[str] = ()
) -> Plain:
    """Read the filters of a question, but for those whose words are to be ignored."""
    phrases = _find(question, today, known)
    ignored = {_folded(words) for words in ignore}
    narrow = wide = question
    filters = []
    for phrase in phrases:
        words = " ".join(question[phrase.start : phrase.end].split()).strip(" ,;:")
        taken = _folded(words) not in ignored
        if taken:
            filters.append(PlainFilter(words, phrase.wanted, phrase.soft, title=phrase.title))
        if (taken or not phrase.soft) and not phrase.kept:
            narrow = blank(narrow, phrase.start, phrase.end)
        if not phrase.soft:
            wide = blank(wide, phrase.start, phrase.end)
    return Plain(
        narrow=_rest(narrow, question),
        wide=_rest(wide, question),
        filters=tuple(filters),
        latest=wants_latest(question),
        only_filters=bool(phrases) and is_filler(narrow),
    )


def _find(question: str, today: date, known: Known) -> tuple[Phrase, ...]:
    """Return the phrases that are filters, by place; what one grammar has read, no other reads."""
    phrases: list[Phrase] = []
    text = question
    for found in (find_labels, find_language, find_titles) if may_name(question) else ():
        for phrase in _apart(found(text, known)):
            phrases.append(phrase)
            text = blank(text, phrase.start, phrase.end)
    phrases += _apart(find_times(text, today))
    return tuple(sorted(phrases))


def _apart(phrases: Iterable[Phrase]) -> tuple[Phrase, ...]:
    """Return phrases without those that meet an earlier one."""
    kept: list[Phrase] = []
    for phrase in phrases:
        if all(phrase.end <= other.start or other.end <= phrase.start for other in kept):
            kept.append(phrase)
    return tuple(kept)


def _folded(words: str) -> str:
    return re.sub(r"\s+", " ", words).strip().casefold()


def _rest(text: str, question: str) -> str:
    """Return what is left of a question, or all of it if nothing is."""
    if text == question:
        return question.strip()
    return tidy(text) or question.strip()
