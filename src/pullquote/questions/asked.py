"""The parts of a question that its answer must be about: names, periods, figures and other words.

"How much did Brian Olsavsky's Amazon earn in Q4 2024?" asks about “Brian Olsavsky”, “Amazon”,
“earn”, “Q4” and “2024”: each as it is written, with every form in which an article may have it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from pullquote.language.terms import mentions, read_terms, spellings, telling_terms
from pullquote.language.wordlists import LIGHT_WORDS, MONTHS, NAMESAKES, PERIODS, SHORT_FORMS
from pullquote.patterns import lazily

Kind = Literal["name", "figure", "period", "word"]
Form = tuple[str, ...]

# Japanese and Chinese have no spaces: their words here are runs of one script, hiragana left out.
_SCRIPTS = lazily(
    r"[\u30a0-\u30ff]+|[\u3400-\u4dbf\u4e00-\u9fff]+|[\uac00-\ud7af]+|[^\u3040-\u9fff\uac00-\ud7af]+"
)
_WORD = lazily(r"(?:\b[A-Z]\.)+(?!\w)|\w+(?:[.,'’&-]\w+)*")
_POSSESSIVE = lazily(r"['’]s$|(?<=s)['’]$", re.IGNORECASE)
_CONTRACTION = lazily(r"(what|who|how|where|when|why|it|that|there|here|let)['’]s$", re.I)
_NUMERIC = lazily(r"\d[\d.,/:-]*(?:%|st|nd|rd|th|k|m|bn)?$", re.IGNORECASE)
_FISCAL = lazily(r"fy['’]?(\d\d|\d{4})$", re.IGNORECASE)
_CJK = lazily(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
# "iPhone", "GPT-5", "R1": no plain word, wherever it stands.
_CODED = lazily(r"[A-Z][\w.-]*\d|[a-z]+\d|[a-z]+[A-Z]|[A-Z]{2}")
_TAIL = lazily(r"(?<=\w)(-[a-z]+)+$")
# What may stand inside a name between two capitalised words: Bank of England, Ludwig van Beethoven.
_JOINING = frozenset("of de del la van von der & v v.".split())
_LIGHT = frozenset(term for word in LIGHT_WORDS.split() for term in read_terms(word))
# Verbs that open a request: "Name Amazon's CFO".
_OPENING = frozenset("compare define describe explain find give list name show state tell".split())
_SPELT = ("name", "figure", "period")  # what is missing is told in this order, words last
# So often must a word have a capital inside sentences, and in this part of all, to be a name.
_MIN_CAPITALS = 2
_CAPITAL_SHARE = 0.9
_MOST_SHOUTED = 1  # little words with a capital; with more of them a capital says nothing
_MOST_DIGITS = 2  # of a number that belongs to a name; a year has four
_INSIDE = lazily(r"(?<=[a-z0-9,;:)] )[A-Za-z]\w*")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing asked for: its words in the question, their place, and its forms."""

    words: str
    start: int
    kind: Kind
    forms: tuple[Form, ...]

    @property
    def end(self) -> int:
        """Where its words end in the question."""
        return self.start + len(self.words)

    @property
    def must_match(self) -> bool:
        """Whether an answer that lacks it is the answer to another question."""
        return self.kind in _SPELT

    @property
    def light(self) -> bool:
        """Whether its absence explains nothing, as that of "get" or "still"."""
        return self.kind == "word" and all(_LIGHT.issuperset(form) for form in self.forms[:1])

    def in_terms(self, terms: frozenset[str]) -> bool:
        """Tell whether some terms hold one of its forms."""
        return any(all(mentions(terms, term) for term in form) for form in self.forms)


def read_parts(question: str, *, known: frozenset[str] = frozenset()) -> tuple[Part, ...]:
    """Return the parts of a question, in its order, each once.

    `known` are terms that the corpus writes as names: they are names in small letters too.
    """
    telling = frozenset(telling_terms(question))
    found: dict[tuple[Form, ...], Part] = {}
    words = [word for match in _WORD.finditer(question) for word in _split(match)]
    if _shouts(words, telling):
        words = [replace(word, capital=False) for word in words]
    place = 0
    while place < len(words):
        size, part = _read_part(question, words, place, telling, known)
        place += size
        if part is not None:
            found.setdefault(part.forms, part)
    return tuple(found.values())


def must_match(question: str, *, known: frozenset[str] = frozenset()) -> tuple[Part, ...]:
    """Return the names, figures and periods of a question."""
    return tuple(part for part in read_parts(question, known=known) if part.must_match)


def known_names(texts: Iterable[str]) -> frozenset[str]:
    """Return the terms that some texts nearly always write with a capital inside a sentence."""
    capitals: dict[str, int] = {}
    every: dict[str, int] = {}
    for text in texts:
        for word in _INSIDE.findall(text):
            for term in read_terms(word):
                every[term] = every.get(term, 0) + 1
                capitals[term] = capitals.get(term, 0) + word[0].isupper()
    return frozenset(term for term, count in every.items() if is_name(capitals[term], count))


def is_name(capitals: int, count: int) -> bool:
    """Tell whether a word is a name, of its `count` places inside sentences so many capitalised."""
    return capitals >= _MIN_CAPITALS and capitals >= _CAPITAL_SHARE * count


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    possessive: bool
    capital: bool

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def _split(match: re.Match[str]) -> Iterator[_Word]:
    """Yield a word, or its runs of one script if it is Chinese, Japanese or Korean."""
    if _CJK.search(match[0]):
        for run in _SCRIPTS.finditer(match[0]):
            yield _Word(run[0], match.start() + run.start(), possessive=False, capital=False)
    else:
        yield _trim(match)


def _trim(match: re.Match[str]) -> _Word:
    """Return a word without its possessive ending."""
    if _CONTRACTION.match(match[0]):
        return _Word(match[0], match.start(), possessive=False, capital=False)
    text = _POSSESSIVE.sub("", match[0])
    return _Word(text, match.start(), text != match[0], text[0].isupper())


def _shouts(words: list[_Word], telling: frozenset[str]) -> bool:
    """Tell whether a question is Written Like a Title or in capitals."""
    little = (word for word in words[1:] if word.capital and len(word.text) > 1)
    return sum(telling.isdisjoint(read_terms(word.text)) for word in little) > _MOST_SHOUTED


def _read_part(
    question: str, words: list[_Word], place: int, telling: frozenset[str], known: frozenset[str]
) -> tuple[int, Part | None]:
    """Return how many words the next part takes, and the part unless they say nothing."""
    here = words[place:]
    size, kind, forms = _several(here)
    if not size:
        size = _name_size(question, words, place, telling, known)
        kind, forms = "name", _name_forms(here[:size])
    if not size:
        size = 1
        kind, forms = _single(here[0].text, telling)
    start = here[0].start
    part = Part(question[start : here[size - 1].end], start, kind, forms)
    return size, part if forms else None


def _single(word: str, telling: frozenset[str]) -> tuple[Kind, tuple[Form, ...]]:
    """Return the kind and forms of a word alone; no forms if it says nothing."""
    terms = read_terms(word)
    fiscal = _FISCAL.match(word)
    if fiscal:
        return "period", ((f"20{fiscal[1][-2:]}",), terms)
    if _NUMERIC.match(word):
        spelt = spellings(word) if len(terms) == 1 else ()
        return "figure", tuple(dict.fromkeys((terms, *((term,) for term in spelt))))
    if not telling.intersection(terms):
        return "word", ()
    return "word", (terms,)


def _several(words: list[_Word]) -> tuple[int, Kind, tuple[Form, ...]]:
    """Return the size, kind and forms of a period or a known phrase at the start of some words."""
    for size in range(min(_LONGEST, len(words)), 0, -1):
        shown = words[:size]
        phrase = " ".join(word.text.casefold() for word in shown)
        kind, forms = _PHRASES.get(phrase, ("word", ()))
        if forms and _is_meant(shown[0].text, phrase, words[size:]):
            return size, kind, forms
    return 0, "word", ()


def _is_meant(first: str, phrase: str, after: list[_Word]) -> bool:
    """Tell whether letters that may be another word are meant: May, March and US have capitals."""
    if phrase in ("us", "may", "march", "mar", "meta", "alphabet"):
        dated = bool(after) and bool(_NUMERIC.match(after[0].text)) and phrase != "us"
        return first.isupper() if phrase == "us" else first[0].isupper() or dated
    return True


def _name_size(
    question: str, words: list[_Word], place: int, telling: frozenset[str], known: frozenset[str]
) -> int:
    """Return how many words the name takes that starts at a place, 0 if none does."""
    if not _starts_name(words, place, telling, known):
        return 0
    size, end = 1, place + 1
    while end < len(words) and not words[end - 1].possessive:
        gap = question[words[end - 1].end : words[end].start]
        if gap.strip(" .&"):
            break
        if words[end].text in _JOINING and end + 1 < len(words):
            if not words[end + 1].capital:
                break
        elif _goes_on(words, end):
            size = end + 1 - place
        else:
            break
        end += 1
    return size


def _goes_on(words: list[_Word], end: int) -> bool:
    """Tell whether a word belongs to the name before it: Llama 4, but not Amazon 2024 or Q4."""
    word = words[end].text
    if word.isdigit():
        return len(word) <= _MOST_DIGITS
    return words[end].capital and _several(words[end:])[1] != "period"


def _starts_name(
    words: list[_Word], place: int, telling: frozenset[str], known: frozenset[str]
) -> bool:
    word = words[place]
    if (
        telling.isdisjoint(read_terms(word.text))
        or _NUMERIC.match(word.text)
        or _FISCAL.match(word.text)
    ):
        return False
    coded = _CODED.match(word.text) and not (word.text.isupper() and not word.capital)
    if coded or known.intersection(read_terms(word.text)):
        return True
    if not word.capital:
        return False
    if place:
        return True
    # The first word has a capital anyway.
    alone = word.text.casefold() in _OPENING
    after = words[1] if len(words) > 1 else word
    named = after is not word and after.capital and not _CODED.match(after.text)
    return not alone and (word.possessive or named)


def _name_forms(words: list[_Word]) -> tuple[Form, ...]:
    """Return a name's terms; initials and plain tails may be missing (Arm-based)."""
    spelt = [_TAIL.sub("", word.text) for word in words if word.text not in _JOINING]
    whole = tuple(term for word in spelt for term in read_terms(word))
    inner = [word for i, word in enumerate(spelt) if 0 < i < len(spelt) - 1]
    initials = {word for word in inner if len(word.rstrip(".")) == 1}
    short = tuple(term for word in spelt if word not in initials for term in read_terms(word))
    return tuple(dict.fromkeys(form for form in (short, whole) if form))


def _phrases() -> Iterator[tuple[str, tuple[Kind, tuple[Form, ...]]]]:
    named = {name for group in NAMESAKES for name in group}
    short = tuple((key, *longs) for key, longs in SHORT_FORMS.items() if key not in named)
    periods = tuple((key, *longs) for key, longs in PERIODS.items())
    groups: tuple[tuple[Kind, tuple[tuple[str, ...], ...]], ...] = (
        ("period", MONTHS),
        ("name", NAMESAKES),
        ("word", short),
        ("period", periods),
    )
    for kind, names in groups:
        for group in names:
            forms = tuple(read_terms(name) for name in group)
            yield from ((name, (kind, forms)) for name in group)


_PHRASES: dict[str, tuple[Kind, tuple[Form, ...]]] = dict(_phrases())
_LONGEST = max(len(phrase.split()) for phrase in _PHRASES)
