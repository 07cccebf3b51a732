"""Which sentences of a model are shown, and in whose words: those of the quotes they cite. Pure.

A sentence is read as clauses with citations behind them. Each clause must be found, word for word
and in order, in a sentence of a quote that it cites; leaving out a name, a figure or a denial on
the way is a fault, and so is a word that is not there. What is shown then is that sentence of the
quote, less the pieces that it can lose. Nothing that a model writes is shown itself: between
clauses stand words of a short list, which are ours.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from pullquote.answers.leash.crediting import attributions, credit
from pullquote.answers.leash.joints import JOINTS, find_joints, read_lead
from pullquote.answers.leash.matching import match_clause
from pullquote.answers.leash.pieces import Clause, read_clauses
from pullquote.answers.leash.splitting import CITATION
from pullquote.answers.leash.words import Word, keys_of, read_words
from pullquote.language.amounts import read_moments
from pullquote.language.openings import names_kind, needed_by, takes_back
from pullquote.language.sentences import split_sentences
from pullquote.language.terms import is_stop
from pullquote.types import Quote

UNCITED = "without a citation"
ABSENT = "with a citation of a quote that is not there"
FOREIGN = "that no cited quote bears out"
POINTS = "that would point back at other words than in the quote"
TAKEN_BACK = "that the next sentence of the quote takes back"
AGAIN = "said before"
TOO_MANY = "too many"

_MOST_SENTENCES = 12
_MOST_WORDS = 150  # of a sentence of a model's
_PRONOUN = re.compile(r"\b(?:he|she|it|they|him|her|them|his|its|their|hers|theirs)\b", re.I)
_STOPPED = re.compile(r"[.!?…]” \[\d+\]$")  # a whole quote brings its own stop


class Verdict(NamedTuple):
    """What is shown for a sentence, or why nothing is."""

    shown: str
    fault: str = ""


class _Fault(Exception):
    """Why a sentence is not shown."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A clause of a quote that a model points at, and the pieces of it that are shown."""

    number: int  # of the quote, from 1
    clause: Clause
    kept: tuple[int, ...]
    lead: str = ""

    @property
    def place(self) -> tuple[int, int]:
        """The quote and the sentence."""
        return self.number, self.clause.number


class Judge:
    """Judges the sentences of one text, in order."""

    def __init__(self, quotes: Sequence[Quote]) -> None:
        self._quotes = tuple(quotes)
        self._texts = tuple(quote.text for quote in quotes)
        self._clauses = tuple(map(_clauses_of, self._texts))
        self._last: tuple[int, int] | None = None
        self._shown: set[str] = set()

    def judge(self, sentence: str) -> Verdict:
        """Return what is shown for a sentence."""
        last = self._last
        try:
            if len(self._shown) >= _MOST_SENTENCES:
                raise _Fault(TOO_MANY)
            shown = "".join(self._read(sentence))
            shown = shown[:1].upper() + shown[1:]
            if shown in self._shown:
                raise _Fault(AGAIN)
        except _Fault as fault:
            self._last = last
            return Verdict("", str(fault))
        self._shown.add(shown)
        return Verdict(shown if _STOPPED.search(shown) else f"{shown}.")

    def _read(self, sentence: str) -> Iterator[str]:
        """Yield what is shown for each stretch of a sentence that ends with citations."""
        stretches = list(_stretches(sentence))
        if not stretches:
            raise _Fault(UNCITED)
        for place, (words, cited) in enumerate(stretches):
            if not all(1 <= number <= len(self._quotes) for number in cited):
                raise _Fault(ABSENT)
            if not cited:
                raise _Fault(UNCITED)
            yield self._stretch(words, cited, first=place == 0)

    def _stretch(self, text: str, cited: Sequence[int], *, first: bool) -> str:
        words = read_words(text)
        if len(words) > _MOST_WORDS:
            raise _Fault(FOREIGN)
        lead, words = read_lead(words)
        start = JOINTS[lead] if lead else ("" if first else "; ")
        if first:
            start = start.lstrip(",; ")
        if not words or self._is_whole_quote(text, words, cited):
            return start + "; ".join(map(self._whole, dict.fromkeys(cited)))
        titled, words = self._attributed(words, cited)
        found = self._find(text, words, titled or cited)
        if titled:
            start += credit(self._quotes[found[0].number - 1].article)
        return start + self._show(found, first=first and not start)

    def _is_whole_quote(self, text: str, words: Sequence[Word], cited: Sequence[int]) -> bool:
        """Tell whether words are a whole quote that is shown as one: several sentences, or marked.

        So is what is shown in no other way, such as a question.
        """
        quoted = self._texts[cited[0] - 1]
        if len(cited) > 1 or tuple(word.key for word in words) != _keys_of(quoted):
            return False
        marked = text.strip(" *_").startswith(("“", "«", "„", '"'))
        return marked or len(self._clauses[cited[0] - 1]) != 1 or len(_sentences_of(quoted)) != 1

    def _whole(self, number: int) -> str:
        """Return a whole quote between quotation marks."""
        text = self._texts[number - 1]
        if CITATION.search(text):
            raise _Fault(FOREIGN)  # what looks like a citation in it would lead elsewhere
        self._last = (number, len(split_sentences(text)) - 1)
        return f"“{text}” {self._cite((number,))}"

    def _cite(self, numbers: Sequence[int]) -> str:
        """Return citations, each with what supersedes its quote."""
        return " ".join(
            f"[{number}]"
            + (f" ({newer})" if (newer := self._quotes[number - 1].superseded) else "")
            for number in dict.fromkeys(numbers)
        )

    def _attributed(
        self, words: tuple[Word, ...], cited: Sequence[int]
    ) -> tuple[tuple[int, ...], tuple[Word, ...]]:
        """Return which of the cited quotes are of an article that is named, and the other words."""
        keys = tuple(word.key for word in words)
        for number in cited:
            article = self._quotes[number - 1].article
            for start, end in attributions(article):
                inside = keys[len(start) : len(keys) - len(end)]
                if inside and keys == (*start, *inside, *end):
                    same = (n for n in cited if self._quotes[n - 1].article.path == article.path)
                    return tuple(same), words[len(start) : len(keys) - len(end)]
        return (), words

    def _find(self, text: str, words: Sequence[Word], cited: Sequence[int]) -> list[_Found]:
        """Return the clauses that words point at, as few as possible."""
        cuts = [0, *find_joints(text, words), len(words)]
        best: dict[int, list[_Found]] = {0: []}
        for end in cuts[1:]:
            for start in cuts[: cuts.index(end)]:
                if start not in best or (end in best and len(best[end]) <= len(best[start]) + 1):
                    continue
                lead, part = read_lead(words[start:end]) if start else ("", words[start:end])
                found = self._find_one(part, cited, lead, alone=start == 0 and end == len(words))
                if found:
                    best[end] = [*best[start], found]
        if len(words) not in best or not words:
            raise _Fault(FOREIGN)
        return best[len(words)]

    def _find_one(
        self, words: Sequence[Word], cited: Sequence[int], lead: str, *, alone: bool
    ) -> _Found | None:
        for number in cited:
            for clause in self._clauses[number - 1]:
                kept = match_clause(clause, words)
                if kept and (alone or clause.ends or clause.has_verb(kept)):
                    return _Found(number, clause, kept, lead=lead)
        return None

    def _show(self, found: Sequence[_Found], *, first: bool) -> str:
        shown = ""
        for item in found:
            self._check(item, opens=not self._shown and not shown)
            words = item.clause.show(item.kept)
            if CITATION.search(words):
                raise _Fault(FOREIGN)
            if shown:
                shown += JOINTS[item.lead] if item.lead else "; "
            shown += words if first and not shown else _lowered(words)
            self._last = item.place
        return f"{shown} {self._cite([item.number for item in found])}"

    def _check(self, item: _Found, *, opens: bool) -> None:
        """Raise a fault of a clause that says something else where it is to stand."""
        number, place = item.place
        sentences = _sentences_of(self._texts[number - 1])
        shown = item.clause.show(item.kept)
        goes_on = self._last == (number, place - 1) or (place == 0 and opens)
        if not goes_on and (needed_by(shown) or _points(shown)):
            raise _Fault(POINTS)
        if names_kind(shown) and not opens and not self._is_of_same_article(number):
            raise _Fault(POINTS)
        if place + 1 < len(sentences) and takes_back(sentences[place + 1]):
            raise _Fault(TAKEN_BACK)

    def _is_of_same_article(self, number: int) -> bool:
        """Tell whether what was shown last is of a quote's article, whose company it then is."""
        last = self._quotes[self._last[0] - 1] if self._last else None
        return last is not None and last.article.path == self._quotes[number - 1].article.path


@lru_cache(maxsize=256)
def _clauses_of(text: str) -> tuple[Clause, ...]:
    return read_clauses(text)


@lru_cache(maxsize=256)
def _keys_of(text: str) -> tuple[str, ...]:
    return keys_of(text)


def _sentences_of(text: str) -> tuple[str, ...]:
    return tuple(text[start:end] for start, end in split_sentences(text))


def _stretches(sentence: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield the words before each run of citations, and the numbers; words behind the last too."""
    start, words, cited = 0, "", list[int]()
    for match in CITATION.finditer(sentence):
        between = sentence[start : match.start()]
        if read_words(between) and cited:
            yield words, tuple(cited)
            words, cited = "", []
        words += between
        cited.append(int(match[1]))
        start = match.end()
    if cited:
        yield words, tuple(cited)
    if read_words(sentence[start:]):
        yield sentence[start:], ()


def _points(shown: str) -> bool:
    """Tell whether a pronoun stands before anything that it could mean."""
    match = _PRONOUN.search(shown)
    if match is None:
        return False
    head = read_words(shown[: match.start()])
    timed = bool(read_moments(shown[: match.start()]))
    names = [word for word in head[1:] if word.is_name and not timed]
    return not names and sum(word.tells and not word.is_figure for word in head) < 2


def _lowered(words: str) -> str:
    """Return words as they stand inside a sentence: "The fare" becomes "the fare"."""
    first = words.split(maxsplit=1)[0] if words else ""
    small = first[1:].islower() and is_stop(first) and first != "I"
    return words[:1].lower() + words[1:] if small else words
