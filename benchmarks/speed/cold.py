"""From the start of a process to an answer over a saved index, and to `--help`.

Each round asks all of them another question.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from statistics import median
from typing import Any

from benchmarks.speed.bench import Bench, Row
from benchmarks.speed.lineup import OURS, Contender
from benchmarks.speed.material import thinned
from benchmarks.speed.processes import ROOT, command, environment, last_line

_ROUNDS = 5
_HELP = "Pullquote --help"
_LIMIT_SECONDS = 300
_FINE = (0, 1)  # as grep: nothing found is no failure


def measure(bench: Bench) -> dict[str, Any]:
    """Return the seconds of each; a first round fills caches and is not counted."""
    bench.make_indexes()
    rounds = 1 + (1 if bench.quick else _ROUNDS)
    names = (*(c.name for c in bench.working()), _HELP)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for turn, example in enumerate(thinned(bench.material.examples, rounds)[:rounds]):
        commands = {c.name: _command(bench, c, example.question) for c in bench.working()}
        commands[_HELP] = [sys.executable, "-m", "pullquote", "--help"]
        for name, words in commands.items():
            spent = _run(bench, name, words)
            if turn and spent is not None:
                seconds[name].append(spent)
    rows: dict[str, Row] = {
        name: {"seconds": round(median(found), 2), "rounds": [round(one, 2) for one in found]}
        for name, found in seconds.items()
        if found and name not in bench.failed
    }
    return {"set": bench.main_set, "systems": bench.with_failed(rows)}


def _command(bench: Bench, contender: Contender, question: str) -> list[str]:
    corpus = str(bench.material.corpus)
    if contender.name != OURS:
        return command(contender, bench.folder(contender), corpus, question)
    index = str(bench.folder(contender) / "whole")
    python = str(contender.python)
    return [
        *(python, "-m", "pullquote", "ask", question),
        *("--corpus", corpus, "--embeddings", index),
    ]


def _run(bench: Bench, name: str, words: Sequence[str]) -> float | None:
    begin = time.perf_counter()
    try:
        done = subprocess.run(
            words,
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=_LIMIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        bench.failed[name] = str(error)
        return None
    if done.returncode not in _FINE or not done.stdout.strip():
        bench.failed[name] = last_line(done.stderr) or f"it ended with {done.returncode}"
        return None
    return time.perf_counter() - begin
