"""A sentence-transformers model as it is: works for every model, slower."""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pullquote.encoders.openvino import unit_rows
from pullquote.errors import ModelError
from pullquote.protocols import Embedded, Vector, Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


class TorchEmbedder:
    """A sentence-transformers model as it is: works for every model, slower."""

    def __init__(self, model: "SentenceTransformer") -> None:
        self._model = model

    @property
    def recipe(self) -> str:
        """Weights, pooling, prompts and length, as sentence-transformers describes them."""
        state = hashlib.sha256(f"{self._model}{sorted(self._model.prompts.items())}".encode())
        for name, tensor in sorted(self._model.state_dict().items()):
            state.update(name.encode() + tensor.numpy(force=True).tobytes())
        return f"torch/{state.hexdigest()[:16]}/{self._model.max_seq_length}"

    @property
    def dim(self) -> int:
        """Numbers in a vector."""
        dim = self._model.get_embedding_dimension()
        if dim is None:
            raise ModelError(f"{self._model}: does not say how long its vectors are")
        return int(dim)

    def embed_passages(
        self, texts: Sequence[str], places: Sequence[Sequence[tuple[int, int]]]
    ) -> Embedded:
        """Embed texts, then their sentences one by one."""
        words = [text[a:b] for text, marks in zip(texts, places, strict=True) for a, b in marks]
        rows = self._encode([*texts, *words])
        cuts = np.cumsum([len(marks) for marks in places])[:-1]
        sentences = np.split(rows[len(texts) :], cuts) if texts else []
        return Embedded(rows[: len(texts)], tuple(sentences))

    def embed_question(self, question: str) -> Vector:
        """Embed one question, with the model's prompt for questions."""
        vector: Vector = unit_rows(
            np.asarray(self._model.encode_query([question], show_progress_bar=False))
        )[0]
        return vector

    def _encode(self, texts: list[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        return unit_rows(np.asarray(self._model.encode_document(texts, show_progress_bar=False)))
