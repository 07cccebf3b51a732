"""Spans: places in a text, and the lines they lie on."""

import pytest

from pullquote.spans import Span, find_lines


def test_a_span_reads_its_characters() -> None:
    """A span is half-open and counts code points."""
    assert Span(2, 4).of("aé🎉b\u0301c") == "🎉b"


@pytest.mark.parametrize(("start", "end"), [(3, 3), (4, 3), (-1, 2)])
def test_an_empty_or_negative_span_cannot_be_made(start: int, end: int) -> None:
    """A span has at least one character and starts at 0 or later."""
    with pytest.raises(ValueError, match=r"not a span"):
        Span(start, end)


@pytest.mark.parametrize(
    ("other", "holds", "meets"),
    [
        (Span(2, 5), True, True),
        (Span(3, 4), True, True),
        (Span(1, 5), False, True),
        (Span(4, 6), False, True),
        (Span(5, 6), False, False),
        (Span(0, 2), False, False),
    ],
)
def test_a_span_tells_what_it_holds_and_meets(other: Span, holds: bool, meets: bool) -> None:
    """Neighbours that only touch do not meet."""
    assert (Span(2, 5).holds(other), Span(2, 5).meets(other)) == (holds, meets)


def test_spans_sort_by_place() -> None:
    """The earlier start comes first, then the earlier end."""
    assert sorted([Span(2, 9), Span(2, 3), Span(0, 9)]) == [Span(0, 9), Span(2, 3), Span(2, 9)]


@pytest.mark.parametrize(
    ("text", "words", "lines"),
    [
        ("one\ntwo\nthree", "two", (2, 2)),
        ("one\r\ntwo\r\nthree", "three", (3, 3)),
        ("one\rtwo\rthree", "two\rthree", (2, 3)),
        ("one\ntwo\n", "one\ntwo\n", (1, 2)),
        ("a\x0bb\x0cc\u2028d\x85e\nf", "e", (1, 1)),
        ("a\x0bb\x0cc\u2028d\x85e\nf", "f", (2, 2)),
    ],
)
def test_lines_are_counted_as_editors_do(text: str, words: str, lines: tuple[int, int]) -> None:
    """Only CR LF, LF and CR end a line; form feeds and U+2028 do not."""
    start = text.index(words)
    assert find_lines(text, Span(start, start + len(words))) == lines
