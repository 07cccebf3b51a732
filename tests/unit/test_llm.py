"""The client of language models: good servers, bad ones, and where the key goes."""

import gzip
import importlib.util
import io
import json
import logging
import pickle
import socket
import traceback
from dataclasses import replace

import pytest

from pullquote.errors import InputError, ModelError
from pullquote.llm import ChatModel, Limits, open_model
from tests.llm_server import (
    Reply,
    Server,
    drips,
    drips_headers,
    fails,
    floods,
    raw,
    says,
    serving,
    stalls,
    truncates,
)

KEY = "sk-canary-1f7c9"
QUICK = Limits(connect_seconds=5, most_bytes=200_000, retries=0)
SILENT = replace(QUICK, silent_seconds=0.3)
SHORT = replace(QUICK, total_seconds=0.6)
ECHO = json.dumps({"error": {"message": f"bad key {KEY}", "code": KEY}}).encode()


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULLQUOTE_LLM_KEY", KEY)
    monkeypatch.setattr("pullquote.llm._PAUSE_SECONDS", 0.001)


def hear(server: Server, limits: Limits = QUICK) -> list[str]:
    """Return what a model of the server says."""
    model = open_model(server.url, "tiny", limits=limits)
    return list(model.say("rules", "data", most_tokens=7))


def test_a_reply_comes_in_parts_as_it_is_said() -> None:
    """What is asked is what the protocol wants: model, messages, a limit, a stream."""
    with serving(says("The tram", " opens. [1]")) as server:
        assert hear(server) == ["The tram", " opens. [1]"]
    (asked,) = server.asked
    assert asked == {
        "model": "tiny",
        "messages": [
            {"role": "system", "content": "rules"},
            {"role": "user", "content": "data"},
        ],
        "stream": True,
        "max_tokens": 7,
        "temperature": 0,
    }


def test_only_our_headers_go_to_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither other variables of the environment nor what the client tells of the machine."""
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "sk-other")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Other: sk-other")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with serving(says("x")) as server:
        assert hear(server) == ["x"]
        monkeypatch.delenv("PULLQUOTE_LLM_KEY")
        assert hear(server) == ["x"]
    with_key, without = server.headers
    assert with_key["authorization"] == f"Bearer {KEY}"
    assert "authorization" not in without
    assert "sk-other" not in str(server.headers)
    assert not [name for name in with_key if name.startswith(("x-", "openai-"))]


BAD: dict[str, tuple[Reply, str] | tuple[Reply, str, Limits]] = {
    "401 that echoes the key": (fails(401, ECHO), "refused the key in PULLQUOTE_LLM_KEY"),
    "403": (fails(403, ECHO), "refused the key"),
    "404": (fails(404, ECHO), "does not know that model or address"),
    "400": (fails(400, ECHO), "answered with HTTP 400"),
    "418": (fails(418, ECHO), "answered with HTTP 418"),
    "429": (fails(429, ECHO, retry_after="9999"), "answered with HTTP 429"),
    "500": (fails(500, ECHO), "answered with HTTP 500"),
    "redirect": (fails(307, ECHO, location="http://127.0.0.1:9/v1"), "HTTP 307"),
    "error in the stream": (raw(b"data: " + ECHO + b"\n\n"), "answered with an error"),
    "no JSON": (raw(b"data: {" + KEY.encode() + b"\n\n"), "does not answer as"),
    "deep JSON": (raw(b"data: " + b"[" * 100_000 + b"\n\n"), "does not answer as"),
    "a number": (raw(b"data: 5\n\n"), "does not answer as"),
    "a list": (raw(b"data: [[1]]\n\n"), "does not answer as"),
    "no choices": (raw(b'data: {"id": "x"}\n\n'), "does not answer as"),
    "no text": (raw(b'data: {"choices": [{"delta": {"content": [1]}}]}\n\n'), "does not answer as"),
    "no UTF-8": (raw(b'data: {"choices": "\xff\xfe"}\n\n'), "does not answer as"),
    "packed": (
        raw(gzip.compress(b"data: [DONE]\n\n"), content_encoding="gzip"),
        "answered with an error or with too much",
    ),
    "a flood": (floods(), "too much"),
    "silence": (stalls(), "did not answer in time", SILENT),
    "cut off": (truncates("The"), "cannot be reached or broke off"),
    "a drip": (drips(), "took longer than 0.6 s", SHORT),
    "a drip of headers": (drips_headers(), "took longer than 0.6 s", SHORT),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_servers_are_named_in_one_line_of_ours(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """No word of the server's, and the key nowhere: not in the error, its causes, or a log."""
    reply, said, *limits = BAD[name]
    caplog.set_level(logging.DEBUG)
    with serving(reply) as server, pytest.raises(ModelError, match=said) as caught:
        hear(server, *limits)
    assert str(caught.value).startswith(f"The language model at {server.url[7:-3]} ")
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    told = io.StringIO()
    for handler in caplog.handler, logging.StreamHandler(told):
        for record in caplog.records:
            told.write(handler.format(record))
            told.write(repr(record.args))
    told.write("".join(traceback.format_exception(caught.value)))
    assert KEY not in told.getvalue()


def test_a_dead_server_is_named() -> None:
    """Nothing listens there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        model = open_model(f"http://127.0.0.1:{port}/v1", "tiny", limits=QUICK)
        with pytest.raises(ModelError, match=f"127.0.0.1:{port} cannot be reached"):
            list(model.say("", "", most_tokens=1))


def test_passing_trouble_is_tried_again_and_other_trouble_is_not() -> None:
    """As often as the limits say; what was begun is not begun anew."""
    limits = replace(QUICK, retries=2)
    with serving(fails(503), fails(429, retry_after="600"), says("well")) as server:
        assert hear(server, limits) == ["well"]
    assert len(server.asked) == 3
    with serving(fails(503)) as server, pytest.raises(ModelError, match="HTTP 503"):
        hear(server, limits)
    assert len(server.asked) == 3
    for reply in (fails(401), truncates("begun")):
        with serving(reply) as server, pytest.raises(ModelError):
            hear(server, limits)
        assert len(server.asked) == 1


def test_a_server_that_knows_only_the_newer_limit_is_asked_with_it() -> None:
    """Some hosted models refuse max_tokens and a temperature."""
    with serving(fails(400), says("well")) as server:
        assert hear(server) == ["well"]
    assert server.asked[1]["max_completion_tokens"] == 7
    assert not {"max_tokens", "temperature"} & server.asked[1].keys()


def test_who_stops_listening_leaves_the_connection() -> None:
    """A reply that is not read to its end is not waited for."""
    with serving(stalls("The")) as server:
        parts = open_model(server.url, "tiny", limits=QUICK).say("", "", most_tokens=1)
        assert next(parts) == "The"
        parts.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("localhost:11434", "not a web address"),
        ("ftp://localhost/v1", "not a web address"),
        ("http://", "not a web address"),
        ("http://localhost:x/v1", "not a web address"),
        (f"https://me:{KEY}@example.com/v1", "holds a login"),
        (f"https://example.com/v1?key={KEY}", "holds a login, a query"),
    ],
)
def test_addresses_that_are_none_are_refused_without_being_told(url: str, said: str) -> None:
    """They may hold a key."""
    with pytest.raises(InputError, match=said) as caught:
        open_model(url, "tiny")
    assert KEY not in str(caught.value)


def test_the_model_must_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """By argument or in the environment."""
    with pytest.raises(InputError, match="--llm-model"):
        open_model("http://localhost:1/v1")
    monkeypatch.setenv("PULLQUOTE_LLM_MODEL", "small")
    assert open_model("http://localhost:1/v1") == ChatModel("http://localhost:1/v1", "small")


def test_a_missing_client_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, before anything is asked."""
    monkeypatch.setattr("pullquote.llm.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install 'pullquote\[llm\]'"):
        open_model("http://localhost:1/v1", "tiny")
    assert importlib.util.find_spec("openai")


def test_the_key_is_in_no_part_of_a_model() -> None:
    """It is read when it is sent."""
    model = open_model("http://localhost:1/v1", "tiny")
    assert KEY not in repr(model)
    assert KEY.encode() not in pickle.dumps(model)
