"""Run a model on one window at a time, through OpenVINO or torch.

Each window runs alone and at its own length, several side by side: in a batch, the last bits of
what is said of a passage would depend on the passages that were read with it.
"""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pullquote.encoders.compiling import compile_kept
from pullquote.encoders.openvino import HINTS as ENCODER_HINTS
from pullquote.encoders.openvino import import_openvino
from pullquote.encoders.queues import run_through
from pullquote.readers.pieces import Feed

if TYPE_CHECKING:
    from torch import nn

# As many windows side by side as is quickest here, in bfloat16 where the processor has it.
HINTS = ENCODER_HINTS | {"PERFORMANCE_HINT": "THROUGHPUT"}
Outputs = tuple[NDArray[np.float32], ...]  # what the model says of one window


class Network(Protocol):
    """A model as a function of feeds; safe to share between threads."""

    def run(self, feeds: Sequence[Feed]) -> list[Outputs]:
        """Return each feed's outputs, without the axis of the batch."""


class OpenVinoNetwork:
    """A converted model; neither torch nor transformers is imported."""

    def __init__(self, weights: Path) -> None:
        openvino = import_openvino()
        model = compile_kept(openvino.Core(), weights, HINTS)
        self._queue: Any = openvino.AsyncInferQueue(model)
        self._count = len(model.outputs)
        self._lock = threading.Lock()

    def run(self, feeds: Sequence[Feed]) -> list[Outputs]:
        """Return each feed's outputs, without the axis of the batch."""
        found: list[Outputs] = [()] * len(feeds)

        def done(request: Any, place: int) -> None:  # noqa: ANN401 -- openvino is not typed
            found[place] = tuple(
                np.array(request.get_output_tensor(number).data[0], np.float32)
                for number in range(self._count)
            )

        # The longest first, so that none is still running when all others are done.
        order = sorted(range(len(feeds)), key=lambda place: -feeds[place]["input_ids"].shape[1])
        with self._lock:
            run_through(self._queue, ((place, feeds[place]) for place in order), done)
        return found


class TorchNetwork:
    """A model as it is: works for every one, slower."""

    def __init__(self, module: "nn.Module", inputs: Sequence[str]) -> None:
        self._module, self._inputs = module.eval(), inputs

    def run(self, feeds: Sequence[Feed]) -> list[Outputs]:
        """Return each feed's outputs, without the axis of the batch."""
        import torch

        with torch.inference_mode():
            found = [
                self._module(*(torch.from_numpy(feed[name]) for name in self._inputs))
                for feed in feeds
            ]
        return [tuple(part[0].float().numpy() for part in outputs) for outputs in found]
