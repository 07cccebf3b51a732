"""Fit the weights of `pullquote.evidence.weights`: ``python -m benchmarks.calibrate DATA``.

Rank and passage: softmax over the sentences (passages) of a question, maximum likelihood of the
gold ones. Probability: logistic regression of whether the best sentence is gold; questions asked of
another set's corpus have none. Each set weighs the same; odd questions check what even ones fitted,
and the other way round. The sample's questions are a check, never fitted.
"""

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.fitting import Asked, Fitted
from benchmarks.quality import find_sets
from benchmarks.record import record
from pullquote import Chatbot, Filter
from pullquote.evaluation.examples import Example, read_examples
from pullquote.evaluation.figures import calibration_error
from pullquote.evidence.features import Read
from pullquote.evidence.weighing import says, weigh
from pullquote.evidence.weights import Weights, weights_for
from pullquote.questions.followups import readings
from pullquote.readers import BUNDLED_READER

_MOST = 800  # questions of a set, evenly spread
_FOREIGN = 100  # questions of another set asked of each corpus

# What the weights are fitted and held out without, to tell what each part earns.
PARTS: Mapping[str, frozenset[str]] = {
    "the reader's sentences": frozenset({"evidence", "best"}),
    "the reader's spans": frozenset({"span"}),
    "the reader's say on passages": frozenset({"answers"}),
    "the sentence's cosine": frozenset({"sentence"}),
    "words covered": frozenset({"covered", "covered_near", "covered_passage"}),
    "names and numbers": frozenset(
        {"numbers_absent", "names_absent", "musts_absent", "musts_missing", "specific_missing"}
    ),
}


def collect(bot: Chatbot, examples: Sequence[Example], *, foreign: bool) -> list[Asked]:
    """Ask and keep what was counted; a foreign question has no answer here."""
    found = []
    for example in examples:
        turns = () if foreign else example.turns
        asked, *_ = readings(example.question, turns, history=bot.settings.history)
        with bot._fresh.finding() as finder:
            best, _ = finder.find(asked, Filter())
            weighed = weigh(
                asked,
                [Read(item.passage, item.score, item.cosines, item.reading) for item in best],
                frequency=finder.lexical.frequency,
                count=finder.lexical.count,
            )
        gold = [not foreign and example.found_by(w.passage.article, w.span) for w in weighed]
        held = [not foreign and example.found_by(i.passage.article, i.passage.span) for i in best]
        found.append(
            Asked(
                answerable=example.answerable and not foreign,
                foreign=foreign,
                sentences=tuple(w.features for w in weighed),
                gold=np.array(gold, dtype=bool),
                passages=tuple(
                    {"fused": item.score, **(says(item.reading) if item.reading else {})}
                    for item in best
                ),
                gold_passages=np.array(held, dtype=bool),
            )
        )
    return found


def collect_all(data: Path, reader: str | None) -> dict[str, list[Asked]]:
    """Return the questions of every set, its own and foreign ones, as one reader reads them."""
    sets = list(find_sets(data))
    every: dict[str, list[Asked]] = {}
    for number, (name, corpus, questions) in enumerate(sets):
        examples, other = read_examples(questions), read_examples(sets[(number + 1) % len(sets)][2])
        with tempfile.TemporaryDirectory() as folder:
            bot = Chatbot(corpus, embeddings=folder, reader=reader)
            bot.refresh()
            own = examples[:: max(1, len(examples) // _MOST)]
            strange = other[:: max(1, len(other) // _FOREIGN)]
            every[name] = collect(bot, own, foreign=False)
            every[name] += collect(bot, strange, foreign=True)
        print(f"{name}: {len(every[name])} questions", flush=True)
    return every


def report(every: Mapping[str, Sequence[Asked]], shipped: Weights) -> dict[str, Any]:
    """Return the fit, how it does on held-out halves, and how the shipped weights do; print it."""
    fitted_on = {name: rows for name, rows in every.items() if name != "sample"}
    whole = Fitted.over(fitted_on, shipped)
    figures: dict[str, Any] = {
        "weights": vars_of(whole.weights),
        "held_out": held_out(every, shipped),
        "shipped": {},
        "without": {},
    }
    for name, rows in every.items():
        own, strange = ([a for a in rows if a.foreign is kind] for kind in (False, True))
        figures["shipped"][name] = Fitted(shipped).judge(own)
        figures["shipped"][f"{name}, asked of another corpus"] = Fitted(shipped).judge(strange)
    figures["shipped"]["pooled"] = pooled(
        {name: (Fitted(shipped), _own(rows)) for name, rows in fitted_on.items()}
    )
    for part, left_out in PARTS.items():
        if left_out & {*shipped.rank, *shipped.probability}:
            figures["without"][part] = held_out(every, _less(shipped, left_out))
    for kind in ("held_out", "shipped"):
        for name, row in figures[kind].items():
            print(kind, name, row)
    for part, sets in figures["without"].items():
        for name, row in sets.items():
            print("without", part, name, row)
    print(figures["weights"])
    return figures


def held_out(every: Mapping[str, Sequence[Asked]], like: Weights) -> dict[str, dict[str, Any]]:
    """Fit on one half of each set and judge the other, both ways; the figures are means."""
    fitted_on = {name: rows for name, rows in every.items() if name != "sample"}
    halves = [
        Fitted.over({name: rows[parity::2] for name, rows in fitted_on.items()}, like)
        for parity in (0, 1)
    ]
    figures = {
        name: _mean([half.judge(_own(rows)[1 - p :: 2]) for p, half in enumerate(halves)])
        for name, rows in every.items()
    }
    figures["pooled"] = _mean(
        [
            pooled({name: (half, _own(rows)[1 - p :: 2]) for name, rows in fitted_on.items()})
            for p, half in enumerate(halves)
        ]
    )
    return figures


def pooled(sets: Mapping[str, tuple[Fitted, Sequence[Asked]]]) -> dict[str, Any]:
    """Return the calibration error over all sets together, each counting the same."""
    judged = [(fitted.scores(rows), len(rows)) for fitted, rows in sets.values()]
    scores = [score for (found, _) in judged for score, _, _ in found]
    right = [label for (found, _) in judged for _, _, label in found]
    shares = [1 / count for found, count in judged for _ in found]
    return {"ece": calibration_error(scores, right, shares)}


def _own(rows: Sequence[Asked]) -> list[Asked]:
    return [asked for asked in rows if not asked.foreign]


def _mean(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {key: round(float(np.mean([part[key] for part in parts])), 4) for key in parts[0]}


def _less(weights: Weights, names: frozenset[str]) -> Weights:
    rank, probability, passage = (
        {name: weight for name, weight in part.items() if name not in names}
        for part in (weights.rank, weights.probability, weights.passage)
    )
    return Weights(rank, probability, passage)


def vars_of(weights: Weights) -> dict[str, dict[str, float]]:
    """Return weights as plain dictionaries."""
    return {
        "rank": dict(weights.rank),
        "probability": dict(weights.probability),
        "passage": dict(weights.passage),
    }


def main() -> None:
    """Fit, check on the held-out half, print, and write results/calibrate.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    options = parser.parse_args()
    figures = {
        str(reader): report(collect_all(options.data, reader), weights_for(reader))
        for reader in (BUNDLED_READER, None)
    }
    print(f"written to {record('calibrate', figures)}")


if __name__ == "__main__":
    main()
