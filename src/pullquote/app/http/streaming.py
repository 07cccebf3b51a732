"""An answer as server-sent events: its steps, its quotes as they are found, and it whole."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import StreamingResponse

from pullquote.app.http.problems import problem_of, say_problem
from pullquote.app.http.turnstile import Job, Turnstile
from pullquote.types import Answer, Quote

EVENTS = "text/event-stream"
_PING_SECONDS = 15.0  # proxies cut a line that is silent for a minute or so
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
Event = tuple[str, Mapping[str, Any]]
Tell = Callable[[str, Mapping[str, Any]], None]  # hears of an event, from whatever thread


class Gone(Exception):
    """Nobody listens any more: raised where an event is told, to end the work."""


def wants_events(request: Request) -> bool:
    """Tell whether events are asked for."""
    kinds = request.headers.get("accept", "").lower().split(",")
    return any(kind.partition(";")[0].strip() == EVENTS for kind in kinds)


def stream(turnstile: Turnstile, work: Callable[[Tell], dict[str, Any]]) -> StreamingResponse:
    """Return the events of some work that gives the JSON of an answer.

    `work` tells of what comes before on its way; that raises Gone if nobody listens any more.
    """
    return StreamingResponse(_events(turnstile, work), media_type=EVENTS, headers=_HEADERS)


async def _events(
    turnstile: Turnstile, work: Callable[[Tell], dict[str, Any]]
) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    events = asyncio.Queue[Event | None]()

    def tell(name: str, said: Mapping[str, Any]) -> None:
        if job.gone.is_set():
            raise Gone
        loop.call_soon_threadsafe(events.put_nowait, (name, said))

    def end(_: object) -> None:
        events.put_nowait(None)

    job = Job(
        turnstile,
        lambda: work(tell),
        begun=lambda: events.put_nowait(("step", {"step": "answering"})),
    )
    job.task.add_done_callback(end)
    try:
        yield _written("step", {"step": "waiting"})
        async for event in _each(events):
            yield _written(*event) if event else b": still at it\n\n"
        yield _written(*_ending(job.task))
    finally:
        if not job.task.done():
            job.give_up()


async def _each(events: "asyncio.Queue[Event | None]") -> AsyncIterator[Event | None]:
    """Yield the events until the end, and None whenever there was none for a while."""
    while True:
        try:
            async with asyncio.timeout(_PING_SECONDS):
                event = await events.get()
        except TimeoutError:
            yield None
            continue
        if event is None:
            return
        yield event


def tell_answer(steps: Iterable[Answer], tell: Tell) -> dict[str, Any]:
    """Tell the quotes of an answer as soon as they are there; return the JSON of the whole.

    If they are others after all, a step says that they come again.
    """
    told: tuple[Quote, ...] | None = None
    for answer in steps:
        if told is not None and answer.quotes != told:
            tell("step", {"step": "again"})
        if answer.quotes != told:
            for quote in answer.quotes:
                tell("quote", quote.to_dict())
        told = answer.quotes
    return answer.to_dict()


def _ending(task: "asyncio.Task[dict[str, Any]]") -> Event:
    """Return the answer, or what went wrong."""
    error = task.exception()
    if error is None:
        return "answer", task.result()
    if not isinstance(error, Exception):
        raise error
    status, detail, _ = problem_of(error)
    return "error", say_problem(status, detail)


def _written(name: str, said: Mapping[str, Any]) -> bytes:
    # JSON keeps line breaks as \n, so one line of data holds it all.
    return f"event: {name}\ndata: {json.dumps(said, ensure_ascii=False)}\n\n".encode()
