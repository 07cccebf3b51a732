"""The values of a YAML or TOML block: as they are written, and key by key where it is broken."""

import re
import tomllib
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import yaml
from frontmatter.default_handlers import YAMLHandler

_MAX_DEPTH = 16
_MAX_BITS = 64
KEY = re.compile(r"""["']?([\w][\w .-]{0,60}?)["']?[ \t]*[:=](?=[ \t]|$)""")
_TOML_TABLE = re.compile(r"^[ \t]*\[\[?[\w.\"'-]+\]", re.MULTILINE)
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")
# PyYAML's and tomllib's readers also let these through.
_ERRORS = (yaml.YAMLError, ValueError, TypeError, RecursionError, OverflowError)

_Load = Callable[[str, int], tuple[Any, list[str]]]


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


def read_values(inner: str, sign: str, line: int) -> tuple[Any, list[str], bool]:
    """Return what a block between fences holds, what is wrong with it, and whether it is whole.

    `line` is that of its first line in the file. What is no mapping is returned as it is; a broken
    block of which nothing can be read is "".
    """
    load, kind = (_load_toml, "TOML") if sign == "+++" else (_load_yaml, "YAML")
    try:
        return *load(inner, line), True
    except _ERRORS as error:
        values, warnings = _read_by_key(inner, line, load, kind)
        if values and not warnings:
            warnings.append(_problem(kind, error, line, "it was read key by key; correct it"))
        return values if warnings else "", warnings, False


def _read_by_key(
    inner: str, first: int, load: _Load, kind: str
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
            value, advice = _rescue(entry, key, load)
            if value:
                found[key] = value
            warnings.append(_problem(kind, reason, line, advice))
    return found, warnings


def _entries(inner: str) -> Iterator[tuple[int, str, str]]:
    """Yield the line (from 0), the key and the lines of every top-level entry."""
    lines = inner.split("\n")
    starts = [(number, key[1]) for number, line in enumerate(lines) if (key := KEY.match(line))]
    for (number, name), (end, _) in pairwise([*starts, (len(lines), "")]):
        entry = "\n".join(lines[number:end]).rstrip()
        # An editor's tab is the most common reason why YAML refuses a list.
        yield number, name, entry.replace("\t", "  ") + "\n"


def _rescue(entry: str, key: str, load: _Load) -> tuple[Any, str]:
    """Return what can be told of a broken entry, its only line or its first one, and advice."""
    if value := _raw(entry):
        return value, f"{key!r} was read as {value[:40]!r}; put the value in quotes"
    first = entry.partition("\n")[0]
    try:
        values, _ = load(first + "\n", 1)
    except _ERRORS:
        values = {}
    found = next(iter(values.values()), None) if isinstance(values, dict) else None
    if found:
        return found, f"{key!r} was read from its first line; correct the next ones"
    return None, f"{key!r} was left out; correct it"


def _raw(entry: str) -> str:
    """Return the value of a one-line entry as it stands."""
    key = KEY.match(entry)
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


def _load_toml(source: str, line: int) -> tuple[Any, list[str]]:
    values = tomllib.loads(source, parse_float=str)
    unread: list[Any] = [values]
    while unread:
        value = unread.pop()
        if isinstance(value, dict | list):
            unread += value.values() if isinstance(value, dict) else value
        # Python refuses to write out what takes it too long; in decimals, also to read it.
        elif type(value) is int and value.bit_length() > _MAX_BITS:
            raise _Refused(line, f"a number of more than {_MAX_BITS} bits")
    return values, []
