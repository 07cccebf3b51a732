"""How the server ends: what is being answered is answered first, for as long as one may wait."""

import asyncio
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn

_FINISH_SECONDS = 20  # what answers are given; who runs services often gives them 30 in all
_QUIET_SECONDS = 0.5  # without any question, before it is believed that no more are on their way
_SEND_SECONDS = 1.5  # and after an answer, which the page still has to be written
_LOOK_SECONDS = 0.1
_HANG_UP_SECONDS = 0.1  # what streams of open pages are given to end by themselves
_GIVE_UP_SECONDS = 5  # for what hears nobody


class Server(uvicorn.Server):
    """Tells when it really answers, and ends though browser tabs are open.

    From the signal on it takes no connections. What `is_busy` tells of is waited for, and so is
    what the page still has in its queue; a second Ctrl-C ends it at once. `complain` hears of
    answers that took too long.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        ready: Callable[[], None],
        is_busy: Callable[[], bool],
        stopping: Callable[[], None],
        complain: Callable[[str], None],
    ) -> None:
        config.timeout_graceful_shutdown = _GIVE_UP_SECONDS
        super().__init__(config)
        self._ready, self._is_busy = ready, is_busy
        self._stopping, self._complain = stopping, complain

    def end(self) -> None:
        """End it as a signal would."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and tell of it."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take nothing new, let answers finish, then hang up."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()  # the idle ones at once, the others after their answer
        self._stopping()
        await self._finish()
        # An open page keeps a stream open, for which uvicorn would wait until it cuts it off.
        asyncio.get_running_loop().call_later(_HANG_UP_SECONDS, self._hang_up)
        await super().shutdown(sockets)

    async def _finish(self) -> None:
        """Wait until nothing has been answered for a while."""
        end, needed = time.monotonic() + _FINISH_SECONDS, _QUIET_SECONDS
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < needed and not self.force_exit:
            if self._is_busy():
                quiet_since, needed = time.monotonic(), _SEND_SECONDS
            if time.monotonic() > end:
                self._complain(f"answers took more than {_FINISH_SECONDS} s; ending without them")
                return
            await asyncio.sleep(_LOOK_SECONDS)

    def _hang_up(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.close()


@contextmanager
def quiet_signals() -> Iterator[None]:
    """Let SIGTERM end the server, not the process: uvicorn raises it again when it has stopped."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _ignore)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _ignore(number: int, frame: FrameType | None) -> None:
    """Take a signal and do nothing."""
