"""Front matter: YAML, TOML or JSON before the article, read for its values, never trusted.

Scalars stay as they are written: YAML 1.1 would make ``no`` a lie, ``012`` ten and ``1.10`` a tenth
less. What cannot be read as a whole is read key by key, and every loss is told in one line.
"""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import yaml
from frontmatter.default_handlers import YAMLHandler

# The longest seen on a thousand real pages is 8 KiB; a longer one is data, not metadata.
MAX_BYTES = 65_536
_MAX_DEPTH = 16
_MAX_WARNINGS = 5
# Hugo lets empty lines stand before the fence, and real sites have them.
_OPEN = re.compile(r"(?:[ \t]*[\r\n]+)*+(?P<sign>---|\+\+\+)[ \t]*(?:\r\n|\n|\r)")
_OPEN_JSON = re.compile(r'\{\s*["}]')
_CLOSE = {
    "---": re.compile(r"(?<=[\r\n])(?:---|\.\.\.)[ \t]*(?=[\r\n]|\Z)"),
    "+++": re.compile(r"(?<=[\r\n])\+\+\+[ \t]*(?=[\r\n]|\Z)"),
}
_BREAK = re.compile(r"\r\n|\n|\r")
_BLANK_LINE = re.compile(r"(?>\r\n|\n|\r)[ \t]*(?=[\r\n]|\Z)")
_KEY = re.compile(r"""["']?([\w][\w .-]{0,60}?)["']?[ \t]*[:=](?=[ \t]|$)""")
_FIRST_LINE = re.compile(rf"\s*(?:[#{{?\[]|%YAML|{_KEY.pattern})", re.MULTILINE)
# One of these tells metadata from an article that opens with a rule and a line with a colon.
_TELLING = frozenset(
    "title date slug layout draft tags categories permalink aliases weight author".split()
)
_TOML_TABLE = re.compile(r"^[ \t]*\[\[?[\w.\"'-]+\]", re.MULTILINE)
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")
_JSON_PAIR = re.compile(r'^\s*"([^"\\]+)"\s*:\s*"([^"\\]*)"', re.MULTILINE)
_JSON_END = re.compile(r"(?<=[\r\n])\}[ \t]*(?=[\r\n]|\Z)")
# PyYAML's and tomllib's readers also let these through.
_ERRORS = (yaml.YAMLError, ValueError, TypeError, RecursionError, OverflowError)


class FrontMatter(NamedTuple):
    """Values under case-folded keys, where the article's own text begins, and what went wrong."""

    values: Mapping[str, Any]
    body: int
    warnings: tuple[str, ...] = ()


class _Fence(NamedTuple):
    """What opens a block; `line` is its first inner line, counted from 1."""

    sign: str
    line: int
    sure: bool  # first in the file, closed, and followed by something: no rule


class _Refused(ValueError):
    """Something well-formed that is not loaded."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


class _AsWritten(yaml.CBaseLoader):
    """Reads every scalar as text, but for a null."""


_AsWritten.add_implicit_resolver(
    "tag:yaml.org,2002:null", re.compile(r"(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""]
)
_AsWritten.add_constructor("tag:yaml.org,2002:null", lambda _loader, _node: None)


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
    closing = _CLOSE[opening["sign"]].search(text, opening.end())
    end = closing.start() if closing else _end_of_lines(text, opening.end())
    inner = _BREAK.sub("\n", text[opening.end() : end])
    fence = _Fence(opening["sign"], line, sure=line == 2 and inner[:1] != "\n" and bool(closing))
    if closing and not inner.strip():
        return FrontMatter({}, closing.end())
    if not fence.sure and not _has_telling_key(inner):
        return FrontMatter({}, start)
    values, warnings = _read_block(inner, fence)
    if values is None:
        return FrontMatter({}, start, warnings)
    if closing:
        return FrontMatter(values, closing.end(), warnings)
    reason = (
        f"line {line - 1}: front matter has no closing {fence.sign} line and was taken to end at "
        f"line {line + len(_BREAK.findall(inner))}; add the line"
    )
    return FrontMatter(values, end, (reason, *warnings))


def _end_of_lines(text: str, start: int) -> int:
    """Return the end of the lines up to the first empty one."""
    blank = _BLANK_LINE.search(text, start, start + MAX_BYTES)
    return blank.start() if blank else min(len(text), start + MAX_BYTES)


def _has_telling_key(inner: str) -> bool:
    keys = (_KEY.match(line) for line in inner.split("\n"))
    return any(key and key[1].casefold() in _TELLING for key in keys)


def _read_block(inner: str, fence: _Fence) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """Return the values, or None if this is no front matter, and what could not be read."""
    if len(inner.encode()) > MAX_BYTES and _FIRST_LINE.match(inner):
        reason = f"front matter is longer than {MAX_BYTES // 1024} KiB and was not read; shorten it"
        return {}, (f"line {fence.line - 1}: {reason}",)
    values, warnings = _load(inner, fence) if _FIRST_LINE.match(inner) else ("", [])
    if values is None:
        return {}, ()
    # A key of several words is a sentence with a colon in it.
    if isinstance(values, Mapping) and not (values and all(" " in str(key) for key in values)):
        return _fold(values), _few(warnings)
    reason = (
        f"what stands between the {fence.sign} lines is not keys and values and was read as text; "
        f"write key: value, or put an empty line after the first {fence.sign}"
    )
    return None, (f"line {fence.line - 1}: {reason}",) if fence.sure else ()


def _load(inner: str, fence: _Fence) -> tuple[Any, list[str]]:
    load, kind = (_load_toml, "TOML") if fence.sign == "+++" else (_load_yaml, "YAML")
    try:
        return load(inner, fence.line)
    except _ERRORS as error:
        values, warnings = _read_by_key(inner, fence.line, load, kind)
        if values and not warnings:
            advice = "it was read key by key; correct it"
            warnings.append(_problem(kind, error, fence.line, advice))
        return values if warnings else "", warnings


def _fold(values: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key).casefold(): value for key, value in values.items()}


def _few(warnings: list[str]) -> tuple[str, ...]:
    shown = warnings[:_MAX_WARNINGS]
    if len(warnings) > len(shown):
        shown.append(f"front matter: {len(warnings) - len(shown)} more lines like these")
    return tuple(shown)


def _read_by_key(
    inner: str, first: int, load: Callable[[str, int], tuple[Any, list[str]]], kind: str
) -> tuple[dict[str, Any], list[str]]:
    """Read a broken block one top-level key at a time; keys of TOML's tables are not top-level."""
    if kind == "TOML" and (table := _TOML_TABLE.search(inner)):
        inner = inner[: table.start()]
    found: dict[str, Any] = {}
    warnings: list[str] = []
    for number, key, entry in _entries(inner):
        line = first + number
        try:
            values, wrong = load(entry, line)
            found.update(values)
            warnings += wrong
        except _Refused as refused:
            warnings.append(_problem(kind, refused, line, f"{key!r} was left out; write it out"))
        except _ERRORS as reason:
            value = _raw(entry)
            if value:
                found[key] = value
                advice = f"{key!r} was read as {value[:40]!r}; put the value in quotes"
            else:
                advice = f"{key!r} was left out; correct it"
            warnings.append(_problem(kind, reason, line, advice))
    return found, warnings


def _entries(inner: str) -> Iterator[tuple[int, str, str]]:
    """Yield the line (from 0), the key and the lines of every top-level entry."""
    lines = inner.split("\n")
    starts = [(number, key[1]) for number, line in enumerate(lines) if (key := _KEY.match(line))]
    for (number, name), (end, _) in pairwise([*starts, (len(lines), "")]):
        entry = "\n".join(lines[number:end]).rstrip()
        # An editor's tab is the most common reason why YAML refuses a list.
        yield number, name, entry.replace("\t", "  ") + "\n"


def _raw(entry: str) -> str:
    """Return the value of a one-line entry as it stands."""
    key = _KEY.match(entry)
    first, *more = entry[key.end() if key else 0 :].strip().split("\n")
    return "" if any(line.strip() for line in more) else first.strip("\"'[]{} \t")


def _problem(kind: str, error: Exception, line: int, advice: str) -> str:
    """Put an error of a parser into one line."""
    mark = getattr(error, "problem_mark", None)
    if isinstance(error, _Refused):
        return f"line {error.line}: front matter has {error}; {advice}"
    if mark is not None:
        line += mark.line
    said = getattr(error, "problem", None) or str(error).partition("\n")[0]
    place = _TOML_PLACE.search(said)
    if place:
        line += int(place[1] or 1) - 1
        said = said[: place.start()]
    return f"line {line}: front matter is not {kind} ({' '.join(said.split())[:100]}); {advice}"


def _load_yaml(source: str, line: int) -> tuple[Any, list[str]]:
    twice = _check_events(source, line)
    return YAMLHandler().load(source, Loader=_AsWritten), twice


def _check_events(source: str, line: int) -> list[str]:
    """Raise _Refused for what could blow up when loaded; return what is said of repeated keys."""
    depth = 0
    top: list[yaml.NodeEvent] = []
    for event in yaml.parse(source, Loader=yaml.CBaseLoader):
        if isinstance(event, yaml.AliasEvent):
            raise _Refused(line + _line_of(event), "an alias (*), which is not allowed")
        if depth == 1 and isinstance(event, yaml.NodeEvent):
            top.append(event)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            raise _Refused(line + _line_of(event), f"more than {_MAX_DEPTH} levels")
    keys = [event for event in top[::2] if isinstance(event, yaml.ScalarEvent)]
    return _find_twins([(key.value, line + _line_of(key)) for key in keys])


def _line_of(event: yaml.Event) -> int:
    return event.start_mark.line if event.start_mark else 0


def _find_twins(keys: list[tuple[str, int]]) -> list[str]:
    first: dict[str, int] = {}
    return [
        f"line {line}: front matter has {key!r} twice, the first time in line {first[key]}; "
        "the last was taken, remove the other"
        for key, line in keys
        if first.setdefault(key, line) != line
    ]


def _load_toml(source: str, _line: int) -> tuple[Any, list[str]]:
    return tomllib.loads(source, parse_float=str), []


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
    closing = _JSON_END.search(text, start)
    try:
        values, end = decoder.raw_decode(text[start : start + MAX_BYTES])
    except (ValueError, RecursionError) as error:
        body = closing.end() if closing else start
        line = getattr(error, "lineno", 1)
        said = getattr(error, "msg", "too many levels")
        reason = (
            f"line {line}: front matter is not JSON of at most {MAX_BYTES // 1024} KiB ({said}); "
            "correct it"
        )
        return FrontMatter(
            _fold(dict(_JSON_PAIR.findall(text[:body][:MAX_BYTES]))), body, (reason,)
        )
    return FrontMatter(_fold(values), start + end, _few(twice))
