"""From weighed sentences to quotes, or to silence. The only maker of `Quote`s."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pullquote import markdown
from pullquote.errors import InputError
from pullquote.spans import Span
from pullquote.terms import names_in, numbers_in
from pullquote.types import Article, Quote
from pullquote.weighing import Weighed

# Two sentences that share this part of their words say the same.
_SAME = 0.8
_MOST_JOINED = 2  # neighbours that may complete a quotation
# How far below the best sentence another may rank and still be quoted. A wider one quotes more that
# says nothing; `pullquote eval` tells how many quotes an answer has.
_MARGIN = 0.1
# The same for the first sentence that speaks of a name asked for and not yet quoted.
_MARGIN_NAMES = 0.4


def select(
    question: str, weighed: Sequence[Weighed], *, threshold: float, limit: int
) -> tuple[Quote, ...]:
    """Return the sentences that carry evidence, none that says what another said already.

    The best sentence comes first; more follow while each is likely enough and either ranks near
    it, is the likeliest of all (the answer's confidence rests on it), or speaks of a name asked for
    that no quote has mentioned.
    """
    chosen: list[Weighed] = []
    names = names_in(question)
    likeliest = max((item.probability for item in weighed), default=0.0)
    for item in weighed:
        if len(chosen) == limit:
            break
        if item.probability < threshold or any(_same(item, other) for other in chosen):
            continue
        mentioned = frozenset[str]().union(*(other.terms for other in chosen))
        margin = _MARGIN_NAMES if (item.terms & names) - mentioned else _MARGIN
        near = not chosen or item.rank >= chosen[0].rank - margin
        if near or item.probability == likeliest:
            chosen.append(item)
    return tuple(_quote(item) for item in chosen)


def nearest(weighed: Sequence[Weighed], *, limit: int) -> tuple[Quote, ...]:
    """Return what would have been quoted, best first, each said once."""
    chosen: list[Weighed] = []
    for item in weighed:
        if len(chosen) == limit:
            break
        if not any(_same(item, other) for other in chosen):
            chosen.append(item)
    return tuple(_quote(item) for item in chosen)


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
            span = _locate(quote, start, start + len(wanted))
            return Quote(quote.article, span, quote.score)
    return None


def _quote(item: Weighed) -> Quote:
    return Quote(item.passage.article, _whole_quotation(item), item.probability)


def _whole_quotation(item: Weighed) -> Span:
    """Return the sentence, with its neighbours if it is half of what somebody is quoted saying."""
    article, sentences = item.passage.article, item.passage.sentences
    first = last = sentences.index(item.span)
    opened = _opened(article.show(item.span))
    while opened < 0 and first > max(0, last - _MOST_JOINED):
        first -= 1
        opened += _opened(article.show(sentences[first]))
    while opened > 0 and last < min(len(sentences) - 1, first + _MOST_JOINED):
        last += 1
        opened += _opened(article.show(sentences[last]))
    return item.span if opened else Span(sentences[first].start, sentences[last].end)


def _opened(text: str) -> int:
    return text.count("“") - text.count("”")


def _locate(quote: Quote, start: int, end: int) -> Span:
    """Return the source of a range of a quote's shown text."""
    place = 0
    found: list[Span] = []
    article = quote.article
    for block in markdown.blocks_in(article.text, article.body, quote.span):
        for run in block.runs:
            low, high = run.shown_in(quote.span)
            words = run.text[low:high]
            if not words.strip():
                continue
            low += len(words) - len(words.lstrip())
            length = len(words.strip())
            first, last = max(start - place, 0), min(end - place, length)
            if first < last:
                found.append(run.locate(low + first, low + last))
            place += length + 1
    return Span(found[0].start, found[-1].end)


def _same(one: Weighed, other: Weighed) -> bool:
    """Tell whether two sentences say the same: nearly all words, and all names and figures."""
    union = one.terms | other.terms
    if not union or len(one.terms & other.terms) < _SAME * len(union):
        return False
    first, second = (item.passage.article.show(item.span) for item in (one, other))
    return numbers_in(first) == numbers_in(second) and names_in(first) == names_in(second)
