"""What happens to a request before it is answered, and to an answer before it is sent."""

import asyncio
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pullquote.app.http.problems import problem
from pullquote.errors import InputError

# Gradio writes its settings into the page and compiles `js_on_load`, hence inline and eval. What
# is left for a hostile article, should it ever get so far, cannot load or send anything elsewhere.
_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # pages of articles need not learn who quotes them
}
_CLOSE = {"Connection": "close"}
_BODY_SECONDS = 60.0  # a megabyte over a slow line
_PATIENCE = 16  # times the largest body: what is read of one that is refused


class Headed:
    """Adds to every answer the headers that tell a browser what it must not do."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

        async def send_headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_headed if scope["type"] == "http" else send)


class Stripped:
    """Takes the prefix off the path of a request, for proxies that leave it on."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app, self._prefix = app, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http" and scope["path"] == self._prefix:
            # Without the slash a browser would look for the page's files beside it.
            await RedirectResponse(f"{self._prefix}/")(scope, receive, send)
            return
        if scope["type"] == "http" and scope["path"].startswith(f"{self._prefix}/"):
            scope = {**scope, **self._strip(scope)}
        await self._app(scope, receive, send)

    def _strip(self, scope: Scope) -> dict[str, object]:
        raw = scope.get("raw_path") or b""
        path = str(scope["path"]).removeprefix(self._prefix)
        return {"path": path, "raw_path": raw.removeprefix(self._prefix.encode())}


class Limited:
    """Refuses requests whose body is larger than so many bytes, says no end, or stops half-way."""

    def __init__(self, app: ASGIApp, max_bytes: int, *, wait: float = _BODY_SECONDS) -> None:
        self._app, self._max_bytes, self._wait = app, max_bytes, wait

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._wait):
                body = await self._read(receive)
        except TimeoutError:
            refusal = problem(408, "the body did not come in time; send it again", headers=_CLOSE)
        except ClientDisconnect:
            refusal = problem(400, "the body ended half-way; send all of it", headers=_CLOSE)
        else:
            if body is not None:
                await self._app(scope, _again(body, receive), send)
                return
            line = f"the body is larger than {self._max_bytes:,} bytes; send less"
            refusal = problem(413, line, instance=scope["path"], headers=_CLOSE)
        await refusal(scope, receive, send)

    async def _read(self, receive: Receive) -> bytes | None:
        """Return the body, or None if it is too large; raise ClientDisconnect if it stops short.

        What is too large is heard out, up to a point, without being kept: who still sends when the
        line is cut never reads why.
        """
        body, size, more = bytearray(), 0, True
        while more and size <= _PATIENCE * self._max_bytes:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            piece = message.get("body", b"")
            size += len(piece)
            more = message.get("more_body", False)
            if size <= self._max_bytes:
                body += piece
        return bytes(body) if size <= self._max_bytes else None


def _again(body: bytes, receive: Receive) -> Receive:
    """Return a function that gives the body that was read, then what comes after it."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


def read_root(root_path: str | None) -> tuple[str, str]:
    """Return the root as gradio takes it, and the prefix that paths may have; raise InputError.

    A root is a path (/articles), or the whole public address (https://example.com/articles).
    """
    root = (root_path or "").rstrip("/")
    if not root:
        return "", ""
    split = urlsplit(root)
    is_address = split.scheme in ("http", "https") and bool(split.netloc)
    is_path = root.startswith("/") and not root.startswith("//")
    if not (is_address or is_path) or split.query or split.fragment:
        raise InputError(
            f"root path {root_path!r}: write a path such as /articles, or the whole public address"
        )
    return root, split.path
