"""How a refresh in a thread gets on, told from the event loop."""

import threading
from collections.abc import Awaitable, Callable

import anyio

Report = Callable[[float, float, str], Awaitable[None]]  # done, of how much, and of what

_EVERY_SECONDS = 0.3
_STEPS = 2  # of a refresh: reading and embedding


class Gauge:
    """Is told from a thread how far it is, and tells the last of it every now and then.

    What it tells only ever grows, as the protocol has it: each step counts for one.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._steps: list[str] = []
        self._done, self._words = 0.0, ""

    def __call__(self, step: str, done: int, total: int) -> None:
        """Hear that `done` of `total` are finished in a step."""
        with self._lock:
            if step not in self._steps:
                self._steps.append(step)
            part = min(done / total, 1) if total else 0
            self._done = max(self._done, self._steps.index(step) + part)
            self._words = f"{step}: {done} of {total}"

    async def tell(self, report: Report) -> None:
        """Report whatever is new, until cancelled."""
        told = 0.0
        while True:
            await anyio.sleep(_EVERY_SECONDS)
            with self._lock:
                done, of, words = self._done, max(_STEPS, len(self._steps)), self._words
            if done > told and done < of:  # the whole of it is told when it is over
                told = done
                await report(done, of, words)

    async def finish(self, report: Report) -> None:
        """Report that all is done."""
        of = max(_STEPS, len(self._steps))
        await report(of, of, "Done")
