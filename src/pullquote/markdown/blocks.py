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
    """A block of visible text in file order; `runs` are its cells if it is a table row.

    A row's `columns` are the names of all columns, "" for one without a name; `numbers` tell in
    which column each run stands, for empty cells have no run.
    """

    kind: BlockKind
    runs: tuple[Run, ...]
    headings: tuple[str, ...]
    level: int = 0
    columns: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
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

    def names_in(self, span: Span) -> tuple[str, ...]:
        """Return the column names of the cells that show something of the span."""
        names = dict(enumerate(self.columns))
        shown = {run.span for run, _, _ in self.shown_in(span)}
        cells = zip(self.numbers, self.runs, strict=False)
        return tuple(names.get(number, "") for number, run in cells if run.span in shown)

    @property
    def quotable(self) -> bool:
        """Prose and table rows are; headings, code, link-only lines and mere signs are not."""
        prose = self.kind in ("paragraph", "item", "row") and not self.only_links
        return prose and any(map(str.isalnum, self.text))


class RowBuilder:
    """Gathers the cells of a table, row by row; knows in which column each one stands."""

    def __init__(self) -> None:
        self._cells: dict[int, Run] = {}
        self._all_names = self._all_links = True
        self.open_table()

    def open_table(self) -> None:
        """Begin a table: no column has a name."""
        self._columns: tuple[str, ...] = ()
        self._spanned = False
        self.open_row()

    def open_row(self) -> None:
        """Begin a row."""
        self._number = -1
        self._begin()

    def open_cell(self, *, names: bool = False, spans: bool = False) -> None:
        """Begin a cell, that of a column's name or one that spans several columns or rows."""
        self._number += 1
        self._all_names = self._all_names and names
        if spans:  # where the cells of this table stand can no longer be told by counting
            self._spanned = True
            self._columns = ()

    def add(self, run: Run, *, only_links: bool) -> None:
        """Add what the open cell shows."""
        self._cells[self._number] = run
        self._all_links = self._all_links and only_links

    def close_row(self, headings: tuple[str, ...], *, head: bool = False) -> Block | None:
        """Return the row, if it shows anything; a first row of names names the columns.

        A single cell is no table but the way old pages place their words.
        """
        cells = self._cells
        if not cells:
            return None
        head = head or (self._all_names and not self._columns and self._number > 0)
        if head and not self._spanned:
            numbers = range(self._number + 1)
            self._columns = tuple(cells[n].text.strip() if n in cells else "" for n in numbers)
        menu = self._all_links and not self._columns
        self._begin()
        kind: BlockKind = "heading" if head else "row"
        if not (head or self._columns or self._number > 0):
            kind = "paragraph"
        return Block(
            kind,
            tuple(cells.values()),
            headings,
            columns=self._columns,
            numbers=tuple(cells),
            only_links=menu,
        )

    def _begin(self) -> None:
        self._cells = {}
        self._all_names = self._all_links = True


def _last_end(run: Run) -> int:
    return run.segments[-1].end
