"""What is answered, for the OpenAPI document. Answers are sent as the nouns have them, unread."""

from typing import Literal

from pydantic import BaseModel

from pullquote.verification.verifying import State


class Copy(BaseModel):
    """Another article that says the same."""

    article: str
    title: str
    date: str | None


class Newer(BaseModel):
    """What a newer article says of the same fact."""

    article: str
    start: int
    end: int
    text: str
    title: str
    date: str | None


class QuoteReply(BaseModel):
    """Words of an article with their place: `source` is the file from `start` to `end`."""

    article: str
    digest: str
    start: int
    end: int
    lines: tuple[int, int]
    text: str
    source: str
    prefix: str
    suffix: str
    focus: tuple[int, int] | None
    score: float
    title: str
    date: str | None
    url: str | None
    tags: list[str]
    authors: list[str]
    also: list[Copy]
    label: str
    updated: str | None
    superseded_by: Newer | None
    columns: list[str]
    cells: list[tuple[str, str]]


class FilterReply(BaseModel):
    """A filter that was read from the question's own words."""

    words: str
    label: str
    soft: bool
    applied: bool
    since: str | None
    until: str | None
    tags: list[str]
    categories: list[str]
    lang: list[str]
    paths: list[str]


class AnswerReply(BaseModel):
    """Quotes, or silence with what came nearest."""

    question: str
    standalone: str
    status: Literal["answered", "abstained"]
    confidence: float
    text: str
    quotes: list[QuoteReply]
    nearest: list[QuoteReply]
    notes: list[str]
    looked_for: list[str]
    misses: list[str]
    filters: list[FilterReply]


class HitReply(BaseModel):
    """A passage, and how it was found."""

    article: str
    start: int
    end: int
    text: str
    title: str
    date: str | None
    score: float
    dense_rank: int | None
    lexical_rank: int | None


class Standing(BaseModel):
    """Where words stand now."""

    article: str
    start: int
    end: int
    lines: tuple[int, int]


class Said(Standing):
    """What is said now instead."""

    text: str


class CheckedReply(BaseModel):
    """What became of a quote; `moved_to` or `now` are there where they apply."""

    article: str
    start: int
    end: int
    status: State
    moved_to: Standing | None = None
    now: Said | None = None


class ChecksReply(BaseModel):
    """What became of each quote, and how many of each kind."""

    quotes: list[CheckedReply]
    exact: int
    moved: int
    changed: int
    gone: int


class ProblemReply(BaseModel):
    """What is wrong with an article."""

    article: str
    reason: str


class StatusReply(BaseModel):
    """What is indexed, and what a refresh would change."""

    corpus: str
    embeddings: str
    generation: int
    refreshed: str | None
    recipe: str | None
    articles: int
    passages: int
    unpublished: int
    added: int
    changed: int
    removed: int
    renamed: int
    skipped: list[ProblemReply]
    warnings: list[ProblemReply]


class ReportReply(BaseModel):
    """What a refresh did, or would do."""

    added: int
    changed: int
    removed: int
    renamed: int
    unchanged: int
    embedded: int
    skipped: list[ProblemReply]
    seconds: float
    warnings: list[ProblemReply]
