"""What views of one generation remember from question to question: within it nothing changes."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pullquote.types import Article

Passing = tuple[NDArray[np.int64], NDArray[np.int64]] | None
K = TypeVar("K")
V = TypeVar("V")
_TEXTS = 1024
_FILTERS = 16


@dataclass(slots=True)
class Remembered:
    """Articles with their texts, and the passages that filters leave, for the threads of a bot.

    Articles `before` are of an earlier generation: equal ones stay the same objects, so that what
    others remember of them lasts.
    """

    generation: str
    before: Mapping[str, Article] = field(default_factory=dict)
    articles: dict[str, Article] = field(default_factory=dict)
    passing: dict[Hashable, tuple[Passing]] = field(default_factory=dict)

    def keep_article(self, article: Article) -> None:
        """Remember an article; the one that came first goes if there are too many."""
        _keep(self.articles, article.path, article, _TEXTS)

    def keep_passing(self, key: Hashable, passing: tuple[Passing]) -> None:
        """Remember what a filter leaves."""
        _keep(self.passing, key, passing, _FILTERS)


def _keep(kept: dict[K, V], key: K, value: V, most: int) -> None:
    kept[key] = value
    while len(kept) > most:
        kept.pop(next(iter(kept)), None)
