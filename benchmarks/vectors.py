"""What the vector store costs and misses, by the number of rows, beside other indexes of FAISS.

    python -m benchmarks.vectors [DATA] [--sizes N …] [--alone] [--dry]

Rows are made from real ones: some thousand passages are embedded with the bundled model (of the
sample corpus, or of `DATA/NAME/corpus`), and each row made is a real one drawn towards one of its
fifteen nearest and pushed aside by the difference of two others, so that it has the spread of real
rows and lies among neighbours. Those who ask are real questions, embedded as such.

Each measurement has a process of its own, which opens what another wrote. Recall is held against
all rows compared as float32. The alternatives: a flat index, IVF with SQ8 (nprobe 32, trained on
rows drawn at random) and, up to 100,000 rows because it takes so long to build, HNSW.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from benchmarks.record import record
from pullquote import Chatbot
from pullquote.encoders import BUNDLED, open_embedder
from pullquote.index.stores import VECTORS_FOLDER, faiss_scans
from pullquote.index.stores.faiss import LARGE, FaissStore
from pullquote.protocols import Ids, Vectors

_SIZES = (10_000, 100_000, 1_000_000)
_DIM, _SEED = 384, 5
_FILES, _QUESTIONS = 600, 200  # at most
_NEAREST, _BLOCK = 16, 4096
_HNSW_MOST = 100_000
_IVF_LISTS, _IVF_PROBES, _IVF_SAMPLE, _IVF_ROUNDS = 1024, 32, 40_000, 10
_TIMES = (2, 3, 5, 10)  # codes compared for each row that is wanted; twice that in a large store

Figures = dict[str, Any]


# -- rows and questions


def make(work: Path, data: Path | None, count: int) -> Figures:
    """Write rows, questions and, for each size, nothing yet; tell what they are like."""
    base = _embed_passages(work, data)
    asked = _embed_questions(data)
    dice = np.random.default_rng(_SEED)
    nearest = faiss.knn(base, base, _NEAREST, metric=faiss.METRIC_INNER_PRODUCT)[1]
    rows = np.lib.format.open_memmap(
        work / "rows.npy", mode="w+", dtype=np.float32, shape=(count, _DIM)
    )
    for first in range(0, count, 50_000):
        part = rows[first : first + 50_000]
        part[:] = _mix(base, nearest, len(part), dice)
    np.save(work / "questions.npy", asked)
    return {"passages": len(base), "questions": len(asked)}


def _mix(base: Vectors, nearest: Ids, count: int, dice: np.random.Generator) -> Vectors:
    own, first, second = dice.integers(0, len(base), (3, count))
    near = nearest[own, dice.integers(1, _NEAREST, count)]
    toward = dice.uniform(0, 0.7, (count, 1)).astype(np.float32)
    aside = dice.uniform(0.15, 0.4, (count, 1)).astype(np.float32)
    rows = (1 - toward) * base[own] + toward * base[near] + aside * (base[first] - base[second])
    made: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return made


def _embed_passages(work: Path, data: Path | None) -> Vectors:
    """Refresh an index of some of the articles, as a user would, and take its rows."""
    folders = [Path("corpus")] if data is None else sorted(data.glob("*/corpus"))
    copy = work / "articles"
    for folder in folders:
        paths = sorted(folder.rglob("*.md"))
        random.Random(_SEED).shuffle(paths)
        for path in paths[: _FILES // len(folders)]:
            target = copy / folder.parent.name / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    Chatbot(copy, embeddings=work / "real", reader=None).refresh()
    store = FaissStore(work / "real" / VECTORS_FOLDER, dim=_DIM)
    return store.rows(store.ids())


def _embed_questions(data: Path | None) -> Vectors:
    files = [Path("benchmarks/questions.jsonl")] if data is None else data.glob("*/questions.jsonl")
    lines = [line for path in sorted(files) for line in path.read_text("utf-8").splitlines()]
    asked = [json.loads(line)["question"] for line in lines]
    model = open_embedder(BUNDLED)
    some = random.Random(_SEED).sample(asked, min(_QUESTIONS, len(asked)))
    return np.array([model.embed_question(question) for question in some])


# -- steps, each in a process of its own


class Bench:
    """The files of one size, and what every step needs."""

    def __init__(self, work: Path, count: int) -> None:
        self.work, self.count = work, count
        self.rows: Vectors = np.load(work / "rows.npy", mmap_mode="r")[:count]
        self.questions: Vectors = np.load(work / "questions.npy")
        # Ids of ours are hashes: spread over all 63 bits, in no order.
        self.ids: Ids = np.random.default_rng(_SEED).integers(0, 1 << 63, count, dtype=np.int64)
        self.folder = work / f"vectors-{count}"

    def exact(self) -> Figures:
        """Find what is truly nearest."""
        parts = [
            faiss.knn(self.questions, np.ascontiguousarray(part), 100, faiss.METRIC_INNER_PRODUCT)
            for part in np.array_split(self.rows, max(1, self.count // 100_000))
        ]
        starts = np.cumsum([0, *map(len, np.array_split(self.rows, len(parts)))])
        scores = np.concatenate([part[0] for part in parts], axis=1)
        places = np.concatenate(
            [part[1] + start for part, start in zip(parts, starts, strict=False)], axis=1
        )
        best = np.argsort(-scores, axis=1, kind="stable")[:, :100]
        np.save(self.work / f"truth-{self.count}.npy", np.take_along_axis(places, best, axis=1))
        means = np.take_along_axis(scores, best, axis=1).mean(axis=0)
        return {f"mean_cosine_of_number_{n}": round(float(means[n - 1]), 3) for n in (1, 10, 100)}

    def build(self) -> Figures:
        """Add all rows, flushed now and then as by a first refresh."""
        store, begin, slowest = FaissStore(self.folder, dim=_DIM), time.perf_counter(), 0.0
        for first in range(0, self.count, _BLOCK):
            store.add(self.ids[first : first + _BLOCK], self.rows[first : first + _BLOCK])
            start = time.perf_counter()
            store.flush()
            slowest = max(slowest, time.perf_counter() - start)
        seconds = time.perf_counter() - begin
        size = sum(path.stat().st_size for path in self.folder.iterdir())
        return {
            "build_us_a_row": round(1e6 * seconds / self.count, 1),
            "slowest_flush_ms": round(1000 * slowest, 1),
            "build_rss_anon_mb": _memory()["rss_anon_mb"],
            "disk_bytes_a_row": round(size / self.count),
        }

    def ask(self) -> Figures:
        """Open, ask, filter; tell what was missed and what memory it takes."""
        bare = _memory()["rss_anon_mb"]
        store, opened = _timed(lambda: FaissStore(self.folder, dim=_DIM))
        _, first = _timed(lambda: store.search(self.questions[0], 100))
        figures = {
            "open_s": round(opened, 3),
            "first_search_s": round(first, 3),
            **self._judged(lambda question, k: store.search(question, k)[0]),
            **_memory(),
            "rss_before_opening_mb": bare,
        }
        dice = np.random.default_rng(1)
        for part in (0.01, 0.99):
            allowed = np.sort(dice.choice(self.ids, int(part * self.count), replace=False))
            _, new = _timed(lambda: store.search(self.questions[0], 100, allowed=allowed))  # noqa: B023
            figures[f"filter_{part:.0%}"] = {
                "first_ms": round(1000 * new, 2),
                **self._times(lambda question: store.search(question, 100, allowed=allowed)),  # noqa: B023
            }
        return figures

    def edit(self) -> Figures:
        """Open, replace one row, remove another, flush: as by a refresh after an edit."""
        runs = []
        for number in range(5):

            def change(number: int = number) -> None:
                store = FaissStore(self.folder, dim=_DIM)
                store.remove(self.ids[number : number + 1])
                store.add(self.ids[number : number + 1], self.rows[number : number + 1])
                store.flush()

            runs.append(_timed(change)[1])
        return {"edit_ms": round(1000 * float(np.median(runs)), 1)}

    def choices(self) -> Figures:
        """Both ways to scan, and how many codes' rows are compared."""
        found: Figures = {}
        if self.count <= 4 * LARGE:
            store = FaissStore(self.folder, dim=_DIM, large=self.count)
            found["float by float"] = self._judged(lambda q, k: store.search(q, k)[0])
        coded = FaissStore(self.folder, dim=_DIM, large=0)
        for times in _TIMES:
            faiss_scans._TIMES, faiss_scans._LEAST = times, 60 * times
            found[f"codes, {times} k or {2 * times} k"] = self._judged(
                lambda q, k: coded.search(q, k)[0]
            )
        return found

    def build_other(self, kind: str) -> Figures:
        """Build another index and write it."""
        index, seconds = _timed(lambda: _other(kind, self.rows))
        faiss.write_index(index, str(self._other_file(kind)))
        return {"build_us_a_row": round(1e6 * seconds / self.count, 1)}

    def ask_other(self, kind: str) -> Figures:
        """Read another index and ask."""
        index, opened = _timed(lambda: faiss.read_index(str(self._other_file(kind))))

        def search(question: Vectors, k: int) -> Ids:
            places: Ids = index.search(question.reshape(1, -1), k)[1][0]
            return self.ids[places[places >= 0]]

        search(self.questions[0], 100)
        return {"open_s": round(opened, 3), **self._judged(search), **_memory()}

    def _other_file(self, kind: str) -> Path:
        return self.work / f"{kind}-{self.count}.faiss"

    def _judged(self, search: Callable[[Vectors, int], Ids]) -> Figures:
        truth = self.ids[np.load(self.work / f"truth-{self.count}.npy")]
        found: Figures = {}
        for k in (10, 100):
            shares = [
                len(np.intersect1d(search(question, k)[:k], wanted[:k])) / k
                for question, wanted in zip(self.questions, truth, strict=True)
            ]
            found[f"recall@{k}"] = round(float(np.mean(shares)), 4)
        return found | self._times(lambda question: search(question, 100))

    def _times(self, search: Callable[[Vectors], Any]) -> Figures:
        begin = time.process_time()  # which says something on a busy machine as well
        runs = [_timed(lambda: search(question))[1] for question in self.questions]  # noqa: B023
        spent = 1000 * (time.process_time() - begin) / len(runs)
        p50, p95 = (1000 * np.quantile(runs, (0.5, 0.95))).tolist()
        return {"p50_ms": round(p50, 2), "p95_ms": round(p95, 2), "cpu_ms": round(spent, 2)}


def _other(kind: str, rows: Vectors) -> "faiss.Index":
    metric = faiss.METRIC_INNER_PRODUCT
    index: faiss.Index
    if kind == "flat":
        index = faiss.IndexFlatIP(_DIM)
    elif kind == "hnsw":
        index = faiss.IndexHNSWFlat(_DIM, 32, metric)
        index.hnsw.efConstruction, index.hnsw.efSearch = 80, 200
    else:
        coarse, bits = faiss.IndexFlatIP(_DIM), faiss.ScalarQuantizer.QT_8bit
        index = faiss.IndexIVFScalarQuantizer(coarse, _DIM, _IVF_LISTS, bits, metric)
        index.nprobe, index.cp.niter = _IVF_PROBES, _IVF_ROUNDS
        sample = np.sort(np.random.default_rng(1).permutation(len(rows))[:_IVF_SAMPLE])
        index.train(rows[sample])
    for first in range(0, len(rows), 50_000):
        index.add(np.ascontiguousarray(rows[first : first + 50_000]))
    return index


def _timed(call: Callable[[], Any]) -> tuple[Any, float]:
    begin = time.perf_counter()
    found = call()
    return found, time.perf_counter() - begin


def _memory() -> Figures:
    """Return what Linux says of this process, in MB; other systems say nothing here."""
    path = Path("/proc/self/status")
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    told = dict(line.split(":", 1) for line in lines)
    names = {"VmRSS": "rss_mb", "VmHWM": "rss_peak_mb", "RssAnon": "rss_anon_mb"}
    return {name: int(told[key].split()[0]) // 1024 for key, name in names.items() if key in told}


# -- all of it


def measure(work: Path, count: int, *, alone: bool) -> Figures:
    """Measure one size."""

    def step(name: str, *more: str) -> Figures:
        print(f"{count}: {name} {' '.join(more)}", file=sys.stderr, flush=True)
        command = (sys.executable, "-m", "benchmarks.vectors", "--step", str(work), str(count))
        done = subprocess.run(
            [*command, name, *more], stdout=subprocess.PIPE, text=True, check=True
        )
        found: Figures = json.loads(done.stdout)
        return found

    row: Figures = {"rows": count, **step("exact"), **step("build"), **step("ask"), **step("edit")}
    row["choices"] = step("choices")
    kinds = () if alone else ("flat", "ivf sq8", "hnsw")[: 3 if count <= _HNSW_MOST else 2]
    row["others"] = {kind: step("build_other", kind) | step("ask_other", kind) for kind in kinds}
    for path in (work / f"vectors-{count}", *work.glob(f"*-{count}.*")):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    print(json.dumps(row), flush=True)
    return row


def main(words: Sequence[str] | None = None) -> None:
    """Measure every size and record it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?", help="NAME/corpus and NAME/questions.jsonl")
    parser.add_argument("--sizes", type=int, nargs="+", default=_SIZES)
    parser.add_argument("--alone", action="store_true", help="without other indexes")
    parser.add_argument("--dry", action="store_true", help="print, but record nothing")
    parser.add_argument("--step", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args(words)
    if given.step:
        work, count, name, *more = given.step
        print(json.dumps(getattr(Bench(Path(work), int(count)), name)(*more)))
        return
    with tempfile.TemporaryDirectory() as folder:
        made = make(Path(folder), given.data, max(given.sizes))
        runs = [measure(Path(folder), count, alone=given.alone) for count in given.sizes]
    if not given.dry:
        print(record("vectors", {"made_from": made, "runs": runs}))


if __name__ == "__main__":
    main()
