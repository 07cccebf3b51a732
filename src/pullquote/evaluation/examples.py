"""Questions with known answers, a line of JSON each: what `pullquote eval` reads.

A hit or quote finds a gold span when it lies in the same file and their overlap is at least half of
the shorter of the two.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from pullquote.errors import InputError
from pullquote.spans import Span
from pullquote.types import Article, Turn

# What a line can raise that is no question: no JSON, no list, no number, endless nesting.
_NONSENSE = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)


@dataclass(frozen=True, slots=True)
class Example:
    """A question with its gold spans or accepted words; neither = the corpus does not say.

    Articles that are `hidden` are not read for it, as if they were not in the corpus.
    """

    question: str
    gold: tuple[tuple[str, Span], ...] = ()
    answers: tuple[str, ...] = ()
    turns: tuple[Turn, ...] = ()
    hidden: frozenset[str] = frozenset()

    @property
    def answerable(self) -> bool:
        """Whether the corpus holds an answer."""
        return bool(self.gold or self.answers)

    def found_by(self, article: Article, span: Span) -> bool:
        """Tell whether a place is one of the gold spans, or holds accepted words."""
        if self.gold:
            return any(path == article.path and overlaps(span, gold) for path, gold in self.gold)
        shown = " ".join(article.show(span).casefold().split())
        return any(" ".join(words.casefold().split()) in shown for words in self.answers)


@dataclass(frozen=True, slots=True)
class Questions:
    """What a file asks; so many of its lines, rated down on the page, are `waiting` for gold."""

    examples: tuple[Example, ...]
    waiting: int = 0

    @property
    def note(self) -> str:
        """What to know about the lines that wait; empty if none does."""
        if not self.waiting:
            return ""
        if self.waiting == 1:
            return "1 line rated down has no gold yet; add it to measure it"
        return f"{self.waiting:,} lines rated down have no gold yet; add it to measure them"


def read_examples(path: Path, *, limit: int | None = None) -> tuple[Example, ...]:
    """Read a file of JSON lines; raise InputError naming the line that is wrong."""
    return read_questions(path, limit=limit).examples


def read_questions(path: Path, *, limit: int | None = None) -> Questions:
    """Read a file of JSON lines, ratings from the page among them.

    Raises InputError naming the line that is wrong.
    """
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}); name a file of JSON lines") from error
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    read = [_read_example(path, *pair) for pair in islice(numbered, limit)]
    examples = tuple(example for example in read if example is not None)
    questions = Questions(examples, len(read) - len(examples))
    if not examples:
        raise InputError(f"{path}: {questions.note or 'holds no questions; write one a line'}")
    return questions


def overlaps(one: Span, other: Span) -> bool:
    """Tell whether two places overlap by at least half of the shorter."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    return 2 * shared >= min(one.end - one.start, other.end - other.start) and shared > 0


def _read_example(path: Path, number: int, line: str) -> Example | None:
    """Read a line; None if it is a rating, and nobody knows the right answer yet."""
    try:
        fields = json.loads(line)
        if not {"gold", "answers"} & fields.keys():
            if "rating" in fields:
                return None
            raise ValueError(
                'neither "gold" nor "answers" is there; if the corpus does not say: []'
            )
        return Example(
            question=_text(fields["question"]),
            gold=tuple(
                (_text(gold["article"]), Span(int(gold["start"]), int(gold["end"])))
                for gold in _listed(fields.get("gold"))
            ),
            answers=tuple(_text(words) for words in _listed(fields.get("answers"))),
            turns=tuple(_turn(turn) for turn in _listed(fields.get("turns"))),
            hidden=frozenset(_text(path) for path in _listed(fields.get("hidden"))),
        )
    except _NONSENSE as error:
        raise InputError(
            f"{path}:{number}: not a question ({type(error).__name__}: {error}); write"
            ' {"question": "…", "gold": [{"article": "…", "start": 0, "end": 9}]}'
        ) from error


def _turn(fields: Mapping[str, Any]) -> Turn:
    question = _text(fields["question"])
    return Turn(question, question, str(fields.get("answer", "")))


def _listed(value: object) -> list[Any]:
    if value is not None and not isinstance(value, list):
        raise TypeError(f"{value!r} is not a list")
    return value or []


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TypeError(f"{value!r} is not words")
    return value
