"""Where vectors live."""

import os
from pathlib import Path

from pullquote.errors import StoreError
from pullquote.protocols import VectorStore

VECTORS_FILE = "vectors.faiss"


def open_store(uri: str, *, folder: Path, dim: int, fresh: bool = False) -> VectorStore:
    """Open the store that a URI names: ``faiss`` keeps its vectors in a file in the folder.

    A `fresh` store starts empty; what was there before stays until its first flush.
    """
    if uri == "faiss":
        from pullquote.index.stores.faiss import FaissStore  # which takes a while to load

        return FaissStore(folder / VECTORS_FILE, dim=dim, fresh=fresh)
    raise StoreError(f"{uri}: no such vector store; use 'faiss' or give a VectorStore")


def sync_folder(folder: Path) -> None:
    """Make what was created or renamed in a folder durable (POSIX; elsewhere it cannot be)."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
