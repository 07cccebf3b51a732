"""The folder as it is, and what became of each article since the last refresh."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pullquote.articles import digest_of, find_articles, read_article, read_bytes
from pullquote.errors import ArticleUnreadable
from pullquote.protocols import Progress
from pullquote.spans import is_whole
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
    """The folder as it is: digest of every article, and the read ones that the index lacks."""

    digests: dict[str, str]
    read: dict[str, Article]
    skipped: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


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


def scan(corpus: Path, known: Mapping[str, str], *, progress: Progress) -> Scan:
    """Read the folder; parse only what is new or changed. One bad file is never fatal."""
    digests: dict[str, str] = {}
    read: dict[str, Article] = {}
    skipped: list[Problem] = []
    warnings: list[Problem] = []
    paths = tuple(find_articles(corpus))
    for done, path in enumerate(paths, 1):
        try:
            data = read_bytes(corpus, path)
            digest = digest_of(data)
            if known.get(path) != digest:
                article, wrong = read_article(path, data)
                _check_characters(article)
                read[path] = article
                warnings += [Problem(path, reason) for reason in wrong]
            digests[path] = digest
        except ArticleUnreadable as error:
            skipped.append(Problem(path, str(error)))
        progress("Reading articles", done, len(paths))
    return Scan(digests, read, sort_problems(skipped), sort_problems(warnings))


def sort_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems in the order in which the catalog keeps them."""
    return tuple(sorted(problems, key=lambda problem: (problem.article, problem.reason)))


def _check_characters(article: Article) -> None:
    """Raise ArticleUnreadable if the metadata holds half a character, which nothing can store."""
    labels = (*article.lang, *article.tags, *article.categories)
    if not is_whole("\n".join((article.title, article.summary, article.url or "", *labels))):
        raise ArticleUnreadable(
            "front matter holds half a character (a lone surrogate); write it in full"
        )
