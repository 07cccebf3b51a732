"""Permalink patterns: their parts and how Hugo and Jekyll spell them.

Hugo: resources/page/permalinks.go and helpers/path.go; Jekyll: lib/jekyll/drops/url_drop.rb and
Utils.slugify.
"""

import re
from collections.abc import Callable
from datetime import date as Date
from typing import NamedTuple
from urllib.parse import quote as percent_encode

from pullquote.articles.metadata import Metadata
from pullquote.articles.places import Place
from pullquote.articles.site import PLACEHOLDER

_MONTHS = (
    "January February March April May June July August September October November December".split()
)
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
# What Hugo keeps of a path (helpers/path.go, UnicodeSanitize), beside letters, digits and marks.
_HUGO_PLAIN = re.compile(r"[a-z0-9._/-]*", re.ASCII)
_HUGO_DROPPED = re.compile(r"(?!%[0-9A-Fa-f]{2})[^\w\s./\\#+~@-]")
# What Jekyll replaces by a hyphen (Utils.slugify, modes "pretty" and "default").
_JEKYLL_PRETTY = re.compile(r"(?:[^\w.~!$&'()+,;=@])+")
_JEKYLL_DEFAULT = re.compile(r"[\W_]+")
# All that RFC 3986 lets stand in a path.
SAFE = "/-._~!$&'()*+,;=:@%"


class Subject(NamedTuple):
    """What a pattern's parts are taken from."""

    place: Place
    told: Metadata
    title: str
    folder: str  # the one that the pattern is for


def hugo_slug(text: str) -> str:
    """Return a text as Hugo puts it into a path: lower case, spaces to hyphens, signs dropped."""
    text = text.lower()
    if _HUGO_PLAIN.fullmatch(text):
        return text
    kept = re.sub(r"\s+", " ", _HUGO_DROPPED.sub("", text).strip())
    return re.sub(r" (?=-)|(?<=-) ", "", kept).replace(" ", "-")


def jekyll_slug(text: str, *, pretty: bool = False) -> str:
    """Return a text as Jekyll's ``slugify`` does; `pretty` keeps case and some signs."""
    slug = (_JEKYLL_PRETTY if pretty else _JEKYLL_DEFAULT).sub("-", text)
    slug = re.sub(r"^-|-$", "", slug)
    return slug if pretty else slug.lower()


def escape_jekyll(text: str) -> str:
    """Return a text with all but what may stand in a path percent-encoded."""
    return percent_encode(text, safe=SAFE.replace("%", ""))


Parts = dict[str, Callable[[Subject], str | None]]


def fill(pattern: str, subject: Subject, parts: Parts) -> str | None:
    """Return the pattern with its parts filled in, None if one is unknown, such as the day."""
    lost = False

    def put(part: re.Match[str]) -> str:
        nonlocal lost
        make = parts.get(part[1])
        if make is None:
            return part[0]
        made = make(subject)
        lost = lost or made is None
        return made or ""

    filled = PLACEHOLDER.sub(put, pattern)
    return None if lost else filled


def _day(write: Callable[[Date], str]) -> Callable[[Subject], str | None]:
    return lambda subject: write(subject.told.day) if subject.told.day else None


def _hugo_name(subject: Subject) -> str:
    place = subject.place
    return hugo_slug("".join(place.folders[-1:]) if place.stem == "index" else place.stem)


def _hugo_sections(subject: Subject) -> tuple[str, ...]:
    place = subject.place
    return place.folders[:-1] if place.stem == "index" else place.folders


def _slug_or(other: Callable[[Subject], str]) -> Callable[[Subject], str | None]:
    return lambda subject: hugo_slug(subject.told.slug) or other(subject)


def _title(subject: Subject) -> str:
    return hugo_slug(subject.title)


def _jekyll_name(subject: Subject) -> str:
    return subject.told.slug or subject.place.name


def _jekyll_categories(subject: Subject) -> str:
    words = dict.fromkeys(word.lower() for word in subject.told.categories)
    return escape_jekyll("/".join(words))


def _jekyll_folder(subject: Subject) -> str:
    """Return the path below the folder that the pattern is for."""
    path = "/".join((*subject.place.folders, subject.place.stem)).removeprefix("_")
    return escape_jekyll(path.removeprefix(subject.folder).strip("/"))


_DATES: Parts = {
    "year": _day(lambda day: f"{day.year:04}"),
    "month": _day(lambda day: f"{day.month:02}"),
    "day": _day(lambda day: f"{day.day:02}"),
}
HUGO: Parts = _DATES | {
    "monthname": _day(lambda day: _MONTHS[day.month - 1]),
    "yearday": _day(lambda day: str(day.timetuple().tm_yday)),
    "weekday": _day(lambda day: str(day.isoweekday() % 7)),
    "weekdayname": _day(lambda day: _DAYS[day.weekday()]),
    "section": lambda subject: "".join(_hugo_sections(subject)[:1]),
    "sections": lambda subject: "/".join(_hugo_sections(subject)),
    "sectionslug": lambda subject: "".join(_hugo_sections(subject)[:1]),
    "sectionslugs": lambda subject: "/".join(_hugo_sections(subject)),
    "title": _title,
    "slug": _slug_or(_title),
    "filename": _hugo_name,
    "contentbasename": _hugo_name,
    "slugorfilename": _slug_or(_hugo_name),
    "slugorcontentbasename": _slug_or(_hugo_name),
}
JEKYLL: Parts = _DATES | {
    "title": lambda subject: escape_jekyll(jekyll_slug(_jekyll_name(subject), pretty=True)),
    "slug": lambda subject: escape_jekyll(jekyll_slug(_jekyll_name(subject))),
    "name": lambda subject: escape_jekyll(jekyll_slug(subject.place.name)),
    "basename": lambda subject: escape_jekyll(subject.place.stem),
    "path": _jekyll_folder,
    "collection": lambda subject: subject.folder,
    "categories": _jekyll_categories,
    "slugified_categories": lambda subject: "/".join(
        dict.fromkeys(map(jekyll_slug, subject.told.categories))
    ),
    "output_ext": lambda _: ".html",
    "short_year": _day(lambda day: f"{day.year % 100:02}"),
    "i_month": _day(lambda day: str(day.month)),
    "i_day": _day(lambda day: str(day.day)),
    "short_month": _day(lambda day: _MONTHS[day.month - 1][:3]),
    "long_month": _day(lambda day: _MONTHS[day.month - 1]),
    "short_day": _day(lambda day: _DAYS[day.weekday()][:3]),
    "long_day": _day(lambda day: _DAYS[day.weekday()]),
    "y_day": _day(lambda day: f"{day.timetuple().tm_yday:03}"),
    "w_year": _day(lambda day: f"{day.isocalendar().year:04}"),
    "week": _day(lambda day: f"{day.isocalendar().week:02}"),
    "w_day": _day(lambda day: str(day.isoweekday())),
}
