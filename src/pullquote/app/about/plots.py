"""What the plots of the sidebar draw, and the same in words. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

import pandas as pd

from pullquote.app.render import count, show_day
from pullquote.types import Article

PASS, LEFT_OUT = "pass the filters", "left out"
# 3:1 and more on the paper of both themes; overview.css has a better match for each.
COLOURS = {PASS: "#c0563c", LEFT_OUT: "#8d867a"}
_KEY = (
    f'<p class="plot-key"><span class="pass">{PASS}</span>'
    f' <span class="left-out">{LEFT_OUT}</span></p>'
)
_MOST_BARS = 20  # in 240 pixels each has room for a legible label under it
_YEARS = (1, 2, 5, 10, 25, 50, 100, 250, 500)  # in one bar; the last is enough for all of `date`
_LONGEST = 18  # characters of a tag, so that half of the width is left for its bar
# Bars with names are drawn in the order of their names: these, unseen, put them in ours.
_UNSEEN = str.maketrans("01", "\u200b\u200c")


@dataclass(frozen=True, slots=True)
class _Period:
    """A way to divide time: a day's period as a number, and that period's label and name."""

    number: Callable[[date], int]
    label: Callable[[int], str]
    name: Callable[[int], str]


def over_time(every: Iterable[Article], passing: Iterable[Article]) -> pd.DataFrame:
    """Return rows of (period, articles, which): two for each period, without a gap.

    The periods are the shortest ones that make few enough bars. Before each are unseen characters
    by which it is drawn in its place. `attrs` have the periods' `names` in full, and how many
    articles are `undated`, which are in no bar.
    """
    kept = {article.path for article in passing}
    dated = [(article.date, article.path in kept) for article in every if article.date]
    undated = sum(1 for article in every if not article.date)
    if not dated:
        return _table("period", (), {"names": (), "undated": undated})
    days = [day for day, _ in dated]
    period = _period(min(days), max(days))
    counts = Counter((period.number(day), passes) for day, passes in dated)
    numbers = range(period.number(min(days)), period.number(max(days)) + 1)
    labels = _in_order([period.label(number) for number in numbers])
    rows = [
        (label, counts[number, True], counts[number, False])
        for label, number in zip(labels, numbers, strict=True)
    ]
    names = tuple(period.name(number) for number in numbers)
    return _table("period", rows, {"names": names, "undated": undated})


def top_tags(
    every: Iterable[Article], passing: Iterable[Article], *, most: int = 12
) -> pd.DataFrame:
    """Return rows of (tag, articles, which): two for each of the most frequent tags.

    Spellings that differ in case are one tag. Before each are unseen characters by which it is
    drawn in its place. `attrs` have the tags' `names` in full, and how many there are in all.
    """
    kept = {article.path for article in passing}
    spellings: dict[str, str] = {}
    counts: Counter[tuple[str, bool]] = Counter()
    totals: Counter[str] = Counter()
    for article in every:
        for tag, spelled in {tag.casefold(): tag for tag in article.tags}.items():
            spellings.setdefault(tag, spelled)
            counts[tag, article.path in kept] += 1
            totals[tag] += 1
    ranked = sorted(totals, key=lambda tag: (-totals[tag], tag))[:most]
    labels = _in_order([_shorten(spellings[tag]) for tag in ranked])
    rows = [
        (label, counts[tag, True], counts[tag, False])
        for label, tag in zip(labels, ranked, strict=True)
    ]
    names = tuple(spellings[tag] for tag in ranked)
    return _table("tag", rows, {"names": names, "all": len(totals)})


def caption_plot(table: pd.DataFrame) -> str:
    """Return the key of the colours and what the plot shows in words.

    The words on tags are only heard, since the plot has each of them too.
    """
    kind = "plot-said unseen" if "tag" in table.columns and len(table) else "plot-said"
    key = _KEY if len(table) else ""
    return f'{key}<p class="{kind}">{escape(describe_plot(table))}</p>'


def describe_plot(table: pd.DataFrame) -> str:
    """Return one sentence that says what a plot shows."""
    names = tuple(table.attrs["names"])
    passing, left_out = (
        [int(number) for number in table["articles"][table["which"] == which]]
        for which in (PASS, LEFT_OUT)
    )
    totals = [sum(both) for both in zip(passing, left_out, strict=True)]
    if "tag" in table.columns:
        return _describe_tags(names, totals, passing, int(table.attrs["all"]))
    return _describe_time(names, totals, sum(passing), int(table.attrs["undated"]))


def _describe_time(names: Sequence[str], totals: Sequence[int], passing: int, undated: int) -> str:
    if not names:
        return f"{count(undated, 'article')}, none with a date."
    said = f"{count(sum(totals), 'article')} "
    if len(names) == 1:
        said += f"of {names[0]}"
    else:
        top = max(range(len(names)), key=totals.__getitem__)
        said += f"from {names[0]} to {names[-1]}, most in {names[top]} ({totals[top]:,})"
    said += f"; {passing:,} pass the filters" if passing < sum(totals) else ""
    said += f"; {undated:,} more without a date" if undated else ""
    return f"{said}."


def _describe_tags(
    names: Sequence[str], totals: Sequence[int], passing: Sequence[int], known: int
) -> str:
    if not names:
        return "No article has a tag."
    said = ", ".join(
        f"{name} ({total:,}{f', {passes:,} pass the filters' if passes < total else ''})"
        for name, total, passes in zip(names, totals, passing, strict=True)
    )
    which = f"Most frequent of {known:,} tags" if known > len(names) else count(known, "tag")
    return f"{which}: {said}."


def _table(
    name: str, rows: Iterable[tuple[str, int, int]], about: dict[str, object]
) -> pd.DataFrame:
    """Return a table with two rows for each one, zeros too: a plot keeps the colours it knows."""
    flat = []
    for label, passing, left_out in rows:
        both = [(label, passing, PASS), (label, left_out, LEFT_OUT)]
        # What comes last stands at the foot of a bar, but what comes first where bars lie.
        flat += both if name == "tag" else both[::-1]
    table = pd.DataFrame(flat, columns=[name, "articles", "which"])
    table = table.astype({name: "str", "articles": "int64", "which": "str"})
    table.attrs = about
    return table


def _period(first: date, last: date) -> _Period:
    """Return the shortest period that makes few enough bars."""
    return next(
        period for period in _periods() if period.number(last) - period.number(first) < _MOST_BARS
    )


def _periods() -> Iterator[_Period]:
    yield _Period(lambda day: (day.toordinal() - 1) // 7, _label_week, _name_week)
    yield _Period(lambda day: day.year * 12 + day.month - 1, _label_month, _name_month)
    yield _Period(lambda day: day.year * 4 + (day.month - 1) // 3, _label_quarter, _label_quarter)
    yield from map(_yearly, _YEARS)


def _yearly(years: int) -> _Period:
    def label(number: int) -> str:
        first = number * years
        return str(first) if years == 1 else f"{first}\N{EN DASH}{first + years - 1}"

    return _Period(lambda day: day.year // years, label, label)


def _label_week(number: int) -> str:
    monday = _monday(number)
    return f"{monday.day} {monday:%b} {monday.year}"


def _name_week(number: int) -> str:
    return f"the week of {show_day(_monday(number))}"


def _monday(number: int) -> date:
    return date.min + timedelta(weeks=number)  # the first day there is, is a Monday


def _label_month(number: int) -> str:
    return f"{_first_day(number):%b} {number // 12}"


def _name_month(number: int) -> str:
    return f"{_first_day(number):%B} {number // 12}"


def _first_day(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def _label_quarter(number: int) -> str:
    return f"Q{number % 4 + 1} {number // 4}"


def _in_order(labels: Sequence[str]) -> list[str]:
    """Return labels that are sorted as they are, and different where they look the same."""
    digits = len(f"{len(labels):b}")
    return [f"{rank:0{digits}b}".translate(_UNSEEN) + label for rank, label in enumerate(labels)]


def _shorten(tag: str) -> str:
    tag = " ".join(tag.split())
    return tag if len(tag) <= _LONGEST else f"{tag[: _LONGEST - 1].rstrip()}…"
