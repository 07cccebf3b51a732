"""Where the words of an answer stand now: its files may have been edited, renamed or removed."""

from collections.abc import Callable, Sequence

from pullquote.app.source import panel
from pullquote.app.source.panel import QuoteDict
from pullquote.app.source.thumbnails import find_thumbnail
from pullquote.chatbot import Chatbot
from pullquote.errors import InputError
from pullquote.spans import Span
from pullquote.types import Article, Quote
from pullquote.verification import verifying

Find = Callable[[QuoteDict], Span | None]


def open_source(bot: Chatbot, quotes: Sequence[QuoteDict], number: int, link: str) -> str:
    """Return the panel for a quote, counted from 1; quotes are the dicts of `Quote.to_dict`.

    Its file is read again, so that no mark can be wrong. If it has changed, the words are looked
    for in it, then in the other files, which takes a look at all of them. Raise InputError if a
    quote makes no sense.
    """
    for quote in quotes:
        verifying.read_anchor(quote)
    quote = quotes[number - 1]
    try:
        article = bot.read_article(quote["article"])
    except InputError as error:
        elsewhere = _open_elsewhere(bot, quotes, number, link)
        return elsewhere or panel.show_notice(f"{error}. {panel.GONE}")
    picture = find_thumbnail(bot.corpus, article)
    if article.digest == quote["digest"] and panel.holds(article, quote):
        return panel.show_panel(article, quotes, number, link, picture=picture)

    def find(quote: QuoteDict) -> Span | None:
        place = verifying.find_again(quote, article)
        return place.span if place else None

    if find(quote):
        moved = _move(quotes, number, quote["article"], article, find)
        return panel.show_panel(article, moved, number, link, notice=panel.STANDS, picture=picture)
    elsewhere = _open_elsewhere(bot, quotes, number, link)
    return elsewhere or panel.show_changed(article, quotes, number, link, picture=picture)


def _open_elsewhere(
    bot: Chatbot, quotes: Sequence[QuoteDict], number: int, link: str
) -> str | None:
    """Return the panel for a quote whose words now stand in another file, if they do."""
    quote = quotes[number - 1]
    (checked,) = bot.verify({"quotes": [quote]})
    place = checked.place
    if place is None or place.article == quote["article"]:
        return None
    try:
        article = bot.read_article(place.article)
    except InputError:
        return None  # gone again, since it was found
    if article.show(place.span) != quote["text"]:
        return None
    picture = find_thumbnail(bot.corpus, article)
    if article.digest == quote["digest"]:

        def find(quote: QuoteDict) -> Span | None:
            return Span(quote["start"], quote["end"])

        moved = _move(quotes, number, quote["article"], article, find)
        return panel.show_panel(article, moved, number, link, notice=panel.RENAMED, picture=picture)
    moved = [q if q is not quote else _at(q, article, place.span, opened=True) for q in quotes]
    return panel.show_panel(article, moved, number, link, notice=panel.ELSEWHERE, picture=picture)


def open_article(bot: Chatbot, path: str) -> str:
    """Return the panel for an article that was chosen by its path, with nothing marked."""
    try:
        article = bot.read_article(path)
    except InputError as error:
        return panel.show_notice(str(error))
    return panel.show_article(article, picture=find_thumbnail(bot.corpus, article))


def _move(
    quotes: Sequence[QuoteDict], number: int, path: str, article: Article, find: Find
) -> list[QuoteDict]:
    """Return the quotes, those of one file moved to where they are found in the article."""
    spans = [find(quote) if quote["article"] == path else None for quote in quotes]
    return [
        _at(quote, article, span, opened=at == number) if span else quote
        for at, (quote, span) in enumerate(zip(quotes, spans, strict=True), 1)
    ]


def _at(quote: QuoteDict, article: Article, span: Span, *, opened: bool = False) -> QuoteDict:
    """Return a quote at its new place; only the page of the opened one is linked."""
    focus = quote.get("focus")
    # Within the same source the short answer stands where it stood.
    same = span.of(article.text) == quote["source"]
    shift = span.start - quote["start"]
    return {
        **quote,
        "article": article.path,
        "digest": article.digest,
        "start": span.start,
        "end": span.end,
        "focus": [place + shift for place in focus] if focus and same else None,
        "url": Quote(article, span, 0).url if opened else None,
    }
