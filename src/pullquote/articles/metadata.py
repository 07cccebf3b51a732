"""What an article says about itself: front matter under all its usual names, as plain values."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date as Date
from typing import Any, NamedTuple

from pullquote.articles.dates import day_in, read_day, read_utc_day
from pullquote.articles.places import Place
from pullquote.articles.site import Site

# Names as Hugo, Jekyll, Zola, Hexo, Eleventy, Astro and Pelican spell them, the first that is there
# wins; "-" and "_" in a name make no difference.
_NAMES = {
    "title": ("title",),
    "date": ("date", "publishdate", "pubdate", "publishedat", "published", "created", "createdat"),
    "updated": tuple(
        "updated lastmod lastmodified lastmodifiedat modified modifiedat updatedat updateddate "
        "dateupdated datemodified lastupdated".split()
    ),
    "publish": ("publishdate", "pubdate"),
    "expires": ("expirydate", "unpublishdate", "expires"),
    "lang": ("lang", "language", "languagecode", "locale"),
    "tags": ("tags", "tag"),
    "categories": ("categories", "category"),
    "authors": ("authors", "author"),
    "aliases": ("aliases", "alias", "redirectfrom"),
    "summary": ("summary", "description", "excerpt"),
    "slug": ("slug",),
    # Zola's `path` and Jekyll's `permalink` are what Hugo calls `url`.
    "address": ("url", "permalink", "path"),
    "canonical": ("canonical", "canonicalurl", "canonicallink", "relcanonical"),
    "link": ("link",),
}
# Zola and Hugo keep what is theirs at the top and the rest in a table.
_TABLES = ("taxonomies", "extra", "params")
_NAME_OF_PERSON = ("name", "title", "displayname", "display_name", "id")
_HALF = re.compile("[\ud800-\udfff]")
_MAX_LEVELS = 3  # Hexo nests categories once
_TRUTHS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class Metadata(NamedTuple):
    """Values of an article's front matter and path; "", () and None stand for what is not said.

    `day` is the one in the article's address; `address` is the page as the front matter names it,
    absolute, from the root or as a pattern; `hidden` is true where it says that there is no page.
    """

    title: str
    date: Date | None
    day: Date | None
    updated: Date | None
    publish: Date | None
    expires: Date | None
    lang: tuple[str, ...]
    tags: tuple[str, ...]
    categories: tuple[str, ...]
    authors: tuple[str, ...]
    aliases: tuple[str, ...]
    summary: str
    draft: bool
    slug: str
    address: str
    canonical: str
    link: str
    by_path: bool  # the address is Zola's `path`
    hidden: bool
    warnings: tuple[str, ...]


def read_metadata(front: Mapping[str, Any], place: Place, site: Site) -> Metadata:
    """Read the values of a front matter whose keys are case-folded."""
    values = _flatten(front)
    days, wrong = _days(values)
    date = days["date"] or place.day or _day_in_address(values)
    lang = _words(_first(values, "lang"), _split) or tuple(filter(None, [place.lang]))
    categories = _labels(values, "categories", place)
    return Metadata(
        title=_line(_first(values, "title")),
        date=date,
        day=(place.jekyll and read_utc_day(_first(values, "date"))) or date,
        updated=days["updated"],
        publish=days["publish"] or date,
        expires=days["expires"],
        lang=lang or tuple(filter(None, [site.language])),
        tags=_labels(values, "tags", place),
        categories=tuple(dict.fromkeys((*place.categories, *categories))),
        authors=_words(_first(values, "authors"), _split_people),
        aliases=_words(_first(values, "aliases"), _split),
        summary=_line(_first(values, "summary")),
        draft=_is_draft(values, place),
        slug=_line(_first(values, "slug")),
        address=_line(_first(values, "address")),
        canonical=_line(_first(values, "canonical")),
        link=_line(_first(values, "link")),
        by_path=bool(values.get("path")) and not (values.get("url") or values.get("permalink")),
        hidden=_is_hidden(values),
        warnings=(*wrong, *_unread(values)),
    )


def _flatten(front: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values, also those of inner tables, under names without hyphens."""
    flat: dict[str, Any] = {}
    for name in _TABLES:
        if isinstance(inner := front.get(name), Mapping):
            flat |= {_squeeze(str(key).casefold()): value for key, value in inner.items()}
    return flat | {_squeeze(key): value for key, value in front.items()}


def _squeeze(key: str) -> str:
    return key.replace("-", "").replace("_", "") if "-" in key or "_" in key else key


def _first(values: Mapping[str, Any], name: str) -> object:
    return next((values[key] for key in _NAMES[name] if values.get(key)), None)


def _labels(values: Mapping[str, Any], name: str, place: Place) -> tuple[str, ...]:
    """Return tags or categories; in Jekyll, a plural key's words are parted by spaces."""
    in_words = place.jekyll and bool(values.get(_NAMES[name][0]))
    return _words(_first(values, name), _split_jekyll if in_words else _split)


def _days(values: Mapping[str, Any]) -> tuple[dict[str, Date | None], tuple[str, ...]]:
    """Return the days, the first that can be read of each kind, and what could not be read."""
    days: dict[str, Date | None] = {}
    wrong: dict[str, str] = {}
    for name in ("date", "updated", "publish", "expires"):
        days[name] = None
        for key in _NAMES[name]:
            value = values.get(key)
            # Jekyll's `published` is a truth, Hugo's a day.
            if not value or _truth(value) is not None:
                continue
            days[name] = read_day(value)
            if days[name]:
                break
            shown = _line(value)[:40]
            label = key if name in ("publish", "expires") else name
            wrong.setdefault(
                key, f"front matter: {label} {shown!r} is not a date; write YYYY-MM-DD"
            )
    return days, tuple(wrong.values())


def _day_in_address(values: Mapping[str, Any]) -> Date | None:
    for key in ("path", "permalink", "url", "slug"):
        value = values.get(key)
        if isinstance(value, str) and (day := day_in(value)):
            return day
    return None


def _is_draft(values: Mapping[str, Any], place: Place) -> bool:
    return (
        place.is_draft
        or _truth(values.get("draft")) is True
        or _truth(values.get("published")) is False
        or _line(values.get("status")).casefold() == "draft"
    )


def _is_hidden(values: Mapping[str, Any]) -> bool:
    """Tell whether the site makes no page of it, as Eleventy's ``permalink: false`` says."""
    build = values.get("build")
    never = isinstance(build, Mapping) and _line(build.get("render")) in ("never", "false", "False")
    return (
        never or _truth(values.get("headless")) is True or _truth(values.get("permalink")) is False
    )


def _unread(values: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        f"front matter: {name} holds keys and was not read; write plain words"
        for name in ("title", "tags", "categories", "summary", "lang")
        if isinstance(values.get(name), Mapping)
    )


def _line(value: object) -> str:
    """Return a scalar, or the first of a list, as one line of text."""
    if isinstance(value, list):
        value = value[0] if value else None
    if value is None or isinstance(value, Mapping | list):
        return ""
    return _mend(" ".join(str(value).split()))


def _mend(text: str) -> str:
    # JSON and YAML can spell half a character, which nothing can store.
    return text if text.isascii() else _HALF.sub("\ufffd", text)


def _truth(value: object) -> bool | None:
    return value if isinstance(value, bool) else _TRUTHS.get(str(value).casefold())


def _words(value: object, split: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
    """Return a list, or a string that is one, as its non-empty words, each said once."""
    listed = split(value) if isinstance(value, str) else _leaves(value, _MAX_LEVELS)
    return tuple(dict.fromkeys(line for word in listed if (line := _line(word))))


def _leaves(value: object, levels: int) -> Iterable[object]:
    """Yield the scalars of a nested list; of a map the name that it gives."""
    if isinstance(value, Mapping):
        yield next((value[key] for key in _NAME_OF_PERSON if value.get(key)), None)
    elif not isinstance(value, list | tuple):
        yield value
    elif levels:
        for item in value:
            yield from _leaves(item, levels - 1)


def _split(text: str) -> list[str]:
    return text.split(",")


def _split_jekyll(text: str) -> list[str]:
    """Split at commas, or else at spaces as Jekyll does."""
    return text.split(",") if "," in text else text.split()


def _split_people(text: str) -> list[str]:
    """Split at commas between full names; that in "Doe, Jane" is none of them."""
    people = text.split(",")
    return people if all(" " in person.strip() for person in people) else [text]
