"""One collection on a Milvus server, or in a Milvus Lite file: rows in, rows out."""

import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pymilvus import DataType, MilvusClient

from pullquote.errors import StoreError
from pullquote.index.stores.server import NotLoaded, Server
from pullquote.protocols import Ids, Vector, Vectors

MOST = 16_384  # rows that a Milvus server returns of one search
_READ_SECONDS = 10.0
_WRITE_SECONDS = 60.0
_FLUSH_SECONDS = 300.0
_WRITE_BYTES = 4_000_000  # of vectors in one call; servers refuse messages of 64 MB
_READ_ROWS = 2048
_SEGMENT_ROWS = 4096  # as many as a refresh embeds before it flushes
# "Strong" waits for the server's next tick, .2 s by default, in each call. "Bounded" may miss what
# is younger than five seconds; once what was flushed is twice as old, nothing is missed.
_SETTLED_SECONDS = 10.0
# HNSW with many links and a long list of candidates: meant to find what a full scan finds.
_HNSW = {"M": 32, "efConstruction": 360}
_HNSW_CANDIDATES = 512
_BIGGEST, _SMALLEST = (1 << 63) - 1, -(1 << 63)


class Near(NamedTuple):
    """Ids that a search found, best first, with the server's own scores, and vectors if wanted."""

    ids: Ids
    scores: NDArray[np.float32]
    rows: Vectors | None = None


class Collection:
    """Rows of (id, flush, vector); ids are ours."""

    def __init__(self, server: Server, name: str, *, age: float = 0.0) -> None:
        """Take a collection that was last written to `age` seconds ago."""
        self._server, self.name = server, name
        self._wrote = time.monotonic() - age
        self._unsealed = 0

    def dim(self) -> int | None:
        """Return the numbers in a vector, None if there is no such collection; make it ready."""
        if not self._server.call("has_collection", self.name, timeout=_READ_SECONDS):
            return None
        about = self._server.call("describe_collection", self.name, timeout=_READ_SECONDS)
        self._load()
        params = next(field["params"] for field in about["fields"] if field["name"] == "vector")
        return int(params["dim"])

    def _load(self) -> None:
        self._server.call("load_collection", self.name, timeout=_FLUSH_SECONDS)

    def create(self, dim: int, *, exact: bool) -> None:
        """Make the collection anew, empty."""
        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("flush", DataType.INT64)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dim)
        index = MilvusClient.prepare_index_params()
        kind: dict[str, Any] = {"index_type": "FLAT"}
        if not exact:
            kind = {"index_type": "HNSW", "params": _HNSW}
        index.add_index("vector", metric_type="IP", **kind)
        self._server.call("drop_collection", self.name, timeout=_WRITE_SECONDS)
        self._server.call(
            "create_collection",
            self.name,
            schema=schema,
            index_params=index,
            consistency_level="Strong",
            timeout=_FLUSH_SECONDS,
        )

    def is_exact(self) -> bool:
        """Whether a search looks at every row."""
        about = self._server.call("describe_index", self.name, "vector", timeout=_READ_SECONDS)
        return bool(about["index_type"] == "FLAT")

    def write(self, ids: Ids, rows: Vectors, flushes: NDArray[np.int64]) -> None:
        """Add rows or replace them."""
        step = max(1, _WRITE_BYTES // (4 * max(1, rows.shape[1])))
        keys = _keys(ids)
        for first in range(0, len(keys), step):
            part = slice(first, first + step)
            data = [
                {"id": key, "flush": flush, "vector": row}
                for key, flush, row in zip(
                    keys[part], flushes[part].tolist(), rows[part], strict=True
                )
            ]
            self._server.call("upsert", self.name, data, timeout=_WRITE_SECONDS)
        self._unsealed += len(keys)
        self._wrote = time.monotonic()

    def remove(self, ids: Ids) -> None:
        """Remove rows."""
        keys = _keys(ids)
        for first in range(0, len(keys), _READ_ROWS):
            self._server.call(
                "delete", self.name, ids=keys[first : first + _READ_ROWS], timeout=_WRITE_SECONDS
            )
        self._wrote = time.monotonic()

    def flush(self) -> None:
        """Make what was written durable."""
        # A server has it in its log already. Told to make a segment of it after each edit, it would
        # take three seconds and have a segment for each edit; of a few rows it makes one in time.
        if self._server.is_remote and self._unsealed < _SEGMENT_ROWS:
            return
        self._server.call("flush", self.name, timeout=_FLUSH_SECONDS)
        self._unsealed = 0

    def _look(self, verb: str, **named: object) -> Any:  # noqa: ANN401
        """Call a method of the client that reads rows."""
        try:
            return self._server.call(verb, self.name, timeout=_READ_SECONDS, **named)
        except NotLoaded:
            self._load()
            return self._server.call(verb, self.name, timeout=_READ_SECONDS, **named)

    def nearest(self, query: Vector, limit: int, where: str, *, vectors: bool = False) -> Near:
        """Return the `limit` nearest rows, or all if there are fewer."""
        params = {"metric_type": "IP", "params": {"ef": max(limit, _HNSW_CANDIDATES)}}
        (hits,) = self._look(
            "search",
            data=[np.ascontiguousarray(query, np.float32)],
            filter=where,
            limit=limit,
            search_params=params,
            output_fields=["vector"] if vectors else [],
            consistency_level=self._consistency(),
        )
        return Near(
            _ids([hit["id"] for hit in hits]),
            np.array([hit["distance"] for hit in hits], np.float32),
            np.array([hit["entity"]["vector"] for hit in hits], np.float32) if vectors else None,
        )

    def vectors(self, ids: Ids) -> tuple[Ids, Vectors]:
        """Return the rows with these ids, in any order; one that was removed is missing."""
        if len(ids) == 0:
            return ids, np.empty((0, 0), np.float32)
        found = self._fetch(ids, "Bounded")
        if len(found) < len(ids) and self._consistency() == "Strong":
            found = self._fetch(ids, "Strong")
        return _ids([row["id"] for row in found]), _rows(found)

    def _fetch(self, ids: Ids, consistency: str) -> list[Any]:
        found: list[Any] = self._look(
            "query",
            filter=one_of(ids),
            output_fields=["id", "vector"],
            consistency_level=consistency,
        )
        return found

    def ids(self, where: str) -> Ids:
        """Return the ids that an expression leaves, ascending."""
        # All at once: an iterator would wait for the server's tick with each page.
        found = self._look("query", filter=where, output_fields=["id"], consistency_level="Strong")
        return np.sort(_ids([row["id"] for row in found]))

    def rows(self, where: str) -> Iterator[tuple[Ids, Vectors]]:
        """Yield the rows that an expression leaves, many at a time."""
        ids = self.ids(where)
        for first in range(0, len(ids), _READ_ROWS):
            yield self.vectors(ids[first : first + _READ_ROWS])

    def drop_others(self, prefix: str, keep: set[str]) -> None:
        """Drop the collections whose names begin so, but for some."""
        for name in self._server.call("list_collections", timeout=_READ_SECONDS):
            if name.startswith(prefix) and name not in keep:
                self._server.call("drop_collection", name, timeout=_WRITE_SECONDS)

    def _consistency(self) -> str:
        settled = time.monotonic() - self._wrote > _SETTLED_SECONDS
        return "Bounded" if settled else "Strong"


def one_of(ids: Ids) -> str:
    """Return the expression that leaves these rows."""
    # Written out, not as a template: servers before 2.5 and Milvus Lite know no templates.
    return f"id in [{', '.join(map(str, _keys(ids)))}]"


def flushed(last: int) -> str:
    """Return the expression that leaves the rows of flushes up to this one."""
    return f"flush <= {last}"


def unflushed(last: int) -> str:
    """Return the expression that leaves the rows of later flushes, which came to no end."""
    return f"flush > {last}"


# Milvus 2.3 finds no row whose key is the biggest number, and no server reads the smallest in an
# expression. So the biggest is kept as the smallest but one; ours are never negative.
def _keys(ids: Ids) -> list[int]:
    keys: list[int] = ids.tolist()
    if {_SMALLEST, _SMALLEST + 1}.intersection(keys):
        raise StoreError(f"Milvus cannot keep the ids {_SMALLEST} and {_SMALLEST + 1}")
    return [_SMALLEST + 1 if key == _BIGGEST else key for key in keys]


def _ids(keys: list[int]) -> Ids:
    ids = np.array(keys, np.int64)
    ids[ids == _SMALLEST + 1] = _BIGGEST
    return ids


def _rows(found: list[Any]) -> Vectors:
    return np.array([row["vector"] for row in found], np.float32)
