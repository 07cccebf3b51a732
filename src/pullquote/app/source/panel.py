"""The source panel: a whole article with the quotes of one answer marked. Pure.

Quotes are the dicts of `Quote.to_dict`, as a tab keeps them; where they stand is said by offsets
into the file, and no text is ever searched for.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

from pullquote.app.render import safe_link, show_day
from pullquote.app.source.body import show_body
from pullquote.app.source.marks import Marking
from pullquote.spans import Span
from pullquote.types import Article

STANDS = "This article has changed since the answer; the words still stand, now here."
RENAMED = "The file has another name since the answer; the words still stand, here."
ELSEWHERE = "The words are no longer where they were quoted from; they stand in this article now."
CHANGED = "This article has changed since the answer; the words are no longer in it."
GONE = "The words stand in no other article either."
EMPTY = (
    '<div class="source empty"><p>The article a quote is from appears here,'
    " with the quote in its place.</p></div>"
)
_BACK = '<a class="back" href="#talk">Back to the chat</a>'  # shown where the panel lies below it
_LINK = re.compile(r"#(?P<kind>quote|near)-(?P<turn>\d{1,9})-\d{1,9}")
_STEPS = {"quote": ("Quotes of this answer", "Quote"), "near": ("Near misses", "Near miss")}
_MAX_SUMMARY = 400  # characters; a longer one is the article over again

QuoteDict = Mapping[str, Any]


def show_panel(
    article: Article,
    quotes: Sequence[QuoteDict],
    current: int,
    link: str = "",
    *,
    notice: str = "",
    picture: str = "",
) -> str:
    """Return the article with its quotes marked; `current` counts from 1 among `quotes`.

    `quotes` are all those of the answer: the ones from other articles, or from this one before it
    was edited, are not marked. `link` is the citation that opens this panel, by which the page
    knows what is open already. The `notice` says what has become of the words since; the `picture`
    is a data: address.
    """
    quote = quotes[current - 1]
    said = f'<p class="notice calm" role="note">{escape(notice)}</p>' if notice else ""
    header = _show_header(article, quote.get("url") or article.url, picture, said)
    marking = _read_marking(article, quotes, current)
    return _frame(article, _show_steps(link, current, len(quotes)) + header, marking, link)


def show_changed(
    article: Article,
    quotes: Sequence[QuoteDict] = (),
    current: int = 0,
    link: str = "",
    *,
    picture: str = "",
) -> str:
    """Return an article that is not any more what was quoted, with nothing marked."""
    notice = f'<p class="notice" role="alert">{CHANGED}</p>'
    header = _show_header(article, article.url, picture, notice)
    return _frame(article, _show_steps(link, current, len(quotes)) + header, Marking(), link)


def show_article(article: Article, *, picture: str = "") -> str:
    """Return an article that nothing was quoted from, as it was opened by its name."""
    return _frame(article, _show_header(article, article.url, picture, ""), Marking(), "")


def show_notice(line: str) -> str:
    """Return a panel that says why there is no article in it."""
    return f'<div class="source">{_BACK}<p class="notice" role="alert">{escape(line)}</p></div>'


def holds(article: Article, quote: QuoteDict) -> bool:
    """Tell whether an article shows a quote's words at the quote's place."""
    shown: str = quote["text"]
    return article.show(Span(quote["start"], quote["end"])) == shown


def _frame(article: Article, above: str, marking: Marking, link: str) -> str:
    return (
        f'<article class="source" data-shows="{escape(link)}"'
        f' data-article="{escape(article.path)}">{_BACK}{above}'
        f'<div class="body">{show_body(article, marking)}</div></article>'
    )


def _read_marking(article: Article, quotes: Sequence[QuoteDict], current: int) -> Marking:
    """Return the places of the quotes that are of this article as it is now."""
    spans = [
        (number, Span(quote["start"], quote["end"]))
        for number, quote in enumerate(quotes, 1)
        if (quote["article"], quote["digest"]) == (article.path, article.digest)
        and holds(article, quote)
    ]
    focus = quotes[current - 1].get("focus")
    return Marking(spans, current, Span(*focus) if focus else None)


def _show_steps(link: str, current: int, count: int) -> str:
    """Return the way to the quotes before and after, if the answer has several."""
    found = _LINK.fullmatch(link)
    if not found or count < 2:
        return ""
    name, one = _STEPS[found["kind"]]
    parts = [f"<span>{one} {current} of {count}</span>"]
    if current > 1:
        parts.insert(0, _step(found, current - 1, "previous", "← Previous"))
    if current < count:
        parts.append(_step(found, current + 1, "next", "Next →"))
    return f'<nav class="steps" aria-label="{name}">{"".join(parts)}</nav>'


def _step(link: re.Match[str], number: int, name: str, words: str) -> str:
    href = f"#{link['kind']}-{link['turn']}-{number}"
    return f'<a class="step {name}" href="{href}">{words}</a>'


def _show_header(article: Article, url: str | None, picture: str, notice: str) -> str:
    parts = []
    if picture:
        parts.append(f'<img class="thumbnail" src="{escape(picture)}" alt="">')
    parts.append(f'<h2 dir="auto">{escape(article.title)}</h2>')
    if summary := _shorten(article.summary):
        parts.append(f'<p class="summary" dir="auto">{escape(summary)}</p>')
    about = "".join(f'<span class="fact">{fact}</span>' for fact in _facts(article, url))
    return f'<header>{"".join(parts)}<p class="about">{about}</p>{notice}</header>'


def _facts(article: Article, url: str | None) -> list[str]:
    """Return what is known of an article: dates, authors, tags, page, file."""
    facts = [_time(article.date)] if article.date else []
    if article.updated and article.updated != article.date:
        facts.append(f"updated {_time(article.updated)}")
    if article.authors:
        authors = ", ".join(f"<bdi>{escape(author)}</bdi>" for author in article.authors)
        facts.append(f'<span class="authors">{authors}</span>')
    if article.tags:
        tags = " ".join(f'<bdi class="tag">{escape(tag)}</bdi>' for tag in article.tags)
        facts.append(f'<span class="tags">{tags}</span>')
    if link := safe_link(url):
        facts.append(
            f'<a class="page" href="{escape(link)}" target="_blank"'
            ' rel="noopener noreferrer">Open the page</a>'
        )
    return [*facts, f"<code>{escape(article.path)}</code>"]


def _time(day: date) -> str:
    return f'<time datetime="{day.isoformat()}">{show_day(day)}</time>'


def _shorten(summary: str) -> str:
    if len(summary) <= _MAX_SUMMARY:
        return summary
    return f"{summary[:_MAX_SUMMARY].rpartition(' ')[0] or summary[:_MAX_SUMMARY]}…"
