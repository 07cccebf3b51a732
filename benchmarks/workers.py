"""How many passages a second workers embed: alone, processes, and actors on a Ray cluster.

    python -m benchmarks.workers [--passages 2000] [--processes 1 2 4] [--dry]

All runs embed the same passages, one run after the other, on one machine. The machines of the
cluster share this one, each with the cores of one process, so it shows what Ray costs and no more.
Ray is left out where it is not installed.
"""

import argparse
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from benchmarks.record import record
from pullquote.encoders import BUNDLED, hire, open_embedder
from pullquote.encoders.processes import count_cores
from pullquote.protocols import Embedder, Window, Workers


def main() -> None:
    """Run every kind of workers and record what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=2000)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--machines", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--dry", action="store_true", help="print, but record nothing")
    given = parser.parse_args()
    embedder, texts = open_embedder(BUNDLED), read_texts(given.passages)
    rows = [
        measure(f"processes={count}", count, hire(BUNDLED, embedder, count=count, ray=None), texts)
        for count in given.processes
    ]
    if find_spec("ray"):
        rows += [measure_ray(count, embedder, texts) for count in given.machines]
    same = {row.pop("digest") for row in rows}
    if len(same) != 1:
        raise SystemExit("not all workers made the same vectors")
    if not given.dry:
        print(record("workers", {"passages": len(texts), "same_bits": True, "runs": rows}))


def measure_ray(machines: int, embedder: Embedder, texts: list[str]) -> dict[str, Any]:
    """Measure one actor for each machine of a cluster."""
    with cluster_of(machines) as address:
        workers = hire(BUNDLED, embedder, count=machines, ray=address)
        return measure(f"ray machines={machines}", machines, workers, texts)


@contextmanager
def cluster_of(machines: int) -> Iterator[str]:
    """Start a cluster of some machines beside one that only leads."""
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    try:
        for _ in range(machines):
            made.add_node(num_cpus=max(1, count_cores() // machines))
        yield made.address
    finally:
        made.shutdown()


def measure(name: str, count: int, workers: Workers, texts: list[str]) -> dict[str, Any]:
    """Embed the texts and tell how long it took, in all and once the first window was there."""
    digest = hashlib.sha256()
    begin = time.monotonic()
    first, ready = 0, begin
    for window, found in workers.embed_each(windows_of(texts, workers.window)):
        for vector, sentences in zip(found.passages, found.sentences, strict=True):
            digest.update(vector.tobytes() + sentences.tobytes())
        if not first:
            first, ready = len(window.ids), time.monotonic()
    end = time.monotonic()
    steady = (len(texts) - first) / (end - ready)
    row = {
        "workers": name,
        "seconds": round(end - begin, 1),
        "to_first_window_s": round(ready - begin, 1),
        "passages_per_s": round(len(texts) / (end - begin), 1),
        "steady_passages_per_s": round(steady, 1),
        "steady_per_worker": round(steady / count, 1),
    }
    print(row, flush=True)
    return row | {"digest": digest.hexdigest()}


def read_texts(number: int) -> list[str]:
    """Return so many paragraphs of the sample articles, over and over if need be."""
    corpus = Path(__file__).parents[1] / "corpus"
    found = [
        part
        for path in sorted(corpus.rglob("*.md"))
        for part in path.read_text("utf-8").split("\n\n")
        if len(part) > 200
    ]
    return list(islice(cycle(found), number))


def windows_of(texts: list[str], size: int) -> Iterator[Window]:
    """Hand the texts out, each with its halves as its sentences."""
    for first in range(0, len(texts), size):
        part = tuple(texts[first : first + size])
        halves = tuple(((0, len(text) // 2), (len(text) // 2, len(text))) for text in part)
        yield Window(tuple(range(first, first + len(part))), part, halves)


if __name__ == "__main__":
    main()
