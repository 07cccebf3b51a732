"""Questions that ask only what is new."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from pullquote import Article
from pullquote.app.chat.newest import find_newest
from pullquote.articles.files import read_article
from pullquote.filters import Filter
from pullquote.questions.news import read_news

_TODAY = date(2025, 2, 20)
_SINCE = "since 5 February 2025"


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("What's new?", Filter()),
        ("Any news?", Filter()),
        ("What are the latest articles?", Filter()),
        ("What is new since last week?", Filter(since=date(2025, 2, 10))),
        ("What has changed since 1 February 2025?", Filter(since=date(2025, 2, 1))),
        ("What did I miss last week?", Filter(since=date(2025, 2, 10))),
    ],
)
def test_what_is_new_is_asked_of_days(question: str, wanted: Filter) -> None:
    """The days are those of the filters in its words."""
    assert read_news(question, _TODAY) == wanted


@pytest.mark.parametrize(
    "question",
    [
        "What is new about the tram?",
        "What changed in the second draft of the law?",
        "Who is new at the ministry since March?",
        "What happened to the ferry?",
        "How much does it cost?",
    ],
)
def test_what_asks_for_a_fact_is_not_news(question: str) -> None:
    """It is answered with quotes, or not at all."""
    assert read_news(question, _TODAY) is None


@pytest.fixture
def bot() -> Any:  # noqa: ANN401 -- what is asked of a bot here
    """Return a bot that knows two dated articles, one of them updated, and one without a day."""
    heads = ("date: 2025-02-01", "date: 2025-01-05\nlastmod: 2025-02-08", "title: Undated")
    texts = [f"---\n{head}\n---\n\nText.\n".encode() for head in heads]
    every = [read_article(f"{n}.md", text)[0] for n, text in enumerate(texts)]

    def articles(**filters: Any) -> tuple[Article, ...]:  # noqa: ANN401
        wanted = Filter.of(**filters)
        asked.append(filters)
        days = (wanted.since or date.min, wanted.until or date.max)
        return tuple(
            a for a in every if days == (date.min, date.max) or _is_within(a.latest, *days)
        )

    asked: list[dict[str, Any]] = []
    return SimpleNamespace(articles=articles, asked=asked)


def _is_within(day: date | None, since: date, until: date) -> bool:
    return day is not None and since <= day <= until


@pytest.mark.parametrize(
    ("question", "given", "said", "paths"),
    [
        ("What's new?", {}, "3 articles, newest first", ["1.md", "0.md", "2.md"]),
        (
            "What's new since 5 February 2025?", {},
            "1 article since 5 February 2025, newest first", ["1.md"],
        ),
        (
            "What's new since 9 February 2025?", {},
            "No article since 9 February 2025; these are the newest", ["1.md", "0.md", "2.md"],
        ),
        # Days of the page and days of the question: what both leave is what is said.
        (
            "What's new since 1 January 2025?", {"since": "2025-02-05"},
            "1 article since 5 February 2025, newest first", ["1.md"],
        ),
        (
            "What's new since 9 February 2025?", {"until": "2025-02-05"},
            "No article since 9 February 2025 until 5 February 2025; these are the newest",
            ["0.md"],
        ),
    ],
)  # fmt: skip
def test_the_newest_articles_are_shown_or_that_there_are_none(
    bot: Any,  # noqa: ANN401
    question: str,
    given: dict[str, Any],
    said: str,
    paths: list[str],
) -> None:
    """The last version counts; articles without a day come last."""
    found = find_newest(bot, question, given, _TODAY)
    assert found is not None
    assert found["said"] == said
    assert [article["article"] for article in found["articles"]] == paths


def test_the_filters_of_the_page_count(bot: Any) -> None:  # noqa: ANN401
    """Drafts are listed to who wants them, and to nobody else."""
    for given in ({"tags": ["tram"], "unpublished": True}, {}):
        find_newest(bot, "What's new?", given, _TODAY)
    first, second = bot.asked
    assert (first["tags"], first["unpublished"], second["unpublished"]) == (["tram"], True, False)


def test_a_filter_that_was_taken_away_is_not_read_again(bot: Any) -> None:  # noqa: ANN401
    """Its words ask for nothing else."""
    found = find_newest(bot, "What's new since 5 February 2025?", {}, _TODAY, ignore=(_SINCE,))
    assert found is not None
    assert found["said"] == "3 articles, newest first"


def test_a_fact_is_not_answered_with_a_list(bot: Any) -> None:  # noqa: ANN401
    """Nor are the articles read for it."""
    assert find_newest(bot, "How much is it?", {}, _TODAY) is None
    assert bot.asked == []
