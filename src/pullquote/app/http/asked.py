"""What may be asked: the bodies and queries, as the OpenAPI document tells of them.

Days and filters of turns are read where Python's callers have theirs read, so that both hear the
same of what is wrong; the schemas here say beforehand what will pass.
"""

from typing import Annotated, Any

from fastapi import Body
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from pullquote.filters import PlainFilter
from pullquote.types import Turn

MAX_QUESTION = 2_000  # characters; a longer one is a text, not a question
_MAX_TURNS = 50
_MAX_WORDS = 100  # of one filter
_MAX_CHARS = 1_000  # of one such word
_MAX_HITS = 100
_MAX_OFFSET = 2**53 - 1  # what JSON's numbers hold

# A character that Python does not take for white space; dialects differ about \S.
_BLANK = "\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_PRINTED = f"[^{_BLANK}]"
_SOME = {"type": "string", "minLength": 1, "maxLength": _MAX_CHARS, "pattern": _PRINTED}
_YEAR = "(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_DAY = {
    "anyOf": [
        {"type": "string", "format": "date", "description": "A day, YYYY-MM-DD"},
        {
            "type": "string",
            "pattern": f"^{_YEAR}(?:-(?:0[1-9]|1[0-2]))?$",
            "description": "A year or a month, YYYY or YYYY-MM",
        },
        {"type": "string", "maxLength": 0},
        {"type": "null"},
    ]
}
_DAY_IN_QUERY = {"anyOf": _DAY["anyOf"][:-1]}
_LISTS = ("tags", "categories", "lang", "paths")
# As `Answer.filters` has them. Each leaves something out, or it is none.
_TURN_FILTER: dict[str, Any] = {
    "type": "object",
    "required": ["words"],
    "properties": {
        "words": {"type": "string", "minLength": 1},
        "since": _DAY,
        "until": _DAY,
        "soft": {"type": "boolean"},
        "applied": {"type": "boolean"},
        **{name: {"type": "array", "items": _SOME, "maxItems": _MAX_WORDS} for name in _LISTS},
    },
    "anyOf": [
        *({"required": [name], "properties": {name: {"minItems": 1}}} for name in _LISTS),
        *(
            {"required": [name], "properties": {name: {"type": "string", "minLength": 1}}}
            for name in ("since", "until")
        ),
    ],
}

_MAYBE_TEXT = {"type": ["string", "null"]}
_QUOTE: dict[str, Any] = {
    "type": "object",
    "required": ["article", "start", "end", "source", "text"],
    "properties": {
        "article": {"type": "string", "minLength": 1},
        "start": {"type": "integer", "minimum": 0},
        "end": {"type": "integer", "minimum": 1, "description": "More than start"},
        **{name: {"type": "string"} for name in ("source", "text")},
        **{name: _MAYBE_TEXT for name in ("digest", "prefix", "suffix")},
    },
}
_ANSWER: dict[str, Any] = {
    "type": "object",
    "required": ["quotes"],
    "properties": {"quotes": {"type": "array", "items": _QUOTE}},
}
Exported = Annotated[
    Any,
    WithJsonSchema({"anyOf": [_ANSWER, {"type": "array", "items": _ANSWER, "minItems": 1}]}),
    Body(),
]

Question = Annotated[
    str, Field(max_length=MAX_QUESTION, json_schema_extra={"minLength": 1, "pattern": _PRINTED})
]
Day = Annotated[str | None, WithJsonSchema(_DAY)]
_QueryDay = Annotated[str | None, WithJsonSchema(_DAY_IN_QUERY)]
_Word = Annotated[str, Field(max_length=_MAX_CHARS)]
_WordList = Annotated[list[_Word], Field(max_length=_MAX_WORDS)]
Words = _Word | _WordList | None
_SomeWord = Annotated[str, Field(min_length=1, max_length=_MAX_CHARS, pattern=_PRINTED)]
_SomeWords = Annotated[list[_SomeWord], Field(max_length=_MAX_WORDS)]


class TurnFilter(BaseModel):
    """A filter of `Answer.filters`; what else stands there is not read."""

    model_config = ConfigDict(strict=True)
    words: str | None = None
    soft: bool = False
    applied: bool = True
    since: str | None = None
    until: str | None = None
    tags: _SomeWords = []
    categories: _SomeWords = []
    lang: _SomeWords = []
    paths: _SomeWords = []


_TurnFilter = Annotated[TurnFilter, WithJsonSchema(_TURN_FILTER)]


class EarlierTurn(BaseModel):
    """A question of the same conversation, and what was answered."""

    model_config = ConfigDict(extra="forbid", strict=True)
    question: str = Field(max_length=MAX_QUESTION)
    standalone: str | None = Field(default=None, max_length=4 * MAX_QUESTION)
    answer: str = ""
    filters: list[_TurnFilter] = Field(default=[], max_length=_MAX_TURNS)

    def as_turn(self) -> Turn:
        """Return the turn; raise InputError if one of its filters is none."""
        filters = tuple(PlainFilter.of_dict(said.model_dump()) for said in self.filters)
        return Turn(self.question, self.standalone or self.question, self.answer, filters)


class Ask(BaseModel):
    """A question, the articles that may answer it, and what was said before."""

    model_config = ConfigDict(extra="forbid", strict=True)
    question: Question
    since: Day = None
    until: Day = None
    tags: Words = None
    categories: Words = None
    lang: Words = None
    paths: Words = None
    unpublished: bool = False
    plain: bool = True
    ignore: Words = None
    turns: list[EarlierTurn] = Field(default=[], max_length=_MAX_TURNS)

    def options(self) -> dict[str, Any]:
        """Return what `Chatbot.ask` takes beside the question."""
        given = self.model_dump(exclude={"question", "turns"})
        return {**given, "turns": tuple(turn.as_turn() for turn in self.turns)}


class Search(BaseModel):
    """A query for passages; lists are said by repeating their parameter."""

    model_config = ConfigDict(extra="forbid")
    query: Question
    k: int = Field(default=10, ge=1, le=_MAX_HITS, description="Hits, at most")
    since: _QueryDay = None
    until: _QueryDay = None
    tags: _WordList = []
    categories: _WordList = []
    lang: _WordList = []
    paths: _WordList = []
    unpublished: bool = False
    plain: bool = True
    ignore: _WordList = []

    def options(self) -> dict[str, Any]:
        """Return what `Chatbot.search` takes beside the query."""
        return self.model_dump(exclude={"query"})


class Place(BaseModel):
    """A place in an article, in characters of its file."""

    model_config = ConfigDict(extra="forbid")
    article: str = Field(max_length=_MAX_CHARS, description="Its path below the corpus")
    start: int = Field(ge=0, le=_MAX_OFFSET)
    end: int = Field(ge=0, le=_MAX_OFFSET)
    unpublished: bool = False


class Check(BaseModel):
    """Whether quotes of drafts, expired and future articles are checked as well."""

    model_config = ConfigDict(extra="forbid")
    unpublished: bool = False


class Refresh(BaseModel):
    """How to refresh: from nothing, or only to tell what would be done."""

    model_config = ConfigDict(extra="forbid", strict=True)
    rebuild: bool = False
    dry_run: bool = False
