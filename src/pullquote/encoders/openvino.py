"""A converted model: neither torch nor transformers is imported.

Sentence vectors cost no second pass: they are the means of a sentence's token vectors inside its
passage ("late chunking", Günther et al. 2024, arXiv:2409.04701), which rank as well as vectors of
the sentences alone (see benchmarks/README.md).
"""

import hashlib
import importlib
import json
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from pullquote.errors import ModelError
from pullquote.protocols import Embedded, Vector, Vectors

if TYPE_CHECKING:
    from tokenizers import Encoding


@dataclass(frozen=True, slots=True)
class About:
    """What a converted folder must say beside weights and tokenizer."""

    digest: str
    dim: int
    max_tokens: int
    late: bool
    inputs: tuple[str, ...]
    question_prompt: str
    passage_prompt: str
    files: dict[str, str]


class OpenVinoEmbedder:
    """A converted model; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        openvino = import_openvino()
        self._about = _read_about(folder)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(self._about.max_tokens)
        self._tokenizer.no_padding()
        self._model = openvino.Core().compile_model(folder / "model.xml", "CPU")
        self._request = self._model.create_infer_request()
        self._lock = threading.Lock()
        self._precision = self._model.get_property("INFERENCE_PRECISION_HINT").to_string()

    @property
    def recipe(self) -> str:
        """Weights, precision, pooling, length and prompts."""
        about = self._about
        prompts = hashlib.sha256((about.question_prompt + "\0" + about.passage_prompt).encode())
        return (
            f"{about.digest[:16]}/{self._precision}/late{about.late:d}/{about.max_tokens}"
            f"/{prompts.hexdigest()[:8]}"
        )

    @property
    def dim(self) -> int:
        """Numbers in a vector."""
        return self._about.dim

    def embed_passages(
        self, texts: Sequence[str], places: Sequence[Sequence[tuple[int, int]]]
    ) -> Embedded:
        """Embed texts and, from the same pass, the sentences at `places`."""
        vectors = np.zeros((len(texts), self.dim), np.float32)
        sentences = [np.zeros((len(marks), self.dim), np.float32) for marks in places]
        unread: list[tuple[int, int]] = []
        prompt = self._about.passage_prompt
        for rows, encodings, pooled, tokens in self._run([prompt + text for text in texts]):
            vectors[rows] = pooled
            for row, encoding, states in zip(rows, encodings, tokens, strict=True):
                shift = len(prompt)
                for number, (start, end) in enumerate(places[row]):
                    mean = self._pool(encoding, states, start + shift, end + shift)
                    if mean is None:
                        unread.append((row, number))
                    else:
                        sentences[row][number] = mean
        if unread:  # beyond the model's length, or a model whose tokens cannot be pooled
            words = [prompt + texts[r][slice(*places[r][n])] for r, n in unread]
            for rows, _, pooled, _ in self._run(words):
                for row, vector in zip(rows, pooled, strict=True):
                    text, number = unread[row]
                    sentences[text][number] = vector
        return Embedded(unit_rows(vectors), tuple(unit_rows(rows) for rows in sentences))

    def embed_question(self, question: str) -> Vector:
        """Embed one question, with the model's prompt for questions."""
        ((_, _, pooled, _),) = self._run([self._about.question_prompt + question])
        vector: Vector = unit_rows(pooled)[0]
        return vector

    def _pool(self, encoding: "Encoding", states: Vectors, start: int, end: int) -> Vector | None:
        """Return the mean of the token vectors that lie in a range of the text, if any do."""
        if not self._about.late:
            return None
        inside = [row for row, (a, b) in enumerate(encoding.offsets) if a < end and b > start]
        if not inside or (len(encoding.overflowing) and encoding.offsets[inside[-1]][1] < end - 1):
            return None
        mean: Vector = states[inside[0] : inside[-1] + 1].mean(axis=0)
        return mean

    def _run(
        self, texts: Sequence[str], batch: int = 32
    ) -> Iterator[tuple[list[int], list["Encoding"], Vectors, Vectors]]:
        """Yield (rows, encodings, pooled, token vectors); like lengths share a batch."""
        encodings = self._tokenizer.encode_batch(list(texts))
        order = sorted(range(len(texts)), key=lambda row: -len(encodings[row].ids))
        for first in range(0, len(order), batch):
            rows = order[first : first + batch]
            shape = len(rows), max(len(encodings[rows[0]].ids), 1)
            ids, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
            for line, row in enumerate(rows):
                count = len(encodings[row].ids)
                ids[line, :count] = encodings[row].ids
                mask[line, :count] = 1
            feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            with self._lock:
                found = self._request.infer({name: feed[name] for name in self._about.inputs})
                pooled, tokens = found[0].copy(), found[1].copy()
            yield rows, [encodings[row] for row in rows], pooled, tokens


def digest_of_file(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_about(folder: Path) -> About:
    """Read what the folder says of itself; raise ModelError if a file is not what it says."""
    try:
        about = About(**json.loads((folder / "about.json").read_text("utf-8")))
        damaged = [
            name for name, sha in about.files.items() if digest_of_file(folder / name) != sha
        ]
    except (OSError, ValueError, TypeError, AttributeError) as error:
        damaged = [f"about.json ({error})"]
    if damaged:
        raise ModelError(
            f"{folder}: the converted model is damaged ({', '.join(damaged)}); remove that folder"
            " and it is made again"
        )
    return about


def import_openvino() -> ModuleType:
    """Import OpenVINO without its telemetry, which would call home at every import."""
    # None makes the import of that package fail; OpenVINO has a stub for when it is missing.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    return importlib.import_module("openvino")


def unit_rows(rows: Vectors) -> Vectors:
    """Return rows of length 1; a row of zeros stays."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Vectors = (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return scaled
