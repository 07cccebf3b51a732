"""Any cross-encoder (a reranker, or a model that tells entailment) as a reader."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pullquote.errors import ModelError
from pullquote.protocols import Reading
from pullquote.readers.foreign import open_foreign, read_config
from pullquote.readers.judging import NEVER
from pullquote.readers.layout import Layout, lay_out
from pullquote.readers.running import Outputs
from pullquote.types import Passage

if TYPE_CHECKING:
    from torch import Tensor, nn
    from transformers import PreTrainedModel

# Names that models give to "yes, it does", the plainest first; "LABEL_1" is the second of two.
_POSITIVE = ("relevant", "positive", "yes", "true", "answer", "entailment", "label_1", "1")


class PairReader:
    """A model of transformers' AutoModelForSequenceClassification; safe to share between threads.

    It scores the passage, and each sentence by itself, as pairs with the question. It cannot tell
    the short answer.
    """

    def __init__(self, folder: Path, *, name: str, titled: bool = False) -> None:
        self._name, self._titled = name, titled
        self._positive = find_positive(folder, read_config(folder))
        self._model = open_foreign(folder, loader="AutoModelForSequenceClassification", wrap=_wrap)

    @property
    def name(self) -> str:
        """The id or folder of the model."""
        return self._name

    def read(self, question: str, passages: Sequence[Passage]) -> Sequence[Reading]:
        """Read each passage, and each of its sentences, with the question."""
        layouts = [lay_out(passage, titled=self._titled) for passage in passages]
        alone = [_only(layout, place) for layout in layouts for place in layout.sentences]
        scores = self._score(question, [*layouts, *alone])
        answers = [next(scores) for _ in layouts]
        readings = []
        for layout, whole in zip(layouts, answers, strict=True):
            sentences = tuple(next(scores) for _ in layout.sentences)
            none = (None,) * len(sentences)
            readings.append(Reading(whole, sentences, sentences, none))
        return readings

    def _score(self, question: str, layouts: Sequence[Layout]) -> Iterator[float]:
        """Yield the score of each text: that of its best window."""
        cut = self._model.cutter.cut(question, layouts)
        feeds = [window.feed(self._model.inputs) for pieces in cut for window in pieces.windows]
        outputs = iter(self._model.network.run(feeds))
        for pieces in cut:
            yield max((self._log_odds(next(outputs)) for _ in pieces.windows), default=NEVER)

    def _log_odds(self, outputs: Outputs) -> float:
        logits = outputs[0].astype(np.float64)
        if len(logits) == 1:
            return float(logits[0])
        others = np.delete(logits, self._positive)
        return float(logits[self._positive] - np.logaddexp.reduce(others))


def _only(layout: Layout, place: tuple[int, int]) -> Layout:
    """Return one sentence by itself, after the title and headings if there are any."""
    above = layout.text[: layout.sentences[0][0]]
    words = layout.text[slice(*place)]
    return Layout(above + words, ((len(above), len(above) + len(words)),))


def find_positive(folder: Path, config: Mapping[str, Any]) -> int:
    """Return which of the model's labels says yes; raise ModelError if none is known to."""
    labels = {str(name).casefold(): int(place) for place, name in _labels(config)}
    if len(labels) < 2:  # one number, as rerankers give, may be left unnamed
        return 0
    for name in _POSITIVE:
        if name in labels and (len(labels) == 2 or not name.endswith("1")):
            return labels[name]
    raise ModelError(
        f"{folder}: none of its labels ({', '.join(labels)}) is known to say yes; name a reranker"
        " with one label, or call the right one “relevant” in its config.json (id2label)"
    )


def _labels(config: Mapping[str, Any]) -> Sequence[tuple[Any, Any]]:
    given = config.get("id2label")
    if isinstance(given, Mapping):
        return tuple(given.items())
    # transformers' own names, where a configuration gives none: two labels.
    return ((0, "LABEL_0"), (1, "LABEL_1"))


def _wrap(model: "PreTrainedModel", inputs: tuple[str, ...]) -> "nn.Module":
    import torch

    class Scoring(torch.nn.Module):
        """The model as a function from its inputs to its logits."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *values: "Tensor") -> tuple["Tensor"]:
            return (self.model(**dict(zip(inputs, values, strict=True))).logits,)

    return Scoring()
