"""Misspelt words of a question, read as the nearest word that the articles write.

A word is taken for misspelt if no article has it, no dictionary knows it, and one edit (a letter
more, less, other, or two swapped: Damerau 1964, "A technique for computer detection and correction
of spelling errors") makes it one that articles write.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from pullquote.language.terms import analyse, is_stop

if TYPE_CHECKING:
    from spellchecker import SpellChecker

_WORD = re.compile(r"[^\W\d_]+(?!\w|['’]t\b)")  # not the first part of couldn't
# What stands in quotation marks is meant as it is; an apostrophe inside a word opens none.
_QUOTED = re.compile(r"[\"“”„«»][^\"“”„«»]*[\"“”„«»]|(?<!\w)['‘][^'‘’]*['’](?!\w)")
# A shorter word has too many neighbours; of one so short, letters were left out or swapped: "capex"
# is no misspelt "cape".
_SHORTEST = 5


def respell(
    question: str,
    *,
    languages: Callable[[], Iterable[str]],
    frequency: Callable[[str], int],
    written: Callable[[str], frozenset[str]],
) -> str:
    """Return a question with its misspelt words corrected.

    `languages` names those whose dictionaries count beside the English one, `frequency` is the
    number of passages that hold a term, and `written` the words, in small letters, that passages
    write for a term.
    """
    quoted = [match.span() for match in _QUOTED.finditer(question)]

    def correct(match: re.Match[str]) -> str:
        word = match[0]
        if any(start <= match.start() < end for start, end in quoted):
            return word
        terms = analyse(word)
        if len(word) < _SHORTEST or len(terms) != 1 or frequency(terms[0]) or is_stop(word):
            return word
        nearest = _nearest(word.casefold(), _dictionary(languages()), frequency, written)
        return _cased(nearest, like=word) if nearest else word

    return _WORD.sub(correct, question)


def _nearest(
    word: str,
    dictionary: "SpellChecker",
    frequency: Callable[[str], int],
    written: Callable[[str], frozenset[str]],
) -> str:
    """Return the commonest written word one edit away; empty if none is, or the word is one."""
    if word in dictionary:
        return ""
    near: dict[str, set[str]] = {}
    for other in dictionary.edit_distance_1(word):
        likely = len(word) > _SHORTEST or len(other) > len(word) or sorted(other) == sorted(word)
        if likely and other[0] == word[0]:  # the letter that is hardly ever wrong
            near.setdefault(" ".join(analyse(other)), set()).add(other)
    common = sorted((term for term in near if frequency(term)), key=lambda t: (-frequency(t), t))
    return next((min(found) for term in common if (found := near[term] & written(term))), "")


def _dictionary(languages: Iterable[str]) -> "SpellChecker":
    from spellchecker import SpellChecker

    short = {language[:2].casefold() for language in languages} | {"en"}
    return _load(tuple(sorted(short.intersection(SpellChecker.languages()))))


@lru_cache(maxsize=4)
def _load(languages: tuple[str, ...]) -> "SpellChecker":
    from spellchecker import SpellChecker

    return SpellChecker(list(languages), distance=1)


def _cased(word: str, *, like: str) -> str:
    if like.isupper():
        return word.upper()
    return word.capitalize() if like[0].isupper() else word
