"""Misspelt words of a question are read as what the articles write."""

import re

import pytest

from pullquote.language.terms import read_terms
from pullquote.questions.spelling import respell

ARTICLES = """The laptop tops the ratings. Her successor came to the house on a Tuesday and sold
Nvidia shares. Zürich trams stop in Harbourtown, where Johnson was born. Stalls sold capes."""


def read(question: str) -> str:
    """Respell a question that is asked of ARTICLES."""
    words = re.findall(r"\w+", ARTICLES.casefold())
    terms = [read_terms(word)[0] for word in words]
    return respell(
        question,
        languages=lambda: ("en-GB", "de", "tlh"),
        frequency=terms.count,
        written=lambda term: frozenset(w for w, t in zip(words, terms, strict=True) if t == term),
    )


@pytest.mark.parametrize(
    ("question", "respelt"),
    [
        ("How is the leptop?", "How is the laptop?"),
        ("What are the raitings?", "What are the ratings?"),
        ("Who is her succesor", "Who is her successor"),
        ("Who is her sucessor", "Who is her successor"),
        ("Did Nvidai's price rise?", "Did Nvidia's price rise?"),
        ("Where do trams sotp in trasm?", "Where do trams sotp in trams?"),
        ("Who owns Nvdia and stals?", "Who owns Nvidia and stalls?"),
        ("LEPTOP PRICE", "LAPTOP PRICE"),
        ("Where in Harborutown?", "Where in Harbourtown?"),
    ],
)
def test_reads_a_misspelt_word_as_the_nearest_that_articles_write(
    question: str, respelt: str
) -> None:
    """What is in the articles decides, not what is common elsewhere."""
    assert read(question) == respelt


@pytest.mark.parametrize(
    "question",
    [
        "What did the horse cost?",  # a word, though not theirs
        "Who is Mr Johnston of Zürich?",  # people bear it
        "Wann kommt Tante Gerda?",
        "Was sagt das Haus?",
        "What of “leptop” and 'raitings'?",  # in quotation marks: meant as it is
        'What is a "leptop"?',
        "Why couldn't the trams stop, and weren’t they full?",
        "Is the tran late?",  # too short to tell
        "What is its capex?",  # jargon that no dictionary has: no cape
        "Was it 20255 or Q44444?",
        "Nothing like xylophones here",
        "When is the laptop sold?",
        "東京のストーリーは？",
    ],
)
def test_leaves_other_words_alone(question: str) -> None:
    """A wrong correction is worse than none."""
    assert read(question) == question
