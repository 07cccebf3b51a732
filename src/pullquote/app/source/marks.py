"""The words of one block as HTML: quotes marked, the short answer in bold, styles within. Pure.

Marks are placed by offset, through the map from visible characters to the file; no text is ever
searched for. Within a block a quote is one element, whatever styles begin or end inside it.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import NamedTuple

from pullquote.app.render import safe_link
from pullquote.markdown.blocks import Run
from pullquote.markdown.outline import Region
from pullquote.spans import Span

_TAGS = frozenset(("em", "strong", "s", "code"))


class Marking(NamedTuple):
    """The quotes of one article, each with its number, and the short answer inside the current."""

    spans: Sequence[tuple[int, Span]] = ()
    current: int = 0
    focus: Span | None = None


class _Layer(NamedTuple):
    """An element over the visible characters ``[low, high)`` of a run."""

    low: int
    high: int
    opening: str
    closing: str


class Marked:
    """Runs of one article as HTML, to be asked for in file order."""

    def __init__(
        self, text: str, marking: Marking, styles: Sequence[Region], notes: Sequence[Region]
    ) -> None:
        self._text = text
        self._current, self._focus = marking.current, marking.focus
        self._spans = _uncrossed(marking.spans, marking.current)
        self._styles = _Reel(styles)
        self._notes = _Reel(notes)

    def show(self, run: Run) -> str:
        """Return the run's visible text, every character escaped."""
        # Earlier ones are outer: an element ends where one before it begins or ends.
        layers = [*self._layers_of_quotes(run), *self._layers_of_styles(run)]
        signs = dict(self._references(run))
        return _weave(run.text, layers, signs) if layers or signs else escape(run.text)

    def _layers_of_quotes(self, run: Run) -> Iterator[_Layer]:
        found = [(number, _words_in(run, span)) for number, span in self._spans]
        marks = [(low, high, number) for number, (low, high) in found if low < high]
        marks.sort(key=lambda mark: (mark[0], -mark[1], mark[2]))
        for low, high, number in marks:
            source = run.locate(low, high)
            current = ' aria-current="true"' if number == self._current else ""
            yield _Layer(
                low,
                high,
                f'<mark class="quote" data-n="{number}" data-start="{source.start}"'
                f' data-end="{source.end}"{current}>',
                "</mark>",
            )
        here = next((mark for mark in marks if mark[2] == self._current), None)
        if here and self._focus:
            low, high = _words_in(run, self._focus)
            low, high = max(low, here[0]), min(high, here[1])
            if low < high:
                yield _Layer(low, high, '<b class="focus">', "</b>")

    def _layers_of_styles(self, run: Run) -> Iterator[_Layer]:
        start, end = _ends(run)
        for style in self._styles.between(start, end):
            low, high = run.shown_in(Span(style.start, style.end))
            tag = style.kind
            link = safe_link(style.detail) if tag == "link" else None
            if low < high and tag in _TAGS:
                yield _Layer(low, high, f"<{tag}>", f"</{tag}>")
            elif low < high and link:
                opening = f'<a href="{escape(link)}" target="_blank" rel="noopener noreferrer">'
                yield _Layer(low, high, opening, "</a>")

    def _references(self, run: Run) -> Iterator[tuple[int, str]]:
        """Yield the references to footnotes, each with where it stands among the characters.

        Their labels are left to the style sheet: they are no words of the article.
        """
        start, end = _ends(run)
        found: dict[int, str] = {}
        for note in self._notes.between(0, len(self._text)):
            if note.start >= end and _has_line_end(self._text, end, note.start):
                break
            self._notes.skip()
            low = run.shown_in(Span(start, note.start))[1] if note.start > start else 0
            sign = f'<sup class="reference" data-label="{escape(str(note.detail))}"></sup>'
            found[low] = found.get(low, "") + sign
        yield from found.items()


class _Reel:
    """Regions in file order, wound on as they pass."""

    def __init__(self, regions: Sequence[Region]) -> None:
        self._regions = regions
        self._at = 0

    def between(self, low: int, high: int) -> Iterator[Region]:
        """Yield those that share a character; all that end before are gone for good."""
        while self._at < len(self._regions) and self._regions[self._at].end <= low:
            self._at += 1
        number = self._at
        while number < len(self._regions) and self._regions[number].start < high:
            if self._regions[number].end > low:
                yield self._regions[number]
            number += 1

    def skip(self) -> None:
        """Let the first one pass."""
        self._at += 1


def _weave(text: str, layers: Sequence[_Layer], signs: dict[int, str]) -> str:
    """Return the text in its layers; one that crosses an earlier one is split at its edges."""
    opening: dict[int, list[int]] = {}
    closing: dict[int, list[int]] = {}
    for number, layer in enumerate(layers):
        opening.setdefault(layer.low, []).append(number)
        closing.setdefault(layer.high, []).append(number)
    borders = sorted({0, len(text), *opening, *closing, *signs})
    active: list[int] = []  # the layers over the next characters, outer first
    opened: list[int] = []
    parts: list[str] = []
    for border, following in zip(borders, [*borders[1:], len(text)], strict=True):
        for number in closing.get(border, ()):
            del active[bisect_left(active, number)]
        for number in opening.get(border, ()):
            insort(active, number)
        parts.append(signs.get(border, ""))
        same = _shared(opened, active)
        parts += [layers[number].closing for number in reversed(opened[same:])]
        parts += [layers[number].opening for number in active[same:]]
        opened = list(active)
        parts.append(escape(text[border:following]))
    return "".join(parts)


def _shared(one: Sequence[int], other: Sequence[int]) -> int:
    """Return how many first items two lists share."""
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return count


def _has_line_end(text: str, low: int, high: int) -> bool:
    return text.find("\n", low, high) >= 0 or text.find("\r", low, high) >= 0


def _ends(run: Run) -> tuple[int, int]:
    return run.segments[0].start, run.segments[-1].end


def _words_in(run: Run, span: Span) -> tuple[int, int]:
    """Return which characters show a span, without the white space around them; may be none."""
    start, end = _ends(run)
    if span.end <= start or end <= span.start:
        return 0, 0
    low, high = run.shown_in(span)
    words = run.text[low:high]
    if not words.strip():
        return 0, 0
    return low + len(words) - len(words.lstrip()), high - len(words) + len(words.rstrip())


def _uncrossed(spans: Iterable[tuple[int, Span]], current: int) -> list[tuple[int, Span]]:
    """Leave out quotes that begin inside one and end outside: elements can nest, not cross.

    The current quote is always kept, then the lower number.
    """
    kept: list[tuple[int, Span]] = []
    for number, span in sorted(spans, key=lambda item: (item[0] != current, item[0])):
        if not any(span.meets(k) and not (span.holds(k) or k.holds(span)) for _, k in kept):
            kept.append((number, span))
    return kept
