"""txtai: a hybrid index with content."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from txtai import Embeddings

from benchmarks.speed.systems import Passage, Place
from benchmarks.speed.systems.common import model_folder, place_of


class System:
    """Passages under ids that are their places."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder / "txtai")
        self._index = Embeddings(path=model_folder(), hybrid=True, content=True, gpu=False)

    def add(self, passages: Sequence[Passage], corpus: str) -> dict[str, Any]:
        """Embed and keep passages."""
        self._index.upsert([(json.dumps(place_of(p)), p["text"], None) for p in passages])
        return {"passages": len(passages)}

    def save(self) -> None:
        """Write the index."""
        self._index.save(self._folder)

    def open(self, corpus: str) -> None:
        """Read the index."""
        self._index.load(self._folder)

    def search(self, question: str, k: int) -> list[Place]:
        """Return the places of the best passages."""
        places: list[Place] = [json.loads(one["id"]) for one in self._index.search(question, k)]
        return places
