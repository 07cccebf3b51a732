"""Why nothing is quoted: what was looked for, what each near miss lacks, what is missing."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pullquote import markdown
from pullquote.evidence.features import BROUGHT_ALONG
from pullquote.evidence.weighing import Weighed
from pullquote.language.amounts import read_amounts
from pullquote.language.terms import analyse, read_terms
from pullquote.questions.asked import Part, known_names, read_parts
from pullquote.types import Article, Passage, Quote

_APART = "All its words occur, but no passage has them together."
_NO_WORDS = "The question has no telling word: name who or what it is about."
_UNSAID = "All its words occur, but no sentence was found that answers it."
# A question that claims something, which an article may put otherwise.
_CLAIMS = re.compile(
    r"\s*(?:is|are|was|were|do|does|did|has|have|had|can|will|would|should)(?:n['’]t)?\b", re.I
)
_UNIT = re.compile(r"[\s-]+(?:dollars?|euros?|pounds?|yen|pence|pennies|cents?)\b", re.I)
# What a sentence that opens so is about is named in the one before it.
_LEANS = re.compile(r"\W*(he|she|it|they|his|her|its|their|this|that|these|those|both)\b", re.I)


@dataclass(frozen=True, slots=True)
class Silence:
    """Why nothing is quoted.

    `looked_for` are phrases of the question in its own words; `reason` is one sentence, empty if
    nothing came close; `misses` says of each near miss what it mentions and lacks.
    """

    looked_for: tuple[str, ...]
    reason: str
    misses: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """The reason, then what was looked for unless the reason has named it all."""
        if not self.reason:
            return ()
        if all(f"“{phrase}”" in self.reason for phrase in self.looked_for):
            return (self.reason,)
        return self.reason, f"Looked for {_listed(self.looked_for, 'and')}."


def explain(question: str, weighed: Sequence[Weighed], near: Sequence[Quote]) -> Silence:
    """Return why the weighed sentences do not answer a question; `near` are those shown."""
    parts = _telling(question, weighed)
    looked_for = _phrases(question, parts)
    if not near or not parts:
        return Silence(looked_for, _NO_WORDS if near else "", ())
    reason = _reason(question, parts, _by_passage(weighed))
    misses = []
    for quote in near:
        seen = _terms_near(quote, weighed)
        figure = _other_figure(question, parts, quote, seen)
        misses.append(_miss(question, parts, seen, figure))
        if figure:  # all else is there
            reason = f"The closest gives another figure than “{figure}”."
    return Silence(looked_for, reason, tuple(misses))


@dataclass(frozen=True, slots=True)
class _Seen:
    """The terms and the article of some words: a year may be that of the article's date."""

    terms: frozenset[str]
    article: Article

    def has(self, part: Part) -> bool:
        if part.in_terms(self.terms):
            return True
        if part.kind in ("figure", "period"):
            return any(part.in_terms(terms) for terms in _date_terms(self.article))
        return part.kind == "name" and self._has_surname(part)

    def _has_surname(self, part: Part) -> bool:
        """Tell whether the last word of a name is here and the whole name in the article."""
        last = part.forms[0][-1:]
        if len(part.forms[0]) < 2 or not self.terms.issuperset(last):
            return False
        return part.in_terms(frozenset(analyse(self.article.text)))


def _telling(question: str, weighed: Sequence[Weighed]) -> tuple[Part, ...]:
    """Return the parts whose absence would explain a silence; all if none would."""
    passages = {item.passage.id: item.passage for item in weighed}
    known = known_names(passage.text for passage in passages.values())
    parts = read_parts(BROUGHT_ALONG.sub("", question), known=known)
    return tuple(part for part in parts if not part.light) or parts


def _reason(question: str, parts: Sequence[Part], passages: Sequence[_Seen]) -> str:
    """Return which parts nothing has, names, periods and figures before other words."""
    missing = [part for part in parts if not any(seen.has(part) for seen in passages)]
    missing = [part for part in missing if part.must_match] or missing
    if missing:
        return f"Nothing that comes close mentions {_listed(_phrases(question, missing), 'or')}."
    together = any(all(seen.has(part) for part in parts) for seen in passages)
    return _UNSAID if together else _APART


def _miss(question: str, parts: Sequence[Part], seen: _Seen, figure: str) -> str:
    """Return what a near miss mentions and what it lacks, or that it lacks nothing."""
    has = [part for part in parts if seen.has(part)]
    lacks = [part for part in parts if part not in has]
    if not lacks:
        return "Mentions all of it, but does not seem to answer."
    if figure:
        has = [part for part in has if not _is_inside(part, question, figure)]
        told = _listed(_phrases(question, has), "and")
        return f"Mentions {told}, but gives another figure than “{figure}”."
    missing = _listed(_phrases(question, lacks), "or")
    if not has:
        return f"Does not mention {missing}."
    return f"Mentions {_listed(_phrases(question, has), 'and')}, but not {missing}."


def _other_figure(question: str, parts: Sequence[Part], quote: Quote, seen: _Seen) -> str:
    """Return the figure of a claim where a near miss has all but that, and another of its kind.

    Nothing is returned otherwise. That is no contradiction: both figures may be right.
    """
    if not _CLAIMS.match(question):
        return ""
    lacks = [part for part in parts if not seen.has(part)]
    told = read_amounts(quote.text)
    for amount in read_amounts(question):
        figure = amount.of(question)
        after = _UNIT.match(question, amount.end)
        figure += after[0] if after and amount.is_money else ""
        apart = all(_is_inside(part, question, figure) for part in lacks)
        values = [one.value for one in told if one.unit == amount.unit]
        if lacks and apart and len(parts) > len(lacks) and values and amount.value not in values:
            return figure
    return ""


def _is_inside(part: Part, question: str, words: str) -> bool:
    start = question.index(words)
    return start <= part.start < start + len(words)


def _phrases(question: str, parts: Iterable[Part]) -> tuple[str, ...]:
    """Return the words of parts, those that stand side by side as one phrase."""
    spans: list[tuple[int, int, str]] = []
    for part in parts:
        joined = spans and part.kind == "word" == spans[-1][2]
        if joined and question[spans[-1][1] : part.start] in (" ", "-"):
            spans[-1] = (spans[-1][0], part.end, part.kind)
        else:
            spans.append((part.start, part.end, part.kind))
    return tuple(dict.fromkeys(question[start:end] for start, end, _ in spans))


def _listed(phrases: Sequence[str], word: str) -> str:
    """Return phrases in quotation marks as English lists them."""
    quoted = [f"“{phrase}”" for phrase in phrases]
    if len(quoted) == 1:
        return quoted[0]
    return f"{', '.join(quoted[:-1])} {word} {quoted[-1]}"


def _by_passage(weighed: Sequence[Weighed]) -> tuple[_Seen, ...]:
    """Return what each passage mentions, with its title and headings."""
    terms: dict[int, frozenset[str]] = {}
    passages: dict[int, Passage] = {}
    for item in weighed:
        number = item.passage.id
        passages[number] = item.passage
        terms[number] = terms.get(number, frozenset()) | item.terms
    return tuple(
        _Seen(terms[number] | _above(passage), passage.article)
        for number, passage in passages.items()
    )


def _terms_near(quote: Quote, weighed: Sequence[Weighed]) -> _Seen:
    """Return what a quote mentions, with its title, headings and columns.

    Of the sentence before it only if it leans on that one: what is not shown is no mention.
    """
    terms = frozenset(read_terms(quote.text))
    passages = {
        item.passage.id: item.passage
        for item in weighed
        if item.passage.article is quote.article and item.passage.span.holds(quote.span)
    }
    for passage in passages.values():
        before = [span for span in passage.sentences if span.end <= quote.span.start]
        if before and _LEANS.match(quote.text):
            terms |= frozenset(read_terms(quote.article.show(before[-1])))
        terms |= frozenset(read_terms(" ".join(passage.headings)))
    above = read_terms(" ".join((quote.article.title, *quote.columns)))
    return _Seen(terms | frozenset(above), quote.article)


def _above(passage: Passage) -> frozenset[str]:
    """Return the terms of the title, the headings and the columns that a passage stands under."""
    article = passage.article
    blocks = markdown.blocks_in(article.text, article.body, passage.span)
    columns = dict.fromkeys(name for block in blocks for name in block.columns)
    return frozenset(read_terms(" ".join((article.title, *passage.headings, *columns))))


def _date_terms(article: Article) -> tuple[frozenset[str], ...]:
    """Return the year and month of an article's dates as terms."""
    days = [day for day in (article.date, article.updated) if day]
    return tuple(frozenset(read_terms(f"{day:%Y} {day:%B}")) for day in days)
