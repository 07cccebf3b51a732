"""What a sentence brings along: its speaker, what it points back at, its denial, its list."""

import pytest

from pullquote.articles.files import read_article
from pullquote.articles.passages import split_passages
from pullquote.evidence.completing import MOST_CHARS, are_neighbours, complete
from pullquote.types import Passage

NAMED = "Asha Verne ran the docks of Harrow Bay for nine years."


def passage_of(text: str) -> Passage:
    """Return the only passage of an article."""
    article, _ = read_article("a.md", text.encode())
    (passage,) = split_passages(article)
    return passage


def completed(text: str, sentence: str) -> str:
    """Return what is quoted of a text for one of its sentences."""
    passage = passage_of(text)
    show = passage.article.show
    (span,) = [span for span in passage.sentences if show(span) == sentence]
    return show(complete(passage, span))


@pytest.mark.parametrize(
    "sentence",
    [
        "She left in 2019.",
        "Her deputy took over.",
        "It was hard work.",
        "They paid nine euros a ton.",
        "This ended in 2019.",
        "That law was her work.",
        "These years were lean.",
        "Both ended badly.",
        "The latter was cheaper.",
        "However, the docks lost money.",
        "But the docks lost money.",
        "Instead, the town paid.",
        "That is why the town paid.",
        "As a result, the town paid.",
        "For example, the crane was sold.",
        "After that, the town paid.",
        "One of them was sold.",
        "The company paid nine euros a ton.",
        "The report ran to nine pages.",
        "And she never came back.",
    ],
)
def test_what_points_back_brings_what_it_points_at(sentence: str) -> None:
    """A sentence that opens so is quoted with the one before it."""
    assert completed(f"{NAMED} {sentence} Rain fell.", sentence) == f"{NAMED} {sentence}"


@pytest.mark.parametrize(
    "sentence",
    [
        "Verne left in 2019.",
        "The company Tidewell paid nine euros a ton.",
        "It is clear that the docks lost money.",
        "It was not until May that the docks opened.",
        "It takes nine hours to unload a ship.",
        "This week the docks are shut.",
        "In this article we count cranes.",
        "Those who came early paid less.",
        "Both Harrow and Ellery have docks.",
        "Neither Harrow nor Ellery has docks.",
        "The second crane was sold.",
        "The report of the harbour office ran to nine pages.",
        "It-girls liked the docks.",
        "Thessaly has docks.",
        "Heavy rain fell.",
        "There were nine cranes.",
        "And the crane was sold.",
    ],
)
def test_what_only_looks_so_stands_alone(sentence: str) -> None:
    """Nothing is added to a sentence that names what it is about or points elsewhere."""
    assert completed(f"{NAMED} {sentence} Rain fell.", sentence) == sentence


def test_two_sentences_are_added_where_one_points_back_itself() -> None:
    """Whoever is meant is named at last."""
    text = f"{NAMED} She sold a crane. Then rain fell. She left in 2019."
    assert completed(text, "She sold a crane.") == f"{NAMED} She sold a crane."
    text = f"{NAMED} She sold a crane. She left in 2019."
    assert completed(text, "She left in 2019.") == text


def test_nothing_is_added_where_it_would_not_help() -> None:
    """Three pronouns in a row, a question, a label, a call and a person that is not named."""
    for before in (
        f"{NAMED} She sold a crane. She bought another. She wept.",
        "Who ran the docks then?",
        "Well, well!",
        "Read more posts about the docks of Harrow Bay.",
        "A crane has to be bought and paid for.",
    ):
        assert completed(f"{before} She left in 2019.", "She left in 2019.") == "She left in 2019."


def test_a_long_neighbour_is_not_added() -> None:
    """What is lengthened stays short enough to be looked over."""
    tail = "Her deputy took over."
    for words, added in ((MOST_CHARS - len(tail) - 3, True), (MOST_CHARS, False)):
        before = f"Asha Verne {'ran ' * words}"[: words - 1].rstrip() + "."
        expected = f"{before} {tail}" if added else tail
        assert completed(f"{before} {tail}", tail) == expected


def test_a_paragraph_may_point_back_at_the_one_before() -> None:
    """But not over a list, a table or a block of code."""
    tail = "She left in 2019."
    assert completed(f"{NAMED}\n\n{tail}", tail) == f"{NAMED} {tail}"
    for between in ("```\ncode\n```", "- An item.", "| a | b |\n|---|---|\n| c | d |"):
        assert completed(f"{NAMED}\n\n{between}\n\n{tail}", tail) == tail


def test_yes_and_no_bring_their_question() -> None:
    """A question that was answered is shown; no other is."""
    text = "Is the crane safe? No, it is not. Rain fell."
    assert completed(text, "No, it is not.") == "Is the crane safe? No, it is not."


@pytest.mark.parametrize(
    ("text", "sentence", "quoted"),
    [
        (
            "Rain fell. “We were late. We knew it,” Verne said. Nobody asked.",
            "“We were late.",
            "“We were late. We knew it,” Verne said.",
        ),
        (
            "Rain fell. “We were late. We knew it,” Verne said. Nobody asked.",
            "We knew it,” Verne said.",
            "“We were late. We knew it,” Verne said.",
        ),
        (
            "Rain fell. “A. was late. B. knew. Nobody asked,” Verne said.",
            "B. knew.",
            "“A. was late. B. knew. Nobody asked,” Verne said.",
        ),
        (
            "„Wir waren zu spät. Das wussten wir“, sagte Verne. Regen fiel.",
            "„Wir waren zu spät.",
            "„Wir waren zu spät. Das wussten wir“, sagte Verne.",
        ),
        (
            "« Nous étions en retard. Nous le savions », dit Verne. Il pleuvait.",
            "« Nous étions en retard.",
            "« Nous étions en retard. Nous le savions », dit Verne.",
        ),
        (
            'Rain fell. "We were late. We knew," Verne said. Nobody asked.',
            'We knew," Verne said.',
            '"We were late. We knew," Verne said.',
        ),
        (
            "“The tide fell,” Verne said. “Nobody asked.” Rain fell.",
            "“Nobody asked.”",
            "“The tide fell,” Verne said. “Nobody asked.”",
        ),
        (
            "Rain fell. “Nobody asked.” So Verne said on Monday.",
            "“Nobody asked.”",
            "“Nobody asked.” So Verne said on Monday.",
        ),
    ],
)
def test_a_quotation_is_whole_and_has_its_speaker(text: str, sentence: str, quoted: str) -> None:
    """Half of what somebody said is quoted with the other half and whoever said it."""
    assert completed(text, sentence) == quoted


def test_marks_without_partners_add_nothing() -> None:
    """Inches, and quotations that go on for too long."""
    assert completed('A 5" pipe burst. Rain fell. Two ran.', "Rain fell.") == "Rain fell."
    long = "“We came. We saw. We stayed. We slept. We left,” Verne said."
    assert completed(long, "We stayed.") == "We stayed."


@pytest.mark.parametrize(
    "denial",
    [
        "That is not so.",
        "This was false.",
        "It is not true.",
        "That was a hoax.",
        "The report was wrong.",
        "The claim was later retracted.",
        "Those figures turned out to be wrong.",
        "But none of it was true.",
        "She was wrong.",
        "He later withdrew the claim.",
        "The ministry later denied the report.",
        "It never happened.",
        "Not so.",
    ],
)
def test_what_is_taken_back_is_quoted_with_its_denial(denial: str) -> None:
    """A reader must not take for true what the next sentence says is not."""
    claim = "Harrow Bay sold its crane to Ellery."
    assert completed(f"{claim} {denial} Rain fell.", claim) == f"{claim} {denial}"


@pytest.mark.parametrize(
    "following",
    [
        "That is not much.",
        "This was expected.",
        "It is not true that the docks lost money.",
        "The report ran to nine pages.",
        "The wrong crane was sold.",
        "A later report denied that rain fell.",
        "He later bought the claim.",
        "She was wrong to leave.",
        "It happened in May.",
        "No longer than nine minutes passed.",
        "It was wrong to leave.",
    ],
)
def test_what_is_not_taken_back_stands_alone(following: str) -> None:
    """Only a sentence that denies the one before it is added."""
    claim = "Harrow Bay sold its crane to Ellery."
    assert completed(f"{claim} {following} Rain fell.", claim) == claim


def test_what_is_announced_is_quoted_too() -> None:
    """A colon promises a list or a sentence."""
    text = "There were two reasons:\n\n- rain\n- wind\n\nNobody asked."
    assert completed(text, "There were two reasons:") == "There were two reasons: rain wind"
    text = "Verne gave her reason:\n\nRain fell. Nobody asked."
    assert completed(text, "Verne gave her reason:") == "Verne gave her reason: Rain fell."


def test_an_item_that_is_no_sentence_brings_what_announced_it() -> None:
    """One that is a sentence does not."""
    text = "Bring these to the docks:\n\n- a pair of boots\n- a lamp\n- Boots must be dry.\n"
    assert completed(text, "a pair of boots") == "Bring these to the docks: a pair of boots"
    assert completed(text, "a lamp") == "Bring these to the docks: a pair of boots a lamp"
    assert completed(text, "Boots must be dry.") == "Boots must be dry."


def test_a_row_stands_alone() -> None:
    """Its columns go with it, its neighbours do not."""
    passage = passage_of("| a | b |\n|---|---|\n| It fell | 1 |\n| It rose | 2 |\n")
    assert [complete(passage, span) for span in passage.sentences] == list(passage.sentences)
    assert not are_neighbours(passage, *passage.sentences)


def test_a_dash_that_a_template_left_alone_is_not_quoted() -> None:
    """A name that the site fills in is not in the file."""
    passage = passage_of("“The tide fell.” – {{ page.speaker }}\n")
    (span,) = passage.sentences
    assert passage.article.show(span) == "“The tide fell.” –"
    assert passage.article.show(complete(passage, span)) == "“The tide fell.”"


def test_neighbours_are_of_one_block_or_list() -> None:
    """Stretches are neighbours where one begins with the sentence after the other."""
    passage = passage_of("Rain fell. Two ran. Four fell.\n\nNobody asked.\n\n- a lamp\n- a rope\n")
    rain, two, four, nobody, lamp, rope = passage.sentences
    assert are_neighbours(passage, rain, two)
    assert are_neighbours(passage, four, two)
    assert are_neighbours(passage, lamp, rope)
    for one, other in ((rain, four), (four, nobody), (nobody, lamp), (two, two)):
        assert not are_neighbours(passage, one, other)
