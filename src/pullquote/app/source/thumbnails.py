"""The picture that an article's front matter names, if it lies in the corpus, as a data: address.

Nothing is ever loaded from elsewhere, nothing that could hold a script is shown, and no way leads
out of the corpus.
"""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from pullquote.articles.front_matter import read_front_matter
from pullquote.types import Article

MAX_BYTES = 300 * 1024  # the page carries it with every opening of the panel
_NAMES = ("image", "thumbnail", "cover", "featuredimage", "images", "teaser", "ogimage")
_TABLES = ("params", "extra", "header")  # where Zola, Hugo and Jekyll's themes keep such names
_INNER = ("path", "image", "src", "url", "teaser", "relative")
_SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif"))
_FOLDERS = ("static", "assets", "public")  # which sites serve as their root
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_MOST_DEEP = 3  # lists and tables in one another
_MOST_VALUES = 8  # a gallery's first pictures stand for it
# What a file begins with; its name alone is not believed.
_TYPES = {
    "png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "jpeg": re.compile(rb"\xff\xd8\xff"),
    "gif": re.compile(rb"GIF8[79]a"),
    "webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "avif": re.compile(rb"....ftypavi[fs]", re.DOTALL),
}


def find_thumbnail(corpus: Path, article: Article) -> str:
    """Return the article's picture as a data: address, "" if it has none that may be shown."""
    for value in _values(article):
        for place in _places(value, article.path):
            if found := _read(corpus, place):
                return found
    return ""


def _values(article: Article) -> list[str]:
    front = read_front_matter(article.text).values
    tables = [front.get(name) for name in _TABLES]
    found: list[str] = []
    for values in (front, *(table for table in tables if isinstance(table, Mapping))):
        plain = {re.sub("[-_]", "", str(key).casefold()): value for key, value in values.items()}
        for name in _NAMES:
            found += _strings(plain.get(name), _MOST_DEEP)
    return found[:_MOST_VALUES]


def _strings(value: Any, levels: int) -> Iterator[str]:  # noqa: ANN401 -- whatever YAML holds
    if isinstance(value, str):
        yield value
    elif levels and isinstance(value, Mapping):
        for name in _INNER:
            yield from _strings(value.get(name), levels - 1)
    elif levels and isinstance(value, list | tuple):
        for item in value[:_MOST_VALUES]:
            yield from _strings(item, levels - 1)


def _places(value: str, path: str) -> Iterator[PurePosixPath]:
    """Yield where a named picture may lie, relative to the corpus: beside the article, or rooted.

    None is outside: a name with ".." in it, of another host or with a scheme, is none at all.
    """
    name = unquote(re.split("[?#]", value.strip())[0])
    if not name or _SCHEME.match(name) or name.startswith("//") or "\\" in name or "\0" in name:
        return
    rooted = PurePosixPath(name.lstrip("/"))
    if ".." in rooted.parts or rooted.suffix.lower() not in _SUFFIXES:
        return
    folders = PurePosixPath(path).parents
    if not name.startswith("/"):
        yield folders[0] / rooted
    yield rooted
    for folder in reversed(folders):
        yield from (folder / served / rooted for served in _FOLDERS)


def _read(corpus: Path, place: PurePosixPath) -> str:
    """Return a picture's data: address, "" if it is none, too large, or led out of the corpus."""
    try:
        root = corpus.resolve()
        file = (root / place).resolve()
        if not (file.is_relative_to(root) and file.is_file()):
            return ""
        with file.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except (OSError, ValueError, RuntimeError):  # no such name, no right to it, links in a ring
        return ""
    if len(data) > MAX_BYTES:
        return ""
    kind = next((name for name, magic in _TYPES.items() if magic.match(data)), "")
    return f"data:image/{kind};base64,{b64encode(data).decode()}" if kind else ""
