"""Filters and times in plain words: what is read, what is not, and what is left to ask."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.filters import misread, read_rows
from pullquote.filters import Filter
from pullquote.questions.plainwords import Dated, Known, may_name, read, wants_latest
from pullquote.questions.plainwords.days import read_period

_TODAY = date(2025, 3, 12)  # a Wednesday
_KNOWN, _ROWS = read_rows()


def test_most_of_the_phrasings_are_read_right() -> None:
    """At least 95 of 100 of each half, and of those in which no filter may be read."""
    for name in ("seen", "held"):
        for traps in (False, True):
            rows = [r for r in _ROWS if r["set"] == name and (not r["filter"]) == traps]
            right = [
                not misread(row, read(row["question"], date.fromisoformat(row["today"]), _KNOWN))
                for row in rows
            ]
            assert sum(right) / len(right) >= 0.95


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("March", "2025-03-01", "2025-03-31"),
        ("April", "2024-04-01", "2024-04-30"),
        ("Feb. 2024", "2024-02-01", "2024-02-29"),
        ("5 March 2025", "2025-03-05", "2025-03-05"),
        ("March 5th, 2025", "2025-03-05", "2025-03-05"),
        ("13 March", "2024-03-13", "2024-03-13"),
        ("29 February", "2024-02-29", "2024-02-29"),
        ("2025-03-05", "2025-03-05", "2025-03-05"),
        ("2025-03", "2025-03-01", "2025-03-31"),
        ("Q1", "2025-01-01", "2025-03-31"),
        ("Q4", "2024-10-01", "2024-12-31"),
        ("the third quarter of last year", "2024-07-01", "2024-09-30"),
        ("H2 2024", "2024-07-01", "2024-12-31"),
        ("summer 2024", "2024-06-01", "2024-08-31"),
        ("last week", "2025-03-03", "2025-03-09"),
        ("last month", "2025-02-01", "2025-02-28"),
        ("last quarter", "2024-10-01", "2024-12-31"),
        ("last year", "2024-01-01", "2024-12-31"),
        ("this month", "2025-03-01", None),
        ("the past week", "2025-03-05", None),
        ("the last three months", "2024-12-12", None),
        ("yesterday", "2025-03-11", "2025-03-11"),
        ("Wednesday", "2025-03-12", "2025-03-12"),
        ("last Wednesday", "2025-03-05", "2025-03-05"),
        ("the beginning of March", "2025-03-01", "2025-03-01"),
        ("the start of this quarter", "2025-01-01", None),
    ],
)
def test_a_period_is_the_latest_that_has_begun(words: str, first: str, last: str | None) -> None:
    """Its first and last day; a period that is going on has no last one."""
    period = read_period(words, _TODAY)
    assert period is not None
    assert period.first.isoformat() == first
    assert (period.last.isoformat() if period.last else None) == last


@pytest.mark.parametrize("words", ["31 February 2024", "2025-13-01", "2025-02-30", "May I", "now"])
def test_what_is_no_day_is_no_period(words: str) -> None:
    """Neither a day that no calendar has nor words that only look like one."""
    assert read_period(words, _TODAY) is None


def test_the_last_of_a_month_that_is_shorter_is_its_last_day() -> None:
    """One month before 31 March is 28 February."""
    period = read_period("the past month", date(2025, 3, 31))
    assert period is not None
    assert period.first == date(2025, 2, 28)


def test_words_of_publishing_make_a_filter_and_leave_the_question() -> None:
    """It is not soft, and nothing of it is asked for."""
    plain = read("What do articles from March say about the tram?", _TODAY)
    (found,) = plain.filters
    assert (found.words, found.soft) == ("from March", False)
    assert found.label == "2025-03-01 to 2025-03-31"
    assert plain.narrow == plain.wide == "What do articles say about the tram?"


@pytest.mark.parametrize(
    ("question", "label", "rest"),
    [
        ("In last week's posts, who won?", "2025-03-03 to 2025-03-09", "In posts, who won?"),
        (
            "Show posts about the new tram from May",
            "2024-05-01 to 2024-05-31",
            "Show posts about the new tram",
        ),
        ("What did you write in 2024?", "2024-01-01 to 2024-12-31", "What did you write?"),
    ],
)
def test_the_words_of_publishing_may_stand_elsewhere(question: str, label: str, rest: str) -> None:
    """Behind the time, before a topic, or in the verb."""
    plain = read(question, _TODAY)
    assert [(found.label, found.soft) for found in plain.filters] == [(label, False)]
    assert plain.narrow == rest


@pytest.mark.parametrize(
    "question",
    [
        "Who won at the end of last year?",
        "What was reported in the week of 3 March?",
        "What was agreed a month ago last Friday?",
        "Which train leaves after Sunday?",
        "Who sent the posts about the war in 1944?",
    ],
)
def test_a_time_that_is_part_of_another_is_not_read(question: str) -> None:
    """It is told from elsewhere than today, or dates what is spoken of."""
    assert read(question, _TODAY).filters == ()


def test_a_bare_time_bounds_softly_and_stays_for_when_it_gives_way() -> None:
    """Its words are left out only where its filter holds."""
    plain = read("What has changed at the harbour since March?", _TODAY)
    (found,) = plain.filters
    assert (found.label, found.soft) == ("since 2025-03-01", True)
    assert plain.narrow == "What has changed at the harbour?"
    assert plain.wide == "What has changed at the harbour since March?"


def test_a_year_that_is_named_goes_on_being_asked_for() -> None:
    """The fact may be told with it."""
    plain = read("Who has moved here since 2020?", _TODAY)
    assert plain.filters[0].wanted == Filter(since=date(2020, 1, 1))
    assert plain.narrow == "Who has moved here since 2020?"


@pytest.mark.parametrize(
    "question",
    [
        "How much will Amazon spend in 2025?",
        "What happened in March 2020?",
        "What was the income in Q4 2024?",
        "Who spoke before the senate?",
        "What changed under German law?",
        "What was the outcome of last week's vote?",
        "What has changed since May resigned?",
        "What will change this summer?",
    ],
)
def test_the_time_of_a_fact_is_no_filter(question: str) -> None:
    """Nor are names, laws and plans; the question stays as it is."""
    plain = read(question, _TODAY, _KNOWN)
    assert (plain.filters, plain.narrow, plain.wide) == ((), question, question)


def test_what_is_to_be_ignored_is_not_read() -> None:
    """A hard one's words are still no part of the question; a soft one's are."""
    question = "tag:energy What has changed since March?"
    plain = read(question, _TODAY, _KNOWN, ignore=["TAG:energy "])
    assert [found.words for found in plain.filters] == ["since March"]
    assert plain.narrow == "What has changed?"
    plain = read(question, _TODAY, _KNOWN, ignore=["since  march"])
    assert [found.words for found in plain.filters] == ["tag:energy"]
    assert plain.narrow == "What has changed since March?"


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("and since March?", "since 2025-03-01"),
        ("only tag:energy", "tag energy"),
        ("and last week?", "2025-03-03 to 2025-03-09"),
        ("only in German", "language de"),
        ("just articles from 2024, please", "2024-01-01 to 2024-12-31"),
        ("What about before March?", "until 2025-02-28"),
    ],
)
def test_a_turn_may_be_nothing_but_a_filter(question: str, label: str) -> None:
    """Then it is meant, so it is never soft."""
    plain = read(question, _TODAY, _KNOWN)
    assert plain.only_filters
    assert [(found.label, found.soft) for found in plain.filters] == [(label, False)]


@pytest.mark.parametrize("question", ["and in 2024?", "and in March 2024?", "and Google?", "today"])
def test_a_turn_that_names_another_fact_is_no_filter(question: str) -> None:
    """Follow-ups put it in the place of the one asked about before."""
    plain = read(question, _TODAY, _KNOWN)
    assert not plain.only_filters
    assert plain.filters == ()


def test_a_label_is_read_only_if_an_article_has_it_or_it_is_spelled_out() -> None:
    """A section that no article is in is part of the question; "tag:" always means a tag."""
    assert read("Who pays in the opening section?", _TODAY, _KNOWN).filters == ()
    (found,) = read("Who pays in the markets section?", _TODAY, _KNOWN).filters
    assert found.wanted == Filter(categories=frozenset({"markets"}))
    (found,) = read("Who pays? tag:unheard", _TODAY, _KNOWN).filters
    assert found.wanted == Filter(tags=frozenset({"unheard"}))
    assert read("Is the price tag: forty euros?", _TODAY, _KNOWN).filters == ()


def test_a_language_is_read_only_if_an_article_is_in_it() -> None:
    """As the articles name it, dialects included."""
    question = "What does the tram cost, in Portuguese?"
    assert read(question, _TODAY, Known(languages=frozenset({"en"}))).filters == ()
    (found,) = read(question, _TODAY, Known(languages=frozenset({"pt-br"}))).filters
    assert found.wanted.lang == {"pt-br"}


def test_the_day_of_an_article_is_that_of_the_best_title() -> None:
    """The shortest that holds all the words; of equal ones the newest; undated ones have none."""
    titles = (
        Dated("A merger that came to nothing in the end", date(2024, 1, 1)),
        Dated("The merger is off", date(2024, 5, 1)),
        Dated("The merger is on", date(2024, 3, 1)),
        Dated("Merger", None),
    )
    (found,) = read(
        "Who led Borel before the merger article?", _TODAY, Known(titles=titles)
    ).filters
    assert found.wanted == Filter(until=date(2024, 4, 30))
    assert found.label == "until 2024-04-30 (“The merger is off”)"


@pytest.mark.parametrize(
    ("question", "wants"),
    [
        ("Who is the current mayor?", True),
        ("What is the latest on the tram?", True),
        ("Is it still open?", True),
        ("Who owns USA Today?", False),
        ("When is the latest it may open?", False),
        ("What is an eddy current?", False),
        ("Who painted the still life?", False),
        ("Who knows?", False),
    ],
)
def test_the_newest_is_wanted_where_the_words_say_so(question: str, wants: bool) -> None:
    """Not in names, at deadlines or in physics."""
    assert wants_latest(question) is wants


def test_what_the_corpus_holds_matters_only_where_it_may() -> None:
    """The quick look before the grammar misses nothing that the grammar would read."""
    for row in _ROWS:
        if not may_name(row["question"]):
            assert read(row["question"], _TODAY, _KNOWN) == read(row["question"], _TODAY)


_WORD = st.sampled_from(
    "since before until between and from to in the last past week month May March 5 2024 Q4 tag:"
    " tag:ai #ai articles tagged ai, or section German auf Deutsch ? “ ” article on 's".split()
)


@given(st.lists(_WORD, min_size=1, max_size=12).map(" ".join))
def test_whatever_is_typed_something_is_left_to_ask(question: str) -> None:
    """Nothing raises, and words that are read are words of the question."""
    plain = read(question, _TODAY, _KNOWN)
    assert plain.narrow
    assert plain.wide
    for found in plain.filters:
        assert found.words.replace(" ", "") in question.replace(" ", "")
