"""A converted model: neither torch nor transformers is imported.

Sentence vectors cost no second pass: they are the means of a sentence's token vectors inside its
passage ("late chunking", Günther et al. 2024, arXiv:2409.04701), which rank as well as vectors of
the sentences alone (see benchmarks/README.md).

Each text runs alone and at its own length, several side by side: in a batch, a vector's last bits
would depend on its neighbours, and the ranking on the order in which articles came.
"""

import hashlib
import importlib
import json
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from pullquote.encoders.compiling import compile_kept
from pullquote.encoders.queues import run_through
from pullquote.errors import ModelError
from pullquote.protocols import Embedded, Vector, Vectors

if TYPE_CHECKING:
    from tokenizers import Encoding

# OpenVINO keeps what it has made ready for each length of text; for all lengths that takes half as
# much memory again as the model, and nothing is quicker for it.
HINTS = {"CPU_RUNTIME_CACHE_CAPACITY": "64"}


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

    def __init__(self, folder: Path, *, threads: int | None = None) -> None:
        """Open a folder; `threads` bounds the cores it takes and changes no bit of a vector."""
        from tokenizers import Tokenizer

        openvino = import_openvino()
        self._about = _read_about(folder)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(self._about.max_tokens)
        self._tokenizer.no_padding()
        self._openvino, self._weights = openvino, folder / "model.xml"
        # Bound to cores, each of several processes would take the first ones.
        bounds = {"INFERENCE_NUM_THREADS": threads, "ENABLE_CPU_PINNING": False}
        self.hints = HINTS if threads is None else HINTS | bounds
        # One question gets all the cores there are for it.
        model = compile_kept(openvino.Core(), self._weights, self.hints)
        self._request = model.create_infer_request()
        self._queue: Any = None
        self._lock, self._queue_lock = threading.Lock(), threading.Lock()
        self._precision = model.get_property("INFERENCE_PRECISION_HINT").to_string()

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
        shift = len(prompt)

        def take(row: int, encoding: "Encoding", pooled: Vector, states: Vectors) -> None:
            vectors[row] = pooled
            offsets = encoding.offsets  # made anew when asked for
            cut = bool(encoding.overflowing)
            for number, (start, end) in enumerate(places[row]):
                mean = self._pool(offsets, states, start + shift, end + shift, cut=cut)
                if mean is None:
                    unread.append((row, number))
                else:
                    sentences[row][number] = mean

        self._run_all([prompt + text for text in texts], take)
        # Beyond the model's length, or of a model whose tokens cannot be pooled.
        alone = [(row, number, *places[row][number]) for row, number in unread]

        def take_alone(row: int, _: "Encoding", pooled: Vector, __: Vectors) -> None:
            text, number, *_place = alone[row]
            sentences[text][number] = pooled

        self._run_all([prompt + texts[row][start:end] for row, _, start, end in alone], take_alone)
        return Embedded(unit_rows(vectors), tuple(unit_rows(rows) for rows in sentences))

    def embed_question(self, question: str) -> Vector:
        """Embed one question, with the model's prompt for questions."""
        encoding = self._tokenizer.encode(self._about.question_prompt + question)
        with self._lock:
            pooled = self._request.infer(self._feed(encoding))[0].copy()
        vector: Vector = unit_rows(pooled)[0]
        return vector

    def _pool(
        self,
        offsets: Sequence[tuple[int, int]],
        states: Vectors,
        start: int,
        end: int,
        *,
        cut: bool,
    ) -> Vector | None:
        """Return the mean of the token vectors that lie in a range of the text, if any do.

        Of a text that was `cut` a range may lie beyond the end.
        """
        if not self._about.late:
            return None
        inside = [row for row, (a, b) in enumerate(offsets) if a < end and b > start]
        if not inside or (cut and offsets[inside[-1]][1] < end - 1):
            return None
        mean: Vector = states[inside[0] : inside[-1] + 1].mean(axis=0)
        return mean

    def _run_all(
        self,
        texts: Sequence[str],
        take: Callable[[int, "Encoding", Vector, Vectors], None],
    ) -> None:
        """Hand each text's row, encoding, pooled vector and token vectors over, in any order."""
        if not texts:
            return
        encodings = self._tokenizer.encode_batch(list(texts))
        # The longest first, so that none is still running when all others are done.
        order = sorted(range(len(texts)), key=lambda row: -len(encodings[row].ids))

        def done(request: Any, row: int) -> None:  # noqa: ANN401 -- openvino is not typed
            pooled, states = (request.get_output_tensor(number).data[0] for number in (0, 1))
            take(row, encodings[row], pooled, states)

        with self._queue_lock:
            run_through(
                self._open_queue(), ((row, self._feed(encodings[row])) for row in order), done
            )

    def _open_queue(self) -> Any:  # noqa: ANN401
        """Return a queue that runs as many texts side by side as is quickest here."""
        if self._queue is None:
            hints = self.hints | {"PERFORMANCE_HINT": "THROUGHPUT"}
            model = compile_kept(self._openvino.Core(), self._weights, hints)
            self._queue = self._openvino.AsyncInferQueue(model)
        return self._queue

    def _feed(self, encoding: "Encoding") -> dict[str, "np.ndarray[Any, Any]"]:
        ids = np.array([encoding.ids or [0]], np.int64)
        feed = {
            "input_ids": ids,
            "attention_mask": np.full_like(ids, bool(encoding.ids)),
            "token_type_ids": np.zeros_like(ids),
        }
        return {name: feed[name] for name in self._about.inputs}


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
