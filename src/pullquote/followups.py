"""Make a follow-up self-contained from the turns before it, by rules one can read.

"How much will Amazon spend on AI in 2025?"  then  "and Google?"
-> "How much will Google spend on AI in 2025?"
"Who is Amazon's CFO?"  then  "What did he say about it?"
-> "Who is Amazon's CFO? What did he say about it?"
"""

import re
from collections.abc import Sequence

from pullquote.terms import key_terms
from pullquote.types import Turn

_SWAP = re.compile(
    r"^\s*(?:and|but|or|what about|how about|and what about|and how about|same for)\s+"
    r"(?:for |in |at |of |the )?(?P<new>[^?.!]{1,60}?)\s*[?.!]*\s*$",
    re.IGNORECASE,
)
_POINTER = re.compile(
    r"\b(he|him|his|she|her|hers|it|its|they|them|their|theirs|this|that|these|those|there|then"
    r"|one|ones|former|latter|same|else|more|another|other)\b",
    re.IGNORECASE,
)
_OPENER = re.compile(
    r"^\s*(and|but|or|so|also|then|why|how come|when|where|who|what|really|which)\b\W*",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b[A-Z][\w&.-]*(?:[ ][A-Z][\w&.-]*)*(?:['’]s)?")
_ITEM = r"[A-Z][\w.-]*(?:['’]s)?"
_LIST = re.compile(rf"\b{_ITEM}(?:\s*,\s*{_ITEM})*\s*,?\s+(?:and|or|&)\s+{_ITEM}")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# A question with fewer words of meaning than this leans on what was said before.
_FEW_TERMS = 3


def is_follow_up(question: str) -> bool:
    """Tell whether a question needs the ones before it to be understood."""
    if _SWAP.match(question) or _POINTER.search(question):
        return True
    return len(key_terms(question)) < _FEW_TERMS and not _names(question)


def standalone(question: str, turns: Sequence[Turn], *, history: int) -> str:
    """Return a question that can be asked alone; it comes back as it is if it already can."""
    if not turns or not is_follow_up(question):
        return question.strip()
    before = turns[-1].standalone
    swapped = _swap(question, before)
    if swapped is not None:
        return swapped
    # Each earlier question is joined once, though standalone forms may hold one another.
    parts: list[str] = []
    for text in [*(turn.question.strip() for turn in turns[-history:]), question.strip()]:
        if text not in parts:
            parts.append(text)
    return " ".join(parts)


def split_names(question: str) -> tuple[tuple[str, str], ...]:
    """Return (name, question about it alone) for each name in a list such as "A, B and C"."""
    match = _LIST.search(question)
    if match is None:
        return ()
    names = re.split(r"\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or|&)\s+", match[0])
    if len(set(names)) < len(names):
        return ()
    return tuple(
        (name, question[: match.start()] + name + question[match.end() :]) for name in names
    )


def _swap(question: str, before: str) -> str | None:
    """Put the new name or year of "and Google?" in the place of the one asked about before."""
    match = _SWAP.match(question)
    if match is None:
        return None
    new = match["new"].strip()
    pattern = _YEAR if _YEAR.fullmatch(new) else _NAME
    if pattern is _NAME and not new[:1].isupper():
        return None
    first = re.match(r"\W*\w+", before)
    old = pattern.search(before, first.end() if first and pattern is _NAME else 0)
    if old is None:
        return None
    tail = "'s" if old[0].endswith(("'s", "’s")) and not new.endswith("s") else ""
    return before[: old.start()] + new + tail + before[old.end() :]


def _names(question: str) -> bool:
    first = re.match(r"\W*\w+", question)
    return bool(_NAME.search(question, first.end() if first else 0))
