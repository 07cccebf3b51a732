"""Embedders that are sent to workers, and what befalls them there."""

import os
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pullquote import Embedded
from pullquote.protocols import Window
from tests.fakes import WordEmbedder


def windows_of(texts: Sequence[str], *, size: int) -> list[Window]:
    """Return texts in windows, each with its first word as its only sentence."""
    return [
        Window(
            tuple(range(first, first + len(part))),
            tuple(part),
            tuple([(0, len(text.split()[0]))] for text in part),
        )
        for first in range(0, len(texts), size)
        for part in [texts[first : first + size]]
    ]


class Mortal(WordEmbedder):
    """Is killed, with its process, by the word "hemlock", while `lives` has files to take."""

    def __init__(self, lives: Path, *, number: int) -> None:
        super().__init__()
        self._lives = lives
        lives.mkdir()
        for name in range(number):
            (lives / str(name)).touch()

    def embed_passages(
        self, texts: Sequence[str], places: Sequence[Sequence[tuple[int, int]]]
    ) -> Embedded:
        """Embed texts, or die."""
        if any("hemlock" in text for text in texts):
            for life in sorted(self._lives.iterdir()):
                life.unlink()
                os.kill(os.getpid(), signal.SIGKILL)
        return super().embed_passages(texts, places)


class Slow(WordEmbedder):
    """Tells its process's id in a folder, and takes its time."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def embed_passages(
        self, texts: Sequence[str], places: Sequence[Sequence[tuple[int, int]]]
    ) -> Embedded:
        """Embed texts, slowly."""
        (self._folder / str(os.getpid())).touch()
        time.sleep(1)
        return super().embed_passages(texts, places)


class Estranged(WordEmbedder):
    """Goes by another recipe wherever it is sent."""

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.__dict__.update(state, recipe="estranged")
