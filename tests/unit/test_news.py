"""Questions that ask only what is new."""

from datetime import date
from typing import Any

import pytest

from pullquote import Article
from pullquote.app.chat.newest import find_newest
from pullquote.articles.files import read_article
from pullquote.filters import Filter
from pullquote.questions.news import read_news

_TODAY = date(2025, 2, 20)


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


class Listed:
    """A bot that knows two dated articles and one without a day."""

    def articles(self, *, since: date | None = None, **_filters: object) -> tuple[Article, ...]:
        """Return those that are new enough."""
        dates = ("date: 2025-02-01", "date: 2025-02-08", "title: Undated")
        texts = [f"---\n{line}\n---\n\nText.\n".encode() for line in dates]
        every = [read_article(f"{n}.md", text)[0] for n, text in enumerate(texts)]
        return tuple(a for a in every if since is None or (a.date and a.date >= since))


@pytest.mark.parametrize(
    ("question", "said", "paths"),
    [
        ("What's new?", "3 articles, newest first", ["1.md", "0.md", "2.md"]),
        ("What's new since 5 February 2025?", "1 article since 5 February 2025", ["1.md"]),
        ("What's new since 9 February 2025?", "No article since 9 Feb", ["1.md", "0.md", "2.md"]),
    ],
)
def test_the_newest_articles_are_shown_or_that_there_are_none(
    question: str, said: str, paths: list[str]
) -> None:
    """Articles without a day come last."""
    bot: Any = Listed()
    found = find_newest(bot, question, {"tags": []}, _TODAY)
    assert found is not None
    assert found["said"].startswith(said)
    assert [article["article"] for article in found["articles"]] == paths
    assert find_newest(bot, "How much is it?", {}, _TODAY) is None
