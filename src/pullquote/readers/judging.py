"""From a model's numbers for pieces to what is said of sentences; pure."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Logits = NDArray[np.float32]  # (pieces,)
# Log-odds of what was not read; finite, and far below what a model says of anything.
NEVER = -30.0
_MOST_PIECES = 30  # in a short answer, as in the evaluation of SQuAD
_QUOTES = "\"'“”„«»‘’`"
_LOOSE = frozenset(" \t\r\n,;:–—" + _QUOTES)
_STOPS = frozenset(".!?。！？…")
_OPENERS = {"(": ")", "[": "]", "{": "}"}
_CLOSERS = {closer: opener for opener, closer in _OPENERS.items()}


class Said(NamedTuple):
    """What is said of one sentence: log-odds, and the pieces of its best short answer."""

    evidence: float
    span: float
    pieces: tuple[int, int] | None  # the first and the last


NOTHING = Said(NEVER, NEVER, None)


def pool(evidence: Logits) -> float:
    """Return a sentence's logit: the log of the mean of its pieces' exponentials."""
    top = float(evidence.max())
    return top + float(np.log(np.exp(evidence.astype(np.float64) - top).mean()))


def find_best(starts: Logits, ends: Logits) -> tuple[float, int, int]:
    """Return the best span of pieces by the sum of its logits; of equals, the first."""
    best = (-np.inf, 0, 0)
    for first, start in enumerate(starts):
        after = ends[first : first + _MOST_PIECES]
        last = int(after.argmax())
        score = float(start) + float(after[last])
        if score > best[0]:
            best = (score, first, first + last)
    return best


def merge(windows: Sequence[Sequence[Said]]) -> tuple[Said, ...]:
    """Return the most that any window says of each sentence."""
    return tuple(
        Said(max(said.evidence for said in every), *max(every, key=lambda said: said.span)[1:])
        for every in zip(*windows, strict=True)
    )


def trim(text: str, start: int, end: int, *, within: tuple[int, int]) -> tuple[int, int] | None:
    """Return a range with its outer words whole and no loose signs around it, or None.

    It does not leave the sentence's place `within`.
    """
    low, high = within
    while start > low and _joined(text, start):
        start -= 1
    while end < high and _joined(text, end):
        end += 1
    while start < end and _is_loose_before(text, start, end):
        start += 1
    while start < end and _is_loose_after(text, start, end, last=end == high):
        end -= 1
    return (start, end) if any(map(str.isalnum, text[start:end])) else None


def _joined(text: str, place: int) -> bool:
    """Tell whether a word goes on across a place; scripts without spaces have no such words."""
    return all(c.isalnum() and c < "\u2e80" for c in text[place - 1 : place + 1])


def _is_loose_before(text: str, start: int, end: int) -> bool:
    sign = text[start]
    if sign in _OPENERS:
        return _OPENERS[sign] not in text[start:end]
    return sign in _LOOSE or sign in _STOPS or sign in _CLOSERS


def _is_loose_after(text: str, start: int, end: int, *, last: bool) -> bool:
    sign = text[end - 1]
    if sign in _CLOSERS:
        return _CLOSERS[sign] not in text[start:end]
    if sign in _STOPS:  # the sentence's own, but not that of "U.S."
        return last and "." not in text[start : end - 1].rpartition(" ")[2]
    return sign in _LOOSE or sign in _OPENERS
