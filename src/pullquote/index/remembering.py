"""What views of one generation remember from question to question: within it nothing changes."""

import json
import sqlite3
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pullquote.articles.files import digest_of
from pullquote.articles.front_matter import read_front_matter
from pullquote.index.records import METADATA, read_article_row, sound
from pullquote.types import Article

Passing = tuple[NDArray[np.int64], NDArray[np.int64]] | None
K = TypeVar("K")
V = TypeVar("V")
_TEXTS = 1024  # articles kept with their texts
_BARE = 8192  # and without
_FILTERS = 16


class Remembered:
    """Articles, and the passages that filters leave, for the threads of a bot.

    Articles `before` are of an earlier generation: equal ones stay the same objects, so that what
    others remember of them lasts.
    """

    def __init__(self, generation: str, *, before: "Remembered | None" = None) -> None:
        self.generation = generation
        self._before: Mapping[str, Article] = before._whole if before else {}
        self._whole: dict[str, Article] = {}
        self._bare: dict[str, Article] = {}
        self._passing: dict[Hashable, tuple[Passing]] = {}

    def whole(self, db: sqlite3.Connection, paths: Iterable[str]) -> dict[str, Article]:
        """Return path → article with its text, of those that are there."""

        def read(row: tuple[object, ...]) -> Article:
            article = _read_whole(row)
            before = self._before.get(article.path)
            return before if before is not None and before == article else article

        return _look_up(self._whole, paths, db, f"{METADATA}, body, text", read, most=_TEXTS)

    def bare(self, db: sqlite3.Connection, paths: Iterable[str]) -> dict[str, Article]:
        """Return path → article without its text, of those that are there."""
        return _look_up(
            self._bare, paths, db, METADATA, lambda row: read_article_row((*row, 0, "")), most=_BARE
        )

    def passing(self, key: Hashable, find: Callable[[], Passing]) -> Passing:
        """Return what a filter leaves, found once."""
        found = self._passing.get(key)
        if found is None:
            found = (find(),)
            _keep(self._passing, key, found, _FILTERS)
        return found[0]


def _look_up(
    known: dict[str, Article],
    paths: Iterable[str],
    db: sqlite3.Connection,
    columns: str,
    read: Callable[[tuple[object, ...]], Article],
    *,
    most: int,
) -> dict[str, Article]:
    found = {path: known.get(path) for path in paths}
    query = f"SELECT {columns} FROM articles WHERE path IN (SELECT value FROM json_each(?))"
    with sound("the path of an article"):
        wanted = json.dumps([path for path, article in found.items() if article is None])
    for row in db.execute(query, (wanted,)) if wanted != "[]" else ():
        article = read(row)
        found[article.path] = article
        _keep(known, article.path, article, most)
    return {path: article for path, article in found.items() if article is not None}


def _read_whole(row: tuple[object, ...]) -> Article:
    """Return the article of METADATA, body and text; raise unless the text is what it was."""
    article = read_article_row(row)
    text = row[-1]
    if not isinstance(text, str) or digest_of(text.encode()) != article.digest:
        raise sqlite3.DatabaseError(f"the text of {article.path!r} is not what it was")
    if read_front_matter(text).body != article.body:
        raise sqlite3.DatabaseError(f"the front matter of {article.path!r} does not end there")
    return article


def _keep(kept: dict[K, V], key: K, value: V, most: int) -> None:
    """Keep a value; if there are too many, a quarter goes, what came first."""
    kept[key] = value
    if len(kept) > most:
        for old in list(kept)[: most // 4]:
            kept.pop(old, None)
