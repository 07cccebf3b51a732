"""The figures of a run, from plain numbers and words. Pure."""

import re
import string
from collections import Counter
from collections.abc import Sequence

import numpy as np

THRESHOLDS = tuple(step / 10 for step in range(1, 10))
_BINS = 10  # of equal width, as calibration errors are usually given
_DECIMALS = 4
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_NO_MARKS = str.maketrans("", "", string.punctuation)


def mean(values: Sequence[float]) -> float | None:
    """Return the mean, None of nothing."""
    return round(float(np.mean(values)), _DECIMALS) if values else None


def percentile(values: Sequence[float], percent: int) -> float | None:
    """Return a percentile, None of nothing."""
    return round(float(np.percentile(values, percent)), 2) if values else None


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Return how likely a positive's confidence is above a negative's; None without both."""
    if not positive or not negative:
        return None
    from sklearn.metrics import roc_auc_score

    labels = [1] * len(positive) + [0] * len(negative)
    return round(float(roc_auc_score(labels, [*positive, *negative])), _DECIMALS)


def calibration_error(
    confidences: Sequence[float], right: Sequence[bool], shares: Sequence[float] | None = None
) -> float | None:
    """Return the expected calibration error (Guo et al. 2017), None of nothing.

    Confidences fall into ten bins [0, .1), [.1, .2), … [.9, 1]; it is the mean over all questions
    of their bin's distance between mean confidence and share of right ones. `shares` say how much
    each question counts (None: all the same).
    """
    if not confidences:
        return None
    given, true = np.array(confidences, float), np.array(right, float)
    counts = np.ones(len(given)) if shares is None else np.array(shares, float)
    # A confidence has four digits: 0.3 * 10 must not fall below 3.
    bins = np.minimum(np.floor(np.round(given * _BINS, _DECIMALS)), _BINS - 1)
    apart = counts * (given - true)
    distances = [abs(apart[bins == place].sum()) for place in range(_BINS)]
    return round(float(sum(distances) / counts.sum()), _DECIMALS)


def risk_coverage(
    confidences: Sequence[float], right: Sequence[bool]
) -> tuple[dict[str, float | None], ...]:
    """Return for each threshold the share answered, and the share of those that is wrong.

    A question is answered at a threshold that its confidence reaches; without any, no risk is
    known.
    """
    points = []
    for threshold in THRESHOLDS:
        taken = [ok for given, ok in zip(confidences, right, strict=True) if given >= threshold]
        points.append(
            {
                "threshold": threshold,
                "coverage": mean([float(given >= threshold) for given in confidences]),
                "risk": mean([float(not ok) for ok in taken]),
            }
        )
    return tuple(points)


def token_f1(words: str, accepted: Sequence[str]) -> float:
    """Return the F1 of words against the most alike of those accepted (Rajpurkar et al. 2016).

    Words count without case, punctuation and articles, each as often as it stands.
    """
    given = _tokens(words)
    return max((_f1_of(given, _tokens(other)) for other in accepted), default=0.0)


def harmonic(precision: float, recall: float) -> float:
    """Return F1."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _tokens(words: str) -> Counter[str]:
    return Counter(_ARTICLES.sub(" ", words.lower().translate(_NO_MARKS)).split())


def _f1_of(given: Counter[str], other: Counter[str]) -> float:
    if not given or not other:
        return float(given == other)
    shared = (given & other).total()
    return harmonic(shared / given.total(), shared / other.total())
