"""The words in a block of HTML, with their places; scripts, styles and comments hold none."""

import html
import itertools
import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

Kind = Literal["text", "entity", "space", "break", "heading", "link", "unlink"]

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
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))


class Token(NamedTuple):
    """A stretch of a block of HTML; `level` is a heading's, 0 where one ends."""

    kind: Kind
    start: int
    end: int
    words: str = ""
    level: int = 0


def is_silent(tag: str) -> bool:
    """Tell whether what stands between a tag and its end is no text of the article."""
    return tag.casefold() in _SILENT


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
    if tag == "a":
        yield Token("unlink" if token["close"] else "link", *token.span())
    elif tag in ("td", "th", "br"):
        yield Token("space", *token.span())
    elif tag in _HEADINGS:
        yield Token("heading", *token.span(), level=0 if token["close"] else int(tag[1]))
    elif tag not in _INLINE:
        yield Token("break", *token.span())
