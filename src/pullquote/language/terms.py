"""Words as the lexical ranker sees them: folded, stemmed, CJK split by character."""

import re
from functools import lru_cache

import tantivy

from pullquote.language.wordlists import (
    BENT,
    FOREIGN_STOP_WORDS,
    NAMESAKES,
    SHORT_FORMS,
    SPELT_NUMBERS,
    STOP_WORDS,
)

# Chinese, Japanese and Korean write no spaces between words: each character is a word here.
_CJK = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff])")
_NUMBER = re.compile(r"\d+")
# A figure of its own: "2025", "$26.3", not the 4 of "Q4" or the 10 of "10k".
_FIGURE = re.compile(r"(?<![A-Za-z\d])\d+(?![A-Za-z\d])")
_NAME = re.compile(r"\b[A-Z]\w*")
VERSION = "fold-stem-1"

# The one that passages and every question share.
_ANALYSER = (
    tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    .filter(tantivy.Filter.remove_long(64))
    .filter(tantivy.Filter.lowercase())
    .filter(tantivy.Filter.ascii_fold())
    .filter(tantivy.Filter.stemmer("english"))
    .build()
)


def spaced(text: str) -> str:
    """Return the text with a space on both sides of each CJK character."""
    return text if text.isascii() else _CJK.sub(r" \1 ", text)


def analyse(text: str) -> list[str]:
    """Return the terms of a text, in order."""
    return _ANALYSER.analyze(spaced(text))


@lru_cache(maxsize=16_384)
def read_terms(text: str) -> tuple[str, ...]:
    """Return the terms of a text that is asked for again, in order."""
    return tuple(analyse(text))


_FOREIGN_STOP_TERMS = tuple(
    frozenset(term for word in words.split() for term in read_terms(word))
    for words in FOREIGN_STOP_WORDS
)

_BENT_TERMS: dict[str, list[tuple[str, ...]]] = {}
for _group in BENT:
    _terms = tuple(dict.fromkeys(term for word in _group for term in read_terms(word)))
    for _term in _terms:
        _BENT_TERMS.setdefault(_term, []).append(_terms)
_NAME_TERMS = tuple(tuple(read_terms(name) for name in group) for group in NAMESAKES)
# The term of each spelling → the number in digits.
_DIGITS = {
    term: number
    for number, words in SPELT_NUMBERS.items()
    for word in words
    for term in read_terms(word)
}
_STOP_TERMS = frozenset(term for word in STOP_WORDS.split() for term in read_terms(word))


@lru_cache(maxsize=4096)
def other_forms(term: str) -> tuple[tuple[str, ...], ...]:
    """Return the terms of each other form of a term; empty if it has none.

    Those are the long forms of a short one (ceo), other names (Google, Alphabet), and what the
    stemmer leaves apart (bought, buy).
    """
    long = (read_terms(form) for form in SHORT_FORMS.get(term, ()))
    bent = ((other,) for group in _BENT_TERMS.get(term, ()) for other in group)
    names = (form for group in _NAME_TERMS if (term,) in group for form in group)
    forms = dict.fromkeys((*long, *bent, *names))
    return tuple(form for form in forms if form != (term,))


def mentions(terms: frozenset[str], term: str) -> bool:
    """Tell whether a term, or another form of it, is among some terms."""
    return term in terms or any(terms.issuperset(form) for form in other_forms(term))


def widen(question: str) -> str:
    """Return a question followed by the other form of each short or long form in it."""
    terms = read_terms(question)
    known = " ".join(terms)
    more = [form for term in terms for form in SHORT_FORMS.get(term, ())]
    more += [
        short
        for short, forms in SHORT_FORMS.items()
        if any(f" {' '.join(read_terms(form))} " in f" {known} " for form in forms)
    ]
    return " ".join((question, *dict.fromkeys(more)))


def is_stop(word: str) -> bool:
    """Tell whether a word of a question in English carries no meaning."""
    return _STOP_TERMS.issuperset(read_terms(word))


def telling_terms(question: str) -> tuple[str, ...]:
    """Return a question's distinct terms that carry meaning."""
    terms = tuple(dict.fromkeys(read_terms(question)))
    stops = _stop_terms(frozenset(terms))
    return tuple(term for term in terms if term not in stops)


def key_terms(question: str) -> tuple[str, ...]:
    """Return a question's distinct terms that carry meaning; all of them if none does."""
    return telling_terms(question) or tuple(dict.fromkeys(read_terms(question)))


def _stop_terms(terms: frozenset[str]) -> frozenset[str]:
    """Return the stop words of the language that most of the little words are of."""
    best = max(_FOREIGN_STOP_TERMS, key=lambda stops: len(terms & stops))
    foreign = len(terms & best) >= 2 and len(terms & best) > len(terms & _STOP_TERMS)
    return best | _STOP_TERMS if foreign else _STOP_TERMS


def figures_in(question: str) -> frozenset[str]:
    """Return the runs of digits that stand alone, not in words such as Q4."""
    return frozenset(_FIGURE.findall(question))


def numbers_in(text: str) -> frozenset[str]:
    """Return the runs of digits in a text."""
    return frozenset(_NUMBER.findall(text))


def spellings(number: str) -> tuple[str, ...]:
    """Return the terms that a small number in digits is spelt with, itself first."""
    words = SPELT_NUMBERS.get(number, (number,))
    return tuple(term for word in words for term in read_terms(word))


def spelt_in(terms: frozenset[str]) -> frozenset[str]:
    """Return in digits the small numbers that some terms spell: "third" is a 3."""
    return frozenset(_DIGITS[term] for term in terms & _DIGITS.keys())


def names_in(question: str) -> frozenset[str]:
    """Return the terms of capitalised words, save the first word, stop words and short forms."""
    first = re.match(r"\W*\w+", question)
    names = _NAME.findall(question, first.end() if first else 0)
    terms = frozenset(term for name in names for term in read_terms(name))
    return terms - _STOP_TERMS - SHORT_FORMS.keys()
