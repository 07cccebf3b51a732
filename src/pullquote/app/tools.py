"""The tools of the Model Context Protocol at ``/mcp``, over streamable HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecurityMiddleware, TransportSecuritySettings
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

MCP = "/mcp"

_MAX_BYTES = 1_000_000  # of a body, as of a question
_NEAR = ("127.0.0.1", "localhost", "[::1]")


def add_tools(app: FastAPI, server: Server[Any], *, root: str = "") -> None:
    """Add the endpoint to an app, which opens it when it starts and closes it when it ends.

    Who may ask, and by which name of the server, is seen to for every path alike. Of the pages of a
    browser only those of this machine may, and of the public address `root`.
    """
    public = urlsplit(root)
    origins = [f"http://{name}{port}" for name in _NEAR for port in ("", ":*")]
    origins += [f"{public.scheme}://{public.netloc}"] if public.netloc else []
    endpoint = _Endpoint(server, origins)
    for path in (MCP, f"{MCP}/"):
        app.router.routes.append(Route(path, endpoint))
    outer = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(running: FastAPI) -> AsyncIterator[Any]:
        async with endpoint.open(), outer(running) as state:
            yield state

    app.router.lifespan_context = lifespan


class _Endpoint:
    """Answers one request at a time, each for itself: a restart loses no session."""

    def __init__(self, server: Server[Any], origins: list[str]) -> None:
        self._server, self._origins = server, origins
        self._manager: StreamableHTTPSessionManager | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Take requests while the block lasts."""
        manager = StreamableHTTPSessionManager(
            self._server, stateless=True, max_request_body_size=_MAX_BYTES
        )
        async with manager.run():
            self._manager = manager
            try:
                yield
            finally:
                self._manager = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, if it may be answered."""
        request = Request(scope, receive)
        refusal = await self._refuse(request)
        if refusal is not None:
            await refusal(scope, receive, send)
        elif self._manager is None:
            await _say(503, "the server is stopping; ask again later")(scope, receive, send)
        else:
            await self._manager.handle_request(scope, receive, send)

    async def _refuse(self, request: Request) -> JSONResponse | None:
        if request.method != "POST":  # there are no sessions to listen to or to end
            return _say(405, "send requests of the Model Context Protocol by POST", Allow="POST")
        host = request.headers.get("host", "")
        form = TransportSecuritySettings(allowed_hosts=[host], allowed_origins=self._origins)
        refused = await TransportSecurityMiddleware(form).validate_request(request, is_post=True)
        if refused is None:
            return None
        lines = {
            400: "send JSON, with Content-Type: application/json",
            403: "sent by a page of another site",
        }
        return _say(refused.status_code, lines[refused.status_code])


def _say(status: int, line: str, **headers: str) -> JSONResponse:
    return JSONResponse({"detail": line}, status, headers)
