"""The tools of the Model Context Protocol at ``/mcp``, over streamable HTTP."""

from collections.abc import AsyncIterator, Callable
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
Check = Callable[[Request], None]  # raises HTTPException for whoever may not ask

_MAX_BYTES = 1_000_000  # of a body, as of a question
_NEAR = ("127.0.0.1", "localhost", "[::1]")
_STRANGE = "not a name of this server; behind a proxy give --root-path https://NAME, or --auth"


def add_tools(
    app: FastAPI, server: Server[Any], *, check: Check, names: TransportSecuritySettings
) -> None:
    """Add the endpoint to an app, which opens it when it starts and closes it when it ends."""
    endpoint = _Endpoint(server, check, names)
    for path in (MCP, f"{MCP}/"):
        app.router.routes.append(Route(path, endpoint))
    outer = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(running: FastAPI) -> AsyncIterator[Any]:
        async with endpoint.open(), outer(running) as state:
            yield state

    app.router.lifespan_context = lifespan


def read_names(host: str, root: str, *, guarded: bool) -> TransportSecuritySettings:
    """Return by which names pages of a browser may reach a server.

    A server of this machine alone has known names; any other would be that of a page which had its
    own name lead here. Whatever else it listens on is reached by names that nobody can list, and
    what asks for a login is safe by that: no ``allowed_hosts`` are told apart then.
    """
    public = urlsplit(root)
    origins = [f"http://{name}{port}" for name in _NEAR for port in ("", ":*")]
    origins += [f"{public.scheme}://{public.netloc}"] if public.netloc else []
    near = host in ("127.0.0.1", "localhost", "::1") and not guarded
    hosts = [f"{name}{port}" for name in _NEAR for port in ("", ":*")] if near else []
    hosts += [public.netloc] if near and public.netloc else []
    return TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=origins)


class _Endpoint:
    """Answers one request at a time, each for itself: a restart loses no session."""

    def __init__(self, server: Server[Any], check: Check, names: TransportSecuritySettings) -> None:
        self._server, self._check, self._names = server, check, names
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
        self._check(request)
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
        names = self._names
        if not names.allowed_hosts:
            names = names.model_copy(update={"allowed_hosts": [host]})
        refused = await TransportSecurityMiddleware(names).validate_request(request, is_post=True)
        if refused is None:
            return None
        lines = {
            400: "send JSON, with Content-Type: application/json",
            403: "sent by a page of another site",
            421: f"{host!r:.100}: {_STRANGE}",
        }
        return _say(refused.status_code, lines[refused.status_code])


def _say(status: int, line: str, **headers: str) -> JSONResponse:
    return JSONResponse({"detail": line}, status, headers)
