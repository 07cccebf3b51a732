"""Which version of a fact a question asks for."""

from datetime import date

import pytest

from pullquote.questions.tenses import When, choose, read_when, without_limit

NONE: frozenset[int] = frozenset()


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What does the ferry cost now?", "now"),
        ("What does the ferry cost?", "now"),
        ("What was the first estimate for the bridge?", "first"),
        ("What was it originally going to cost?", "first"),
        ("What was the previous fare?", "before"),
        ("Who was mayor before Ada Lund?", "before"),
        ("How many shops did it used to have?", "before"),
        ("What was the fare in 2023?", "then"),
        ("What was sold in the first quarter?", "now"),
    ],
)
def test_questions_tell_which_version_they_mean(question: str, kind: str) -> None:
    """Those that say nothing of time ask for the newest."""
    assert read_when(question).kind == kind


def test_then_ends_with_the_period_named() -> None:
    """A year, or a month of it."""
    assert read_when("What was the fare in 2023?").until == date(2023, 12, 31)
    assert read_when("How full was it in July 2024?").until == date(2024, 7, 31)


DAYS = (date(2025, 2, 1), date(2024, 3, 1), date(2023, 3, 1))


@pytest.mark.parametrize(
    ("when", "place"),
    [
        (When("now"), 0),
        (When("first"), 2),
        (When("before"), 1),
        (When("before", until=date(2024, 1, 1)), 2),
        (When("then", until=date(2024, 12, 31), years=frozenset({2024})), 1),
        (When("then", until=date(2022, 12, 31), years=frozenset({2022})), None),
    ],
)
def test_the_version_is_chosen_by_day(when: When, place: int | None) -> None:
    """Of what held at the time asked about, the newest; nothing where none did."""
    assert choose(DAYS, (NONE, NONE, NONE), when) == place


def test_what_is_about_the_year_asked_for_wins_over_what_was_written_in_it() -> None:
    """Of several forecasts for a year the newest leads."""
    when = When("then", until=date(2023, 12, 31), years=frozenset({2023}))
    assert choose(DAYS, (NONE, frozenset({2023}), NONE), when) == 1


def test_the_day_before_which_something_was_is_not_looked_for() -> None:
    """No sentence from before it need name it."""
    assert without_limit("What was it before the rise in April 2024?") == (
        "What was it before the rise?"
    )
    assert without_limit("What was it in 2024?") == "What was it in 2024?"
