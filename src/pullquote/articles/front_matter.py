"""Front matter: YAML, TOML or JSON before the article, read for its values, never trusted.

Scalars stay as they are written: YAML 1.1 would make ``no`` a lie, ``012`` ten and ``1.10`` a tenth
less. What cannot be read as a whole is read key by key, and every loss is told in one line.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from pullquote.articles.front_values import KEY, read_values

# The longest seen on a thousand real pages is 8 KiB; a longer one is data, not metadata.
MAX_BYTES = 65_536
_MAX_WARNINGS = 5
# Hugo lets empty lines stand before the fence, and real sites have them.
_OPEN = re.compile(r"(?:[ \t]*[\r\n]+)*+(?P<sign>---|\+\+\+)[ \t]*(?:\r\n|\n|\r)")
_CLOSE = {
    "---": re.compile(r"(?<=[\r\n])(?:---|\.\.\.)[ \t]*(?=[\r\n]|\Z)"),
    "+++": re.compile(r"(?<=[\r\n])\+\+\+[ \t]*(?=[\r\n]|\Z)"),
}
_BREAK = re.compile(r"\r\n|\n|\r")
_LINE = re.compile(r"([^\r\n]*)(?:\r\n|\n|\r|\Z)")
_FIRST_LINE = re.compile(rf"\s*(?:[#{{?\[]|%YAML|{KEY.pattern})", re.MULTILINE)
# What a line of a block may begin with. Where no fence ends it, the first other line does.
_INNER = {
    "---": re.compile(r"""[ \t]|(?P<key>["']?\w[\w.-]{0,60}["']?[ \t]*:(?:[ \t]|$))|[\]}]"""),
    "+++": re.compile(r"""[ \t]|(?P<key>["']?\w[\w.-]{0,60}["']?[ \t]*=)|[\[\]}]|["'].*[,"']$"""),
}
_ITEM = re.compile(r"-(?:[ \t]|$)")
# One of these tells metadata from an article that opens with a rule and a line with a colon.
_TELLING = frozenset(
    "title date slug layout draft tags categories permalink aliases weight author".split()
)
_OPEN_JSON = re.compile(r'\{\s*"(?:[^"\\\r\n]|\\.)*"\s*:')
_JSON_PAIR = re.compile(r'^\s*"([^"\\]+)"\s*:\s*"([^"\\]*)"', re.MULTILINE)
_JSON_END = re.compile(r"(?<=[\r\n])\}[ \t]*(?=[\r\n]|\Z)")
_JSON_LINE = re.compile(r"""[ \t]*(?:["{}\[\],]|-?\d|true|false|null|$)""")


class FrontMatter(NamedTuple):
    """Values under case-folded keys, where the article's own text begins, and what went wrong."""

    values: Mapping[str, Any]
    body: int
    warnings: tuple[str, ...] = ()


class _Fence(NamedTuple):
    """What opens a block: its sign, the line after it, counted from 1, and where that begins."""

    sign: str
    line: int
    start: int


def read_front_matter(text: str) -> FrontMatter:
    """Read what stands before the article's text; the text itself is never lost.

    A leading ``---`` is a rule, not a fence, if no key follows it.
    """
    start = 1 if text.startswith("\ufeff") else 0
    if _OPEN_JSON.match(text, start):
        return _read_json(text, start)
    opening = _OPEN.match(text, start)
    if not opening:
        return FrontMatter({}, start)
    line = 1 + len(_BREAK.findall(opening[0]))
    fence = _Fence(opening["sign"], line, opening.end())
    closing = _CLOSE[fence.sign].search(text, fence.start)
    if not closing:
        return _read_unclosed(text, fence) or FrontMatter({}, start)
    return _read_closed(text, fence, closing) or FrontMatter({}, start)


def _read_closed(text: str, fence: _Fence, closing: re.Match[str]) -> FrontMatter | None:
    """Read the block between two fences; return None if they are rules around text."""
    inner = _BREAK.sub("\n", text[fence.start : closing.start()])
    if not inner.strip():
        return FrontMatter({}, closing.end())
    # First in the file and followed by something, it is no rule.
    sure = fence.line == 2 and inner[:1] != "\n"
    if not sure and not _has_telling_key(inner):
        return None
    values, warnings, whole = _read_block(inner, fence)
    if not whole and _ends_in_text(inner, fence.sign) and (read := _read_unclosed(text, fence)):
        return read
    if values is not None:
        return FrontMatter(values, closing.end(), warnings)
    reason = (
        f"line {fence.line - 1}: what stands between the {fence.sign} lines is not keys and values "
        "and was read as text; write key: value, or put an empty line after the first "
        f"{fence.sign}"
    )
    start = 1 if text.startswith("\ufeff") else 0
    return FrontMatter({}, start, (reason,)) if sure else None


def _read_unclosed(text: str, fence: _Fence) -> FrontMatter | None:
    """Read a block that ends at the first line that cannot be of it, None if there is none."""
    end = _end_of_keys(text, fence)
    inner = _BREAK.sub("\n", text[fence.start : end])
    if not _has_telling_key(inner):
        return None
    values, warnings, _ = _read_block(inner, fence)
    if values is None:
        return None
    reason = (
        f"line {fence.line - 1}: front matter has no closing {fence.sign} line and was taken to end"
        f" at line {fence.line + len(_BREAK.findall(inner))}; add the line"
    )
    return FrontMatter(values, end, (reason, *warnings))


def _end_of_keys(text: str, fence: _Fence) -> int:
    """Return the end of the last line, before an empty one, that can be of the front matter."""
    end = place = fence.start
    listing = False  # after a key without a value "-" begins an item, not one of the text
    while place < min(len(text), fence.start + MAX_BYTES) and (line := _LINE.match(text, place)):
        inner = _INNER[fence.sign].match(line[1])
        if inner and line[1].strip():
            end = line.end(1)
            listing = inner.end() == len(line[1].rstrip()) if inner["key"] else listing
        # A comment is one only if keys go on after it: else it is a heading.
        elif not line[1].startswith("#") and not (listing and _ITEM.match(line[1])):
            break
        elif listing and not line[1].startswith("#"):
            end = line.end(1)
        place = line.end()
    return end


def _ends_in_text(inner: str, sign: str) -> bool:
    """Tell whether a paragraph stands before a closing fence, so that it is but a rule.

    An empty line sets it off from the keys above, or from the rule below.
    """
    before, empty, last = inner.rstrip("\n").rpartition("\n\n")
    if inner.endswith("\n\n"):
        before, empty, last = inner.rstrip("\n").rpartition("\n")
    return bool(empty and before) and not any(
        _INNER[sign].match(line) or _ITEM.match(line) or line.startswith("#")
        for line in last.split("\n")
        if line
    )


def _has_telling_key(inner: str) -> bool:
    keys = (KEY.match(line) for line in inner.split("\n"))
    return any(key and key[1].casefold() in _TELLING for key in keys)


def _read_block(inner: str, fence: _Fence) -> tuple[dict[str, Any] | None, tuple[str, ...], bool]:
    """Return the values, None if this is no front matter, what is wrong, and if it is whole."""
    if not _FIRST_LINE.match(inner):
        return None, (), False
    if len(inner.encode()) > MAX_BYTES:
        reason = f"front matter is longer than {MAX_BYTES // 1024} KiB and was not read; shorten it"
        return {}, (f"line {fence.line - 1}: {reason}",), False
    values, warnings, whole = read_values(inner, fence.sign, fence.line)
    if values is None:
        return {}, (), True
    # A key of several words is a sentence with a colon in it.
    if isinstance(values, Mapping) and not (values and all(" " in str(key) for key in values)):
        return _fold(values), _few(warnings), whole
    return None, (), whole


def _fold(values: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key).casefold(): value for key, value in values.items()}


def _few(warnings: list[str]) -> tuple[str, ...]:
    shown = warnings[:_MAX_WARNINGS]
    if len(warnings) > len(shown):
        shown.append(f"front matter: {len(warnings) - len(shown)} more lines like these")
    return tuple(shown)


def _read_json(text: str, start: int) -> FrontMatter:
    twice: list[str] = []

    def keep_last(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        counts = Counter(key for key, _ in pairs)
        twice.extend(
            f"front matter has {key!r} twice; the last was taken, remove the other"
            for key, count in counts.items()
            if count > 1
        )
        return dict(pairs)

    decoder = json.JSONDecoder(
        parse_float=str, parse_int=str, strict=False, object_pairs_hook=keep_last
    )
    try:
        values, end = decoder.raw_decode(text[start : start + MAX_BYTES])
    except (ValueError, RecursionError) as error:
        body = _end_of_broken_json(text, start)
        line = getattr(error, "lineno", 1)
        said = getattr(error, "msg", "too many levels")
        reason = (
            f"line {line}: front matter is not JSON of at most {MAX_BYTES // 1024} KiB ({said}); "
            "correct it"
        )
        return FrontMatter(_fold(dict(_JSON_PAIR.findall(text[start + 1 : body]))), body, (reason,))
    return FrontMatter(_fold(values), start + end, _few(twice))


def _end_of_broken_json(text: str, start: int) -> int:
    """Return the end of the lines up to a closing brace, if all can be JSON, or else the start."""
    closing = _JSON_END.search(text, start, start + MAX_BYTES)
    lines = _BREAK.split(text[start : closing.end()]) if closing else [""]
    return closing.end() if closing and all(map(_JSON_LINE.match, lines)) else start
