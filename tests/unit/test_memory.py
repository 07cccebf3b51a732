"""What a server tells the allocator, and a command the collector of garbage."""

import ctypes
import gc
import sys
from contextlib import suppress

import pytest

from pullquote.cli import memory
from pullquote.observing import Asked, Refreshed


class Libc:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[int, ...]] = []

    def mallopt(self, option: int, value: int) -> int:
        """Note an option."""
        self.told.append((option, value))
        return 1

    def malloc_trim(self, spare: int) -> int:
        """Note that memory is to be given back."""
        self.told.append((spare,))
        return 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc is Linux's")
def test_few_arenas_and_nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Options have the numbers of malloc.h; each refresh, and nothing else, gives memory back."""
    libc = Libc()
    monkeypatch.setattr(ctypes, "CDLL", lambda _: libc)
    trimmed = memory.tame_allocator()
    assert trimmed is not None
    assert libc.told == [(-8, 2), (-3, 131_072), (-1, 1_048_576)]
    trimmed.begins(Asked("Who?", "http"))
    trimmed.ends(Asked("Who?", "http"))
    assert len(libc.told) == 3
    trimmed.refreshed(Refreshed())
    assert libc.told[-1] == (0,)


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_another_allocator_is_left_alone(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    """Musl knows none of this, and other systems have no such thing."""
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    assert memory.tame_allocator() is None


def test_garbage_is_looked_for_again_after_a_command() -> None:
    """Even one that failed; and one that nobody looked for before stays so."""
    with suppress(ValueError), memory.uncollected():
        assert not gc.isenabled()
        raise ValueError
    assert gc.isenabled()
    gc.disable()
    try:
        with memory.uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
