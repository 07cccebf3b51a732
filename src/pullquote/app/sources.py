"""Where the words of an answer stand now: its files may have been edited, renamed or removed."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from pullquote.app import panel
from pullquote.chatbot import Chatbot
from pullquote.errors import InputError
from pullquote.spans import Span
from pullquote.types import Article, Quote
from pullquote.verification import verifying

Find = Callable[[Quote], Span | None]


def open_source(bot: Chatbot, quotes: Sequence[Quote], number: int, link: str) -> str:
    """Return the panel for a quote, counted from 1.

    Its file is read again, so that no mark can be wrong. If it has changed, the words are looked
    for in it, then in the other files, which takes a look at all of them.
    """
    quote = quotes[number - 1]
    try:
        article = bot.read_article(quote.article.path)
    except InputError as error:
        elsewhere = _open_elsewhere(bot, quotes, number, link)
        return elsewhere or panel.show_notice(f"{error}. {panel.GONE}")
    if article.digest == quote.article.digest:
        return panel.show_panel(article, quotes, number, link)

    def find(quote: Quote) -> Span | None:
        place = verifying.find_again(quote.to_dict(), article)
        return place.span if place else None

    if find(quote):
        moved = _move(quotes, quote.article.path, article, find)
        return panel.show_panel(article, moved, number, link, notice=panel.STANDS)
    return _open_elsewhere(bot, quotes, number, link) or panel.show_changed(article)


def _open_elsewhere(bot: Chatbot, quotes: Sequence[Quote], number: int, link: str) -> str | None:
    """Return the panel for a quote whose words now stand in another file, if they do."""
    quote = quotes[number - 1]
    (checked,) = bot.verify({"quotes": [quote.to_dict()]})
    place = checked.place
    if place is None:
        return None
    try:
        article = bot.read_article(place.article)
    except InputError:
        return None  # gone again, since it was found
    if article.digest == quote.article.digest:
        moved = _move(quotes, quote.article.path, article, lambda quote: quote.span)
        return panel.show_panel(article, moved, number, link, notice=panel.RENAMED)
    if article.show(place.span) != quote.text:
        return None
    moved = [q if q is not quote else _at(q, article, place.span) for q in quotes]
    return panel.show_panel(article, moved, number, link, notice=panel.ELSEWHERE)


def _move(quotes: Sequence[Quote], path: str, article: Article, find: Find) -> list[Quote]:
    """Return the quotes, those of one file moved to where they are found in the article."""
    spans = [find(quote) if quote.article.path == path else None for quote in quotes]
    return [
        _at(quote, article, span) if span else quote
        for quote, span in zip(quotes, spans, strict=True)
    ]


def _at(quote: Quote, article: Article, span: Span) -> Quote:
    return replace(quote, article=article, span=span, focus=None)
