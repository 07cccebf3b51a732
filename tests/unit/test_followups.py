"""Follow-ups: which questions lean on the ones before, and what they come to mean."""

import pytest

from pullquote import Turn
from pullquote.followups import is_follow_up, standalone

SPENDING = "How much will Amazon spend on AI in 2025?"
CFO = "Who is Amazon's CFO?"


def said(*questions: str) -> tuple[Turn, ...]:
    """Return turns of questions that stood alone."""
    return tuple(Turn(question, question, "…") for question in questions)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("and Google?", True),
        ("What about 2024?", True),
        ("What did he say about it?", True),
        ("Why?", True),
        ("How much?", True),
        ("Who won the Harrow Bay marathon?", False),
        ("When did the council approve the tram line?", False),
        (SPENDING, False),
    ],
)
def test_a_follow_up_is_known_by_its_words(question: str, expected: bool) -> None:
    """Openers, pronouns and questions of almost no words lean on what came before."""
    assert is_follow_up(question) is expected


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        (SPENDING, "and Google?", "How much will Google spend on AI in 2025?"),
        (
            SPENDING,
            "What about Meta Platforms?",
            "How much will Meta Platforms spend on AI in 2025?",
        ),
        (SPENDING, "and in 2024?", "How much will Amazon spend on AI in 2024?"),
        (CFO, "and Meta?", "Who is Meta's CFO?"),
        (CFO, "What did he say about it?", f"{CFO} What did he say about it?"),
        (CFO, "  Why?  ", f"{CFO} Why?"),
        (CFO, "Who won the Harrow Bay marathon?", "Who won the Harrow Bay marathon?"),
        ("how do bees keep warm?", "and Google?", "how do bees keep warm? and Google?"),
        (SPENDING, "and the bees?", f"{SPENDING} and the bees?"),
    ],
)
def test_a_follow_up_is_made_to_stand_alone(before: str, question: str, expected: str) -> None:
    """A new name or year takes the old one's place; a pronoun brings the old question along."""
    assert standalone(question, said(before), history=2) == expected


def test_a_swap_follows_a_swap() -> None:
    """The second "and …?" is put into what the first one came to mean."""
    first = standalone("and Google?", said(SPENDING), history=2)
    turns = (*said(SPENDING), Turn("and Google?", first, "…"))
    assert standalone("and in 2024?", turns, history=2) == (
        "How much will Google spend on AI in 2024?"
    )


def test_without_turns_a_question_stays_as_it_is() -> None:
    """Nothing was said before, so nothing is added."""
    assert standalone(" and Google? ", (), history=2) == "and Google?"


def test_only_the_latest_questions_are_brought_along_each_once() -> None:
    """`history` bounds how far back a pronoun reaches."""
    turns = said("Who runs the tram?", CFO, CFO)
    assert standalone("Where does he live?", turns, history=2) == f"{CFO} Where does he live?"
    assert standalone("Where does he live?", turns, history=3) == (
        f"Who runs the tram? {CFO} Where does he live?"
    )
