"""Follow a folder: what the system tells of it, and a look at all of it now and then."""

import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from watchfiles import Change, watch

from pullquote.articles.files import SUFFIXES
from pullquote.articles.site import FILE as SETTINGS
from pullquote.errors import CorpusNotFound, IndexBusy, PullquoteError, WatchStopped
from pullquote.protocols import GivenUp, Progress
from pullquote.types import Problem, RefreshReport

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
        target=_follow_or_tell,
        args=(corpus, refresh, tell, stop),
        name="pullquote-watch",
        daemon=True,
    )
    follower.start()
    try:
        yield
    finally:
        stop.set()
        follower.join()


def _follow_or_tell(corpus: Path, refresh: Refresh, tell: Tell, stop: threading.Event) -> None:
    """Follow, and tell of the end if it was not asked for: nobody else would hear of it."""
    reason = "stopped"
    try:
        follow(corpus, refresh, tell, stop)
    except Exception as error:  # whatever it is, it is told below
        reason = repr(error)
    finally:
        if not stop.is_set():
            tell(WatchStopped(f"{corpus}: is not followed any more ({reason}); start again"))


def follow(corpus: Path, refresh: Refresh, tell: Tell, stop: threading.Event) -> None:
    """Refresh whenever something changes, until `stop` is set.

    `refresh` is called with the changed paths, or None to look at all; `tell` hears of each one
    that did something, met other problems or went well again, and of errors, each once.
    """
    follower = _Follower(corpus, refresh, tell, stop)
    while not stop.is_set():
        if corpus.is_dir():
            follower.watch()
        else:
            follower.tell_once(CorpusNotFound(f"{corpus}: is gone; put it back or stop watching"))
            stop.wait(_SILENCE_MS / 1000)


class _Follower:
    """What is still to be read, and what was told last."""

    def __init__(self, corpus: Path, refresh: Refresh, tell: Tell, stop: threading.Event) -> None:
        self._corpus, self._refresh, self._tell, self._stop = corpus, refresh, tell, stop
        self._pending: set[str] | None = None  # None: everything
        self._looked = 0.0
        self._told = ""
        self._polling = False
        self._problems: tuple[tuple[Problem, ...], ...] | None = None  # None: not yet looked
        self._pause, self._resume = 0.0, 0.0  # seconds after a failure, and until when

    def watch(self) -> None:
        """Follow the folder until it is another one or `stop` is set."""
        root = self._corpus.resolve()
        self._pending = None
        identity = _identity(root)
        if not identity:
            return  # it has just gone
        for changes in self._batches(root):
            self._note(root, changes)
            if self._corpus.resolve() != root or _identity(root) != identity:
                return
            self._catch_up()

    def tell_once(self, error: PullquoteError) -> None:
        """Tell of an error, unless it was the last thing told."""
        if str(error) != self._told:
            self._told = str(error)
            self._tell(error)

    def _batches(self, root: Path) -> Iterator[Collection[Changed]]:
        """Yield what the system tells of, nothing at all now and then."""
        try:
            yield from watch(
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
        except FileNotFoundError:
            return  # the folder went; whoever called sees that
        except OSError:
            # The system has no more watches to give: looking again and again costs more, but works.
            self._polling = True

    def _note(self, root: Path, changes: Collection[Changed]) -> None:
        """Add what changed to what is pending; a folder or the settings mean everything."""
        if time.monotonic() - self._looked > _LOOK_SECONDS:
            self._pending = None
        for change, name in changes:
            path = Path(name)
            if any(part.startswith(".") for part in path.relative_to(root).parts):
                continue
            self._resume = 0.0
            article = path.name.lower().endswith(SUFFIXES)
            # What went may have been a folder, whatever its name.
            folder = path.is_dir() or (change is Change.deleted and not article)
            if self._pending is None or path.name == SETTINGS or folder:
                self._pending = None
            elif article:
                self._pending.add(path.relative_to(root).as_posix())

    def _catch_up(self) -> None:
        waits = time.monotonic() < self._resume
        if waits or (self._pending is not None and not self._pending):
            return
        begin = time.monotonic()
        try:
            report = self._refresh(self._pending, self._heed)
        except (IndexBusy, GivenUp):
            return  # still pending: tried again in a moment, or by the next watch
        except PullquoteError as error:
            if not self._corpus.is_dir():
                return  # the folder went; whoever called sees that
            # Each try may embed all of it again, so a disk that stays full is left in peace.
            self._pause = min(2 * self._pause + 1, _LOOK_SECONDS)
            self._resume = time.monotonic() + self._pause
            self.tell_once(error)
            return
        if self._pending is None:
            self._looked = begin
        self._pending, self._pause = set(), 0.0
        problems = (report.skipped, report.warnings)
        news = bool(self._told) or self._problems not in (None, problems)
        self._told, self._problems = "", problems
        if news or report.added or report.changed or report.removed or report.renamed:
            self._tell(report)

    def _heed(self, step: str, done: int, total: int) -> None:
        if self._stop.is_set():
            raise GivenUp


def _identity(folder: Path) -> int:
    """Return what tells a folder from another one in its place; 0 if there is none."""
    try:
        return folder.stat().st_ino
    except FileNotFoundError:
        return 0
