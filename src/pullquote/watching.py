"""Follow a folder: what the system tells of it, and a look at all of it now and then."""

import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from watchfiles import Change, watch

from pullquote.articles import SUFFIXES
from pullquote.errors import CorpusNotFound, IndexBusy, PullquoteError
from pullquote.protocols import Progress
from pullquote.site import FILE as SETTINGS
from pullquote.types import RefreshReport

Changed = tuple[Change, str]
Refresh = Callable[[Collection[str] | None, Progress], RefreshReport]
Tell = Callable[[RefreshReport | PullquoteError], None]

# How long a burst of changes may go on until it is handed over, and the silence that ends it: an
# editor that saves atomically makes several in a row.
_BURST_MS = 400
_STEP_MS = 50
# How long the system may be silent until the folder itself is looked at.
_SILENCE_MS = 1000
# Network drives, full queues and folders that were moved tell nothing, so all is looked at anew.
_LOOK_SECONDS = 300


@contextmanager
def watching(corpus: Path, refresh: Refresh, tell: Tell) -> Iterator[None]:
    """Follow the folder from a thread while the block lasts.

    A refresh that is under way is given up, which costs nothing: the next one goes on from there.
    """
    stop = threading.Event()
    follower = threading.Thread(
        target=follow, args=(corpus, refresh, tell, stop), name="pullquote-watch", daemon=True
    )
    follower.start()
    try:
        yield
    finally:
        stop.set()
        follower.join()


def follow(corpus: Path, refresh: Refresh, tell: Tell, stop: threading.Event) -> None:
    """Refresh whenever something changes, until `stop` is set.

    `refresh` is called with the changed paths, or None to look at all; `tell` hears of each one
    that did something or went well again after an error, and of errors, each once.
    """
    follower = _Follower(corpus, refresh, tell, stop)
    while not stop.is_set():
        if corpus.is_dir():
            follower.watch()
        else:
            follower.tell_once(CorpusNotFound(f"{corpus}: is gone; put it back or stop watching"))
            stop.wait(_SILENCE_MS / 1000)


class _Stopped(Exception):
    """Nobody waits for this refresh any more."""


class _Follower:
    """What is still to be read, and what was told last."""

    def __init__(self, corpus: Path, refresh: Refresh, tell: Tell, stop: threading.Event) -> None:
        self._corpus, self._refresh, self._tell, self._stop = corpus, refresh, tell, stop
        self._pending: set[str] | None = None  # None: everything
        self._looked = 0.0
        self._told = ""
        self._polling = False

    def watch(self) -> None:
        """Follow the folder until it is another one or `stop` is set."""
        root = self._corpus.resolve()
        self._pending = None
        try:
            identity = root.stat().st_ino
            for changes in self._changes(root):
                self._note(root, changes)
                if root.stat().st_ino != identity:
                    return
                self._catch_up()
        except FileNotFoundError:
            return  # the folder went; whoever called sees that
        except OSError:
            # The system has no more watches to give: looking again and again costs more, but works.
            self._polling = True

    def _changes(self, root: Path) -> Iterator[Collection[Changed]]:
        return watch(
            root,
            watch_filter=None,
            debounce=_BURST_MS,
            step=_STEP_MS,
            rust_timeout=_SILENCE_MS,
            yield_on_timeout=True,
            stop_event=self._stop,
            raise_interrupt=False,
            force_polling=self._polling or None,
            ignore_permission_denied=True,
        )

    def tell_once(self, error: PullquoteError) -> None:
        """Tell of an error, unless it was the last thing told."""
        if str(error) != self._told:
            self._told = str(error)
            self._tell(error)

    def _note(self, root: Path, changes: Collection[Changed]) -> None:
        """Add what changed to what is pending; a folder or the settings mean everything."""
        if time.monotonic() - self._looked > _LOOK_SECONDS:
            self._pending = None
        for _, name in changes:
            path = Path(name)
            if any(part.startswith(".") for part in path.relative_to(root).parts):
                continue
            if self._pending is None or path.name == SETTINGS or _is_folder(path):
                self._pending = None
                return
            if path.name.lower().endswith(SUFFIXES):
                self._pending.add(path.relative_to(root).as_posix())

    def _catch_up(self) -> None:
        if self._pending is not None and not self._pending:
            return
        begin = time.monotonic()
        try:
            report = self._refresh(self._pending, self._heed)
        except (IndexBusy, _Stopped):
            return  # still pending: tried again in a moment, or by the next watch
        except PullquoteError as error:
            self.tell_once(error)
            return
        if self._pending is None:
            self._looked = begin
        self._pending = set()
        recovered, self._told = bool(self._told), ""
        if recovered or report.added or report.changed or report.removed or report.renamed:
            self._tell(report)

    def _heed(self, step: str, done: int, total: int) -> None:
        if self._stop.is_set():
            raise _Stopped


def _is_folder(path: Path) -> bool:
    """Tell whether a path is, or may have been, a folder."""
    return path.is_dir() or not (path.suffix or path.exists())
