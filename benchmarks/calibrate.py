"""Fit the weights of `pullquote.weighing`: ``python -m benchmarks.calibrate DATA``.

Rank: softmax over the sentences of a question, maximum likelihood of the gold ones. Probability:
logistic regression on the best sentence of each question, answerable or not; questions asked of
another set's corpus count as unanswerable. Each set weighs the same; odd questions check what even
ones fitted, and the other way round.
"""

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from benchmarks.quality import find_sets
from benchmarks.record import record
from pullquote import Chatbot
from pullquote.evaluation import Example, read_examples
from pullquote.weighing import PROBABILITY, RANK

RANKED = tuple(RANK)
JUDGED = tuple(name for name in PROBABILITY if name != "bias")
_FOREIGN = 150  # questions of other sets asked of each corpus
_L2 = 2e-3
_THRESHOLDS = (0.4, 0.5, 0.6)

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """One question: the features of its sentences, best first, and which of them are gold."""

    answerable: bool
    ranked: Array
    judged: Array
    gold: NDArray[np.bool_]


def collect(bot: Chatbot, examples: Sequence[Example], *, foreign: bool) -> list[Asked]:
    """Ask and keep what was weighed; a foreign question has no answer here."""
    found = []
    for example in examples:
        weighed = bot.weigh(example.question, turns=example.turns)
        if not weighed:
            continue
        gold = [not foreign and example.found_by(w.passage.article, w.span) for w in weighed]
        found.append(
            Asked(
                answerable=example.answerable and not foreign,
                ranked=np.array([[w.features[name] for name in RANKED] for w in weighed]),
                judged=np.array([[w.features[name] for name in JUDGED] for w in weighed[:1]]),
                gold=np.array(gold, dtype=bool),
            )
        )
    return found


def fit_rank(sets: Mapping[str, Sequence[Asked]]) -> Array:
    """Return the weights that make gold sentences likeliest, the first weight being 1."""
    asked = [(a, 1 / len(rows)) for rows in sets.values() for a in rows if a.gold.any()]
    scale = np.concatenate([a.ranked for a, _ in asked]).std(axis=0) + 1e-9

    def loss(weights: Array) -> tuple[float, Array]:
        total, slope = _L2 * float(weights @ weights), 2 * _L2 * weights
        for item, share in asked:
            features = item.ranked / scale
            scores = features @ weights
            gold = scores[item.gold]
            total -= share * float(logsumexp(gold) - logsumexp(scores))
            pull = np.exp(gold - logsumexp(gold)) @ features[item.gold]
            slope = slope - share * (pull - np.exp(scores - logsumexp(scores)) @ features)
        return total, slope

    found = minimize(loss, np.zeros(len(scale)), jac=True, method="L-BFGS-B").x / scale
    weights: Array = found / found[0]
    return weights


def fit_probability(sets: Mapping[str, Sequence[Asked]]) -> tuple[Array, float]:
    """Return the weights and the bias of the logistic regression."""
    rows = [(a.judged[0], a.answerable, 1000 / len(s)) for s in sets.values() for a in s]
    features, labels, shares = (np.array(column) for column in zip(*rows, strict=True))
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-9
    model = LogisticRegression(max_iter=5000)
    model.fit((features - mean) / scale, labels, sample_weight=shares)
    weights: Array = model.coef_[0] / scale
    return weights, float(model.intercept_[0] - mean @ weights)


def _half(sets: Mapping[str, Sequence[Asked]], parity: int) -> dict[str, list[Asked]]:
    return {name: list(rows[parity::2]) for name, rows in sets.items()}


def _quote_at_1(rows: Sequence[Asked], weights: Array) -> float:
    asked = [a for a in rows if a.answerable]
    return float(np.mean([a.gold[np.argmax(np.round(a.ranked @ weights, 5))] for a in asked]))


# Without the rule on missing numbers, which is no weight: answers show slightly fewer.
def _judge(rows: Sequence[Asked], weights: Array, bias: float) -> tuple[Array, NDArray[np.bool_]]:
    features = np.array([a.judged[0] for a in rows])
    labels = np.array([a.answerable for a in rows])
    return 1 / (1 + np.exp(-(features @ weights + bias))), labels


def main() -> None:
    """Fit, check on the held-out half, print, and write results/calibrate.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    options = parser.parse_args()
    all_sets = list(find_sets(options.data))
    own: dict[str, list[Asked]] = {}
    foreign: dict[str, list[Asked]] = {}
    for number, (name, corpus, questions) in enumerate(all_sets):
        other = all_sets[(number + 1) % len(all_sets)][2]
        with tempfile.TemporaryDirectory() as folder:
            bot = Chatbot(corpus, embeddings=folder)
            bot.refresh()
            own[name] = collect(bot, read_examples(questions), foreign=False)
            strange = read_examples(other)
            step = max(1, len(strange) // _FOREIGN)
            foreign[f"{name} asked {other.parent.name}"] = collect(
                bot, strange[::step], foreign=True
            )
        print(f"{name}: {len(own[name])} questions", flush=True)
    # The sample's questions are a check, never fitted.
    fitted = {name: rows for name, rows in own.items() if name != "sample"}
    figures = _report(own, foreign, fitted)
    print(f"written to {record('calibrate', figures)}")


def _report(
    own: dict[str, list[Asked]], foreign: dict[str, list[Asked]], fitted: dict[str, list[Asked]]
) -> dict[str, object]:
    shipped = np.array(list(RANK.values()))
    held: dict[str, list[float]] = {name: [] for name in own}
    for parity in (0, 1):
        weights = fit_rank(_half(fitted, parity))
        for name, rows in _half(own, 1 - parity).items():
            held[name].append(_quote_at_1(rows, weights))
    quote = {
        name: {"held_out_fit": float(np.mean(held[name])), "shipped": _quote_at_1(rows, shipped)}
        for name, rows in own.items()
    }
    weights, bias = fit_probability({**fitted, **foreign})
    judged = np.array([PROBABILITY[name] for name in JUDGED])
    silence: dict[str, dict[str, float]] = {}
    for name, rows in {**own, **foreign}.items():
        scores, labels = _judge(rows, judged, PROBABILITY["bias"])
        silence[name] = {
            f"answered_{word}@{cut}": float((scores[labels == kind] >= cut).mean())
            for cut in _THRESHOLDS
            for word, kind in (("answerable", True), ("unanswerable", False))
            if (labels == kind).any()
        }
        if labels.any() and not labels.all():
            silence[name]["auroc"] = float(roc_auc_score(labels, scores))
    rank = dict(zip(RANKED, fit_rank(fitted).round(3).tolist(), strict=True))
    probability = dict(zip(JUDGED, weights.round(2).tolist(), strict=True)) | {
        "bias": round(bias, 2)
    }
    for title, found in (("quote@1", quote), ("silence", silence)):
        for name, row in found.items():
            print(title, name, {key: round(value, 3) for key, value in row.items()})
    print("rank", rank, "\nprobability", probability)
    return {"quote@1": quote, "silence": silence, "rank": rank, "probability": probability}


if __name__ == "__main__":
    main()
