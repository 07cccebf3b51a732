"""The HTTP interface: the same JSON as elsewhere, refreshing, problems."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel

from pullquote import Chatbot, Settings
from pullquote.app import build, create_server
from pullquote.cli import main
from pullquote.mcp import replies
from tests.conftest import SMALL
from tests.fakes import WordEmbedder, fill, in_a_loop
from tests.unit.test_streaming import events_of

_ASKED = "How much does Amazon expect to spend in 2025?"
_EVENTS = {"accept": "text/event-stream"}
Said = Callable[..., Any]


@pytest.fixture(scope="module")
def client(real_bot: Chatbot) -> Iterator[TestClient]:
    """Open a client of a server over three articles."""
    app = in_a_loop(lambda: create_server(real_bot, page=build(real_bot, examples=[])))
    with TestClient(app) as client:
        yield client


@pytest.fixture
def said(
    real_bot: Chatbot, models_once: None, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Said:  # fmt: skip
    """Return a function that gives the JSON of a command over the same articles."""
    monkeypatch.setenv("PULLQUOTE_CORPUS", str(real_bot.corpus))
    monkeypatch.setenv("PULLQUOTE_EMBEDDINGS", str(real_bot.embeddings))

    def say(*words: str) -> object:
        with pytest.raises(SystemExit):
            main(*words, "--json")
        return json.loads(capsys.readouterr().out)

    return say


class TestSameJson:
    """Python, the command line and HTTP say the same, key for key."""

    @pytest.mark.parametrize(
        ("question", "options", "words"),
        [
            (_ASKED, {}, ()),
            (_ASKED, {"tags": ["sport"]}, ("--tag", "sport")),
            ("tag:sport Who won?", {"plain": False}, ("--no-plain",)),
            ("Who won? tag:sport", {"since": "2024", "until": "2024-12", "unpublished": True},
             ("--since", "2024", "--until", "2024-12", "--unpublished")),
            ("Where is Ulan Bator?", {}, ()),
        ],
    )  # fmt: skip
    def test_of_an_answer(
        self, client: TestClient, real_bot: Chatbot, said: Said, question: str,
        options: dict[str, Any], words: tuple[str, ...],
    ) -> None:  # fmt: skip
        """Answered or not, and as the last event of a stream."""
        in_python = real_bot.ask(question, **options).to_dict()
        body = {"question": question, **options}
        assert client.post("/api/v1/ask", json=body).json() == in_python
        assert said("ask", question, *words) == in_python
        streamed = client.post("/api/v1/ask", json=body, headers=_EVENTS)
        assert events_of(streamed.text)[-1] == ("answer", in_python)
        assert is_all_of(replies.AnswerReply, in_python)

    def test_of_hits(self, client: TestClient, real_bot: Chatbot, said: Said) -> None:
        """With filters, of which some may be repeated."""
        query: dict[str, Any] = {
            "query": "spending",
            "k": 2,
            "tags": ["ai", "sport"],
            "since": "2024-01-01",
        }
        hits = client.get("/api/v1/search", params=query).json()
        in_python = real_bot.search("spending", 2, tags=["ai", "sport"], since="2024-01-01")
        assert hits == [hit.to_dict() for hit in in_python]
        words = ("-k", "2", "--tag", "ai", "--tag", "sport", "--since", "2024-01-01")
        assert hits == said("search", "spending", *words)
        assert len(hits) == 2
        assert is_all_of(replies.HitReply, hits[0])

    def test_of_a_place(self, client: TestClient, real_bot: Chatbot, said: Said) -> None:
        """The quote that stands there."""
        (quote, *_) = real_bot.ask(_ASKED).quotes
        place: dict[str, Any] = {
            "article": quote.article.path,
            "start": quote.span.start,
            "end": quote.span.end,
        }
        shown = client.get("/api/v1/show", params=place).json()
        assert shown == real_bot.show(**place).to_dict() == said("show", quote.location)
        assert is_all_of(replies.QuoteReply, shown)

    def test_of_checked_quotes(
        self, client: TestClient, real_bot: Chatbot, said: Said, tmp_path: Path
    ) -> None:
        """Of an answer, of a list, and of annotations; exact, changed or gone."""
        answer = real_bot.ask(_ASKED)
        exported = answer.to_dict()
        gone = {**exported["quotes"][0], "article": "gone.md", "text": "No.", "source": "No."}
        other = {**exported["quotes"][0], "text": "Profits.", "source": "Profits."}
        several = [exported, {"quotes": [gone, other]}]
        for value in (exported, several, answer.to_annotations()):
            checked = client.post("/api/v1/verify", json=value).json()
            file = tmp_path / "exported.json"
            file.write_text(json.dumps(value))
            assert checked == said("verify", str(file))
            assert is_all_of(replies.ChecksReply, checked)
        counts = client.post("/api/v1/verify", json=several).json()
        assert (counts["exact"], counts["gone"], counts["changed"]) == (1, 1, 1)

    def test_of_the_state(self, client: TestClient, real_bot: Chatbot, said: Said) -> None:
        """Of index and folder; a program elsewhere learns the mere names of folders."""
        state = client.get("/api/v1/status").json()
        assert real_bot.status() == said("status")
        names = {"corpus": real_bot.corpus.name, "embeddings": real_bot.embeddings.name}
        assert state == real_bot.status() | names
        assert is_all_of(replies.StatusReply, state)

    def test_of_a_refresh(self, client: TestClient, said: Said) -> None:
        """Rehearsed, for the articles are shared."""
        report = client.post("/api/v1/refresh", json={"dry_run": True}).json()
        other = said("refresh", "--dry-run")
        assert {**report, "seconds": 0} == {**other, "seconds": 0}
        assert report["unchanged"] == 3
        assert is_all_of(replies.ReportReply, report)


class TestRefresh:
    """The one thing that writes."""

    @pytest.fixture
    def bot(self, tmp_path: Path) -> Chatbot:
        """Open a bot that has never been refreshed."""
        corpus, index = fill(tmp_path / "corpus", SMALL), tmp_path / "embeddings"
        return Chatbot(corpus, embeddings=index, embedder=WordEmbedder(), reader=None)

    def test_the_index_follows(self, bot: Chatbot) -> None:
        """From nothing, after an edit, and anew."""
        with TestClient(in_a_loop(lambda: create_server(bot, page=build(bot, examples=[])))) as it:
            assert it.get("/api/v1/status").status_code == 503
            assert it.post("/api/v1/refresh", json={}).json()["added"] == 3
            (bot.corpus / "bees.md").unlink()
            rehearsed = it.post("/api/v1/refresh", json={"dry_run": True}).json()
            assert (rehearsed["removed"], it.get("/healthz").json()["articles"]) == (1, 3)
            assert it.post("/api/v1/refresh", json={}).json()["removed"] == 1
            assert it.post("/api/v1/refresh", json={"rebuild": True}).json()["added"] == 2

    def test_where_all_is_read_only_it_is_refused(self, bot: Chatbot) -> None:
        """By a problem that says so."""
        bot.refresh()
        shared = Chatbot(
            bot.corpus, embeddings=bot.embeddings, embedder=WordEmbedder(), reader=None,
            settings=Settings(reread=False),
        )  # fmt: skip
        with TestClient(in_a_loop(lambda: create_server(shared, read_only=True))) as it:
            for body in ({}, {"dry_run": True}, {"rebuild": True}):
                reply = it.post("/api/v1/refresh", json=body)
                assert (reply.status_code, reply.json()["title"]) == (403, "Forbidden")
                assert reply.json()["detail"].startswith("this server is read-only")
            assert it.get("/healthz").json()["generation"] == 1


class TestProblems:
    """What is said of errors."""

    def test_it_is_told_where_the_description_is(self, client: TestClient) -> None:
        """Wherever nothing is."""
        for path in ("/api/v1/nothing", "/api/v1/", "/api/v2/ask", "/api/v1/ask/"):
            reply = client.get(path, follow_redirects=False)
            assert (reply.status_code, reply.headers["content-type"]) == (
                404, "application/problem+json"
            ), path  # fmt: skip
            assert reply.json() == {
                "type": "about:blank", "title": "Not Found", "status": 404, "instance": path,
                "detail": "nothing is here; the interface is described at /api/v1/openapi.json",
            }  # fmt: skip

    def test_another_method_is_told_which_one(self, client: TestClient) -> None:
        """In words and in the header."""
        reply = client.get("/api/v1/ask")
        assert (reply.status_code, reply.headers["allow"]) == (405, "POST")
        assert reply.json()["detail"] == "not with this method; use POST"

    def test_the_description_needs_no_other_page(self, client: TestClient) -> None:
        """It names the server's own address, and there is no page that loads from elsewhere."""
        said = client.get("/api/v1/openapi.json").json()
        assert said["servers"] == [{"url": "/api/v1"}]
        assert set(said["paths"]) == {
            "/ask", "/search", "/show", "/verify", "/status", "/refresh"
        }  # fmt: skip
        assert "security" not in said
        for path in ("/docs", "/redoc", "/api/v1/docs", "/api/v1/redoc", "/openapi.json"):
            assert client.get(path).status_code == 404, path

    def test_a_failure_tells_nothing_of_itself(
        self, real_bot: Chatbot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The log does."""

        def fail(*_: object, **__: object) -> None:
            raise ZeroDivisionError("a secret")

        for name in ("ask", "stream"):
            monkeypatch.setattr(real_bot, name, fail)
        app = in_a_loop(lambda: create_server(real_bot, page=build(real_bot, examples=[])))
        with TestClient(app, raise_server_exceptions=False) as it:
            reply = it.post("/api/v1/ask", json={"question": "Who?"})
            streamed = it.post("/api/v1/ask", json={"question": "Who?"}, headers=_EVENTS)
        assert (reply.status_code, "secret" in reply.text) == (500, False)
        assert reply.headers["content-type"] == "application/problem+json"
        name, said = events_of(streamed.text)[-1]
        assert (name, said["status"], "secret" in streamed.text) == ("error", 500, False)
        assert "a secret" in caplog.text


def is_all_of(model: type[BaseModel], said: object) -> bool:
    """Tell whether a model of the description knows every key of some JSON."""
    return model.model_validate(said).model_dump(mode="json", exclude_unset=True) == said
