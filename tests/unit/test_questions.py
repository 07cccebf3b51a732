"""Questions by rules: what is asked of which sentence, and of which nothing is."""

import pytest

from pullquote.evaluation.asking import ask_about
from pullquote.evaluation.keywords import find_key_words
from pullquote.evaluation.rules import Asked
from pullquote.language.clauses import names_something, plain_sentence
from pullquote.language.verbs import Verb, invert, read_verb, third_person


def ask(sentence: str) -> list[tuple[str, str, str]]:
    """Return (kind, question, answer) of each question made of a sentence."""
    plain = plain_sentence(sentence)
    assert plain is not None
    names = {"Orla", "Brindle", "Kelm"}
    return [(a.kind, a.question, a.answer) for a in ask_about(plain, names.__contains__)]


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        (
            "The Orla Bridge was opened in May 1931 by the queen's uncle.",
            ("when", "When was the Orla Bridge opened by the queen's uncle?", "May 1931"),
        ),
        (
            "On 3 March 2021, Brindle Foods launched a bakery in Osk.",
            ("when", "When did Brindle Foods start a bakery in Osk?", "3 March 2021"),
        ),
        (
            "Brindle Foods has about 1,400 workers in Osk, most of them bakers.",
            ("how many", "How many workers does Brindle Foods have in Osk?", "1,400"),
        ),
        (
            "Brindle Foods spent $3.2 million on ovens for its bakery.",
            ("how much", "How much did Brindle Foods spend on ovens for its bakery?",
             "$3.2 million"),
        ),
        (
            "Sales at Brindle Foods rose 12 percent in the second quarter.",
            ("how much", "By how much did sales at Brindle Foods rise in the second quarter?",
             "12 percent"),
        ),
        (
            "The Orla Regatta is held in Port Ellery, on the first Sunday of June.",
            ("where", "Where is the Orla Regatta held?", "Port Ellery"),
        ),
        (
            "Brindle Foods founded the Osk School of Bread with four teachers.",
            ("who", "Who started the Osk School of Bread with four teachers?", "Brindle Foods"),
        ),
        (
            "They were met by Ines Varga, the director of the Osk Museum, at noon.",
            ("who", "Who is the director of the Osk Museum?", "Ines Varga"),
        ),
        (
            "Kelm is a small island in the far north with one shop.",
            ("what is", "What is Kelm?", ""),
        ),
        (
            "Ines Varga is the new mayor of Port Ellery and its harbour.",
            ("what is", "Who is Ines Varga?", ""),
        ),
        (
            "The Orla ferry is late in winter because ice blocks the mouth of the harbour.",
            ("why", "Why is the Orla ferry late in winter?", ""),
        ),
        (
            "Brindle Foods developed a new oven to save gas in its bakery.",
            ("why", "Why did Brindle Foods develop a new oven?", ""),
        ),
        (
            "Brindle Foods cut its waste by selling old bread to farms.",
            ("how", "How did Brindle Foods cut its waste?", ""),
        ),
        (
            "Ines Varga said that the museum will lend its maps to Kelm.",
            ("said", "What did Ines Varga say about Kelm?", ""),
        ),
        (
            "We launched the Orla app in 2019 after a long summer.",
            ("when", "When was the Orla app started after a long summer?", "2019"),
        ),
        (
            "The Orla ferry depends on two engines from Turku and a good captain.",
            ("what", "What does the Orla ferry depend on?",
             "two engines from Turku and a good captain"),
        ),
    ],
)  # fmt: skip
def test_a_sentence_is_asked_about(sentence: str, wanted: tuple[str, str, str]) -> None:
    """Kind, question and the words that were taken out."""
    assert wanted in ask(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "This was opened in May 1931 by a duke.",  # points at something else
        "It has 1,400 workers in Osk and Turku.",
        "The report published by Brindle Foods lists 14 mills in Osk.",  # which verb is it?
        "When the Orla Bridge was opened in 1931, a duke fell in.",
        "Last week Brindle Foods opened a shop in Osk.",
        "Improving Brindle is a task for the whole of next year.",
    ],
)
def test_nothing_is_asked_where_no_rule_is_sure(sentence: str) -> None:
    """Few questions, but questions that somebody could ask."""
    assert ask(sentence) == []


@pytest.mark.parametrize(
    "text",
    [
        "Too short.",
        "The Orla Bridge was opened in May 1931 by a duke",  # no sentence
        "See https://example.com for all that Brindle Foods said.",
        "Does the Orla ferry run in winter at all?",
        "Brindle Foods said “we have 1,400 workers in Osk and Turku.",  # half of a quotation
    ],
)
def test_only_plain_sentences_are_asked_about(text: str) -> None:
    """Fragments, addresses, questions and halves are not."""
    assert plain_sentence(text) is None


def test_what_stands_in_brackets_is_left_out() -> None:
    """So is the full stop."""
    text = "Brindle Foods (BRIN) has 1,400 workers in Osk."
    assert plain_sentence(text) == "Brindle Foods has 1,400 workers in Osk"


def test_a_question_must_name_something() -> None:
    """The day of the week and the month are no names."""
    assert names_something("When was the Orla Bridge opened?")
    assert not names_something("When was the bridge opened in May?")


@pytest.mark.parametrize(
    ("asked", "text", "fits"),
    [
        (Asked("when", "When did Orla open?", "1931"), "Orla opened in June 1932.", True),
        (Asked("when", "When did Orla open?", "1931"), "Orla opened late.", False),
        (Asked("how many", "How many?", "3"), "Orla has seven doors.", True),
        (Asked("what is", "What is Kelm?"), "Kelm is an island.", True),
        (Asked("what is", "What is Kelm?"), "A boat sails to Kelm.", False),
        (Asked("said", "What did she say about Kelm?"), "Whatever.", True),
    ],
)
def test_only_the_right_kind_of_thing_may_answer(asked: Asked, text: str, fits: bool) -> None:
    """A day for "when", a figure for "how many", a definition for "what is"."""
    assert asked.fits(text) is fits


def test_key_words_are_names_and_things_less_the_figure() -> None:
    """In the order of the sentence, in any language with articles."""
    assert find_key_words("Seit 2021 verkauft die Bäckerei Brindle in Osk ein dunkles Brot.") == (
        "Bäckerei Brindle Osk dunkles Brot", "2021",
    )  # fmt: skip
    assert find_key_words("es gibt hier leider gar nichts, was einen Namen hat.") is None


@pytest.mark.parametrize(
    ("words", "verb"),
    [
        ("carried", Verb("past", "carry")),
        ("stopped", Verb("past", "stop")),
        ("wrote", Verb("past", "write")),
        ("was", Verb("be", "")),
        ("has launched", Verb("perfect", "")),
        ("has seven", Verb("present", "have")),
        ("had blorped", None),  # of a verb that is not known is no possession
        ("reports", None),  # more often a noun
    ],
)
def test_finite_verbs_are_read(words: str, verb: Verb | None) -> None:
    """With the base form that a question with "did" needs."""
    assert read_verb(words.split(), 0) == verb


def test_a_clause_is_turned_round() -> None:
    """By its own helper, or with one that is put in."""
    assert (
        invert(Verb("past", "open"), "opened", "the shop", "in Osk") == "did the shop open in Osk"
    )
    assert invert(Verb("be", ""), "was", "the shop", "") == "was the shop"
    assert (third_person("reach"), third_person("carry")) == ("reaches", "carries")
