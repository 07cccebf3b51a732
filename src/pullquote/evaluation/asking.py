"""Questions that a sentence answers, made by rules. Pure.

The rules know English: a sentence is read as subject, verb and rest, and what is asked for is taken
out. A sentence that no rule fits for certain gives nothing: few questions, but questions that
somebody could ask. Of other languages, and where no rule fits, the telling words are what somebody
would type into a search box.
"""

import re

from pullquote.evaluation.rules import RULES, Asked
from pullquote.language.clauses import POINTS, IsName, read_clause
from pullquote.language.roles import find_roles
from pullquote.language.verbs import reword

_VAGUE = re.compile(r" the (?:problems?|issues?|bugs?|changes?|features?|updates?|work|idea)\?$")
_LONGEST = 20  # words of a question


def ask_about(sentence: str, is_name: IsName, *, other_words: bool = True) -> tuple[Asked, ...]:
    """Return the questions that an English sentence, as `plain_sentence` gives it, answers.

    `is_name` tells of a capitalised word that begins a sentence whether it is one inside as well.
    They use `other_words` than the sentence where there are any, so that they test more.
    """
    clause = read_clause(sentence, is_name)
    found = [Asked("who", f"Who is {role}?", name) for role, name in find_roles(sentence)]
    if clause:
        for rule in RULES:
            found += rule(clause)
    kept: dict[str, Asked] = {}
    for asked in found:
        question = _tidy(asked.question)
        question = reword(question) if other_words else question
        if _is_sound(question, asked.answer):
            kept.setdefault(question, Asked(asked.kind, question, asked.answer.strip(" ,")))
    return tuple(kept.values())


def _tidy(question: str) -> str:
    question = re.sub(r"\s+", " ", question)
    question = re.sub(r" (?:both|also|only|just|now|still|recently|officially) ", " ", question)
    return re.sub(r"(?: as well|[ ,]+)\?$", "?", question)


def _is_sound(question: str, answer: str) -> bool:
    """Tell whether a question stands alone, is short and does not give itself away."""
    words = question.split()
    if not 3 <= len(words) <= _LONGEST or POINTS.search(question):
        return False
    if question.count("“") != question.count("”") or question.count('"') % 2:
        return False
    if re.search(r"\b(?:the|an?|and|or|that|which|than|as)\?$", question):
        return False
    if _VAGUE.search(question):
        return False
    return not answer or answer.casefold() not in question.casefold()
