"""The server's app: what programs use, the page, and what stands before both."""

from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Mount

from pullquote.app.api import Credentials, Logins, create_api, read_logins, read_tokens
from pullquote.app.arriving import Place
from pullquote.app.edges import Headed, Stripped, read_root
from pullquote.app.http.guarding import Guarded
from pullquote.app.http.rates import Meter, Rate
from pullquote.app.metrics import METRICS, Metrics, Routed
from pullquote.app.tools import add_tools
from pullquote.chatbot import Chatbot
from pullquote.mcp.serving import create_protocol


@dataclass(frozen=True, slots=True)
class Terms:
    """Who may ask, how often and by which name of the server; where a proxy has it."""

    credentials: Credentials
    meter: Meter | None
    root: str
    prefix: str
    names: Collection[str]
    read_only: bool

    @classmethod
    def read(
        cls,
        *,
        auth: tuple[str, str] | Logins | None,
        tokens: str | Iterable[str] | None,
        rate: str | None,
        root_path: str | None,
        names: Collection[str],
        read_only: bool,
    ) -> "Terms":
        """Read what `create_server` is given; raise InputError."""
        credentials = Credentials(read_logins(auth), read_tokens(tokens))
        meter = None if rate is None else Meter(Rate.of(rate))
        root, prefix = read_root(root_path)
        return cls(credentials, meter, root, prefix, names, read_only)


def assemble(bot: Chatbot, page: Place, terms: Terms) -> FastAPI:
    """Return the app over a bot and a page, which opens and closes with it."""
    app = create_api(bot, terms.credentials, root=terms.root, read_only=terms.read_only)
    app.state.metrics = metrics = Metrics(bot)
    bot.observe(metrics)
    app.get(METRICS)(metrics.expose)
    protocol = create_protocol(bot, read_only=terms.read_only, remote=True)
    add_tools(app, protocol, root=terms.root)
    _add_page(app, page)
    app.add_middleware(CORSMiddleware)  # it lets no other site read
    app.add_middleware(
        Guarded,
        credentials=terms.credentials,
        sessions=page,
        meter=terms.meter,
        own=urlsplit(terms.root).netloc,
        names=terms.names,
    )
    app.add_middleware(Routed, metrics=metrics)
    app.add_middleware(Headed)
    if terms.prefix:
        app.add_middleware(Stripped, prefix=terms.prefix)
    return app


def _add_page(app: FastAPI, page: Place) -> None:
    """Add the page, which has every path that is not another's."""
    app.router.routes.append(Mount("/", page))
    outer = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(running: FastAPI) -> AsyncIterator[Any]:
        async with outer(running) as state, page.open():
            yield state

    app.router.lifespan_context = lifespan
