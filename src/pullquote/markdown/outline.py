"""What the words of an article stand in: emphasis and links, lists and tables, by their places.

`read_blocks` knows the words; this adds, from the same pass over the parser's events, the source
ranges of everything that only says how they look. Nothing here is ever quoted.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import unquote

from pullquote.markdown.blocks import Block
from pullquote.markdown.events import tag_of
from pullquote.markdown.reading import Reader

# Deeper ones look like their surroundings: an article of nothing but marks stays a small page.
_DEEPEST_STYLE = 8
_STYLES = {"Emphasis": "em", "Strong": "strong", "Strikethrough": "s", "Link": "link"}
_CONTAINERS = {
    "BlockQuote": "quote",
    "List": "list",
    "Item": "item",
    "Table": "table",
    "FootnoteDefinition": "note",
    "DefinitionList": "definitions",
    "DefinitionListTitle": "term",
    "DefinitionListDefinition": "definition",
}
_SPACES = re.compile(r"\s+")
_FILE = re.compile(  # the name of a picture's file; a longer one says nothing
    r"([^/\\\s()<>?#\[\]]{1,80}\.(?:png|jpe?g|gif|webp|avif|svg))\b", re.IGNORECASE
)


class Region(NamedTuple):
    """A source range that is something; `detail` is a link's address, an item's number, a label.

    A table's detail is the alignment of its columns; `done` is a task's state.
    """

    kind: str
    start: int
    end: int
    detail: Any = None
    done: bool | None = None


class Outline(NamedTuple):
    """The blocks of an article, and in file order, outer before inner, what they stand in.

    `styles` are parts of one block: em, strong, s, code, link. `containers` hold whole blocks.
    `notes` are references to footnotes. `things` show no words: rules, and pictures, whose detail
    is the text that stands for them.
    """

    blocks: tuple[Block, ...]
    styles: tuple[Region, ...]
    containers: tuple[Region, ...]
    notes: tuple[Region, ...]
    things: tuple[Region, ...]


# A reader goes from quote to quote of a few articles, and each step shows the whole one again.
@lru_cache(maxsize=16)
def read_outline(text: str, start: int = 0) -> Outline:
    """Read the Markdown that begins at `start`; offsets count from the text's start."""
    listener = _Listener(text)
    reader = Reader(text, start, listener.hear)
    listener.painted = reader.painted
    blocks = reader.read()
    found = (listener.styles, listener.containers, listener.notes, listener.things)
    return Outline(blocks, *(tuple(sorted(regions, key=_place)) for regions in found))


def _place(region: Region) -> tuple[int, int]:
    return region.start, -region.end


class _Listener:
    """Gathers regions from the events of a parser."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.painted = text  # as the parser saw it, with other letters in place of templates
        self.styles: list[Region] = []
        self.containers: list[Region] = []
        self.notes: list[Region] = []
        self.things: list[Region] = []
        self._depth = 0
        self._counts: list[int | None] = []  # of each open list, the number of its next item
        self._items: list[int] = []  # where the open items stand in `containers`
        self._alt: list[str] | None = None  # what stands for the open picture
        self._pictures = 0

    def hear(self, name: str, value: object, start: int, end: int) -> None:
        """Take note of one event."""
        if name == "Start":
            self._enter(*tag_of(value), start, end)
        elif name == "End":
            self._leave(*tag_of(value), start, end)
        elif self._alt is not None:
            self._add_alt(name, value, start, end)
        elif name == "Code":
            self.styles.append(Region("code", start, end))
        elif name == "FootnoteReference":
            self.notes.append(Region("reference", start, end, str(value)))
        elif name == "Rule":
            self.things.append(Region("rule", start, end))
        elif name == "TaskListMarker" and self._items:
            number = self._items[-1]
            self.containers[number] = self.containers[number]._replace(done=value is True)

    def _enter(self, tag: str, detail: object, start: int, end: int) -> None:
        if tag == "Image":
            self._pictures += 1
            self._alt = [] if self._alt is None else self._alt
        elif tag in _STYLES:
            self._depth += 1
            if self._alt is None and self._depth <= _DEEPEST_STYLE:
                address = self._address(detail, start, end)
                self.styles.append(Region(_STYLES[tag], start, end, address))
        elif tag in _CONTAINERS:
            self._open(tag, detail, start, end)

    def _open(self, tag: str, detail: Any, start: int, end: int) -> None:  # noqa: ANN401 -- the parser's
        if tag == "List":
            self._counts.append(detail)
        elif tag == "Item":
            self._items.append(len(self.containers))
            detail = self._counts[-1]
            self._counts[-1] = None if detail is None else detail + 1
        elif tag == "BlockQuote":
            detail = None
        self.containers.append(Region(_CONTAINERS[tag], start, end, detail))

    def _leave(self, tag: str, detail: object, start: int, end: int) -> None:
        if tag == "Image":
            self._pictures -= 1
            if not self._pictures:
                alt = _SPACES.sub(" ", "".join(self._alt or ())).strip()
                self._alt = None
                self.things.append(Region("picture", start, end, alt or self._name(start, end)))
        elif tag in _STYLES:
            self._depth -= 1
        elif tag == "List":
            self._counts.pop()
        elif tag == "Item":
            self._items.pop()

    def _add_alt(self, name: str, value: object, start: int, end: int) -> None:
        if self._alt is None:
            return
        if value is None:  # a break
            self._alt.append(" ")
        elif name in ("Text", "Code"):
            self._alt.append("" if self._has_template(start, end) else str(value))

    def _address(self, detail: object, start: int, end: int) -> str | None:
        """Return where a link leads, None where a template says it."""
        if not isinstance(detail, Mapping) or self._has_template(start, end):
            return None
        return str(detail["dest_url"])

    def _has_template(self, start: int, end: int) -> bool:
        return self._text[start:end].replace("\r", "\n") != self.painted[start:end].replace(
            "\r", "\n"
        )

    def _name(self, start: int, end: int) -> str:
        """Return the name of a picture's file, if it says something."""
        source = self._text[start:end]
        found = _FILE.search(source)
        return unquote(found[1]) if found else ""
