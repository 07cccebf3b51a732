"""Keep a server's memory flat, and a command from looking for garbage.

glibc's allocator is told what to do before anything large is made. A server's memory grows by
default with the threads that ask (each gets an arena of its own, which is never given back) and
keeps freed blocks of up to 32 MB for later. benchmarks.load measures what that comes to.
"""

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pullquote.observing import Asked, Refreshed

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # of <malloc.h>
_ARENAS = 2  # as many as there are threads at work at a time on a small machine
# Naming them stops glibc from raising them, which it does for each large block that is freed.
_LARGE, _SPARE = 128 * 1024, 1024 * 1024  # bytes


class Trimmed:
    """Gives back after each refresh what it used and freed."""

    def __init__(self, libc: Any) -> None:  # noqa: ANN401 -- whatever ctypes finds
        self._libc = libc

    def begins(self, asked: "Asked") -> None:
        """Do nothing."""

    def ends(self, asked: "Asked") -> None:
        """Do nothing."""

    def refreshed(self, told: "Refreshed") -> None:
        """Give back what is free."""
        self._libc.malloc_trim(0)


def tame_allocator() -> Trimmed | None:
    """Tell the allocator; return what trims it, or None where it is another one."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    if not (hasattr(libc, "mallopt") and hasattr(libc, "malloc_trim")):  # musl has neither
        return None
    libc.mallopt(_M_ARENA_MAX, _ARENAS)
    libc.mallopt(_M_MMAP_THRESHOLD, _LARGE)
    libc.mallopt(_M_TRIM_THRESHOLD, _SPARE)
    return Trimmed(libc)


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage: one answer leaves little, and looking takes a twentieth of its time."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()
