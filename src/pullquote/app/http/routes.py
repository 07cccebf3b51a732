"""The routes below /api/v1."""

from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from pullquote.app.http.asked import Ask, Check, Exported, Place, Refresh, Search
from pullquote.app.http.problems import problem
from pullquote.app.http.streaming import EVENTS, Tell, stream, tell_answer, wants_events
from pullquote.app.http.strict import StrictRoute
from pullquote.app.http.turnstile import Turnstile, do_in_turn
from pullquote.chatbot import Chatbot
from pullquote.errors import InputError
from pullquote.mcp import replies
from pullquote.mcp.library import Library
from pullquote.verification.verifying import summarise

Call = Callable[..., Awaitable[Response]]
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_REFUSED: dict[int | str, dict[str, Any]] = {
    status: {"description": said, "content": _PROBLEM}
    for status, said in {
        400: "Not JSON, or not HTTP",
        401: "No login and no token that opens the server",
        403: "Not allowed here",
        413: "The body is too large",
        415: "Not application/json",
        422: "Something in it makes no sense",
        429: "Too many requests; Retry-After says when to come back",
        500: "The server failed",
        503: "No index, or too much to do",
    }.items()
}
_READ = {status: said for status, said in _REFUSED.items() if status != 415}
_NOT_THERE: dict[int | str, dict[str, Any]] = {
    404: {"description": "No words at this place", "content": _PROBLEM}
}
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer; or, asked for as text/event-stream, the events `step`, "
        "`quote` (each as soon as it is found; after a step `again` they come anew, for an article "
        "was edited meanwhile), `answer` (the same JSON) and `error` (a problem)",
        "content": {EVENTS: {"schema": {"type": "string"}}},
    }
}


def create_routes(bot: Chatbot, *, read_only: bool) -> APIRouter:
    """Return the routes over a bot; where all is read-only, a refresh is refused."""
    routes = APIRouter(route_class=StrictRoute)
    library, turnstile = Library(bot, remote=True), Turnstile()
    post, get = routes.post, routes.get
    post("/ask", response_model=replies.AnswerReply, responses=_REFUSED | _EVENTS)(
        _asking(bot, turnstile)
    )
    get("/search", response_model=list[replies.HitReply], responses=_READ)(
        _searching(bot, turnstile)
    )
    get("/show", response_model=replies.QuoteReply, responses=_READ | _NOT_THERE)(_showing(library))
    post("/verify", response_model=replies.ChecksReply, responses=_REFUSED)(
        _verifying(library, turnstile)
    )
    get("/status", response_model=replies.StatusReply, responses=_READ)(
        _telling(library, turnstile)
    )
    refreshing = _refusing_refresh if read_only else _refreshing(bot, Turnstile(1))
    post("/refresh", response_model=replies.ReportReply, responses=_REFUSED)(refreshing)
    return routes


def _asking(bot: Chatbot, turnstile: Turnstile) -> Call:
    def answer(asked: Ask) -> dict[str, Any]:
        return bot.ask(asked.question, **asked.options()).to_dict()

    async def ask(asked: Ask, request: Request) -> Response:
        """Answer a question with quotes, or with silence."""

        def answer_in_steps(tell: Tell) -> dict[str, Any]:
            with closing(bot.stream(asked.question, **asked.options())) as steps:
                return tell_answer(steps, tell)

        if wants_events(request):
            return stream(turnstile, answer_in_steps)
        return await do_in_turn(request, turnstile, lambda: answer(asked))

    return ask


def _searching(bot: Chatbot, turnstile: Turnstile) -> Call:
    async def search(wanted: Annotated[Search, Query()], request: Request) -> Response:
        """Find the passages that match best."""

        def find() -> list[dict[str, Any]]:
            return [hit.to_dict() for hit in bot.search(wanted.query, **wanted.options())]

        return await do_in_turn(request, turnstile, find)

    return search


def _showing(library: Library) -> Call:
    async def show(place: Annotated[Place, Query()], request: Request) -> Response:
        """Return the words at a place of an article."""
        try:
            quote = await run_in_threadpool(library.show, **dict(place))
        except InputError as error:
            # The same of what is not there and of what may not be seen.
            return problem(404, str(error), instance=request.scope["path"])
        return JSONResponse(quote.to_dict())

    return show


def _verifying(library: Library, turnstile: Turnstile) -> Call:
    async def verify(
        exported: Exported, wanted: Annotated[Check, Query()], request: Request
    ) -> Response:
        """Check the quotes of exported answers: exact, moved, changed or gone.

        Takes the JSON of an answer, a list of them, or exported annotations.
        """

        def check() -> dict[str, Any]:
            return summarise(library.verify(exported, unpublished=wanted.unpublished))

        return await do_in_turn(request, turnstile, check)

    return verify


def _telling(library: Library, turnstile: Turnstile) -> Call:
    async def status(request: Request) -> Response:
        """Tell what is indexed, and what a refresh would change."""
        return await do_in_turn(request, turnstile, library.status)

    return status


def _refreshing(bot: Chatbot, turnstile: Turnstile) -> Call:
    async def refresh(wanted: Refresh, request: Request) -> Response:
        """Make the index follow the folder; only what changed is embedded."""

        def follow() -> dict[str, Any]:
            return bot.refresh(rebuild=wanted.rebuild, dry_run=wanted.dry_run).to_dict()

        return await do_in_turn(request, turnstile, follow)

    return refresh


async def _refusing_refresh(wanted: Refresh, request: Request) -> Response:
    """Refuse to refresh: all is read-only here."""
    line = "this server is read-only; refresh where the index is made: pullquote refresh"
    return problem(403, line, instance=request.scope["path"])
