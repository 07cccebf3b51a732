"""Rows for the FAISS store, and what it then holds and finds."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pullquote.index.stores.faiss as stores_faiss
import pullquote.index.stores.faiss_table as stores_table
from pullquote.index.stores.faiss import FaissStore
from pullquote.protocols import Ids, Vectors

DIM = 16


def some(count: int, *, seed: int = 0, dim: int = DIM) -> Vectors:
    """Return unit vectors."""
    rows = np.random.default_rng(seed).standard_normal((count, dim), dtype=np.float32)
    unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def numbers(*ids: int) -> Ids:
    """Return ids as the protocol wants them."""
    return np.array(ids, np.int64)


def ranking(store: Any, query: Any, k: int, allowed: Ids | None = None) -> list[list[Any]]:  # noqa: ANN401
    """Return ids and scores as lists."""
    return [part.tolist() for part in store.search(query, k, allowed=allowed)]


def content(folder: Path) -> dict[int, bytes]:
    """Return what another process would find."""
    store = FaissStore(folder, dim=DIM)
    ids = store.ids()
    return {int(n): row.tobytes() for n, row in zip(ids, store.rows(ids), strict=True)}


def make_small(patch: pytest.MonkeyPatch) -> None:
    """Write and clear away after a few rows."""
    patch.setattr(stores_table, "_SPILL", 16)
    patch.setattr(stores_faiss, "_DEAD_LEAST", 8)
