"""Errors as application/problem+json (RFC 9457): one clear line in `detail`."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from pullquote.errors import IndexBusy, InputError, PullquoteError

DESCRIPTION = "/api/v1/openapi.json"
RETRY_SECONDS = 5
_RETRY = {"Retry-After": str(RETRY_SECONDS)}
_LOG = logging.getLogger(__name__)
_MOST_CHARS = 500  # of a line: some libraries tell the whole input
_VARIANTS = frozenset(("str", "list[str]"))  # of one field, of which nobody wrote the name


class Problem(BaseModel):
    """What went wrong, and what to do."""

    type: str = Field(description="about:blank: the status says what kind of problem it is")
    title: str
    status: int
    detail: str = Field(description="One line: what, where, what to do")
    instance: str | None = Field(default=None, description="The path that was asked for")


class ProblemResponse(JSONResponse):
    """A problem as JSON."""

    media_type = "application/problem+json"


def problem(
    status: int, detail: str, *, instance: str = "", headers: Mapping[str, str] | None = None
) -> ProblemResponse:
    """Return the answer that tells of a problem."""
    return ProblemResponse(say_problem(status, detail, instance=instance), status, headers)


def say_problem(status: int, detail: str, *, instance: str = "") -> dict[str, Any]:
    """Return the JSON of a problem."""
    said = " ".join(detail.split())[:_MOST_CHARS]
    # A request may hold half a character, which no answer can.
    said = said.encode("utf-8", "backslashreplace").decode()
    title = HTTPStatus(status).phrase
    told = {"type": "about:blank", "title": title, "status": status, "detail": said}
    return {**told, "instance": instance} if instance else told


def add_handlers(app: FastAPI) -> None:
    """Let all errors of an app be problems."""
    app.add_exception_handler(RequestValidationError, _refuse_input)
    app.add_exception_handler(PullquoteError, _refuse)
    app.add_exception_handler(HTTPException, _refuse_request)
    app.add_exception_handler(Exception, _fail)


def status_of(error: PullquoteError) -> int:
    """Return what is wrong: the question (422), or the index (503)."""
    return 422 if isinstance(error, InputError) else 503


def problem_of(error: Exception) -> tuple[int, str, dict[str, str]]:
    """Return status, line and headers that tell of an error; what nobody expected is logged."""
    match error:
        case HTTPException():
            headers = dict(error.headers or {})
            return error.status_code, _line_of(error, headers.get("Allow", "")), headers
        case PullquoteError():
            return status_of(error), str(error), _RETRY if isinstance(error, IndexBusy) else {}
        case _:
            _LOG.error("an answer failed", exc_info=error)
            return 500, "the server failed to answer; its log says why", {}


def _line_of(error: HTTPException, allowed: str) -> str:
    """Return what to do about an error that the framework tells of by its name alone."""
    if error.detail != HTTPStatus(error.status_code).phrase:
        return str(error.detail)
    match error.status_code:
        case 404:
            return f"nothing is here; the interface is described at {DESCRIPTION}"
        case 405:
            return f"not with this method; use {allowed}"
    return str(error.detail)


def line_of(errors: Sequence[Any], *, skip: int = 0) -> str:
    """Return the first of pydantic's errors as one line, without so many parts of its place."""
    first = errors[0]
    place = ".".join(str(part) for part in first["loc"][skip:] if part not in _VARIANTS)
    return f"{place}: {first['msg']}" if place else str(first["msg"])


def _answer(request: Request, error: Exception) -> ProblemResponse:
    status, detail, headers = problem_of(error)
    return problem(status, detail, instance=request.scope["path"], headers=headers)


async def _refuse_input(request: Request, error: Exception) -> ProblemResponse:
    """Say in one line what is wrong with a body or a query."""
    if not isinstance(error, RequestValidationError):
        raise error
    return problem(422, line_of(error.errors(), skip=1), instance=request.scope["path"])


async def _refuse(request: Request, error: Exception) -> ProblemResponse:
    return _answer(request, error)


async def _refuse_request(request: Request, error: Exception) -> ProblemResponse:
    """Tell of what FastAPI refuses by itself, such as a method or a path."""
    return _answer(request, error)


async def _fail(request: Request, error: Exception) -> ProblemResponse:
    """Tell that something failed, and nothing of what."""
    return problem(500, "the server failed to answer; its log says why")
