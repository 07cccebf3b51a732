"""Figures, days and hours in sentences."""

from datetime import date
from decimal import Decimal

import pytest

from pullquote.language.amounts import (
    Moment,
    read_amounts,
    read_moments,
    read_periods,
    sharers_of,
)


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("It costs £4.95 each way.", [("£", "4.95")]),
        ("over $100 billion in 2025", [("$", "100000000000")]),
        ("about 65 bn euros", [("€", "65000000000")]),
        ("$60 to $65 billion", [("$", "60000000000"), ("$", "65000000000")]),
        ("12 % of them, or 1.5 percent", [("%", "12"), ("%", "1.5")]),
        ("it has 2,150 branches", [("branch", "2150")]),
        ("for 50 pence", [("£", "0.5")]),
        ("five crossings", [("cross", "5")]),
        ("a late book costs nothing", [("free", "0")]),
        ("until 9:45 p.m. or 17:30", [("clock", "1305"), ("clock", "1050")]),
        ("in Q4 of 2024, on 15 July, Line No. 7", []),
    ],
)
def test_figures_have_a_value_and_a_unit(text: str, amounts: list[tuple[str, str]]) -> None:
    """Years, days and the numbers of names are none."""
    found = [(amount.unit, amount.value) for amount in read_amounts(text)]
    assert found == [(unit, Decimal(value)) for unit, value in amounts]


def test_a_figure_keeps_its_own_words() -> None:
    """They are a slice of the text."""
    text = "Tollan will spend £21.3 million on it."
    assert [amount.of(text) for amount in read_amounts(text)] == ["£21.3 million"]


def test_moments_say_whether_something_begins_then() -> None:
    """A day without a year is in the year nearest to that of writing."""
    (moment,) = read_moments("From 1 April an adult pays more.")
    assert moment == Moment(None, 4, 1, begins=True)
    assert moment.place(date(2024, 3, 7)) == date(2024, 4, 1)
    assert moment.place(date(2024, 12, 30)) == date(2025, 4, 1)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("Sales came to £412 million in 2023.", {2023}),
        ("Revenue this year will be £318 million.", {2024}),
        ("It was less than last year.", {2023}),
        ("Since 1 May 2024 it costs £3.", set()),
        ("It holds 2,024 people.", set()),
    ],
)
def test_periods_are_years_spoken_of(text: str, years: set[int]) -> None:
    """A year from which something holds is none; "this year" is that of writing."""
    assert read_periods(text, date(2024, 11, 19)) == years


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Taken together, the four companies plan to spend over $315 billion in 2025.", ""),
        ("Between them they will spend $315 billion.", ""),
        ("The two towns want £5.1 million for their walls.", ""),
        (
            "Amazon, Microsoft and Meta will spend $245 billion in 2025.",
            "Amazon, Microsoft and Meta",
        ),
        ("In 2025, Tollan and Wexcombe spend £9 million on walls.", "Tollan and Wexcombe"),
    ],
)
def test_an_amount_may_belong_to_several(text: str, names: str) -> None:
    """Together: a group that is counted, or a list of names before it."""
    assert sharers_of(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "Meta plans to spend as much as $65 billion.",
        "Revenue for the three months to December rose to $983 million.",
        "Tollan and Wexcombe each spend £4 million.",
        "Amazon and Meta spend $100 billion and $65 billion respectively.",
        "Meta and its partners meet in Paris.",
        "Amazon and Meta report on Wednesday, and Meta will spend $65 billion.",
        "Amazon has raised its stake to $8 billion altogether.",
        "The two towns agreed that each pays £4 million.",
        "Amazon will spend $100 billion, Google and Meta less.",
    ],
)
def test_an_amount_of_one_belongs_to_nobody_else(text: str) -> None:
    """Nor does one that each of several has, or where there is one for each."""
    assert sharers_of(text) is None
