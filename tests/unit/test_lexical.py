"""BM25 over the passages."""

from pathlib import Path

import numpy as np
import pytest

from pullquote import IndexCorrupt, StoreError
from pullquote.index.lexical import Lexical, build_lexical

BIG = (1 << 63) - 1
PASSAGES = [
    (1, "The tram opens in May"),
    (2, "Trams and more trams: a tram's life"),
    (3, "Bees in winter"),
    (4, "北京的冬天 and café"),
    (BIG, "The tram opens in May"),
]


@pytest.fixture
def lexical(tmp_path: Path) -> Lexical:
    """Return an index of five passages."""
    build_lexical(tmp_path / "lexical", PASSAGES)
    return Lexical(tmp_path / "lexical")


def ids(pairs: list[tuple[int, float]]) -> list[int]:
    """Return the ids alone."""
    return [number for number, _ in pairs]


def test_words_are_matched_by_stem_without_case_and_accents(lexical: Lexical) -> None:
    """More of the word in fewer words is better; CJK matches by character."""
    assert ids(lexical.search("TRAMS", 5)) == [2, 1, BIG]
    assert ids(lexical.search("cafe", 5)) == [4]
    assert ids(lexical.search("冬", 5)) == [4]
    assert lexical.search("zebra", 5) == []


def test_little_words_do_not_outweigh_a_rare_name(tmp_path: Path) -> None:
    """A passage full of question words stays behind the one with the name that was asked for."""
    filler = [(n, f"What he said of birch {n} when he did that") for n in range(10, 40)]
    chat = (1, "When did he say that, and what did he say when he did?")
    rare = (2, "Olsavsky named the figure for the year")
    build_lexical(tmp_path / "rare", [*filler, chat, rare])
    asked = "When did Olsavsky say that and what did he say?"
    assert ids(Lexical(tmp_path / "rare").search(asked, 2))[:2] == [2, 1]


def test_ties_at_the_last_place_all_come_by_id(lexical: Lexical) -> None:
    """Two equal passages are second: both are returned for k = 2, by id."""
    (_, best), (one, tied), (other, also) = lexical.search("tram", 2)
    assert (one, other) == (1, BIG)
    assert best > tied == also
    assert len(lexical.search("tram", 1)) == 1


def test_many_ties_are_fetched_however_many(tmp_path: Path) -> None:
    """The fetch grows until the tie ends."""
    build_lexical(tmp_path / "many", [(n, "amber birch") for n in range(100, 0, -1)])
    assert ids(Lexical(tmp_path / "many").search("amber", 3)) == list(range(1, 101))


def test_a_filter_changes_who_is_found_but_no_score(lexical: Lexical) -> None:
    """Statistics are of the whole index, so scores compare across filters."""
    everyone = dict(lexical.search("tram in May", 5))
    some = dict(lexical.search("tram in May", 5, allowed=np.array([BIG, 2, 404])))
    assert set(some) == {2, BIG}
    assert all(everyone[number] == score for number, score in some.items())
    assert lexical.search("tram", 5, allowed=np.empty(0, np.int64)) == []


@pytest.mark.parametrize("question", ["", "   ", "?!…", '"', "tram AND (", "words:tram -x ~2 *"])
def test_no_question_is_a_syntax_error(lexical: Lexical, question: str) -> None:
    """A question is words, never a query language."""
    found = lexical.search(question, 5)
    assert all(score >= 0 for _, score in found)
    assert bool(found) == ("tram" in question)


def test_counts_are_of_passages(lexical: Lexical) -> None:
    """How many there are, and how many hold a term."""
    assert (lexical.count, lexical.frequency("tram"), lexical.frequency("zebra")) == (5, 3, 0)


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    """No passages is no error."""
    build_lexical(tmp_path / "empty", [])
    lexical = Lexical(tmp_path / "empty")
    assert (lexical.count, lexical.search("tram", 5), lexical.frequency("tram")) == (0, [], 0)


def test_trouble_names_the_folder(tmp_path: Path) -> None:
    """Reading what is not there, and writing where something is."""
    with pytest.raises(IndexCorrupt, match=r"none: cannot be read .* run: pullquote refresh"):
        Lexical(tmp_path / "none")
    (tmp_path / "file").write_text("mine", "utf-8")
    with pytest.raises(StoreError, match="file: cannot be written"):
        build_lexical(tmp_path / "file", PASSAGES)
    assert (tmp_path / "file").read_text("utf-8") == "mine"


def test_an_index_without_some_passages_is_as_if_it_never_had_them(
    lexical: Lexical, tmp_path: Path
) -> None:
    """Scores, counts and frequencies; the index itself stays as it is."""
    build_lexical(tmp_path / "fewer", [(n, words) for n, words in PASSAGES if n not in (2, 3)])
    fewer, wanted = lexical.without([2, 3]), Lexical(tmp_path / "fewer")
    assert fewer.search("tram in May", 5) == wanted.search("tram in May", 5)
    assert (fewer.count, fewer.frequency("tram"), fewer.frequency("bee")) == (3, 2, 0)
    assert (lexical.count, lexical.frequency("bee")) == (5, 1)
