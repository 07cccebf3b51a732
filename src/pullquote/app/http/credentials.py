"""Logins and tokens: who may ask, and by what they show it."""

import re
from base64 import b64decode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from secrets import compare_digest

from starlette.datastructures import Headers

from pullquote.errors import InputError

Logins = Sequence[tuple[str, str]]
# In the scope of a request: the user whose login or token it showed.
SHOWN = "pullquote.user"
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # RFC 6750
_LEAST_CHARS = 16  # of a token; shorter ones can be guessed
MAKE_TOKEN = "python3 -c 'import secrets; print(secrets.token_urlsafe())'"


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever showed a login or a token; `user` is empty for a token."""

    key: str  # by which requests are counted
    user: str = ""


@dataclass(frozen=True, slots=True)
class Credentials:
    """The logins and tokens that open a server; with none of them it is open to all."""

    logins: Logins = field(default=(), repr=False)
    tokens: Sequence[str] = field(default=(), repr=False)

    def __bool__(self) -> bool:
        return bool(self.logins or self.tokens)

    def caller(self, headers: Headers) -> Caller | None:
        """Return who sent a request, by its Authorization header; None if that opens nothing."""
        scheme, _, shown = headers.get("authorization", "").partition(" ")
        match scheme.lower():
            case "basic":
                return self._by_login(shown)
            case "bearer":
                return self._by_token(shown.strip())
        return None

    def challenge(self, *, basic: bool) -> str:
        """Return what a refused client may show; browsers ask people for a login if `basic`."""
        said = ['Basic realm="Pullquote", charset="UTF-8"'] if basic and self.logins else []
        if self.tokens or not said:
            said.append('Bearer realm="Pullquote"')
        return ", ".join(said)

    def _by_login(self, coded: str) -> Caller | None:
        given = _decoded(coded)
        # Each is compared whole, so that the time taken tells nothing.
        found = [login for login in self.logins if _same(given, login)]
        return Caller(f"login {found[0][0]}", found[0][0]) if found else None

    def _by_token(self, given: str) -> Caller | None:
        found = [
            number
            for number, token in enumerate(self.tokens, 1)
            if compare_digest(given.encode(), token.encode())
        ]
        return Caller(f"token {found[0]}") if found else None


def read_logins(auth: tuple[str, str] | Logins | None) -> tuple[tuple[str, str], ...]:
    """Return the logins; raise InputError for one without a user or a password."""
    if auth is None:
        return ()
    logins: list[tuple[str, str]] = []
    match auth:
        case (str() as user, str() as password):
            logins = [(user, password)]
        case _:
            logins = [(str(user), str(password)) for user, password in auth]
    if not logins or not all(user and password for user, password in logins):
        raise InputError("auth: a user and a password are needed, neither of them empty")
    passwords: dict[str, str] = {}
    for user, password in logins:
        # The page would take the last one, the API each.
        if passwords.setdefault(user, password) != password:
            raise InputError(f"auth: {user} has two passwords; leave one")
    return tuple(passwords.items())


def read_tokens(tokens: str | Iterable[str] | None) -> tuple[str, ...]:
    """Return the tokens; raise InputError, which never tells one, for what none can be."""
    if tokens is None:
        return ()
    found = tuple(dict.fromkeys((tokens,) if isinstance(tokens, str) else tokens))
    if not found:
        raise InputError(f"token: there is none; make one: {MAKE_TOKEN}")
    for number, token in enumerate(found, 1):
        if len(token) < _LEAST_CHARS or not _TOKEN.fullmatch(token):
            raise InputError(
                f"token {number}: needs {_LEAST_CHARS} or more of A-Z a-z 0-9 - . _ ~ + /;"
                f" make one: {MAKE_TOKEN}"
            )
    return found


def _decoded(coded: str) -> tuple[str, str]:
    """Return user and password of HTTP basic; FastAPI's own reader takes ASCII only."""
    try:
        user, _, password = b64decode(coded, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return user, password


def _same(given: tuple[str, str], login: tuple[str, str]) -> bool:
    user = compare_digest(given[0].encode(), login[0].encode())
    password = compare_digest(given[1].encode(), login[1].encode())
    return user and password
