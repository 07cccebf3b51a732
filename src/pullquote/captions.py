"""What is said beside a quote, on the page and in the terminal. Pure."""

from datetime import date

from pullquote import markdown
from pullquote.types import Article, Quote


def cells_of(quote: Quote) -> tuple[tuple[str, str], ...]:
    """Return (column, words) for each cell of a quote from a table whose columns have names.

    A column without a name is "" as long as another has one. All but a table row has no cells.
    """
    article, columns = quote.article, quote.columns
    if not any(columns):
        return ()
    pieces = markdown.show_pieces(article.text, article.body, quote.span)
    words = tuple(words for _, words in pieces)
    return tuple(zip(columns, words, strict=True)) if len(columns) == len(words) else ()


def name_state(article: Article, day: date) -> str:
    """Return why the readers of its site do not see an article on a day; empty if they do."""
    if article.draft:
        return "draft"
    if article.expires and article.expires <= day:
        return "expired"
    return "" if article.is_published(day) else "not yet out"
