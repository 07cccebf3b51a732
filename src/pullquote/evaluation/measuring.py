"""Measure retrieval, quotes, silence and latency on questions with known answers.

A hit or quote finds a gold span when it lies in the same file and their overlap is at least half of
the shorter of the two. Denominators come from the question file only.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pullquote.chatbot import Chatbot
from pullquote.errors import InputError
from pullquote.evaluation.examples import Example, overlaps
from pullquote.evaluation.figures import (
    auroc,
    calibration_error,
    harmonic,
    mean,
    percentile,
    risk_coverage,
    token_f1,
)
from pullquote.spans import Span
from pullquote.types import Answer, Article, Quote

_DEPTH = 10  # hits that count for the mean reciprocal rank


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to one question; ranks count from 1, None = not found."""

    example: Example
    answer: Answer
    hit_rank: int | None
    quote_rank: int | None
    seconds: float

    @property
    def shown(self) -> tuple[Quote, ...]:
        """The quotes, or what would have been quoted."""
        return self.answer.quotes or self.answer.nearest

    @property
    def right(self) -> bool:
        """Whether the corpus answers and what is shown first does."""
        return self.example.answerable and self.quote_rank == 1

    @property
    def missed(self) -> bool:
        """Whether somebody who asked was let down: silence, a wrong quote first, or any at all."""
        answered = self.answer.status == "answered"
        return not (answered and self.right) if self.example.answerable else answered


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
        asked = bot.without(example.hidden) if example.hidden else bot
        answer = asked.ask(example.question, turns=example.turns)
        seconds = time.perf_counter() - begin
        hits = asked.search(answer.standalone, k=_DEPTH)
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


def summarise(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return the figures of a run; None where nothing could be measured.

    `quotes` is the mean number of quotes in an answer that has any. `ece` and the risks of
    `risk_coverage` hold the confidence against being right: the corpus answers, and what is quoted
    first, or would be, finds it. `f1_focus` compares the short answer in a right first quote with
    the accepted words; `f1_sentences` is the mean, over the answerable questions with gold spans
    that were answered, of the F1 of how many quotes find one and how many spans are found.
    """
    asked = [outcome for outcome in outcomes if outcome.example.answerable]
    unasked = [outcome for outcome in outcomes if not outcome.example.answerable]
    times = [outcome.seconds * 1000 for outcome in outcomes]
    confidences = [outcome.answer.confidence for outcome in outcomes]
    right = [outcome.right for outcome in outcomes]
    return {
        "questions": len(outcomes),
        "answerable": len(asked),
        "hit@1": _share(asked, lambda o: _within(o.hit_rank, 1)),
        "hit@5": _share(asked, lambda o: _within(o.hit_rank, 5)),
        "mrr": mean([1 / o.hit_rank if o.hit_rank else 0.0 for o in asked]),
        "quote@1": _share(asked, lambda o: _within(o.quote_rank, 1)),
        "quote@3": _share(asked, lambda o: _within(o.quote_rank, 3)),
        "quotes": mean([float(len(o.answer.quotes)) for o in outcomes if o.answer.quotes]),
        "auroc": auroc(
            [o.answer.confidence for o in asked], [o.answer.confidence for o in unasked]
        ),
        "answered_answerable": _share(asked, lambda o: o.answer.status == "answered"),
        "answered_unanswerable": _share(unasked, lambda o: o.answer.status == "answered"),
        "f1_focus": mean([f1 for o in asked if (f1 := _focus_f1(o)) is not None]),
        "f1_sentences": mean([f1 for o in asked if (f1 := _sentences_f1(o)) is not None]),
        "ece": calibration_error(confidences, right),
        "risk_coverage": list(risk_coverage(confidences, right)),
        "p50_ms": percentile(times, 50),
        "p95_ms": percentile(times, 95),
    }


def list_misses(
    bot: Chatbot, outcomes: Sequence[Outcome], *, limit: int
) -> tuple[dict[str, Any], ...]:
    """Return the first questions that went wrong: what was expected, and what came instead.

    Nothing is expected of a question that the corpus does not answer. Expected words are those of
    the files as they are now.
    """
    missed = islice((outcome for outcome in outcomes if outcome.missed), limit)
    return tuple(
        {
            "question": outcome.example.question,
            "expected": [*dict.fromkeys(_expected(bot, outcome.example))],
            "status": outcome.answer.status,
            "confidence": round(outcome.answer.confidence, 4),
            "shown": [
                {
                    "article": q.article.path,
                    "start": q.span.start,
                    "end": q.span.end,
                    "text": q.text,
                }
                for q in outcome.shown
            ],
        }
        for outcome in missed
    )


def _expected(bot: Chatbot, example: Example) -> Iterator[str]:
    if not example.gold:
        yield from example.answers
    for path, span in example.gold:
        try:
            yield bot.show(path, span.start, span.end).text
        except InputError as error:  # a file that went, or shrank, is what is wrong with it
            yield f"({error})"


def _focus_f1(outcome: Outcome) -> float | None:
    """Return how like the accepted words the short answer is; None without either."""
    if not (outcome.right and outcome.example.answers):
        return None
    first = outcome.shown[0]
    if first.focus is None:
        return None
    return token_f1(first.article.show(first.focus), outcome.example.answers)


def _sentences_f1(outcome: Outcome) -> float | None:
    """Return the F1 of quotes against gold spans; a copy that a right quote names is found too."""
    gold, quotes = set(outcome.example.gold), outcome.answer.quotes
    if not (gold and quotes):
        return None
    right = [quote for quote in quotes if outcome.example.found_by(quote.article, quote.span)]
    named = {article.path for quote in right for article in quote.also}
    found = [
        path in named or any(q.article.path == path and overlaps(q.span, span) for q in right)
        for path, span in gold
    ]
    return harmonic(len(right) / len(quotes), sum(found) / len(gold))


def _rank(example: Example, places: Iterable[tuple[Article, Span]]) -> int | None:
    for rank, (article, span) in enumerate(places, 1):
        if example.found_by(article, span):
            return rank
    return None


def _within(rank: int | None, k: int) -> bool:
    return rank is not None and rank <= k


def _share(outcomes: Sequence[Outcome], test: Callable[[Outcome], bool]) -> float | None:
    return mean([float(test(outcome)) for outcome in outcomes])
