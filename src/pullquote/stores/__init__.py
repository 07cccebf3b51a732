"""Where vectors live."""

from pathlib import Path

from pullquote.errors import StoreError
from pullquote.protocols import VectorStore

VECTORS_FILE = "vectors.faiss"


def open_store(uri: str, *, folder: Path, dim: int, fresh: bool = False) -> VectorStore:
    """Open the store that a URI names: ``faiss`` keeps its vectors in a file in the folder.

    A `fresh` store starts empty; what was there before stays until its first flush.
    """
    if uri == "faiss":
        from pullquote.stores.faiss import FaissStore  # which takes a while to load

        return FaissStore(folder / VECTORS_FILE, dim=dim, fresh=fresh)
    raise StoreError(f"{uri}: no such vector store; use 'faiss' or give a VectorStore")
