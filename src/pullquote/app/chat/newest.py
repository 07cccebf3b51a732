"""What is shown when somebody asks only what is new: the newest articles, in place of a miss."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from pullquote.app.render import count, show_day
from pullquote.chatbot import Chatbot
from pullquote.filters import Filter
from pullquote.questions.news import read_news
from pullquote.retrieval.copies import by_newest
from pullquote.types import Article

_MOST = 8


def find_newest(
    bot: Chatbot,
    question: str,
    given: Mapping[str, Any],
    today: date,
    *,
    ignore: Collection[str] = (),
) -> dict[str, Any] | None:
    """Return the newest articles that the question and the page's filters leave, newest first.

    None if the question asks for more than that. If no article is so new, the newest that the
    page's filters leave are, and `said` tells it. Words to `ignore` are not read as filters.
    """
    wanted = read_news(question, today, ignore=ignore)
    if wanted is None:
        return None
    given = {"unpublished": False, **given}
    days = Filter.of(since=given.get("since"), until=given.get("until")).join(wanted)
    told = _tell(days)
    found: tuple[Article, ...] = ()
    if days.is_possible():
        found = bot.articles(**{**given, "since": days.since, "until": days.until})
    said = f"{count(len(found), 'article')}{told}, newest first"
    if not found:
        found = bot.articles(**given)
        said = f"No article{told}; these are the newest"
    if not found:
        return None
    return {"said": said, "articles": [_about(one) for one in by_newest(found)[:_MOST]]}


def _about(article: Article) -> dict[str, Any]:
    day = article.latest.isoformat() if article.latest else None
    return {"article": article.path, "title": article.title, "date": day}


def _tell(days: Filter) -> str:
    begin = f" since {show_day(days.since)}" if days.since else ""
    return begin + (f" until {show_day(days.until)}" if days.until else "")
