"""What a browser would make of the source panel: its elements, its marks, and what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset(("hr", "img"))
_ELEMENTS = frozenset(
    """
    a article b bdi blockquote code dd div dl dt em figure h2 h3 h4 h5 h6 header hr img li mark nav
    ol p pre s span strong sup table td th time tr ul
    """.split()
)
_ATTRIBUTES = frozenset(
    """
    alt aria-current aria-label class data-article data-end data-label data-n data-shows data-start
    datetime dir href rel role src start target value
    """.split()
)
_HREFS = ("#", "http://", "https://")


@dataclass
class Mark:
    """One element of a quote."""

    number: int
    start: int
    end: int
    current: bool
    text: str = ""


@dataclass
class Panel(HTMLParser):
    """The panel as parsed; `wrong` lists what must never be in it."""

    marks: list[Mark] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    elements: list[str] = field(default_factory=list)
    hrefs: list[str] = field(default_factory=list)
    focus: str = ""
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, Mark | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Check an element and open it."""
        known = dict(attrs)
        self.elements.append(tag)
        if tag not in _ELEMENTS or not known.keys() <= _ATTRIBUTES or len(known) < len(attrs):
            self.wrong.append(self.get_starttag_text() or tag)
        self._check_addresses(known)
        mark = None
        if tag == "mark":
            if any(name in ("em", "strong", "s", "code", "a", "b") for name, _ in self._inside()):
                self.wrong.append("a mark within a style")
            number, start, end = (int(known[f"data-{n}"] or "") for n in ("n", "start", "end"))
            mark = Mark(number, start, end, known.get("aria-current") == "true")
            self.marks.append(mark)
        if tag not in _VOID:
            self._open.append((tag, mark))

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last."""
        if not self._open or self._open.pop()[0] != tag:
            self.wrong.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        """Add words to all that they stand in."""
        self.text += data
        for name, mark in self._open:
            if mark:
                mark.text += data
            elif name == "b":
                self.focus += data

    def handle_comment(self, data: str) -> None:
        """Take note of what must not be there."""
        self.wrong.append(f"<!--{data}")

    def handle_decl(self, decl: str) -> None:
        """Take note of what must not be there."""
        self.wrong.append(f"<!{decl}")

    def handle_pi(self, data: str) -> None:
        """Take note of what must not be there."""
        self.wrong.append(f"<?{data}")

    def unknown_decl(self, data: str) -> None:
        """Take note of what must not be there."""
        self.wrong.append(f"<![{data}")

    def words(self, number: int) -> str:
        """Return what the page promises to be the quote's text."""
        return " ".join(mark.text for mark in self.marks if mark.number == number)

    def numbers(self) -> list[int]:
        """Return which quotes are marked."""
        return sorted({mark.number for mark in self.marks})

    def _inside(self) -> Sequence[tuple[str, Mark | None]]:
        """Return what is open within the block of the words."""
        names = [name for name, _ in self._open]
        blocks = [at for at, name in enumerate(names) if name in ("p", "td", "th", "pre", "h3")]
        # The code of a block holds its marks.
        return self._open[blocks[-1] + 1 + (names[blocks[-1]] == "pre") :] if blocks else ()

    def _check_addresses(self, known: dict[str, str | None]) -> None:
        href, src = known.get("href"), known.get("src")
        if href is not None:
            self.hrefs.append(href)
            if not href.startswith(_HREFS) or any(sign <= " " for sign in href):
                self.wrong.append(f"href {href}")
        if src is not None and not src.startswith("data:image/"):
            self.wrong.append(f"src {src}")


def read_panel(html: str) -> Panel:
    """Parse a panel to its end."""
    panel = Panel()
    panel.feed(html)
    panel.close()
    panel.wrong += [f"<{name}> is left open" for name, _ in panel._open]
    return panel
