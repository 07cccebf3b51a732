"""Passages a second: every system on the same passages, and the encoder alone beside them.

Rounds take a share of the articles each; in a round, every system indexes that share in turn. A
first small round warms up and is not counted. The peers get ready passages and grow their indexes,
which the other parts then ask; ours reads, splits and indexes files, anew in each round.
"""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from benchmarks.speed.bench import Bench, Row
from benchmarks.speed.lineup import OURS, bare
from benchmarks.speed.processes import Worker

_ROUNDS = 3
_WARMING = 20  # the share of the round that warms up is one article of so many
_ALONE, _WITH_SENTENCES = bare(sentences=False), bare(sentences=True)


def measure(bench: Bench) -> dict[str, Any]:
    """Return the rates, what a refresh spends its time on, and memory."""
    everybody = (*bench.contenders, _ALONE, _WITH_SENTENCES)
    rates: dict[str, list[float]] = {contender.name: [] for contender in everybody}
    stages: list[dict[str, float]] = []
    with bench.crew(everybody) as crew:
        for turn, articles in enumerate(_shares(bench.material.articles)):
            passages = bench.material.passages(articles)
            corpus = str(bench.material.copy(articles, bench.work / f"share-{turn}"))
            given = [{"passages": passages, "corpus": corpus}]
            for name, ((told,), (seconds,)) in bench.in_turn(crew, turn, "add", given).items():
                if turn == 0:
                    continue
                rates[name].append(len(passages) / seconds)
                if name == OURS:
                    stages.append(told["stages"])
        rows = {name: _row(rates[name], worker) for name, worker in crew.items()}
        _keep(bench, crew)
    return {
        "set": bench.main_set,
        "articles": len(bench.material.articles),
        "passages": len(bench.material.passages()),
        "systems": bench.with_failed(rows),
        "refresh_spends": _spent(stages),
        "ratios": _ratios(rates, bench),
    }


def _shares(articles: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield what warms up, then what is counted: together all articles, each once."""
    yield articles[::_WARMING]
    rest = [path for number, path in enumerate(articles) if number % _WARMING]
    for number in range(_ROUNDS):
        yield rest[number::_ROUNDS]


def _row(rates: Sequence[float], worker: Worker) -> Row:
    memory, _ = worker.call("memory")
    return {
        "passages_per_s": round(median(rates), 1),
        "rounds": [round(rate, 1) for rate in rates],
        **memory,
    }


def _keep(bench: Bench, crew: Mapping[str, Worker]) -> None:
    for contender in bench.contenders:
        if contender.name in crew:
            with bench.attempt(contender):
                worker = crew[contender.name]
                if contender.name == OURS:  # it made an index of each round
                    worker.call("load", corpus=str(bench.material.corpus))
                bench.keep_index(contender, worker)


def _spent(stages: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the shares of a refresh's time."""
    total = sum(sum(one.values()) for one in stages)
    names = dict.fromkeys(name for one in stages for name in one)
    return {name: round(sum(one.get(name, 0) for one in stages) / total, 4) for name in names}


def _ratios(rates: Mapping[str, Sequence[float]], bench: Bench) -> dict[str, float]:
    """Return the medians, over the rounds, of ours divided by others' rates of the same round."""
    names = [name for name in rates if name != OURS and name not in bench.failed]
    if OURS in bench.failed:
        return {}
    return {
        name: round(median(a / b for a, b in zip(rates[OURS], rates[name], strict=True)), 3)
        for name in names
    }
