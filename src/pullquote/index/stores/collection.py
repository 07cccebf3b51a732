"""One collection on a Milvus server, or in a Milvus Lite file: rows in, rows out, plain errors."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import grpc
import numpy as np
from numpy.typing import NDArray
from pymilvus import DataType, MilvusClient
from pymilvus.exceptions import MilvusException

from pullquote.errors import StoreError
from pullquote.protocols import Ids, Vector, Vectors

MOST = 16_384  # rows that a Milvus server returns of one search
# pymilvus tries again with growing pauses until a call's time is up.
_CONNECT_SECONDS = 10.0
_READ_SECONDS = 10.0
_WRITE_SECONDS = 60.0
_FLUSH_SECONDS = 300.0
_TRIES = 5  # where pymilvus takes no time limit
_WRITE_BYTES = 4_000_000  # of vectors in one call; servers refuse messages of 64 MB
_READ_ROWS = 4096
# "Strong" waits for the server's next tick, .2 s by default, in each call. "Bounded" may miss what
# is younger than five seconds; once what was flushed is twice as old, nothing is missed.
_SETTLED_SECONDS = 10.0
# HNSW with many links and a long list of candidates: meant to find what a full scan finds.
_HNSW = {"M": 32, "efConstruction": 360}
_HNSW_CANDIDATES = 512
_MAX_REASON = 160  # characters
_BIGGEST, _SMALLEST = (1 << 63) - 1, -(1 << 63)
_AWAY = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)

# It prints each failed call with its traceback, even those that are tried again; we tell the last.
logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
logging.getLogger("milvus_lite").setLevel(logging.CRITICAL)


class Near(NamedTuple):
    """Ids that a search found, best first, with the server's own scores."""

    ids: Ids
    scores: NDArray[np.float32]


class Server:
    """A connection, and the one line that says what is wrong with it."""

    def __init__(self, uri: str, token: str) -> None:
        self.uri, self._token = uri, token
        _check_address(uri)
        with self.telling():
            self.client: Any = MilvusClient(uri=uri, token=token, timeout=_CONNECT_SECONDS)

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Turn what pymilvus and gRPC raise into one line."""
        try:
            yield
        except (MilvusException, grpc.RpcError) as error:
            raise StoreError(self._line(error)) from error

    def _line(self, error: Exception) -> str:
        reason = self._reason(error)
        if self.uri.endswith(".db"):
            return (
                f"{self.uri}: Milvus Lite fails ({reason}); it serves one process at a time, and"
                " its folder must be there"
            )
        if _is_away(error):
            return (
                f"{self.uri}: the Milvus server does not answer ({reason}); start it or check the"
                " address"
            )
        if "auth" in reason.lower():
            return (
                f"{self.uri}: the Milvus server refuses the login ({reason}); check"
                " PULLQUOTE_MILVUS_TOKEN"
            )
        return f"{self.uri}: the Milvus server fails ({reason}); look into its log"

    def _reason(self, error: Exception) -> str:
        told = error.details() if isinstance(error, grpc.RpcError) else error.message  # type: ignore[attr-defined]
        reason = " ".join(str(told or error).split())
        for secret in filter(None, (self._token, self._token.partition(":")[2])):
            reason = reason.replace(secret, "…")
        return reason[:_MAX_REASON]


def _check_address(uri: str) -> None:
    try:
        parts = urlsplit(uri)
        _ = parts.port  # which is read only when it is asked for
    except ValueError as error:
        raise StoreError(f"{uri}: is no address ({error}); write http://HOST:PORT") from error
    if parts.username is not None:  # which would be told wherever the address is
        raise StoreError(
            "the address of a Milvus server holds a login; leave it out and set"
            " PULLQUOTE_MILVUS_TOKEN=USER:PASSWORD"
        )


def _is_away(error: Exception) -> bool:
    code = error.code() if isinstance(error, grpc.RpcError) else getattr(error, "code", None)
    told = str(error)
    return code in _AWAY or "server unavailable" in told or "Retry timeout" in told


class Collection:
    """Rows of (id, flush, vector); ids are ours."""

    def __init__(self, server: Server, name: str, *, age: float = 0.0) -> None:
        """Take a collection that was last written to `age` seconds ago."""
        self._server, self._client, self.name = server, server.client, name
        self._wrote = time.monotonic() - age

    def dim(self) -> int | None:
        """Return the numbers in a vector, None if there is no such collection; make it ready."""
        with self._server.telling():
            if not self._client.has_collection(self.name, timeout=_READ_SECONDS):
                return None
            about = self._client.describe_collection(self.name, timeout=_READ_SECONDS)
            self._client.load_collection(self.name, timeout=_FLUSH_SECONDS)
        params = next(field["params"] for field in about["fields"] if field["name"] == "vector")
        return int(params["dim"])

    def create(self, dim: int, *, exact: bool) -> None:
        """Make the collection anew, empty."""
        schema = self._client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("flush", DataType.INT64)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dim)
        index = self._client.prepare_index_params()
        kind: dict[str, Any] = {"index_type": "FLAT"}
        if not exact:
            kind = {"index_type": "HNSW", "params": _HNSW}
        index.add_index("vector", metric_type="IP", **kind)
        with self._server.telling():
            self._client.drop_collection(self.name, timeout=_WRITE_SECONDS)
            self._client.create_collection(
                self.name,
                schema=schema,
                index_params=index,
                consistency_level="Strong",
                timeout=_FLUSH_SECONDS,
            )

    def is_exact(self) -> bool:
        """Whether a search looks at every row."""
        with self._server.telling():
            about = self._client.describe_index(self.name, "vector", timeout=_READ_SECONDS)
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
            with self._server.telling():
                self._client.upsert(self.name, data, timeout=_WRITE_SECONDS)
        self._wrote = time.monotonic()

    def remove(self, ids: Ids) -> None:
        """Remove rows."""
        keys = _keys(ids)
        for first in range(0, len(keys), _READ_ROWS):
            with self._server.telling():
                self._client.delete(
                    self.name, ids=keys[first : first + _READ_ROWS], timeout=_WRITE_SECONDS
                )
        self._wrote = time.monotonic()

    def flush(self) -> None:
        """Make what was written durable."""
        with self._server.telling():
            self._client.flush(self.name, timeout=_FLUSH_SECONDS)

    def nearest(self, query: Vector, limit: int, where: str) -> Near:
        """Return the `limit` nearest rows, or all if there are fewer."""
        params = {"metric_type": "IP", "params": {"ef": max(limit, _HNSW_CANDIDATES)}}
        with self._server.telling():
            (hits,) = self._client.search(
                self.name,
                data=[np.ascontiguousarray(query, np.float32)],
                filter=where,
                limit=limit,
                search_params=params,
                consistency_level=self._consistency(),
                timeout=_READ_SECONDS,
            )
        return Near(
            _ids([hit["id"] for hit in hits]),
            np.array([hit["distance"] for hit in hits], np.float32),
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
        with self._server.telling():
            found: list[Any] = self._client.query(
                self.name,
                filter=one_of(ids),
                output_fields=["id", "vector"],
                consistency_level=consistency,
                timeout=_READ_SECONDS,
            )
        return found

    def ids(self, where: str) -> Ids:
        """Return the ids that an expression leaves, ascending."""
        parts = [_ids([row["id"] for row in part]) for part in self._read(where, ["id"])]
        return np.sort(np.concatenate([np.empty(0, np.int64), *parts]))

    def rows(self, where: str) -> Iterator[tuple[Ids, Vectors]]:
        """Yield the rows that an expression leaves, many at a time."""
        for part in self._read(where, ["id", "vector"]):
            yield _ids([row["id"] for row in part]), _rows(part)

    def _read(self, where: str, fields: list[str]) -> Iterator[list[Any]]:
        with self._server.telling():
            pages = self._client.query_iterator(
                self.name,
                filter=where,
                batch_size=_READ_ROWS,
                output_fields=fields,
                consistency_level="Strong",
                timeout=_READ_SECONDS,
                retry_times=_TRIES,
            )
        try:
            while page := self._next(pages.next):
                yield page
        finally:
            pages.close()

    def _next(self, read: Callable[[], list[Any]]) -> list[Any]:
        with self._server.telling():
            return read()

    def drop_others(self, prefix: str, keep: set[str]) -> None:
        """Drop the collections whose names begin so, but for some."""
        with self._server.telling():
            for name in self._client.list_collections(timeout=_READ_SECONDS):
                if name.startswith(prefix) and name not in keep:
                    self._client.drop_collection(name, timeout=_WRITE_SECONDS)

    def _consistency(self) -> str:
        settled = time.monotonic() - self._wrote > _SETTLED_SECONDS
        return "Bounded" if settled else "Strong"


def one_of(ids: Ids) -> str:
    """Return the expression that leaves these rows."""
    # Written out, not as a template: servers before 2.5 and Milvus Lite know no templates.
    return f"id in [{', '.join(map(str, _keys(ids)))}]"


def none_of(ids: Ids) -> str:
    """Return the expression that leaves all rows but these."""
    return f"id not in [{', '.join(map(str, _keys(ids)))}]"


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
