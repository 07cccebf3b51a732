"""The folder as it is, and what became of each article since the last refresh."""

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pullquote.articles.files import digest_of, find_articles, read_article, read_bytes
from pullquote.articles.site import FILE, Site
from pullquote.errors import ArticleUnreadable, InputError
from pullquote.index.records import NewRow
from pullquote.protocols import Progress
from pullquote.types import Article, Problem


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
    """The folder as it is: digest of every article, and the read ones that the index lacks.

    Beside each skipped file stands its digest, None if it could not be opened.
    """

    digests: dict[str, str]
    read: dict[str, tuple[Article, tuple[NewRow, ...]]]
    left_out: tuple[tuple[Problem, str | None], ...]
    warnings: tuple[Problem, ...]

    @property
    def skipped(self) -> tuple[Problem, ...]:
        """What is not in the index, and why."""
        return tuple(problem for problem, _ in self.left_out)


@dataclass(frozen=True, slots=True)
class Known:
    """What the index knows: digests of articles, and (digest, reason) of skipped files."""

    digests: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, tuple[str | None, str]] = field(default_factory=dict)


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
    split: Callable[[Article], tuple[NewRow, ...]],
    *,
    anew: bool = False,
    only: Collection[str] | None = None,
    progress: Progress,
) -> Scan:
    """Read the folder; parse and split only what is new or changed. One bad file is never fatal.

    With `only`, look at these paths and take the rest as known; read all of it if `anew`.
    """
    found = _Gathered(Known() if anew else known, site, split)
    if only is not None:
        found.keep((known.digests.keys() | known.left_out.keys()).difference(only))
    paths = tuple(find_articles(corpus, site, only=only))
    if only is None and not paths and known.digests:
        _check_site(corpus, site)
    for done, path in enumerate(paths, 1):
        found.look(corpus, path)
        progress("Reading articles", done, len(paths))
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
    for path in find_articles(corpus, site):
        # What cannot be read now is told as removed here, and why by the next refresh.
        with suppress(ArticleUnreadable):
            digest = digest_of(read_bytes(corpus, path))
            if known.left_out.get(path, (None,))[0] != digest:
                now[path] = digest
    return plan(known.digests, now)


class _Gathered:
    """What a scan has found so far."""

    def __init__(
        self, known: Known, site: Site, split: Callable[[Article], tuple[NewRow, ...]]
    ) -> None:
        self._known, self._site, self._split = known, site, split
        self._digests: dict[str, str] = {}
        self._read: dict[str, tuple[Article, tuple[NewRow, ...]]] = {}
        self._left_out: list[tuple[Problem, str | None]] = []
        self._warnings: list[Problem] = []

    def keep(self, paths: Iterable[str]) -> None:
        """Take files to be what the index knows of them."""
        for path in paths:
            if path in self._known.digests:
                self._digests[path] = self._known.digests[path]
            else:
                digest, reason = self._known.left_out[path]
                self._left_out.append((Problem(path, reason), digest))

    def look(self, corpus: Path, path: str) -> None:
        """Read one file, unless it is what the index knows."""
        digest = None
        try:
            data = read_bytes(corpus, path)
            digest = digest_of(data)
            known = self._known.digests.get(path), self._known.left_out.get(path, (None,))[0]
            if digest in known:
                self.keep([path])
                return
            article, wrong, rows = self._parse(path, data)
        except ArticleUnreadable as error:
            self._left_out.append((Problem(path, str(error)), digest))
            return
        self._digests[path] = digest
        self._read[path] = article, rows
        self._warnings += [Problem(path, reason) for reason in wrong]

    def _parse(self, path: str, data: bytes) -> tuple[Article, tuple[str, ...], tuple[NewRow, ...]]:
        try:
            article, wrong = read_article(path, data, self._site)
            return article, wrong, self._split(article)
        except (LookupError, ValueError, RecursionError) as error:
            # A mistake of ours in one article must not cost all the others.
            raise ArticleUnreadable(
                f"could not be read, which is a mistake in Pullquote ({error!r}); please report it"
            ) from error

    def scan(self) -> Scan:
        """Return it all, problems in the order in which the catalog keeps them."""
        return Scan(
            self._digests,
            self._read,
            tuple(sorted(self._left_out, key=lambda pair: _place(pair[0]))),
            sort_problems(self._warnings),
        )


def sort_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems in the order in which the catalog keeps them."""
    return tuple(sorted(problems, key=_place))


def _place(problem: Problem) -> tuple[str, str]:
    return problem.article, problem.reason
