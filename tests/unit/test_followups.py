"""Follow-ups: which questions lean on the ones before, and what they come to mean."""

import json
from pathlib import Path

import pytest

from pullquote import Turn
from pullquote.questions.followups import brought, is_follow_up, readings, split_names

ROOT = Path(__file__).parents[2]
SPENDING = "How much will Amazon spend on AI in 2025?"
CFO = "Who is Amazon's CFO?"
MUSEUM = "When does the museum open?"
CARS = "How many cars did Tesla sell in 2024?"


def said(*questions: str, answer: str = "…") -> tuple[Turn, ...]:
    """Return turns of questions that stood alone."""
    return tuple(Turn(question, question, answer) for question in questions)


def standalone(question: str, *before: str, answer: str = "…") -> str:
    """Return the likeliest reading."""
    return readings(question, said(*before, answer=answer), history=2)[0]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("and Google?", True),
        ("What about 2024?", True),
        ("What did he say about it?", True),
        ("Why?", True),
        ("How much?", True),
        ("Why is that?", True),
        ("in Germany?", True),
        ("No, I meant Meta", True),
        ("Which one is larger?", True),
        ("What does that deal cost?", True),
        ("Who won the Harrow Bay marathon?", False),
        ("When did the council approve the tram line?", False),
        ("And when does the council meet again?", False),
        ("But who won the chess championship?", False),
        (SPENDING, False),
        ("What will the tram cost?", False),
        ("How much will be spent this year?", False),
        ("Who said that prices rose?", False),
        ("Does Google sell its chips?", False),
        ("How does Netflix know that it wins?", False),
        ("Did Meta say it would spend $10 billion on AI in 2025?", False),
        ("How much did Google say it will invest?", False),
        ("Has Tesla announced it plans to build a factory?", False),
        ("What did Meta say about it?", True),
        ("What did Meta say it was?", True),
        ("How much did Meta say it would cost?", True),
        ("When did Apple say it would be available?", True),
        ("Did Meta say it would?", True),
        ("How long does it take to build the tram line?", False),
        ("What is a dot plot? Does it matter for rates?", False),
        ("hello", False),
        ("Thanks!", False),
        ("Great, thank you very much.", False),
        ("ok " * 60 + "who won the Harrow Bay marathon?", False),
        ("No company in Peru makes chips, right?", False),
    ],
)
def test_a_follow_up_is_known_by_its_words(question: str, expected: bool) -> None:
    """Fragments and pronouns without an owner lean back; a question that names its own does not."""
    assert is_follow_up(question) is expected


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        (SPENDING, "and Google?", "How much will Google spend on AI in 2025?"),
        (SPENDING, "Meta Platforms?", "How much will Meta Platforms spend on AI in 2025?"),
        (CFO, "and Meta?", "Who is Meta's CFO?"),
        (CFO, "and Meta's?", "Who is Meta's CFO?"),
        ("Who is the CFO of Amazon?", "and Meta?", "Who is the CFO of Meta?"),
        ("What is the duty on BYD in Oslo?", "for Geely?", "What is the duty on Geely in Oslo?"),
        ("How large is Llama 3.1?", "and Llama 3.3?", "How large is Llama 3.3?"),
        (CARS, "only in Germany", "How many cars did Tesla sell in 2024 in Germany?"),
        ("How many cars were sold in Peru?", "in Chad?", "How many cars were sold in Chad?"),
        ("how do bees keep warm?", "and Google?", "and Google? (bees keep warm)"),
    ],
)  # fmt: skip
def test_a_name_takes_the_place_of_a_name(before: str, question: str, expected: str) -> None:
    """The one behind the same preposition gives way, else the first; a place is added."""
    assert standalone(question, before) == expected


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        (SPENDING, "and in 2024?", "How much will Amazon spend on AI in 2024?"),
        ("How much did it cost last year?", "and in 2023?", "How much did it cost in 2023?"),
        (SPENDING, "and next year?", "How much will Amazon spend on AI next year?"),
        (SPENDING, "What about in October?", "How much will Amazon spend on AI in October 2025?"),
        (CARS, "the same for Q3", "How many cars did Tesla sell in Q3 2024?"),
        (
            "What were AWS's sales in the third quarter of 2024?",
            "and the fourth quarter?",
            "What were AWS's sales in the fourth quarter of 2024?",
        ),
        (
            "What were AWS's sales in the third quarter of 2024?",
            "2023?",
            "What were AWS's sales in the third quarter of 2023?",
        ),
        ("Did the Fed cut its rate?", "in March?", "Did the Fed cut its rate in March?"),
    ],
)
def test_a_time_takes_the_place_of_a_time(before: str, question: str, expected: str) -> None:
    """Quarters and months keep the year they are in; a question without a time gets one."""
    assert standalone(question, before) == expected


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        (MUSEUM, "and the library?", "When does the library open?"),
        ("How do bees keep warm?", "and wasps?", "How do wasps keep warm?"),
        (CARS, "and trucks?", "How many trucks did Tesla sell in 2024?"),
        ("What does it cost for cars?", "and for trucks?", "What does it cost for trucks?"),
        ("What does it cost without ads?", "and with ads?", "What does it cost with ads?"),
        ("What was AWS's revenue in Q3?", "and the profit?", "What was AWS's profit in Q3?"),
        (SPENDING, "what about dividends?", "What about the dividends of Amazon?"),
        (MUSEUM, "and the price?", "What about the price of the museum?"),
        ("When was the first eruption?", "and the largest?", "When was the largest eruption?"),
    ],
)  # fmt: skip
def test_a_noun_takes_the_place_of_its_like(before: str, question: str, expected: str) -> None:
    """What is counted, what somebody has, what a preposition brings, or else the subject."""
    assert standalone(question, before) == expected


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        (SPENDING, "  why?  ", "Why will Amazon spend on AI in 2025?"),
        ("Did Netflix raise prices?", "since when?", "Since when did Netflix raise prices?"),
        ("Did Netflix raise prices?", "by how much?", "By how much did Netflix raise prices?"),
        ("How did the strike end?", "when was that?", "When did the strike end?"),
        ("Did the council vote?", "in which year?", "In which year did the council vote?"),
        ("Who voted against the tram?", "who else?", "Who else voted against the tram?"),
        (CFO, "Why?", "Why? (Amazon's CFO)"),
        ("Who won the race?", "when was that?", "when was that? (won, race)"),
        (CARS, "is that more than BYD?", "is that more than BYD? (cars, Tesla sell, 2024)"),
    ],
)  # fmt: skip
def test_a_question_word_leads_the_question_before(
    before: str, question: str, expected: str
) -> None:
    """Where another lead makes no sense, the telling words of the last question follow."""
    assert standalone(question, before) == expected


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        (CFO, "What did he say about cash?", "What did Amazon's CFO say about cash?"),
        ("Who is the mayor of Harrow Bay?", "did she vote?", "Did the mayor of Harrow Bay vote?"),
        ("Who was Jane Doe?", "Where did she live?", "Where did Jane Doe live?"),
        ("Who was Jane Doe?", "and what was her job?", "What was Jane Doe's job?"),
        ("What is Stargate?", "Who owns it?", "Who owns Stargate?"),
        (MUSEUM, "and how much does it cost?", "How much does the museum cost?"),
        (SPENDING, "Who are its rivals?", "Who are Amazon's rivals?"),
        (SPENDING, "What do they build?", "What does Amazon build?"),
        ("Did Netflix raise prices?", "Who runs the company?", "Who runs Netflix?"),
    ],
)
def test_a_pronoun_is_bound_to_what_was_asked_about(
    before: str, question: str, expected: str
) -> None:
    """A person by name or role, else the subject of the last question."""
    assert standalone(question, before) == expected


def test_he_is_whoever_speaks_in_the_quotes() -> None:
    """A question about a company has no person in it, but its answer has."""
    answer = "> “We build,” said Mark Moe on Friday. [1]\n>\n> — Ann Lee Said Yes (a.md:1-2)"
    assert standalone("What else did he say?", SPENDING, answer=answer) == (
        "What else did Mark Moe say?"
    )


def test_who_won_is_whoever_the_quote_names() -> None:
    """The first whole name in the quote is who was asked for."""
    answer = "> Ines Doe beat the record. [1]\n>\n> — Fog (a.md:1-2)"
    assert standalone("How old is she?", "Who won the race?", answer=answer) == (
        "How old is Ines Doe?"
    )


def test_what_was_only_to_be_found_out_is_not_bound() -> None:
    """After "What did the council approve?" it is not the council that costs."""
    assert standalone("How much does it cost?", "What did the council approve?") == (
        "How much does it cost? (council approve)"
    )


def test_a_name_of_the_answer_helps_where_the_question_had_none() -> None:
    """The name that the quotes speak of most is added to the words of the question."""
    answer = "> The depot at Salt Lane is full. [1]\n>\n> — Full (a.md:1-2)"
    assert standalone("Is that legal?", "Where do trams sleep?", answer=answer) == (
        "Is that legal? (trams sleep, Salt Lane)"
    )


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("no, I meant Meta", "How much will Meta spend on AI in 2025?"),
        ("Sorry, I mean in 2024.", "How much will Amazon spend on AI in 2024?"),
        ("no, Google", "How much will Google spend on AI in 2025?"),
        ("I meant to ask when the museum opens", "when the museum opens"),
        ("Actually, when does the museum open?", "when does the museum open?"),
    ],
)
def test_a_correction_is_put_into_the_question_it_corrects(question: str, expected: str) -> None:
    """A correction that is a whole question replaces the one before."""
    assert standalone(question, SPENDING) == expected


@pytest.mark.parametrize(
    "question",
    [
        "Who won the Harrow Bay marathon?",
        "And when does the council meet again?",
        "But how much did Netflix earn in 2024?",
        "How much do batteries cost?",
        "tungsten exports",
        "Library Parking",
    ],
)
def test_a_new_topic_is_not_touched(question: str) -> None:
    """It has one reading, its own, whatever was asked before."""
    assert readings(question, said(CFO, "How much does Tesla's van cost?"), history=2) == (
        question,
    )


def test_a_question_that_goes_on_about_the_same_gets_its_name() -> None:
    """Without a name of its own, and with several words of the last question, it may mean it."""
    assert readings(
        "How long is the tram line?", said("Who pays for Harrow Bay's tram line?"), history=2
    ) == ("How long is the tram line? (Harrow Bay)", "How long is the tram line?")


def test_a_swap_follows_a_swap() -> None:
    """The second "and …?" is put into what the first one came to mean."""
    first = standalone("and Google?", SPENDING)
    turns = (*said(SPENDING), Turn("and Google?", first, "…"))
    expected = "How much will Google spend on AI in 2024?"
    assert readings("and in 2024?", turns, history=2)[0] == expected
    assert standalone("and in 2024?", SPENDING, "and Google?") == expected


def test_without_turns_a_question_stays_as_it_is() -> None:
    """Nothing was said before, so nothing is added."""
    assert readings(" and Google? ", (), history=2) == ("and Google?",)


def test_only_the_last_turn_is_read_unless_it_leant_on_another() -> None:
    """An older topic is left behind, thanks are passed over, and `history` bounds the reach."""
    older = "Who runs the tram?"
    assert standalone("and how much does it cost to repair?", older, MUSEUM) == (
        "How much does the museum cost to repair?"
    )
    assert standalone("and how much does it cost?", older, MUSEUM, "thanks") == (
        "How much does the museum cost?"
    )
    chain = said(SPENDING, "and Google?", "and Meta?")
    assert readings("and in 2024?", chain, history=3)[0] == (
        "How much will Meta spend on AI in 2024?"
    )
    assert readings("and in 2024?", chain, history=1)[0] == "and Meta in 2024?"


def test_two_pointers_reach_two_turns_back() -> None:
    """He is bound to the last question, and what he spoke of is the topic before it."""
    assert standalone("What did he say about it?", SPENDING, "Who is its CFO?") == (
        "What did Amazon's CFO say about it? (spend, AI, 2025)"
    )


def test_an_unsure_reading_is_followed_by_others() -> None:
    """A pronoun may mean something else: the words of the last question, then none, come next."""
    assert readings("Who approved its Ohio depot plan?", said(MUSEUM), history=2) == (
        "Who approved the museum's Ohio depot plan?",
        "Who approved its Ohio depot plan? (museum open)",
        "Who approved its Ohio depot plan?",
    )


def test_a_fragment_is_never_asked_alone() -> None:
    """Alone it would be answered by whatever speaks of it."""
    assert readings("What about Meta Platforms?", said(SPENDING), history=2) == (
        "How much will Meta Platforms spend on AI in 2025?",
    )


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("and the library?", ("librari",)),
        ("no, I meant Meta", ("meta",)),
        ("and in 2024?", ()),
        ("Who won the race?", ()),
    ],
)
def test_an_answer_must_speak_of_what_a_fragment_brings(
    question: str, expected: tuple[str, ...]
) -> None:
    """A time is looked for otherwise, and a whole question brings nothing of this kind."""
    assert brought(question) == expected


def test_a_list_of_names_is_split_into_questions() -> None:
    """Each name gets the question to itself; a name twice, or one name, is no list."""
    assert split_names("What do Amazon, Meta and Google plan?") == (
        ("Amazon", "What do Amazon plan?"),
        ("Meta", "What do Meta plan?"),
        ("Google", "What do Google plan?"),
    )
    assert split_names("When do Harrow Bay and Port Ellery open?") == (
        ("Harrow Bay", "When do Harrow Bay open?"),
        ("Port Ellery", "When do Port Ellery open?"),
    )
    assert [name for name, _ in split_names("Is Harrow Bay or Wexcombe older?")] == [
        "Harrow Bay",
        "Wexcombe",
    ]
    opened = split_names("In Tollan and Wexcombe, what does a bus cost?")
    assert [name for name, _ in opened] == ["Tollan", "Wexcombe"]
    assert split_names("What is Johnson and Johnson worth?") == ()
    assert split_names("What does Amazon plan?") == ()


def test_the_conversations_of_the_benchmark_point_at_their_words() -> None:
    """Each gold span reads back the words it was made from, and the halves are even."""
    text = (ROOT / "benchmarks" / "followups.jsonl").read_text("utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert [sum(line["set"] == name for line in lines) for name in ("seen", "held")] == [60, 60]
    for gold in (gold for line in lines for gold in line["gold"]):
        path = ROOT / "corpus" / gold["article"]
        with path.open(encoding="utf-8", newline="") as file:
            assert file.read()[gold["start"] : gold["end"]] == gold["words"]


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("Any news?", "Any news about Meta?"),
        ("and any updates", "and any updates about Meta"),
        ("Is there any news?", "Is there any news about Meta?"),
        ("So what's the latest?", "So what's the latest about Meta?"),
    ],
)
def test_mere_news_is_news_of_what_was_spoken_of(question: str, read: str) -> None:
    """Who asks for "any news" leaves out of what; without any of that, everything new is asked."""
    before = "How much did Meta plan to spend on AI in 2025?"
    assert readings(question, [Turn(before, before, "")], history=2) == (read, question)


@pytest.mark.parametrize(
    ("before", "read"),
    [
        ("When does the library open?", "Any news about the library?"),
        ("What's the latest news on the tram?", "Any news about tram?"),
        ("How do Meta and Google compare?", "Any news about Meta and Google?"),
    ],
)
def test_what_was_spoken_of_may_have_no_name(before: str, read: str) -> None:
    """Or be several; after what is new to all, there is nothing to go on about."""
    assert readings("Any news?", [Turn(before, before, "")], history=2)[0] == read
    turn = Turn("What's new?", "What's new?", "")
    assert readings("Any news?", [turn], history=2) == ("Any news?",)


@pytest.mark.parametrize(
    "question",
    ["What's new?", "What did I miss?", "What are the latest articles?", "Any new articles?"],
)
def test_what_is_new_is_not_asked_of_what_was_spoken_of(question: str) -> None:
    """It is a whole question, of every article."""
    before = "How much did Meta plan to spend on AI in 2025?"
    assert readings(question, [Turn(before, before, "")], history=2) == (question,)


def test_what_happened_goes_on_about_what_was_spoken_of() -> None:
    """It asks for a fact."""
    before = "Did the swing bridge reopen?"
    assert readings("What happened?", [Turn(before, before, "")], history=2) != ("What happened?",)
