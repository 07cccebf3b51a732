"""The folder as it is, and what became of each article since the last refresh."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pullquote.articles.files import (
    Seen,
    digest_of,
    find_articles,
    read_article,
    read_bytes,
    see_articles,
    written,
)
from pullquote.articles.site import FILE, Site
from pullquote.errors import ArticleUnreadable, InputError
from pullquote.index.records import NewRow
from pullquote.protocols import Progress
from pullquote.types import Article, Problem

Split = Callable[[Article], tuple[NewRow, ...]]
Put = Callable[[Article, tuple[NewRow, ...]], None]
# What reading an article may raise by a mistake of ours: one must not cost all the others.
_MISTAKES = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_SETTLES = 2_000_000_000  # nanoseconds: the coarsest clock of a file system


@dataclass(frozen=True, slots=True)
class Plan:
    """What became of each article since the last refresh; `renamed` pairs old and new paths."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    unchanged: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scan:
    """The folder as it is: digest of every article, and the paths of those that were read.

    Beside each skipped file stands its digest, None if it could not be opened. `stats` are of the
    files that were opened, or need not be: see `Seen`.
    """

    digests: dict[str, str]
    read: frozenset[str]
    left_out: tuple[tuple[Problem, str | None], ...]
    warnings: tuple[Problem, ...]
    stats: dict[str, str]

    @property
    def skipped(self) -> tuple[Problem, ...]:
        """What is not in the index, and why."""
        return tuple(problem for problem, _ in self.left_out)


@dataclass(frozen=True, slots=True)
class Known:
    """What the index knows: digests of articles, (digest, reason) of skipped files, and stats."""

    digests: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, tuple[str | None, str]] = field(default_factory=dict)
    stats: Mapping[str, str] = field(default_factory=dict)

    def digest(self, path: str) -> str | None:
        """Return the digest that a file had, if it could be opened."""
        return self.digests.get(path) or self.left_out.get(path, (None,))[0]

    def has(self, seen: Seen) -> bool:
        """Tell whether nothing was written to a file since it was opened."""
        told = seen.stat is not None and seen.stat == self.stats.get(seen.path)
        return told and self.digest(seen.path) is not None


def plan(known: Mapping[str, str], found: Mapping[str, str]) -> Plan:
    """Compare two maps of path → digest; an equal digest under a new path is a rename."""
    added = sorted(found.keys() - known.keys())
    removed = sorted(known.keys() - found.keys())
    homeless: dict[str, list[str]] = {}
    for path in removed:
        homeless.setdefault(known[path], []).append(path)
    renamed = [(homeless[found[path]].pop(0), path) for path in added if homeless.get(found[path])]
    old, new = {a for a, _ in renamed}, {b for _, b in renamed}
    both = sorted(known.keys() & found.keys())
    return Plan(
        added=tuple(path for path in added if path not in new),
        changed=tuple(path for path in both if known[path] != found[path]),
        removed=tuple(path for path in removed if path not in old),
        renamed=tuple(renamed),
        unchanged=tuple(path for path in both if known[path] == found[path]),
    )


def scan(
    corpus: Path,
    known: Known,
    site: Site,
    split: Split,
    put: Put,
    *,
    anew: bool = False,
    only: Collection[str] | None = None,
    progress: Progress,
) -> Scan:
    """Read the folder; parse and split only what is new or changed. One bad file is never fatal.

    What was read is `put` away at once: a large folder is more than fits in memory.
    With `only`, look at these paths and take the rest as known; read all of it if `anew`.
    """
    found = _Gathered(Known() if anew else known, site, split, put)
    if only is not None:
        found.keep((known.digests.keys() | known.left_out.keys()).difference(map(written, only)))
    begin = time.time_ns()
    files = tuple(see_articles(corpus, site, only=only))
    if only is None and not files and known.digests:
        _check_site(corpus, site)
    for done, seen in enumerate(files, 1):
        found.look(corpus, seen, settled=seen.changed < begin - _SETTLES)
        progress("Reading articles", done, len(files))
    return found.scan()


def _check_site(corpus: Path, site: Site) -> None:
    """Raise InputError if the settings leave no article: no index is lost by a pattern."""
    count = sum(1 for _ in find_articles(corpus)) if site.include or site.exclude else 0
    if count:
        raise InputError(
            f"{FILE}: include and exclude leave none of {count} articles, so nothing was done;"
            " correct them (*.md is in every folder, /*.md at the top)"
        )


def look(corpus: Path, known: Known, site: Site) -> Plan:
    """Tell what a refresh would find, as far as that can be told without parsing."""
    now: dict[str, str] = {}
    for seen in see_articles(corpus, site):
        # What cannot be read now is told as removed here, and why by the next refresh.
        with suppress(ArticleUnreadable):
            digest = known.digest(seen.path) if known.has(seen) else None
            digest = digest or digest_of(read_bytes(corpus, seen.path))
            if known.left_out.get(seen.path, (None,))[0] != digest:
                now[seen.path] = digest
    return plan(known.digests, now)


class _Gathered:
    """What a scan has found so far."""

    def __init__(self, known: Known, site: Site, split: Split, put: Put) -> None:
        self._known, self._site, self._split, self._put = known, site, split, put
        self._digests: dict[str, str] = {}
        self._read: set[str] = set()
        self._left_out: list[tuple[Problem, str | None]] = []
        self._warnings: list[Problem] = []
        self._stats: dict[str, str] = {}

    def keep(self, paths: Iterable[str]) -> None:
        """Take files to be what the index knows of them."""
        for path in paths:
            if path in self._known.stats:
                self._stats[path] = self._known.stats[path]
            if path in self._known.digests:
                self._digests[path] = self._known.digests[path]
            else:
                digest, reason = self._known.left_out[path]
                self._left_out.append((Problem(path, reason), digest))

    def look(self, corpus: Path, seen: Seen, *, settled: bool) -> None:
        """Read one file, unless it is what the index knows.

        What has not `settled` may be written again without another time: it is opened next time.
        """
        if self._known.has(seen):
            self.keep([seen.path])
            return
        path, digest = seen.path, None
        try:
            data = read_bytes(corpus, path)
            digest = digest_of(data)
            if digest == self._known.digest(path):
                self.keep([path])
                self._note(seen, settled)
                return
            self._note(seen, settled)
            article, wrong, rows = self._parse(path, data)
        except ArticleUnreadable as error:
            self._left_out.append((Problem(path, str(error)), digest))
            return
        self._digests[path] = digest
        self._read.add(path)
        self._put(article, rows)
        self._warnings += [Problem(path, reason) for reason in wrong]

    def _note(self, seen: Seen, settled: bool) -> None:
        self._stats.pop(seen.path, None)
        if seen.stat is not None and settled:
            self._stats[seen.path] = seen.stat

    def _parse(self, path: str, data: bytes) -> tuple[Article, tuple[str, ...], tuple[NewRow, ...]]:
        try:
            article, wrong = read_article(path, data, self._site)
            return article, wrong, self._split(article)
        except _MISTAKES as error:
            raise ArticleUnreadable(
                f"could not be read, which is a mistake in Pullquote ({error!r}); please report it"
            ) from error

    def scan(self) -> Scan:
        """Return it all, problems in the order in which the catalog keeps them."""
        return Scan(
            self._digests,
            frozenset(self._read),
            tuple(sorted(self._left_out, key=lambda pair: _place(pair[0]))),
            sort_problems(self._warnings),
            self._stats,
        )


def sort_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems in the order in which the catalog keeps them."""
    return tuple(sorted(problems, key=_place))


def _place(problem: Problem) -> tuple[str, str]:
    return problem.article, problem.reason
