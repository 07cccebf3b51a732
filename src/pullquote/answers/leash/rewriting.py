"""Which rewritten follow-ups are taken: those made of words that were said. Pure."""

import re
from collections.abc import Sequence

from pullquote.answers.leash.words import read_words
from pullquote.types import Turn

_LONGEST = 300  # characters
_POINTERS = frozenset(
    "he she it they him her them his hers its their theirs this that these those one ones other"
    " others latter former same there then so and but about company firm".split()
)  # fmt: skip
_OPENINGS = frozenset("who whom whose what which when where why how did do does is are was".split())


def may_ask(rewritten: str, question: str, turns: Sequence[Turn]) -> bool:
    """Tell whether a rewritten question may be asked in place of a follow-up.

    Each of its telling words was said in the conversation; each telling word of the follow-up, and
    each of its denials, is still there; and it is one question on one line.
    """
    line = rewritten.strip()
    if not line.endswith("?") or line.count("?") != 1 or "\n" in line or len(line) > _LONGEST:
        return False
    own, words = read_words(question), read_words(line)
    said = " ".join([question, *(f"{turn.standalone} {turn.answer}" for turn in turns)])
    known = {word.key for word in read_words(said)}
    kept = {word.key for word in words}
    foreign = [word for word in words if (word.tells or word.turns) and word.key not in known]
    lost = [
        word
        for word in own
        if (word.tells or word.turns or word.is_name)
        and word.key not in kept
        and word.text.casefold() not in _POINTERS
        and word.text.casefold() not in _OPENINGS
    ]
    turned = {word.key for word in words if word.turns} - {
        word.key
        for word in read_words(" ".join([question, *(turn.standalone for turn in turns)]))
        if word.turns
    }
    return not foreign and not lost and not turned


def clean(text: str) -> str:
    """Return the one line that a model answered with, without marks around it."""
    text = re.sub(r"<think>.*?(?:</think>|\Z)", "", text, flags=re.DOTALL)
    return " ".join(text.split()).strip(' "“”*`')
