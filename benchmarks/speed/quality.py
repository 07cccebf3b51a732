"""Hits of each with its own reading, splitting and ranking, by the rule of `benchmarks.quality`.

What has no splitter of its own gets our passages. Nothing is timed here, so systems run side by
side, a core each.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from benchmarks.speed.bench import Bench, Row, at_work
from benchmarks.speed.lineup import Contender
from benchmarks.speed.material import Material, finds, read_material, thinned
from benchmarks.speed.processes import Failed

_SETS = ("selqa", "squad2")
_QUESTIONS, _QUICK_QUESTIONS = 600, 60
_HITS = 5


def measure(bench: Bench) -> dict[str, Any]:
    """Return set → system → hit@1 and hit@5."""
    return {name: _measure_set(bench, name) for name in _SETS if (bench.data / name).is_dir()}


def _measure_set(bench: Bench, name: str) -> dict[str, Any]:
    material = read_material(bench.data, name, bench.work, quick=bench.quick)
    asked = thinned(material.examples, _QUICK_QUESTIONS if bench.quick else _QUESTIONS)
    material = Material(material.corpus, tuple(asked))
    contenders = [c for c in bench.contenders if c.name not in bench.failed]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        rows = list(pool.map(partial(_ask, bench, name, material), contenders))
    found = dict(zip((c.name for c in contenders), rows, strict=True))
    return {"questions": len(asked), "systems": bench.with_failed(found)}


def _ask(bench: Bench, name: str, material: Material, contender: Contender) -> Row:
    folder = bench.work / "quality" / name / contender.module
    try:
        with at_work(contender, folder, threads=1) as worker:
            if contender.splits:
                told, _ = worker.call("load", corpus=str(material.corpus))
            else:
                told, _ = worker.call("add", passages=material.passages(), corpus="")
            each = [{"question": e.question, "k": _HITS} for e in material.examples]
            places, _ = worker.call_each("search", each)
    except Failed as error:
        return {"failed": str(error)}
    found = [
        [finds(example, place) for place in given]
        for example, given in zip(material.examples, places, strict=True)
    ]
    return {
        **told,
        "hit@1": round(sum(any(hits[:1]) for hits in found) / len(found), 4),
        "hit@5": round(sum(any(hits) for hits in found) / len(found), 4),
    }
