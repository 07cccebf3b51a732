"""So many answers at a time; whoever hangs up while waiting gives up the place."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import HTTPException
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pullquote.app.http.problems import RETRY_SECONDS

_AT_ONCE = 4  # questions, as on the page: more only make each other wait
_WAIT_SECONDS = 30.0  # for one's turn; most programs that ask give up about then
_HUNG_UP = 499  # as nginx logs it; nobody is there to hear of it


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
            line = f"too many questions at once; ask again in {RETRY_SECONDS} seconds"
            raise HTTPException(503, line, {"Retry-After": str(RETRY_SECONDS)}) from None
        try:
            yield
        finally:
            self._places.release()


class Job:
    """Some work, done in a thread while it holds a place of a turnstile.

    A thread cannot be stopped, so the place is free when the work has ended, not before; work that
    looks at `gone` may end sooner.
    """

    def __init__(
        self,
        turnstile: Turnstile,
        work: Callable[[], Any],
        begun: Callable[[], None] = lambda: None,
    ) -> None:
        self.gone = threading.Event()
        self._turnstile, self._work, self._begun = turnstile, work, begun
        self._waiting = True
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> Any:  # noqa: ANN401 -- whatever the work gives
        async with self._turnstile.passing():
            self._waiting = False
            self._begun()
            return await run_in_threadpool(self._work)

    def give_up(self) -> None:
        """Say that nobody waits for it any more."""
        self.gone.set()
        # Else an error that nobody is there to hear of would be logged as one forgotten.
        self.task.add_done_callback(_forget)
        if self._waiting:
            self.task.cancel()


async def do_in_turn(request: Request, turnstile: Turnstile, work: Callable[[], Any]) -> Response:
    """Return what some work gives, as JSON; whoever hangs up does not take a place any more."""
    job = Job(turnstile, work)
    hung_up = asyncio.create_task(_hang_up(request))
    try:
        await asyncio.wait((job.task, hung_up), return_when=asyncio.FIRST_COMPLETED)
        if not job.task.done():
            return Response(status_code=_HUNG_UP)
        return JSONResponse(job.task.result())
    finally:
        hung_up.cancel()
        if not job.task.done():
            job.give_up()


async def _hang_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _forget(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()
