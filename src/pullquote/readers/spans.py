"""Any model trained to point at short answers (extractive question answering) as a reader."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pullquote.protocols import Reading
from pullquote.readers.foreign import open_foreign
from pullquote.readers.judging import NEVER, Said, find_best
from pullquote.readers.running import Outputs
from pullquote.readers.windowed import read_windows
from pullquote.types import Passage

if TYPE_CHECKING:
    from torch import Tensor, nn
    from transformers import PreTrainedModel


class SpanReader:
    """A model of transformers' AutoModelForQuestionAnswering; safe to share between threads.

    A sentence is as likely as the best short answer inside it, against there being none, which
    such models say by pointing at the first piece; a passage as its best sentence. One trained
    without unanswerable questions cannot say so.
    """

    def __init__(self, folder: Path, *, name: str, titled: bool = False) -> None:
        self._name, self._titled = name, titled
        self._model = open_foreign(folder, loader="AutoModelForQuestionAnswering", wrap=_wrap)

    @property
    def name(self) -> str:
        """The id or folder of the model."""
        return self._name

    def read(self, question: str, passages: Sequence[Passage]) -> Sequence[Reading]:
        """Read each passage with the question."""
        return read_windows(self._model, judge, question, passages, titled=self._titled)


def judge(outputs: Outputs, sentences: Sequence[slice]) -> tuple[float, list[Said]]:
    """Weigh each sentence's short answer against none."""
    starts, ends = outputs
    no_span = float(starts[0]) + float(ends[0])
    said = []
    for rows in sentences:
        score, first, last = find_best(starts[rows], ends[rows])
        place = (rows.start + first, rows.start + last)
        said.append(Said(score - no_span, score - no_span, place))
    return max((one.span for one in said), default=NEVER), said


def _wrap(model: "PreTrainedModel", inputs: tuple[str, ...]) -> "nn.Module":
    import torch

    class Pointing(torch.nn.Module):
        """The model as a function from its inputs to the logits of starts and ends."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *values: "Tensor") -> tuple["Tensor", "Tensor"]:
            found = self.model(**dict(zip(inputs, values, strict=True)))
            return found.start_logits, found.end_logits

    return Pointing()
