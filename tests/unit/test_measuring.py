"""The metrics, on cases that can be worked out by hand."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pullquote import Answer, Article, Chatbot, InputError, Quote, Settings, Span, Turn
from pullquote.evaluation.examples import Example, read_examples, read_questions
from pullquote.evaluation.measuring import Outcome, list_misses, run, summarise
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
        "f1_focus": None,
        "f1_sentences": 1.0,
        "ece": 0.4,  # .1, .6, .2 and .7, each in a bin of its own
        "risk_coverage": [
            {"threshold": 0.1, "coverage": 1.0, "risk": 0.75},
            {"threshold": 0.2, "coverage": 1.0, "risk": 0.75},
            {"threshold": 0.3, "coverage": 0.75, "risk": 0.6667},
            {"threshold": 0.4, "coverage": 0.75, "risk": 0.6667},
            {"threshold": 0.5, "coverage": 0.75, "risk": 0.6667},
            {"threshold": 0.6, "coverage": 0.75, "risk": 0.6667},
            {"threshold": 0.7, "coverage": 0.5, "risk": 0.5},
            {"threshold": 0.8, "coverage": 0.25, "risk": 0.0},
            {"threshold": 0.9, "coverage": 0.25, "risk": 0.0},
        ],
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
        ' "gold": [{"article": "a.md", "start": 1, "end": 4}]}\n\n'
        '{"question": "Why?", "gold": [], "hidden": ["a.md"]}\n',
        "utf-8",
    )
    first, second = read_examples(path)
    assert first.turns == (Turn("Who pays?", "Who pays?", "Amazon."),)
    assert first.gold == (("a.md", Span(1, 4)),)
    assert (second.answerable, second.hidden) == (False, frozenset({"a.md"}))
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
        '{"question": "Why?", "gold": [], "turns": [3]}',
        '{"question": "Why?", "gold": [], "hidden": "a.md"}',
        '{"question": "Why?"}',  # not even that the corpus does not say
        '{"question": "Why?", "turns": []}',
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    """File, line and what a line should look like."""
    path = tmp_path / "questions.jsonl"
    path.write_text(f'{{"question": "Why?", "answers": []}}\n{line}\n', "utf-8")
    with pytest.raises(InputError, match=r"questions\.jsonl:2: not a question"):
        read_examples(path)


def test_a_line_without_gold_and_answers_is_told_what_to_write(tmp_path: Path) -> None:
    """An empty list is a label, a forgotten one is not."""
    path = tmp_path / "questions.jsonl"
    path.write_text('{"question": "Why?"}\n', "utf-8")
    with pytest.raises(InputError, match='neither "gold" nor "answers" is there'):
        read_examples(path)


@pytest.mark.parametrize(
    ("waiting", "note"),
    [
        (0, ""),
        (1, "1 line rated down has no gold yet; add it to measure it"),
        (3, "3 lines rated down have no gold yet; add it to measure them"),
    ],
)
def test_a_line_rated_down_waits_for_gold(tmp_path: Path, waiting: int, note: str) -> None:
    """Nobody knows its right answer yet; one that was given gold is asked."""
    path = tmp_path / "feedback.jsonl"
    down = '{"id": "1", "question": "Who?", "rating": "down", "shown": []'
    path.write_text(f"{down}}}\n" * waiting + f'{down}, "answers": ["me"]}}\n', "utf-8")
    questions = read_questions(path)
    assert [example.answers for example in questions.examples] == [("me",)]
    assert questions.note == note


def test_a_file_of_lines_that_wait_says_so(tmp_path: Path) -> None:
    """There is nothing to measure."""
    path = tmp_path / "feedback.jsonl"
    path.write_text('{"question": "Who?", "rating": "down"}\n', "utf-8")
    with pytest.raises(InputError, match=r"feedback\.jsonl: 1 line rated down has no gold yet"):
        read_examples(path)


def test_hidden_articles_are_not_read(make_bot: Callable[..., Chatbot]) -> None:
    """Neither for the answer nor for the hits, and nobody else loses them."""
    bot = make_bot(SMALL, settings=Settings(threshold=0.01))
    question = "How much does Amazon expect to spend?"
    seen, hidden = run(bot, [Example(question), Example(question, hidden=frozenset({"amazon.md"}))])
    assert "amazon.md" in paths_of(seen)
    assert paths_of(hidden)
    assert "amazon.md" not in paths_of(hidden)


def test_hidden_articles_are_not_named_as_copies(make_bot: Callable[..., Chatbot]) -> None:
    """A repost that is hidden is none of those that say it too."""
    files = {**SMALL, "copy.md": SMALL["fog.md"]}
    bot = make_bot(files, settings=Settings(threshold=0.01))
    (quote, *_) = bot.without({"copy.md"}).ask("Who won in 2:31:07?").quotes
    assert (quote.article.path, quote.also) == ("fog.md", ())
    hits = bot.without({"copy.md"}).without({"fog.md"}).search("Who won in 2:31:07?")
    assert {hit.passage.article.path for hit in hits} == {"amazon.md", "bees.md"}


def test_to_hide_an_article_is_to_ask_as_if_it_were_not_there(
    make_bot: Callable[..., Chatbot], tmp_path: Path
) -> None:
    """To the last digit of the confidence: how rare words are is counted without it."""
    question = "Who won the marathon at the harbour?"
    hidden = make_bot(SMALL).without({"amazon.md"}).ask(question)
    rest = {path: text for path, text in SMALL.items() if path != "amazon.md"}
    gone = make_bot(rest, embeddings=tmp_path / "fewer").ask(question)
    assert (hidden.confidence, hidden.text) == (gone.confidence, gone.text)


def paths_of(outcome: Outcome) -> set[str]:
    """Return the articles that are shown."""
    return {quote.article.path for quote in outcome.shown}


def place(start: int, end: int, path: str = "a.md") -> Quote:
    """Make a quote of an article of dots."""
    return Quote(Article(path, "blake2b:0", path, text="." * 99), Span(start, end), 0.9)


def answered(example: Example, *quotes: Quote, rank: int | None = 1) -> Outcome:
    """Make an answered question."""
    return Outcome(example, Answer("Why?", "Why?", "answered", 0.9, "", quotes), 1, rank, 0.01)


def test_sentences_are_scored_by_quotes_and_by_gold() -> None:
    """One of two quotes finds one of two spans, which is named twice: half and half."""
    example = Example("Why?", gold=(("a.md", Span(0, 10)),) * 2 + (("a.md", Span(20, 30)),))
    figures = summarise([answered(example, place(0, 10), place(50, 60))])
    assert figures["f1_sentences"] == 0.5


def test_copies_that_a_right_quote_names_are_found() -> None:
    """Both golds: the quote, and the repost that it names."""
    example = Example("Why?", gold=(("a.md", Span(0, 10)), ("b.md", Span(5, 15))))
    named = replace(place(0, 10), also=(Article("b.md", "blake2b:1", "B"),))
    assert summarise([answered(example, named)])["f1_sentences"] == 1.0
    assert summarise([answered(example, place(0, 10))])["f1_sentences"] == 0.6667


def test_the_short_answer_is_held_against_the_accepted_words() -> None:
    """Of right first quotes with a focus only."""
    article = Article("a.md", "blake2b:0", "A", text="It rained in May 1931 and in June.\n")
    example = Example("When?", gold=(("a.md", Span(0, 34)),), answers=("May 1931",))
    quote = Quote(article, Span(0, 34), 0.9, focus=Span(10, 21))
    right, wrong = answered(example, quote), answered(example, quote, rank=2)
    assert summarise([right, wrong])["f1_focus"] == 0.8
    assert summarise([answered(example, replace(quote, focus=None))])["f1_focus"] is None


def test_misses_tell_what_was_expected_and_what_came(make_bot: Callable[..., Chatbot]) -> None:
    """A silence, an answer where none is, and a file that is not there; right ones are not told."""
    bot = make_bot(SMALL)
    fine = Example("How?", gold=(("bees.md", Span(0, 9)),))
    lost = Example("Why?", gold=(("bees.md", Span(31, 61)), ("none.md", Span(0, 9))))
    silent = Outcome(lost, Answer("Why?", "Why?", "abstained", 0.31256, "", (), (QUOTE,)), 1, 1, 0)
    said = answered(Example("When?"), QUOTE, rank=None)
    misses = list_misses(bot, [answered(fine, QUOTE), silent, said], limit=9)
    shown = [{"article": "a.md", "start": 0, "end": 10, "text": "It rained."}]
    *_, gone = misses[0]["expected"]
    assert gone.startswith("(none.md: no such article")
    assert misses[0] == {
        "question": "Why?",
        "expected": ["Bees form a cluster around the", gone],
        "status": "abstained",
        "confidence": 0.3126,
        "shown": shown,
    }
    assert [(m["question"], m["expected"], m["shown"]) for m in misses[1:]] == [
        ("When?", [], shown)
    ]
    assert len(list_misses(bot, [silent, said], limit=1)) == 1
