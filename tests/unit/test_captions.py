"""What is said beside a quote."""

from datetime import date

import pytest

from pullquote import Quote, Span
from pullquote.answers.captions import name_state
from pullquote.articles.files import read_article

_TABLE = "| Town | | Height |\n|-|-|-|\n| Aa Bb | old | |\n| Cc | | 5&nbsp;m |\n\nCc is low.\n"


def quote(text: str, words: str) -> Quote:
    """Return the first place of some source as a quote."""
    start = text.index(words)
    return Quote(read_article("a.md", text.encode())[0], Span(start, start + len(words)), 0.9)


def test_each_cell_comes_with_its_column() -> None:
    """Empty cells are not words, and a column without a name has none."""
    assert quote(_TABLE, "Aa Bb | old").cells == (("Town", "Aa Bb"), ("", "old"))
    assert quote(_TABLE, "Cc | | 5&nbsp;m").cells == (("Town", "Cc"), ("Height", "5\u00a0m"))


def test_a_part_of_a_cell_is_that_part() -> None:
    """Words are never added to a quote."""
    assert quote(_TABLE, "Bb").cells == (("Town", "Bb"),)


@pytest.mark.parametrize("words", ["Cc is low.", "| Aa Bb | old | |\n| Cc |", "Town"])
def test_prose_several_rows_and_heads_have_no_cells(words: str) -> None:
    """What a column says of one row it does not say of them."""
    assert quote(_TABLE, words).cells == ()


def test_a_table_without_names_has_no_cells() -> None:
    """Words without a column are understood no better."""
    assert quote("| | |\n|-|-|\n| Aa | 5 |\n", "Aa | 5").cells == ()


@pytest.mark.parametrize(
    ("front", "state"),
    [
        ("draft: true\nexpiryDate: 2025-01-01", "draft"),
        ("expiryDate: 2025-06-01", "expired"),
        ("expiryDate: 2025-06-02", ""),
        ("publishDate: 2025-06-02", "not yet out"),
        ("publishDate: 2025-06-01", ""),
        ("title: T", ""),
    ],
)
def test_a_state_is_that_of_a_day(front: str, state: str) -> None:
    """An article comes out on its day and is no more there on the day it expires."""
    article, _ = read_article("a.md", f"---\n{front}\n---\n\nWords.\n".encode())
    assert name_state(article, date(2025, 6, 1)) == state
