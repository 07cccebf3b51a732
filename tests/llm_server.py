"""A server that speaks the protocol of OpenAI's chat completions, and misbehaves as it is told."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """One request; `sent` is the JSON that came with it."""

    protocol_version = "HTTP/1.1"
    server: "Server"
    sent: dict[str, Any]

    def do_POST(self) -> None:
        """Remember what was asked and reply as planned; the last plan stays."""
        length = int(self.headers.get("content-length") or 0)
        self.sent = json.loads(self.rfile.read(length) or b"{}")
        self.close_connection = True
        server = self.server
        server.asked.append(self.sent)
        server.headers.append({name.lower(): value for name, value in self.headers.items()})
        reply = server.replies.pop(0) if len(server.replies) > 1 else server.replies[0]
        try:
            reply(self)
        except OSError:  # whoever asked has gone, which some tests are about
            server.left += 1

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def start(self, status: int = 200, kind: str = "text/event-stream", **more: str) -> None:
        """Send status and headers."""
        self.send_response(status)
        self.send_header("content-type", kind)
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("connection", "close")
        self.end_headers()

    def send(self, data: bytes) -> None:
        """Send bytes now."""
        self.wfile.write(data)
        self.wfile.flush()

    def event(self, content: object) -> None:
        """Send a part of a reply."""
        choice = {"index": 0, "delta": {"content": content}, "finish_reason": None}
        self.send(f"data: {json.dumps({'id': 'x', 'choices': [choice]})}\n\n".encode())


class Server(ThreadingHTTPServer):
    """Listens on a free port; `asked` and `headers` are all it was sent."""

    daemon_threads = True

    def __init__(self, replies: Sequence[Reply]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.replies = list(replies)
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.left = 0
        self.over = threading.Event()

    @property
    def url(self) -> str:
        """The address that clients are given."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that leave are no error."""


@contextmanager
def serving(*replies: Reply) -> Iterator[Server]:
    """Serve these replies, one a request, while the block lasts; the last one again and again."""
    server = Server(replies)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def says(*parts: str) -> Reply:
    """Stream these parts as a good server does."""

    def reply(handler: Handler) -> None:
        handler.start()
        for part in parts:
            handler.event(part)
        handler.send(b"data: [DONE]\n\n")

    return reply


def says_when_let(*parts: str) -> tuple[Reply, Callable[[], None]]:
    """Stream these parts, each when it is let by a call of what comes second."""
    let = threading.Semaphore(0)

    def reply(handler: Handler) -> None:
        handler.start()
        for part in parts:
            while not let.acquire(timeout=0.05):
                if handler.server.over.is_set():
                    return
            handler.event(part)
        handler.send(b"data: [DONE]\n\n")

    return reply, let.release


def fails(status: int, body: bytes = b"{}", **headers: str) -> Reply:
    """Answer with an HTTP error."""

    def reply(handler: Handler) -> None:
        handler.start(status, "application/json", **headers)
        handler.send(body)

    return reply


def raw(data: bytes, *, kind: str = "text/event-stream", **headers: str) -> Reply:
    """Answer with these bytes."""

    def reply(handler: Handler) -> None:
        handler.start(200, kind, **headers)
        handler.send(data)

    return reply


def truncates(*parts: str) -> Reply:
    """Promise more than is sent, and break off."""

    def reply(handler: Handler) -> None:
        handler.start(content_length="100000")
        for part in parts:
            handler.event(part)

    return reply


def stalls(*parts: str) -> Reply:
    """Say some parts and then nothing, until the client leaves or the test is over."""

    def reply(handler: Handler) -> None:
        handler.start()
        for part in parts:
            handler.event(part)
        handler.server.over.wait()

    return reply


def drips(seconds: float = 0.02) -> Reply:
    """Send a byte now and then, for ever: no read ever waits long."""

    def reply(handler: Handler) -> None:
        handler.start()
        while not handler.server.over.is_set():
            handler.send(b":")
            time.sleep(seconds)

    return reply


def drips_headers(seconds: float = 0.02) -> Reply:
    """Never come to the end of the headers."""

    def reply(handler: Handler) -> None:
        handler.send(b"HTTP/1.1 200 OK\r\n")
        number = 0
        while not handler.server.over.is_set():
            number += 1
            handler.send(f"x-{number}: y\r\n".encode())
            time.sleep(seconds)

    return reply


def floods() -> Reply:
    """Send a line without end."""

    def reply(handler: Handler) -> None:
        handler.start()
        while not handler.server.over.is_set():
            handler.send(b"data: " + b"x" * 65_536)

    return reply
