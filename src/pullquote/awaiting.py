"""Methods to await: the work is done in a thread, and the event loop goes on meanwhile."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar
from weakref import WeakKeyDictionary

Self = TypeVar("Self")
Given = ParamSpec("Given")
Made = TypeVar("Made")


def awaited(
    method: Callable[Concatenate[Self, Given], Made],
) -> Callable[Concatenate[Self, Given], Coroutine[Any, Any, Made]]:
    """Return a method as one to await, with the same arguments.

    Whoever is cancelled hears no more of it; what was begun is finished in its thread, for a
    refresh that is left half done helps nobody.
    """

    async def call(self: Self, /, *args: Given.args, **named: Given.kwargs) -> Made:
        return await asyncio.to_thread(method, self, *args, **named)

    _name(call, method)
    return call


class Line:
    """Those who wait for their turn, in the order they came."""

    def __init__(self) -> None:
        # A lock belongs to the event loop that somebody waits for it in.
        self._locks = WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock]()

    async def wait(self, work: Callable[[], Made]) -> Made:
        """Do some work in a thread, when all that came before is done.

        Whoever is cancelled while waiting leaves the line; once begun it is finished, and the
        others wait for that.
        """
        lock = self._locks.setdefault(asyncio.get_running_loop(), asyncio.Lock())
        await lock.acquire()
        task = asyncio.create_task(asyncio.to_thread(work))
        task.add_done_callback(lambda _: lock.release())
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(_forget)
            raise


class HasLine(Protocol):
    """Something whose calls are done one after another."""

    @property
    def line(self) -> Line:
        """Its line."""


Lined = TypeVar("Lined", bound=HasLine)


def awaited_in_line(
    method: Callable[Concatenate[Lined, Given], Made],
) -> Callable[Concatenate[Lined, Given], Coroutine[Any, Any, Made]]:
    """Return a method as one to await, done when those of before are done."""

    async def call(self: Lined, /, *args: Given.args, **named: Given.kwargs) -> Made:
        return await self.line.wait(lambda: method(self, *args, **named))

    _name(call, method)
    return call


def _name(call: Callable[..., Any], method: Callable[..., Any]) -> None:
    update_wrapper(call, method)
    call.__name__ = f"a{method.__name__}"
    call.__qualname__ = f"{method.__qualname__.rpartition('.')[0]}.{call.__name__}"
    call.__doc__ = f"Await `{method.__name__}`, which is done in a thread.\n\n{method.__doc__}"


def _forget(task: "asyncio.Task[Any]") -> None:
    """Take the error that nobody is there to hear of; else it would be logged as one forgotten."""
    if not task.cancelled():
        task.exception()
