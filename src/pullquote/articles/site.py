"""The site that the articles belong to: what ``pullquote.toml`` beside them says, or its absence.

Everything has a default, so that a folder without the file is read as it always was.
"""

import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from pullquote.errors import InputError

FILE = "pullquote.toml"
GENERATORS = ("hugo", "jekyll")
# A longer one is no settings file; reading it would only cost memory.
_MAX_BYTES = 1_048_576
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")
# What a browser would not follow as it is written, or would read as something else.
_NOT_IN_URL = re.compile(
    r"[\x00-\x20\x7f-\xa0\ud800-\udfff\\<>\"`{}|^\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)
# Where Jekyll keeps what it makes pages with, and the pages that it made.
_JEKYLL_OWN = frozenset("_data _includes _layouts _plugins _sass _site".split())


@dataclass(frozen=True, slots=True)
class Site:
    """How the articles become pages, and which of their files and sentences count.

    `generator` is ``"hugo"``, ``"jekyll"`` or, if empty, guessed from each path; `permalinks` pairs
    a folder ("" = all) with the pattern of its pages; `language` is the one that needs no prefix,
    `languages` are those whose articles lie in a folder of that name. `include` and `exclude` are
    patterns of paths as in .gitignore, `boilerplate` regular expressions searched in a sentence.
    """

    base_url: str = ""
    language: str = ""
    generator: str = ""
    permalinks: tuple[tuple[str, str], ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    boilerplate: tuple[str, ...] = ()
    code: bool = False
    languages: tuple[str, ...] = ()

    @classmethod
    def parse(cls, source: str) -> Self:
        """Read the text of a pullquote.toml; raise InputError, in one line, for what it cannot be.

        An empty text is the default site.
        """
        return cls(**_parse(source.removeprefix("\ufeff").replace("\r\n", "\n")))

    def takes(self, path: str) -> bool:
        """Tell whether a path may be an article's: included and not excluded."""
        if self.exclude and _any_glob(self.exclude).match(path):
            return False
        if self.include:
            return bool(_any_glob(self.include).match(path))
        return self.generator != "jekyll" or _JEKYLL_OWN.isdisjoint(path.split("/")[:-1])

    def is_boilerplate(self, shown: str) -> bool:
        """Tell whether a shown sentence is one that the site repeats and nobody should quote."""
        return any(regex.search(shown) for regex in _compiled(self.boilerplate))


def read_site(corpus: Path) -> str:
    """Return the text of the corpus's pullquote.toml, "" if there is none."""
    place = corpus / FILE
    try:
        if place.is_symlink() and not place.resolve().is_relative_to(corpus.resolve()):
            raise InputError(f"{place}: is a link that leaves the corpus; put the file there")
        if stat.S_ISFIFO(place.stat().st_mode):  # it would be waited for
            raise InputError(f"{place}: is a pipe; put the settings themselves there")
        with place.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, RuntimeError) as error:  # RuntimeError: a link to itself, in Python 3.11
        reason = getattr(error, "strerror", None) or "its links lead nowhere"
        raise InputError(f"{place}: cannot be read ({reason}); check its permissions") from error
    if len(data) > _MAX_BYTES:
        raise InputError(f"{place}: is longer than {_MAX_BYTES // 1_048_576} MiB; shorten it")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = 1 + data.count(b"\n", 0, error.start)
        raise InputError(f"{place}: line {line}: is not UTF-8; save the file as UTF-8") from error


def web_address(value: object) -> str | None:
    """Return an address that a browser may safely be sent to, or None.

    Only http and https, with a host, without credentials, control characters or spaces.
    """
    if not isinstance(value, str):
        return None
    value = value.strip()
    if not value[:8].casefold().startswith(("https://", "http://")) or _NOT_IN_URL.search(value):
        return None
    try:
        parts = urlsplit(value)
        named = bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        return None
    return value if named else None


@lru_cache(maxsize=8)
def _parse(source: str) -> Mapping[str, Any]:
    try:
        values = tomllib.loads(source)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _broken(source, error) from error
    known = {field.name for field in fields(Site)}
    for key in values:
        if key not in known:
            close = get_close_matches(key.casefold(), known, n=1)
            advice = f"did you mean {close[0]}?" if close else f"use {', '.join(sorted(known))}"
            raise _refuse(source, key, f"there is no setting {key!r}; {advice}")
    return {key: _READERS[key](source, key, value) for key, value in values.items()}


def _broken(source: str, error: Exception) -> InputError:
    said = str(error).partition("\n")[0]
    place = _TOML_PLACE.search(said)
    line = int(place[1]) if place and place[1] else 1 + source.rstrip().count("\n")
    said = said[: place.start()] if place else said
    return InputError(f"{FILE}: line {line}: is not TOML ({said}); correct it")


def _refuse(source: str, key: str, reason: str) -> InputError:
    """Return the error for a key, with the line in which it is first written."""
    written = rf"""^[ \t]*(?:\[+[ \t]*)?["']?{re.escape(key)}["']?[ \t]*(?:[=.\]]|$)"""
    found = re.search(written, source, re.MULTILINE)
    line = 1 + source.count("\n", 0, found.start()) if found else 1
    return InputError(f"{FILE}: line {line}: {reason}")


def _base_url(source: str, key: str, value: object) -> str:
    address = web_address(value)
    if address is None or any(mark in address for mark in "?#"):
        raise _refuse(source, key, f'{key} must be like "https://example.com", not {value!r:.80}')
    return address.rstrip("/")


def _language(source: str, key: str, value: object) -> str:
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        raise _refuse(source, key, f'{key} must be a code like "en" or "pt-br", not {value!r:.80}')
    return value


def _languages(source: str, key: str, value: object) -> tuple[str, ...]:
    return tuple(_language(source, key, code) for code in _words(source, key, value))


def _generator(source: str, key: str, value: object) -> str:
    if value not in (*GENERATORS, ""):
        choice = " or ".join(f'"{name}"' for name in GENERATORS)
        raise _refuse(source, key, f"{key} must be {choice}, not {value!r:.80}")
    return str(value)


def _words(source: str, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
        raise _refuse(source, key, f'{key} must be a list like ["a", "b"], not {value!r:.80}')
    return tuple(value)


def _regexes(source: str, key: str, value: object) -> tuple[str, ...]:
    patterns = _words(source, key, value)
    for pattern in patterns:
        try:
            re.compile(pattern)
        except (re.error, RecursionError, OverflowError) as error:
            reason = f"{key}: {pattern!r:.80} is not a regular expression ({error}); correct it"
            raise _refuse(source, key, reason) from error
    return patterns


def _globs(source: str, key: str, value: object) -> tuple[str, ...]:
    patterns = _words(source, key, value)
    for pattern in patterns:
        try:
            _any_glob((pattern,))
        except re.error as error:
            reason = f"{key}: {pattern!r:.80} is not a pattern of paths ({error}); correct it"
            raise _refuse(source, key, reason) from error
    return patterns


def _truth(source: str, key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise _refuse(source, key, f"{key} must be true or false, not {value!r:.80}")
    return value


def _permalinks(source: str, key: str, value: object) -> tuple[tuple[str, str], ...]:
    """Read a table of folder = pattern, or one pattern for all folders."""
    table: Mapping[Any, Any] = {"": value} if isinstance(value, str) else value  # type: ignore[assignment]
    if not isinstance(table, Mapping):
        raise _refuse(source, key, f"{key} must be a table of folder = pattern, not {value!r:.80}")
    for folder, pattern in table.items():
        if not isinstance(pattern, str) or not (pattern[:1] in ("/", ":") or pattern in STYLES):
            reason = f'{key}: {folder!r} must be like "/:year/:month/:slug/", not {pattern!r:.80}'
            raise _refuse(source, folder or key, reason)
        for part in PLACEHOLDER.findall(pattern):
            if part not in PARTS:
                close = get_close_matches(part, PARTS, n=1)
                advice = f"did you mean :{close[0]}?" if close else f"use :{', :'.join(PARTS)}"
                reason = f"{key}: {pattern!r:.80} has no part :{part}; {advice}"
                raise _refuse(source, folder or key, reason)
    return tuple((folder.strip("/"), pattern) for folder, pattern in table.items())


# The parts that a pattern may name, Hugo's and Jekyll's.
PARTS = tuple(
    "categories contentbasename day filename hour i_day i_month imonth long_day long_month minute "
    "month monthname name output_ext path basename collection second section sectionslug sections "
    "sectionslugs short_day short_month short_year slug slugified_categories slugorcontentbasename "
    "slugorfilename title w_day w_year week weekday weekdayname y_day year yearday".split()
)
PLACEHOLDER = re.compile(r":([a-z]+(?:_[a-z]+)*)")
STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
_READERS = {
    "base_url": _base_url,
    "language": _language,
    "languages": _languages,
    "generator": _generator,
    "permalinks": _permalinks,
    "include": _globs,
    "exclude": _globs,
    "boilerplate": _regexes,
    "code": _truth,
}


@lru_cache(maxsize=16)
def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


@lru_cache(maxsize=16)
def _any_glob(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(_regex_of, patterns)))


_GLOB_PART = re.compile(r"\*\*/?|\*|\?|\[(?P<not>!?)(?P<set>[^\]]+)\]|.", re.DOTALL)


def _regex_of(pattern: str) -> str:
    """Translate a pattern as in .gitignore: ``*`` stays in a folder, ``**`` goes through them.

    Without a slash it matches a name in any folder; a plain name at its end takes what lies below.
    """
    anchored = "/" in pattern.rstrip("/")
    inner = "".join(_glob_part(part) for part in _GLOB_PART.finditer(pattern.strip("/")))
    last = pattern.rstrip("/").rpartition("/")[2]
    below = "(?:/.*)?" if not any(mark in last for mark in "*?[") else ""
    if pattern.endswith("/"):
        below = "/.*"
    return ("" if anchored else "(?:.*/)?") + inner + below + r"\Z"


def _glob_part(part: re.Match[str]) -> str:
    if part["set"]:
        listed = re.sub(r"([\\\[\]^&~|])", r"\\\1", part["set"])
        return f"[{'^/' if part['not'] else ''}{listed}]"
    fixed = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return fixed.get(part[0]) or re.escape(part[0])
