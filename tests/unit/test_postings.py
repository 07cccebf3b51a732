"""Postings: revised, they are what a clean build is."""

from hypothesis import given
from hypothesis import strategies as st

from pullquote.index.postings import Postings, empty, revise

TERMS = ("tram", "bee", "fog", "冬", "may")
WORDS = st.lists(st.sampled_from(TERMS), max_size=6).map(" ".join)
PASSAGES = st.dictionaries(st.integers(0, 20), WORDS, max_size=8)


def said(postings: Postings) -> dict[str, dict[int, int]]:
    """Return term → passage → count."""
    return {
        term: dict(zip(postings.ids[rows].tolist(), counts.tolist(), strict=True))
        for term in TERMS
        for rows, counts in [postings.of(term)]
    }


def lengths(postings: Postings) -> dict[int, int]:
    """Return passage → length in terms."""
    return dict(zip(postings.ids.tolist(), postings.lengths.tolist(), strict=True))


def test_terms_are_counted_by_passage() -> None:
    """A passage without terms is there as well."""
    postings = revise(empty(), gone=(), new={7: "Tram, trams and a bee", 9: "…", 8: "bee"})
    assert said(postings) == {"tram": {7: 2}, "bee": {7: 1, 8: 1}, "fog": {}, "冬": {}, "may": {}}
    assert lengths(postings) == {7: 5, 9: 0, 8: 1}
    assert postings.of("zebra")[0].tolist() == []


def test_a_count_beyond_what_can_be_told_is_the_most() -> None:
    """Nothing wraps around to nothing."""
    assert said(revise(empty(), gone=(), new={1: "bee " * 70_000}))["bee"] == {1: 65_535}


@given(first=PASSAGES, steps=st.lists(st.tuples(st.sets(st.integers(0, 20)), PASSAGES), max_size=4))
def test_whatever_came_and_went_is_forgotten(
    first: dict[int, str], steps: list[tuple[set[int], dict[int, str]]]
) -> None:
    """After any history there is what a clean build of the present has, sorted by term."""
    postings, now = revise(empty(), gone=(), new=first), dict(first)
    for gone, new in steps:
        postings = revise(postings, gone=gone, new=new)
        now = {number: words for number, words in now.items() if number not in gone} | new
    clean = revise(empty(), gone=(), new=now)
    assert said(postings) == said(clean)
    assert lengths(postings) == lengths(clean)
    assert postings.terms.tolist() == clean.terms.tolist()
