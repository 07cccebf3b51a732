"""Whatever the article, a quote lies in its passage, holds its sentence and meets no other."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from pullquote.articles.passages import split_passages
from pullquote.evidence.completing import MOST_CHARS, complete
from pullquote.evidence.quoting import nearest, select
from pullquote.evidence.weighing import Weighed
from pullquote.language.terms import read_terms
from pullquote.types import Quote
from tests.laws.test_spans import ARTICLE, read

# Openings, marks and denials that the rules look at, so that examples reach the rules.
SAID = st.lists(
    st.sampled_from(
        "“We came.|It fell.|He left.”|“Yes.”|She said so.|This was false.|However, it rose.|Two:"
        '|"Yes, it did.|So it was."|„Wir kamen.|Das stimmt“, sagte er.|Is it?|No, it is not.|Ann.'
        '|Rain fell on Ann.|The firm fell.|He later withdrew it.|” –|(5" wide).|6.'.split("|")
    ),
    min_size=1,
    max_size=12,
).map(" ".join)
TEXT = st.lists(SAID | ARTICLE, min_size=1, max_size=3).map("\n\n".join)


def weighed(text: str, ranks: list[float]) -> list[Weighed]:
    """Return every sentence of a text, ranked as drawn."""
    article = read(text)
    passages = split_passages(article) if article else ()
    pairs = [(passage, span) for passage in passages for span in passage.sentences]
    return sorted(
        (
            Weighed(
                passage,
                span,
                frozenset(read_terms(passage.article.show(span))),
                {},
                rank,
                rank,
            )
            for (passage, span), rank in zip(pairs, ranks * len(pairs), strict=False)
        ),
        key=lambda item: item.order,
    )


def check_apart(quotes: tuple[Quote, ...]) -> None:
    """Find no two quotes that share a character, each showing words that read back."""
    spans = sorted(quote.span for quote in quotes)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    assert all(quote.text and quote.source for quote in quotes)


@settings(max_examples=150, deadline=None)
@given(TEXT, st.lists(st.sampled_from([0.4, 0.6, 0.8, 0.9]), min_size=1, max_size=7))
def test_quotes_are_apart_and_in_their_passages(text: str, ranks: list[float]) -> None:
    """Completing adds neighbours within the passage; no words are quoted twice."""
    items = weighed(text, ranks)
    for item in items:
        span = complete(item.passage, item.span)
        assert item.passage.span.holds(span)
        assert span.start <= item.span.start < span.end
        assert item.passage.article.show(span)
    for question in ("Who fell?", "Who fell and why?"):
        quotes = select(question, items, threshold=0.5, limit=4)
        check_apart(quotes)
        assert bool(quotes) == any(item.probability >= 0.5 for item in items)
        most = max((item.probability for item in items), default=0.0)
        assert most < 0.5 or max(quote.score for quote in quotes) == most
    check_apart(nearest(items, limit=3))


def test_a_lengthened_quote_is_looked_over_at_a_glance() -> None:
    """Merging stops at a length, whatever ranks alike."""
    text = " ".join(f"Rain fell on dock {n}{' and on the next' * 13}." for n in range(9))
    quotes = select("Why?", weighed(text, [0.9]), threshold=0.5, limit=4)
    assert [len(quote.text) for quote in quotes] == [457, 228, 457]
    assert 457 < MOST_CHARS < 457 + 1 + 228
