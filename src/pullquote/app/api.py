"""The HTTP interface: questions as JSON, the health check, who may ask, what is said of errors."""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from secrets import compare_digest
from typing import Any

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from pullquote.app.edges import Limited
from pullquote.app.parts import MAX_QUESTION
from pullquote.chatbot import Chatbot
from pullquote.errors import IndexNotFound, InputError, PullquoteError
from pullquote.filters import PlainFilter
from pullquote.index.catalog import Catalog
from pullquote.types import Turn

Logins = Sequence[tuple[str, str]]
ASK = "/api/v1/ask"
_MAX_TURNS = 50
_MAX_BYTES = 1_000_000  # of a body; fifty long turns with their answers are a third of it
_AT_ONCE = 4  # questions, as on the page: more only make each other wait
_WAIT_SECONDS = 30.0  # for one's turn; most programs that ask give up about then
_RETRY_SECONDS = 5
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
    app.add_middleware(Limited, path=ASK, max_bytes=_MAX_BYTES)
    app.get("/healthz")(_health(Catalog(bot.embeddings)))
    app.post(ASK, dependencies=[Depends(_guard(logins))])(_asking(bot, Turnstile()))
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
    passwords: dict[str, str] = {}
    for user, password in logins:
        # The page would take the last one, the API each.
        if passwords.setdefault(user, password) != password:
            raise InputError(f"auth: {user} has two passwords; leave one")
    return tuple(passwords.items())


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


class Turnstile:
    """Lets so many pass at a time; the others wait, but not for ever."""

    def __init__(self, at_once: int = _AT_ONCE, *, wait: float = _WAIT_SECONDS) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._wait = wait

    @asynccontextmanager
    async def passing(self) -> AsyncIterator[None]:
        """Hold a place while the block lasts; raise HTTPException if none gets free in time."""
        try:
            async with asyncio.timeout(self._wait):
                await self._places.acquire()
        except TimeoutError:
            line = f"too many questions at once; ask again in {_RETRY_SECONDS} seconds"
            raise HTTPException(503, line, {"Retry-After": str(_RETRY_SECONDS)}) from None
        try:
            yield
        finally:
            self._places.release()


def _asking(bot: Chatbot, turnstile: Turnstile) -> Callable[[_Ask], Awaitable[JSONResponse]]:
    def answer(asked: _Ask) -> dict[str, Any]:
        return bot.ask(
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
        ).to_dict()

    async def ask(asked: _Ask) -> JSONResponse:
        async with turnstile.passing():
            return JSONResponse(await run_in_threadpool(answer, asked))

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
