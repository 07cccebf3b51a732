"""The converted encoder and nothing else."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.speed.systems import Passage
from pullquote.encoders import BUNDLED, open_embedder

_WINDOW = 256  # as a refresh hands them over


class System:
    """Embeds passages as `pullquote refresh` does and keeps nothing."""

    sentences = False

    def __init__(self, folder: Path) -> None:
        self._embedder = open_embedder(BUNDLED)

    def add(self, passages: Sequence[Passage], corpus: str) -> dict[str, Any]:
        """Embed the passages."""
        for first in range(0, len(passages), _WINDOW):
            window = passages[first : first + _WINDOW]
            places = [p["sentences"] if self.sentences else [] for p in window]
            self._embedder.embed_passages([p["text"] for p in window], places)
        return {"passages": len(passages)}
