"""Quotation marks of several languages: what is open, whose words, who speaks."""

import pytest

from pullquote.language.quotations import is_all_quotation, is_open, names_speaker, without_stray


@pytest.mark.parametrize(
    "text",
    [
        "“We were late.",
        "He said: “We were late.",
        "„Wir waren zu spät.",
        "« Nous étions en retard.",
        "»Wir waren zu spät.",
        '"We were late.',
        "“He told me “no” and left.",
        "“A.” “B.",
    ],
)
def test_a_quotation_that_does_not_end_is_open(text: str) -> None:
    """The closing mark is missing."""
    assert is_open(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "We were late.",
        "“We were late,” she said.",
        "„Wir waren zu spät“, sagte sie.",
        "« Nous étions en retard », dit-elle.",
        "»Wir waren zu spät«, sagte sie.",
        '"We were late," she said.',
        "“He told me “no” and left.”",
        "late,” she said.",
        "It’s the firm’s ‘plan’.",
    ],
)
def test_a_quotation_that_ends_is_not_open(text: str) -> None:
    """Every mark has its partner, or is only a closing one."""
    assert not is_open(text)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("“We were late.”", True),
        ("„Wir waren zu spät.“", True),
        ("« Nous étions en retard. »", True),
        ('"We were late."', True),
        ("“We were late.” “We knew it.”", True),
        ("“We were late,” she said.", False),
        ("“Late” and “later” are words.", False),
        ("“Late” differs from “later”", False),
        ("“We were late.", False),
        ("We were late.", False),
    ],
)
def test_words_that_are_all_quotation_are_told(text: str, whole: bool) -> None:
    """Nothing outside of the marks means that the speaker is missing."""
    assert is_all_quotation(text) is whole


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("“We were late,” Verne said.", True),
        ("According to Verne, nobody asked.", True),
        ("„Zu spät“, sagte Verne.", True),
        ("“He said so.”", False),
        ("The tide fell.", False),
    ],
)
def test_a_speaker_is_named_outside_of_the_marks(text: str, named: bool) -> None:
    """A verb of speech inside of a quotation names nobody."""
    assert names_speaker(text) is named


def test_straight_marks_count_only_in_pairs() -> None:
    """One that has no partner is an inch."""
    assert without_stray('A 5" pipe.') == "A 5  pipe."
    assert without_stray('A "5" pipe.') == 'A "5" pipe.'
