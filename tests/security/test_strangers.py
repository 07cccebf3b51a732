"""Who asks from elsewhere is shown what the index may quote, and nothing else of the folder."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from pullquote import Chatbot
from pullquote.app import build, create_server
from pullquote.mcp.serving import create_protocol
from tests.clients import talk
from tests.fakes import WordEmbedder, fill, in_a_loop

Ask = Callable[..., dict[str, Any] | None]

_SECRET = "The vault opens at noon."
_FRONT = {
    "draft.md": "draft: true",
    "later.md": "publishDate: 2999-01-01",
    "ended.md": "expiryDate: 2001-01-01",
    "turned.md": "title: Turned",  # to a draft, since it was indexed
}
_UNPUBLISHED = tuple(_FRONT)
_UNINDEXED = ("new.md", "private/plan.md", "sub/.hidden.md", "notes.txt")
_FILES = {
    "bees.md": "---\ntitle: Bees\n---\n\nBees shiver all winter.\n",
    "pullquote.toml": 'exclude = ["private/**"]\n',
    "private/plan.md": f"# Plan\n\n{_SECRET}\n",
    "sub/.hidden.md": f"# Hidden\n\n{_SECRET}\n",
    "notes.txt": f"{_SECRET}\n",
    **{name: f"---\n{line}\n---\n\n{_SECRET}\n" for name, line in _FRONT.items()},
}


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Chatbot:
    """Open a bot over a folder that holds more than its index may quote."""
    folder = tmp_path_factory.mktemp("strangers")
    corpus, index = fill(folder / "corpus", _FILES), folder / "embeddings"
    bot = Chatbot(corpus, embeddings=index, embedder=WordEmbedder(), reader=None)
    bot.refresh()
    (bot.corpus / "new.md").write_text(f"# New\n\n{_SECRET}\n")
    (bot.corpus / "turned.md").write_text(f"---\ndraft: true\n---\n\n{_SECRET}\n")
    return bot


@pytest.fixture(scope="module", params=["http", "mcp"])
def ask(bot: Chatbot, request: pytest.FixtureRequest) -> Iterator[Ask]:
    """Return a function that asks from elsewhere; it gives None for what is not there."""
    if request.param == "mcp":

        def by_mcp(name: str, **given: object) -> dict[str, Any] | None:
            called = talk(
                create_protocol(bot, remote=True), lambda client: client.call_tool(name, given)
            )
            made: dict[str, Any] | None = called.structured_content
            assert called.is_error == (made is None)
            return made

        yield by_mcp
        return
    app = in_a_loop(lambda: create_server(bot, page=build(bot, examples=[])))
    with TestClient(app) as client:

        def by_http(name: str, **given: Any) -> dict[str, Any] | None:  # noqa: ANN401
            if name == "verify":
                answer = given.pop("answer")
                reply = client.post("/api/v1/verify", json=answer, params=given)
            else:
                reply = client.get(f"/api/v1/{name}", params=given)
            assert reply.status_code in (200, 404)
            said: dict[str, Any] = reply.json()
            return said if reply.status_code == 200 else None

        yield by_http


def quote_of(bot: Chatbot, article: str, words: str = _SECRET) -> dict[str, Any]:
    """Return what an exported quote of an article would be."""
    text = (bot.corpus / article).read_text() if (bot.corpus / article).exists() else ""
    start = max(0, text.find(words))
    place = {"article": article, "start": start, "end": start + len(words)}
    return {**place, "source": words, "text": words}


def place_of(bot: Chatbot, article: str) -> dict[str, Any]:
    """Return the place of the secret in an article."""
    return {name: quote_of(bot, article)[name] for name in ("article", "start", "end")}


class TestShow:
    """The words at a place."""

    @pytest.mark.parametrize("article", (*_UNINDEXED, *_UNPUBLISHED))
    def test_what_may_not_be_quoted_is_not_there(
        self, ask: Ask, bot: Chatbot, article: str
    ) -> None:
        """Whether it is hidden, left out, not yet indexed or not published."""
        assert ask("show", **place_of(bot, article)) is None

    def test_what_is_unpublished_is_shown_on_request(self, ask: Ask, bot: Chatbot) -> None:
        """As it is quoted; what is not indexed is not."""
        for article in _UNPUBLISHED:
            shown = ask("show", **place_of(bot, article), unpublished=True)
            assert shown is not None and shown["text"] == _SECRET
        for article in _UNINDEXED:
            assert ask("show", **place_of(bot, article), unpublished=True) is None

    def test_who_is_here_sees_every_article(self, bot: Chatbot) -> None:
        """Python and the command line read the folder itself."""
        for article in ("new.md", "private/plan.md", *_UNPUBLISHED):
            assert bot.show(**place_of(bot, article)).text == _SECRET


class TestVerify:
    """What became of a quote, which may be one that somebody made up."""

    @pytest.mark.parametrize("article", (*_UNINDEXED, *_UNPUBLISHED, "none.md"))
    @pytest.mark.parametrize("words", [_SECRET, "The vault opens at ten."])
    def test_what_may_not_be_quoted_is_gone(
        self, ask: Ask, bot: Chatbot, article: str, words: str
    ) -> None:
        """As if it had never been: neither what it says nor that it is there is told."""
        quote = quote_of(bot, article, words)
        checked = ask("verify", answer={"quotes": [quote]})
        assert checked is not None
        (row,) = checked["quotes"]
        assert row["status"] == "gone"
        assert not {"moved_to", "now"} & {key for key, value in row.items() if value}

    def test_what_is_unpublished_is_checked_on_request(self, ask: Ask, bot: Chatbot) -> None:
        """And found where it stands now, if that may be quoted."""
        quotes = [quote_of(bot, article) for article in ("draft.md", "none.md", "new.md")]
        checked = ask("verify", answer={"quotes": quotes}, unpublished=True)
        assert checked is not None
        assert [row["status"] for row in checked["quotes"]] == ["exact", "moved", "moved"]
        moved = {row["moved_to"]["article"] for row in checked["quotes"][1:]}
        assert moved <= set(_UNPUBLISHED)

    def test_who_is_here_has_every_article_checked(self, bot: Chatbot) -> None:
        """Python and the command line read the folder itself."""
        quotes = [quote_of(bot, article) for article in ("draft.md", "new.md", "private/plan.md")]
        assert [state for _, state in bot.verify({"quotes": quotes})] == ["exact"] * 3


def test_folders_are_told_by_their_own_names(ask: Ask, bot: Chatbot) -> None:
    """Where they lie is nobody's business elsewhere; all else is what is told here."""
    names = {"corpus": "corpus", "embeddings": "embeddings"}
    assert ask("status") == {**bot.status(), **names}
    assert bot.status()["corpus"] == str(bot.corpus)
