"""A corpus and its index, with all that makes the one follow the other."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pullquote.articles.passages import embedded_form, number_of, split_passages
from pullquote.articles.site import Site
from pullquote.index.recipe import recipe_of
from pullquote.index.records import NewRow
from pullquote.index.view import words_of
from pullquote.protocols import Embedder, Progress, VectorStore, Workers
from pullquote.types import Article, Passage


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

    def rows(self, article: Article) -> tuple[NewRow, ...]:
        """Split an article into rows of the catalog."""
        recipe = self.recipe
        passages = split_passages(article, code=self.site.code)
        return tuple(_row_of(passage, recipe) for passage in passages)

    def row(self, passage: Passage) -> NewRow:
        """Return the row of one passage."""
        return _row_of(passage, self.recipe)


def _row_of(passage: Passage, recipe: str) -> NewRow:
    words, places = embedded_form(passage)
    said = tuple(words_of(passage.article, span) for span in passage.sentences)
    return NewRow(passage, number_of(recipe, words), words, places, said)
