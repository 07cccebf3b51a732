"""Words of ours that may stand between the clauses of quotes. Pure."""

import re
from collections.abc import Sequence
from itertools import pairwise

from pullquote.answers.leash.words import Word, keys_of

# What may stand between clauses and before the first, as it is shown. None of them claims that one
# thing follows from another.
JOINTS = {
    "and": ", and ", "while": ", while ", "whereas": ", whereas ", "but": ", but ",
    "meanwhile": "; meanwhile, ", "also": "; also, ", "in addition": "; in addition, ",
    "separately": "; separately, ", "by contrast": "; by contrast, ", "however": "; however, ",
}  # fmt: skip
_JOINT_KEYS = tuple((keys_of(words), words) for words in JOINTS)
JOINT_HEADS = frozenset(keys[0] for keys, _ in _JOINT_KEYS)
_STOP_AFTER = re.compile(r"[.!?][\"”»’']*\s+$")


def read_lead(words: Sequence[Word]) -> tuple[str, tuple[Word, ...]]:
    """Return the joint that some words open with, and the rest; of "and also" it is the last."""
    lead, rest = "", tuple(words)
    while True:
        keys = tuple(word.key for word in rest)
        joint = next(
            ((joint, name) for joint, name in _JOINT_KEYS if keys[: len(joint)] == joint), None
        )
        if joint is None:
            return lead, rest
        lead, rest = joint[1], rest[len(joint[0]) :]


def find_joints(text: str, words: Sequence[Word]) -> list[int]:
    """Return where a new clause may begin: at a joint, a semicolon or a sentence's end."""
    places = []
    for place, (before, word) in enumerate(pairwise(words), 1):
        between = text[before.end : word.start]
        joint = read_lead(words[place : place + 3])[0]
        if joint or ";" in between or _STOP_AFTER.search(between):
            places.append(place)
    return places
