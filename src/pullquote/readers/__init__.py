"""Readers: models that read a passage together with the question."""

from collections.abc import Callable, Mapping
from pathlib import Path

from pullquote.encoders.models import find_folder
from pullquote.errors import ModelError
from pullquote.protocols import Reader
from pullquote.readers.foreign import read_config
from pullquote.readers.own import WEIGHTS, OwnReader, read_about
from pullquote.readers.pairs import PairReader
from pullquote.readers.spans import SpanReader

__all__ = ["BUNDLED_READER", "check_bundled_reader", "open_reader"]

BUNDLED_READER = "pullquote-reader"
_BUNDLED_FOLDER = Path(__file__).with_name("weights")


def check_bundled_reader() -> None:
    """Raise ModelError if the bundled weights are not those that were published."""
    read_about(_BUNDLED_FOLDER)


def open_reader(model: str | Path | Reader | None, *, titled: bool = False) -> Reader | None:
    """Return the reader for a name, a model id, a model folder or a reader; raise ModelError.

    A model may be a folder with weights of Pullquote's own network, one that points at short
    answers, or a cross-encoder. If `titled`, it also reads the title and the headings that a
    passage stands under.
    """
    if model is None or not isinstance(model, str | Path):
        return model
    if model == BUNDLED_READER:
        return OwnReader(_BUNDLED_FOLDER, name=BUNDLED_READER, titled=titled)
    folder = find_folder(str(model), otherwise="the bundled reader")
    if (folder / WEIGHTS).exists():
        return OwnReader(folder, name=BUNDLED_READER, titled=titled)
    kinds: Mapping[str, Callable[..., Reader]] = {
        "ForQuestionAnswering": SpanReader,
        "ForSequenceClassification": PairReader,
    }
    architectures = read_config(folder).get("architectures") or ()
    for ending, kind in kinds.items():
        if any(str(name).endswith(ending) for name in architectures):
            return kind(folder, name=str(model), titled=titled)
    raise ModelError(
        f"{model}: cannot read a question with a passage ({', '.join(architectures) or 'no kind'});"
        " name a question-answering model or a cross-encoder, or leave it out to use the bundled"
        " reader"
    )
