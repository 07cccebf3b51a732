"""The Model Context Protocol, by its official client: a process of its own, and the app's /mcp."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from mcp import Client

from pullquote import Chatbot, Settings, cli
from pullquote.app import build, create_server
from pullquote.app.server import names_of
from pullquote.app.tools import add_tools
from pullquote.mcp.serving import create_protocol
from tests.clients import by_http, by_stdio, served, talk, words_of
from tests.conftest import SMALL
from tests.fakes import Gate, fill, in_a_loop

ASKED = ("How much will Amazon spend in 2025?", "What will Amazon's dividend be in 2031?")
TOOLS = ["ask", "search", "show", "verify", "status", "refresh"]


@pytest.fixture(scope="module")
def port(real_bot: Chatbot) -> Iterator[int]:
    """Serve the app over three articles; return its port."""
    with served(an_app(real_bot)) as port:
        yield port


def an_app(bot: Chatbot, host: str = "127.0.0.1", root: str | None = None) -> FastAPI:
    """Return the app as it is served on a host, for everybody."""
    page = in_a_loop(lambda: build(bot, examples=[]))
    names = names_of(host, root)
    return in_a_loop(lambda: create_server(bot, page=page, root_path=root, names=names))


def with_tools(bot: Chatbot) -> FastAPI:
    """Return an app with nothing but the tools, open to all."""
    app = FastAPI()
    add_tools(app, create_protocol(bot))
    return app


async def use_everything(client: Client) -> dict[str, Any]:
    """Return what each tool gives, and the articles."""
    listed = await client.list_tools()
    answers = [await client.call_tool("ask", {"question": question}) for question in ASKED]
    made = [answer.structured_content for answer in answers]
    quote = made[0]["quotes"][0]
    place = {name: quote[name] for name in ("article", "start", "end")}
    search = await client.call_tool("search", {"query": "bees in winter", "k": 2})
    show = await client.call_tool("show", place)
    verify = await client.call_tool("verify", {"answer": made})
    status = await client.call_tool("status", {})
    articles = await client.list_resources()
    read = [await client.read_resource(article.uri) for article in articles.resources]
    return {
        "tools": [tool.name for tool in listed.tools],
        "answers": made,
        "words": [words_of(answer) for answer in answers],
        "search": search.structured_content,
        "show": show.structured_content,
        "verify": verify.structured_content,
        "status": status.structured_content,
        "articles": {one.uri: article.contents[0] for one, article in zip(
            articles.resources, read, strict=True
        )},
    }  # fmt: skip


@pytest.fixture(scope="module", params=["stdio", "http", "http before 2026"])
def used(real_bot: Chatbot, port: int, request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return what everything gives over a transport; this client checks it by the schemas."""
    if request.param == "stdio":
        return talk(by_stdio(real_bot), use_everything) | {"remote": False}
    mode = "auto" if request.param == "http" else "legacy"
    return talk(by_http(port), use_everything, mode=mode) | {"remote": True}


class TestEverything:
    """Whatever the transport."""

    def test_the_json_of_an_answer_is_that_of_python(
        self, used: dict[str, Any], real_bot: Chatbot
    ) -> None:
        """Every key and every null of it."""
        answers = [real_bot.ask(question) for question in ASKED]
        assert used["answers"] == [answer.to_dict() for answer in answers]
        assert [answer.status for answer in answers] == ["answered", "abstained"]

    def test_the_words_hold_the_quote_and_its_place(
        self, used: dict[str, Any], real_bot: Chatbot
    ) -> None:
        """Or say that there is none."""
        (quote, *_) = real_bot.ask(ASKED[0]).quotes
        found, silence = used["words"]
        assert f"“{quote.text}”" in found
        assert quote.location in found and quote.article.title in found
        assert silence.startswith("Your articles don't say.")

    def test_the_other_tools_give_the_json_of_python(
        self, used: dict[str, Any], real_bot: Chatbot
    ) -> None:
        """As the command line prints it."""
        (quote, *_) = real_bot.ask(ASKED[0]).quotes
        hits = real_bot.search("bees in winter", k=2)
        assert used["tools"] == TOOLS
        assert used["search"] == {"hits": [hit.to_dict() for hit in hits]}
        shown = real_bot.show(quote.article.path, quote.span.start, quote.span.end)
        assert used["show"] == shown.to_dict()
        names = {"corpus": real_bot.corpus.name, "embeddings": real_bot.embeddings.name}
        assert used["status"] == real_bot.status() | (names if used["remote"] else {})
        rows = used["verify"].pop("quotes")
        assert rows and {row["status"] for row in rows} == {"exact"}
        assert used["verify"] == {"exact": len(rows), "moved": 0, "changed": 0, "gone": 0}

    def test_articles_are_their_files(self, used: dict[str, Any], real_bot: Chatbot) -> None:
        """Character for character."""
        assert len(used["articles"]) == 3
        for uri, contents in used["articles"].items():
            path = real_bot.corpus / uri.removeprefix("article:///")
            assert contents.text == path.read_bytes().decode()
            assert contents.mime_type == "text/markdown"


def test_cli_http_and_python_give_the_same_answer(
    real_bot: Chatbot,
    port: int,
    models_once: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One JSON, by whatever way it is asked for; that of MCP is held against Python's above."""
    monkeypatch.setenv("PULLQUOTE_CORPUS", str(real_bot.corpus))
    monkeypatch.setenv("PULLQUOTE_EMBEDDINGS", str(real_bot.embeddings))
    for question in ASKED:
        with pytest.raises(SystemExit):
            cli.main("ask", question, "--json")
        printed = json.loads(capsys.readouterr().out)
        address = f"http://127.0.0.1:{port}/api/v1/ask"
        sent = httpx.post(address, json={"question": question}).json()
        assert printed == sent == real_bot.ask(question).to_dict()


def test_nothing_but_the_protocol_reaches_stdout(tmp_path: Path) -> None:
    """Whatever comes in; and what is wrong is one line, with no trace of the code."""
    client = {"name": "test", "version": "0"}
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client}
    asked = {"name": "ask", "arguments": {"question": "Who?"}}
    sent: list[dict[str, Any]] = [
        {"id": 1, "method": "initialize", "params": hello},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/call", "params": asked},
        {"id": 3, "method": "tools/call", "params": {"name": "nothing"}},
        {"id": 4, "method": "no/such/method"},
    ]
    lines = ["this is no JSON", "{}", *(json.dumps({"jsonrpc": "2.0", **one}) for one in sent)]
    (tmp_path / "corpus").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "pullquote", "mcp"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=dict(os.environ),
    )
    assert process.stdin and process.stdout and process.stderr
    process.stdin.write("\n".join(lines) + "\n")
    process.stdin.flush()
    told: dict[int, Any] = {}
    while len(told) < 4:
        message = json.loads(process.stdout.readline())
        assert message["jsonrpc"] == "2.0"
        if message.get("id") is not None:
            told[message["id"]] = message
    out, err = process.communicate()
    assert (process.returncode, out) == (0, "")
    assert "Traceback" not in err
    assert told[1]["result"]["serverInfo"]["name"] == "pullquote"
    assert told[2]["result"]["isError"]
    assert "pullquote refresh" in told[2]["result"]["content"][0]["text"]
    assert "no such tool" in told[3]["error"]["message"]
    assert told[4]["error"]["code"] == -32601


def test_the_app_asks_for_a_login(real_bot: Chatbot) -> None:
    """Before anything is listed or called; with one the client works as without any."""
    page = in_a_loop(lambda: build(real_bot, examples=[]))
    app = in_a_loop(lambda: create_server(real_bot, page=page, auth=("ann", "s3cret:ß")))
    hello = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}

    async def look(client: Client) -> int:
        return len((await client.list_tools()).tools)

    with served(app) as port:
        address = f"http://127.0.0.1:{port}/mcp"
        for login in (None, ("ann", "wrong"), ("bob", "s3cret:ß")):
            reply = httpx.post(address, json=hello, auth=login)
            assert reply.status_code == 401
            assert "ask" not in reply.text
            assert reply.headers["www-authenticate"].startswith("Basic")
        assert talk(by_http(port, login=("ann", "s3cret:ß")), look) == len(TOOLS)


class TestDoor:
    """Who may send to /mcp, and what."""

    LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}  # noqa: RUF012

    def send(self, port: int, **headers: str) -> httpx.Response:
        """Ask for the tools."""
        kinds = {"Accept": "application/json, text/event-stream"}
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            return client.post("/mcp", json=self.LIST, headers=kinds | headers)

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({}, 200),
            ({"Host": "localhost:7860"}, 200),
            ({"Host": "evil.example"}, 403),
            ({"Host": "127.0.0.1.evil.example"}, 403),
            ({"Origin": "http://localhost:6274"}, 403),
            ({"Origin": "https://evil.example"}, 403),
            ({"Origin": "null"}, 403),
            ({"Content-Type": "text/plain"}, 400),
        ],
    )
    def test_pages_of_other_sites_are_refused(
        self, port: int, headers: dict[str, str], status: int
    ) -> None:
        """And names that are not ours, which such a page may have made lead here."""
        reply = self.send(port, **headers)
        assert reply.status_code == status
        if status != 200:
            assert "\n" not in reply.json()["detail"]

    @pytest.mark.parametrize(
        ("host", "root", "headers", "status"),
        [
            ("127.0.0.1", "https://news.example/a", {"Host": "news.example"}, 200),
            ("127.0.0.1", "https://news.example", {"Origin": "https://news.example"}, 200),
            ("127.0.0.1", "https://news.example/a", {"Host": "other.example"}, 403),
            ("0.0.0.0", None, {"Host": "box.lan:7860"}, 200),
            ("0.0.0.0", None, {"Host": "a.example", "Origin": "http://a.example"}, 403),
        ],
    )
    def test_a_proxy_is_known_by_its_address(
        self, real_bot: Chatbot, host: str, root: str | None, headers: dict[str, str], status: int
    ) -> None:
        """If it is given; on another host names are no matter, but origins are."""
        with served(an_app(real_bot, host, root)) as port:
            assert self.send(port, **headers).status_code == status

    def test_only_posts_of_a_fair_size_are_taken(self, port: int) -> None:
        """There are no sessions to listen to."""
        address = f"http://127.0.0.1:{port}/mcp"
        for method in ("GET", "DELETE", "PUT"):
            reply = httpx.request(method, address)
            assert (reply.status_code, reply.headers["allow"]) == (405, "POST")
        kinds = {"Content-Type": "application/json"}
        assert httpx.post(address, content=b" " * 1_000_001, headers=kinds).status_code == 413
        assert self.send(port).status_code == 200


def test_an_app_may_start_again(real_bot: Chatbot) -> None:
    """Each time with an endpoint that is open as long as it runs."""
    app = with_tools(real_bot)
    for _ in range(2):
        with served(app) as port:
            assert TestDoor().send(port).status_code == 200


def test_a_server_ends_though_a_refresh_has_not(tmp_path: Path) -> None:
    """It waits for no thread; what is half done is picked up by the next refresh."""
    gate = Gate()
    bot = Chatbot(
        fill(tmp_path / "corpus", SMALL), embeddings=tmp_path / "index", embedder=gate, reader=None
    )
    refused = list[BaseException]()

    def refresh(port: int) -> None:
        try:
            talk(by_http(port), lambda client: client.call_tool("refresh", {}))
        except BaseException as error:
            refused.append(error)

    with served(with_tools(bot)) as port:
        caller = threading.Thread(target=refresh, args=(port,))
        caller.start()
        assert gate.reached.wait(20)
    caller.join()  # the server has hung up
    assert refused and not gate.passed.is_set()
    gate.opened.set()
    assert gate.passed.wait(20)


def test_a_read_only_app_has_no_refresh(real_bot: Chatbot) -> None:
    """As its page has none."""
    bot = Chatbot(real_bot.corpus, embeddings=real_bot.embeddings, settings=Settings(reread=False))

    async def look(client: Client) -> list[str]:
        return [tool.name for tool in (await client.list_tools()).tools]

    with served(in_a_loop(lambda: create_server(bot, read_only=True))) as port:
        assert talk(by_http(port), look) == TOOLS[:-1]
