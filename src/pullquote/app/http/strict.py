"""Requests read strictly: what has no clear meaning is refused, not guessed at."""

import json
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

from fastapi import HTTPException
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

LISTS = frozenset(("tags", "categories", "lang", "paths", "ignore"))  # may be repeated
_BODIED = frozenset(("POST", "PUT", "PATCH"))


class StrictRequest(Request):
    """A request whose JSON names each key once, in UTF-8, and knows numbers only."""

    async def json(self) -> Any:  # noqa: ANN401 -- whatever JSON holds
        """Return the body; raise HTTPException if it is not such JSON."""
        body = await self.body()
        try:
            return json.loads(
                body.decode(), object_pairs_hook=_pairs, parse_constant=_refuse_constant
            )
        except UnicodeDecodeError as error:
            raise HTTPException(400, f"the body is not UTF-8 (byte {error.start})") from error
        except RecursionError as error:
            raise HTTPException(400, "the body nests too deeply; make it flatter") from error
        except ValueError as error:
            raise HTTPException(400, f"the body is not JSON ({error})") from error


class StrictRoute(APIRoute):
    """A route that reads strict requests: of one media type, with parameters that it knows."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, which checks before it reads."""
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            _check_query(request, takes_any=bool(self.dependant.query_params))
            if request.method in _BODIED:
                _check_type(request)
            return await handle(StrictRequest(request.scope, request.receive))

        return handle_strictly


def _check_type(request: Request) -> None:
    """Refuse a body that says it is no plain JSON.

    A form on another site can send no JSON, and what is packed may be a thousand times its size.
    """
    packed = request.headers.get("content-encoding", "identity").strip().lower()
    if packed not in ("", "identity"):
        raise HTTPException(
            415, "the body is packed (Content-Encoding); send it plain", {"Accept-Encoding": ""}
        )
    kind, _, more = request.headers.get("content-type", "").lower().partition(";")
    if kind.strip() != "application/json":
        raise HTTPException(415, "the body must be JSON; send Content-Type: application/json")
    charset = more.partition("charset=")[2].strip(' "')
    if charset not in ("", "utf-8", "utf8"):
        raise HTTPException(415, "the body must be UTF-8; leave out the charset")


def _check_query(request: Request, *, takes_any: bool) -> None:
    """Refuse a query that is not UTF-8, or says one thing twice; models refuse unknown names."""
    query = request.scope.get("query_string", b"")
    try:
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError as error:
        raise HTTPException(400, "the query is not UTF-8; encode it as such") from error
    for name, count in Counter(name for name, _ in request.query_params.multi_items()).items():
        if not takes_any:
            raise HTTPException(422, f"{name}: no such parameter; leave it out")
        if count > 1 and name not in LISTS:
            raise HTTPException(422, f"{name}: is said {count} times; say it once")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise ValueError(f"{twice!r:.99} stands twice in one object")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
