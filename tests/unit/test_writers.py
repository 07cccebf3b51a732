"""Writers: what they may say, and what is shown when they say something else."""

import pytest

from pullquote import Quote, Span
from pullquote.answers.writers import Extractive, write_answer, write_silence
from pullquote.articles.files import read_article
from tests.fakes import CannedWriter, LyingWriter

TEXT = (
    "---\ntitle: Tram\ndate: 2025-03-01\n---\n\n"
    "The **tram** opens\nin May. It cost [ten coins](https://x.example).\n"
)


def quote(words: str) -> Quote:
    """Return the quote of some source words."""
    article, _ = read_article("tram.md", TEXT.encode())
    start = TEXT.index(words)
    return Quote(article, Span(start, start + len(words)), 0.9)


QUOTES = (
    quote("The **tram** opens\nin May."),
    quote("It cost [ten coins](https://x.example)."),
)
EXTRACTIVE = Extractive().write("When?", QUOTES)


def test_the_extractive_text_is_the_quotes_with_their_places() -> None:
    """Block quotes, numbered, each with title, date and place."""
    assert EXTRACTIVE == (
        "> The tram opens in May. [1]\n>\n> — Tram, 2025-03-01 (tram.md:38-64)\n\n"
        "> It cost ten coins. [2]\n>\n> — Tram, 2025-03-01 (tram.md:65-104)"
    )
    assert write_answer("When?", QUOTES, Extractive()) == (EXTRACTIVE, ())


@pytest.mark.parametrize(
    "text",
    [
        "It opens in May [1].",
        "“The tram opens in May” [1], and it “cost ten coins.” [2]",
        'The article: "opens in May" [1]',
        "«ten coins» [2]",
    ],
)
def test_a_writer_that_keeps_to_the_quotes_is_shown(text: str) -> None:
    """Own words may surround words that stand in a quote."""
    writer = CannedWriter(text)
    assert write_answer("When?", QUOTES, writer) == (text, ())
    assert writer.calls == [("When?", QUOTES)]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("It opens in May.", "it cites nothing"),
        ("It opens in May [3].", "it cites [3], which is not there"),
        ("It opens in May [0].", "it cites [0], which is not there"),
        ("“The tram opens in June” [1]", "no quote holds the words “The tram opens in June”"),
        ("“the tram opens” [1]", "no quote holds the words “the tram opens”"),
        ('"May. It cost" [1]', "no quote holds the words “May. It cost”"),
        ("", "it cites nothing"),
    ],
)
def test_a_fault_is_named_and_the_quotes_are_shown_instead(text: str, fault: str) -> None:
    """Bad citations and changed words never reach the reader."""
    assert write_answer("When?", QUOTES, CannedWriter(text)) == (
        EXTRACTIVE,
        (f"The writer's text was not used: {fault}.",),
    )


def test_a_liar_is_not_shown() -> None:
    """Perfect citations do not make a lie true."""
    text, (note,) = write_answer("When?", QUOTES, LyingWriter())
    assert text == EXTRACTIVE
    assert "Profits tripled" in note


def test_silence_says_so_and_shows_what_came_closest() -> None:
    """The words of the contract come first, then reasons, then the near misses."""
    assert write_silence((), ()) == "Your articles don't say."
    assert write_silence(QUOTES[:1], ("Nothing mentions “fog”.",)) == (
        "Your articles don't say. Nothing mentions “fog”.\n\nWhat came closest:\n"
        "- The tram opens in May. — Tram, 2025-03-01 (tram.md:38-64)"
    )


def test_silence_says_of_each_near_miss_what_it_lacks() -> None:
    """A line below the quote, as long as there is something to say."""
    said = write_silence(QUOTES, (), ("Mentions “tram”, but not “fog”.", ""))
    assert said.split("\n")[3:] == [
        "- The tram opens in May. — Tram, 2025-03-01 (tram.md:38-64)",
        "  Mentions “tram”, but not “fog”.",
        "- It cost ten coins. — Tram, 2025-03-01 (tram.md:65-104)",
    ]
