"""Quotes: places of words, from which everything said of them is read."""

from dataclasses import dataclass
from typing import Any

from pullquote import markdown
from pullquote.markdown.fragments import text_fragment
from pullquote.spans import Span, find_lines
from pullquote.types.articles import Article, iso

# Characters of source before and after a quote, by which it is found again among equal words.
_AROUND = 32


@dataclass(frozen=True, slots=True)
class Quote:
    """Words chosen as evidence. It has a place, not a text: its words are read from the article.

    `score` is the probability that these words answer the question; `focus` is the short answer
    inside the quote, when known; `also` are the other articles that say the same (reposts, older
    versions), newest first and without their texts. What a newer article says of the same fact is
    `superseded_by`.
    """

    article: Article
    span: Span
    score: float
    focus: Span | None = None
    also: tuple[Article, ...] = ()
    superseded_by: "Quote | None" = None

    @property
    def source(self) -> str:
        """The raw slice of the file."""
        return self.span.of(self.article.text)

    @property
    def text(self) -> str:
        """The words a reader sees: markup removed, soft breaks one space, entities decoded."""
        return self.article.show(self.span)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns that the words stand in, one a cell, if they are a table's."""
        return markdown.columns_at(self.article.text, self.article.body, self.span)

    @property
    def cells(self) -> tuple[tuple[str, str], ...]:
        """(column, words) of each cell of a table row whose columns have names, else nothing.

        A column without a name is "" as long as another has one.
        """
        if not any(self.columns):
            return ()
        article = self.article
        pieces = markdown.show_pieces(article.text, article.body, self.span)
        words = tuple(words for _, words in pieces)
        same = len(self.columns) == len(words)
        return tuple(zip(self.columns, words, strict=True)) if same else ()

    @property
    def lines(self) -> tuple[int, int]:
        """First and last line in the file, counted from 1."""
        return find_lines(self.article.text, self.span)

    @property
    def location(self) -> str:
        """``path:START-END``, which ``pullquote show`` opens."""
        return f"{self.article.path}:{self.span.start}-{self.span.end}"

    @property
    def label(self) -> str:
        """What to know about its age and copies, such as "also in 2 articles"; may be empty.

        Versions bear the same title and are older.
        """
        parts = [self.superseded] if self.superseded else []
        older = [article for article in self.also if self.replaces(article)]
        apart = len(self.also) - len(older)
        if older and not self.superseded:
            parts.append(f"newest of {len(older) + 1} versions")
        if apart:
            parts.append(f"also in {apart} {'article' if apart == 1 else 'articles'}")
        return ", ".join(parts)

    @property
    def superseded(self) -> str:
        """Which newer article says otherwise, such as "superseded by Fares of 2025-03-01"."""
        if self.superseded_by is None:
            return ""
        newer = self.superseded_by.article
        return f"superseded by {newer.title} of {newer.latest}"

    def replaces(self, article: Article) -> bool:
        """Tell whether an article is an older version of the quoted one."""
        mine, other = self.article.latest, article.latest
        older = mine is not None and other is not None and other < mine
        return older and article.plain_title == self.article.plain_title

    @property
    def url(self) -> str | None:
        """The article's page with a text fragment that points at the words, if it has a page."""
        article = self.article
        if article.url is None or article.draft:  # a draft is on no page
            return None
        # Many sites show the summary above the article, and it may be a copy of these words.
        lead = f"{article.title}\n{article.summary}"
        fragment = text_fragment(article.text, article.body, self.span, lead=lead)
        return f"{article.url}#:~:text={fragment}" if fragment else article.url

    def to_dict(self) -> dict[str, Any]:
        """Return the self-proving JSON of a quote: place, digest, words and source."""
        article, focus, text = self.article, self.focus, self.article.text
        return {
            "article": article.path,
            "digest": article.digest,
            "start": self.span.start,
            "end": self.span.end,
            "lines": list(self.lines),
            "text": self.text,
            "source": self.source,
            "prefix": text[max(0, self.span.start - _AROUND) : self.span.start],
            "suffix": text[self.span.end : self.span.end + _AROUND],
            "focus": [focus.start, focus.end] if focus else None,
            "score": round(self.score, 4),
            "title": article.title,
            "date": iso(article.date),
            "url": self.url,
            "tags": list(article.tags),
            "authors": list(article.authors),
            "also": [{"article": a.path, "title": a.title, "date": iso(a.date)} for a in self.also],
            "label": self.label,
            "updated": iso(article.updated),
            "superseded_by": _newer(self.superseded_by),
            "columns": list(self.columns),
            "cells": [list(cell) for cell in self.cells],
        }


def _newer(quote: Quote | None) -> dict[str, Any] | None:
    """Return the place, the words and the day of what supersedes a quote."""
    if quote is None:
        return None
    return {
        "article": quote.article.path,
        "start": quote.span.start,
        "end": quote.span.end,
        "text": quote.text,
        "title": quote.article.title,
        "date": iso(quote.article.latest),
    }
