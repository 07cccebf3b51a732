"""The nouns. Everything here is frozen; tuples, never lists."""

import re
from dataclasses import dataclass, field
from datetime import date as Date
from typing import Any, Literal

from pullquote import exports, markdown
from pullquote.filters import PlainFilter
from pullquote.markdown.fragments import text_fragment
from pullquote.spans import Span, find_lines

_VERSION = re.compile(
    r"[(\[]\s*(?:updated?|corrected|correction|revised|version \d+|v\d+)\b[^)\]]*[)\]]"
    r"|^(?:updated?|corrected|correction|revised)\s*:|\bv\d+$"
)
Status = Literal["answered", "abstained"]

# Characters of source before and after a quote, by which it is found again among equal words.
_AROUND = 32


@dataclass(frozen=True, slots=True)
class Article:
    """One Markdown file: `text` is its bytes decoded as UTF-8, newlines and BOM untouched.

    `path` is relative to the corpus and ``/``-separated, `digest` the BLAKE2b of the bytes, `body`
    the offset where the front matter ends. From the day `publish` until before the day `expires` it
    is published, unless it is a draft. `titled` is false where the title is only made from the
    path, so that a rename changes nothing that is embedded.
    """

    path: str
    digest: str
    title: str
    date: Date | None = None
    updated: Date | None = None
    url: str | None = None
    lang: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    summary: str = ""
    authors: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    draft: bool = False
    publish: Date | None = None
    expires: Date | None = None
    titled: bool = field(default=True, repr=False)
    text: str = field(default="", repr=False, compare=False)
    body: int = field(default=0, repr=False, compare=False)

    @property
    def plain_title(self) -> str:
        """The title without what a new version adds to it, case-folded."""
        return _VERSION.sub("", self.title.casefold()).strip(" -–—:|")

    @property
    def latest(self) -> Date | None:
        """The day of its newest version: when it was updated, or else its date."""
        return max(filter(None, (self.updated, self.date)), default=None)

    def is_published(self, day: Date) -> bool:
        """Tell whether readers of its site see it on a day."""
        begun = self.publish is None or self.publish <= day
        ended = self.expires is not None and self.expires <= day
        return begun and not ended and not self.draft

    def show(self, span: Span) -> str:
        """Return the words a reader sees of a span."""
        return markdown.show(self.text, self.body, span)


@dataclass(frozen=True, slots=True)
class Passage:
    """What is embedded and retrieved: whole blocks of one article under one path of headings."""

    id: int
    article: Article
    span: Span
    headings: tuple[str, ...]
    sentences: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The words a reader sees."""
        return self.article.show(self.span)

    @property
    def place(self) -> tuple[str, int]:
        """Where it stands; ties are broken by it."""
        return self.article.path, self.span.start


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage. Ranks count from 1; None = that ranker did not find it."""

    passage: Passage
    score: float
    dense_rank: int | None = None
    lexical_rank: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON of a hit; `score` is the fused score, higher is better."""
        article, span = self.passage.article, self.passage.span
        return {
            "article": article.path,
            "start": span.start,
            "end": span.end,
            "text": self.passage.text,
            "title": article.title,
            "date": _iso(article.date),
            "score": round(self.score, 4),
            "dense_rank": self.dense_rank,
            "lexical_rank": self.lexical_rank,
        }


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
            "date": _iso(article.date),
            "url": self.url,
            "tags": list(article.tags),
            "also": [
                {"article": a.path, "title": a.title, "date": _iso(a.date)} for a in self.also
            ],
            "label": self.label,
            "updated": _iso(article.updated),
            "superseded_by": _newer(self.superseded_by),
            "columns": list(self.columns),
            "cells": [list(cell) for cell in self.cells],
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back for a question; abstaining is an answer too.

    `confidence` is the probability that the articles answer the question: the abstention threshold
    cuts it. `nearest` is what came closest, best first, when there is no evidence; `misses` says of
    each what it mentions and what it lacks, of the phrases of the question in `looked_for`.
    `filters` are those that were read from the question's own words.
    """

    question: str
    standalone: str
    status: Status
    confidence: float
    text: str
    quotes: tuple[Quote, ...] = ()
    nearest: tuple[Quote, ...] = ()
    notes: tuple[str, ...] = ()
    looked_for: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
    filters: tuple[PlainFilter, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON of an answer."""
        return {
            "question": self.question,
            "standalone": self.standalone,
            "status": self.status,
            "confidence": round(self.confidence, 4),
            "text": self.text,
            "quotes": [quote.to_dict() for quote in self.quotes],
            "nearest": [quote.to_dict() for quote in self.nearest],
            "notes": list(self.notes),
            "looked_for": list(self.looked_for),
            "misses": list(self.misses),
            "filters": [found.to_dict() for found in self.filters],
        }

    def to_markdown(self) -> str:
        """Return the quotes as Markdown, with footnotes that name their places."""
        return exports.to_markdown(self.to_dict())

    def to_annotations(self) -> dict[str, Any]:
        """Return the quotes as W3C Web Annotations in JSON-LD, which `Chatbot.verify` reads too."""
        return exports.to_annotations(self.to_dict())


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of a conversation, as it was understood, and its answer."""

    question: str
    standalone: str
    answer: str
    filters: tuple[PlainFilter, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an article, in one line that says what to do."""

    article: str
    reason: str


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """What a refresh did: counts of articles, of `embedded` passages, and seconds.

    `skipped` articles are not in the index; articles in `warnings` are, with what could be read.
    """

    added: int = 0
    changed: int = 0
    removed: int = 0
    renamed: int = 0
    unchanged: int = 0
    embedded: int = 0
    skipped: tuple[Problem, ...] = ()
    seconds: float = 0.0
    warnings: tuple[Problem, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON of a report."""
        return {
            "added": self.added,
            "changed": self.changed,
            "removed": self.removed,
            "renamed": self.renamed,
            "unchanged": self.unchanged,
            "embedded": self.embedded,
            "skipped": [{"article": p.article, "reason": p.reason} for p in self.skipped],
            "seconds": round(self.seconds, 3),
            "warnings": [{"article": p.article, "reason": p.reason} for p in self.warnings],
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
        "date": _iso(quote.article.latest),
    }


def _iso(day: Date | None) -> str | None:
    return day.isoformat() if day else None
