"""Where vectors live."""

import os
from importlib.util import find_spec
from pathlib import Path

from pullquote.errors import StoreError
from pullquote.protocols import VectorStore

VECTORS_FOLDER = "vectors"


def open_store(uri: str, *, folder: Path, dim: int, fresh: bool = False) -> VectorStore:
    """Open the store that a URI names.

    ``faiss`` keeps its vectors in files in the folder, ``http(s)://host:port`` on a Milvus server,
    a path that ends in ``.db`` in that file, by Milvus Lite. A `fresh` store starts empty; what was
    there before stays until its first flush.
    """
    if uri == "faiss":
        from pullquote.index.stores.faiss import FaissStore  # which takes a while to load

        return FaissStore(folder / VECTORS_FOLDER, dim=dim, fresh=fresh)
    if uri.startswith(("http://", "https://")) or uri.endswith(".db"):
        return _open_milvus(uri, folder=folder, dim=dim, fresh=fresh)
    raise _unknown(uri)


def reach(uri: str) -> None:
    """Raise StoreError if no server answers at an address; a file need not be there yet."""
    if uri.startswith(("http://", "https://")):
        _check_client(uri)
        from pullquote.index.stores.server import Server

        Server(uri, _token())
    elif uri.endswith(".db"):
        _check_client(uri)
    else:
        raise _unknown(uri)


def _check_client(uri: str) -> None:
    needed = ("pymilvus", "milvus_lite") if uri.endswith(".db") else ("pymilvus",)
    if not all(map(find_spec, needed)):
        raise StoreError(f"{uri}: needs Milvus's client; run: pip install 'pullquote[milvus]'")


def _open_milvus(uri: str, *, folder: Path, dim: int, fresh: bool) -> VectorStore:
    _check_client(uri)
    from pullquote.index.stores.milvus import MilvusStore

    return MilvusStore(uri, folder=folder, dim=dim, token=_token(), fresh=fresh)


def _token() -> str:
    return os.environ.get("PULLQUOTE_MILVUS_TOKEN", "")


def _unknown(uri: str) -> StoreError:
    return StoreError(
        f"{uri}: no such vector store; use 'faiss', the http:// address of a Milvus server, a path"
        " that ends in .db, or give a VectorStore"
    )


def sync_folder(folder: Path) -> None:
    """Make what was created or renamed in a folder durable (POSIX; elsewhere it cannot be)."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
