"""Follow-ups: which questions lean on the ones before, and what they come to mean."""

import pytest

from pullquote import Turn
from pullquote.followups import is_follow_up, readings, split_names

SPENDING = "How much will Amazon spend on AI in 2025?"
CFO = "Who is Amazon's CFO?"


def said(*questions: str) -> tuple[Turn, ...]:
    """Return turns of questions that stood alone."""
    return tuple(Turn(question, question, "…") for question in questions)


def standalone(question: str, turns: tuple[Turn, ...], *, history: int) -> str:
    """Return the likeliest reading."""
    return readings(question, turns, history=history)[0]


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
        ("What will the tram cost?", False),
        ("How much will be spent this year?", False),
        ("Who said that prices rose?", False),
        ("Why is that?", True),
        ("hello", False),
        ("Thanks!", False),
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


def test_a_follow_up_is_read_alone_if_together_it_is_not_answered() -> None:
    """A wrong guess costs no answer: the question as it stands is the last reading."""
    assert readings("and Google?", said(SPENDING), history=2) == (
        "How much will Google spend on AI in 2025?",
        "and Google?",
    )
    assert readings("Where does he live?", said(CFO), history=2)[-1] == "Where does he live?"
    assert readings(SPENDING, said(CFO), history=2) == (SPENDING,)


def test_a_list_of_names_is_split_into_questions() -> None:
    """Each name gets the question to itself; a name twice, or one name, is no list."""
    assert split_names("What do Amazon, Meta and Google plan?") == (
        ("Amazon", "What do Amazon plan?"),
        ("Meta", "What do Meta plan?"),
        ("Google", "What do Google plan?"),
    )
    assert split_names("What is Johnson and Johnson worth?") == ()
    assert split_names("What does Amazon plan?") == ()
