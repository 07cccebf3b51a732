"""Sentences that state one fact as of different days: the right version leads. Pure.

Two sentences of different articles are versions of one fact if both hold a value of the kind that
is asked for (a sum, a count, a day, a name), share words and are about the same of what the
question names, and speak neither of different years nor of different groups of people or things.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pullquote.answers.facts import (
    Fact,
    Place,
    alike,
    are_of_other_years,
    corrects,
    day_of,
    is_part_of_year,
    kind_of_both,
    only_reports,
    shared,
)
from pullquote.evidence import quoting
from pullquote.evidence.weighing import Weighed
from pullquote.language.amounts import read_periods
from pullquote.language.terms import read_terms
from pullquote.questions.slots import (
    Asked,
    Values,
    are_apart,
    are_near,
    content_terms,
    differ,
    proper_names,
    read_asked,
    read_values,
)
from pullquote.questions.tenses import When, choose, read_when
from pullquote.types import Quote

# What is this part as likely as evidence must be, may be the news of it in other words.
_LIKELY = 0.2
# A version's passage mentions at least this part of what the other's mentions of the question; less
# where the sentence is itself likely to answer it, as news in other words is.
_COVERED = 0.75
_COVERED_LIKELY = 0.3
# Versions share a word that is in few passages: in no more than this part, or in so many.
_RARE = 0.05
_RARE_COUNT = 5
# Or they are of one form: they share so many terms, and this part of the shorter one's.
_FEWEST = 2
_SAME_FORM = 0.7
# Names of people differ in most sentences: only of such that are so alike is one a newer version,
# unless it says that one follows the other.
_ALIKE = 0.5
_NEAR = 0.2  # below the best rank, as far as versions of what is asked for may still lead
_CLEARLY = 0.1  # by which another sentence must be more alike to be the real counterpart
_FOLLOWS = re.compile(
    r"\b(?:succe(?:ed|ss)\w*|replac\w+|t(?:ook|akes?|aken|aking) over|(?:took|takes?|taken) the"
    r"|follow(?:s|ed|ing)|instead|new|appointed|elected|chosen|named|stepp\w+ down|resign\w+"
    r"|retir\w+|hand\w+ over|goes to|went to|g[ai]ven? up|no longer|formerly|over from)\b",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\b(?:lift\w*|end(?:s|ed)|scrap\w*|abolish\w*|withdr\w+|cancel\w*|repeal\w*|revok\w*|drop\w*"
    r"|suspend\w*|over|reopen\w*|clos(?:es|ed)|no longer)\b",
    re.IGNORECASE,
)
NOTE = "The articles differ over time: the newest that was found leads."
NOTE_THEN = "The articles differ over time: the version of the time asked about leads."


@dataclass(frozen=True, slots=True)
class Timeline:
    """Sentences in order, and for the place of each outdated one the newest version of it."""

    weighed: tuple[Weighed, ...]
    newer: Mapping[Place, Weighed]
    note: str = ""
    since: date | None = None  # of the article that leads as the newest of several


def arrange(
    question: str,
    weighed: Sequence[Weighed],
    *,
    threshold: float,
    frequency: Callable[[str], int],
    count: int,
) -> Timeline:
    """Order sentences so that of versions of one fact the one asked for comes first.

    Others follow it, newest first; everything else keeps its order. `frequency` tells in how many
    of the index's `count` passages a term occurs.
    """
    finder = _Versions(read_asked(question), read_when(question), threshold, frequency, count)
    facts = {_place(fact.item): fact for item in weighed if (fact := finder.read(item))}
    ordered: list[Weighed] = []
    newer: dict[Place, Weighed] = {}
    done: set[Place] = set()
    moved = False
    for item in weighed:
        if _place(item) in done:
            continue
        anchor = facts.get(_place(item))
        others = [fact for place, fact in facts.items() if place not in done]
        group = finder.versions(anchor, others) if anchor else ()
        if len(group) < 2:
            ordered.append(item)
            continue
        group, outdated = _in_order(group, finder.when)
        # What holds nothing of the kind that is asked for does not come before what does.
        above = ordered[:1] if not any(_place(other) in facts for other in ordered) else []
        leads = not ordered or (above and outdated and above[0].rank - item.rank <= _NEAR)
        moved = moved or bool(leads and outdated)
        raised = _raise(group, above[0] if leads and above else item, threshold)
        ordered = [*raised, *ordered] if leads else [*ordered, *raised]
        newer |= outdated
        done |= {fact.place for fact in group}
    note = (NOTE if finder.when.kind == "now" else NOTE_THEN) if moved else ""
    newest = ordered[0].passage.article.date if moved and finder.when.kind == "now" else None
    return Timeline(tuple(ordered), newer, note, newest)


@dataclass(frozen=True, slots=True)
class _Versions:
    """Finds the versions of a fact, for one question."""

    asked: Asked
    when: When
    threshold: float
    frequency: Callable[[str], int]
    count: int

    def read(self, item: Weighed) -> Fact | None:
        """Return what a likely sentence states, None if it holds nothing that is asked for."""
        article, asked = item.passage.article, self.asked
        if item.probability < _LIKELY * self.threshold or article.latest is None:
            return None  # what has no day is neither older nor newer
        text = article.show(item.span)
        values = read_values(asked, text)
        if not (values or asked.yes_or_no) or are_apart(asked.terms, item.terms):
            return None
        if only_reports(text):
            return None
        around = item.terms | frozenset(read_terms(f"{article.title} {item.passage.text}"))
        return Fact(
            item=item,
            text=text,
            day=day_of(text, article),
            periods=read_periods(text, article.date or article.latest),
            terms=content_terms(item.terms),
            names=proper_names(text),
            values=values,
            covered=asked.covered(item.terms),
            covered_around=asked.covered(around),
        )

    def versions(self, anchor: Fact, others: Sequence[Fact]) -> tuple[Fact, ...]:
        """Return a fact and, of each other article, the sentence that is a version of it.

        Where the anchor is of another year than asked for, return first what is of that year.
        """
        years = self.when.years
        if anchor.periods and years and not anchor.periods & years and not self.asked.wants_moment:
            meant = (f for f in others if f.periods & years and self._are_alike(anchor, f))
            best = max(meant, key=lambda f: alike(anchor, f), default=None)
            return (anchor,) if best is None else (anchor, best)
        best_of: dict[str, tuple[float, Fact]] = {}
        for fact in others:
            if self._are_versions(anchor, fact) and self._is_counterpart(anchor, fact, others):
                score = alike(anchor, fact) + fact.covered + fact.item.probability / 10
                path = fact.place[0]
                if path not in best_of or score > best_of[path][0]:
                    best_of[path] = (score, fact)
        return (anchor, *(fact for _, fact in best_of.values()))

    def _are_versions(self, one: Fact, other: Fact) -> bool:
        """Tell whether two sentences state one fact, as of the same day or of different ones."""
        return not self._are_apart(one, other) and self._are_alike(one, other)

    def _are_alike(self, one: Fact, other: Fact) -> bool:
        """Tell whether sentences of two articles say the same kind of thing of one subject."""
        if one.place[0] == other.place[0] or not self._share_subject(one, other):
            return False
        likely = other.item.probability >= self.threshold
        least = (_COVERED_LIKELY if likely else _COVERED) * one.covered_around
        if other.covered_around < least or are_apart(one.item.terms, other.item.terms):
            return False
        older, newer = sorted((one, other), key=lambda fact: fact.day)
        if self.asked.yes_or_no and _ENDS.search(newer.text):
            return True
        kind = kind_of_both(one, other)
        if kind == "name":
            tells = bool(_FOLLOWS.search(newer.text))
            return (tells or alike(one, other) >= _ALIKE) and older.day != newer.day
        return kind is not None and are_near(one.values[kind], other.values[kind])

    def _are_apart(self, one: Fact, other: Fact) -> bool:
        """Tell whether sentences are of different years, or of different names."""
        if not self.asked.wants_moment:
            quarters = (is_part_of_year(fact) for fact in (one, other))
            if are_of_other_years(one, other) or len(set(quarters)) == 2:
                return True
            meant = one.periods & self.when.years
            if meant and not other.periods and other.day.year not in meant:
                return True
        named = one.terms & self.asked.names and not other.terms & self.asked.names
        return bool(named and other.names) and "name" not in self.asked.kinds

    def _is_counterpart(self, anchor: Fact, fact: Fact, others: Sequence[Fact]) -> bool:
        """Tell whether no other sentence of the anchor's article is clearly more like a fact."""
        least = alike(anchor, fact) + anchor.covered + _CLEARLY
        return not any(
            rival.place[0] == anchor.place[0]
            and alike(rival, fact) + rival.covered > least
            and self._are_versions(rival, fact)
            for rival in others
        )

    def _share_subject(self, one: Fact, other: Fact) -> bool:
        """Tell whether sentences share a rare term or a sum, or are of one form."""
        if corrects(one, other):
            return True
        same = shared(one, other)
        of_one_form = len(same) >= _FEWEST and alike(one, other) >= _SAME_FORM
        return of_one_form or any(map(self._is_rare, same))

    def _is_rare(self, term: str) -> bool:
        return self.frequency(term) <= max(_RARE_COUNT, _RARE * self.count)


def _in_order(group: Sequence[Fact], when: When) -> tuple[tuple[Fact, ...], dict[Place, Weighed]]:
    """Return versions, the one asked for first, then from new to old; and what is outdated."""
    by_age = sorted(group, key=lambda fact: fact.day, reverse=True)
    newest = by_age[0]
    outdated = {
        fact.place: newest.item
        for fact in by_age[1:]
        if fact.day < newest.day
        and not are_of_other_years(fact, newest)
        and _disagree(fact, newest)
    }
    if not outdated and when.kind == "now":
        return tuple(group), {}
    place = choose([f.day for f in by_age], [f.periods for f in by_age], when)
    lead = group[0] if place is None else by_age[place]
    return (lead, *(fact for fact in by_age if fact is not lead)), outdated


def _disagree(older: Fact, newer: Fact) -> bool:
    if are_of_other_years(older, newer):
        return False
    kind = kind_of_both(older, newer)
    return kind is None or differ(older.values[kind], newer.values[kind])


def _raise(group: Sequence[Fact], first: Weighed, threshold: float) -> list[Weighed]:
    """Return versions with ranks that let the first two be quoted.

    What states the same fact as a likely answer is as likely to be one.
    """
    raised = []
    for number, fact in enumerate(group):
        item = fact.item
        if number == 0 or (number == 1 and item.probability >= threshold):
            rank, probability = max(first.rank, item.rank), item.probability
            if number == 0:
                probability = max(probability, first.probability)
            item = replace(item, rank=rank, probability=probability)
        raised.append(item)
    return raised


def _place(item: Weighed) -> Place:
    return item.passage.article.path, item.span.start


def date_quotes(quotes: Sequence[Quote], newer: Mapping[Place, Weighed]) -> tuple[Quote, ...]:
    """Return quotes with the newer sentence that supersedes each, if one does."""
    dated = []
    for quote in quotes:
        path, span = quote.article.path, quote.span
        inside = (
            place for place in newer if place[0] == path and span.start <= place[1] < span.end
        )
        item = next((newer[place] for place in inside), None)
        if item is not None:
            by = quoting.quote_at(item.passage.article, item.span, score=item.probability)
            quote = replace(quote, superseded_by=by)
        dated.append(quote)
    return tuple(dated)


__all__ = ["NOTE", "NOTE_THEN", "Place", "Timeline", "Values", "arrange", "date_quotes"]
