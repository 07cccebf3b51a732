"""The server: the HTTP interface, its limits and headers, proxies, read-only serving, sharing."""

import asyncio
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import HTTPException
from fastapi.testclient import TestClient
from gradio import networking, tunneling
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from pullquote import Chatbot, CorpusNotFound, IndexNotFound, InputError, Settings
from pullquote.app import build, create_server, serve
from pullquote.app.api import Turnstile
from pullquote.app.edges import read_root
from pullquote.app.sharing import check_share, sharing
from tests.clients import served
from tests.fakes import WordEmbedder, fill, in_a_loop

_SOON = 10  # seconds, after which nobody waits any more for something that takes one
_QUESTION = {"question": "Who is the new world chess champion?"}
_SCRIPT = re.compile(r'<script type="module"[^>]* src="\./(assets/[^"]+)"')
_PAGES = {
    "tram.md": """---
title: The Tram
date: 2024-12-05
tags: [tram]
---

The extension of the tram will cost 47.9 million pounds. It was voted for in
November.
""",
    "chess.md": """---
title: The Crown
---

Gukesh Dommaraju is the new world chess champion. He is 18.
""",
}


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Chatbot:
    """Open a bot over two articles."""
    folder = tmp_path_factory.mktemp("server")
    bot = Chatbot(fill(folder / "corpus", _PAGES), embeddings=folder / "embeddings")
    bot.refresh()
    return bot


@pytest.fixture(scope="module")
def client(bot: Chatbot) -> Iterator[TestClient]:
    """Open a client of the server over them."""
    with TestClient(in_a_loop(lambda: create_server(bot, page=build(bot, examples=[])))) as client:
        yield client


class TestServer:
    """The HTTP interface."""

    def test_health_tells_generation_and_articles(self, client: TestClient) -> None:
        """Health tells generation and articles."""
        reply = client.get("/healthz")
        assert reply.status_code == 200
        assert reply.json() == {"status": "ok", "generation": 1, "articles": 2}

    def test_health_without_an_index_is_503(self, tmp_path: Path) -> None:
        """Health without an index is 503."""
        (tmp_path / "corpus").mkdir()
        empty = Chatbot(tmp_path / "corpus", embeddings=tmp_path / "none")
        with TestClient(in_a_loop(lambda: create_server(empty))) as client:
            reply = client.get("/healthz")
            assert (reply.status_code, reply.json()["status"]) == (503, "no index")
            asked = client.post("/api/v1/ask", json={"question": "Who?"})
            assert asked.status_code == 503
            assert "pullquote refresh" in asked.json()["detail"]

    def test_ask_returns_the_answer(self, client: TestClient, bot: Chatbot) -> None:
        """Ask returns the answer."""
        question = "Who is the new world chess champion?"
        reply = client.post("/api/v1/ask", json={"question": question})
        assert reply.status_code == 200
        assert reply.json() == bot.ask(question).to_dict()

    def test_ask_reads_filters_in_words_unless_told_not_to(self, client: TestClient) -> None:
        """All, none, or all but some; those of a turn hold for a question that leans on it."""
        body: dict[str, object] = {"question": "What will it cost? tag:tram", "turns": []}
        asked = client.post("/api/v1/ask", json=body).json()
        assert [found["label"] for found in asked["filters"]] == ["tag tram"]
        for more in ({"plain": False}, {"ignore": "tag:tram"}, {"ignore": ["tag:tram"]}):
            assert client.post("/api/v1/ask", json=body | more).json()["filters"] == []
        turn = {key: asked[key] for key in ("question", "standalone", "filters")}
        body = {"question": "and since 2024?", "turns": [turn]}
        answer = client.post("/api/v1/ask", json=body).json()
        assert [found["label"] for found in answer["filters"]] == ["tag tram", "since 2024-01-01"]
        assert answer["standalone"] == asked["standalone"]

    def test_ask_takes_filters_and_turns(self, client: TestClient) -> None:
        """Ask takes filters and turns."""
        body = {
            "question": "and the tram?",
            "tags": "tram",
            "since": "2024-01-01",
            "turns": [{"question": "What will the museum cost?"}],
        }
        answer = client.post("/api/v1/ask", json=body).json()
        assert answer["standalone"] != "and the tram?"
        assert {quote["article"] for quote in answer["quotes"] + answer["nearest"]} <= {"tram.md"}

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ({"question": "Who?", "since": "yesterday"}, "since: 'yesterday' is not a date"),
            ({"question": "  "}, "the question is empty"),
            ({}, "question: Field required"),
            ({"question": "Who?", "tag": "x"}, "tag: Extra inputs are not permitted"),
            ({"question": "x" * 2001}, "question: String should have at most 2000 characters"),
            ({"question": "Who?", "turns": [{}]}, "turns.0.question: Field required"),
            (
                {"question": "Who?", "turns": [{"question": "He?", "filters": [{}]}]},
                "a filter needs its words",
            ),
            ([], "Input should be a valid dictionary"),
        ],
    )
    def test_bad_input_is_one_clear_line(self, client: TestClient, body: object, said: str) -> None:
        """Bad input is one clear line."""
        reply = client.post("/api/v1/ask", json=body)
        assert reply.status_code == 422
        detail = reply.json()["detail"]
        assert said in detail and "\n" not in detail

    def test_a_lone_surrogate_is_refused(self, client: TestClient) -> None:
        """A lone surrogate is refused."""
        reply = client.post(
            "/api/v1/ask",
            content=b'{"question": "\\ud800"}',
            headers={"content-type": "application/json"},
        )
        assert reply.status_code == 422

    def test_auth_guards_all_but_health(self, bot: Chatbot) -> None:
        """Auth guards all but health."""
        with TestClient(in_a_loop(lambda: create_server(bot, auth=("ann", "pässword")))) as client:
            ask = {"question": "Who is the new world chess champion?"}
            assert client.get("/healthz").status_code == 200
            assert client.get("/config").status_code == 401
            refused = client.post("/api/v1/ask", json=ask)
            assert refused.status_code == 401
            assert refused.headers["www-authenticate"].startswith("Basic")
            for login in (("ann", "no"), ("bob", "pässword"), ("", "")):
                assert client.post("/api/v1/ask", json=ask, auth=login).status_code == 401
            assert client.post("/api/v1/ask", json=ask, auth=("ann", "pässword")).status_code == 200

    @pytest.mark.parametrize("auth", [(), ("", "x"), [("a", "")]])
    def test_an_empty_login_is_refused(self, bot: Chatbot, auth: object) -> None:
        """An empty login is refused."""
        with pytest.raises(InputError, match="auth"):
            create_server(bot, auth=auth)  # type: ignore[arg-type]

    def test_two_passwords_of_one_user_are_refused(self, bot: Chatbot) -> None:
        """The page would take one of them, the interface both."""
        with pytest.raises(InputError, match="auth: ann has two passwords; leave one"):
            create_server(bot, auth=[("ann", "a"), ("ann", "b")])

    def test_nothing_of_gradio_is_public(self, client: TestClient) -> None:
        """Nothing of gradio is public."""
        assert client.get("/gradio_api/info").json() == {
            "named_endpoints": {},
            "unnamed_endpoints": {},
        }

    def test_a_busy_port_is_refused(self, bot: Chatbot) -> None:
        """A busy port is refused."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(InputError, match=rf"127\.0\.0\.1:{port}: cannot listen"):
                serve(bot, port=port)


class TestLimits:
    """What is refused before it costs anything."""

    def test_a_large_body_is_refused(self, client: TestClient) -> None:
        """By what it says of its length, or by what comes of it."""
        large = b" " * 1_000_001
        assert client.post("/api/v1/ask", content=large).status_code == 413
        reply = client.post("/api/v1/ask", content=iter([large[:999_999], large[:2]]))
        assert (reply.status_code, reply.json()["detail"]) == (
            413,
            "the body is larger than 1,000,000 bytes; send less",
        )

    def test_a_body_that_comes_in_pieces_is_put_together(self, client: TestClient) -> None:
        """Not only one of a known length."""
        pieces = iter([b'{"question": ', b'"Who is the new world chess champion?"}'])
        reply = client.post(
            "/api/v1/ask", content=pieces, headers={"content-type": "application/json"}
        )
        assert (reply.status_code, reply.json()["question"]) == (200, _QUESTION["question"])

    def test_the_places_are_given_back(self) -> None:
        """However often one passes, or fails."""

        async def pass_often() -> None:
            turnstile = Turnstile(1, wait=0.01)
            for _ in range(3):
                with pytest.raises(KeyError):
                    async with turnstile.passing():
                        raise KeyError

        asyncio.run(pass_often())

    def test_who_waits_too_long_is_told_when_to_come_back(self) -> None:
        """503, not a request that hangs."""

        async def wait_in_vain() -> HTTPException:
            turnstile = Turnstile(1, wait=0.01)
            async with turnstile.passing():
                with pytest.raises(HTTPException) as refused:
                    async with turnstile.passing():
                        pytest.fail("there is only one place")
            return refused.value

        refused = asyncio.run(wait_in_vain())
        assert (refused.status_code, refused.headers) == (503, {"Retry-After": "5"})
        assert refused.detail == "too many questions at once; ask again in 5 seconds"

    def test_who_waits_is_let_in(self) -> None:
        """As soon as a place is free."""

        async def wait_a_little() -> list[str]:
            turnstile, passed = Turnstile(1, wait=_SOON), list[str]()

            async def follow() -> None:
                async with turnstile.passing():
                    passed.append("second")

            async with turnstile.passing():
                follower = asyncio.create_task(follow())
                await asyncio.sleep(0)
                passed.append("first")
            await follower
            return passed

        assert asyncio.run(wait_a_little()) == ["first", "second"]


@pytest.mark.parametrize("path", ["/", "/healthz", "/config", "/nothing"])
def test_every_answer_tells_the_browser_what_it_must_not_do(client: TestClient, path: str) -> None:
    """Whether the page, the interface or an error."""
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'self'; ")
    assert "http" not in policy and "*" not in policy


class _Proxy:
    """A proxy that has the app under a path, and takes that off what it hands on, or not."""

    def __init__(self, port: int, *, strips: bool) -> None:
        self._target, self._strips = f"http://127.0.0.1:{port}", strips

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path = scope["path"]
        if not path.startswith("/x/"):
            await Response(status_code=404)(scope, receive, send)
            return
        headers = dict(request.headers) | {"x-forwarded-host": request.headers["host"]}
        async with httpx.AsyncClient() as client:
            reply = await client.request(
                request.method,
                self._target + (path.removeprefix("/x") if self._strips else path),
                content=await request.body(),
                headers=headers,
            )
        kept = {"content-type": reply.headers.get("content-type", "")}
        await Response(reply.content, reply.status_code, kept)(scope, receive, send)


@pytest.fixture(scope="module", params=[True, False], ids=["strips", "hands on"])
def outside(bot: Chatbot, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """Return a client of a proxy that has the app under /x."""
    app = in_a_loop(lambda: create_server(bot, page=build(bot, examples=[]), root_path="/x/"))
    with (
        served(app) as inner,
        served(_Proxy(inner, strips=request.param)) as outer,
        httpx.Client(base_url=f"http://127.0.0.1:{outer}") as client,
    ):
        yield client


class TestProxy:
    """Under a path of another server."""

    def test_the_page_knows_where_it_is(self, outside: httpx.Client) -> None:
        """What it asks for next is asked of the proxy."""
        root = outside.get("/x/config").json()["root"]
        assert root == f"http://127.0.0.1:{outside.base_url.port}/x"
        page = outside.get("/x/")
        assert page.status_code == 200
        (script,) = set(_SCRIPT.findall(page.text))
        assert "javascript" in outside.get(f"/x/{script}").headers["content-type"]

    def test_the_interface_answers(self, outside: httpx.Client) -> None:
        """The health check and questions."""
        assert outside.get("/x/healthz").json()["status"] == "ok"
        assert outside.post("/x/api/v1/ask", json=_QUESTION).json()["status"] == "answered"

    def test_limits_hold(self, outside: httpx.Client) -> None:
        """Under whatever path it comes."""
        assert outside.post("/x/api/v1/ask", content=b" " * 1_000_001).status_code == 413


def test_the_path_without_its_slash_leads_to_the_page(bot: Chatbot) -> None:
    """Else a browser would look for the page's files beside it; a longer word is another path."""
    app = in_a_loop(lambda: create_server(bot, page=build(bot, examples=[]), root_path="/x"))
    with TestClient(app) as client:
        moved = client.get("/x", follow_redirects=False)
        assert (moved.status_code, moved.headers["location"]) == (307, "/x/")
        assert client.get("/xhealthz").status_code == 404


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (None, ("", "")),
        ("/", ("", "")),
        ("/a/b/", ("/a/b", "/a/b")),
        ("https://x.example/a", ("https://x.example/a", "/a")),
        ("https://x.example", ("https://x.example", "")),
    ],
)
def test_a_root_is_a_path_or_an_address(given: str | None, read: tuple[str, str]) -> None:
    """The prefix is the path of either."""
    assert read_root(given) == read


@pytest.mark.parametrize("given", ["x", "//x", "ftp://x.example/a", "/x?y", "https://"])
def test_another_root_is_refused(given: str) -> None:
    """In one line that says what one is."""
    with pytest.raises(InputError, match=r"root path .*: write a path such as /articles"):
        read_root(given)


class TestReadOnly:
    """Serving an index as it is."""

    @pytest.fixture
    def shared(self, tmp_path: Path) -> Chatbot:
        """Open a bot that writes nothing over an index that another has made."""
        fill(tmp_path / "corpus", _PAGES)
        Chatbot(
            tmp_path / "corpus", embeddings=tmp_path / "index", embedder=WordEmbedder()
        ).refresh()
        return Chatbot(
            tmp_path / "corpus",
            embeddings=tmp_path / "index",
            embedder=WordEmbedder(),
            settings=Settings(reread=False),
        )

    def test_asking_writes_nothing(self, shared: Chatbot) -> None:
        """Though an article has changed, which is passed over."""
        (shared.corpus / "chess.md").write_text("Somebody else is champion.\n")
        (shared.corpus / "new.md").write_text("The museum is shut.\n")
        before = contents(shared.corpus.parent)
        app = in_a_loop(lambda: create_server(shared, read_only=True))
        with TestClient(app) as client:
            assert client.get("/").status_code == 200
            assert client.get("/healthz").json()["generation"] == 1
            for question in (_QUESTION["question"], "What will the extension of the tram cost?"):
                reply = client.post("/api/v1/ask", json={"question": question})
                assert reply.status_code == 200
                found = reply.json()["quotes"] + reply.json()["nearest"]
                assert {quote["article"] for quote in found} <= {"tram.md"}
        assert contents(shared.corpus.parent) == before

    def test_a_folder_that_nobody_may_write_is_served(
        self, shared: Chatbot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Without a journal beside the catalog, even for a moment."""
        monkeypatch.setattr("os.access", lambda *_: False)
        seen = shared.embeddings.stat().st_mtime_ns
        with TestClient(in_a_loop(lambda: create_server(shared, read_only=True))) as client:
            assert client.post("/api/v1/ask", json=_QUESTION).json()["status"] == "answered"
        assert shared.embeddings.stat().st_mtime_ns == seen

    def test_a_bot_that_would_write_is_refused(self, bot: Chatbot) -> None:
        """It reads changed articles again when it is asked."""
        with pytest.raises(InputError, match="reread=False"):
            create_server(bot, read_only=True)

    def test_conversations_cannot_be_kept(self, shared: Chatbot, tmp_path: Path) -> None:
        """Said at once, not when the first one is lost."""
        with pytest.raises(InputError, match="conversations cannot be kept"):
            create_server(shared, read_only=True, conversations=tmp_path / "talks")

    def test_what_is_not_there_is_told_before_anything_is_served(self, tmp_path: Path) -> None:
        """Nobody is going to make it."""
        bot = Chatbot(tmp_path / "a", embeddings=tmp_path / "b", settings=Settings(reread=False))
        with pytest.raises(CorpusNotFound):
            serve(bot, port=0, read_only=True)
        bot.corpus.mkdir()
        with pytest.raises(IndexNotFound, match="no index yet; run: pullquote refresh"):
            serve(bot, port=0, read_only=True)


class TestSharing:
    """A public address, without the network."""

    def shared(self, monkeypatch: pytest.MonkeyPatch, tunnel: object) -> tuple[str, str]:
        """Return what is said and what is complained about, each once."""
        monkeypatch.setattr(networking, "setup_tunnel", tunnel)
        said, complaints, done = list[str](), list[str](), threading.Event()

        def say(line: str) -> None:
            said.append(line)
            done.set()

        def complain(line: str) -> None:
            complaints.append(line)
            done.set()

        with sharing("127.0.0.1", 7) as share:
            share(say, complain)
            assert done.wait(_SOON)
        return "".join(said), "".join(complaints)

    def test_the_address_is_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """In a line like that of the local one."""
        asked = list[tuple[object, ...]]()

        def tunnel(*given: object) -> str:
            asked.append(given)
            return "https://x.example"

        assert self.shared(monkeypatch, tunnel) == ("Pullquote is shared at https://x.example", "")
        ((host, port, token, server, certificate),) = asked
        assert (host, port, server, certificate) == ("127.0.0.1", 7, None, None)
        assert len(str(token)) > 40

    @pytest.mark.parametrize(
        "error", [RuntimeError("no\nserver"), httpx.ConnectError("no server"), OSError("no server")]
    )
    def test_that_there_is_none_is_one_line(
        self, monkeypatch: pytest.MonkeyPatch, error: Exception
    ) -> None:
        """Whatever went wrong."""

        def tunnel(*_: object) -> str:
            raise error

        line = "share link could not be made (no server); serving locally only"
        assert self.shared(monkeypatch, tunnel) == ("", line)

    def test_the_tunnel_ends_with_the_server(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """That of this server, and gradio has nothing to say of it at exit."""
        ours, other = _Tunnel(7), _Tunnel(8)
        monkeypatch.setattr(tunneling, "CURRENT_TUNNELS", [ours, other])
        process = ours.proc
        with sharing("127.0.0.1", 7):
            assert process is not None and not process.ended
        assert process.ended
        assert ours.proc is None
        assert other.proc is not None and not other.proc.ended

    def test_articles_are_not_opened_to_anybody(self, bot: Chatbot) -> None:
        """Without a login nothing is made, let alone served."""
        with pytest.raises(InputError, match="give auth as well"):
            serve(bot, port=0, share=True)
        check_share(True, [("ann", "secret")])


class _Process:
    def __init__(self) -> None:
        self.ended = False

    def terminate(self) -> None:
        self.ended = True


class _Tunnel:
    def __init__(self, port: int) -> None:
        self.local_port = port
        self.proc: _Process | None = _Process()


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return the files with when they were written, and what they hold."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }
