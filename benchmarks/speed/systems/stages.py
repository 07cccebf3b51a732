"""What a refresh spends its time on."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any
from unittest.mock import patch

import pullquote.ingest.refresh
from pullquote.encoders import OpenVinoEmbedder
from pullquote.index.catalog import Catalog
from pullquote.index.stores.faiss import FaissStore

# None of them calls another, so their times add up.
_STAGES = (
    (pullquote.ingest.refresh, "scan", "reading and splitting"),
    (OpenVinoEmbedder, "embed_passages", "encoder"),
    (FaissStore, "add", "FAISS"),
    (FaissStore, "flush", "FAISS"),
    (pullquote.ingest.refresh, "build_lexical", "BM25"),
    (Catalog, "keep_vectors", "SQLite"),
    (Catalog, "commit", "SQLite"),
)


@contextmanager
def stopwatch() -> Iterator[dict[str, float]]:
    """Measure the stages of the refreshes in the block, in seconds."""
    spent: dict[str, float] = defaultdict(float)
    patches = [
        patch.object(owner, name, _timed(getattr(owner, name), label, spent))
        for owner, name, label in _STAGES
    ]
    for one in patches:
        one.start()
    try:
        yield spent
    finally:
        for one in patches:
            one.stop()


def _timed(call: Callable[..., Any], label: str, spent: dict[str, float]) -> Callable[..., Any]:
    @wraps(call)
    def timed(*args: object, **named: object) -> object:
        begin = time.perf_counter()
        try:
            return call(*args, **named)
        finally:
            spent[label] += time.perf_counter() - begin

    return timed
