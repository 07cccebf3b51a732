"""What is said beside a quote, on the page and in the terminal. Pure."""

from datetime import date

from pullquote.types import Article


def name_state(article: Article, day: date) -> str:
    """Return why the readers of its site do not see an article on a day; empty if they do."""
    if article.draft:
        return "draft"
    if article.expires and article.expires <= day:
        return "expired"
    return "" if article.is_published(day) else "not yet out"
