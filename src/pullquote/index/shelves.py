"""The shelves of one generation, and whether they hold what the catalog says is there."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pullquote.errors import IndexCorrupt
from pullquote.index.lexical import Lexical
from pullquote.index.view import View
from pullquote.protocols import VectorStore


@dataclass(frozen=True, slots=True)
class Shelves:
    """The vectors and the lexical index of one generation, by whose name it is known."""

    name: str
    store: VectorStore
    lexical: Lexical


def check_whole(view: View, store: VectorStore, lexical: Lexical, *, folder: Path) -> None:
    """Raise IndexCorrupt if a shelf lacks what the catalog says is there.

    A passage without its vector would be found less often and less well, and nobody would know.
    """
    lost = len(np.setdiff1d(view.vector_ids(used=True), store.ids(), assume_unique=True))
    if lost:
        raise IndexCorrupt(
            f"{folder}: the vector store lacks {lost} vectors that passages use;"
            " run: pullquote refresh"
        )
    if lexical.count != view.count("passages"):
        raise IndexCorrupt(
            f"{folder}: the lexical index holds {lexical.count} passages, not"
            f" {view.count('passages')}; run: pullquote refresh --rebuild"
        )
