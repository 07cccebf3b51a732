"""A refresh in a process of its own, which says at every moment what it is doing."""

import multiprocessing
import time
from collections.abc import Callable, Sequence
from ctypes import c_int
from enum import IntEnum
from functools import wraps
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pullquote.ingest.refresh
from benchmarks.trust.material import WordEmbedder
from pullquote import Chatbot, Embedded, Embedder
from pullquote.encoders import BUNDLED, open_embedder
from pullquote.index.catalog import Catalog
from pullquote.index.stores.faiss import FaissStore
from pullquote.protocols import Vector

_POLL_SECONDS = 0.0002
_START_SECONDS = 120  # the real model takes seconds to load, more on a busy machine


class Stage(IntEnum):
    """What a refresh is doing."""

    STARTING = 0
    READING = 1
    EMBEDDING = 2
    FLUSHING = 3
    COMMITTING = 4
    SWEEPING = 5
    DONE = 6


class Teller:
    """Keeps the stage where another process can see it, even after this one was killed."""

    def __init__(self, cell: Any) -> None:  # noqa: ANN401 -- what ctypes calls a cell is private
        self._cell = cell

    @property
    def stage(self) -> Stage:
        """The stage that was told last."""
        return Stage(self._cell.value)

    def tell(self, stage: Stage) -> None:
        """Say what comes now."""
        self._cell.value = int(stage)

    def wrap(self, owner: object, name: str, stage: Stage, after: Stage | None = None) -> None:
        """Have a function tell its stage, and what follows it; sweeping lasts until the end."""
        call: Callable[..., Any] = getattr(owner, name)

        @wraps(call)
        def told(*args: object, **named: object) -> object:
            before = self.stage
            if before != Stage.SWEEPING:
                self.tell(stage)
            value = call(*args, **named)
            self.tell(after or before)
            return value

        setattr(owner, name, told)


class _Telling:
    """An embedder that tells when it embeds."""

    def __init__(self, embedder: Embedder, teller: Teller) -> None:
        self.recipe, self.dim = embedder.recipe, embedder.dim
        self._embedder, self._teller = embedder, teller

    def embed_passages(
        self, texts: Sequence[str], places: Sequence[Sequence[tuple[int, int]]]
    ) -> Embedded:
        """Embed texts."""
        before = self._teller.stage
        self._teller.tell(Stage.EMBEDDING)
        found = self._embedder.embed_passages(texts, places)
        self._teller.tell(before)
        return found

    def embed_question(self, question: str) -> Vector:
        """Embed one question."""
        return self._embedder.embed_question(question)


class Launcher:
    """Starts refreshes from a server process that has imported everything once."""

    def __init__(self) -> None:
        self._context: ForkServerContext = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["benchmarks.trust.stages"])

    def start(self, corpus: Path, folder: Path, *, rebuild: bool, real: bool) -> "Run":
        """Start a refresh and return once it has begun."""
        cell = self._context.Value(c_int, 0, lock=False)
        process = self._context.Process(
            target=_refresh, args=(cell, corpus, folder, rebuild, real), daemon=True
        )
        process.start()
        run = Run(process, Teller(cell))
        end = time.monotonic() + _START_SECONDS
        while run.stage == Stage.STARTING and process.is_alive() and time.monotonic() < end:
            time.sleep(_POLL_SECONDS)
        return run


class Run:
    """A refresh that goes on elsewhere."""

    def __init__(self, process: BaseProcess, teller: Teller) -> None:
        self._process, self._teller = process, teller

    @property
    def stage(self) -> Stage:
        """What it is doing, or was when it died."""
        return self._teller.stage

    def kill(self, delay: float, *, after: Stage = Stage.READING) -> Stage:
        """Send SIGKILL a while after a stage began and return what that interrupted."""
        while self.stage < after and self._process.is_alive():
            time.sleep(_POLL_SECONDS)
        time.sleep(delay)
        self._process.kill()
        self._process.join()
        return self.stage

    def wait(self) -> float:
        """Wait for the end and return how many seconds that took; raise if it failed."""
        begin = time.perf_counter()
        self._process.join()
        if self._process.exitcode or self.stage != Stage.DONE:
            raise RuntimeError(f"a refresh that nobody disturbed ended at {self.stage.name}")
        return time.perf_counter() - begin


def _refresh(cell: Any, corpus: Path, folder: Path, rebuild: bool, real: bool) -> None:  # noqa: ANN401
    teller = Teller(cell)
    teller.wrap(FaissStore, "flush", Stage.FLUSHING)
    teller.wrap(pullquote.ingest.refresh, "build_lexical", Stage.COMMITTING)
    teller.wrap(Catalog, "keep_vectors", Stage.COMMITTING)
    teller.wrap(Catalog, "commit", Stage.COMMITTING, after=Stage.SWEEPING)
    embedder = _Telling(open_embedder(BUNDLED) if real else WordEmbedder(), teller)
    bot = Chatbot(corpus, embeddings=folder, embedder=embedder, reader=None)
    teller.tell(Stage.READING)
    bot.refresh(rebuild=rebuild)
    teller.tell(Stage.DONE)
