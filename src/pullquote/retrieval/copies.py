"""Passages that are copies of one another: reposts, syndicated articles, older versions. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from pullquote.language.terms import names_in, numbers_in, read_terms
from pullquote.retrieval.fusion import Found
from pullquote.types import Article

# Passages of kin that share this part of the shorter one's words are one passage in two versions:
# a corrected figure or a cut sentence leaves more than that.
_ALIKE = 0.6
_MONTHS = (
    "January February March April May June July August September October November December".split()
)


def fold_copies(
    found: Iterable[Found],
    kin: Mapping[str, str],
    words: Mapping[int, str],
    *,
    asked: frozenset[str] = frozenset(),
) -> tuple[tuple[Found, ...], ...]:
    """Group passages that are copies; groups in the order of their best.

    `kin` gives the family of each article that has one: only within a family is anything compared,
    by the `words` of each passage's id. First in a group is the one that speaks of most of the
    terms `asked` for, then the newest article: of two minutes or two timetables of one form, the
    newest is not the one that was asked for.
    """
    groups: list[list[Found]] = []
    by_family: dict[str, list[list[Found]]] = {}
    for item in found:
        family = kin.get(item.passage.article.path)
        known = by_family.setdefault(family, []) if family else []
        group = next((group for group in known if _fits(item, group, words)), None)
        if group is None:
            group = []
            groups.append(group)
            known.append(group)
        group.append(item)

    def order(item: Found) -> tuple[int, date]:
        return len(asked & _terms_of(item, words)), _age(item)

    return tuple(
        tuple(sorted(group, key=order, reverse=True)) if len(group) > 1 else tuple(group)
        for group in groups
    )


def _terms_of(item: Found, words: Mapping[int, str]) -> frozenset[str]:
    """Return the terms of a passage, of its title and of its article's day."""
    day = item.passage.article.date
    when = f"{day} {_MONTHS[day.month - 1]}" if day else ""
    return frozenset(read_terms(f"{item.passage.article.title} {words[item.passage.id]} {when}"))


def with_copies(item: Found, group: Iterable[Found]) -> Found:
    """Return a passage that names the other articles of its group."""
    others = {other.passage.article.path: other.passage.article for other in group}
    others.pop(item.passage.article.path, None)
    return replace(item, copies=tuple(others.values()))


def by_newest(articles: Iterable[Article]) -> tuple[Article, ...]:
    """Return articles, the newest first, those without a date last; ties by path."""
    ordered = sorted(articles, key=lambda article: article.path)
    return tuple(sorted(ordered, key=lambda a: a.latest or date.min, reverse=True))


def _age(item: Found) -> date:
    return item.passage.article.latest or date.min


def _fits(item: Found, group: Iterable[Found], words: Mapping[int, str]) -> bool:
    """Tell whether a passage is a copy of those in a group; an article has no copies in itself."""
    article = item.passage.article
    return all(
        other.passage.article.path != article.path
        and _are_alike(words[item.passage.id], words[other.passage.id])
        and (
            other.passage.article.plain_title == article.plain_title
            or _agree(words[item.passage.id], words[other.passage.id])
        )
        for other in group
    )


def _are_alike(one: str, other: str) -> bool:
    first, second = frozenset(read_terms(one)), frozenset(read_terms(other))
    return len(first & second) >= _ALIKE * min(len(first), len(second))


def _agree(one: str, other: str) -> bool:
    """Tell whether neither has figures and names that the other lacks and the other way round.

    The notes of two releases, the reports of two years or the timetables of two ferries are alike
    in all but these.
    """
    return all(
        first <= second or second <= first
        for first, second in (
            (numbers_in(one), numbers_in(other)),
            (names_in(one), names_in(other)),
        )
    )
