"""Terms: words as the lexical ranker sees them."""

import pytest

from pullquote.language.terms import (
    figures_in,
    key_terms,
    mentions,
    names_in,
    numbers_in,
    other_forms,
    read_terms,
    spaced,
)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Running quickly", ("run", "quick")),
        ("CAFÉ Über", ("cafe", "uber")),
        ("売上高 10%", ("売", "上", "高", "10")),
        ("한국어 テスト", ("한", "국", "어", "テ", "ス", "ト")),
        ("$26.3 billion", ("26", "3", "billion")),
        ("", ()),
        ("!?", ()),
        ("a" * 65, ()),
    ],
)
def test_words_are_folded_stemmed_and_split(text: str, terms: tuple[str, ...]) -> None:
    """Case and accents fall, English endings fall, CJK is read character by character."""
    assert read_terms(text) == terms


def test_cjk_is_spaced_and_nothing_else() -> None:
    """Only Chinese, Japanese and Korean characters get spaces."""
    assert spaced("aé 売上b") == "aé  売  上 b"


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("How much did Amazon spend on AI?", ("amazon", "spend", "ai")),
        ("Amazon, amazon: AMAZON!", ("amazon",)),
        ("What is the?", ("what", "is", "the")),
    ],
)
def test_key_terms_carry_meaning(question: str, terms: tuple[str, ...]) -> None:
    """Question words fall away and twins too, unless nothing else is there."""
    assert key_terms(question) == terms


def test_numbers_are_runs_of_digits() -> None:
    """A decimal is two runs, and the digits of a word count."""
    assert numbers_in("In Q4 2025: $26.3") == {"4", "2025", "26", "3"}


def test_figures_stand_alone() -> None:
    """The digits of a word do not count."""
    assert figures_in("In Q4 2025: $26.3, 10k") == {"2025", "26", "3"}


def test_names_are_capitalised_words_after_the_first() -> None:
    """The first word is capitalised anyway, and stop words are no names."""
    assert names_in("Does The Bank of Spain lend to AWS?") == {"bank", "spain", "aw"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("bought", "buys"),
        ("buy", "bought"),
        ("founder", "founded"),
        ("find", "found"),
        ("pays", "paid"),
        ("children", "child"),
        ("people", "person"),
        ("leads", "leader"),
        ("lost", "losses"),
        ("chairs", "chairwoman"),
        ("raise", "risen"),
        ("kilometers", "kilometres"),
        ("license", "licences"),
        ("2nd", "second"),
        ("CEO", "chief executive"),
        ("Google", "Alphabet"),
        ("Alphabet", "Google"),
        ("Fed", "Federal Reserve"),
        ("AWS", "Amazon Web Services"),
    ],
)
def test_a_term_is_mentioned_by_its_other_forms(asked: str, said: str) -> None:
    """What the stemmer leaves apart, what is shortened and what has two names."""
    (term,) = read_terms(asked)
    assert mentions(frozenset(read_terms(said)), term)


@pytest.mark.parametrize(
    ("asked", "said"),
    [("Apple", "Amazon"), ("2031", "2025"), ("lead", "lend"), ("first", "second"), ("Meta", "Fed")],
)
def test_another_term_is_no_form(asked: str, said: str) -> None:
    """No table turns one name, year or verb into another."""
    (term,) = read_terms(asked)
    assert not mentions(frozenset(read_terms(said)), term)


def test_other_forms_are_terms() -> None:
    """Each form is what a text with it has: several terms are needed together."""
    assert other_forms("q4") == (("fourth", "quarter"),)
    assert other_forms("aw") == (("amazon", "web", "servic"),)
    assert other_forms("sold") == (("sell",), ("sale",), ("seller",))
    assert other_forms("tungsten") == ()
