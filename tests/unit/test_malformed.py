"""Requests that make no sense: each gets a clear error, none takes effect."""

import gzip
import json
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from pullquote import Chatbot
from pullquote.app import build, create_server
from tests.conftest import SMALL
from tests.fakes import WordEmbedder, fill, in_a_loop
from tests.unit.test_server import contents

_JSON = {"content-type": "application/json"}
_HUGE = "9" * 400
_BOMB = gzip.compress(b'{"question": "' + b"a" * 10_000_000 + b'"}')


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Chatbot:
    """Open a bot over three articles, beside files that are none of them."""
    folder = tmp_path_factory.mktemp("malformed")
    bot = Chatbot(
        fill(folder / "corpus", SMALL),
        embeddings=folder / "e",
        embedder=WordEmbedder(),
        reader=None,
    )
    (folder / "secret.md").write_text("The secret words.\n")
    (bot.corpus / "link.md").symlink_to(folder / "secret.md")
    (bot.corpus / ".hidden.md").write_text("The secret words.\n")
    (bot.corpus / "notes.txt").write_text("The secret words.\n")
    bot.refresh()
    return bot


@pytest.fixture(scope="module")
def client(bot: Chatbot) -> Iterator[TestClient]:
    """Open a client of the server over them."""
    with TestClient(in_a_loop(lambda: create_server(bot, page=build(bot, examples=[])))) as client:
        yield client


@pytest.fixture(autouse=True)
def unchanged(bot: Chatbot, client: TestClient) -> Iterator[None]:
    """Check that no file has changed and that the server still answers."""
    before = contents(bot.corpus.parent)
    yield
    assert contents(bot.corpus.parent) == before
    assert client.get("/healthz").json() == {"status": "ok", "generation": 1, "articles": 3}


def asked(more: dict[str, Any]) -> bytes:
    """Return the body of a question with more beside it."""
    return json.dumps({"question": "Who?", **more}).encode()


# What the body is like, the path, the body, and the status.
_BODIES: list[tuple[str, str, bytes, int]] = [
    ("nothing", "ask", b"", 422),
    ("white space", "ask", b" \n", 400),
    ("half an object", "ask", b'{"question": "Who?"', 400),
    ("single quotes", "ask", b"{'question': 'Who?'}", 400),
    ("a comma too many", "ask", b'{"question": "Who?",}', 400),
    ("two values", "ask", b'{"question": "Who?"} {"question": "Who?"}', 400),
    ("a form", "ask", b"question=Who%3F", 400),
    ("XML", "ask", b"<question>Who?</question>", 400),
    ("NaN", "ask", b'{"question": NaN}', 400),
    ("NaN beside it", "verify", b'{"quotes": [], "score": NaN}', 400),
    ("Infinity", "ask", b'{"question": "Who?", "turns": Infinity}', 400),
    ("a NUL outside strings", "ask", b'{"question": "Who?"}\x00', 400),
    ("a raw line break in a string", "ask", b'{"question": "Who\n?"}', 400),
    ("UTF-16", "ask", '{"question": "Who?"}'.encode("utf-16"), 400),
    ("Latin-1", "ask", b'{"question": "Qui est\xe9?"}', 400),
    ("a byte order mark", "ask", b'\xef\xbb\xbf{"question": "Who?"}', 400),
    ("half a character, escaped", "ask", b'{"question": "\\ud800"}', 422),
    ("half a character in a filter", "ask", b'{"question": "Who?", "tags": ["\\udfff"]}', 422),
    ("half a character in a quote", "verify",
     b'{"quotes":[{"article":"a.md","start":0,"end":1,"source":"\\ud800","text":"x"}]}', 422),
    ("a key twice", "ask", b'{"question": "Who?", "question": "What?"}', 400),
    ("a key twice, deep down", "ask",
     b'{"question":"Who?","turns":[{"question":"a","question":"b"}]}', 400),
    ("a key twice in a refresh", "refresh", b'{"rebuild": false, "rebuild": true}', 400),
    ("a number of 5,000 digits", "ask", b'{"question": ' + b"9" * 5000 + b"}", 400),
    ("deep nesting", "ask", b"[" * 200_000, 400),
    ("deep nesting of objects", "verify", b'{"quotes":' * 100_000, 400),
    ("more than a megabyte", "ask", asked({"answer": "x" * 1_000_000}), 413),
    ("a list", "ask", b"[]", 422),
    ("a string", "ask", b'"Who?"', 422),
    ("null", "ask", b"null", 422),
    ("a number for a question", "ask", b'{"question": 3}', 422),
    ("null for a question", "ask", b'{"question": null}', 422),
    ("a list for a question", "ask", b'{"question": ["Who?"]}', 422),
    ("an empty question", "ask", b'{"question": ""}', 422),
    ("a blank question", "ask", '{"question": "\u2003\\t"}'.encode(), 422),
    ("a question that is a text", "ask", asked({"question": "x" * 2001}), 422),
    ("an unknown key", "ask", asked({"tag": "ai"}), 422),
    ("an unknown key that Python knows", "ask", asked({"__class__": "x"}), 422),
    ("a word for yes", "ask", asked({"plain": "yes"}), 422),
    ("a number for yes", "ask", asked({"unpublished": 1}), 422),
    ("no day", "ask", asked({"since": "yesterday"}), 422),
    ("a day that there is not", "ask", asked({"since": "2025-02-30"}), 422),
    ("a number for a day", "ask", asked({"until": 2025}), 422),
    ("days the wrong way round", "ask", asked({"since": "2025", "until": "2024"}), 422),
    ("an object for a tag", "ask", asked({"tags": {"a": 1}}), 422),
    ("a number among tags", "ask", asked({"tags": ["ai", 3]}), 422),
    ("too many tags", "ask", asked({"tags": ["ai"] * 101}), 422),
    ("too long a tag", "ask", asked({"tags": "x" * 1001}), 422),
    ("a pattern of too many stars", "ask", asked({"paths": "*a" * 501}), 422),
    ("too many turns", "ask", asked({"turns": [{"question": "Who?"}] * 51}), 422),
    ("a turn that is none", "ask", asked({"turns": ["Who?"]}), 422),
    ("a turn's filter that is none", "ask",
     asked({"turns": [{"question": "Who?", "filters": [{"words": "x", "since": "x"}]}]}), 422),
    ("a turn's filter of another kind", "ask",
     asked({"turns": [{"question": "Who?", "filters": [{"words": "x", "tags": {"a": 1}}]}]}), 422),
    ("nothing to verify", "verify", b"[]", 422),
    ("what is no answer", "verify", b'{"answer": "x"}', 422),
    ("a type that cannot be looked up", "verify", b'{"type": ["Annotation"]}', 422),
    ("an annotation without a target", "verify", b'{"type": "Annotation"}', 422),
    ("quotes that are none", "verify", b'{"quotes": [[]]}', 422),
    ("a quote without words", "verify", b'{"quotes": [{"article": "a.md"}]}', 422),
    ("a quote outside the corpus", "verify",
     b'{"quotes":[{"article":"../secret.md","start":0,"end":3,"source":"The","text":"The"}]}', 422),
    ("a quote of an absolute path", "verify",
     b'{"quotes":[{"article":"/etc/passwd","start":0,"end":3,"source":"The","text":"The"}]}', 422),
    ("a quote at True", "verify",
     b'{"quotes":[{"article":"bees.md","start":false,"end":true,"source":"#","text":"#"}]}', 422),
    ("a quote before its beginning", "verify",
     b'{"quotes":[{"article":"bees.md","start":-9,"end":-1,"source":"#","text":"#"}]}', 422),
    ("a word for a rebuild", "refresh", b'{"rebuild": "yes"}', 422),
    ("a number for a rebuild", "refresh", b'{"rebuild": 1}', 422),
    ("another folder", "refresh", b'{"rebuild": true, "corpus": "/etc"}', 422),
    ("workers", "refresh", b'{"workers": 1000}', 422),
    ("a list for a refresh", "refresh", b"[true]", 422),
]  # fmt: skip

# What the query is like, and the query.
_QUERIES: list[tuple[str, str]] = [
    ("no query", "search"),
    ("an empty query", "search?query="),
    ("a blank query", "search?query=%20%09"),
    ("a query that is a text", f"search?query={'x' * 2001}"),
    ("half a byte", "search?query=%ff"),
    ("half a character", "search?query=%ed%a0%80"),
    ("a query twice", "search?query=a&query=b"),
    ("no hits", "search?query=fog&k=0"),
    ("fewer than no hits", "search?query=fog&k=-1"),
    ("too many hits", "search?query=fog&k=101"),
    ("hits beyond counting", f"search?query=fog&k={_HUGE}"),
    ("half a hit", "search?query=fog&k=1.5"),
    ("a word for hits", "search?query=fog&k=ten"),
    ("not a number of hits", "search?query=fog&k=NaN"),
    ("hits twice", "search?query=fog&k=1&k=2"),
    ("an unknown parameter", "search?query=fog&limit=1"),
    ("no day", "search?query=fog&since=x"),
    ("no yes or no", "search?query=fog&plain=perhaps"),
    ("an operator's brackets", "search?query=fog&tags[$ne]=x"),
    ("a parameter where none is", "status?verbose=1"),
    ("SQL for a day", "search?query=fog&since=2025-01-01'%20OR%201=1--"),
    ("no place", "show"),
    ("half a place", "show?article=bees.md&start=0"),
    ("a place before the beginning", "show?article=bees.md&start=-5&end=3"),
    ("a place beyond the end", "show?article=bees.md&start=0&end=100000"),
    ("a place beyond counting", f"show?article=bees.md&start=0&end={_HUGE}"),
    ("a place that ends before it begins", "show?article=bees.md&start=9&end=3"),
    ("a place of no length", "show?article=bees.md&start=3&end=3"),
    ("no number", "show?article=bees.md&start=zero&end=3"),
    ("a hexadecimal number", "show?article=bees.md&start=0x0&end=3"),
    ("an article twice", "show?article=bees.md&article=fog.md&start=0&end=3"),
    ("no article", "show?article=&start=0&end=3"),
    ("an article that is not there", "show?article=gone.md&start=0&end=3"),
    ("a folder", "show?article=.&start=0&end=3"),
    ("the folder above", "show?article=../secret.md&start=0&end=3"),
    ("a way around", "show?article=x/../../secret.md&start=0&end=3"),
    ("passwords", "show?article=../../../../../../etc/passwd&start=0&end=3"),
    ("an absolute path", "show?article=/etc/passwd&start=0&end=3"),
    ("encoded slashes", "show?article=..%2f..%2fsecret.md&start=0&end=3"),
    ("slashes encoded twice", "show?article=..%252fsecret.md&start=0&end=3"),
    ("another way to write a slash", "show?article=..%c0%afsecret.md&start=0&end=3"),
    ("backslashes", "show?article=..%5csecret.md&start=0&end=3"),
    ("an address", "show?article=file:///etc/passwd&start=0&end=3"),
    ("a NUL", "show?article=bees.md%00.txt&start=0&end=3"),
    ("a line break", "show?article=bees.md%0d%0aSet-Cookie:%20a=b&start=0&end=3"),
    ("a link that leaves the corpus", "show?article=link.md&start=0&end=3"),
    ("a hidden file", "show?article=.hidden.md&start=0&end=3"),
    ("another kind of file", "show?article=notes.txt&start=0&end=3"),
    ("the index", "show?article=../e/catalog.db&start=0&end=3"),
    ("a name longer than names are", f"show?article={'x' * 900}.md&start=0&end=3"),
    ("a path longer than paths are", f"show?article={'x/' * 600}.md&start=0&end=3"),
    ("another version", "../v2/ask"),
    ("a path that is none", "%00"),
    ("a way out of the interface", "..%2f..%2fconfig"),
]  # fmt: skip

# What the head is like, method, path, headers, and the status.
_HEADS: list[tuple[str, str, str, dict[str, str], int]] = [
    ("no type", "POST", "ask", {}, 415),
    ("a form's type", "POST", "ask", {"content-type": "application/x-www-form-urlencoded"}, 415),
    ("plain text", "POST", "refresh", {"content-type": "text/plain"}, 415),
    ("a form of parts", "POST", "refresh", {"content-type": "multipart/form-data; boundary"}, 415),
    ("a type like JSON", "POST", "ask", {"content-type": "application/jsonp"}, 415),
    ("a type that is none", "POST", "ask", {"content-type": ";;"}, 415),
    ("another charset", "POST", "ask", {"content-type": "application/json; charset=utf-16"}, 415),
    ("said to be packed", "POST", "ask", {**_JSON, "content-encoding": "gzip"}, 415),
    ("packed twice", "POST", "ask", {**_JSON, "content-encoding": "gzip, br"}, 415),
    ("a question that is got", "GET", "ask", {}, 405),
    ("a refresh that is got", "GET", "refresh", {}, 405),
    ("a refresh whose head is got", "HEAD", "refresh", {}, 405),
    ("a refresh that is put", "PUT", "refresh", _JSON, 405),
    ("an answer that is deleted", "DELETE", "ask", {}, 405),
    ("a state that is posted", "POST", "status", _JSON, 405),
    ("a method that is overridden", "GET", "refresh", {"x-http-method-override": "POST"}, 405),
    ("a method that nobody knows", "BREW", "ask", {}, 405),
    ("leave that is asked for", "OPTIONS", "ask", {}, 405),
    ("another site's page", "POST", "ask", {**_JSON, "origin": "https://evil.example"}, 403),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "body", "status"), [row[1:] for row in _BODIES], ids=[row[0] for row in _BODIES]
)
def test_a_body(client: TestClient, path: str, body: bytes, status: int) -> None:
    """Of whatever is sent as JSON."""
    reply = client.post(f"/api/v1/{path}", content=body, headers=_JSON)
    check(reply, status)


@pytest.mark.parametrize(
    "query", [query for _, query in _QUERIES], ids=[name for name, _ in _QUERIES]
)
def test_a_query(client: TestClient, query: str) -> None:
    """Of whatever stands in an address; what is outside is told of like what is not there."""
    reply = client.get(f"/api/v1/{query}")
    check(reply, 400, 404, 422)
    assert "secret words" not in reply.text and "root:" not in reply.text
    assert "set-cookie" not in reply.headers


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [row[1:] for row in _HEADS],
    ids=[row[0] for row in _HEADS],
)
def test_a_head(
    client: TestClient, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    """Of whatever is said about a body that would be right."""
    body = b"{}" if path == "refresh" else asked({})
    content = None if method in ("GET", "HEAD", "OPTIONS", "DELETE", "BREW") else body
    reply = client.request(method, f"/api/v1/{path}", content=content, headers=headers)
    check(reply, status, has_body=method != "HEAD")


@pytest.mark.parametrize("name", ["gzip", "deflate"])
def test_a_bomb_is_not_unpacked(client: TestClient, name: str) -> None:
    """However small it is."""
    bomb = _BOMB if name == "gzip" else zlib.compress(b"a" * 10_000_000)
    assert len(bomb) < 20_000
    headers = {**_JSON, "content-encoding": name}
    check(client.post("/api/v1/ask", content=bomb, headers=headers), 415)


def check(reply: Any, *statuses: int, has_body: bool = True) -> None:  # noqa: ANN401 -- of httpx
    """Check that an answer is a problem of one clear line."""
    assert reply.status_code in statuses
    assert reply.headers["content-type"] == "application/problem+json"
    if not has_body:
        return
    said = reply.json()
    assert set(said) <= {"type", "title", "status", "detail", "instance"}
    assert said["status"] == reply.status_code
    detail = said["detail"]
    assert 10 < len(detail) <= 500 and detail.isprintable()
    assert "Traceback" not in detail and "pydantic" not in detail
