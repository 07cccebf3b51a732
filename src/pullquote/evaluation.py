"""Measure retrieval, quotes, silence and latency on questions with known answers.

A hit or quote finds a gold span when it lies in the same file and their overlap is at least half of
the shorter of the two. Denominators come from the question file only.
"""

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from pullquote.chatbot import Chatbot
from pullquote.errors import InputError
from pullquote.spans import Span
from pullquote.types import Answer, Article, Turn

# What a line can raise that is no question: no JSON, no list, no number, endless nesting.
_NONSENSE = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
_DEPTH = 10  # hits that count for the mean reciprocal rank


@dataclass(frozen=True, slots=True)
class Example:
    """A question with its gold spans or accepted words; neither = the corpus does not say."""

    question: str
    gold: tuple[tuple[str, Span], ...] = ()
    answers: tuple[str, ...] = ()
    turns: tuple[Turn, ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether the corpus holds an answer."""
        return bool(self.gold or self.answers)

    def found_by(self, article: Article, span: Span) -> bool:
        """Tell whether a place is one of the gold spans, or holds accepted words."""
        if self.gold:
            return any(path == article.path and _overlaps(span, gold) for path, gold in self.gold)
        shown = " ".join(article.show(span).casefold().split())
        return any(" ".join(words.casefold().split()) in shown for words in self.answers)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to one question; ranks count from 1, None = not found."""

    example: Example
    answer: Answer
    hit_rank: int | None
    quote_rank: int | None
    seconds: float


def read_examples(path: Path, *, limit: int | None = None) -> tuple[Example, ...]:
    """Read a file of JSON lines; raise InputError naming the line that is wrong."""
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}); name a file of JSON lines") from error
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    examples = tuple(_read_example(path, *pair) for pair in islice(numbered, limit))
    if not examples:
        raise InputError(f"{path}: holds no questions; write one a line")
    return examples


def run(
    bot: Chatbot,
    examples: Sequence[Example],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Outcome, ...]:
    """Ask every question and note what was found where."""
    outcomes = []
    for done, example in enumerate(examples, 1):
        begin = time.perf_counter()
        answer = bot.ask(example.question, turns=example.turns)
        seconds = time.perf_counter() - begin
        hits = bot.search(answer.standalone, k=_DEPTH)
        outcomes.append(
            Outcome(
                example=example,
                answer=answer,
                hit_rank=_rank(example, [(h.passage.article, h.passage.span) for h in hits]),
                quote_rank=_rank(
                    example, [(q.article, q.span) for q in answer.quotes or answer.nearest]
                ),
                seconds=seconds,
            )
        )
        if progress:
            progress(done, len(examples))
    return tuple(outcomes)


def summarise(outcomes: Sequence[Outcome]) -> dict[str, float | int | None]:
    """Return the figures of a run; None where nothing could be measured.

    `quotes` is the mean number of quotes in an answer that has any.
    """
    asked = [outcome for outcome in outcomes if outcome.example.answerable]
    unasked = [outcome for outcome in outcomes if not outcome.example.answerable]
    times = [outcome.seconds * 1000 for outcome in outcomes]
    return {
        "questions": len(outcomes),
        "answerable": len(asked),
        "hit@1": _share(asked, lambda o: _within(o.hit_rank, 1)),
        "hit@5": _share(asked, lambda o: _within(o.hit_rank, 5)),
        "mrr": _mean([1 / o.hit_rank if o.hit_rank else 0.0 for o in asked]),
        "quote@1": _share(asked, lambda o: _within(o.quote_rank, 1)),
        "quote@3": _share(asked, lambda o: _within(o.quote_rank, 3)),
        "quotes": _mean([float(len(o.answer.quotes)) for o in outcomes if o.answer.quotes]),
        "auroc": _auroc(asked, unasked),
        "answered_answerable": _share(asked, lambda o: o.answer.status == "answered"),
        "answered_unanswerable": _share(unasked, lambda o: o.answer.status == "answered"),
        "p50_ms": _percentile(times, 50),
        "p95_ms": _percentile(times, 95),
    }


def _read_example(path: Path, number: int, line: str) -> Example:
    try:
        fields = json.loads(line)
        return Example(
            question=_text(fields["question"]),
            gold=tuple(
                (_text(gold["article"]), Span(int(gold["start"]), int(gold["end"])))
                for gold in _listed(fields.get("gold"))
            ),
            answers=tuple(_text(words) for words in _listed(fields.get("answers"))),
            turns=tuple(_turn(turn) for turn in _listed(fields.get("turns"))),
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


def _overlaps(one: Span, other: Span) -> bool:
    shared = min(one.end, other.end) - max(one.start, other.start)
    return 2 * shared >= min(one.end - one.start, other.end - other.start) and shared > 0


def _rank(example: Example, places: Iterable[tuple[Article, Span]]) -> int | None:
    for rank, (article, span) in enumerate(places, 1):
        if example.found_by(article, span):
            return rank
    return None


def _within(rank: int | None, k: int) -> bool:
    return rank is not None and rank <= k


def _share(outcomes: Sequence[Outcome], test: Callable[[Outcome], bool]) -> float | None:
    return _mean([float(test(outcome)) for outcome in outcomes])


def _mean(values: Sequence[float]) -> float | None:
    return round(float(np.mean(values)), 4) if values else None


def _percentile(values: Sequence[float], percent: int) -> float | None:
    return round(float(np.percentile(values, percent)), 2) if values else None


def _auroc(asked: Sequence[Outcome], unasked: Sequence[Outcome]) -> float | None:
    if not asked or not unasked:
        return None
    from sklearn.metrics import roc_auc_score

    labels = [1] * len(asked) + [0] * len(unasked)
    scores = [outcome.answer.confidence for outcome in (*asked, *unasked)]
    return round(float(roc_auc_score(labels, scores)), 4)
