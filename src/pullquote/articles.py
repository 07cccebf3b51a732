"""From a folder to articles: bytes once, front matter for the metadata, text untouched."""

import os
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import Any

from dateutil import parser as dateutil_parser

from pullquote import markdown
from pullquote.blocks import Block
from pullquote.errors import ArticleMissing, ArticleUnreadable, CorpusNotFound, InputError
from pullquote.front_matter import FrontMatter, read_front_matter
from pullquote.types import Article

SUFFIXES = (".md", ".markdown")
# Hugo and Jekyll write the language of a translation before the suffix: about.fr.md.
_LANG_SUFFIX = re.compile(r"\.([a-z]{2}(?:-[a-z]{2})?)$", re.IGNORECASE)
_DAY_PREFIX = re.compile(r"(\d{4}-\d{2}-\d{2})[-_]")
_DAY_IN_PATH = re.compile(r"(?<![^/])(\d{4})[-/](\d{2})[-/](\d{2})(?![^/_-])")
_INLINE_LINK = re.compile(r"\]\((https?://[^\s()]+)")
_FIELDS = {
    "url": ("url", "canonical", "canonical_url", "canonicalurl", "permalink", "link"),
    "path": ("path", "permalink", "url", "slug"),
    "date": ("date", "publishdate", "pubdate", "published_at", "created"),
    "updated": ("updated", "lastmod", "modified", "last_modified_at", "date_updated"),
    "lang": ("lang", "language", "languagecode", "locale"),
    "tags": ("tags", "tag"),
    "categories": ("categories", "category"),
    "summary": ("summary", "description", "excerpt"),
}
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_MAX_DATE = 64  # characters; a longer one is no date, and dateutil is slow to find out


def find_articles(corpus: Path) -> Iterator[str]:
    """Yield the paths of Markdown files below the corpus, sorted, hidden folders left out."""
    if not corpus.is_dir():
        raise CorpusNotFound(
            f"{corpus}: no such folder of articles; "
            "name yours with --corpus DIR or PULLQUOTE_CORPUS"
        )
    found: list[Path] = []
    for folder, folders, names in os.walk(corpus, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += (
            Path(folder, name)
            for name in names
            if name.lower().endswith(SUFFIXES) and not name.startswith(".")
        )
    for path in sorted(found):
        if path.is_file():
            # A name that is not UTF-8 could not be kept or shown; its escaped form can be.
            place = path.relative_to(corpus).as_posix()
            yield place.encode("utf-8", "backslashreplace").decode()


def read_bytes(corpus: Path, path: str) -> bytes:
    """Read a file of the corpus; raise ArticleUnreadable with the reason if that fails."""
    place = corpus / path
    try:
        if place.is_symlink() and not place.resolve().is_relative_to(corpus.resolve()):
            raise ArticleUnreadable("is a link that leaves the corpus; put the file itself there")
        return place.read_bytes()
    except FileNotFoundError as error:
        if "\\udc" in path:
            raise ArticleUnreadable("its name is not UTF-8; rename it") from error
        raise ArticleMissing(f"no such article in {corpus}") from error
    except OSError as error:
        raise ArticleUnreadable(
            f"cannot be read ({error.strerror}); check its permissions"
        ) from error


def _refuse(error: OSError) -> None:
    """Stop at a folder that cannot be read: its articles must not pass for removed ones."""
    raise InputError(
        f"{error.filename}: cannot be read ({error.strerror}); check its permissions"
    ) from error


def digest_of(data: bytes) -> str:
    """Return the digest by which a file's content is known."""
    return "blake2b:" + blake2b(data, digest_size=16).hexdigest()


def read_article(path: str, data: bytes) -> tuple[Article, tuple[str, ...]]:
    """Return the article and what was wrong with its front matter; the text is never lost.

    Raise ArticleUnreadable if the bytes are not UTF-8 or hold no text beside the front matter.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = 1 + data.count(b"\n", 0, error.start)
        raise ArticleUnreadable(
            f"line {line} is not UTF-8 ({error.reason}); save the file as UTF-8"
        ) from error
    if not text.strip("\ufeff \t\r\n"):
        raise ArticleUnreadable("is empty; write something in it or remove it")
    front = read_front_matter(text)
    blocks = markdown.read_blocks(text, front.body)
    if not any(block.quotable for block in blocks):
        raise ArticleUnreadable("has no text to quote, only front matter, headings, links or code")
    article, wrong = _build(path, data, text, front, blocks)
    return article, front.warnings + wrong


def _build(
    path: str, data: bytes, text: str, front: FrontMatter, blocks: tuple[Block, ...]
) -> tuple[Article, tuple[str, ...]]:
    place = PurePosixPath(path)
    values = {**_taxonomies(front.values), **front.values}
    own_title = _line(values.get("title")) or _heading_of(blocks)
    title = own_title or _title_of(place)
    lang_in_name = _LANG_SUFFIX.search(place.stem)
    days, warnings = _days(values)
    warnings += tuple(
        f"front matter: {name} holds keys and was not read; write plain words"
        for name in ("title", "tags", "categories", "summary", "lang")
        if isinstance(values.get(name), Mapping)
    )
    article = Article(
        path=path,
        digest=digest_of(data),
        title=title,
        titled=bool(own_title),
        date=days["date"] or _day_in(path) or _day_in(_line(_first(values, "path"))),
        updated=days["updated"],
        url=_page_of(values, title, text, front.body),
        lang=_list(_first(values, "lang")) or (_list(lang_in_name[1]) if lang_in_name else ()),
        tags=_list(_first(values, "tags")),
        categories=_list(_first(values, "categories")),
        summary=_line(_first(values, "summary")),
        draft=_truth(values.get("draft")) is True or _truth(values.get("published")) is False,
        text=text,
        body=front.body,
    )
    return article, warnings


def _taxonomies(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the tags and categories that Zola keeps in a table of their own."""
    inner = values.get("taxonomies")
    return inner if isinstance(inner, Mapping) else {}


def _days(values: Mapping[str, Any]) -> tuple[dict[str, date | None], tuple[str, ...]]:
    days: dict[str, date | None] = {}
    warnings = []
    for name in ("date", "updated"):
        value = _first(values, name)
        days[name] = read_day(value)
        if value is not None and days[name] is None:
            shown = _line(value)[:40]
            warnings.append(f"front matter: {name} {shown!r} is not a date; write YYYY-MM-DD")
    return days, tuple(warnings)


def _day_in(path: str) -> date | None:
    """Return the day that a path holds, as in 2025-02-09-amazon.md or 2025/02/09/amazon."""
    found = _DAY_IN_PATH.search(path)
    return read_day("-".join(found.groups())) if found else None


def read_day(value: object) -> date | None:
    """Return the day that a front matter value names, or None if it does not name just one.

    The day is the one where it was written, whatever its zone.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not 0 < len(value.strip()) <= _MAX_DATE:
        return None
    value = value.strip()
    iso = _ISO_DAY.match(value)
    try:
        return date.fromisoformat(iso[0]) if iso else datetime.fromisoformat(value).date()
    except ValueError:
        pass
    if not _YEAR.search(value):
        return None
    # What is missing is filled from a default, and 10/11/2024 is two days in two countries:
    # only a value that means the same in every reading is a date.
    starts_with_year = value[:4].isdigit()
    try:
        days = {
            dateutil_parser.parse(
                value,
                default=default,
                dayfirst=day_first,
                ignoretz=True,
                yearfirst=starts_with_year,
            ).date()
            for default in (datetime(2000, 1, 1), datetime(2001, 2, 2))
            for day_first in ((False,) if starts_with_year else (False, True))
        }
    # dateutil lets more than its own error through.
    except (ValueError, OverflowError, TypeError, IndexError, AttributeError):
        return None
    return days.pop() if len(days) == 1 else None


def _page_of(values: Mapping[str, Any], title: str, text: str, body: int) -> str | None:
    """Return the article's web page: named by the front matter, or linked under its own title."""
    for name in _FIELDS["url"]:
        value = values.get(name)
        if isinstance(value, str) and value.startswith(("https://", "http://")):
            return value
    slug = "-".join(re.findall(r"[a-z0-9]+", title.casefold().replace("'", "").replace("’", "")))
    for match in _INLINE_LINK.finditer(text, body):
        if slug and match[1].rstrip("/").rsplit("/", 1)[-1].casefold() == slug:
            return match[1]
    return None


def _heading_of(blocks: tuple[Block, ...]) -> str:
    headings = (block.text for block in blocks if block.kind == "heading" and block.level)
    return next(headings, "")


def _title_of(place: PurePosixPath) -> str:
    stem = place.parent.name if place.stem in ("index", "_index") else place.stem
    words = re.sub(r"[-_]+", " ", _DAY_PREFIX.sub("", stem)).strip()
    return words[:1].upper() + words[1:] or place.name


def _first(values: Mapping[str, Any], name: str) -> object:
    return next((values[key] for key in _FIELDS[name] if values.get(key)), None)


def _line(value: object) -> str:
    """Return a scalar as one line of text."""
    if isinstance(value, list):
        value = value[0] if value else None
    if value is None or isinstance(value, Mapping):
        return ""
    return " ".join(str(value).split())


def _truth(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}.get(
        str(value).casefold()
    )


def _list(value: object) -> tuple[str, ...]:
    """Return a front matter list, or a comma-separated string, as its non-empty words."""
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list | tuple):
        return ()
    return tuple(line for item in value if (line := _line(item)))
