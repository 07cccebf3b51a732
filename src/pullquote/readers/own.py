"""Pullquote's own reader: it tells the evidence, the short answer and whether there is any."""

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from pullquote.encoders.models import (
    BUNDLED,
    BUNDLED_SHA256,
    check_bundled,
    digest_of_model,
    find_folder,
    quiet_libraries,
)
from pullquote.encoders.openvino import digest_of_file
from pullquote.errors import ModelError
from pullquote.protocols import Reading
from pullquote.readers.conversion import Original, open_model
from pullquote.readers.judging import Said, find_best, pool
from pullquote.readers.running import Outputs
from pullquote.readers.windowed import read_windows
from pullquote.types import Passage

WEIGHTS = "reader.safetensors"
_ABOUT = "weights.json"
_LENGTH = 256  # pieces of question and passage together, as in training
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class OwnReader:
    """The multi-head network of `readers.network`; safe to share between threads."""

    def __init__(self, folder: Path, *, name: str, titled: bool = False) -> None:
        about = read_about(folder)
        self._name, self._titled = name, titled
        self._model = open_model(
            str(folder), _digest_of(about), lambda: _load_torch(folder, find_folder(about.start))
        )

    @property
    def name(self) -> str:
        """What it is, for people; the weights that its readings are combined with go by it."""
        return self._name

    def read(self, question: str, passages: Sequence[Passage]) -> Sequence[Reading]:
        """Read each passage with the question."""
        return read_windows(self._model, judge, question, passages, titled=self._titled)


class _About(NamedTuple):
    sha256: str
    start: str  # the model whose embeddings the weights go with


def judge(outputs: Outputs, sentences: Sequence[slice]) -> tuple[float, list[Said]]:
    """Weigh each sentence against "none does", and each short answer against none."""
    pieces, (none, answers) = outputs
    starts, ends, evidence = pieces.T
    no_span = float(starts[0]) + float(ends[0])
    said = []
    for rows in sentences:
        score, first, last = find_best(starts[rows], ends[rows])
        place = (rows.start + first, rows.start + last)
        said.append(Said(pool(evidence[rows]) - float(none), score - no_span, place))
    return float(answers), said


def read_about(folder: Path) -> _About:
    """Return what the folder says of its weights, checked; raise ModelError."""
    weights = folder / WEIGHTS
    try:
        told = json.loads((folder / _ABOUT).read_text("utf-8"))
        about = _About(str(told["sha256"]), str(told.get("start", BUNDLED)))
        found = digest_of_file(weights)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = " ".join(str(error).split())
        raise ModelError(
            f"{folder}: not a reader ({type(error).__name__}: {reason}); it wants {WEIGHTS} and"
            f" {_ABOUT}. If it is the bundled one: pip install --force-reinstall pullquote"
        ) from error
    if found != about.sha256:
        raise ModelError(
            f"{weights}: SHA-256 is {found[:12]}…, not {about.sha256[:12]}…; if it is the bundled"
            " one: pip install --force-reinstall pullquote"
        )
    return about


def _digest_of(about: _About) -> str:
    """Return the digest of all weights; those of the bundled start are checked when loaded."""
    is_bundled = about.start == BUNDLED
    start = BUNDLED_SHA256 if is_bundled else digest_of_model(find_folder(about.start))
    return sha256(f"{about.sha256}\n{start}\n{_LENGTH}".encode()).hexdigest()


def _load_torch(folder: Path, start: Path) -> Original:
    """Join the weights with the embeddings they go with; raise ModelError."""
    check_bundled(start)
    with quiet_libraries():
        from safetensors import SafetensorError
        from safetensors.torch import load_file
        from tokenizers import Tokenizer
        from transformers import BertConfig

        from pullquote.readers.network import ReaderNetwork

        try:
            config = BertConfig.from_pretrained(start)
            state = {
                "encoder." + name.removeprefix("bert."): value
                for name, value in load_file(start / "model.safetensors").items()
                if name.removeprefix("bert.").startswith("embeddings.")
            }
            state.pop("encoder.embeddings.position_ids", None)  # older files keep them
            state |= load_file(folder / WEIGHTS)
            network = ReaderNetwork(config)
            network.load_state_dict({name: value.float() for name, value in state.items()})
            tokenizer = Tokenizer.from_file(str(start / "tokenizer.json"))
        except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
            reason = " ".join(str(error).split())[:200]
            raise ModelError(
                f"{folder / WEIGHTS}: not the weights of a reader over {start} ({reason})"
            ) from error
    most = min(_LENGTH, config.max_position_embeddings)
    return Original(network, tokenizer, _INPUTS, most)
