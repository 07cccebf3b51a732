"""Who may send a request: logins, tokens, sessions, other sites' pages, and how often."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from pullquote import Chatbot, InputError
from pullquote.app import build, create_server
from pullquote.app.http.credentials import Credentials, read_tokens
from pullquote.app.http.rates import Meter, Rate
from pullquote.app.server import names_of
from tests.conftest import SMALL
from tests.fakes import WordEmbedder, fill, in_a_loop

_TOKEN, _OTHER = "a-token-of-some-length", "another-token-of-some-length"
_LOGIN = ("ann", "pässword")
_BEARER = {"authorization": f"Bearer {_TOKEN}"}
_ASK = {"question": "Who won the marathon?"}
# Every kind of route: the interface, the page, what gradio serves beside it, files, nothing.
_PATHS = (
    "/api/v1/openapi.json", "/api/v1/status", "/api/v1/search?query=fog", "/api/v1/nothing", "/api",
    "/config", "/gradio_api/info", "/gradio_api/info?all_endpoints=true",
    "/gradio_api/openapi.json",
    "/gradio_api/mcp/", "/gradio_api/mcp/schema", "/mcp", "/mcp/", "/metrics", "/monitoring",
    "/gradio_api/file=/etc/passwd", "/gradio_api/file/etc/passwd", "/gradio_api/heartbeat/x",
    "/gradio_api/queue/data?session_hash=x", "/gradio_api/startup-events", "/gradio_api/app_id",
    "/gradio_api/user", "/gradio_api/token", "/gradio_api/theme.css", "/gradio_api/upload_progress",
    "/openapi.json", "/docs", "/%2fhealthz", "/healthz/", "/healthz/x", "/HEALTHZ", "/nothing",
    "/assets/../config", "/static/%2e%2e/gradio_api/info", "/svelte/..%2f..%2fconfig",
)  # fmt: skip
_POSTS = (
    "/api/v1/ask", "/api/v1/verify", "/api/v1/refresh", "/gradio_api/queue/join",
    "/gradio_api/upload", "/gradio_api/run/predict", "/gradio_api/api/ask", "/gradio_api/call/ask",
    "/gradio_api/reset", "/gradio_api/vibe-edit", "/gradio_api/process_recording",
    "/gradio_api/cancel", "/gradio_api/stream/x", "/gradio_api/component_server", "/mcp",
    "/nothing",
)  # fmt: skip


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Chatbot:
    """Open a bot over three articles, with models that cost no time."""
    folder = tmp_path_factory.mktemp("guarding")
    corpus, index = fill(folder / "corpus", SMALL), folder / "embeddings"
    bot = Chatbot(corpus, embeddings=index, embedder=WordEmbedder(), reader=None)
    bot.refresh()
    return bot


def serving(bot: Chatbot, **guards: object) -> FastAPI:
    """Return a server."""
    return in_a_loop(
        lambda: create_server(bot, page=build(bot, examples=[]), **guards)  # type: ignore[arg-type]
    )


@pytest.fixture(scope="module")
def by_token(bot: Chatbot) -> Iterator[TestClient]:
    """Open a client of a server that takes two tokens."""
    with TestClient(serving(bot, tokens=(_TOKEN, _OTHER))) as client:
        yield client


@pytest.fixture(scope="module")
def by_both(bot: Chatbot) -> Iterator[TestClient]:
    """Open a client of a server that takes a login and a token."""
    with TestClient(serving(bot, auth=_LOGIN, tokens=_TOKEN)) as client:
        yield client


@pytest.fixture(scope="module")
def open_to_all(bot: Chatbot) -> Iterator[TestClient]:
    """Open a client of a server that anybody may use."""
    with TestClient(serving(bot)) as client:
        yield client


class TestCredentials:
    """Nothing is served without them but the health check."""

    @pytest.mark.parametrize("path", ["/", "/login", "/assets/x.js", "/theme.css", *_PATHS])
    def test_with_tokens_alone_nothing_is_public(self, by_token: TestClient, path: str) -> None:
        """Not even a page to sign in, for nobody could."""
        reply = by_token.get(path)
        assert reply.status_code == 401
        assert reply.headers["content-type"] == "application/problem+json"
        assert reply.headers["www-authenticate"] == 'Bearer realm="Pullquote"'
        assert reply.json()["detail"] == "sign in with a token (Authorization: Bearer TOKEN)"

    @pytest.mark.parametrize("path", _PATHS)
    def test_with_logins_the_page_to_sign_in_is(self, by_both: TestClient, path: str) -> None:
        """But nothing of what lies behind it."""
        reply = by_both.get(path)
        assert reply.status_code == 401
        assert "Bearer" in reply.headers["www-authenticate"]
        # Else a browser would ask for a login by itself, over the page.
        of_programs = path.startswith(("/api/", "/mcp", "/metrics"))
        assert ("Basic" in reply.headers["www-authenticate"]) == of_programs

    @pytest.mark.parametrize("path", _POSTS)
    def test_nothing_can_be_done(
        self, by_token: TestClient, by_both: TestClient, path: str
    ) -> None:
        """Whatever is sent, and before it is read."""
        for client in (by_token, by_both):
            assert client.post(path, json=_ASK).status_code == 401
            assert client.post(path, content=b"{").status_code == 401

    def test_the_page_to_sign_in_tells_of_no_article(self, by_both: TestClient) -> None:
        """Nor what may be called."""
        page = by_both.get("/")
        assert page.status_code == 200
        assert '"auth_required":true' in page.text
        assert 'gradio_api_info = {"named_endpoints":{},"unnamed_endpoints":{}}' in page.text
        assert "marathon" not in page.text and "/ask" not in page.text

    def test_the_health_check_needs_none(self, by_token: TestClient, by_both: TestClient) -> None:
        """Whatever is shown there."""
        for client in (by_token, by_both):
            assert client.get("/healthz").status_code == 200
            assert client.get("/healthz", headers={"authorization": "?"}).status_code == 200

    @pytest.mark.parametrize("token", [_TOKEN, _OTHER])
    def test_any_token_opens_everything(self, by_token: TestClient, token: str) -> None:
        """The interface and the page."""
        for scheme in ("Bearer", "bearer"):
            shown = {"authorization": f"{scheme} {token}"}
            assert by_token.post("/api/v1/ask", json=_ASK, headers=shown).status_code == 200
            assert by_token.get("/config", headers=shown).status_code == 200

    @pytest.mark.parametrize(
        "shown",
        [
            "", "Bearer", "Bearer ", _TOKEN, f"Bearer {_TOKEN}x", f"Bearer {_TOKEN[:-1]}",
            f"Bearer {_TOKEN.upper()}", f"Bearer {_TOKEN} {_TOKEN}", f"Token {_TOKEN}",
            f"Basic {_TOKEN}", "Basic Og==", "Basic \xff", "Bearer \xff\xff", "Negotiate x",
        ],
    )  # fmt: skip
    def test_nothing_else_does(self, by_token: TestClient, by_both: TestClient, shown: str) -> None:
        """However near it comes."""
        for client in (by_token, by_both):
            headers = {b"authorization": shown.encode("latin-1")}
            assert client.get("/api/v1/status", headers=headers).status_code == 401

    def test_a_login_and_a_token_open_the_page_as_well(self, by_both: TestClient) -> None:
        """As they do the interface; what gradio guards by itself included."""
        for shown in ({"headers": _BEARER}, {"auth": _LOGIN}):
            assert by_both.get("/api/v1/status", **shown).status_code == 200
            assert by_both.get("/config", **shown).status_code == 200
            assert by_both.get("/gradio_api/info", **shown).status_code == 200
        user = by_both.get("/gradio_api/user", auth=_LOGIN).json()
        assert (user, by_both.get("/gradio_api/user", headers=_BEARER).json()) == ("ann", "")
        assert by_both.get("/config").status_code == 401

    def test_who_signed_in_may_use_the_interface(self, bot: Chatbot) -> None:
        """Until the session ends."""
        with TestClient(serving(bot, auth=_LOGIN)) as client:
            said = {"username": _LOGIN[0], "password": "no"}
            assert client.post("/login", data=said).status_code == 400
            assert client.get("/api/v1/status").status_code == 401
            said["password"] = _LOGIN[1]
            assert client.post("/login", data=said).status_code == 200
            assert client.get("/api/v1/status").status_code == 200
            client.get("/logout", follow_redirects=False)
            assert client.get("/api/v1/status").status_code == 401

    def test_the_description_tells_of_them(self, by_both: TestClient) -> None:
        """Either one opens it."""
        said = by_both.get("/api/v1/openapi.json", headers=_BEARER).json()
        assert said["security"] == [{"login": []}, {"token": []}]
        assert said["components"]["securitySchemes"] == {
            "login": {"type": "http", "scheme": "basic"},
            "token": {"type": "http", "scheme": "bearer"},
        }

    @pytest.mark.parametrize("tokens", ["", "short", [], ["with a space in the middle"], "ä" * 20])
    def test_a_token_that_is_none_is_refused(self, tokens: str | list[str]) -> None:
        """In one line that tells how to make one, and not what was given."""
        with pytest.raises(InputError, match="make one: python3 -c") as refused:
            read_tokens(tokens)
        assert "short" not in str(refused.value) and "space" not in str(refused.value)

    def test_none_is_told_by_what_is_printed(self) -> None:
        """Neither a password nor a token."""
        assert repr(Credentials((_LOGIN,), (_TOKEN,))) == "Credentials()"


class TestOtherSites:
    """What a page of another site makes a visitor's browser send."""

    @pytest.mark.parametrize(
        "headers",
        [
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
            {"origin": "https://evil.example"},
            {"origin": "null"},
            {"origin": "http://testserver.evil.example"},
            {"origin": "http://testserver:81"},
            {"origin": "http://evil.example@testserver"},
            {"origin": ""},
        ],
    )
    def test_changes_nothing(self, open_to_all: TestClient, headers: dict[str, str]) -> None:
        """Of the interface or the page, signed in or not."""
        for path in ("/api/v1/refresh", "/api/v1/ask", "/gradio_api/queue/join", "/login", "/mcp"):
            reply = open_to_all.post(path, json={}, headers=headers)
            assert (reply.status_code, reply.json()["title"]) == (403, "Forbidden"), path

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"sec-fetch-site": "same-origin", "origin": "https://behind.a.proxy.example"},
            {"sec-fetch-site": "none"},
            {"origin": "http://testserver"},
            {"origin": "http://TESTSERVER"},
            {"origin": "https://public.example", "x-forwarded-host": "public.example"},
        ],
    )
    def test_its_own_pages_and_programs_may(
        self, open_to_all: TestClient, headers: dict[str, str]
    ) -> None:
        """They send the first, or no such header."""
        assert open_to_all.post("/api/v1/ask", json=_ASK, headers=headers).status_code == 200

    def test_the_public_address_is_its_own(self, bot: Chatbot) -> None:
        """Where the proxy does not tell what it was asked for."""
        with TestClient(serving(bot, root_path="https://public.example/x")) as client:
            for origin, status in (("https://public.example", 200), ("https://x.example", 403)):
                reply = client.post("/api/v1/ask", json=_ASK, headers={"origin": origin})
                assert reply.status_code == status

    @pytest.mark.parametrize("path", ["/api/v1/ask", "/gradio_api/queue/join", "/config", "/mcp"])
    def test_gets_no_leave_to_send_or_read(self, open_to_all: TestClient, path: str) -> None:
        """Gradio would give it to every site, with the visitor's cookies."""
        foreign = {"origin": "https://evil.example"}
        asked = {**foreign, "access-control-request-method": "POST"}
        assert open_to_all.options(path, headers=asked).status_code == 403
        for reply in (
            open_to_all.options(path, headers=asked),
            open_to_all.get(path, headers=foreign),
            open_to_all.get(path, headers={**foreign, "host": "public.example"}),
        ):
            assert not [name for name in reply.headers if name.startswith("access-control-")]

    def test_has_no_name_for_this_machine(self, bot: Chatbot) -> None:
        """A page may make its own name lead here, and pass for the server's own."""
        names = ("127.0.0.1", "localhost", "::1", "public.example")
        with TestClient(serving(bot, names=names)) as client:
            for host in ("127.0.0.1:7860", "LOCALHOST", "[::1]:7860", "public.example"):
                assert client.get("/api/v1/status", headers={"host": host}).status_code == 200
            for host in ("evil.example", "127.0.0.1.evil.example", "evil.example:7860", "[", ""):
                for path in ("/api/v1/status", "/", "/config", "/gradio_api/info"):
                    reply = client.get(path, headers={"host": host})
                    assert (reply.status_code, reply.json()["title"]) == (403, "Forbidden")
            assert client.get("/healthz", headers={"host": "10.0.0.7"}).status_code == 200

    @pytest.mark.parametrize(
        ("host", "root", "names"),
        [
            ("127.0.0.1", None, {"127.0.0.1", "localhost", "::1"}),
            ("::1", "/x", {"127.0.0.1", "localhost", "::1"}),
            ("localhost", "https://a.example:8/x", {"127.0.0.1", "localhost", "::1", "a.example"}),
            ("0.0.0.0", None, set()),
            ("192.168.1.2", "https://a.example", set()),
        ],
    )
    def test_names_are_for_this_machine_alone(
        self, host: str, root: str | None, names: set[str]
    ) -> None:
        """What others reach has whatever name they know."""
        assert set(names_of(host, root)) == names

    def test_may_lead_to_the_page(self, open_to_all: TestClient) -> None:
        """A link is no harm."""
        assert open_to_all.get("/", headers={"sec-fetch-site": "cross-site"}).status_code == 200


class TestRates:
    """How often one client may ask."""

    def test_so_many_at_once_then_at_an_even_pace(self) -> None:
        """Each client for itself."""
        now = [100.0]
        meter = Meter(Rate.of("3/minute"), clock=lambda: now[0])
        assert [meter.take("ann") for _ in range(4)] == [0, 0, 0, 20]
        assert meter.take("bob") == 0
        now[0] += 19
        assert meter.take("ann") == pytest.approx(1)
        now[0] += 1
        assert [meter.take("ann") for _ in range(2)] == [0, 20]
        now[0] += 3600
        assert [meter.take("ann") for _ in range(4)] == [0, 0, 0, 20]

    def test_memory_is_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whoever may ask all at once again is forgotten, or else who came first."""
        monkeypatch.setattr("pullquote.app.http.rates._MOST_CLIENTS", 3)
        now = [0.0]
        meter = Meter(Rate.of("1/minute"), clock=lambda: now[0])
        for name in "abcd":
            assert meter.take(name) == 0
        assert meter.take("d") > 0
        assert meter.take("a") == 0
        assert len(meter._due) == 3

    @pytest.mark.parametrize(
        "said", ["", "60", "0/minute", "-1/minute", "1/day", "1.5/hour", "a/b"]
    )
    def test_another_is_refused(self, said: str) -> None:
        """With an example."""
        with pytest.raises(InputError, match=r"write it as 60/minute"):
            Rate.of(said)

    def test_more_is_429_with_when_to_come_back(self, bot: Chatbot) -> None:
        """Of whatever is asked; the page's own files are not counted."""
        with TestClient(serving(bot, rate="2/hour", tokens=(_TOKEN, _OTHER))) as client:
            for _ in range(2):
                assert client.get("/api/v1/status", headers=_BEARER).status_code == 200
            for path in ("/api/v1/status", "/api/v1/nothing", "/mcp", "/gradio_api/call/ask"):
                reply = client.get(path, headers=_BEARER)
                assert (reply.status_code, reply.json()["title"]) == (429, "Too Many Requests")
                assert 1700 < int(reply.headers["retry-after"]) <= 1800
            for path in ("/", "/config", "/healthz"):
                assert client.get(path, headers=_BEARER).status_code == 200
            other = {"authorization": f"Bearer {_OTHER}"}
            assert client.get("/api/v1/status", headers=other).status_code == 200

    def test_guesses_are_counted_by_address(self, bot: Chatbot) -> None:
        """Wherever they are made."""
        with TestClient(serving(bot, rate="2/hour", auth=_LOGIN)) as client:
            guess = {"username": "ann", "password": "guess"}
            assert client.get("/config").status_code == 401
            assert client.post("/login", data=guess).status_code == 400
            assert client.post("/login", data=guess).status_code == 429
            assert client.get("/config", auth=("ann", "guess")).status_code == 429
            assert client.get("/config", auth=_LOGIN).status_code == 200

    def test_by_default_there_is_no_limit(self, open_to_all: TestClient) -> None:
        """It is for those who serve others."""
        replies = {open_to_all.get("/api/v1/nothing").status_code for _ in range(200)}
        assert replies == {404}
