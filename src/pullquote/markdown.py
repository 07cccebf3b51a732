r"""Markdown as a reader sees it, with the way back to the file.

pulldown-cmark (through pyromark) names every event of a text with its byte range. From those
events come `Block`s of visible text: markup removed, entities decoded, a run of white space shown
as one space. Each visible character knows the range of the file it came from, so that everything
later is a slice of the file and nothing is ever searched for.

    **Net** sales&nbsp;rose      visible   Net sales rose
    ^^   the map ->              source    2..5 7 8..13 13..19 ...
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

import numpy as np
import pyromark

from pullquote.blocks import Block, BlockKind, Run
from pullquote.htmltext import is_silent, read_html
from pullquote.runs import RunBuilder
from pullquote.spans import Span
from pullquote.templates import find_templates, paint_over

_OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_HEADING_ATTRIBUTES
    | pyromark.Options.ENABLE_DEFINITION_LIST
    | pyromark.Options.ENABLE_GFM
)
_LONE_RETURN = re.compile(r"\r(?!\n)")
_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)")
_BREAKING_TAGS = frozenset(("br", "hr", "p", "div", "li", "td", "th", "tr"))
# Markdown inside a block of HTML is shown as it stands: nothing that anyone wants to quote.
_MARKUP = re.compile(r"^#{1,6}\s|\]\(|\]\[|\*\*")


@lru_cache(maxsize=512)
def read_blocks(text: str, start: int = 0) -> tuple[Block, ...]:
    """Read the Markdown that begins at `start` into blocks; offsets count from the text's start."""
    return _Reader(text, start).read()


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


def show(text: str, start: int, span: Span) -> str:
    """Return the words a reader sees of a span; leaves are joined by one space."""
    return " ".join(words for _, words in show_pieces(text, start, span))


class _Reader:
    """One pass over the events of a text."""

    def __init__(self, text: str, start: int) -> None:
        self._text = text
        self._start = start
        # What the parser sees, each character in its place: it does not end all lines at a lone
        # "\r", and templates would upset links, tags and emphasis.
        lines = _LONE_RETURN.sub("\n", text)
        hidden = find_templates(lines, start)
        self._painted = paint_over(lines, hidden)
        self._run = RunBuilder(text, self._painted, hidden)
        self._blocks: list[Block] = []
        self._headings: list[tuple[int, str]] = []
        self._open: list[str] = []
        self._columns: tuple[str, ...] = ()
        self._cells: list[Run] = []
        self._html: list[tuple[int, int]] = []
        self._depth = {"Image": 0, "Item": 0}
        self._level = 0
        self._silent = ""  # the tag of an inline script or the like that is open

    def read(self) -> tuple[Block, ...]:
        body = self._painted[self._start :]
        to_point = _code_points(body)
        for event, where in pyromark.events_with_range(body, options=_OPTIONS):
            start = self._start + to_point(where["start"])
            end = self._start + to_point(where["end"])
            if isinstance(event, str):
                self._flat(event, start, end)
            else:
                ((name, value),) = event.items()
                self._nested(name, value, start, end)
        self._flush()
        return tuple(self._blocks)

    def _flat(self, name: str, start: int, end: int) -> None:
        if name in ("SoftBreak", "HardBreak"):
            self._run.space(start, end)
        elif name == "Rule":
            self._flush()

    def _nested(self, name: str, value: object, start: int, end: int) -> None:
        if name == "Start":
            self._enter(value)
        elif name == "End":
            self._leave(value)
        elif name == "Html":
            self._html.append((start, end))
        elif name == "InlineHtml":
            self._inline_html(str(value), start, end)
        elif not (self._depth["Image"] or self._silent):
            self._show(name, str(value), start, end)

    def _show(self, name: str, words: str, start: int, end: int) -> None:
        if name == "Text" and self._open[-1:] == ["CodeBlock"]:
            self._run.block_code(words, start, end)
        elif name == "Text":
            self._run.words(words, start, end)
        elif name == "Code":
            self._run.code(words, start, end)

    def _enter(self, value: object) -> None:
        tag, detail = _tag(value)
        if tag in self._depth:
            self._depth[tag] += 1
        elif tag == "Link":
            self._run.links += 1
        if tag in _LEAVES or tag in _CONTAINERS:
            self._flush()
            self._open.append(tag)
        if tag == "Heading" and isinstance(detail, Mapping):
            self._level = int(str(detail["level"])[1:])
        elif tag == "Table":
            self._columns = ()
        elif tag in ("TableRow", "TableHead"):
            self._cells = []

    def _leave(self, value: object) -> None:
        tag, _ = _tag(value)
        if tag in self._depth:
            self._depth[tag] -= 1
        elif tag == "Link":
            self._run.links -= 1
        if tag == "HtmlBlock":
            self._read_html()
        if tag == "TableCell":
            self._close_cell()
        elif tag in ("TableRow", "TableHead"):
            self._close_row(tag)
        elif tag in _LEAVES or tag in _CONTAINERS:
            self._flush()
        if self._open and self._open[-1] == tag:
            self._open.pop()

    # -- HTML

    def _inline_html(self, source: str, start: int, end: int) -> None:
        found = _TAG.match(source)
        tag = found[2].casefold() if found else ""
        if found and self._silent:
            if found[1] and tag == self._silent:
                self._silent = ""
        elif found and is_silent(tag) and not found[1] and not source.endswith("/>"):
            self._silent = tag
        elif tag in _BREAKING_TAGS:
            self._run.space(start, end)

    def _read_html(self) -> None:
        """Add the text of the block of HTML whose lines were gathered."""
        joined: list[tuple[int, int]] = []
        for start, end in self._html:
            # The parser leaves the "\r" of a line break out.
            if joined and self._text[joined[-1][1] : start] in ("", "\r"):
                joined[-1] = (joined[-1][0], end)
            else:
                joined.append((start, end))
        self._html = []
        for token in read_html(self._painted, joined):
            if token.kind == "text":
                self._run.words(self._painted[token.start : token.end], token.start, token.end)
            elif token.kind == "entity":
                self._run.words(token.words, token.start, token.end)
            elif token.kind == "space":
                self._run.space(token.start, token.end)
            else:
                self._html_tag(token.kind, token.level)
        self._html_tag("break", 0)

    def _html_tag(self, kind: str, level: int) -> None:
        if kind == "link":
            self._run.links += 1
        elif kind == "unlink":
            self._run.links = max(0, self._run.links - 1)
        else:
            self._flush()
            self._run.links = 0
            self._open[-1] = "Heading" if level else "HtmlBlock"
            self._level = level

    # -- closing it

    def _take(self) -> tuple[Run | None, bool]:
        self._silent = ""
        return self._run.take()

    def _close_cell(self) -> None:
        run, _ = self._take()
        if run:
            self._cells.append(run)

    def _close_row(self, tag: str) -> None:
        cells = tuple(self._cells)
        self._cells = []
        if tag == "TableHead":
            self._columns = tuple(cell.text.strip() for cell in cells)
        if cells:
            kind: BlockKind = "heading" if tag == "TableHead" else "row"
            self._blocks.append(Block(kind, cells, self._path(), columns=self._columns))

    def _flush(self) -> None:
        tag = self._open[-1] if self._open else "Paragraph"
        if tag == "TableCell":
            return
        run, only_links = self._take()
        if run is None or (tag == "HtmlBlock" and _MARKUP.search(run.text)):
            return
        if tag == "Heading":
            title = run.text.strip()
            self._headings = [h for h in self._headings if h[0] < self._level]
            self._blocks.append(Block("heading", (run,), self._path(), level=self._level))
            self._headings.append((self._level, title))
            return
        kind: BlockKind = "paragraph"
        if tag == "CodeBlock":
            kind = "code"
        elif self._depth["Item"] or tag == "Item":
            kind = "item"
        self._blocks.append(Block(kind, (run,), self._path(), only_links=only_links))

    def _path(self) -> tuple[str, ...]:
        return tuple(title for _, title in self._headings)


_LEAVES = frozenset(
    "Paragraph Heading Item TableCell CodeBlock DefinitionListTitle"
    " DefinitionListDefinition".split()
)
_CONTAINERS = frozenset(
    "BlockQuote List Table TableHead TableRow FootnoteDefinition HtmlBlock DefinitionList".split()
)


def _tag(value: object) -> tuple[str, object]:
    """Split an event's tag into its name and its details."""
    if isinstance(value, Mapping):
        ((name, detail),) = value.items()
        return str(name), detail
    return str(value), None


def _code_points(text: str) -> Callable[[int], int]:
    """Return the map from byte offsets of a text's UTF-8 to code point offsets."""
    if text.isascii():
        return int
    data = np.frombuffer(text.encode(), dtype=np.uint8)
    # UTF-8 continuation bytes are 0b10xxxxxx: every other byte begins a code point.
    before = np.concatenate(([0], np.cumsum((data & 0xC0) != 0x80)))
    return lambda byte: int(before[byte])
