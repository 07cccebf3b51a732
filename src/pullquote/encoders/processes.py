"""Workers that are processes of this machine."""

import multiprocessing
import os
import platform
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from pullquote.encoders.spreading import Task, WorkerDied
from pullquote.protocols import Embedded, Embedder, Window

_UNGUARDED = 'none came up; does your script refresh below `if __name__ == "__main__":`?'


@contextmanager
def start_processes(task: Task, *, count: int) -> Iterator["Processes"]:
    """Start processes as they are needed; all have ended after the block."""
    crew = Processes(task, count)
    try:
        yield crew
    finally:
        crew.stop()


class Processes:
    """A pool of processes, made anew when one of them dies."""

    def __init__(self, task: Task, count: int) -> None:
        self.count = count
        self._task = task.pack()
        self._pool = self._start()
        self._proven = False

    def _start(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self.count,
            # A fork would copy the threads' locks and none of their threads.
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(self._task,),
        )

    def submit(self, window: Window) -> "Future[Embedded]":
        """Send a window to whoever is free first."""
        try:
            return self._pool.submit(_embed, window)
        except BrokenProcessPool:
            self.stop()
            self._pool = self._start()
            return self._pool.submit(_embed, window)

    def fetch(self, ticket: "Future[Embedded]") -> Embedded:
        """Wait for a window's vectors."""
        try:
            found = ticket.result()
        except BrokenProcessPool as error:
            # A process imports the script that it was started by.
            hint = "a process ended abruptly" if self._proven else _UNGUARDED
            raise WorkerDied(hint) from error
        self._proven = True
        return found

    def is_lost(self, ticket: "Future[Embedded]") -> bool:
        """Tell whether the window went with its pool."""
        return ticket.done() and isinstance(ticket.exception(), BrokenProcessPool)

    def stop(self) -> None:
        """End every process, after the window that it is at."""
        self._pool.shutdown(cancel_futures=True)


def count_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


# -- inside a worker, which has one task and one embedder as long as it lives

_task = b""
_embedder: Embedder | None = None


def _begin(task: bytes) -> None:
    global _task
    _task = task
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End when the parent does: killed, it cannot say so, and a worker would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _embed(window: Window) -> Embedded:
    global _embedder
    if _embedder is None:  # not in _begin: what goes wrong here reaches the caller in its own words
        _embedder = Task.unpack(_task).open(platform.node())
    return _embedder.embed_passages(window.texts, window.places)
