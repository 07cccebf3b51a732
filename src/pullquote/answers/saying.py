"""Which other articles say what a quote says."""

from collections.abc import Sequence

from pullquote.answers.finding import Finder
from pullquote.evidence import quoting
from pullquote.filters import Filter
from pullquote.index.view import words_of
from pullquote.retrieval.copies import by_newest
from pullquote.retrieval.fusion import Found
from pullquote.types import Quote


def name_sayers(
    finder: Finder, quotes: Sequence[Quote], found: Sequence[Found], wanted: Filter
) -> tuple[Quote, ...]:
    """Name with each quote the other articles that say it, and the versions it replaces."""
    said = {quote.location: _words_said(quote, found) for quote in quotes}
    every = frozenset[int]().union(*said.values())
    saying = finder.view.saying(every, wanted, finder.today)
    named = []
    for quote in quotes:
        first, *rest = (
            {article.path: article for article in saying.get(words, ())}
            for words in said[quote.location]
        )
        others = {p: a for p, a in first.items() if all(p in sayers for sayers in rest)}
        for item in found:
            if item.passage.article is quote.article and item.passage.span.holds(quote.span):
                others |= {a.path: a for a in item.copies if quote.replaces(a)}
        others.pop(quote.article.path, None)
        kept = filter(finder.is_as_indexed, others.values())
        named.append(quoting.name_copies(quote, by_newest(kept)))
    return tuple(named)


def _words_said(quote: Quote, found: Sequence[Found]) -> tuple[int, ...]:
    """Return the words of each sentence of a quote: whoever says it says them all."""
    spans = [
        span
        for item in found
        if item.passage.article is quote.article
        for span in item.passage.sentences
        if span.meets(quote.span)
    ]
    return tuple(words_of(quote.article, span) for span in spans or [quote.span])
