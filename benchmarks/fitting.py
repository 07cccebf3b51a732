"""Weights fitted to questions whose gold sentences are known, and how well such weights do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from pullquote.evaluation.figures import calibration_error
from pullquote.evidence.weights import Weights

_L2 = 2e-3
_THRESHOLDS = (0.3, 0.4, 0.5, 0.6)

Array = NDArray[np.float64]
Gold = NDArray[np.bool_]
Features = Mapping[str, float]


@dataclass(frozen=True)
class Asked:
    """One question: what can be counted of its sentences and passages, and which are gold."""

    answerable: bool
    foreign: bool
    sentences: tuple[Features, ...]
    gold: Gold
    passages: tuple[Features, ...]
    gold_passages: Gold


def fit_order(groups: Mapping[str, Sequence[tuple[Array, Gold]]]) -> Array:
    """Return the weights that make gold rows likeliest, the first weight being 1."""
    asked = [(x, gold, 1 / len(rows)) for rows in groups.values() for x, gold in rows if gold.any()]
    scale = np.concatenate([x for x, _, _ in asked]).std(axis=0) + 1e-9

    def loss(weights: Array) -> tuple[float, Array]:
        total, slope = _L2 * float(weights @ weights), 2 * _L2 * weights
        for x, gold, share in asked:
            features = x / scale
            scores = features @ weights
            total -= share * float(logsumexp(scores[gold]) - logsumexp(scores))
            pull = np.exp(scores[gold] - logsumexp(scores[gold])) @ features[gold]
            slope = slope - share * (pull - np.exp(scores - logsumexp(scores)) @ features)
        return total, slope

    found = minimize(loss, np.zeros(len(scale)), jac=True, method="L-BFGS-B").x / scale
    weights: Array = found / found[0]
    return weights


def fit_probability(groups: Mapping[str, Sequence[tuple[Array, bool]]]) -> tuple[Array, float]:
    """Return the weights and the bias of the logistic regression."""
    rows = [(x, label, 1000 / len(s)) for s in groups.values() for x, label in s]
    features, labels, shares = (np.array(column) for column in zip(*rows, strict=True))
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-9
    model = LogisticRegression(max_iter=5000)
    model.fit((features - mean) / scale, labels, sample_weight=shares)
    weights: Array = model.coef_[0] / scale
    return weights, float(model.intercept_[0] - mean @ weights)


@dataclass(frozen=True)
class Fitted:
    """Weights as they were fitted, or as they are shipped."""

    weights: Weights

    @classmethod
    def over(cls, sets: Mapping[str, Sequence[Asked]], like: Weights) -> "Fitted":
        """Fit the features that some weights have."""
        ranked = tuple(like.rank)
        groups = {
            name: [(_rows(a.sentences, ranked), a.gold) for a in rows if a.sentences]
            for name, rows in sets.items()
        }
        order = fit_order(groups)
        rank = dict(zip(ranked, order.round(4).tolist(), strict=True))
        judged = tuple(name for name in like.probability if name != "bias")
        best = {name: _best(rows, rank, judged) for name, rows in sets.items()}
        line, bias = fit_probability(
            {name: [(x, right) for _, x, right in rows] for name, rows in best.items()}
        )
        probability = {"bias": round(bias, 3)} | dict(
            zip(judged, line.round(3).tolist(), strict=True)
        )
        passage = {}
        if like.passage:
            names = ("fused", *like.passage)
            held = {
                name: [(_rows(a.passages, names), a.gold_passages) for a in rows if a.passages]
                for name, rows in sets.items()
            }
            found = fit_order(held).round(3).tolist()
            passage = dict(zip(names[1:], found[1:], strict=True))
        return cls(Weights(rank, probability, passage))

    def judge(self, rows: Sequence[Asked]) -> dict[str, Any]:
        """Return quote@1, hit@1, AUROC, calibration error and the shares answered."""
        judged = self.scores(rows)
        scores, answerable, right = (list(column) for column in zip(*judged, strict=True))
        figures: dict[str, Any] = {"ece": calibration_error(scores, right)}
        if any(answerable):
            of_answerable = [r for r, a in zip(right, answerable, strict=True) if a]
            figures["quote@1"] = round(float(np.mean(of_answerable)), 4)
            figures["hit@1"] = self._hit_at_1([a for a in rows if a.answerable])
        if len(set(answerable)) == 2:
            figures["auroc"] = round(float(roc_auc_score(answerable, scores)), 4)
        for cut in _THRESHOLDS:
            for word, kind in (("answerable", True), ("unanswerable", False)):
                taken = [s >= cut for s, a in zip(scores, answerable, strict=True) if a is kind]
                if taken:
                    figures[f"answered_{word}@{cut}"] = round(float(np.mean(taken)), 4)
        return figures

    def scores(self, rows: Sequence[Asked]) -> list[tuple[float, bool, bool]]:
        """Return each question's probability, whether it is answerable, and if we are right."""
        line = dict(self.weights.probability)
        bias = line.pop("bias")
        slope = np.array([*line.values()])
        return [
            (_share(bias + float(x @ slope)), asked.answerable, right)
            for asked, x, right in _best(rows, self.weights.rank, tuple(line))
        ]

    def _hit_at_1(self, rows: Sequence[Asked]) -> float:
        passage = {"fused": 1.0, **self.weights.passage}
        line = np.array([*passage.values()])
        firsts = [
            a.gold_passages[np.argmax(_rows(a.passages, tuple(passage)) @ line)]
            for a in rows
            if a.passages
        ]
        return round(float(np.sum(firsts)) / len(rows), 4)


def _rows(features: Sequence[Features], names: Sequence[str]) -> Array:
    return np.array([[row[name] for name in names] for row in features])


def _best(
    rows: Sequence[Asked], rank: Features, judged: Sequence[str]
) -> list[tuple[Asked, Array, bool]]:
    """Return each question with what is judged of its best sentence, and whether that is gold."""
    best = []
    for asked in rows:
        if asked.sentences:
            scores = _rows(asked.sentences, tuple(rank)) @ np.array([*rank.values()])
            place = int(np.argmax(np.round(scores, 5)))
            features = _rows(asked.sentences[place : place + 1], judged)[0]
            best.append((asked, features, bool(asked.gold[place])))
    return best


def _share(odds: float) -> float:
    return float(1 / (1 + np.exp(-odds)))
