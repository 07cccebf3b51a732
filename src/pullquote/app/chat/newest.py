"""What is shown when somebody asks only what is new: the newest articles, in place of a miss."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pullquote.app.render import count, show_day
from pullquote.chatbot import Chatbot
from pullquote.questions.news import read_news
from pullquote.types import Article

_MOST = 8


def find_newest(
    bot: Chatbot, question: str, given: Mapping[str, Any], today: date
) -> dict[str, Any] | None:
    """Return the newest articles that the question and the page's filters leave, newest first.

    None if the question asks for more than that. If no article is so new, the newest that the
    filters leave are, and `said` tells it.
    """
    wanted = read_news(question, today)
    if wanted is None:
        return None
    since, until = given.get("since") or wanted.since, given.get("until") or wanted.until
    found = bot.articles(**{**given, "since": since, "until": until, "unpublished": False})
    days = _tell(wanted.since, wanted.until)
    said = f"{count(len(found), 'article')}{days}, newest first"
    if not found:
        found = bot.articles(**{**given, "unpublished": False})
        said = f"No article{days}; these are the newest"
    if not found:
        return None
    newest = sorted(found, key=_day, reverse=True)[:_MOST]
    return {"said": said, "articles": [_about(article) for article in newest]}


def _day(article: Article) -> tuple[date, str]:
    return article.date or date.min, article.path


def _about(article: Article) -> dict[str, Any]:
    day = article.date.isoformat() if article.date else None
    return {"article": article.path, "title": article.title, "date": day}


def _tell(since: date | None, until: date | None) -> str:
    begin = f" since {show_day(since)}" if since else ""
    return begin + (f" until {show_day(until)}" if until else "")
