"""Vectors on a Milvus server beside those in a FAISS file: writing, opening, filters of any width.

    python -m benchmarks.stores [--rows N] [--store http://host:19530] [--dry]

Without an address a server is started as the tests do, where `make test-milvus` has put one:
PULLQUOTE_TEST_MILVUS_PYTHON=.venv-milvus-server/bin/python .venv-milvus/bin/python -m …
Vectors are random. "scalar" is what a condition on a field of the server's own costs: the least
that any filter could, though it would not know of the catalog's generation.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from pymilvus import DataType, MilvusClient

from benchmarks.record import record
from pullquote import VectorStore
from pullquote.index.stores import open_store
from pullquote.protocols import Ids, Vectors

_DIM, _K, _QUESTIONS = 384, 100, 20  # as many rows as a question of Pullquote's asks for
_SHARES = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99)
_SETTLED_SECONDS = 12  # after which a reader waits no longer for what is being written
_PROBE = "pullquote_benchmark_scalar"


def measure(uri: str, rows: int, folder: Path) -> dict[str, Any]:
    """Measure a store of so many rows on a server, and the same rows in a file."""
    random = np.random.default_rng(7)
    ids = np.sort(random.choice(1 << 62, rows, replace=False).astype(np.int64))
    vectors, queries = _units(random, rows), _units(random, _QUESTIONS)
    row: dict[str, Any] = {"rows": rows}
    stores = {}
    for name, address in (("milvus", uri), ("faiss", "faiss")):
        store = open_store(address, folder=folder, dim=_DIM)
        row[f"{name}_write_s"] = _write(store, ids, vectors)
        row[f"{name}_write_one_s"] = _write(store, ids[:1], vectors)
    time.sleep(_SETTLED_SECONDS)
    for name, address in (("milvus", uri), ("faiss", "faiss")):
        begin = time.perf_counter()
        stores[name] = open_store(address, folder=folder, dim=_DIM)
        stores[name].ids()
        row[f"{name}_open_s"] = round(time.perf_counter() - begin, 3)
    lists = {"all": None} | {
        f"{share:.1%}": np.sort(random.choice(ids, max(1, int(rows * share)), replace=False))
        for share in _SHARES
    }
    row["search"] = [_search(label, stores, queries, allowed) for label, allowed in lists.items()]
    row["scalar"] = _scalar(uri, ids, vectors, queries)
    return row


def _search(
    label: str, stores: dict[str, VectorStore], queries: Vectors, allowed: Ids | None
) -> dict[str, Any]:
    row: dict[str, Any] = {"allowed": label}
    found: dict[str, list[Any]] = {}
    for name, store in stores.items():
        ask = partial(store.search, k=_K, allowed=allowed)
        found[name], row[f"{name}_ms"] = _times(ask, queries)
    # Beyond 8,192 rows FAISS chooses by codes what is compared, and may miss some.
    both = zip(*found.values(), strict=True)
    shares = [len(_pairs(one) & _pairs(other)) / len(one[0]) for one, other in both]
    row["in_both"] = round(statistics.mean(shares), 4)
    print(json.dumps(row), flush=True)
    return row


def _pairs(found: tuple[Ids, Vectors]) -> set[tuple[int, float]]:
    ids, scores = found
    return set(zip(ids.tolist(), scores.tolist(), strict=True))


def _scalar(uri: str, ids: Ids, vectors: Vectors, queries: Vectors) -> list[dict[str, Any]]:
    """Search behind a condition on a number that is kept with each row."""
    client = MilvusClient(uri)
    schema = MilvusClient.create_schema(auto_id=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("part", DataType.INT64)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=_DIM)
    index = MilvusClient.prepare_index_params()
    index.add_index("vector", metric_type="IP", index_type="FLAT")
    client.drop_collection(_PROBE)
    client.create_collection(_PROBE, schema=schema, index_params=index)
    try:
        for first in range(0, len(ids), 2000):
            some = range(first, min(first + 2000, len(ids)))
            rows = [{"id": int(ids[n]), "part": n * 997 % 1000, "vector": vectors[n]} for n in some]
            client.insert(_PROBE, rows)
        client.flush(_PROBE)
        time.sleep(_SETTLED_SECONDS)

        def ask(query: Vectors, *, share: float) -> Any:  # noqa: ANN401 -- as the client has it
            return client.search(
                _PROBE, data=[query], filter=f"part < {int(1000 * share)}", limit=_K + 16,
                output_fields=["vector"], consistency_level="Bounded",
            )  # fmt: skip

        return [
            {"allowed": f"{share:.1%}", "ms": _times(partial(ask, share=share), queries)[1]}
            for share in _SHARES
        ]
    finally:
        client.drop_collection(_PROBE)


def _units(random: np.random.Generator, rows: int) -> Vectors:
    found = random.standard_normal((rows, _DIM), dtype=np.float32)
    unit: Vectors = found / np.linalg.norm(found, axis=1, keepdims=True)
    return unit


def _write(store: VectorStore, ids: Ids, vectors: Vectors) -> float:
    begin = time.perf_counter()
    store.add(ids, vectors[: len(ids)])
    store.flush()
    return round(time.perf_counter() - begin, 3)


def _times(call: Callable[[Vectors], Any], queries: Vectors) -> tuple[list[Any], dict[str, float]]:
    """Return what a call gives for each query, and how long it took."""
    found, taken = [], []
    call(queries[0])
    for query in queries:
        begin = time.perf_counter()
        found.append(call(query))
        taken.append(1000 * (time.perf_counter() - begin))
    p95 = float(np.percentile(taken, 95))
    return found, {"p50": round(statistics.median(taken), 1), "p95": round(p95, 1)}


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    from tests.milvus import MilvusProcess

    process = MilvusProcess(folder)
    process.start()
    try:
        yield process.uri
    finally:
        process.kill()


def main() -> None:
    """Measure and write results/stores.json."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--store", metavar="URI", help="of a server; else one is started")
    parser.add_argument("--dry", action="store_true", help="record nothing")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as work, ExitStack() as stack:
        uri = given.store or stack.enter_context(_server(Path(work) / "server"))
        figures = [measure(uri, rows, Path(work) / str(rows)) for rows in given.rows]
    print(json.dumps(figures, indent=2))
    if not given.dry:
        print(record("stores", figures))


if __name__ == "__main__":
    main()
