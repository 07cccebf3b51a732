"""Visible text with its map: every character a reader sees knows its place in the file."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal, NamedTuple

from pullquote.spans import Span

BlockKind = Literal["paragraph", "item", "row", "heading", "code"]

_shown, _start, _end = (attrgetter(name) for name in ("shown", "start", "end"))


class Segment(NamedTuple):
    """A stretch of visible text and its source; `exact` = character by character."""

    shown: int
    start: int
    end: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Run:
    """Visible text of one leaf (a paragraph, a heading, a table cell) with its map.

    Segments are in order and apart, both as shown and in the source.
    """

    text: str
    segments: tuple[Segment, ...]

    @property
    def span(self) -> Span:
        """The source from the first visible character to the last."""
        return Span(self.segments[0].start, self.segments[-1].end)

    def locate(self, start: int, end: int) -> Span:
        """Return the source of the visible characters ``[start, end)``; raise if there are none."""
        return Span(self._source_of(start)[0], self._source_of(end - 1)[1])

    def shown_in(self, span: Span) -> tuple[int, int]:
        """Return the visible characters whose whole source lies inside the span; may be empty."""
        first = bisect_right(self.segments, span.start, key=_end)
        last = bisect_left(self.segments, span.end, key=_start) - 1
        if first <= last and self._is_torn(first, span):
            first += 1
        if first <= last and self._is_torn(last, span):
            last -= 1
        if first > last:
            return 0, 0
        opening, closing = self.segments[first], self.segments[last]
        low = opening.shown + max(0, span.start - opening.start)
        high = self._shown_end(last) - max(0, closing.end - span.end)
        return low, high

    def _is_torn(self, number: int, span: Span) -> bool:
        segment = self.segments[number]
        inside = span.start <= segment.start and segment.end <= span.end
        return not (segment.exact or inside)

    def _shown_end(self, number: int) -> int:
        after = number + 1
        return self.segments[after].shown if after < len(self.segments) else len(self.text)

    def _source_of(self, shown: int) -> tuple[int, int]:
        if not 0 <= shown < len(self.text):
            raise ValueError(f"no visible character at {shown}")
        segment = self.segments[bisect_right(self.segments, shown, key=_shown) - 1]
        if not segment.exact:
            return segment.start, segment.end
        place = segment.start + shown - segment.shown
        return place, place + 1


@dataclass(frozen=True, slots=True)
class Block:
    """A block of visible text in file order; `runs` are its cells if it is a table row."""

    kind: BlockKind
    runs: tuple[Run, ...]
    headings: tuple[str, ...]
    level: int = 0
    columns: tuple[str, ...] = ()
    only_links: bool = False

    @property
    def text(self) -> str:
        """The visible text, cells joined by one space."""
        return " ".join(run.text for run in self.runs)

    @property
    def span(self) -> Span:
        """The source from the first visible character to the last."""
        return Span(self.runs[0].span.start, self.runs[-1].span.end)

    def shown_in(self, span: Span) -> Iterator[tuple[Run, int, int]]:
        """Yield the runs that show something of the span, and which of their characters."""
        number = bisect_right(self.runs, span.start, key=_last_end)
        while number < len(self.runs) and self.runs[number].segments[0].start < span.end:
            run = self.runs[number]
            low, high = run.shown_in(span)
            if low < high:
                yield run, low, high
            number += 1

    @property
    def quotable(self) -> bool:
        """Prose and table rows are; headings, code, link-only lines and mere signs are not."""
        prose = self.kind in ("paragraph", "item", "row") and not self.only_links
        return prose and any(map(str.isalnum, self.text))


def _last_end(run: Run) -> int:
    return run.segments[-1].end
