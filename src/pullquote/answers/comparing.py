"""Questions that compare: one quote for each side, in the order of the figures quoted. Pure.

"Which town spends most on its sea wall?" names no side: the sides are what the likely sentences are
about. "Does Tollan or Wexcombe spend more?" names them. No total and no winner is made up: the
quotes are put side by side, and a note says by which of their figures they are ordered.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pullquote.answers.naming import NO_NAMES, are_same, name_of
from pullquote.evidence.weighing import Weighed
from pullquote.language.amounts import CLOCK, FREE, Amount, read_amounts, read_periods
from pullquote.language.terms import read_terms
from pullquote.patterns import lazily
from pullquote.questions import followups
from pullquote.questions.slots import is_light, read_asked, wants_money
from pullquote.questions.tenses import read_when
from pullquote.types import Quote

_MOST = (
    "most more highest higher largest larger biggest bigger greatest greater longest longer tallest"
    " oldest older costliest dearest dearer richest priciest fastest"
)
_LEAST = (
    "least less lowest lower smallest smaller fewest fewer cheapest cheaper shortest shorter"
    " youngest younger slowest"
)
_WORDS = {word: True for word in _MOST.split()} | dict.fromkeys(_LEAST.split(), False)
# Small letters only: Greater Manchester and "The Longest Day" are names.
_ORDER = lazily(
    rf"\b(?<!at )(?<!no )(?<!any )(?P<word>{'|'.join(_WORDS)})\b"
    r"(?! (?:recent(?:ly)?|than|likely|of all)\b)"
)
# What only orders, and no passage need say. "Oldest" says what is compared; "lower fares" is
# another question without it, and "is least punctual" the opposite one.
_BARE = lazily(
    r"(?<!at )(?<!no )\b(?:most|more)\b(?! (?:recent(?:ly)?|than|likely|of all)\b)"
    r"|(?<!at )(?<!is )(?<!are )(?<!was )(?<!were )(?<!the )\b(?:least|less)\b"
    r"(?! (?:recent|than|likely|of all)\b)"
)
_CHOICE = lazily(
    r"\s*(?:and\s+)?(?:who\b|which\b|what (?!is\b|was\b|are\b|were\b|did\b|does\b))", re.IGNORECASE
)
_CHOSEN = lazily(
    r"^\s*(?:and\s+)?(?:who|(?:which|what|how many)(?: of)?(?: (?!\w+ing\b)\w+)?)\s", re.IGNORECASE
)
_SIDES = "companies towns cities countries firms banks chains airlines makers states councils clubs"
_LIST = lazily(
    rf"\b(?:which|what|how many) (?:\w+ )?(?:{'|'.join(_SIDES.split())})\b", re.IGNORECASE
)
_COMPARE = lazily(r"\bcompar\w+\b|\bdifference between\b|\bversus\b|\bvs\.?(?!\w)", re.I)
_EITHER = lazily(r"\b(?:who|which|what|does|do|is|are|will|did)\b.*\bor\b", re.IGNORECASE)
_ITEM = r"[A-Z][\w&.-]*(?:\s+(?:of\s+)?[A-Z][\w&.-]*)*(?:['’]s)?"
_NAMES = lazily(
    rf"(?:{_ITEM})(?:\s*,\s*{_ITEM})*\s*,?\s+(?:and|or|&|vs\.?|versus|with|against|to)\s+(?:{_ITEM})"
)
_JOINT = lazily(r"\s*,\s*(?:(?:and|or)\s+)?|\s+(?:and|or|&|vs\.?|versus|with|against|to)\s+")
# Capitals that begin a question or a request, not a name.
_OPENS = lazily(
    r"(?:Compare|Does|Do|Did|Is|Are|Was|Were|Will|Would|Has|Have|Had|Can|Between|Of|Which|What|Who"
    r"|How|Where|When|Why|In|For)\s+"
)
_REQUEST = lazily(r"^\s*compare\s+", re.IGNORECASE)
# A figure after one of these is what the one that counts is held against.
_AGAINST = lazily(
    r"\b(?:from|after|against|than|instead of|not|under|over from|compared (?:with|to))\s+"
    r"(?:about |nearly |some |just )?$",
    re.IGNORECASE,
)
_CURRENCIES = ("£", "$", "€", "¥")
# Units of time: over how long, not how much.
_SPANS = frozenset(
    term for word in "year month week day hour minute".split() for term in read_terms(word)
)
_COVERED = 0.5  # of what the best sentence covers of a question, another side's must cover
_LIKELY = 0.2  # of the threshold, as a sentence is as likely as the best of its kind
MOST_SIDES = 6


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared: the named sides with a question each, and which figure leads, if any."""

    sides: tuple[tuple[str, str], ...] = ()
    descending: bool | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One side: its name, its best sentence, and the figure it is ordered by."""

    name: str
    item: Weighed
    amount: Amount | None = None


class Shown(NamedTuple):
    """What is quoted for a side, and of the sentences shown the one that answers."""

    name: str
    quote: Quote
    sentence: str


def read_comparison(question: str) -> Comparison | None:
    """Return what a question compares, None if it asks for one fact."""
    order = _ORDER.search(question)
    descending = _WORDS[order["word"].lower()] if order else None
    sides = split_names(question)
    if sides:
        return Comparison(tuple((name, _plain(part)) for name, part in sides), descending)
    if (order and _CHOICE.match(question)) or _LIST.search(question):
        return Comparison((), descending)
    return None


def without_order(question: str) -> str:
    """Return a question that compares without the word that orders: no passage need say "most".

    >>> without_order("Which town spends most on its wall?")
    'Which town spends on its wall?'
    """
    return question if read_comparison(question) is None else _plain(question)


def _plain(question: str) -> str:
    words = " ".join(_BARE.sub("", question).split())
    return re.sub(r" (?=[,;?!])", "", words)


def split_names(question: str) -> tuple[tuple[str, str], ...]:
    """Return (name, question about it alone) for each name compared or listed."""
    comparing = _COMPARE.search(question) or _EITHER.search(question) or _ORDER.search(question)
    match = _find_names(question) if comparing else None
    if match is None:
        return followups.split_names(question)
    start, end = match
    names = tuple(filter(None, _JOINT.split(question[start:end])))
    if len(set(names)) < len(names) or len(names) < 2:
        return ()
    lead = _REQUEST.sub("", question[:start])
    return tuple((name, lead + name + question[end:]) for name in names)


def _find_names(question: str) -> tuple[int, int] | None:
    opening = _OPENS.match(question)
    match = _NAMES.search(question, opening.end() if opening else 0)
    return match.span() if match else None


def find_sides(
    question: str, weighed: Sequence[Weighed], *, threshold: float, fewest: int = 2
) -> tuple[Side, ...]:
    """Return the best sentence about each thing that likely sentences are about, best first.

    Nothing where a sentence gives the number that "how many" asks for.
    """
    asked, when = read_asked(question), read_when(question)
    likely = [item for item in weighed if item.probability >= _LIKELY * threshold]
    surest = max((item.probability for item in likely), default=0.0)
    if surest < threshold or _is_counted(asked.nouns, likely):
        return ()
    least = _COVERED * max(asked.covered(around(item)) for item in likely)
    fit = [
        item for item in likely if asked.covered(around(item)) >= least and _is_of(item, when.years)
    ]
    unit = _common_unit(question, fit)
    sides: dict[str, Side] = {}
    for item in fit:
        name = name_of(item)
        amount = pick_amount(_text(item), unit)
        if name and amount and not any(are_same(name, other) for other in sides):
            sides[name] = Side(name, item, amount)
    return tuple(sides.values())[:MOST_SIDES] if len(sides) >= fewest else ()


def name_sides(
    question: str, weighed: Sequence[Weighed], known: Iterable[str], *, threshold: float
) -> tuple[tuple[str, str], ...]:
    """Return (name, question about it alone) for more names that likely sentences list.

    A sentence such as "Amazon, Meta and Microsoft have each named a sum" tells whom to ask about.
    """
    names = list(known)
    first = len(names)
    for item in weighed:
        match = _NAMES.search(_text(item)) if item.probability >= threshold else None
        for name in _JOINT.split(match[0]) if match else ():
            listed = name and not any(are_same(name, other) for other in names)
            if listed and name.lower() not in NO_NAMES:
                names.append(name)
    return tuple((name, _ask_about(name, question)) for name in names[first:MOST_SIDES])


def _ask_about(name: str, question: str) -> str:
    """Return a question about one side, such as "Meta plans to spend on AI?"."""
    return f"{name} {_plain(_CHOSEN.sub('', question))}"


def _is_counted(nouns: Sequence[str], items: Iterable[Weighed]) -> bool:
    """Tell whether a sentence gives a number of what is counted."""
    return any(set(a.next_terms) & set(nouns) for item in items for a in _all(item))


def order_quotes(
    sides: Sequence[Shown], descending: bool | None, question: str
) -> tuple[tuple[Quote, ...], str]:
    """Return one quote for each side, in the order of their figures if it was asked for; a note."""
    names = ", ".join(side.name for side in sides)
    note = f"Side by side, one quote each: {names}"
    unit = _unit_of(question, [read_amounts(side.sentence) for side in sides])
    pairs = [(side, pick_amount(side.sentence, unit)) for side in sides]
    known = [(side, amount) for side, amount in pairs if amount is not None]
    if descending is None or len(known) < 2:
        why = "" if descending is None else "; not ordered, for want of figures of one kind"
        return tuple(side.quote for side in sides), f"{note}{why}."
    known.sort(key=lambda pair: pair[1].value, reverse=descending)
    rest = [side for side, amount in pairs if amount is None]
    figures = ", ".join(f"{side.name} {_figure(amount, side.sentence)}" for side, amount in known)
    end = "largest" if descending else "smallest"
    missing = f"; no such figure for {', '.join(side.name for side in rest)}" if rest else ""
    ordered = tuple(side.quote for side in (*(side for side, _ in known), *rest))
    return ordered, f"Side by side, ordered by the figures quoted, {end} first: {figures}{missing}."


def around(item: Weighed) -> frozenset[str]:
    """Return the terms of a sentence and of its article's title."""
    return item.terms | frozenset(read_terms(item.passage.article.title))


def about(weighed: Sequence[Weighed], name: str, others: Sequence[str]) -> tuple[Weighed, ...]:
    """Return the sentences that mention a name, or are of a passage about it and no other."""
    terms, apart = frozenset(read_terms(name)), frozenset(read_terms(" ".join(others)))
    return tuple(
        item
        for item in weighed
        if item.terms & terms or (not item.terms & (apart - terms) and around(item) & terms)
    )


def pick_amount(text: str, unit: str) -> Amount | None:
    """Return the first figure of a unit that is not what another is held against."""
    amounts = [a for a in read_amounts(text) if _has_unit(a, unit)]
    held = [a for a in amounts if not _AGAINST.search(text[: a.start])]
    return next(iter(held or amounts), None)


def _common_unit(question: str, items: Sequence[Weighed]) -> str:
    return _unit_of(question, [_all(item) for item in items])


def _unit_of(question: str, read: Iterable[Sequence[Amount]]) -> str:
    """Return the unit to compare by: what the question wants most of, else money if it asks so.

    Of several, the one that most sentences have.
    """
    order = _ORDER.search(question)
    after = question[order.end() :].split()[:2] if order else ()
    asked = frozenset(t for word in after for t in read_terms(word) if not is_light(t)) - _SPANS
    counts = Counter(unit for amounts in read for unit in {_unit(a, asked) for a in amounts})
    ranked = sorted(counts, key=lambda unit: (-counts[unit], unit))
    money = [unit for unit in ranked if unit in _CURRENCIES]
    named = [unit for unit in ranked if unit in asked]
    others = [unit for unit in ranked if unit not in (CLOCK, FREE, "", *_SPANS)]
    best = named or (money if wants_money(question) else []) or others
    return best[0] if best else ""


def _unit(amount: Amount, asked: frozenset[str]) -> str:
    named = [term for term in amount.next_terms if term in asked]
    return named[0] if named and not amount.is_money else amount.unit


def _has_unit(amount: Amount, unit: str) -> bool:
    return amount.unit == unit or (unit in amount.next_terms and not amount.is_money)


def _figure(amount: Amount, text: str) -> str:
    """Return a figure as written, a bare one in a table of percentages with its sign."""
    figure = amount.of(text)
    return f"{figure} %" if amount.unit == "%" and figure[-1:].isdigit() else figure


def _is_of(item: Weighed, years: frozenset[int]) -> bool:
    article = item.passage.article
    periods = read_periods(_text(item), article.date)
    return not years or not periods or bool(years & periods)


def _all(item: Weighed) -> tuple[Amount, ...]:
    return read_amounts(_text(item))


def _text(item: Weighed) -> str:
    return item.passage.article.show(item.span)
