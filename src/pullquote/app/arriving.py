"""The page in a server: one that is there, or one that comes while all else is served already."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import anyio
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from pullquote.app.http.guarding import Sessions
from pullquote.app.http.problems import problem
from pullquote.app.http.sessions import GradioSessions


class Place(Sessions, Protocol):
    """Where a server has its page: an app, and the sessions of those who have signed in there."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request to the page."""

    def open(self) -> AbstractAsyncContextManager[object]:
        """Serve the page while the block lasts."""


@dataclass(frozen=True, slots=True)
class There:
    """A page that is there."""

    app: Callable[[Scope, Receive, Send], Awaitable[None]]
    sessions: GradioSessions
    lifespan: Callable[[], AbstractAsyncContextManager[object]]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, of whoever may make it."""
        await self.app(self.sessions.admit(scope), receive, send)

    def user(self, headers: Headers) -> str | None:
        """Return who has signed in."""
        return self.sessions.user(headers)

    def open(self) -> AbstractAsyncContextManager[object]:
        """Do what the page does at its start and its end."""
        return self.lifespan()


class Coming:
    """A page that is made, in a thread, while all else is served; whoever asks for it waits.

    If it cannot be made, or ends badly, `error` says why.
    """

    def __init__(self, make: Callable[[], There]) -> None:
        self.error: BaseException | None = None
        self._make = make
        self._page: There | None = None
        self._waited = asyncio.Event()  # long enough: the page is there, or will not come
        self._over = asyncio.Event()
        self._there: Callable[[], None] = _unheard
        self._failed: Callable[[], None] = _unheard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request when the page is there; refuse it if the server ends before."""
        await self._waited.wait()
        if self._page is not None:
            await self._page(scope, receive, send)
        elif scope["type"] == "http":
            line = "the server is ending; open the page again when it is back"
            await problem(503, line, instance=scope["path"])(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1001})

    def user(self, headers: Headers) -> str | None:
        """Return who has signed in; before the page is there, nobody has."""
        return self._page.user(headers) if self._page else None

    def tell(self, *, there: Callable[[], None], failed: Callable[[], None]) -> None:
        """Call one of them, now or as soon as it is known which."""
        self._there, self._failed = there, failed
        if self._page is not None:
            there()
        elif self.error is not None:
            failed()

    def give_up(self) -> None:
        """Let nobody wait any more."""
        self._waited.set()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Make the page and serve it while the block lasts.

        Its start and its end are in one task, for what it opens may hang on that.
        """
        life = asyncio.create_task(self._live())
        life.add_done_callback(self._note)
        try:
            yield
        finally:
            self._over.set()
            if self._page is None:
                life.cancel()
            await asyncio.wait({life})

    async def _live(self) -> None:
        # Whoever stops the server meanwhile does not wait for the thread, which goes on to its end.
        page = await anyio.to_thread.run_sync(self._make, abandon_on_cancel=True)
        async with page.open():
            self._page = page
            self._waited.set()
            self._there()
            await self._over.wait()

    def _note(self, life: asyncio.Task[None]) -> None:
        """Note what went wrong, if anything; without a page nobody waits for one any more."""
        if life.cancelled() or life.exception() is None:
            return
        self.error = life.exception()
        if self._page is None:
            self._waited.set()
            self._failed()


def _unheard() -> None:
    """Hear of it and do nothing."""
