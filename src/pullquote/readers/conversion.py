"""Turn a reader's model into OpenVINO once, check it, and keep it by its digest."""

import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pullquote.encoders.conversion import NotConvertible
from pullquote.encoders.keeping import ABOUT, keep_folder
from pullquote.encoders.models import quiet_libraries
from pullquote.encoders.openvino import digest_of_file, import_openvino
from pullquote.errors import ModelError
from pullquote.readers.layout import Layout
from pullquote.readers.pieces import Cutter, Feed
from pullquote.readers.running import Network, OpenVinoNetwork, TorchNetwork

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import nn

_LOG = logging.getLogger(__name__)
_FORMAT = 1  # of the kept folder
# Pairs of unlike length on which the converted model must agree with the original.
_PROBES = (
    ("Who won?", "Asha Verne won."),
    (
        "How long does the new tram line get?",
        "The council voted 7-4 to extend the line by 12 km, as far as the old harbour.",
    ),
    ("Why?", "The grid needs every watt that it can get, said the engineer of the mill. " * 5),
)
# Of the largest logit: bfloat16 arithmetic keeps .02; above this something is wired wrongly.
_MOST_APART = 0.08


@dataclass(frozen=True, slots=True)
class Original:
    """A model as torch has it: called with `inputs` in order, it returns a tuple of tensors."""

    module: "nn.Module"
    tokenizer: "Tokenizer"
    inputs: tuple[str, ...]
    most: int  # pieces that it reads at once


@dataclass(frozen=True, slots=True)
class About:
    """What a kept folder says beside weights and tokenizer."""

    inputs: tuple[str, ...]
    most: int
    files: dict[str, str]


class Model:
    """A model that runs on windows of pieces."""

    def __init__(
        self, network: Network, tokenizer: "Tokenizer", *, inputs: tuple[str, ...], most: int
    ) -> None:
        self.network, self.inputs = network, inputs
        self.cutter = Cutter(tokenizer, most)


def open_model(label: str, digest: str, load: Callable[[], Original]) -> Model:
    """Return the kept form of a model, made if it is not there, or the model in torch."""
    if find_spec("openvino") is None:
        return _in_torch(load())
    name = f"{digest[:16]}-ov{version('openvino')}-r{_FORMAT}"
    try:
        return _open_kept(keep_folder(name, lambda folder: _convert(load(), folder)))
    except NotConvertible as error:
        _LOG.warning("%s: %s; running it with torch, which is slower", label, error)
        return _in_torch(load())


def _in_torch(original: Original) -> Model:
    network = TorchNetwork(original.module, original.inputs)
    return Model(network, original.tokenizer, inputs=original.inputs, most=original.most)


def _open_kept(folder: Path) -> Model:
    from tokenizers import Tokenizer

    about = _read_about(folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    network = OpenVinoNetwork(folder / "model.xml")
    return Model(network, tokenizer, inputs=about.inputs, most=about.most)


def _read_about(folder: Path) -> About:
    """Read what the folder says of itself; raise ModelError if a file is not what it says."""
    try:
        about = About(**json.loads((folder / ABOUT).read_text("utf-8")))
        damaged = [
            name for name, sha in about.files.items() if digest_of_file(folder / name) != sha
        ]
    except (OSError, ValueError, TypeError, AttributeError) as error:
        damaged = [f"{ABOUT} ({error})"]
    if damaged:
        raise ModelError(
            f"{folder}: the converted model is damaged ({', '.join(damaged)}); remove that folder"
            " and it is made again"
        )
    return about


def _convert(original: Original, folder: Path) -> None:
    """Trace a model into the folder and check it against the original."""
    feeds = _probe(original)
    with quiet_libraries():
        import torch

        openvino = import_openvino()
        example = tuple(torch.from_numpy(feeds[0][name]) for name in original.inputs)
        try:
            traced = openvino.convert_model(original.module.eval(), example_input=example)
        except (RuntimeError, TypeError, ValueError) as error:
            reason = str(error).split("\n", 1)[0]
            raise NotConvertible(f"OpenVINO cannot convert it ({reason})") from error
        for number, name in enumerate(original.inputs):
            traced.inputs[number].get_tensor().set_names({name})
        openvino.save_model(traced, folder / "model.xml", compress_to_fp16=False)
    original.tokenizer.save(str(folder / "tokenizer.json"))
    about = About(
        inputs=original.inputs,
        most=original.most,
        files={path.name: digest_of_file(path) for path in folder.iterdir()},
    )
    (folder / ABOUT).write_text(json.dumps(asdict(about)), "utf-8")
    _check(original, folder, feeds)


def _probe(original: Original) -> list[Feed]:
    cutter = Cutter(original.tokenizer, original.most)
    feeds = []
    for question, text in _PROBES:
        (pieces,) = cutter.cut(question, [Layout(text, ((0, len(text)),))])
        feeds += [window.feed(original.inputs) for window in pieces.windows]
    return feeds


def _check(original: Original, folder: Path, feeds: list[Feed]) -> None:
    wanted = TorchNetwork(original.module, original.inputs).run(feeds)
    found = OpenVinoNetwork(folder / "model.xml").run(feeds)
    one, other = (
        np.concatenate([part.ravel() for outputs in run for part in outputs])
        for run in (wanted, found)
    )
    apart = float(abs(one - other).max() / abs(one).max())
    if not apart < _MOST_APART:
        raise NotConvertible(f"converted, its numbers are {apart:.1%} apart")
