"""Words as the lexical ranker sees them: folded, stemmed, CJK split by character."""

import re
from functools import lru_cache

import tantivy

# Chinese, Japanese and Korean write no spaces between words: each character is a word here.
_CJK = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff])")
_NUMBER = re.compile(r"\d+")
# A figure of its own: "2025", "$26.3", not the 4 of "Q4" or the 10 of "10k".
_FIGURE = re.compile(r"(?<![A-Za-z\d])\d+(?![A-Za-z\d])")
_NAME = re.compile(r"\b[A-Z]\w*")
VERSION = "fold-stem-1"

# Words that say nothing about what is asked: articles, pronouns, auxiliaries, question words.
_STOP_WORDS = """
a about an and any are as at be been being but by can could did do does doing for from had has have
having he her hers him his how i if in into is it its know many may me might much my no nor not of
off on or our out please said say says shall she should so some such tell than that the their them
then there these they this those to up us was we were what when where which who whom whose why will
with would you your s t re ve ll d m
"""


# What newsrooms shorten. Either form in an article covers the other in a question.
_SHORT_FORMS = {
    "ceo": ("chief executive",),
    "cfo": ("chief financial officer", "finance chief", "financial chief"),
    "coo": ("chief operating officer",),
    "cto": ("chief technology officer",),
    "q1": ("first quarter",),
    "q2": ("second quarter",),
    "q3": ("third quarter",),
    "q4": ("fourth quarter",),
    "ai": ("artificial intelligence",),
    "us": ("united states",),
    "usa": ("united states",),
    "uk": ("united kingdom",),
    "eu": ("european union",),
    "ev": ("electric vehicle", "electric car"),
    "capex": ("capital spending", "capital expenditure"),
}


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


# The same for questions in other languages; "die" and "was" mean something else in English.
_FOREIGN_STOP_WORDS = (
    """
    der die das den dem des ein eine einen einem einer und oder ist sind war waren wird werden hat
    haben wie viel viele was wer wen wem wann wo warum welche welcher welches in im an am auf aus
    bei mit nach von vom vor zu zum zur für über es er sie wir ihr ich nicht dass als auch
    """,
    """
    le la les un une des du de et ou est sont était a ont qui que quoi quand où pourquoi comment
    combien quel quelle quels quelles dans en au aux sur par pour avec sans il elle ils elles on
    nous vous je ne pas ce cette ces se sa son ses leur leurs t d l qu n s c
    """,
    """
    el la los las un una unos unas y o es son era fue ha han quién quien qué que cuándo cuando
    dónde donde por cómo como cuánto cuánta cuántos cuántas cuesta cuál cuáles en de del al con
    sin para a se su sus lo le les no
    """,
)
_FOREIGN_STOP_TERMS = tuple(
    frozenset(term for word in words.split() for term in read_terms(word))
    for words in _FOREIGN_STOP_WORDS
)

_STOP_TERMS = frozenset(term for word in _STOP_WORDS.split() for term in read_terms(word))


@lru_cache(maxsize=4096)
def other_forms(term: str) -> tuple[tuple[str, ...], ...]:
    """Return the terms of each long form of a short one, such as ceo; empty if it has none."""
    return tuple(read_terms(form) for form in _SHORT_FORMS.get(term, ()))


def mentions(terms: frozenset[str], term: str) -> bool:
    """Tell whether a term, or a long form of it, is among some terms."""
    return term in terms or any(terms.issuperset(form) for form in other_forms(term))


def widen(question: str) -> str:
    """Return a question followed by the other form of each short or long form in it."""
    terms = read_terms(question)
    known = " ".join(terms)
    more = [form for term in terms for form in _SHORT_FORMS.get(term, ())]
    more += [
        short
        for short, forms in _SHORT_FORMS.items()
        if any(f" {' '.join(read_terms(form))} " in f" {known} " for form in forms)
    ]
    return " ".join((question, *dict.fromkeys(more)))


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


def names_in(question: str) -> frozenset[str]:
    """Return the terms of capitalised words, save the first word, stop words and short forms."""
    first = re.match(r"\W*\w+", question)
    names = _NAME.findall(question, first.end() if first else 0)
    terms = frozenset(term for name in names for term in read_terms(name))
    return terms - _STOP_TERMS - _SHORT_FORMS.keys()
