"""The metrics, on cases that can be worked out by hand."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pullquote import Answer, Article, Chatbot, InputError, Quote, Span, Turn
from pullquote.evaluation import Example, Outcome, read_examples, run, summarise
from pullquote.types import Status
from tests.conftest import SMALL

QUOTE = Quote(Article("a.md", "blake2b:0", "A", text="It rained."), Span(0, 10), 0.9)


def outcome(
    *,
    answerable: bool,
    confidence: float,
    hit: int | None = None,
    quote: int | None = None,
    quotes: int = 0,
) -> Outcome:
    """Make what happened to one question."""
    status: Status = "answered" if confidence >= 0.5 else "abstained"
    return Outcome(
        example=Example("Why?", gold=(("a.md", Span(0, 9)),) if answerable else ()),
        answer=Answer("Why?", "Why?", status, confidence, "", (QUOTE,) * quotes),
        hit_rank=hit,
        quote_rank=quote,
        seconds=0.01,
    )


def test_shares_count_answerable_questions_only() -> None:
    """Three answerable questions found at 1, at 4 and never; one that is not."""
    figures = summarise(
        [
            outcome(answerable=True, confidence=0.9, hit=1, quote=1, quotes=1),
            outcome(answerable=True, confidence=0.6, hit=4, quote=3, quotes=2),
            outcome(answerable=True, confidence=0.2),
            outcome(answerable=False, confidence=0.7),
        ]
    )
    assert figures == {
        "questions": 4,
        "answerable": 3,
        "hit@1": 0.3333,
        "hit@5": 0.6667,
        "mrr": 0.4167,
        "quote@1": 0.3333,
        "quote@3": 0.6667,
        "quotes": 1.5,
        "auroc": 0.3333,
        "answered_answerable": 0.6667,
        "answered_unanswerable": 1.0,
        "p50_ms": 10.0,
        "p95_ms": 10.0,
    }


def test_what_cannot_be_measured_is_none() -> None:
    """Without unanswerable questions there is no AUROC."""
    figures = summarise([outcome(answerable=True, confidence=0.9, hit=1)])
    assert (figures["auroc"], figures["answered_unanswerable"]) == (None, None)


@pytest.mark.parametrize(
    ("span", "found"),
    [
        (Span(10, 20), True),
        (Span(0, 15), True),  # five of the shorter one's ten
        (Span(0, 14), False),
        (Span(12, 14), True),
        (Span(20, 30), False),
    ],
)
def test_half_of_the_shorter_must_overlap(real_bot: Chatbot, span: Span, found: bool) -> None:
    """The gold span is [10, 20)."""
    article = real_bot.read_article("amazon.md")
    example = Example("Why?", gold=(("amazon.md", Span(10, 20)),))
    assert example.found_by(article, span) is found


def test_gold_in_another_article_is_not_found(real_bot: Chatbot) -> None:
    """The same offsets in another file are another place."""
    example = Example("Why?", gold=(("fog.md", Span(10, 20)),))
    assert not example.found_by(real_bot.read_article("amazon.md"), Span(10, 20))


def test_accepted_words_count_where_they_are_shown(make_bot: Callable[..., Chatbot]) -> None:
    """Without gold spans, the accepted words must stand in what a reader sees."""
    bot = make_bot(SMALL)
    example = Example("How much does Amazon expect to spend?", answers=("about $100 Billion",))
    (found,) = run(bot, [example])
    assert (found.hit_rank, found.quote_rank) == (1, 1)


def test_lines_are_read_with_turns(tmp_path: Path) -> None:
    """Empty lines are passed over; both kinds of answers may be missing."""
    path = tmp_path / "questions.jsonl"
    path.write_text(
        '{"question": "and Google?", "turns": [{"question": "Who pays?", "answer": "Amazon."}],'
        ' "gold": [{"article": "a.md", "start": 1, "end": 4}]}\n\n{"question": "Why?"}\n',
        "utf-8",
    )
    first, second = read_examples(path)
    assert first.turns == (Turn("Who pays?", "Who pays?", "Amazon."),)
    assert first.gold == (("a.md", Span(1, 4)),)
    assert not second.answerable
    assert read_examples(path, limit=1) == (first,)


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[]",
        '{"gold": []}',
        '{"question": ""}',
        '{"question": "Why?", "gold": [{"article": "a.md", "start": 4, "end": 4}]}',
        '{"question": "Why?", "gold": [{"article": "a.md"}]}',
        '{"question": "Why?", "turns": [3]}',
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    """File, line and what a line should look like."""
    path = tmp_path / "questions.jsonl"
    path.write_text(f'{{"question": "Why?"}}\n{line}\n', "utf-8")
    with pytest.raises(InputError, match=r"questions\.jsonl:2: not a question"):
        read_examples(path)
