"""The whole text of an article as HTML, with the quotes of an answer marked. Pure.

What the words stand in (lists, tables, quotations) comes from the outline; the words themselves,
and so the marks, are those that are quoted. Nothing is loaded: a picture is its text.
"""

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from pullquote.app.source.marks import Marked, Marking
from pullquote.markdown.blocks import Block
from pullquote.markdown.outline import Outline, Region, read_outline
from pullquote.types import Article

# Of lists in lists, and the like; deeper ones look like their surroundings.
_DEEPEST = 12
_TOP, _MOST_LEVELS = 3, 3  # an article's highest heading is an h3, the lowest an h6
_ALIGNED = {"Right": "right", "Center": "center"}
_ELEMENTS = {
    "quote": ('<blockquote dir="auto">', "</blockquote>"),
    "table": ('<div class="table"><table dir="auto">', "</table></div>"),
    "definitions": ("<dl>", "</dl>"),
    "term": ('<dt dir="auto">', "</dt>"),
    "definition": ('<dd dir="auto">', "</dd>"),
}


class _Leaf(NamedTuple):
    """A block, or a thing without words, with where it belongs in the file."""

    place: int
    end: int
    block: Block | None
    thing: Region | None


def show_body(article: Article, marking: Marking) -> str:
    """Return the article's text; every character of it is escaped."""
    return _Writer(article.text, read_outline(article.text, article.body), marking).write()


class _Writer:
    def __init__(self, text: str, outline: Outline, marking: Marking) -> None:
        self._outline = outline
        self._marked = Marked(text, marking, outline.styles, outline.notes)
        levels = [block.level for block in outline.blocks if block.level]
        self._top = min(levels, default=1)
        self._open: tuple[Region, ...] = ()
        self._parts: list[str] = []

    def write(self) -> str:
        """Return the HTML of all leaves, in file order."""
        for leaf, path in _walk(self._outline):
            if leaf.block and _is_row(leaf.block):
                self._row(leaf.block, path)
                continue
            self._move_to(path)
            if leaf.block:
                self._parts.append(self._show(leaf.block))
            elif leaf.thing:
                self._parts.append(_show_thing(leaf.thing))
        self._move_to(())
        return "".join(self._parts)

    def _move_to(self, path: tuple[Region, ...]) -> None:
        """Close what does not hold the next leaf, open what does."""
        same = 0
        while same < min(len(path), len(self._open)) and path[same] is self._open[same]:
            same += 1
        for region in reversed(self._open[same:]):
            self._parts.append(_element(region)[1])
        for region in path[same:]:
            self._parts.append(_element(region)[0])
        self._open = path

    def _show(self, block: Block) -> str:
        words = self._marked.show(block.runs[0])
        if block.kind == "heading":
            tag = f"h{_TOP + min(_MOST_LEVELS, block.level - self._top)}"
            return f'<{tag} dir="auto">{words}</{tag}>'
        if block.kind == "code":
            return f'<pre dir="ltr"><code>{words}</code></pre>'
        return f'<p dir="auto">{words}</p>'

    def _row(self, block: Block, path: tuple[Region, ...]) -> None:
        """Add a row, each cell in its column: empty ones have no run.

        A table that was written in HTML has no place of its own; a row of names begins it.
        """
        if not path or path[-1].kind != "table":
            going_on = self._open[:-1] == path and self._open[-1:] and block.kind != "heading"
            last = self._open[-1] if going_on and self._open[-1].kind == "table" else None
            path = (*path, last or Region("table", block.span.start, block.span.end, ()))
        self._move_to(path)
        tag = "th" if block.kind == "heading" else "td"
        sides = [_ALIGNED.get(side, "") for side in path[-1].detail]
        sides += [""] * (block.numbers[-1] + 1 - len(sides))
        cells: list[str] = []
        for number, run in zip(block.numbers, block.runs, strict=True):
            cells += [""] * (number - len(cells))
            cells.append(self._marked.show(run))
        self._parts.append("<tr>")
        for side, cell in zip(sides, cells, strict=False):
            aligned = f' class="{side}"' if side else ""
            self._parts.append(f'<{tag}{aligned} dir="auto">{cell}</{tag}>')
        self._parts.append("</tr>")


def _walk(outline: Outline) -> Iterator[tuple[_Leaf, tuple[Region, ...]]]:
    """Yield the leaves in file order, each with what holds the whole of it, outer first."""
    containers, following = outline.containers, 0
    holding: list[Region] = []
    for leaf in _leaves(outline):
        while following < len(containers) and containers[following].start <= leaf.place:
            region = containers[following]
            following += 1
            while holding and holding[-1].end <= region.start:
                holding.pop()
            if region.end > leaf.place:
                holding.append(region)
        while holding and holding[-1].end <= leaf.place:
            holding.pop()
        yield leaf, _path(leaf, holding)


def _path(leaf: _Leaf, holding: Sequence[Region]) -> tuple[Region, ...]:
    row = leaf.block is not None and _is_row(leaf.block)
    whole = [region for region in holding if region.end >= leaf.end]
    path = [region for region in whole if region.kind != "table"][:_DEEPEST]
    if path and path[-1].kind == "list":  # which holds nothing but its items
        path.pop()
    return (*path, *(region for region in whole[-1:] if row and region.kind == "table"))


def _leaves(outline: Outline) -> list[_Leaf]:
    leaves = [_Leaf(b.span.start, b.span.end, b, None) for b in outline.blocks]
    tables = [region for region in outline.containers if region.kind == "table"]
    number = 0
    for thing in outline.things:
        while number < len(tables) and tables[number].end <= thing.start:
            number += 1
        # The pictures of a table come after it, to not tear it apart.
        inside = number < len(tables) and tables[number].start <= thing.start
        place = tables[number].end - 1 if inside else thing.start
        leaves.append(_Leaf(place, place + 1, None, thing))
    return sorted(leaves, key=lambda leaf: (leaf.place, leaf.block is None))


def _is_row(block: Block) -> bool:
    return block.kind == "row" or (block.kind == "heading" and not block.level)


def _element(region: Region) -> tuple[str, str]:
    """Return what opens and closes the element of a region."""
    number = region.detail
    if region.kind == "list":
        return ("<ul>", "</ul>") if number is None else (f'<ol start="{number:d}">', "</ol>")
    if region.kind == "item":
        value = "" if number is None else f' value="{number:d}"'
        tasks = {None: "", True: ' class="task done"', False: ' class="task"'}
        return f"<li{value}{tasks[region.done]}>", "</li>"
    if region.kind == "note":
        return f'<div class="footnote" data-label="{escape(str(number))}">', "</div>"
    return _ELEMENTS[region.kind]


def _show_thing(thing: Region) -> str:
    if thing.kind == "rule":
        return "<hr>"
    words = escape(thing.detail)
    return f'<figure class="picture" dir="auto">{words}</figure>' if words else ""
