"""The page's own sessions: gradio keeps who has signed in, by a cookie."""

from http.cookies import CookieError, SimpleCookie
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.types import Scope

from pullquote.app.http.credentials import SHOWN

if TYPE_CHECKING:  # which the HTTP interface does not wait for
    from gradio.routes import App


class GradioSessions:
    """The sessions of a mounted page."""

    def __init__(self, page: "App") -> None:
        self._page = page
        self._opened: dict[str, str] = {}  # by user, for those who show their login each time

    def user(self, headers: Headers) -> str | None:
        """Return who sent a request, by its cookies; None for nobody known."""
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return None
        for name in self._names():
            if (cookie := cookies.get(name)) and cookie.value in self._page.tokens:
                return str(self._page.tokens[cookie.value])
        return None

    def admit(self, scope: Scope) -> Scope:
        """Return a request with the cookie of a session, if its sender showed who it is.

        Such a cookie signing in would set.
        """
        if SHOWN not in scope:
            return scope
        user = scope[SHOWN]
        secret = self._opened.setdefault(user, token_urlsafe())
        self._page.tokens[secret] = user  # again: who signs out ends all sessions of that user
        name = self._names()[0]
        cookie = (b"cookie", f"{name}={secret}".encode())
        rest = [pair for pair in scope["headers"] if pair[0] != b"cookie"]
        return {**scope, "headers": [*rest, cookie]}

    def _names(self) -> tuple[str, str]:
        """Return the names of the cookies over https and http."""
        page = self._page
        return f"access-token-{page.cookie_id}", f"access-token-unsecure-{page.cookie_id}"
