"""One pass over a parser's events: what shows, in which block, under which headings."""

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping

from pullquote.markdown.blocks import Block, BlockKind, RowBuilder, Run
from pullquote.markdown.events import events_in, tag_of
from pullquote.markdown.htmltext import Token, is_silent, leads_elsewhere, read_html
from pullquote.markdown.runs import RunBuilder
from pullquote.markdown.templates import find_templates, paint_over

_LONE_RETURN = re.compile(r"\r(?!\n)")
_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)")
_BREAKING_TAGS = frozenset(("br", "hr", "p", "div", "li", "td", "th", "tr"))
# Markdown inside a block of HTML: some programs read it, and its words are there to be read.
_MARKUP = re.compile(r"^[ \t]*(?:#{1,6}[ \t]|>(?:[ \t]|$)|\*[ \t])|\]\(|\]\[|\*\*", re.MULTILINE)
_INLINE_KINDS = frozenset(("text", "entity", "space", "link", "unlink"))


Hear = Callable[[str, object, int, int], None]  # told of each event, before what it shows is read


class Reader:
    """One pass over the events of a text, from `start` on; `hear` is told of each."""

    def __init__(self, text: str, start: int, hear: Hear | None = None) -> None:
        self._text = text
        self._start = start
        self._hear = hear
        # What the parser sees, each character in its place: it does not end all lines at a lone
        # "\r", and templates would upset links, tags and emphasis.
        lines = _LONE_RETURN.sub("\n", text)
        hidden = find_templates(lines, start)
        self.painted = paint_over(lines, hidden)
        self._run = RunBuilder(text, self.painted, hidden)
        self._blocks: list[Block] = []
        self._headings: list[tuple[int, str]] = []
        self._open: list[str] = []
        self._rows = RowBuilder()
        self._html: list[tuple[int, int]] = []
        self._depth = {"Image": 0, "Item": 0}
        self._level = 0
        self._silent = ""  # the tag of an inline script or the like that is open
        self._within = ""  # what holds the Markdown that is read within HTML

    def read(self) -> tuple[Block, ...]:
        """Return the blocks in file order."""
        self._parse(self._start, len(self.painted))
        self._flush()
        return tuple(self._blocks)

    def _parse(self, low: int, high: int) -> None:
        for name, value, start, end in events_in(self.painted, low, high):
            if self._hear:
                self._hear(name, value, start, end)
            if value is None:
                self._flat(name, start, end)
            else:
                self._nested(name, value, start, end)

    def _flat(self, name: str, start: int, end: int) -> None:
        if name in ("SoftBreak", "HardBreak"):
            self._run.space(start, end)
        elif name == "Rule":
            self._flush()

    def _nested(self, name: str, value: object, start: int, end: int) -> None:
        if name in ("Start", "End"):
            tag, detail = tag_of(value)
            if self._within == "TableCell" and tag in _BLOCKS:
                if name == "Start":
                    self._run.space(start - 1, start)
            elif name == "Start":
                self._enter(tag, detail)
            else:
                self._leave(tag)
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

    def _enter(self, tag: str, detail: object) -> None:
        if tag in self._depth:
            self._depth[tag] += 1
        elif tag == "Link":
            self._run.links += 1
        if tag in _BLOCKS:
            self._flush()
            self._open.append(tag)
        if tag == "Heading" and isinstance(detail, Mapping):
            self._level = int(str(detail["level"])[1:])
        elif tag == "Table":
            self._rows.open_table()
        elif tag in ("TableRow", "TableHead"):
            self._rows.open_row()
        elif tag == "TableCell":
            self._rows.open_cell()

    def _leave(self, tag: str) -> None:
        if tag in self._depth:
            self._depth[tag] -= 1
        elif tag == "Link":
            self._run.links -= 1
        if tag == "HtmlBlock":
            self._read_html()
        if tag == "TableCell":
            self._close_cell()
        elif tag in ("TableRow", "TableHead"):
            self._close_row(head=tag == "TableHead")
        elif tag in _BLOCKS:
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
        elif tag == "a" and found and not self._silent:
            self._count_link(closes=bool(found[1]), leads=leads_elsewhere(source))
        elif tag in _BREAKING_TAGS:
            self._run.space(start, end)

    def _count_link(self, *, closes: bool, leads: bool) -> None:
        if closes:
            self._run.links = max(0, self._run.links - 1)
        elif leads:
            self._run.links += 1

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
        self._show_html(joined)
        if self._within != "TableCell":
            self._end_of_words(in_cell=self._open[-1] == "TableCell")
            self._close_row(head=False)

    def _show_html(self, pieces: list[tuple[int, int]]) -> None:
        stretch: list[Token] = []
        for token in read_html(self.painted, pieces):
            if token.kind in _INLINE_KINDS:
                stretch.append(token)
            else:
                self._show_stretch(stretch, pieces)
                stretch = []
                self._html_tag(token)
        self._show_stretch(stretch, pieces)

    def _show_stretch(self, tokens: list[Token], pieces: list[tuple[int, int]]) -> None:
        """Add the words between two tags that part them, as Markdown if they look like it."""
        if not tokens:
            return
        low, high = tokens[0].start, tokens[-1].end
        source = self.painted[low:high]
        low += len(source) - len(source.lstrip())
        number = bisect_right(pieces, low, key=lambda piece: piece[0]) - 1
        whole = high <= pieces[number][1]
        if whole and not self._within and _MARKUP.search(source):
            self._within = self._open[-1]
            self._parse(low, high)
            if self._within == "TableCell" and self._html:
                self._read_html()
            self._within = ""
        else:
            for token in tokens:
                self._show_token(token)

    def _show_token(self, token: Token) -> None:
        if token.kind == "text":
            self._run.words(self.painted[token.start : token.end], token.start, token.end)
        elif token.kind == "entity":
            self._run.words(token.words, token.start, token.end)
        elif token.kind == "space":
            self._run.space(token.start, token.end)
        else:
            self._count_link(closes=token.kind == "unlink", leads=True)

    def _html_tag(self, token: Token) -> None:
        in_cell = self._open[-1] == "TableCell"
        if token.kind in ("table", "row", "cell"):
            self._end_of_words(in_cell=in_cell)
            self._table_tag(token)
        elif in_cell:
            self._run.space(token.start, token.end)
        else:
            self._end_of_words(in_cell=False)
            self._open[-1] = "Heading" if token.level else "HtmlBlock"
            self._level = token.level

    def _end_of_words(self, *, in_cell: bool) -> None:
        if in_cell:
            self._close_cell()
        else:
            self._flush()
        self._open[-1] = "HtmlBlock"

    def _table_tag(self, token: Token) -> None:
        if token.kind == "cell":
            if token.level:
                self._rows.open_cell(names=token.level > 1, spans=bool(token.words))
                self._open[-1] = "TableCell"
            return
        self._close_row(head=False)
        if token.kind == "table":
            self._rows.open_table()
        elif token.level:
            self._rows.open_row()

    # -- closing it

    def _take(self) -> tuple[Run | None, bool]:
        self._silent = ""
        self._run.links = 0
        return self._run.take()

    def _close_cell(self) -> None:
        run, only_links = self._take()
        if run:
            self._rows.add(run, only_links=only_links)

    def _close_row(self, *, head: bool) -> None:
        row = self._rows.close_row(self._path(), head=head)
        if row:
            self._blocks.append(row)

    def _flush(self) -> None:
        tag = self._open[-1] if self._open else "Paragraph"
        if tag == "TableCell":
            return
        run, only_links = self._take()
        if run is None or (tag == "HtmlBlock" and _MARKUP.search(run.text)):
            return
        self._close_row(head=False)  # words between the cells of a row part it
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


_BLOCKS = frozenset(
    """
    Paragraph Heading Item TableCell CodeBlock DefinitionListTitle DefinitionListDefinition
    BlockQuote List Table TableHead TableRow FootnoteDefinition HtmlBlock DefinitionList
    """.split()
)
