r"""Markdown as a reader sees it, with the way back to the file.

pulldown-cmark (through pyromark) names every event of a text with its byte range. From those
events come `Block`s of visible text: markup removed, entities decoded, a run of white space shown
as one space. Each visible character knows the range of the file it came from, so that everything
later is a slice of the file and nothing is ever searched for.

    **Net** sales&nbsp;rose      visible   Net sales rose
    ^^   the map ->              source    2..5 7 8..13 13..19 ...
"""

from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

from pullquote.markdown.blocks import Block
from pullquote.markdown.reading import Reader
from pullquote.spans import Span


@lru_cache(maxsize=512)
def read_blocks(text: str, start: int = 0) -> tuple[Block, ...]:
    """Read the Markdown that begins at `start` into blocks; offsets count from the text's start."""
    return Reader(text, start).read()


def show_pieces(text: str, start: int, span: Span) -> tuple[tuple[Span, str], ...]:
    """Return what a reader sees of a span, leaf by leaf: each piece's source and its words."""
    pieces = []
    for block in blocks_in(text, start, span):
        for run, low, high in block.shown_in(span):
            words = run.text[low:high]
            if words.strip():
                low += len(words) - len(words.lstrip())
                high -= len(words) - len(words.rstrip())
                pieces.append((run.locate(low, high), run.text[low:high]))
    return tuple(pieces)


def blocks_in(text: str, start: int, span: Span) -> Iterator[Block]:
    """Yield the blocks that share a character with the span."""
    blocks = read_blocks(text, start)
    number = bisect_right(blocks, span.start, key=lambda block: block.runs[-1].segments[-1].end)
    while number < len(blocks) and blocks[number].runs[0].segments[0].start < span.end:
        yield blocks[number]
        number += 1


# An answer looks at the same sentences from many sides.
@lru_cache(maxsize=1024)
def show(text: str, start: int, span: Span) -> str:
    """Return the words a reader sees of a span; leaves are joined by one space."""
    return " ".join(words for _, words in show_pieces(text, start, span))


def locate(text: str, start: int, span: Span, low: int, high: int) -> Span | None:
    """Return the source of a range of what a reader sees of a span; None if it shows nothing."""
    place = 0
    found: list[Span] = []
    for block in blocks_in(text, start, span):
        for run, first, last in block.shown_in(span):
            words = run.text[first:last]
            if not words.strip():
                continue
            first += len(words) - len(words.lstrip())
            length = len(words.strip())
            one, other = max(low - place, 0), min(high - place, length)
            if one < other:
                found.append(run.locate(first + one, first + other))
            place += length + 1
    return Span(found[0].start, found[-1].end) if found else None


def columns_at(text: str, start: int, span: Span) -> tuple[str, ...]:
    """Return the column names of the cells that a span in one table row shows, else nothing.

    There is a name for each cell shown, "" where the column has none.
    """
    blocks = [b for b in blocks_in(text, start, span) if any(True for _ in b.shown_in(span))]
    if len(blocks) != 1 or blocks[0].kind != "row" or not blocks[0].columns:
        return ()
    return blocks[0].names_in(span)
