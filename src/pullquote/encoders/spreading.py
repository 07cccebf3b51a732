"""Spread windows of passages over workers: in order, a bounded number at once, none lost.

Not an embedder that splits what it is handed: between two calls of one its workers would wait for
the caller, who writes. Here windows are sent ahead, so that they go on while vectors are flushed.
"""

import pickle
from collections import deque
from collections.abc import Callable, Generator, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import chain, islice
from typing import Protocol, TypeVar

from pullquote.encoders.opening import Source
from pullquote.errors import InputError, ModelError, WorkersLost
from pullquote.protocols import Embedded, Embedder, Window

# Alone, an embedder batches like lengths; a worker's part is small, so that all end together and
# little is done again when one dies.
_WINDOW_ALONE, _WINDOW = 256, 64
_TRIES = 4  # of one window: more deaths than these are no accident
_AHEAD = 4  # windows for each worker: one it runs, the others for when the caller flushes

Ticket = TypeVar("Ticket")


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is told when it starts."""

    source: Source
    recipe: str
    threads: int = 1

    def pack(self) -> bytes:
        """Return it as bytes; raise InputError if its embedder is bound to this process."""
        try:
            return pickle.dumps(self)
        except (pickle.PicklingError, TypeError, AttributeError) as error:
            raise InputError(
                f"the embedder cannot be sent to workers ({error}); name a model or its folder"
            ) from error

    @staticmethod
    def unpack(packed: bytes) -> "Task":
        """Return it from its bytes."""
        task: Task = pickle.loads(packed)
        return task

    def open(self, where: str) -> Embedder:
        """Open the embedder; raise ModelError if its vectors are others than the caller's."""
        embedder = self.source.open(threads=self.threads)
        if embedder.recipe != self.recipe:
            raise ModelError(
                f"{where}: a worker there embeds by another recipe ({embedder.recipe}, here"
                f" {self.recipe}); install the same versions on machines of the same kind"
            )
        return embedder


class WorkerDied(Exception):
    """A worker is gone, and the window with it."""


class Crew(Protocol[Ticket]):
    """Workers that are there."""

    @property
    def count(self) -> int:
        """How many they are."""

    def submit(self, window: Window) -> Ticket:
        """Send a window; raise WorkersLost if there is nobody to send it to."""

    def fetch(self, ticket: Ticket) -> Embedded:
        """Wait for a window's vectors; raise WorkerDied."""

    def is_lost(self, ticket: Ticket) -> bool:
        """Tell, without waiting, whether the window is known to be gone."""


class Alone:
    """No workers: this process embeds."""

    window = _WINDOW_ALONE

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_each(self, windows: Iterable[Window]) -> Generator[tuple[Window, Embedded]]:
        """Embed one window after the other."""
        for window in windows:
            yield window, self._embedder.embed_passages(window.texts, window.places)


class Spread:
    """Hires a crew when there is enough to do for one, and lets it go after."""

    window = _WINDOW

    def __init__(
        self, embedder: Embedder, hire: Callable[[], AbstractContextManager[Crew[Ticket]]]
    ) -> None:
        self._alone, self._hire = Alone(embedder), hire

    def embed_each(self, windows: Iterable[Window]) -> Generator[tuple[Window, Embedded]]:
        """Embed windows side by side; a single one is not worth starting anybody."""
        rest = iter(windows)
        head = list(islice(rest, 2))
        if len(head) < 2:
            yield from self._alone.embed_each(head)
            return
        with self._hire() as crew:
            yield from _in_order(crew, chain(head, rest))


def _in_order(crew: Crew[Ticket], windows: Iterable[Window]) -> Generator[tuple[Window, Embedded]]:
    rest = iter(windows)
    sent: deque[tuple[Window, Ticket]] = deque()
    tries = 1
    while True:
        for window in islice(rest, _AHEAD * crew.count - len(sent)):
            sent.append((window, crew.submit(window)))
        if not sent:
            return
        window, ticket = sent[0]
        try:
            found = crew.fetch(ticket)
        except WorkerDied as error:
            tries += 1
            if tries > _TRIES:
                raise WorkersLost(
                    f"workers died {_TRIES} times over the same passages ({error}); they may lack"
                    " memory: run again with fewer, what was flushed is not embedded again"
                ) from error
            sent = deque((w, crew.submit(w) if crew.is_lost(t) else t) for w, t in sent)
            continue
        sent.popleft()
        tries = 1
        yield window, found
