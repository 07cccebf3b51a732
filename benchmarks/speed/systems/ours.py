"""Pullquote with its defaults."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.speed.systems import Passage, Place
from benchmarks.speed.systems.stages import stopwatch
from pullquote import Chatbot
from pullquote.encoders import BUNDLED, open_embedder


class System:
    """Reads, splits and indexes files itself: of ready passages it takes only their articles."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._embedder = open_embedder(BUNDLED)
        self._bot: Chatbot | None = None
        self._parts = 0

    def add(self, passages: Sequence[Passage], corpus: str) -> dict[str, Any]:
        """Index a folder for the first time, and tell what that was spent on."""
        self._parts += 1
        part = self._folder / f"part-{self._parts}"
        with stopwatch() as stages:
            report = Chatbot(corpus, embeddings=part, embedder=self._embedder).refresh()
        stages["all else"] = report.seconds - sum(stages.values())
        return {"passages": report.embedded, "stages": dict(stages)}

    def load(self, corpus: str) -> dict[str, Any]:
        """Index a folder."""
        self.open(corpus)
        return {"passages": self._opened.refresh().embedded}

    def save(self) -> None:
        """Do nothing: a refresh has written all."""

    def open(self, corpus: str) -> None:
        """Take the index of a folder."""
        self._bot = Chatbot(corpus, embeddings=self._folder / "whole", embedder=self._embedder)

    def search(self, question: str, k: int) -> list[Place]:
        """Return the places of the best passages."""
        return [
            Place(
                article=hit.passage.article.path,
                start=hit.passage.span.start,
                end=hit.passage.span.end,
            )
            for hit in self._opened.search(question, k)
        ]

    def ask(self, question: str) -> object:
        """Answer with quotes, or say that the articles don't say."""
        return self._opened.ask(question)

    @property
    def _opened(self) -> Chatbot:
        if self._bot is None:
            raise RuntimeError("open or load comes first")
        return self._bot
