"""Postings: counted in parts and merged, they are what a clean build is."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pullquote.index.postings import Postings, count, merge, number_of

TERMS = ("tram", "bee", "fog", "冬", "may")
WORDS = st.lists(st.sampled_from(TERMS), max_size=6).map(" ".join)
PASSAGES = st.dictionaries(st.integers(0, 20), WORDS, max_size=8)


def said(postings: Postings) -> dict[str, dict[int, int]]:
    """Return term → passage → count."""
    return {
        term: dict(zip(postings.ids[rows].tolist(), counts.tolist(), strict=True))
        for term in TERMS
        for rows, counts in [postings.of(np.uint64(number_of(term)))]
    }


def lengths(postings: Postings) -> dict[int, int]:
    """Return passage → length in terms."""
    return dict(zip(postings.ids.tolist(), postings.lengths.tolist(), strict=True))


def test_terms_are_counted_by_passage() -> None:
    """A passage without terms is there as well."""
    postings = count([(7, "Tram, trams and a bee"), (9, "…"), (8, "bee")])
    assert said(postings) == {"tram": {7: 2}, "bee": {7: 1, 8: 1}, "fog": {}, "冬": {}, "may": {}}
    assert lengths(postings) == {7: 5, 9: 0, 8: 1}
    assert postings.of(np.uint64(number_of("zebra")))[0].tolist() == []


def test_a_count_beyond_what_can_be_told_is_the_most() -> None:
    """Nothing wraps around to nothing."""
    assert said(count([(1, "bee " * 70_000)]))["bee"] == {1: 65_535}


def test_nothing_can_be_counted_and_merged() -> None:
    """No passages, or none that are there, are no error."""
    one = count([(1, "bee")])
    for empty in (count([]), merge([(one, np.array([False]))])):
        assert (said(empty), len(empty.ids), len(empty.terms)) == ({t: {} for t in TERMS}, 0, 0)


@given(parts=st.lists(st.tuples(PASSAGES, st.sets(st.integers(0, 20))), min_size=1, max_size=4))
def test_a_merge_is_a_clean_build(parts: list[tuple[dict[int, str], set[int]]]) -> None:
    """Every array is the same as if only what is there had ever been counted, in that order."""
    halves = [
        (count(passages.items()), np.array([n not in gone for n in passages], np.bool_))
        for passages, gone in parts
    ]
    there = [
        (n, words) for passages, gone in parts for n, words in passages.items() if n not in gone
    ]
    merged, clean = merge(halves), count(there)
    for name in ("terms", "starts", "rows", "counts", "ids", "lengths"):
        assert getattr(merged, name).tolist() == getattr(clean, name).tolist()
        assert getattr(merged, name).dtype == getattr(clean, name).dtype
