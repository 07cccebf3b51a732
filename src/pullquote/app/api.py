"""The HTTP interface: questions as JSON, the health check, who may ask, what is said of errors."""

from base64 import b64decode
from collections.abc import Callable, Sequence
from secrets import compare_digest
from typing import Any

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from pullquote.app.actions import MAX_QUESTION
from pullquote.chatbot import Chatbot
from pullquote.errors import IndexNotFound, InputError, PullquoteError
from pullquote.filters import PlainFilter
from pullquote.index.catalog import Catalog
from pullquote.types import Turn

Logins = Sequence[tuple[str, str]]
_MAX_TURNS = 50
_Words = str | list[str] | None


class _Turn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    question: str = Field(max_length=MAX_QUESTION)
    standalone: str | None = Field(default=None, max_length=4 * MAX_QUESTION)
    answer: str = ""
    filters: list[dict[str, Any]] = Field(default=[], max_length=_MAX_TURNS)

    def as_turn(self) -> Turn:
        filters = tuple(map(PlainFilter.of_dict, self.filters))
        return Turn(self.question, self.standalone or self.question, self.answer, filters)


class _Ask(BaseModel):
    model_config = ConfigDict(extra="forbid")
    question: str = Field(max_length=MAX_QUESTION)
    since: str | None = None
    until: str | None = None
    tags: _Words = None
    categories: _Words = None
    lang: _Words = None
    paths: _Words = None
    unpublished: bool = False
    plain: bool = True
    ignore: _Words = None
    turns: list[_Turn] = Field(default=[], max_length=_MAX_TURNS)


def create_api(bot: Chatbot, logins: Logins) -> FastAPI:
    """Return an app with ``/healthz`` and ``/api/v1/ask``; with logins, only they may ask."""
    # No generated API pages: they load their scripts from a CDN.
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_exception_handler(RequestValidationError, _refuse_input)
    app.add_exception_handler(PullquoteError, _refuse)
    app.get("/healthz")(_health(Catalog(bot.embeddings)))
    app.post("/api/v1/ask", dependencies=[Depends(_guard(logins))])(_asking(bot))
    return app


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
    return tuple(logins)


def _health(catalog: Catalog) -> Callable[[], JSONResponse]:
    def health() -> JSONResponse:
        try:
            with catalog.reading() as view:
                generation = int(view.about().get("generation", "0"))
                articles = view.count("articles")
        except IndexNotFound:
            generation = articles = 0
        except PullquoteError as error:
            return JSONResponse({"status": "trouble", "detail": str(error)}, 503)
        state = {"generation": generation, "articles": articles}
        if not generation:
            return JSONResponse({"status": "no index", **state}, 503)
        return JSONResponse({"status": "ok", **state})

    return health


def _asking(bot: Chatbot) -> Callable[[_Ask], JSONResponse]:
    def ask(asked: _Ask) -> JSONResponse:
        answer = bot.ask(
            asked.question,
            since=asked.since,
            until=asked.until,
            tags=asked.tags,
            categories=asked.categories,
            lang=asked.lang,
            paths=asked.paths,
            unpublished=asked.unpublished,
            plain=asked.plain,
            ignore=asked.ignore,
            turns=tuple(turn.as_turn() for turn in asked.turns),
        )
        return JSONResponse(answer.to_dict())

    return ask


def _guard(logins: Logins) -> Callable[[Request], None]:
    def check(request: Request) -> None:
        given = _credentials(request.headers.get("authorization", ""))
        # Every login is compared whole, so that the time taken tells nothing.
        if logins and sum(_same(given, login) for login in logins) == 0:
            raise HTTPException(
                401,
                "sign in with a user and a password (HTTP basic)",
                {"WWW-Authenticate": 'Basic realm="Pullquote", charset="UTF-8"'},
            )

    return check


def _credentials(header: str) -> tuple[str, str]:
    """Return user and password of an HTTP basic header; FastAPI's own reader takes ASCII only."""
    scheme, _, coded = header.partition(" ")
    try:
        user, _, password = b64decode(coded, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return (user, password) if scheme.lower() == "basic" else ("", "")


def _same(given: tuple[str, str], login: tuple[str, str]) -> bool:
    user = compare_digest(given[0].encode(), login[0].encode())
    password = compare_digest(given[1].encode(), login[1].encode())
    return user and password


async def _refuse_input(request: Request, error: Exception) -> JSONResponse:
    """Say in one line what is wrong with a body."""
    if not isinstance(error, RequestValidationError):
        raise error
    first: dict[str, Any] = dict(error.errors()[0])
    place = ".".join(str(part) for part in first["loc"][1:] if part not in ("str", "list[str]"))
    line = f"{place}: {first['msg']}" if place else str(first["msg"])
    return JSONResponse({"detail": line}, 422)


async def _refuse(request: Request, error: Exception) -> JSONResponse:
    """Say what is wrong: with the question (422) or with the index (503)."""
    return JSONResponse({"detail": str(error)}, 422 if isinstance(error, InputError) else 503)
