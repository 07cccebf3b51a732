"""Questions to click in an empty chat: what titles and sentences give, and which are kept."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pullquote import Chatbot, Embedder
from pullquote.app.suggestions.candidates import reads_well
from pullquote.app.suggestions.examples import Examples
from pullquote.app.suggestions.titles import ask_of_title
from tests.fakes import fill

WHARF = {
    "ferry.md": (
        "---\ntitle: The ferry changes hands\ndate: 2025-03-04\n---\n\n"
        "Marlow Lines bought the Skerry ferry in March 2025. The crossing to Skerry stays daily. "
        "The mayor of Dunmouth, Ines Tarrant, said that Marlow Lines will keep the crew.\n"
    ),
    "mill.md": (
        "---\ntitle: What became of Oakham Mill?\ndate: 2025-02-01\n---\n\n"
        "Oakham Mill became a school for bakers after a fire. The roof of Oakham Mill is new.\n"
    ),
}


@pytest.fixture(scope="module")
def wharf(tmp_path_factory: pytest.TempPathFactory, bundled: Embedder) -> Chatbot:
    """Open the bundled model over two articles; do not change its corpus."""
    folder = tmp_path_factory.mktemp("wharf")
    corpus = fill(folder / "corpus", WHARF)
    bot = Chatbot(corpus, embeddings=folder / "embeddings", embedder=bundled)
    bot.refresh()
    return bot


def _shown(bot: Chatbot, seconds: float = 60) -> list[str]:
    return [str(one["text"]) for one in Examples(bot, None, seconds=seconds).messages()]


class TestTitles:
    """What a title alone gives."""

    @pytest.mark.parametrize(
        ("title", "question"),
        [
            ("What do bakers love about rye?", "What do bakers love about rye?"),
            ("How to prune an old apple tree", "How do you prune an old apple tree?"),
            ("An introduction to tidal power", "What is tidal power?"),
            ("An introduction to parish glossaries", "What are parish glossaries?"),
            ("Announcing Quill 2.1.0", "What is new in Quill 2.1.0?"),
            ("Introducing the Harbour Council", "What is the Harbour Council?"),
            ("Mending old nets with twine", "What is said about mending old nets with twine?"),
        ],
    )  # fmt: skip
    def test_a_title_that_asks_or_names_becomes_a_question(self, title: str, question: str) -> None:
        """A title that asks or names something becomes a question."""
        assert [asked for _, asked in ask_of_title(title, lambda word: None)] == [question]

    @pytest.mark.parametrize(
        "title",
        [
            "Marlow Lines Buys the Ferry",
            "Attack on the harbour wall",
            "<b>Bold</b> words of the town",
            "Notes: a week in town",
            "Conclusion",
            "",
        ],
    )
    def test_a_title_that_is_no_thing_gives_nothing(self, title: str) -> None:
        """A title that states, lacks its article or has markup gives no question."""
        assert list(ask_of_title(title, lambda word: None)) == []


class TestReadingWell:
    """What is fit for a first screen."""

    @pytest.mark.parametrize(
        "question",
        [
            "How many branches does Tarrant Stores have on the coast?",
            "When did the new Dunmouth ferry start?",
        ],
    )
    def test_plain_questions_pass(self, question: str) -> None:
        """A plain question that names what it is about reads well."""
        assert reads_well(question)

    @pytest.mark.parametrize(
        "question",
        [
            "What did the company announce in Dunmouth?",
            "When did it open in Dunmouth?",
            "Who is Marlow?",
            "What does the rule of Dunmouth need?",
            "When does Marlow Lines expect 12 ships?",
            "What did Marlow (a line) buy?",
            "Why does rye bread keep so long?",
        ],
    )
    def test_clumsy_ones_do_not(self, question: str) -> None:
        """Vague, short, leaning or marked up questions are refused."""
        assert not reads_well(question)


class TestExamples:
    """What an empty chat shows."""

    def test_each_is_answered_from_another_article(self, wharf: Chatbot) -> None:
        """Each is answered, surely, and first from an article of its own."""
        shown = _shown(wharf)
        firsts = [wharf.ask(question).quotes[0].article.path for question in shown]
        assert sorted(firsts) == ["ferry.md", "mill.md"]

    def test_a_title_that_asks_is_shown(self, wharf: Chatbot) -> None:
        """A title that is a question is one of them as it stands."""
        assert "What became of Oakham Mill?" in _shown(wharf)

    def test_they_are_the_same_each_time(self, wharf: Chatbot) -> None:
        """The same index gives the same examples."""
        assert _shown(wharf) == _shown(wharf)

    def test_given_ones_are_shown_as_they_are(self, wharf: Chatbot) -> None:
        """Given questions are neither checked nor replaced."""
        assert Examples(wharf, ["Who?"]).messages() == [{"text": "Who?"}]

    def test_they_are_asked_once_in_a_generation(
        self, wharf: Chatbot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A second page asks nothing."""
        examples = Examples(wharf, None, seconds=60)
        first = examples.messages()
        monkeypatch.setattr(wharf, "ask", lambda question: pytest.fail("was asked again"))
        assert examples.messages() == first

    def test_what_time_did_not_allow_is_found_later(self, wharf: Chatbot) -> None:
        """Without time nothing is shown; the next page goes on."""
        examples = Examples(wharf, None, seconds=0)
        assert examples.messages() == []
        examples._seconds = 60
        assert examples.messages() != []

    def test_they_follow_the_index(self, make_bot: Callable[..., Chatbot], tmp_path: Path) -> None:
        """A new generation has new examples, made of its articles."""
        bot = make_bot({"a.md": "# Oakham Mill\n\nOakham Mill burnt down in the spring.\n"})
        examples = Examples(bot, None, seconds=60)
        examples.messages()
        before = examples._generation
        (tmp_path / "corpus" / "b.md").write_text("# Skerry\n\nThe ferry to Skerry is red.\n")
        bot.refresh()
        examples.messages()
        assert examples._generation != before

    def test_without_an_index_there_are_none(self, make_bot: Callable[..., Chatbot]) -> None:
        """Without an index there are none."""
        assert _shown(make_bot({"a.md": "Words.\n"}, refresh=False)) == []

    def test_an_empty_corpus_has_none(self, make_bot: Callable[..., Chatbot]) -> None:
        """An empty corpus has none."""
        assert _shown(make_bot({})) == []
