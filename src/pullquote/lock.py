"""One writer at a time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pullquote.errors import IndexBusy, StoreError

_LOCK_FILE = "writer.lock"
_OWNER_FILE = "writer.pid"


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the writer lock; raise IndexBusy at once if another process has it."""
    lock = FileLock(folder / _LOCK_FILE, timeout=0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        (folder / _OWNER_FILE).write_text(str(os.getpid()), "utf-8")
    except Timeout as error:
        raise IndexBusy(
            f"{folder}: {_owner(folder)} is refreshing it; wait until that is done and try again"
        ) from error
    except OSError as error:
        lock.release()
        raise StoreError(
            f"{folder}: cannot be written ({error.strerror}); check permissions or name another"
            " folder with --embeddings DIR"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _owner(folder: Path) -> str:
    try:
        return f"process {(folder / _OWNER_FILE).read_text('utf-8')}"
    except OSError:
        return "another process"
