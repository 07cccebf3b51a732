"""A quote as clauses that may stand alone, and how far each may be trimmed. Pure.

A sentence is cut into pieces at its commas, semicolons, dashes and brackets. What is left out is
whole pieces, and only such as a sentence can lose and still say what it says: an aside in brackets,
an apposition, a relative clause, what a semicolon or ", and" adds. Where one is unsure it stays.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from pullquote.answers.leash.words import Word, read_words
from pullquote.language.quotations import is_open
from pullquote.language.sentences import split_sentences
from pullquote.language.verbs import read_verb

# "3 May, 2025" and "Portland, 1999" are one piece; so is "1,764,992", which is one word.
_BORDER = re.compile(r"\s*(?:,(?!\s*(?:19|20)\d\d\b)|;|[()]|\s[-–—]\s|—)\s*")
_ASIDE = re.compile(r"(?:the|an?|which|who|whom|whose|where)\b", re.IGNORECASE)
_ADDED = re.compile(r"(?:the|an?|which|who|whom|whose|where|and|while|whereas)\b", re.IGNORECASE)
_JOINS = re.compile(r"(?:and|or|but|nor|the|an?|which|who|whom|whose|where)\b", re.IGNORECASE)
_RELATIVE = frozenset("that which who whom whose where".split())
_MARKS = re.compile('["“”„«»‘]')
_STOP = re.compile(r"[.!…]+[\s)\]’']*$")
_NAMED = re.compile(r"(?:[A-Z][\w.’'-]*\s?){1,5}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a sentence between two borders; `before` and `after` are those."""

    start: int
    end: int
    before: str
    after: str


@dataclass(frozen=True)
class Clause:
    """A sentence of a quote, or what follows a semicolon in one.

    `number` counts the sentences of the quote; `first` is where this begins in `text`.
    """

    text: str
    number: int
    words: tuple[Word, ...]
    pieces: tuple[Piece, ...]

    @property
    def is_whole(self) -> bool:
        """Whether it must not be trimmed: it holds somebody's words."""
        return bool(_MARKS.search(self.text))

    @property
    def ends(self) -> bool:
        """Whether a full stop says that this is a sentence, and no heading or item."""
        return bool(_STOP.search(self.text))

    @cached_property
    def places(self) -> tuple[int, ...]:
        """The piece that each word is in."""
        return tuple(
            next(n for n, piece in enumerate(self.pieces) if word.start < piece.end or n == last)
            for last in [len(self.pieces) - 1]
            for word in self.words
        )

    def words_of(self, kept: Collection[int]) -> tuple[Word, ...]:
        """Return the words of some pieces."""
        pairs = zip(self.words, self.places, strict=True)
        return tuple(word for word, place in pairs if place in kept)

    def trim(self, touched: Collection[int]) -> tuple[int, ...]:
        """Return the fewest pieces with those touched that say no more and no less."""
        every = tuple(range(len(self.pieces)))
        if self.is_whole:
            return every
        last = max(touched)
        kept = [n for n in range(last + 1) if n in touched or not self._is_aside(n, touched)]
        while last + 1 < len(every) and not (self.has_verb(kept) and self._may_end(last)):
            last += 1
            kept.append(last)
        return tuple(kept)

    def has_verb(self, kept: Collection[int]) -> bool:
        """Tell whether some pieces hold a verb that is not of a relative clause."""
        words = [word.text.lower() for word in self.words_of(kept)]
        for place, word in enumerate(words):
            if word in _RELATIVE:
                return False
            if place and read_verb(words, place):
                return True
        return False

    def show(self, kept: Sequence[int]) -> str:
        """Return the words of some pieces as they stand, without the stop at the end."""
        shown, before = "", -1
        for number in kept:
            piece = self.pieces[number]
            if shown and number == before + 1:
                shown += self.text[self.pieces[before].end : piece.start]
            elif shown:
                shown += self._seam(before, number)
            shown += self.text[piece.start : piece.end]
            before = number
        shown = shown.rstrip(" .,;:!…")
        return shown + ")" if shown.count("(") > shown.count(")") else shown

    def _seam(self, before: int, number: int) -> str:
        """Return what stands where pieces were left out."""
        left, right = self.pieces[before], self.pieces[number]
        brackets = "(" in left.after or ")" in right.before or "–" in left.after
        named = _NAMED.fullmatch(self.text[left.start : left.end])
        return " " if brackets or (named and before == 0) else ", "

    def _is_aside(self, number: int, touched: Collection[int]) -> bool:
        """Tell whether a piece between others can be left out."""
        piece = self.pieces[number]
        if number == 0 or self._turns(number):
            return False
        if "(" in piece.before and ")" in piece.after:
            return True
        if "—" in piece.before or "–" in piece.before:
            return piece.before.strip() == piece.after.strip()
        following = self.pieces[number + 1]
        beside = number - 1 in touched and number + 1 in touched
        commas = piece.before.strip() == piece.after.strip() == ","
        stacked = _JOINS.match(self.text, following.start)
        aside = _ASIDE.match(self.text, piece.start)
        return bool(beside and commas and aside and not stacked)

    def _may_end(self, last: int) -> bool:
        """Tell whether all that follows a piece can be left out."""
        following = self.pieces[last + 1]
        if any(self._turns(number) for number in range(last + 1, len(self.pieces))):
            return False
        if ";" in following.before or "(" in following.before:
            return True
        return bool(_ADDED.match(self.text, following.start))

    def _turns(self, number: int) -> bool:
        return any(word.turns for word in self.words_of((number,)))


def read_clauses(text: str) -> tuple[Clause, ...]:
    """Return the sentences of a quote that may be shown alone.

    Questions are none, nor are parts of a quotation that runs over several sentences.
    """
    clauses = []
    for number, (start, end) in enumerate(split_sentences(text)):
        sentence = text[start:end]
        broken = is_open(sentence) or is_open(text[:start])
        if not broken and not sentence.rstrip('”"’)').endswith(("?", "？", ":")):
            clauses.append(Clause(sentence, number, read_words(sentence), _cut(sentence)))
    return tuple(clause for clause in clauses if clause.words)


def _cut(sentence: str) -> tuple[Piece, ...]:
    pieces = []
    start, before = 0, ""
    for border in _BORDER.finditer(sentence):
        if border.start() > start:
            pieces.append(Piece(start, border.start(), before, border[0]))
            before = border[0]
        else:
            before += border[0]
        start = border.end()
    if start < len(sentence):
        pieces.append(Piece(start, len(sentence), before, ""))
    return tuple(pieces)
