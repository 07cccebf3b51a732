"""From weighed sentences to quotes, or to silence. The only maker of `Quote`s."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pullquote import markdown
from pullquote.errors import InputError
from pullquote.evidence.completing import MOST_CHARS, are_neighbours, complete
from pullquote.evidence.weighing import Weighed
from pullquote.language.terms import names_in, numbers_in
from pullquote.spans import Span
from pullquote.types import Article, Passage, Quote

# Two sentences that share this part of their words say the same.
_SAME = 0.8
# How far below the best sentence another may rank and still be quoted: anywhere, and beside one
# that is quoted, where it widens a quote and brings no other. Of clapnq's 150 questions, asked of a
# search engine, 146 have more than one sentence of evidence.
_MARGIN = 0.12
_MARGIN_BESIDE = 0.4
# The same as the first for the first sentence that speaks of a name asked for and not yet quoted.
_MARGIN_NAMES = 0.4
# Sentences picked for one quote.
_MOST_MERGED = 3
# Sentences picked for an answer, beyond one for each quote that there may be.
_MOST_MORE = 1


@dataclass(frozen=True, slots=True)
class _Pick:
    """What will be a quote: the best sentence of it, and all that is shown."""

    item: Weighed
    span: Span
    probability: float
    merged: int = 1

    def shows(self, passage: Passage, span: Span) -> bool:
        """Tell whether some of a place is shown."""
        return self.item.passage.article.path == passage.article.path and self.span.meets(span)

    @property
    def quote(self) -> Quote:
        """The quote of all that is shown."""
        return Quote(self.item.passage.article, self.span, self.probability, self.item.focus)


def select(
    question: str, weighed: Sequence[Weighed], *, threshold: float, limit: int
) -> tuple[Quote, ...]:
    """Return the sentences that carry evidence, none that says what another said already.

    The best sentence comes first; more follow while each is likely enough and either ranks near
    it, is the likeliest of all (the answer's confidence rests on it), or speaks of a name asked for
    that no quote has mentioned. Neighbours make one quote, and each quote brings what it cannot be
    understood without.
    """
    picks: list[_Pick] = []
    chosen: list[Weighed] = []
    names = names_in(question)
    likeliest = max((item.probability for item in weighed), default=0.0)
    for item in weighed:
        if len(chosen) == limit + _MOST_MORE:
            break
        if item.probability < threshold or any(_same(item, other) for other in chosen):
            continue
        mentioned = frozenset[str]().union(*(other.terms for other in chosen))
        margin = _MARGIN_NAMES if (item.terms & names) - mentioned else _MARGIN
        below = chosen[0].rank - item.rank if chosen else 0.0
        if item.probability == likeliest > max((o.probability for o in chosen), default=0.0):
            below = 0.0
        if below > max(margin, _MARGIN_BESIDE):
            continue
        beside = _beside(item, picks)
        if beside is not None:
            number, span = beside
            picks[number] = _widened(picks[number], span, item)
        elif below <= margin and len(picks) < limit:
            picks.append(_pick(item, picks))
        else:
            continue
        chosen.append(item)
    return tuple(pick.quote for pick in picks)


def nearest(weighed: Sequence[Weighed], *, limit: int) -> tuple[Quote, ...]:
    """Return what would have been quoted, best first, each said once."""
    chosen: list[Weighed] = []
    picks: list[_Pick] = []
    for item in weighed:
        if len(picks) == limit:
            break
        shown = any(pick.shows(item.passage, item.span) for pick in picks)
        if not shown and not any(_same(item, other) for other in chosen):
            picks.append(_pick(item, picks))
            chosen.append(item)
    return tuple(pick.quote for pick in picks)


def _pick(item: Weighed, picks: Sequence[_Pick]) -> _Pick:
    """Return a new quote's beginning: the sentence with what it needs, if no other shows that."""
    span = complete(item.passage, item.span)
    if any(pick.shows(item.passage, span) for pick in picks):
        span = item.span
    return _Pick(item, span, item.probability)


def _beside(item: Weighed, picks: Sequence[_Pick]) -> tuple[int, Span] | None:
    """Return which quote shows a sentence or may go on with it, and all that it then shows."""
    for number, pick in enumerate(picks):
        if pick.shows(item.passage, item.span):
            return number, pick.span
    for number, pick in enumerate(picks):
        if pick.item.passage.id == item.passage.id and pick.merged < _MOST_MERGED:
            others = (*picks[:number], *picks[number + 1 :])
            span = _union(item, pick)
            if span and not any(other.shows(item.passage, span) for other in others):
                return number, span
    return None


def _union(item: Weighed, pick: _Pick) -> Span | None:
    """Return the span of a quote and a sentence beside it, if one looks it over at a glance."""
    passage = item.passage
    own = complete(passage, item.span)
    if not (own.meets(pick.span) or are_neighbours(passage, own, pick.span)):
        return None
    span = Span(min(own.start, pick.span.start), max(own.end, pick.span.end))
    return span if len(passage.article.show(span)) <= MOST_CHARS else None


def _widened(pick: _Pick, span: Span, item: Weighed) -> _Pick:
    return replace(
        pick,
        span=span,
        probability=max(pick.probability, item.probability),
        merged=pick.merged + (span != pick.span),
    )


def merge(groups: Sequence[Sequence[Quote]], *, limit: int) -> tuple[Quote, ...]:
    """Return the first quote of each group, then the second ones, each place once."""
    chosen: dict[tuple[str, Span], Quote] = {}
    for rank in range(max(map(len, groups), default=0)):
        for group in groups:
            if rank < len(group):
                quote = group[rank]
                chosen.setdefault((quote.article.path, quote.span), quote)
    return tuple(chosen.values())[:limit]


def name_copies(quote: Quote, articles: Iterable[Article]) -> Quote:
    """Return the quote with the other articles that say it, none of which brings its text."""
    return replace(quote, also=tuple(replace(article, text="", body=0) for article in articles))


def quote_at(article: Article, span: Span, *, score: float = 1.0) -> Quote:
    """Return the quote at a place; raise InputError if no visible word lies there."""
    if span.end > len(article.text) or not article.show(span):
        raise InputError(
            f"{article.path}:{span.start}-{span.end}: no words there; the file has"
            f" {len(article.text)} characters"
        )
    return Quote(article, span, score)


def find_claim(claim: str, quotes: Sequence[Quote]) -> Quote | None:
    """Return the place of claimed words inside one of some quotes, or None if none holds them.

    This is the one licensed search: white space apart, every character must be there.
    """
    wanted = " ".join(claim.split())
    for quote in quotes if wanted else ():
        start = quote.text.find(wanted)
        if start >= 0:
            text, body, end = quote.article.text, quote.article.body, start + len(wanted)
            span = markdown.locate(text, body, quote.span, start, end)
            if span is not None:
                return Quote(quote.article, span, quote.score)
    return None


def _same(one: Weighed, other: Weighed) -> bool:
    """Tell whether two sentences say the same: nearly all words, and all names and figures."""
    union = one.terms | other.terms
    if not union or len(one.terms & other.terms) < _SAME * len(union):
        return False
    first, second = (item.passage.article.show(item.span) for item in (one, other))
    return numbers_in(first) == numbers_in(second) and names_in(first) == names_in(second)
