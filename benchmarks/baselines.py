"""What others do, over the same passages: BM25, dense and hybrid retrieval without a reader.

Each ranks every passage that either ranker puts forward; its quotes are single sentences of its
best eight passages, its confidence is its best passage's score.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from sklearn.metrics import roc_auc_score

from pullquote import Chatbot, Filter
from pullquote.evaluation.examples import Example
from pullquote.evidence.features import Read
from pullquote.evidence.weighing import Weighed, weigh
from pullquote.questions.followups import readings
from pullquote.retrieval.fusion import Found

_READ = 8  # passages whose sentences may be quoted, as many as ours reads
_K = 100
_EASE = 4.0  # as in pullquote.retrieval.fusion


class _Baseline(NamedTuple):
    """How a passage is scored, given the best BM25 of its question, and a sentence in it."""

    passage: Callable[[Found, float], float]
    sentence: Callable[[Weighed, float], float]


def _hybrid(found: Found, best: float) -> float:
    return found.dense + found.lexical / (best + _EASE)


BASELINES: Mapping[str, _Baseline] = {
    "BM25": _Baseline(
        passage=lambda found, _: found.lexical,
        sentence=lambda item, score: 10 * item.features["covered"] + score / 100,
    ),
    "dense": _Baseline(
        passage=lambda found, _: found.dense,
        sentence=lambda item, _: item.features["sentence"],
    ),
    "hybrid": _Baseline(
        passage=_hybrid,
        sentence=lambda item, score: item.features["sentence"] + score / 2,
    ),
}


def measure(bot: Chatbot, examples: Sequence[Example]) -> dict[str, dict[str, float | None]]:
    """Return baseline → hit@1, hit@5, quote@1 and AUROC; `bot` has no reader."""
    seen: dict[str, list[tuple[bool, bool, bool]]] = {name: [] for name in BASELINES}
    sure: dict[str, list[float]] = {name: [] for name in BASELINES}
    for example in examples:
        asked, *_ = readings(example.question, example.turns, history=bot.settings.history)
        with bot._fresh.finding() as finder:
            found, _ = finder.find(asked, Filter(), k=_K)
            best = max((item.lexical for item in found), default=0.0)
            for name, baseline in BASELINES.items():
                scores = {f.passage.id: baseline.passage(f, best) for f in found}
                order = sorted(found, key=lambda f: (-scores[f.passage.id], f.passage.place))
                weighed = weigh(
                    asked,
                    [Read(f.passage, f.score, f.cosines) for f in order[:_READ]],
                    frequency=finder.lexical.frequency,
                    count=finder.lexical.count,
                )
                quote = max(
                    weighed,
                    key=lambda item: baseline.sentence(item, scores[item.passage.id]),
                    default=None,
                )
                seen[name].append(_found(example, order, quote))
                sure[name].append(max(scores.values(), default=0.0))
    answerable = np.array([example.answerable for example in examples])
    return {name: _figures(seen[name], sure[name], answerable) for name in BASELINES}


def _found(
    example: Example, order: Sequence[Found], quote: Weighed | None
) -> tuple[bool, bool, bool]:
    hits = [example.found_by(f.passage.article, f.passage.span) for f in order[:5]]
    quoted = quote is not None and example.found_by(quote.passage.article, quote.span)
    return any(hits[:1]), any(hits), quoted


def _figures(
    seen: Sequence[tuple[bool, bool, bool]],
    sure: Sequence[float],
    answerable: "np.ndarray[tuple[int], np.dtype[np.bool_]]",
) -> dict[str, float | None]:
    shares = np.array(seen, dtype=float)[answerable].mean(axis=0).round(4).tolist()
    split = answerable.any() and not answerable.all()
    auroc = round(float(roc_auc_score(answerable, sure)), 4) if split else None
    return {**dict(zip(("hit@1", "hit@5", "quote@1"), shares, strict=True)), "auroc": auroc}
