"""A second reading of front matter, by other means: PyYAML's pure loaders and a fence by lines.

It shares no code with the package, and what it cannot load it says so.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import yaml

_NAMES = {
    "title": ["title"],
    "date": ["date", "publishdate", "pubdate", "published", "created"],
    "updated": ["updated", "lastmod", "modified", "last_modified_at", "last-modified"],
    "publish": ["publishdate", "pubdate"],
    "expires": ["expirydate", "unpublishdate", "expires"],
    "tags": ["tags", "tag"],
    "categories": ["categories", "category"],
    "authors": ["authors", "author"],
    "aliases": ["aliases", "redirect_from"],
    "lang": ["lang", "language", "locale"],
    "summary": ["summary", "description", "excerpt"],
}
LISTS = ("tags", "categories", "authors", "aliases", "lang")
_DAY_IN_NAME = re.compile(r"(?:^|/)(\d{4})[-/](\d\d?)[-/](\d\d?)[-/.]")
_FORMS = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%Y/%m/%d")


class Reading(NamedTuple):
    """What a second reader finds: `words` as written, `values` as YAML 1.1 or TOML types them."""

    words: Mapping[str, Any]
    values: Mapping[str, Any]
    body: str


def read_again(text: str) -> Reading | None:
    """Read front matter; return None if it cannot be loaded as a whole."""
    head, body, sign = _split(text)
    if sign == "":
        return Reading({}, {}, body)
    try:
        if sign == "+++":
            values = tomllib.loads(head)
            words = values
        elif sign == "{":
            values = words = json.loads(head)
        else:
            values = yaml.load(head, yaml.SafeLoader)
            words = yaml.load(head, yaml.BaseLoader)
    except (yaml.YAMLError, ValueError):
        return None
    if not isinstance(values, dict) or not isinstance(words, dict):
        return None
    return Reading(_lower(words), _lower(values), body)


def expect(reading: Reading, path: str) -> dict[str, Any]:
    """Return the fields that an article should have."""
    found: dict[str, Any] = {"title": _text(_first(reading.words, "title"))}
    for name in ("date", "updated", "publish", "expires"):
        found[name] = _day(_first(reading.values, name))
    found["date"] = found["date"] or _day_in(path) or _day_in(str(reading.words.get("path", "")))
    found["publish"] = found["publish"] or found["date"]
    for name in LISTS:
        found[name] = _labels(_first(reading.words, name), name)
    found["summary"] = _text(_first(reading.words, "summary"))
    values = reading.values
    found["draft"] = values.get("draft") is True or values.get("published") is False
    return found


def raw_line(text: str, key: str) -> str | None:
    """Return a key's value as its line in a broken front matter has it, if it has just one."""
    found = re.findall(rf"^{key}:[ \t]*(\S.*?)[ \t]*$", text.split("\n---")[0], re.M)
    return found[0].strip("\"'") if len(found) == 1 else None


def utc_day(reading: Reading) -> date | None:
    """Return the day of the date in UTC, which Jekyll puts into addresses."""
    value = reading.values.get("date")
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC).date()
    return _day(value)


def _split(text: str) -> tuple[str, str, str]:
    """Return the front matter, the body and the sign of the fences ("" = there are none)."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    sign = lines[first].rstrip()
    if sign.startswith("{"):
        last = next((n for n, line in enumerate(lines) if line.rstrip() == "}"), 0)
        return "\n".join(lines[first : last + 1]), "\n".join(lines[last + 1 :]), "{"
    if sign not in ("---", "+++"):
        return "", "\n".join(lines), ""
    ends = (sign, "...") if sign == "---" else (sign,)
    for number in range(first + 1, len(lines)):
        if lines[number].rstrip() in ends:
            return "\n".join(lines[first + 1 : number]), "\n".join(lines[number + 1 :]), sign
    return "", "\n".join(lines), ""


def _lower(values: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key).lower(): value for key, value in values.items()}


def _first(values: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 -- whatever YAML holds
    for key in _NAMES[name]:
        if values.get(key) not in (None, "", [], True, False):
            return values[key]
    return None


def _text(value: object) -> str:
    return " ".join(str(value).split()) if isinstance(value, str | int | float | date) else ""


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    for form in _FORMS if isinstance(value, str) else ():
        try:
            return datetime.strptime(str(value).strip(), form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    found = re.match(r"(\d{4})-(\d\d)-(\d\d)[T ]", str(value))
    return date(int(found[1]), int(found[2]), int(found[3])) if found else None


def _day_in(path: str) -> date | None:
    found = _DAY_IN_NAME.search(path + "/")
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _labels(value: object, name: str) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [value] if name == "authors" else value.split(",")
    texts = [_text(item) for item in value] if isinstance(value, list) else []
    return tuple(dict.fromkeys(text for text in texts if text))
