"""One writer at a time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from pullquote.errors import IndexBusy, StoreError

# Ends the names of files that whoever holds the lock is writing; a killed writer leaves them.
HALF = ".half-written"
_LOCK_FILE = "writer.lock"
_OWNER_FILE = "writer.pid"


@contextmanager
def only_writer(folder: Path, *, wait: float = 0.0) -> Iterator[None]:
    """Hold the writer lock; raise IndexBusy if another has it for longer than `wait` seconds."""
    lock = FileLock(folder / _LOCK_FILE, timeout=wait)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        for path in folder.glob(f"*{HALF}"):
            path.unlink()
        (folder / _OWNER_FILE).write_text(str(os.getpid()), "utf-8")
    except Timeout as error:
        raise IndexBusy(
            f"{folder}: {_owner(folder)} is refreshing it; wait until that is done and try again"
        ) from error
    except OSError as error:
        lock.release()
        raise StoreError(
            f"{folder}: cannot be written ({error.strerror}); free some space, check permissions or"
            " name another folder with --embeddings DIR"
        ) from error
    try:
        yield
    finally:
        with suppress(OSError):  # the lock is what counts; a stale name is overwritten
            (folder / _OWNER_FILE).unlink()
        lock.release()


def held_by(folder: Path) -> str:
    """Name the process that holds the lock; nothing if nobody does. Writes nothing new."""
    path = folder / _LOCK_FILE
    if not path.exists() or not os.access(path, os.W_OK):  # whom nobody may ask
        return ""
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return _owner(folder)
    lock.release()
    return ""


def _owner(folder: Path) -> str:
    """Name the process that writes, unless it is just about to write its name down."""
    try:
        number = (folder / _OWNER_FILE).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        number = ""
    return f"process {number}" if number.isdecimal() else "another process"
