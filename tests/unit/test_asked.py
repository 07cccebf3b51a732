"""Parts of a question: names, periods, figures and other words."""

import pytest

from pullquote.language.terms import read_terms
from pullquote.questions.asked import Part, is_name, known_names, must_match, read_parts


def the_part(question: str) -> Part:
    """Return the only part of a question."""
    (part,) = read_parts(question)
    return part


def has(part: Part, text: str) -> bool:
    """Tell whether a text mentions a part."""
    return part.in_terms(frozenset(read_terms(text)))


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "How much did Brian T. Olsavsky's Amazon earn in Q4 2024?",
            "name:Brian T. Olsavsky name:Amazon word:earn period:Q4 figure:2024",
        ),
        ("Apple's dividend in 2031?", "name:Apple word:dividend figure:2031"),
        ("Who is Tesla's CFO?", "name:Tesla word:CFO"),
        ("When does Trainium4 ship?", "name:Trainium4 word:ship"),
        ("GPT-5 or iPhone price", "name:GPT-5 name:iPhone word:price"),
        ("Does The Bank of Spain lend?", "name:Bank of Spain word:lend"),
        ("Did Llama 4 beat Amazon 2024?", "name:Llama 4 word:beat name:Amazon figure:2024"),
        ("What's the U.S. tariff?", "name:U.S. word:tariff"),
        ("Tell us of the US", "name:US"),
        ("Revenue in the first three months", "word:Revenue period:first three months"),
        ("Name Acme's chief executive", "word:Name name:Acme word:chief executive"),
        ("When may Acme expand in May?", "name:Acme word:expand period:May"),
        ("a march of may bugs in march 2023", "word:march word:bugs period:march figure:2023"),
        ("Profit of 26.3 in FY25", "word:Profit figure:26.3 period:FY25"),
        ("Tram or tram", "word:Tram"),
        (
            "Où Mistral veut-elle construire le centre ?",
            "name:Mistral word:veut-elle word:construire word:centre",
        ),
        (
            "A mid-2024 loan of Acme for 30-year-olds",
            "word:mid-2024 word:loan name:Acme word:30-year-olds",
        ),
        ("How Much Will Acme Spend On Trams", "word:Acme word:Spend word:Trams"),
        ("アトラス彗星はいつ？", "word:アトラス word:彗星"),
        ("What is it?", ""),
    ],
)
def test_a_question_has_parts(question: str, parts: str) -> None:
    """Each as it is written, once, in order; names and periods of several words are one."""
    assert " ".join(f"{part.kind}:{part.words}" for part in read_parts(question)) == parts


def test_a_part_knows_its_place() -> None:
    """Its words are a slice of the question."""
    question = "Who leads Meta's labs?"
    assert [question[part.start : part.end] for part in read_parts(question)] == [
        "leads", "Meta", "labs",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Q4", "in the fourth quarter"),
        ("the fourth quarter", "Q4 was good"),
        ("first three months", "the first quarter"),
        ("Q4", "the last three months of the year"),
        ("FY25", "fiscal 2025"),
        ("September", "on 3 Sept."),
        ("chief financial officer", "its CFO"),
        ("the CFO", "the finance chief"),
        ("United States", "in the U.S."),
        ("Brian T. Olsavsky", "Brian Olsavsky"),
        ("Brian Olsavsky", "Brian T. Olsavsky"),
        ("my Arm-based", "designs of Arm"),
        ("彗星", "紫金山・アトラス彗星、夕空に"),
    ],
)
def test_a_part_is_recognised_in_its_forms(question: str, said: str) -> None:
    """Short and long forms, quarters and months."""
    assert has(the_part(question), said)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Q4", "the third quarter"),
        ("Q4", "four quarters"),
        ("FY25", "fiscal 2024"),
        ("26.3", "26 of 4"),
        ("Brian Olsavsky", "Brian Smith"),
        ("Trainium4", "Trainium2"),
        ("September", "August"),
    ],
)
def test_a_part_is_not_its_neighbour(question: str, said: str) -> None:
    """Another quarter, year, figure, person or product is another."""
    assert not has(the_part(question), said)


def test_names_figures_and_periods_must_match() -> None:
    """Other words may be said otherwise."""
    assert [part.words for part in must_match("What did Acme earn in Q2 2024?")] == [
        "Acme", "Q2", "2024",
    ]  # fmt: skip


def test_light_words_explain_nothing() -> None:
    """A verb such as "happen" is light, a name never is."""
    parts = read_parts("What happened to Happen Inc. and its trams?")
    assert [part.words for part in parts if part.light] == ["happened"]


def test_known_names_need_no_capital() -> None:
    """The corpus tells how a word is written inside its sentences."""
    known = known_names(["Buy from Acme or sell to Acme.", "An apple a day, an Apple phone, apple"])
    assert known == {"acm"}
    assert must_match("what does acme sell", known=known)[0].words == "acme"


@pytest.mark.parametrize(
    ("capitals", "count", "name"), [(2, 2, True), (1, 1, False), (9, 10, True), (8, 10, False)]
)
def test_a_name_is_nearly_always_capitalised(capitals: int, count: int, name: bool) -> None:
    """Twice at least, and nine times of ten."""
    assert is_name(capitals, count) is name


@pytest.mark.parametrize("said", ["the third act", "Act 3", "three acts", "the 3rd act"])
def test_a_small_number_may_be_spelt(said: str) -> None:
    """Words and digits are forms of one figure."""
    _, part = read_parts("What happens in act 3?")[-2:]
    assert part.words == "3" and has(part, said)
    assert not has(part, "the fourth act, 33 or thirty in Q3")
