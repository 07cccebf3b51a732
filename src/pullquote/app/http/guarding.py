"""Who may send a request at all: no other site's page, nobody without credentials, none too often.

It stands before everything that the server serves, the page and what is mounted later included.
"""

import math
from collections.abc import Collection
from typing import Protocol
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pullquote.app.http.credentials import SHOWN, Caller, Credentials
from pullquote.app.http.problems import problem
from pullquote.app.http.rates import Meter

HEALTH = "/healthz"
API = "/api/"
_OF_PROGRAMS = (API, "/mcp", "/metrics")
_READING = frozenset(("GET", "HEAD", "OPTIONS"))
# What shows the page to sign in: gradio's own files, and nothing of anybody's articles.
_SIGN_IN = frozenset(
    ("/", "/login", "/login/", "/logout", "/favicon.ico", "/theme.css", "/manifest.json")
)
_SIGN_IN_FILES = ("/assets/", "/static/", "/svelte/")
# What asks. The page's own small events are not counted: there is one every few seconds.
_COUNTED = (API, "/mcp", "/gradio_api/queue/join", "/gradio_api/call/", "/login")


class Sessions(Protocol):
    """Who has signed in on the page."""

    def user(self, headers: Headers) -> str | None:
        """Return who sent a request, by its cookies."""


class Guarded:
    """Refuses requests before anything is read of them but their head.

    `own` is the public host and port, if it is known; `names` are the hosts that it answers to, all
    if there are none. A page may make a name of its own lead here, and then it is no other site's.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        credentials: Credentials,
        sessions: Sessions,
        meter: Meter | None = None,
        own: str = "",
        names: Collection[str] = (),
    ) -> None:
        self._app, self._credentials, self._sessions = app, credentials, sessions
        self._meter, self._own, self._names = meter, own, frozenset(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        caller = self._credentials.caller(headers)
        refusal = self._refuse(scope, headers, caller)
        if refusal is None:
            await self._app(self._admitted(scope, headers, caller), receive, send)
        elif scope["type"] == "http":
            await refusal(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    def _admitted(self, scope: Scope, headers: Headers, caller: Caller | None) -> Scope:
        """Name whoever showed a login or a token, so that the page lets them pass as well."""
        if caller is None or self._sessions.user(headers) is not None:
            return scope
        return {**scope, SHOWN: caller.user}

    def _refuse(self, scope: Scope, headers: Headers, caller: Caller | None) -> Response | None:
        path = scope["path"]
        if path == HEALTH:
            return None
        if self._names and _host_of(headers) not in self._names:
            line = "not by this name; ask for 127.0.0.1 or localhost, or serve with --auth or with"
            return problem(403, f"{line} --root-path https://NAME", instance=path)
        if _is_foreign(scope, headers, self._own):
            line = "sent by a page of another site; open the server's own page instead"
            return problem(403, line, instance=path)
        user = None if caller else self._sessions.user(headers)
        known = not self._credentials or caller is not None or user is not None
        key = caller.key if caller else f"login {user}" if user else _address(scope)
        if self._meter and (path.startswith(_COUNTED) or not known):
            wait = math.ceil(self._meter.take(key))
            if wait:
                line = f"too many requests; ask again in {wait} seconds"
                again = {"Retry-After": str(wait)}
                return problem(429, line, instance=path, headers=again)
        if known or (self._credentials.logins and _is_sign_in(path)):
            return None
        return self._challenge(path)

    def _challenge(self, path: str) -> Response:
        basic = bool(self._credentials.logins)
        ways = ["a user and a password (HTTP basic)"] * basic
        ways += ["a token (Authorization: Bearer TOKEN)"] * bool(self._credentials.tokens)
        # On the page, whose session may have ended, a browser would ask for a login by itself.
        challenge = self._credentials.challenge(basic=path.startswith(_OF_PROGRAMS))
        line = f"sign in with {' or '.join(ways)}"
        return problem(401, line, instance=path, headers={"WWW-Authenticate": challenge})


def _host_of(headers: Headers) -> str | None:
    try:
        return urlsplit(f"//{headers.get('host', '')}").hostname
    except ValueError:
        return None


def _is_foreign(scope: Scope, headers: Headers, own: str) -> bool:
    """Tell whether a page of another site makes a browser send what may change something.

    Programs that are no browsers send neither header.
    """
    asks_leave = "access-control-request-method" in headers
    if scope["type"] == "http" and scope["method"] in _READING and not asks_leave:
        return False
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site not in ("same-origin", "none")
    if origin is None:
        return False
    # No page can make a browser name another host, or send X-Forwarded-Host without asking leave.
    hosts = {headers.get("host"), headers.get("x-forwarded-host"), own}
    _, _, sender = origin.partition("://")
    return sender.lower() not in {host.lower() for host in hosts if host}


def _is_sign_in(path: str) -> bool:
    return path in _SIGN_IN or (path.startswith(_SIGN_IN_FILES) and ".." not in path)


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return f"address {client[0]}" if client else "address unknown"
