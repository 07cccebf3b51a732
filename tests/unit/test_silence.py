"""Why nothing is quoted: reasons that are true and name what matters."""

import pytest

from pullquote import Quote, Span
from pullquote.answers.silence import Silence, explain
from pullquote.articles.files import read_article
from pullquote.evidence.weighing import Weighed
from pullquote.language.terms import read_terms
from pullquote.types import Passage

TEXT = (
    "---\ntitle: Acme pays\ndate: 2025-03-01\n---\n\n"
    "Acme raised its dividend. Its finance chief, Ada B. Lowe, told so. Lowe gave a speech.\n"
)
SENTENCES = (
    "Acme raised its dividend.",
    "Its finance chief, Ada B. Lowe, told so.",
    "Lowe gave a speech.",
)


def silence(question: str, *shown: int) -> Silence:
    """Return the silence over the article, of which some sentences are shown as near misses."""
    article, _ = read_article("acme.md", TEXT.encode())
    spans = tuple(Span(TEXT.index(s), TEXT.index(s) + len(s)) for s in SENTENCES)
    passage = Passage(1, article, Span(spans[0].start, spans[-1].end), (), spans)
    weighed = tuple(
        Weighed(passage, span, frozenset(read_terms(words)), {}, 0.0, 0.0)
        for span, words in zip(spans, SENTENCES, strict=True)
    )
    return explain(question, weighed, tuple(Quote(article, spans[i], 0.1) for i in shown or (0,)))


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("What is Acme's dividend in 2031?", "Nothing that comes close mentions “2031”."),
        ("What is Bolt's dividend?", "Nothing that comes close mentions “Bolt”."),
        ("What is Bolt's tram in 2031?", "Nothing that comes close mentions “Bolt” or “2031”."),
        ("How does Acme make trams?", "Nothing that comes close mentions “trams”."),
        ("What are Acme's tram fares?", "Nothing that comes close mentions “tram fares”."),
        (
            "Did Max Planck raise the dividend?",
            "Nothing that comes close mentions “Max Planck”.",
        ),
        (
            "What happened to Acme's dividend in 2025?",
            "All its words occur, but no sentence was found that answers it.",
        ),
    ],
)
def test_the_reason_names_what_is_missing(question: str, reason: str) -> None:
    """Names and years before words, in the user's own spelling, light verbs never."""
    assert silence(question).reason == reason


@pytest.mark.parametrize(
    ("question", "shown", "miss"),
    [
        (
            "What is Acme's dividend in 2031?",
            0,
            "Mentions “Acme” and “dividend”, but not “2031”.",
        ),
        ("When is the CFO's speech?", 1, "Mentions “CFO”, but not “speech”."),
        ("Did Ada Lowe sing?", 2, "Mentions “Ada Lowe”, but not “sing”."),
        ("How old are trams?", 0, "Does not mention “trams”."),
        ("Who raised Acme's dividend?", 0, "Mentions all of it, but does not seem to answer."),
    ],
)
def test_a_near_miss_is_told_what_it_lacks(question: str, shown: int, miss: str) -> None:
    """Its title counts, the sentence before it, and the date of its article."""
    assert silence(question, shown).misses == (miss,)


def test_what_was_looked_for_is_told_in_phrases() -> None:
    """Words side by side are one phrase; little and light words are left out."""
    told = silence("When did Acme get an annual dividend payout for 2031?")
    assert told.looked_for == ("Acme", "annual dividend payout", "2031")
    assert told.notes[1] == "Looked for “Acme”, “annual dividend payout” and “2031”."


def test_words_that_occur_apart_are_told_apart() -> None:
    """Each passage has one of them, none has both."""
    article, _ = read_article("acme.md", TEXT.encode())
    places = [Span(TEXT.index(s), TEXT.index(s) + len(s)) for s in (SENTENCES[0], SENTENCES[2])]
    weighed = tuple(
        Weighed(
            Passage(number, article, span, (), (span,)),
            span,
            frozenset(read_terms(span.of(TEXT))),
            {},
            0.0,
            0.0,
        )
        for number, span in enumerate(places)
    )
    told = explain("Why a speech on the dividend?", weighed, (Quote(article, places[0], 0.1),))
    assert told.reason == "All its words occur, but no passage has them together."


def test_nothing_near_has_no_reason() -> None:
    """An empty index says only what was looked for."""
    assert explain("Who is Bolt?", (), ()) == Silence(("Bolt",), "", ())
    assert explain("Who is Bolt?", (), ()).notes == ()


def test_a_question_without_a_telling_word_is_told_so() -> None:
    """There is nothing to look for, so nothing is missing."""
    told = silence("…?")
    assert (told.looked_for, told.misses) == ((), ())
    assert told.notes == ("The question has no telling word: name who or what it is about.",)


def test_what_the_reason_names_is_not_named_again() -> None:
    """Nothing else was looked for."""
    assert silence("Tell us of Bolt").notes == ("Nothing that comes close mentions “Bolt”.",)


def test_only_what_is_shown_is_mentioned() -> None:
    """The sentence before counts for one that leans on it, and for no other."""
    assert silence("Is Acme's dividend a speech?", 1).misses == (
        "Mentions “Acme” and “dividend”, but not “speech”.",
    )
    assert silence("Did the finance chief gain?", 2).misses == (
        "Does not mention “finance chief gain”.",
    )


PRICES = "Meta plans to spend $60 to $65 billion on AI. Meta will spend 20 percent more on it."


@pytest.mark.parametrize(
    ("question", "miss", "reason"),
    [
        (
            "Did Meta plan to spend $10 billion on AI?",
            "Mentions “Meta”, “plan”, “spend” and “AI”, but gives another figure than"
            " “$10 billion”.",
            "The closest gives another figure than “$10 billion”.",
        ),
        (
            "Did Meta plan to spend 10 billion dollars on AI?",
            "Mentions “Meta”, “plan”, “spend” and “AI”, but gives another figure than"
            " “10 billion dollars”.",
            "The closest gives another figure than “10 billion dollars”.",
        ),
    ],
)
def test_another_figure_is_told_where_all_else_matches(
    question: str, miss: str, reason: str
) -> None:
    """It is called no contradiction: both figures may be right."""
    found = _figures(question)
    assert (found.misses[0], found.reason) == (miss, reason)


@pytest.mark.parametrize(
    "question",
    [
        "Did Google plan to spend $10 billion on AI?",  # of somebody else
        "Did Meta plan to spend $10 billion on chips?",  # on something else
        "Did Meta plan to hire 10 people for AI?",  # another kind of figure
        "Did Meta plan to spend on AI in 2031?",  # a year is no amount
        "Did Meta plan to spend on AI on 10 May?",
        "Did Meta plan to spend $65 billion on AI?",  # the same
        "How did Meta plan to spend $10 billion on AI?",  # takes the figure for granted
    ],
)
def test_no_other_figure_is_told_where_more_differs(question: str) -> None:
    """Another name, topic or kind of figure is more than a number."""
    found = _figures(question)
    assert not [said for said in (*found.misses, found.reason) if "another figure" in said]


def _figures(question: str) -> Silence:
    text = f"---\ntitle: A plan\ndate: 2025-03-01\n---\n\n{PRICES}\n"
    article, _ = read_article("plan.md", text.encode())
    cut = PRICES.index(". ") + 1
    start = text.index(PRICES)
    spans = (Span(start, start + cut), Span(start + cut + 1, start + len(PRICES)))
    passage = Passage(1, article, Span(start, start + len(PRICES)), (), spans)
    weighed = tuple(
        Weighed(passage, span, frozenset(read_terms(article.show(span))), {}, 0.0, 0.0)
        for span in spans
    )
    return explain(question, weighed, (Quote(article, spans[0], 0.1),))
