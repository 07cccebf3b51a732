"""Sentence spans: the gold set, the invariants and the cost."""

import json
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullquote.language.sentences import split_sentences

GOLD: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "golden" / "sentences.json").read_text(encoding="utf-8")
)
KNOWN_LIMIT = "known limit"
# Measured with benchmarks/splitters.py; raise it when a known limit falls.
EXACT_OF_KNOWN_LIMITS = 2

# Letters, marks and spaces that the rules look at, so that examples reach the rules.
TRICKY = st.text(alphabet="aTsS19 .!?…。」”“\"'’)([]»*—\u00a0\n`éЯ中।", max_size=60)
ANY = st.text(max_size=60) | TRICKY


def pieces(text: str) -> list[str]:
    """Return the sentences themselves."""
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "item",
    [item for item in GOLD if not item["trap"].startswith(KNOWN_LIMIT)],
    ids=lambda item: item["trap"],
)
def test_a_gold_text_is_split_exactly(item: dict[str, Any]) -> None:
    """Every text of the gold set outside the known limits gives its sentences."""
    assert pieces(item["text"]) == item["sentences"]


def test_the_known_limits_are_no_worse_than_measured() -> None:
    """As many sentences of the known limits come out exactly as when they were measured."""
    limits = [item for item in GOLD if item["trap"].startswith(KNOWN_LIMIT)]
    exact = sum(len(set(pieces(item["text"])) & set(item["sentences"])) for item in limits)
    failing = [item["trap"] for item in limits if pieces(item["text"]) != item["sentences"]]
    assert exact >= EXACT_OF_KNOWN_LIMITS, failing


def test_the_gold_sentences_are_in_their_texts() -> None:
    """Each gold text is its sentences and white space, so that the gold set can be met."""
    torn = [
        item["trap"]
        for item in GOLD
        if "".join(item["text"].split()) != "".join("".join(item["sentences"]).split())
    ]
    assert torn == []


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Πού είναι; Έφυγε χθες.", ["Πού είναι;", "Έφυγε χθες."]),
        ("Πού είναι\u037e Έφυγε.", ["Πού είναι\u037e", "Έφυγε."]),
        ("\u202bمرحبا.\u202c كيف؟\u200f نعم.", ["\u202bمرحبا.\u202c", "كيف؟\u200f", "نعم."]),
        ("Նա եկավ։ Նա գնաց։", ["Նա եկավ։", "Նա գնաց։"]),
        ("यह घर है। वह गया॥ ठीक।", ["यह घर है।", "वह गया॥", "ठीक।"]),
    ],
)
def test_other_scripts_have_other_stops(text: str, sentences: list[str]) -> None:
    """Greek, Armenian and Devanagari stops end sentences; so do stops before a direction mark."""
    assert pieces(text) == sentences


@pytest.mark.parametrize("text", ["", " ", "\n\u00a0\t"])
def test_a_blank_text_has_no_sentences(text: str) -> None:
    """White space alone gives no spans."""
    assert split_sentences(text) == ()


@given(ANY)
def test_every_character_that_is_not_white_is_covered(text: str) -> None:
    """What lies outside the spans is white space."""
    outside = list(text)
    for start, end in split_sentences(text):
        outside[start:end] = " " * (end - start)
    assert "".join(outside).strip() == ""


@given(ANY)
def test_spans_are_ordered_and_apart(text: str) -> None:
    """Each span ends after it starts and before the next one starts."""
    flat = [offset for span in split_sentences(text) for offset in span]
    assert flat == sorted(flat)
    assert all(start < end for start, end in split_sentences(text))


@given(ANY)
def test_spans_are_trimmed(text: str) -> None:
    """No sentence begins or ends with white space."""
    assert all(piece == piece.strip() for piece in pieces(text))


@given(ANY)
def test_surrounding_white_space_only_moves_the_spans(text: str) -> None:
    """Padding a text shifts its spans and changes nothing else."""
    moved = tuple((start + 2, end + 2) for start, end in split_sentences(text))
    assert split_sentences(f"  {text} ") == moved


def _calls(text: str) -> int:
    """Count the function calls, of Python and of C, that splitting makes."""
    count = 0

    def tick(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(tick)
    try:
        split_sentences(text)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(
    "unit",
    [". ", ".", "A. ", "U.S. ", "?” Al ", "...) ", "「。」", "1. ", "[...] ", ".[1] ", "in 3. "],
)
def test_twice_the_text_takes_at_most_twice_the_calls(unit: str) -> None:
    """The number of steps grows no faster than the text, whatever is repeated."""
    assert _calls(unit * 2000) <= 2.02 * _calls(unit * 1000)  # a text's end costs less


@pytest.mark.parametrize("unit", [".", " ", "a", "(", "”", ". ", "[", "A.\u00a0", "!”"])
def test_a_megabyte_of_one_thing_is_still_covered(unit: str) -> None:
    """Long runs, which a backtracking pattern would never get through, come back covered."""
    text = unit * (1_000_000 // len(unit))
    covered = sum(end - start for start, end in split_sentences(text))
    assert covered >= len("".join(text.split()))


def test_a_long_run_of_openers_is_not_read_again_at_each_stop() -> None:
    """A sentence that starts with many brackets and has many stops is read once."""
    text = "(" * 500_000 + "x. y " * 100_000
    assert split_sentences(text) == ((0, len(text) - 1),)


@pytest.mark.parametrize("month", ["January", "Maintenance", "Julius"])
def test_a_year_before_a_word_that_begins_like_a_german_month_ends_a_sentence(month: str) -> None:
    """Before the month itself it may be an ordinal: "am 3. Juli"."""
    assert pieces(f"It opened in 2023. {month} took a week.") == [
        "It opened in 2023.",
        f"{month} took a week.",
    ]
