"""The nouns as values: copied, sent to other processes, kept, and laid out as tables."""

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

import pullquote
from pullquote import (
    Article,
    Chatbot,
    Checked,
    Embedded,
    Filter,
    Problem,
    Reading,
    RefreshReport,
    Settings,
    Span,
    Turn,
)
from pullquote.filters import PlainFilter
from pullquote.types import Passage, Quote
from tests.conftest import SMALL

Make = Callable[..., Chatbot]
Keep = Callable[[Any], Any]


def _pickled(protocol: int) -> Keep:
    return lambda value: pickle.loads(pickle.dumps(value, protocol))


KEEPERS: dict[str, Keep] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{f"pickle {n}": _pickled(n) for n in range(2, pickle.HIGHEST_PROTOCOL + 1)},
}


@pytest.fixture
def nouns(make_bot: Make) -> dict[str, Any]:
    """Return one of each public noun, with as much in it as there can be."""
    table = "\n| town | cost |\n|---|---|\n| Leith | 3 million pounds |\n"
    bot = make_bot(
        {**SMALL, "costs.md": f"---\ntitle: Costs\ndate: 2025-01-02\n---\n{table}"},
        settings=Settings(threshold=0.01),
    )
    answer = bot.ask("What do bees form? tag:sport", plain=False)
    (hit, *_) = bot.search("bees form a cluster")
    quote = bot.show("amazon.md", 80, 120)
    older = dataclasses.replace(quote, superseded_by=quote, also=(quote.article,), focus=Span(1, 2))
    filters = (PlainFilter.of_dict({"words": "tag:sport", "tags": ["sport"]}),)
    (checked, *_) = bot.verify({"quotes": [quote.to_dict()]})
    return {
        "Answer": dataclasses.replace(answer, quotes=(older,), filters=filters),
        "Article": quote.article,
        "Checked": checked,
        "Filter": Filter.of(tags={"a", "b"}, since="2025-01-01"),
        "Hit": hit,
        "Passage": hit.passage,
        "Problem": Problem("a.md", "is empty"),
        "Quote": older,
        "Reading": Reading(1.0, (2.0,), (3.0,), (Span(1, 2), )),
        "RefreshReport": RefreshReport(added=1, skipped=(Problem("a.md", "is empty"),)),
        "Settings": Settings(threshold=0.2),
        "Span": Span(3, 7),
        "Turn": Turn("a", "b", "c", filters),
    }  # fmt: skip


def test_every_public_noun_is_here(nouns: dict[str, Any]) -> None:
    """So that none is forgotten."""
    public = {name: getattr(pullquote, name) for name in pullquote.__all__}
    values = {
        name
        for name, value in public.items()
        if inspect.isclass(value) and (dataclasses.is_dataclass(value) or hasattr(value, "_fields"))
    }
    assert values == set(nouns) | {"Embedded"}


@pytest.mark.parametrize("keep", KEEPERS.values(), ids=KEEPERS)
def test_what_comes_back_is_what_went(nouns: dict[str, Any], keep: Keep) -> None:
    """Equal, of one kind, with all its parts, and as frozen as before."""
    for name, noun in nouns.items():
        kept = keep(noun)
        assert kept == noun and type(kept) is type(noun), name
        if hasattr(noun, "to_dict"):
            assert kept.to_dict() == noun.to_dict(), name
        if dataclasses.is_dataclass(kept):
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(kept, dataclasses.fields(kept)[0].name, None)


@pytest.mark.parametrize("keep", KEEPERS.values(), ids=KEEPERS)
def test_a_text_comes_along(nouns: dict[str, Any], keep: Keep) -> None:
    """Though it is not compared, without it no word could be read."""
    quote: Quote = keep(nouns["Quote"])
    article: Article = keep(nouns["Article"])
    passage: Passage = keep(nouns["Passage"])
    assert article.text == SMALL["amazon.md"] and article.date == date(2025, 2, 6)
    assert quote.text == nouns["Quote"].text and quote.location == nouns["Quote"].location
    assert passage.text == nouns["Passage"].text
    checked: Checked = keep(nouns["Checked"])
    assert checked.place is not None
    assert checked.place.text == nouns["Checked"].place.text


def test_vectors_come_back_bit_for_bit() -> None:
    """Arrays have no one equality, so they are held by their bytes."""
    embedded = Embedded(np.ones((2, 3), np.float32), (np.zeros((1, 3), np.float32),) * 2)
    for keep in KEEPERS.values():
        kept: Embedded = keep(embedded)
        assert type(kept) is Embedded
        assert np.array_equal(kept.passages, embedded.passages)
        assert np.array_equal(kept.sentences[1], embedded.sentences[1])


def test_errors_keep_their_line() -> None:
    """From another process as well."""
    for value in (getattr(pullquote, name) for name in pullquote.__all__):
        if inspect.isclass(value) and issubclass(value, pullquote.PullquoteError):
            kept = pickle.loads(pickle.dumps(value("here: is wrong; do that")))
            assert type(kept) is value and str(kept) == "here: is wrong; do that"


class TestTables:
    """Answers in pandas."""

    def test_answers_are_rows(self, make_bot: Make) -> None:
        """One each, silent ones too, by the keys of their JSON."""
        bot = make_bot(SMALL)
        answers = [bot.ask(question) for question in ("What do bees form?", "Who?", "Why fog?")]
        table = pd.DataFrame([answer.to_dict() for answer in answers])
        assert list(table["question"]) == [answer.question for answer in answers]
        assert set(table["status"]) <= {"answered", "abstained"}
        assert table["confidence"].dtype == np.float64
        assert list(table.columns) == list(answers[0].to_dict())

    def test_quotes_are_rows_of_their_answers(self, nouns: dict[str, Any]) -> None:
        """With the question beside each, and days that pandas reads."""
        answer = nouns["Answer"].to_dict()
        table = pd.json_normalize(answer, "quotes", meta=["question", "status", "confidence"])
        (row,) = table.to_dict("records")
        (quote,) = answer["quotes"]
        assert {name: row[name] for name in ("article", "start", "text", "question")} == {
            "article": quote["article"],
            "start": quote["start"],
            "text": quote["text"],
            "question": answer["question"],
        }
        assert table["start"].dtype == np.int64
        assert pd.to_datetime(table["date"])[0] == pd.Timestamp("2025-02-06")
        assert row["superseded_by.title"] == "Amazon plans its spending"

    def test_silence_is_no_row(self, make_bot: Make) -> None:
        """And no error; what came closest is rows as well."""
        answer = make_bot(SMALL).ask("Who wrote the opera?").to_dict()
        assert answer["status"] == "abstained"
        assert pd.json_normalize(answer, "quotes").empty
        near = pd.json_normalize(answer, "nearest")
        assert list(near["article"]) == [quote["article"] for quote in answer["nearest"]]

    def test_hits_are_rows(self, make_bot: Make) -> None:
        """Best first; a ranker that did not find one leaves a gap."""
        hits = make_bot(SMALL).search("bees form a cluster")
        table = pd.DataFrame([hit.to_dict() for hit in hits])
        assert list(table["score"]) == sorted(table["score"], reverse=True)
        assert table["article"][0] == "bees.md"
