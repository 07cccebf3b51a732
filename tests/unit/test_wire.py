"""What comes over a socket, and a client of HTTP would not send: it is refused, nothing happens."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from pullquote import Chatbot
from pullquote.app import build, create_server
from tests.clients import served
from tests.conftest import SMALL
from tests.fakes import WordEmbedder, fill, in_a_loop
from tests.unit.test_server import contents

_POST = b"POST /api/v1/refresh HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Chatbot:
    """Open a bot over three articles."""
    folder = tmp_path_factory.mktemp("wire")
    corpus, index = fill(folder / "corpus", SMALL), folder / "e"
    bot = Chatbot(corpus, embeddings=index, embedder=WordEmbedder(), reader=None)
    bot.refresh()
    return bot


@pytest.fixture(autouse=True)
def unchanged(bot: Chatbot) -> Iterator[None]:
    """Check that no file has changed."""
    before = contents(bot.corpus.parent)
    yield
    assert contents(bot.corpus.parent) == before


class TestTheWire:
    """What comes over a socket, and a client of HTTP would not send."""

    @pytest.fixture(scope="class", name="port")
    @classmethod
    def listening_at(cls, bot: Chatbot) -> Iterator[int]:
        """Serve at a port."""
        app = in_a_loop(lambda: create_server(bot, page=build(bot, examples=[])))
        with served(app) as port:
            yield port

    @pytest.mark.parametrize(
        "sent",
        [
            b"nonsense\r\n\r\n",
            b"POST /api/v1/refresh HTTP/1.1\r\n\r\n",
            _POST + b"Content-Length: -1\r\n\r\n{}",
            _POST + b"Content-Length: 2\r\nContent-Length: 9\r\n\r\n{}",
            _POST + b"Content-Type : application/json\r\n\r\n{}",
            _POST + b"A: b\x00c\r\nContent-Length: 2\r\n\r\n{}",
            # Complete: what is left unread when a server hangs up takes its answer along.
            _POST + b"A: " + b"b" * 70_000 + b"\r\nContent-Length: 0\r\n\r\n",
            _POST + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n",
            _POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            b"POST /api/v1/refresh HTTP/9.9\r\nHost: x\r\n\r\n",
            b"GET /api/v1/status\r\n HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET http://[evil/api/v1/nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        ],
    )  # fmt: skip
    def test_what_is_no_http_is_refused(self, port: int, sent: bytes) -> None:
        """By what reads HTTP, or by us."""
        assert talk(port, sent).startswith((b"HTTP/1.1 4", b"HTTP/1.1 501"))

    @pytest.mark.parametrize(
        "body",
        [
            b'Content-Length: 20\r\n\r\n{"rebuild": true}',
            b'Transfer-Encoding: chunked\r\n\r\n11\r\n{"rebuild": true}\r\n',
        ],
    )
    def test_what_ends_half_way_does_nothing(self, port: int, body: bytes) -> None:
        """Though what has come would be enough."""
        head = _POST + b"Content-Type: application/json\r\n"
        said = talk(port, head + body)
        assert b"HTTP/1.1 200" not in said
        assert not said or b"400" in said.split(b"\r\n")[0]


def talk(port: int, sent: bytes) -> bytes:
    """Send bytes and no more, and return all that is answered."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as line:
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := line.recv(65_536):
            answer += piece
    return answer
