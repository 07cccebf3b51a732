"""How well a network does on held-back rows, by their kind."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch

from training.examples import Example, collate
from training.learner import Learner

_MOST = 1500  # rows of a kind
PEERS = "answered, of annotated sources"


@torch.no_grad()
def measure(learner: Learner, validation: Mapping[str, Sequence[Example]]) -> dict[str, float]:
    """Return the share of answered rows whose best sentence is right, and AUROC by kind.

    An AUROC compares answered rows with those of one kind of unanswerable: `whole` by the
    passage's logit, `choice` by the best sentence's less that of none. The annotated ones are held
    against the answered ones of their own sources (`PEERS`): another kind of text is told too
    easily.
    """
    learner.eval()
    seen = {kind: _scores(learner, rows[:_MOST]) for kind, rows in validation.items()}
    answered, peers = seen["answered"], seen.pop(PEERS)
    figures = {"sentence@1": float(np.mean([right for *_, right in answered]))}
    for kind, scores in seen.items():
        if kind != "answered":
            for place, name in enumerate(("whole", "choice")):
                like = peers if kind == "annotated" else answered
                yes, no = ([score[place] for score in part] for part in (like, scores))
                figures[f"{name} auroc {kind}"] = round(auroc(yes, no), 4)
    return figures


def _scores(learner: Learner, examples: Sequence[Example]) -> list[tuple[float, float, bool]]:
    scores: list[tuple[float, float, bool]] = []
    for start in range(0, len(examples), 32):
        batch = collate(examples[start : start + 32])
        out = learner(**batch)
        best = out["choice"][:, 1:].max(1)
        margin = best.values - out["choice"][:, 0]
        right = batch["evidence"][:, 1:].gather(1, best.indices[:, None])[:, 0] > 0
        scores += zip(out["whole"].tolist(), margin.tolist(), right.tolist(), strict=True)
    return scores


def auroc(yes: Sequence[float], no: Sequence[float]) -> float:
    """Return the chance that a yes scores above a no, ties counting half."""
    order = np.sort(np.asarray(no))
    below = np.searchsorted(order, yes, "left")
    upto = np.searchsorted(order, yes, "right")
    return float((below + upto).mean() / (2 * max(len(order), 1)))
