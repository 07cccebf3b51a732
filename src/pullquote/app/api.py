"""The HTTP interface put together: the health check, and what lies below /api."""

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

import pullquote
from pullquote.app.edges import Limited
from pullquote.app.http.credentials import Credentials, Logins, read_logins, read_tokens
from pullquote.app.http.problems import Problem, add_handlers, problem, problem_of
from pullquote.app.http.rates import Rate
from pullquote.app.http.routes import create_routes
from pullquote.app.http.turnstile import Turnstile
from pullquote.chatbot import Chatbot
from pullquote.errors import IndexNotFound, PullquoteError
from pullquote.index.catalog import Catalog

__all__ = [
    "Credentials", "Logins", "Turnstile", "check_guards", "create_api", "read_logins", "read_tokens"
]  # fmt: skip

_PATH = "/api/v1"
_MAX_BYTES = 1_000_000  # of a body; fifty long turns with their answers are a third of it


def create_api(
    bot: Chatbot, credentials: Credentials, *, root: str = "", read_only: bool = False
) -> FastAPI:
    """Return an app with ``/healthz`` and ``/api/v1``; who may ask is seen to elsewhere."""
    # No generated API pages: they load their scripts from a CDN.
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    add_handlers(app)
    app.add_middleware(Limited, max_bytes=_MAX_BYTES)
    app.get("/healthz")(_health(Catalog(bot.embeddings)))
    # Apps of their own, so that what they do not know is their problem and not the page's.
    app.router.routes.append(Mount(_PATH, _versioned(bot, credentials, root, read_only)))
    app.router.routes.append(Mount("/api", _nothing))
    return app


def check_guards(tokens: Sequence[str] | None, rate: str | None) -> None:
    """Raise InputError if a token is too easily guessed, or a rate is none."""
    read_tokens(tokens)
    if rate:
        Rate.of(rate)


def _versioned(bot: Chatbot, credentials: Credentials, root: str, read_only: bool) -> FastAPI:
    api = FastAPI(
        title="Pullquote",
        version=pullquote.__version__,
        description="Exact quotes from a folder of articles, with their exact place, or silence.",
        license_info={"name": "MIT", "identifier": "MIT"},
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        root_path_in_servers=False,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    add_handlers(api)
    api.include_router(create_routes(bot, read_only=read_only))
    api.openapi = _describing(api, credentials, f"{root}{_PATH}")  # type: ignore[method-assign]
    return api


def _describing(api: FastAPI, credentials: Credentials, url: str) -> Callable[[], dict[str, Any]]:
    """Return a function that makes the OpenAPI document, once."""
    ways = {
        "login": ({"type": "http", "scheme": "basic"}, credentials.logins),
        "token": ({"type": "http", "scheme": "bearer"}, credentials.tokens),
    }
    said: dict[str, Any] = {}

    def describe() -> dict[str, Any]:
        if not said:
            found = get_openapi(
                title=api.title,
                version=api.version,
                description=api.description,
                license_info=api.license_info,
                routes=api.routes,
                servers=[{"url": url}],
            )
            found["components"]["schemas"]["Problem"] = Problem.model_json_schema()
            schemes = {name: scheme for name, (scheme, some) in ways.items() if some}
            if schemes:
                found["components"]["securitySchemes"] = schemes
                found["security"] = [{name: []} for name in schemes]
            said.update(found)
        return said

    return describe


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    """Say that nothing is here."""
    if scope["type"] == "http":
        _, line, _ = problem_of(HTTPException(404))
        await problem(404, line, instance=scope["path"])(scope, receive, send)
    else:
        await send({"type": "websocket.close"})


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
