"""Warm latency of a question: `ask`, which reads passages, and `search`, which does not.

Every system is asked the same questions in blocks, in turn; no question twice, since some remember.
"""

from typing import Any

from benchmarks.speed.bench import Bench, Row
from benchmarks.speed.lineup import OURS
from benchmarks.speed.material import thinned
from benchmarks.speed.processes import Worker
from pullquote.evaluation.figures import percentile

_BLOCKS, _QUICK_BLOCKS, _BLOCK = 5, 2, 12  # questions in a block; the first only warms up
_HITS = 5


def measure(bench: Bench) -> dict[str, Any]:
    """Return the percentiles of both, in ms, and memory."""
    bench.make_indexes()
    blocks = 1 + (_QUICK_BLOCKS if bench.quick else _BLOCKS)
    questions = [e.question for e in thinned(bench.material.examples, 2 * blocks * _BLOCK)]
    rows: dict[str, Row] = {}
    with bench.crew(bench.working()) as crew:
        bench.in_turn(crew, 0, "open", [{"corpus": str(bench.material.corpus)}])
        readers = {c.name: crew[c.name] for c in bench.contenders if c.reads and c.name in crew}
        searched = _latencies(bench, crew, "search", questions[::2], k=_HITS)
        asked = _latencies(bench, readers, "ask", questions[1::2])
        for name, worker in crew.items():
            rows[name] = _row(searched[name], asked.get(name), worker)
    return {
        "set": bench.main_set,
        "questions": max(0, len(questions) // 2 - _BLOCK),
        "systems": bench.with_failed(rows),
        "ratios": _ratios(rows),
    }


def _latencies(
    bench: Bench, crew: dict[str, Worker], do: str, questions: list[str], **given: int
) -> dict[str, list[float]]:
    """Return the milliseconds of every question but those of the first block."""
    found: dict[str, list[float]] = {name: [] for name in crew}
    for turn, first in enumerate(range(0, len(questions), _BLOCK)):
        each = [{"question": q, **given} for q in questions[first : first + _BLOCK]]
        for name, (_, seconds) in bench.in_turn(crew, turn, do, each).items():
            if turn:
                found[name] += [one * 1000 for one in seconds]
    return found


def _row(searched: list[float], asked: list[float] | None, worker: Worker) -> Row:
    memory, _ = worker.call("memory")
    row: Row = {
        "search_p50_ms": percentile(searched, 50),
        "search_p95_ms": percentile(searched, 95),
    }
    if asked is not None:
        row |= {"ask_p50_ms": percentile(asked, 50), "ask_p95_ms": percentile(asked, 95)}
    return {**row, **memory}


def _ratios(rows: dict[str, Row]) -> dict[str, float]:
    """Return our median of `ask` divided by that of each peer that reads, and so for `search`."""
    mine = rows.get(OURS, {})
    return {
        f"{what}, {name}": round(mine[key] / row[key], 3)
        for what, key in (("ask", "ask_p50_ms"), ("search", "search_p50_ms"))
        for name, row in rows.items()
        if name != OURS and row.get(key) and mine.get(key)
    }
