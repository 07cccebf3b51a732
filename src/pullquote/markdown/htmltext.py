"""The words in a block of HTML, with their places; scripts, styles and comments hold none."""

import html
import itertools
import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

Kind = Literal[
    "text", "entity", "space", "break", "heading", "link", "unlink", "table", "row", "cell"
]

_TOKEN = re.compile(
    r"""
    (?P<comment><!--.*?(?:-->|\Z))
  | <(?P<close>/?)(?P<tag>[a-zA-Z][\w:-]*)(?:[^<>"']|"[^"<]*"|'[^'<]*')*+>
  | (?P<junk><[a-zA-Z/!?][^<>]*>?)
  | (?P<entity>&(?:\#\d{1,7}|\#[xX][\da-fA-F]{1,6}|[A-Za-z]\w{1,31});)
  | (?P<text>[^<&]+|[<&])
    """,
    re.VERBOSE | re.DOTALL,
)
_SILENT = frozenset(
    "audio button canvas form head iframe math nav noscript object pre script select style svg"
    " template textarea video".split()
)
_INLINE = frozenset(
    "abbr b bdi bdo big cite code data del dfn em font i img ins kbd mark q s samp small span"
    " strike strong sub sup time tt u var wbr".split()
)
_KINDS: dict[str, Kind] = {"br": "space", "tr": "row", "table": "table"}
_SPANS = re.compile(r"""\s(?:col|row)span\s*=\s*["']?(?!["']?[01]\b)\d""", re.IGNORECASE)
_HREF = re.compile(r"\shref\s*=", re.IGNORECASE)
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))


class Token(NamedTuple):
    """A stretch of a block of HTML.

    `level` is a heading's; of a row or cell it is 1, of a cell that names a column 2; 0 ends them.
    A cell over several columns or rows has that attribute for its `words`.
    """

    kind: Kind
    start: int
    end: int
    words: str = ""
    level: int = 0


def is_silent(tag: str) -> bool:
    """Tell whether what stands between a tag and its end is no text of the article."""
    return tag.casefold() in _SILENT


def leads_elsewhere(tag: str) -> bool:
    """Tell whether the tag of an anchor is a link; one with a name alone is only a place."""
    return _HREF.search(tag) is not None


def read_html(text: str, pieces: Iterable[tuple[int, int]]) -> Iterator[Token]:
    """Yield the words of a block of HTML and the tags that part them; broken tags are left out.

    `pieces` are the source ranges of the block, which a quotation's marks may part. Linear.
    """
    silent = ""
    for token in itertools.chain.from_iterable(_TOKEN.finditer(text, *piece) for piece in pieces):
        tag = (token["tag"] or "").casefold()
        if silent:
            silent = "" if token["close"] and tag == silent else silent
        elif token["text"]:
            yield Token("text", *token.span())
        elif token["entity"]:
            yield _entity(token)
        elif tag in _SILENT and not token["close"] and not token[0].endswith("/>"):
            silent = tag
            yield Token("break", *token.span())
        elif tag:
            yield from _tag(token, tag)


def _entity(token: re.Match[str]) -> Token:
    words = html.unescape(token[0])
    if words == token[0]:
        return Token("text", *token.span())
    return Token("entity", *token.span(), words)


def _tag(token: re.Match[str], tag: str) -> Iterator[Token]:
    level = 0 if token["close"] else 1
    if tag == "a":
        if not level or leads_elsewhere(token[0]):
            yield Token("link" if level else "unlink", *token.span())
    elif tag in ("td", "th"):
        spans = _SPANS.search(token[0])
        yield Token("cell", *token.span(), spans[0] if spans else "", level * (1 + (tag == "th")))
    elif tag in _HEADINGS:
        yield Token("heading", *token.span(), level=level and int(tag[1]))
    elif tag not in _INLINE:
        yield Token(_KINDS.get(tag, "break"), *token.span(), level=level if tag == "tr" else 0)
