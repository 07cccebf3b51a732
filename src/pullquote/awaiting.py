"""Methods to await: the work is done in a thread, and the event loop goes on meanwhile."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec, TypeVar

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

    update_wrapper(call, method)
    call.__name__ = f"a{method.__name__}"
    call.__qualname__ = f"{method.__qualname__.rpartition('.')[0]}.{call.__name__}"
    call.__doc__ = f"Await `{method.__name__}`, which is done in a thread.\n\n{method.__doc__}"
    return call
