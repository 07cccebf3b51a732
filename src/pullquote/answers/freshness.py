"""Ask of files as they are now: what changed since it was indexed is read again first."""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from datetime import date
from pathlib import Path
from typing import Protocol, TypeVar

from pullquote.answers.finding import ArticlesChanged, Finder, name_paths
from pullquote.articles.site import FILE, Site, read_site
from pullquote.engines import Engines
from pullquote.errors import IndexBusy, InputError, PullquoteError
from pullquote.index.lexical import Lexical
from pullquote.index.view import View
from pullquote.protocols import Settings

T = TypeVar("T")
WAIT_SECONDS = 5.0  # for another writer, which most likely reads the same files
_BUSY_SECONDS = 10.0  # how long nobody waits again for a writer that took longer
_REFRESHES = 2  # that one question may cost, before what changes again is passed over
_ROUNDS = 8  # and how often it may find that another thread has refreshed meanwhile


class CatchUp(Protocol):
    """Makes the index follow some paths, or all of the folder."""

    def __call__(self, paths: Collection[str] | None, *, wait: float) -> object:
        """Refresh; raise IndexBusy if another writes for longer than `wait` seconds."""


class Fresh:
    """Finders over files as they are now; shared by the threads of one bot."""

    def __init__(
        self,
        corpus: Path,
        engines: Engines,
        catch_up: CatchUp,
        *,
        settings: Settings,
    ) -> None:
        self._corpus, self._engines, self._catch_up = corpus, engines, catch_up
        self._settings = settings
        self._lock = threading.Lock()
        self._refreshed = 0  # how often, by any thread
        self._busy_until = 0.0
        self._hidden = frozenset[str]()

    def without(self, paths: Iterable[str]) -> "Fresh":
        """Return the same, with finders that find nothing in these articles."""
        other = copy(self)
        other._hidden = self._hidden.union(paths)
        return other

    def ask(self, use: Callable[[Finder, tuple[str, ...]], T]) -> T:
        """Use a finder and the notes on what was read again first.

        Where nothing can be read again, what changed is passed over, and the notes say why.
        """
        notes: list[str] = []
        why, refreshes = "", 0
        for turn in range(_ROUNDS + 1):
            before = self._refreshed
            may = self._settings.reread and not why and refreshes < _REFRESHES and turn < _ROUNDS
            try:
                with self.finding(reread=may, why=why) as finder:
                    return use(finder, tuple(notes))
            except ArticlesChanged as changed:
                what = name_paths(changed.paths) if changed.paths else FILE
                try:
                    refreshes += self._follow(changed.paths, before)
                    notes.append(f"{what} changed or went since the last refresh; read again.")
                except PullquoteError as error:
                    why = str(error)
                    if not changed.paths:
                        notes.append(f"New settings are not heeded: {why}")
        raise AssertionError("the last round does not read anything again")

    @contextmanager
    def finding(self, *, reread: bool = False, why: str = "") -> Iterator[Finder]:
        """Open a finder over the current generation.

        Raise ArticlesChanged of no path if the settings of the site are not as indexed.
        """
        with self._engines.reading() as (view, shelves):
            indexed = view.about().get("site", "")
            now = self._read_settings(indexed)
            if reread and now != indexed:
                raise ArticlesChanged(())
            yield Finder(
                corpus=self._corpus,
                site=_parse(now, indexed),
                today=date.today(),
                reread=reread,
                why=why,
                view=view.hiding(self._hidden),
                store=shelves.store,
                lexical=self._visible(view, shelves.lexical),
                embedder=self._engines.embedder(),
                reader=self._engines.reader(),
                settings=self._settings,
            )

    def _visible(self, view: View, lexical: Lexical) -> Lexical:
        """Count words as if hidden articles were not there."""
        return lexical.without(view.passage_ids(self._hidden)) if self._hidden else lexical

    def _read_settings(self, indexed: str) -> str:
        try:
            return read_site(self._corpus)
        except InputError:
            return indexed  # a refresh says what is wrong with them

    def _follow(self, paths: Collection[str], before: int) -> int:
        """Refresh what changed, unless another thread has done so since `before`; return how often.

        A file that went may have been renamed, which only a look at the whole folder tells.
        """
        with self._lock:
            if self._refreshed != before:
                return 0
            there = paths and all((self._corpus / path).exists() for path in paths)
            wait = WAIT_SECONDS if time.monotonic() > self._busy_until else 0.0
            try:
                self._catch_up(paths if there else None, wait=wait)
            except IndexBusy:
                self._busy_until = time.monotonic() + _BUSY_SECONDS
                raise
            self._refreshed += 1
            return 1


def _parse(now: str, indexed: str) -> Site:
    """Return the settings of now, or those that were indexed if they make no sense."""
    try:
        return Site.parse(now)
    except InputError:
        return Site.parse(indexed)
