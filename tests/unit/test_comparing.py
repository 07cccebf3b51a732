"""Questions that compare: one quote for each side."""

from collections.abc import Callable

import pytest

from pullquote import Chatbot, Settings
from pullquote.answers.comparing import (
    Comparison,
    pick_amount,
    read_comparison,
    split_names,
    without_order,
)

MakeBot = Callable[..., Chatbot]

EASY = Settings(threshold=0.01)
WALLS = {
    "a.md": "Harrow Bay will spend £14.2 million on its sea wall in three years.\n",
    "b.md": "Wexcombe will spend £9.6 million on its sea wall. Few live in Wexcombe.\n",
    "c.md": "Tollan will spend £21.3 million on its sea wall. It is as low as Tollan.\n",
}
FIGURES = ["£21.3 million", "£14.2 million", "£9.6 million"]


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Does Harrow Bay or Wexcombe spend more?", ["Harrow Bay", "Wexcombe"]),
        ("Compare what Tollan and Harrow Bay plan", ["Tollan", "Harrow Bay"]),
        ("Sea walls: Tollan vs Wexcombe", ["Tollan", "Wexcombe"]),
        ("Which of Tollan, Osk and Wexcombe pays most?", ["Tollan", "Osk", "Wexcombe"]),
        ("Who spends most?", []),
    ],
)
def test_names_of_several_words_are_sides(question: str, names: list[str]) -> None:
    """Each with a question about it alone."""
    assert [name for name, _ in split_names(question)] == names


@pytest.mark.parametrize(
    ("question", "plain"),
    [
        ("Which town has the most inhabitants?", "Which town has the inhabitants?"),
        ("Who spends more, Tollan or Osk?", "Who spends, Tollan or Osk?"),
        ("What is the largest dam?", "What is the largest dam?"),
        ("Who governs Lower Saxony?", "Who governs Lower Saxony?"),
        ("Which town no longer has a library?", "Which town no longer has a library?"),
        ("Who was the youngest mayor of Tollan?", "Who was the youngest mayor of Tollan?"),
        ("Which airline is least punctual?", "Which airline is least punctual?"),
        ("Who called for lower fares?", "Who called for lower fares?"),
    ],
)
def test_no_passage_need_say_which_is_most(question: str, plain: str) -> None:
    """What is compared is asked of each passage; the order is told from the figures."""
    assert without_order(question) == plain


@pytest.mark.parametrize(
    ("question", "comparison"),
    [
        ("Which town spends most on its wall?", Comparison((), descending=True)),
        ("Who pays least?", Comparison((), descending=False)),
        ("Which companies build walls?", Comparison((), descending=None)),
        ("What is the most recent price?", None),
        ("How many steps are there?", None),
        ("What is the largest dam?", None),
    ],
)
def test_comparisons_are_told_from_plain_questions(
    question: str, comparison: Comparison | None
) -> None:
    """A question for the largest thing of all is answered by a sentence that says so."""
    assert read_comparison(question) == comparison


def test_what_a_figure_is_held_against_is_not_compared() -> None:
    """Of "from £3 to £4" the second counts."""
    text = "It rose from £3 to £4."
    amount = pick_amount(text, "£")
    assert amount is not None
    assert amount.of(text) == "£4"


@pytest.mark.parametrize(("word", "figures"), [("most", FIGURES), ("least", FIGURES[::-1])])
def test_sides_are_ordered_by_the_figures_quoted(
    make_bot: MakeBot, word: str, figures: list[str]
) -> None:
    """A note says so; no winner is named but by its quote."""
    answer = make_bot(WALLS, settings=EASY).ask(f"Which town will spend {word} on its sea wall?")
    shown = [next(f for f in FIGURES if f in quote.text) for quote in answer.quotes]
    assert shown == figures
    end = "largest" if word == "most" else "smallest"
    assert answer.notes[0].startswith(f"Side by side, ordered by the figures quoted, {end} first: ")


def test_named_sides_are_put_side_by_side(make_bot: MakeBot) -> None:
    """The larger figure first, since more was asked for."""
    answer = make_bot(WALLS, settings=EASY).ask(
        "Does Harrow Bay or Tollan spend more on its sea wall?"
    )
    assert [quote.article.path for quote in answer.quotes] == ["c.md", "a.md"]


def test_a_side_is_ordered_by_the_sentence_that_answers(make_bot: MakeBot) -> None:
    """Another figure may stand before it in a quote that shows two sentences."""
    files = WALLS | {
        "c.md": "Tollan will spend £1 million on roads."
        " Tollan will spend £21.3 million on its sea wall.\n"
    }
    question = "Does Harrow Bay or Tollan spend more on its sea wall?"
    answer = make_bot(files, settings=EASY).ask(question)
    figures = "largest first: Tollan £21.3 million, Harrow Bay £14.2 million."
    assert answer.notes[0].endswith(figures)
    assert [quote.article.path for quote in answer.quotes] == ["c.md", "a.md"]


def test_where_one_side_is_answered_half_the_threshold_is_enough_for_others(
    make_bot: MakeBot,
) -> None:
    """What answers Harrow Bay's side is held likely, at .26, but not of itself likely enough."""
    files = WALLS | {"a.md": "Harrow Bay means to put £14.2 million into keeping the tide out.\n"}
    question = "Does Harrow Bay or Tollan spend more on its sea wall?"
    part = "Does Harrow Bay spend on its sea wall?"
    alone = make_bot(files, settings=Settings(threshold=0.4)).ask(part)
    assert alone.status == "abstained"
    for threshold, found in ((0.4, True), (0.8, False)):
        quotes = make_bot(files, settings=Settings(threshold=threshold)).ask(question).quotes
        assert quotes[0].article.path == "c.md"
        assert ("a.md" in {quote.article.path for quote in quotes}) == found


def test_figures_of_different_kinds_are_not_ordered(make_bot: MakeBot) -> None:
    """The note says why."""
    files = WALLS | {"a.md": "Harrow Bay will spend half of its taxes on its sea wall.\n"}
    answer = make_bot(files, settings=EASY).ask(
        "Does Harrow Bay or Tollan spend more on its sea wall?"
    )
    assert answer.notes[0] == (
        "Side by side, one quote each: Harrow Bay, Tollan; not ordered, for want of figures of"
        " one kind."
    )


def test_how_many_with_a_number_in_a_sentence_is_a_plain_question(make_bot: MakeBot) -> None:
    """The sentence that counts is quoted."""
    files = WALLS | {"d.md": "Three towns will spend money on a sea wall.\n"}
    answer = make_bot(files, settings=EASY).ask("How many towns will spend money on a sea wall?")
    assert answer.quotes[0].article.path == "d.md"
    assert answer.notes == ()


def test_one_sentence_about_all_is_not_put_side_by_side(make_bot: MakeBot) -> None:
    """One shop may be named by two."""
    bot = make_bot({"a.md": "Marks and Spencer sells 40 kinds of tea.\n", "b.md": "Rain fell.\n"})
    answer = bot.ask("How many kinds of tea does Marks and Spencer sell?")
    assert [quote.text for quote in answer.quotes] == ["Marks and Spencer sells 40 kinds of tea."]
    assert not any("Side by side" in note for note in answer.notes)
