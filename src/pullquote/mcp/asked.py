"""What a tool may be asked: the arguments, described for the model that fills them in."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

MAX_QUESTION = 2000  # characters, as on the page
_MAX_HITS = 50
_MAX_WORDS = 100  # in one filter
_MAX_OFFSET = 2**53 - 1  # what JSON's numbers hold
_UNPUBLISHED = "It may be of a draft, an expired or a future article, as ask was told."

_Question = Annotated[str, Field(min_length=1, max_length=MAX_QUESTION)]
_Word = Annotated[str, Field(max_length=1000)]
_Words = Annotated[list[_Word], Field(max_length=_MAX_WORDS)] | None


class Nothing(BaseModel):
    """No arguments."""

    model_config = ConfigDict(extra="forbid")


class Filtered(BaseModel):
    """Which articles may be read."""

    model_config = ConfigDict(extra="forbid")
    since: str | None = Field(
        None, max_length=40, description="Only articles of this day or later: YYYY-MM-DD."
    )
    until: str | None = Field(
        None, max_length=40, description="Only articles of this day or earlier: YYYY-MM-DD."
    )
    tags: _Words = Field(None, description="Only articles with one of these tags.")
    categories: _Words = Field(None, description="Only articles in one of these categories.")
    lang: _Words = Field(None, description='Only articles in one of these languages ("en").')
    paths: _Words = Field(
        None, description="Only articles whose path fits a shell pattern, such as 2025/*.md."
    )
    unpublished: bool = Field(
        False, description="Read drafts, expired and future articles as well."
    )
    plain: bool = Field(
        True,
        description='Read filters in the words as well ("articles since March", "tag:energy").',
    )


class Ask(Filtered):
    """A question and the articles that may answer it."""

    question: _Question = Field(
        description="One question, in full: name who and what it is about, for nothing is known "
        "of the questions before it."
    )


class Search(Filtered):
    """A query and the articles to look in."""

    query: _Question = Field(description="A question or key words.")
    k: int = Field(10, ge=1, le=_MAX_HITS, description="How many passages.")


class Place(BaseModel):
    """A place in an article, in characters of its file."""

    model_config = ConfigDict(extra="forbid")
    article: str = Field(
        max_length=1000, description='The path of the article, as in a quote ("2025/amazon.md").'
    )
    start: int = Field(ge=0, le=_MAX_OFFSET, description="Offset of the first character.")
    end: int = Field(ge=1, le=_MAX_OFFSET, description="Offset after the last character.")
    unpublished: bool = Field(False, description=_UNPUBLISHED)


class Exported(BaseModel):
    """Answers whose quotes are to be checked."""

    model_config = ConfigDict(extra="forbid")
    answer: dict[str, Any] | list[dict[str, Any]] = Field(
        description='What ask gave as structured content, or a list of such; at least {"quotes": '
        '[{"article", "start", "end", "source", "text"}]}.'
    )
    unpublished: bool = Field(False, description=_UNPUBLISHED)


class Refresh(BaseModel):
    """How to refresh."""

    model_config = ConfigDict(extra="forbid")
    dry_run: bool = Field(False, description="Only tell what would be done.")
