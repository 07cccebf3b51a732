"""From a folder to articles: bytes once, front matter for the metadata, text untouched."""

import errno
import os
import re
import stat
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from pullquote import markdown
from pullquote.articles.front_matter import FrontMatter, read_front_matter
from pullquote.articles.metadata import read_metadata
from pullquote.articles.pages import find_aliases, find_linked_page, find_page
from pullquote.articles.places import find_place
from pullquote.articles.site import Site, read_site
from pullquote.errors import ArticleMissing, ArticleUnreadable, CorpusNotFound, InputError
from pullquote.markdown.blocks import Block
from pullquote.types import Article

SUFFIXES = (".md", ".markdown")
# A book has one; what is larger is no article, and reading it would only cost memory.
MAX_BYTES = 16 * 1_048_576
_ANY = Site()
# In a name they forge lines of what is printed, or steer the terminal that prints it.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_STEERS = "its name holds a control character; rename it"


class Seen(NamedTuple):
    """An article's file as a look at the folder finds it.

    While `stat` (size, times, file number) is the same, nothing was written to the file; None of a
    link, which may lead elsewhere without a trace. `changed` is when it was last written, in
    nanoseconds.
    """

    path: str
    stat: str | None
    changed: int


def see_articles(
    corpus: Path, site: Site = _ANY, *, only: Iterable[str] | None = None
) -> Iterator[Seen]:
    """Yield the site's Markdown files, sorted, hidden files and folders left out.

    With `only`, yield those of these paths that are there.
    """
    check_corpus(corpus)
    found = _walk(str(corpus)) if only is None else _those(corpus, only)
    for path in sorted(found, key=lambda path: path.split("/")):
        place = written(path)
        if (seen := _see(f"{corpus}/{path}", place)) and site.takes(place):
            yield seen


def find_articles(
    corpus: Path, site: Site = _ANY, *, only: Iterable[str] | None = None
) -> Iterator[str]:
    """Yield the paths that `see_articles` finds."""
    return (seen.path for seen in see_articles(corpus, site, only=only))


def written(path: str) -> str:
    """Return a path as it can be kept and shown: escaped where it is not UTF-8 or would steer."""
    whole = path.encode("utf-8", "backslashreplace").decode()
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", whole)


def check_corpus(corpus: Path) -> None:
    """Raise CorpusNotFound if the folder of articles is not there."""
    if not corpus.is_dir():
        raise CorpusNotFound(
            f"{corpus}: no such folder of articles; "
            "name yours with --corpus DIR or PULLQUOTE_CORPUS"
        )


def _walk(corpus: str) -> Iterator[str]:
    for folder, folders, names in os.walk(corpus, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        place = os.path.relpath(folder, corpus).replace(os.sep, "/")
        prefix = "" if place == "." else f"{place}/"
        yield from (prefix + name for name in names if is_name(name))


def _those(corpus: Path, only: Iterable[str]) -> Iterator[str]:
    """Yield what a walk would find of some paths: it does not follow links to folders."""
    for path in only:
        parents = (corpus / path).parents[: len(PurePosixPath(path).parts) - 1]
        if is_name(path) and not any(parent.is_symlink() for parent in parents):
            yield path


def _see(file: str, place: str) -> Seen | None:
    """Return what is to be seen of a file, None if it is none or leads nowhere."""
    try:
        state = os.lstat(file)
        link = stat.S_ISLNK(state.st_mode)
        if link:
            state = Path(file).stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: no name of a file
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            return None
        raise _unreadable(error) from error
    if not stat.S_ISREG(state.st_mode):
        return None
    told = f"{state.st_size} {state.st_mtime_ns} {state.st_ctime_ns} {state.st_ino}"
    return Seen(place, None if link else told, max(state.st_mtime_ns, state.st_ctime_ns))


def is_name(path: str) -> bool:
    """Tell whether a relative path may be an article's, by its names alone."""
    hidden = any(part.startswith(".") for part in path.split("/"))
    return path.lower().endswith(SUFFIXES) and not hidden and not path.startswith("/")


def read_bytes(corpus: Path, path: str) -> bytes:
    """Read a file of the corpus; raise ArticleUnreadable with the reason if that fails.

    Nothing outside of the corpus is read, whatever the path says and wherever links lead.
    """
    if not is_name(path):
        raise ArticleUnreadable("is no article's name; articles lie in the corpus and end in .md")
    if _CONTROL.search(path):
        raise ArticleUnreadable(_STEERS)
    place = corpus / path
    try:
        if _leaves(corpus, path):
            raise ArticleUnreadable("is a link that leaves the corpus; put the file itself there")
        if not stat.S_ISREG(place.stat().st_mode):  # a pipe would be waited for
            raise ArticleUnreadable("is no file; put the article itself there")
        with place.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise _missing(corpus, path) from error
    except (OSError, RuntimeError) as error:  # RuntimeError: a link to itself, in Python 3.11
        reason = getattr(error, "strerror", None) or "its links lead nowhere"
        raise ArticleUnreadable(f"cannot be read ({reason}); check its permissions") from error
    if len(data) > MAX_BYTES:
        raise ArticleUnreadable(f"is larger than {MAX_BYTES // 1_048_576} MiB; split it")
    return data


def _missing(corpus: Path, path: str) -> ArticleUnreadable:
    """Return the error for a file that is not there, unless under the name that it is told by."""
    if "\\udc" in path:
        return ArticleUnreadable("its name is not UTF-8; rename it")
    if "\\x" in path:
        return ArticleUnreadable(_STEERS)
    return ArticleMissing(f"no such article in {corpus}")


def _leaves(corpus: Path, path: str) -> bool:
    """Tell whether a link, of the file or a folder above it, leads out of the corpus."""
    parts = PurePosixPath(path)
    linked = any((corpus / part).is_symlink() for part in (parts, *parts.parents[:-1]))
    return linked and not (corpus / path).resolve().is_relative_to(corpus.resolve())


def _refuse(error: OSError) -> None:
    """Stop at a folder that cannot be read: its articles must not pass for removed ones."""
    raise _unreadable(error) from error


def _unreadable(error: OSError) -> InputError:
    return InputError(f"{error.filename}: cannot be read ({error.strerror}); check its permissions")


def digest_of(data: bytes) -> str:
    """Return the digest by which a file's content is known."""
    return "blake2b:" + blake2b(data, digest_size=16).hexdigest()


def read_article(path: str, data: bytes, site: Site = _ANY) -> tuple[Article, tuple[str, ...]]:
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
    if not any(block.quotable or (site.code and block.kind == "code") for block in blocks):
        raise ArticleUnreadable("has no text to quote, only front matter, headings, links or code")
    article, wrong = _build(path, data, text, front, blocks, site)
    return article, front.warnings + wrong


def read_now(corpus: Path, path: str) -> Article:
    """Return an article of the corpus as it is now; raise InputError if it cannot be read."""
    try:
        inside = (corpus / path).resolve().is_relative_to(corpus.resolve())
    except (ValueError, OSError) as error:
        raise InputError(f"{path!r}: not a path ({error})") from error
    if not inside:
        raise InputError(f"{path}: lies outside the corpus {corpus}")
    if not is_name(path):
        raise InputError(f"{path}: is no article; articles end in .md or .markdown")
    try:
        site = Site.parse(read_site(corpus))
        return read_article(path, read_bytes(corpus, path), site)[0]
    except ArticleUnreadable as error:
        raise InputError(f"{path}: {error}") from error


def _build(
    path: str, data: bytes, text: str, front: FrontMatter, blocks: tuple[Block, ...], site: Site
) -> tuple[Article, tuple[str, ...]]:
    place = find_place(path, site)
    told = read_metadata(front.values, place, site)
    own_title = told.title or _heading_of(blocks)
    title = own_title or place.words or path.rpartition("/")[2]
    page = find_page(place, told, title, site) or find_linked_page(text, front.body, title)
    article = Article(
        path=path,
        digest=digest_of(data),
        title=title,
        titled=bool(own_title),
        date=told.date,
        updated=told.updated,
        url=page,
        lang=told.lang,
        tags=told.tags,
        categories=told.categories,
        summary=told.summary,
        authors=told.authors,
        aliases=find_aliases(told, page, site),
        draft=told.draft,
        publish=told.publish,
        expires=told.expires,
        text=text,
        body=front.body,
    )
    return article, told.warnings


def _heading_of(blocks: tuple[Block, ...]) -> str:
    headings = (block.text for block in blocks if block.kind == "heading" and block.level)
    return next(headings, "")
