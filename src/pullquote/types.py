"""The nouns. Everything here is frozen; tuples, never lists."""

from dataclasses import dataclass, field
from datetime import date as Date
from typing import Any, Literal
from urllib.parse import quote as percent_encode

from pullquote import markdown
from pullquote.spans import Span, find_lines

Status = Literal["answered", "abstained"]


@dataclass(frozen=True, slots=True)
class Article:
    """One Markdown file: `text` is its bytes decoded as UTF-8, newlines and BOM untouched.

    `path` is relative to the corpus and ``/``-separated, `digest` the BLAKE2b of the bytes, `body`
    the offset where the front matter ends. `titled` is false where the title is only made from the
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
    draft: bool = False
    titled: bool = field(default=True, repr=False)
    text: str = field(default="", repr=False, compare=False)
    body: int = field(default=0, repr=False, compare=False)

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
    inside the quote, when known.
    """

    article: Article
    span: Span
    score: float
    focus: Span | None = None

    @property
    def source(self) -> str:
        """The raw slice of the file."""
        return self.span.of(self.article.text)

    @property
    def text(self) -> str:
        """The words a reader sees: markup removed, soft breaks one space, entities decoded."""
        return self.article.show(self.span)

    @property
    def lines(self) -> tuple[int, int]:
        """First and last line in the file, counted from 1."""
        return find_lines(self.article.text, self.span)

    @property
    def location(self) -> str:
        """``path:START-END``, which ``pullquote show`` opens."""
        return f"{self.article.path}:{self.span.start}-{self.span.end}"

    @property
    def url(self) -> str | None:
        """The article's page with a text fragment that points at the words, if it has a page."""
        if self.article.url is None:
            return None
        return f"{self.article.url}#:~:text={_text_fragment(self.text)}"

    def to_dict(self) -> dict[str, Any]:
        """Return the self-proving JSON of a quote: place, digest, words and source."""
        article, focus = self.article, self.focus
        return {
            "article": article.path,
            "digest": article.digest,
            "start": self.span.start,
            "end": self.span.end,
            "lines": list(self.lines),
            "text": self.text,
            "source": self.source,
            "focus": [focus.start, focus.end] if focus else None,
            "score": round(self.score, 4),
            "title": article.title,
            "date": _iso(article.date),
            "url": self.url,
            "tags": list(article.tags),
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back for a question; abstaining is an answer too.

    `confidence` is the probability that the articles answer the question: the abstention threshold
    cuts it. `nearest` is what came closest, best first, when there is no evidence.
    """

    question: str
    standalone: str
    status: Status
    confidence: float
    text: str
    quotes: tuple[Quote, ...] = ()
    nearest: tuple[Quote, ...] = ()
    notes: tuple[str, ...] = ()

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
        }


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of a conversation, as it was understood, and its answer."""

    question: str
    standalone: str
    answer: str


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


def _iso(day: Date | None) -> str | None:
    return day.isoformat() if day else None


def _text_fragment(text: str) -> str:
    """Return a text directive value (WICG scroll-to-text-fragment): all the words, or both ends."""
    words = text.split()
    if len(words) <= 10:
        return _escape(text)
    return f"{_escape(' '.join(words[:5]))},{_escape(' '.join(words[-5:]))}"


def _escape(text: str) -> str:
    # "-", "," and "&" separate the parts of a directive, so they are encoded as well.
    return percent_encode(text, safe="").replace("-", "%2D")
