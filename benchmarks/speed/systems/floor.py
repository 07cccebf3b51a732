"""Plain sentence-transformers and faiss: what an afternoon gives."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
from sentence_transformers import SentenceTransformer

from benchmarks.speed.systems import Passage, Place
from benchmarks.speed.systems.common import model_folder, place_of


class System:
    """A flat index of normalised vectors, and a list of places beside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._model = SentenceTransformer(model_folder(), device="cpu")
        self._index: faiss.Index = faiss.IndexFlatIP(self._model.get_embedding_dimension() or 0)
        self._places: list[Place] = []

    def add(self, passages: Sequence[Passage], corpus: str) -> dict[str, Any]:
        """Embed and keep passages."""
        texts = [passage["text"] for passage in passages]
        vectors = self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
        self._index.add(vectors)
        self._places += map(place_of, passages)
        return {"passages": len(passages)}

    def save(self) -> None:
        """Write both."""
        faiss.write_index(self._index, str(self._folder / "vectors.faiss"))
        (self._folder / "places.json").write_text(json.dumps(self._places), "utf-8")

    def open(self, corpus: str) -> None:
        """Read both."""
        self._index = faiss.read_index(str(self._folder / "vectors.faiss"))
        self._places = json.loads((self._folder / "places.json").read_text("utf-8"))

    def search(self, question: str, k: int) -> list[Place]:
        """Return the places of the nearest passages."""
        vector = self._model.encode([question], normalize_embeddings=True, show_progress_bar=False)
        _, rows = self._index.search(vector, k)
        return [self._places[row] for row in rows[0] if row >= 0]
