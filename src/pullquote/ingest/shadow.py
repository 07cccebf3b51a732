"""A corpus and its index, with all that makes the one follow the other."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pullquote.articles.passages import embedded_form, number_of, split_passages
from pullquote.articles.site import Site
from pullquote.index.recipe import recipe_of
from pullquote.index.records import Row
from pullquote.protocols import Embedder, Progress, VectorStore, Workers
from pullquote.types import Article


class OpenStore(Protocol):
    """Opens the vector store of the index; a `fresh` one starts empty."""

    def __call__(self, *, fresh: bool = False) -> VectorStore:
        """Return the store; raise IndexCorrupt if it cannot be read."""


@dataclass(frozen=True, slots=True)
class Shadow:
    """A corpus, the folder with its index, and what keeps the one like the other.

    `settings` is the text of the site's settings when it was made.
    """

    corpus: Path
    folder: Path
    settings: str
    embedder: Embedder
    open_store: OpenStore
    progress: Progress
    workers: Workers

    @property
    def site(self) -> Site:
        """What the settings say."""
        return Site.parse(self.settings)

    @property
    def recipe(self) -> str:
        """The recipe by which vectors are made now."""
        return recipe_of(self.embedder, self.site)

    def rows(self, article: Article) -> tuple[Row, ...]:
        """Split an article into rows of the catalog."""
        return tuple(
            Row(passage, number_of(self.recipe, embedded_form(passage)[0]))
            for passage in split_passages(article, code=self.site.code)
        )
