"""Questions after an answer: from the quoted articles, other words, none asked before."""

from collections.abc import Callable

import pytest

from pullquote import Chatbot, Embedder
from pullquote.app.suggestions.suggesting import suggest
from tests.fakes import fill

HARBOUR = {
    "ferry.md": (
        "---\ntitle: The ferry changes hands\ndate: 2025-03-04\n---\n\n"
        "Ines Tarrant is the harbour master of Dunmouth. "
        "Marlow Lines bought the ferry *Petrel* in March 2025. "
        "Pontoon Seven is a landing stage for the boats of Dunmouth. "
        "Marlow Lines has 14 captains in Dunmouth.\n\n"
        "The harbour of Dunmouth was built because Lord Averil needed a port.\n"
    ),
}
QUESTION = "Who is the harbour master of Dunmouth?"


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory, bundled: Embedder) -> Chatbot:
    """Open the bundled model over one article; do not change its corpus."""
    folder = tmp_path_factory.mktemp("harbour")
    corpus = fill(folder / "corpus", HARBOUR)
    bot = Chatbot(corpus, embeddings=folder / "embeddings", embedder=bundled)
    bot.refresh()
    return bot


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no slow machine cut a search short."""
    monkeypatch.setattr("pullquote.app.suggestions.suggesting._SECONDS", 60)


def test_other_words_of_the_article_answer_them(harbour: Chatbot) -> None:
    """Each is answered by the quoted article with words that were not quoted."""
    answer = harbour.ask(QUESTION)
    quoted = answer.quotes[0].span
    suggested = suggest(harbour, answer.to_dict(), [])
    firsts = [harbour.ask(question).quotes[0].span for question in suggested]
    assert firsts and not any(span.meets(quoted) for span in firsts)


def test_what_was_asked_is_not_suggested(harbour: Chatbot) -> None:
    """A question that was asked, in any case and punctuation, does not come again."""
    answer = harbour.ask(QUESTION).to_dict()
    first, *_ = suggest(harbour, answer, [])
    assert first not in suggest(harbour, answer, [first.upper().replace("?", " ?!")])


def test_the_question_itself_is_not_suggested(harbour: Chatbot) -> None:
    """No rewording of the question is suggested."""
    answer = harbour.ask(QUESTION).to_dict()
    assert not [one for one in suggest(harbour, answer, []) if "master" in one]


def test_there_are_no_more_than_wanted(harbour: Chatbot) -> None:
    """There are at most so many."""
    answer = harbour.ask(QUESTION).to_dict()
    assert len(suggest(harbour, answer, [], most=1)) == 1


def test_they_are_the_same_each_time(harbour: Chatbot) -> None:
    """The same answer gives the same suggestions."""
    answer = harbour.ask(QUESTION).to_dict()
    assert suggest(harbour, answer, []) == suggest(harbour, answer, [])


def test_a_silence_suggests_what_can_be_asked(harbour: Chatbot) -> None:
    """After a silence, the nearest misses are asked about."""
    answer = harbour.ask("How old is the harbour master of Zanzibar?")
    assert answer.status == "abstained"
    assert suggest(harbour, answer.to_dict(), [])


def test_other_languages_give_nothing(make_bot: Callable[..., Chatbot]) -> None:
    """An article that is not in English is not asked about."""
    bot = make_bot({"a.md": "# Hafen\n\nDer Hafen von Kiel hat drei Kräne und einen Turm.\n"})
    assert suggest(bot, bot.ask("Hafen von Kiel Kräne").to_dict(), []) == ()


def test_an_index_that_went_gives_nothing(make_bot: Callable[..., Chatbot]) -> None:
    """Without an index there is nothing to suggest."""
    bot = make_bot({"a.md": "Words.\n"}, refresh=False)
    empty = {"question": "a", "standalone": "a", "quotes": [], "nearest": []}
    assert suggest(bot, empty, []) == ()
