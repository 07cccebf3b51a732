"""Where an article lives on the web, by the rules of Hugo and Jekyll.

Hugo: https://gohugo.io/content-management/urls/ and resources/page/{permalinks,page_paths}.go;
Jekyll: https://jekyllrb.com/docs/permalinks/ and lib/jekyll/{drops/url_drop,utils,url}.rb.
"""

import re
from urllib.parse import quote as percent_encode
from urllib.parse import urljoin, urlsplit

from pullquote.articles.metadata import Metadata
from pullquote.articles.permalinks import (
    HUGO,
    JEKYLL,
    SAFE,
    Subject,
    escape_jekyll,
    fill,
    hugo_slug,
)
from pullquote.articles.places import Place
from pullquote.articles.site import STYLES, Site, web_address

_INLINE_LINK = re.compile(r"\]\((https?://[^\s()]+)")
_WEB = ("https://", "http://")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S")
_HAS_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,5}$")
_BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def find_page(place: Place, told: Metadata, title: str, site: Site) -> str | None:
    """Return the address of an article's page, or None if nothing tells it.

    An absolute address in the front matter wins over one computed from the site's `base_url`.
    """
    for named in (told.address, told.canonical):
        if address := _absolute(named):
            return address
    if not site.base_url:
        return _own_link(place, told, title)
    if told.hidden:
        return None
    path = _path_of(place, told, title, site)
    return None if path is None else web_address(site.base_url + _encode(path))


def find_linked_page(text: str, body: int, title: str) -> str | None:
    """Return the address under which an article links to its own title, if it does."""
    slug = _plain_slug(title)
    for match in _INLINE_LINK.finditer(text, body):
        if slug and match[1].rstrip("/").rsplit("/", 1)[-1].casefold() == slug:
            return web_address(match[1])
    return None


def find_aliases(told: Metadata, page: str | None, site: Site) -> tuple[str, ...]:
    """Return the article's other addresses; without a `base_url`, and for names, as written."""
    found = (_alias(alias, told, page, site) for alias in told.aliases)
    return tuple(dict.fromkeys(filter(None, found)))


def _alias(alias: str, told: Metadata, page: str | None, site: Site) -> str | None:
    if _SCHEME.match(alias):
        return _absolute(alias)
    if not site.base_url or " " in alias:
        return alias
    path = alias if _HAS_SUFFIX.search(alias) or alias.endswith("/") else alias + "/"
    # Hugo reads an alias without a slash in front from beside the page, Zola from the root.
    if not path.startswith("/") and not told.by_path and page:
        base = page.rstrip("/").rpartition("/")[0]
        return web_address(urljoin(base + "/", _encode(path)))
    return web_address(f"{site.base_url}/{_encode(path).lstrip('/')}")


def _absolute(value: str) -> str | None:
    return web_address(value) if value.startswith(_WEB) else None


def _own_link(place: Place, told: Metadata, title: str) -> str | None:
    """Return `link` if it is the article's page and not what a link post points at."""
    link = _absolute(told.link)
    if link is None:
        return None
    last = urlsplit(link).path.rstrip("/").rpartition("/")[2].casefold()
    own = {told.slug.casefold(), place.name.casefold(), _plain_slug(title)} - {""}
    return link if last in own else None


def _plain_slug(title: str) -> str:
    bare = title.casefold().replace("'", "").replace("’", "")
    return "-".join(re.findall(r"[a-z0-9]+", bare))


def _encode(path: str) -> str:
    return percent_encode(_BROKEN_PERCENT.sub("%25", path), safe=SAFE)


def _path_of(place: Place, told: Metadata, title: str, site: Site) -> str | None:
    """Return the path of the page below the site's address, or None if it has none."""
    folder, pattern = _pattern_for(place, site)
    subject = Subject(place, told, title, folder)
    if told.address and not told.address.startswith(_WEB):
        return _from_address(subject, site)
    if place.jekyll:
        return _jekyll_path(subject, pattern, site)
    if not site.generator and any(part.startswith("_") for part in place.folders):
        return None  # layouts, includes or data of some generator
    return _hugo_path(subject, pattern, site)


def _pattern_for(place: Place, site: Site) -> tuple[str, str]:
    """Return the longest folder that a pattern is given for and that holds the article."""
    here = "/".join((*place.folders, ""))
    best = ("", "")
    for folder, pattern in site.permalinks:
        own = folder.removeprefix("content/").removeprefix("_")
        holds = not own or here.startswith((own + "/", f"_{own}/"))
        if holds and len(own) >= len(best[0]):
            best = own, pattern
    return best


def _from_address(subject: Subject, site: Site) -> str | None:
    """Return the path that the front matter gives, its parts filled in."""
    place, told = subject.place, subject.told
    address = STYLES.get(told.address, told.address) if place.jekyll else told.address
    filled = fill(address, subject, JEKYLL if place.jekyll else HUGO)
    if filled is None:
        return None
    path = _clean(filled)
    if place.jekyll:
        return path
    if not filled.startswith("/") and not told.by_path:
        path = _prefix(place, site) + path
    return path if _HAS_SUFFIX.search(path) and not told.by_path else _slashed(path)


def _clean(path: str) -> str:
    """Return a path from the root without empty and dotted folders."""
    parts = [part for part in path.split("/") if part.strip(".") or not part]
    joined = "/".join(part for part in parts if part)
    return f"/{joined}/" if joined and path.endswith("/") else f"/{joined}"


def _slashed(path: str) -> str:
    return path if path.endswith("/") else path + "/"


def _prefix(place: Place, site: Site) -> str:
    """Return the language in front of a translation's path; the site's own needs none."""
    lang = place.lang.casefold()
    return f"/{lang}" if lang and lang != (site.language or "en").casefold() else ""


def _hugo_path(subject: Subject, pattern: str, site: Site) -> str | None:
    place, told = subject.place, subject.told
    if place.stem == "_index":
        path: str | None = "/".join(place.folders)
    elif pattern:
        path = fill(pattern, subject, HUGO)
    elif place.stem == "index":
        path = "/".join((*place.folders[:-1], told.slug or "".join(place.folders[-1:])))
    else:
        path = "/".join((*place.folders, told.slug or place.stem))
    if path is None:
        return None
    path = _clean(_prefix(place, site) + "/" + hugo_slug(path))
    return path if path.endswith((".html", ".htm")) else _slashed(path)


def _jekyll_path(subject: Subject, pattern: str, site: Site) -> str | None:
    place = subject.place
    pattern = STYLES.get(pattern, pattern)
    special = any(part.startswith("_") for part in place.folders)
    if place.is_post:
        filled = fill(pattern or STYLES["date"], subject, JEKYLL)
    elif subject.folder and pattern:
        filled = fill(pattern, subject, JEKYLL)
    elif special:
        return None  # layouts and includes, or a collection that may not be put out at all
    else:
        filled = _jekyll_page(place, pattern)
    return None if filled is None else _clean(filled)


def _jekyll_page(place: Place, pattern: str) -> str:
    """Return the path of a page that is no post: its own, with the ending of the site's style."""
    folder = "/".join(("", *place.folders, ""))
    if place.stem == "index":
        return folder
    ending = "/" if pattern.endswith("/") else ".html"
    if pattern and not pattern.endswith(("/", ":output_ext")):
        ending = ""
    return escape_jekyll(folder + place.stem) + ending
