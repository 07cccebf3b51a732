"""Make a follow-up self-contained from the turns before it, by rules one can read.

"How much will Amazon spend on AI in 2025?"  then  "and Google?"
-> "How much will Google spend on AI in 2025?"
"Who is Amazon's CFO?"  then  "What did he say about it?"
-> "Who is Amazon's CFO? What did he say about it?"
"""

import re
from collections.abc import Sequence

from pullquote.terms import telling_terms
from pullquote.types import Turn

_SWAP = re.compile(
    r"^\s*(?:and|but|or|what about|how about|and what about|and how about|same for)\s+"
    r"(?:for |in |at |of |the )?(?P<new>[^?.!]{1,60}?)\s*[?.!]*\s*$",
    re.IGNORECASE,
)
# Words that point at something said before. "That" does so only where nothing follows that it
# could belong to: "why is that?", but not "this year" or "said that prices rose".
_POINTER = re.compile(
    r"\b(he|him|his|she|her|hers|it|its|they|them|their|theirs|the former|the latter)\b"
    r"|\b(this|that|these|those)\b(?=\s*[?.!,]|\s*$|\s+(is|was|were|are|did|do|does|mean|happen)\b)",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b[A-Z][\w&.-]*(?:[ ][A-Z][\w&.-]*)*(?:['’]s)?")
_ITEM = r"[A-Z][\w.-]*(?:['’]s)?"
_LIST = re.compile(rf"\b{_ITEM}(?:\s*,\s*{_ITEM})*\s*,?\s+(?:and|or|&)\s+{_ITEM}")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_GREETING = re.compile(
    r"\W*(hello|hi|hey|thanks|thank you|ok|okay|yes|no|great|bye|goodbye|please)\b\W*",
    re.IGNORECASE,
)
# A question with fewer words of meaning than this leans on what was said before.
_FEW_TERMS = 2
_FEW_WORDS = 4  # "and why so?"


def is_follow_up(question: str) -> bool:
    """Tell whether a question needs the ones before it to be understood."""
    if _GREETING.fullmatch(question):
        return False
    if _SWAP.match(question) or _POINTER.search(question):
        return True
    words = question.casefold().replace("?", " ").split()
    if words and words[0] in ("and", "but", "why") and len(words) <= _FEW_WORDS:
        return True
    return len(telling_terms(question)) < _FEW_TERMS and not _names(question)


def readings(question: str, turns: Sequence[Turn], *, history: int) -> tuple[str, ...]:
    """Return what a question may mean, likeliest first; each can be asked alone.

    A question that leans on nothing has one reading. Others are first read with the turns before
    them, then as they stand, so that a wrong guess costs no answer.
    """
    bare = question.strip()
    if not turns or not is_follow_up(question):
        return (bare,)
    swapped = _swap(question, turns[-1].standalone)
    if swapped is not None:
        return swapped, bare
    return _joined(bare, turns, history), bare


def _joined(question: str, turns: Sequence[Turn], history: int) -> str:
    """Return a question after the ones before it, each once, though they may hold one another."""
    parts: list[str] = []
    for text in [*(turn.question.strip() for turn in turns[-history:]), question]:
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
