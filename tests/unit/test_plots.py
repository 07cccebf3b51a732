"""What the plots of the sidebar draw, and what is said of them."""

from collections.abc import Iterable
from datetime import date, timedelta
from importlib.resources import files

import pandas as pd
import pytest

from pullquote.app.about.plots import COLOURS, caption_plot, describe_plot, over_time, top_tags
from pullquote.types import Article


def an_article(path: str, day: date | None = None, *tags: str) -> Article:
    """Return an article without text."""
    return Article(path=path, digest="d", title=path, date=day, tags=tags)


def on(*days: date | None) -> tuple[Article, ...]:
    """Return articles of these days."""
    return tuple(an_article(f"{n}.md", day) for n, day in enumerate(days))


def rows(table: pd.DataFrame) -> list[tuple[str, int, str]]:
    """Return a table's rows without the unseen characters."""
    return [(str(a).strip("\u200b\u200c"), int(b), str(c)) for a, b, c in table.to_numpy()]


def labels(table: pd.DataFrame) -> list[str]:
    """Return the labels of the bars."""
    return [label for label, _, _ in rows(table)][::2]


def test_articles_are_counted_by_month_without_a_gap() -> None:
    """Two rows for each, zeros too; what has no date is in none."""
    every = on(date(2024, 10, 3), date(2025, 1, 1), date(2025, 3, 1), date(2025, 3, 9), None)
    table = over_time(every, every[1:3])
    assert rows(table) == [
        ("Oct 2024", 1, "left out"), ("Oct 2024", 0, "pass the filters"),
        ("Nov 2024", 0, "left out"), ("Nov 2024", 0, "pass the filters"),
        ("Dec 2024", 0, "left out"), ("Dec 2024", 0, "pass the filters"),
        ("Jan 2025", 0, "left out"), ("Jan 2025", 1, "pass the filters"),
        ("Feb 2025", 0, "left out"), ("Feb 2025", 0, "pass the filters"),
        ("Mar 2025", 1, "left out"), ("Mar 2025", 1, "pass the filters"),
    ]  # fmt: skip
    assert list(table.columns) == ["period", "articles", "which"]
    assert table.attrs["undated"] == 1


@pytest.mark.parametrize(
    ("first", "last", "count", "ends"),
    [
        (date(2025, 1, 1), date(2025, 1, 1), 1, ("30 Dec 2024", "30 Dec 2024")),
        (date(2025, 1, 5), date(2025, 1, 6), 2, ("30 Dec 2024", "6 Jan 2025")),
        (date(2024, 1, 31), date(2025, 2, 1), 14, ("Jan 2024", "Feb 2025")),
        (date(2020, 12, 31), date(2025, 4, 1), 19, ("Q4 2020", "Q2 2025")),
        (date(2006, 1, 1), date(2025, 1, 1), 20, ("2006", "2025")),
        (date(1990, 1, 1), date(2025, 1, 1), 18, ("1990–1991", "2024–2025")),
        (date.min, date.max, 20, ("0–499", "9500–9999")),
    ],
)
def test_the_shortest_periods_are_taken_that_make_few_bars(
    first: date, last: date, count: int, ends: tuple[str, str]
) -> None:
    """From weeks to centuries."""
    found = labels(over_time(on(first, last), ()))
    assert (len(found), (found[0], found[-1])) == (count, ends)


def test_bars_are_sorted_as_they_are_meant() -> None:
    """A plot sorts bars by their labels, which would put April first."""
    days = [date(2024, 1, 1) + timedelta(days=30 * n) for n in range(15)]
    tags = (an_article("a.md", None, "Z", "経済", "b"), an_article("b.md", None, "Z", "経済"))
    for table, name in ((over_time(on(*days), ()), "period"), (top_tags(tags, ()), "tag")):
        drawn = list(table[name])
        assert drawn == sorted(drawn)


def test_the_most_frequent_tags_are_counted() -> None:
    """Case makes no other tag, nor does a tag that an article has twice count twice."""
    every = (
        an_article("a.md", None, "AI", "ai", "rail"),
        an_article("b.md", None, "ai", "rail"),
        an_article("c.md", None, "rail", "a tag that is too long to draw", "art"),
    )
    table = top_tags(every, every[:1], most=3)
    assert rows(table) == [
        ("rail", 1, "pass the filters"), ("rail", 2, "left out"),
        ("ai", 1, "pass the filters"), ("ai", 1, "left out"),
        ("a tag that is too…", 0, "pass the filters"), ("a tag that is too…", 1, "left out"),
    ]  # fmt: skip
    assert describe_plot(table) == (
        "Most frequent of 4 tags: rail (3, 1 pass the filters), ai (2, 1 pass the filters),"
        " a tag that is too long to draw (1, 0 pass the filters)."
    )


def test_tags_that_are_shortened_alike_are_two_bars() -> None:
    """What one cannot see keeps them apart."""
    every = (an_article("a.md", None, "x" * 30 + "a", "x" * 30 + "b"),)
    assert len(set(top_tags(every, ())["tag"])) == 2


@pytest.mark.parametrize(
    ("days", "passing", "said"),
    [
        (
            (date(2024, 10, 3), date(2025, 2, 1), date(2025, 2, 9), date(2025, 3, 1), None),
            2,
            "4 articles from October 2024 to March 2025, most in February 2025 (2);"
            " 2 pass the filters; 1 more without a date.",
        ),
        ((date(2025, 1, 8),), 1, "1 article of the week of 6 January 2025."),
        ((None, None), 2, "2 articles, none with a date."),
        ((), 0, "0 articles, none with a date."),
    ],
)
def test_a_sentence_says_what_the_plot_shows(
    days: Iterable[date | None], passing: int, said: str
) -> None:
    """Filters and dates are spoken of where they make a difference."""
    every = on(*days)
    assert describe_plot(over_time(every, every[:passing])) == said


def test_tags_are_said_without_filters_where_all_pass() -> None:
    """Nor how many there are, where all of them are named."""
    every = (an_article("a.md", None, "rail"),)
    assert describe_plot(top_tags(every, every)) == "1 tag: rail (1)."
    assert describe_plot(top_tags((), ())) == "No article has a tag."


def test_captions_are_escaped() -> None:
    """Of tags they are only heard."""
    key = (
        '<p class="plot-key"><span class="pass">pass the filters</span>'
        ' <span class="left-out">left out</span></p>'
    )
    every = (an_article("a.md", None, "<b>"),)
    assert caption_plot(top_tags(every, every)) == (
        f'{key}<p class="plot-said unseen">1 tag: &lt;b&gt; (1).</p>'
    )
    assert caption_plot(top_tags((), ())) == '<p class="plot-said">No article has a tag.</p>'


def test_every_series_has_a_colour() -> None:
    """Which the style sheet knows by name."""
    style = files("pullquote.app").joinpath("about/overview.css").read_text("utf-8")
    table = over_time(on(date(2025, 1, 1)), ())
    assert set(table["which"]) == set(COLOURS)
    assert all(f'[fill="{colour}"]' in style for colour in COLOURS.values())
