"""Sentence encoders: any sentence-transformers model, run through OpenVINO where that works."""

import logging
from importlib.util import find_spec
from pathlib import Path

from pullquote.encoders.conversion import NotConvertible, find_converted
from pullquote.encoders.models import BUNDLED, find_folder, load_torch
from pullquote.encoders.openvino import OpenVinoEmbedder
from pullquote.encoders.torch import TorchEmbedder
from pullquote.protocols import Embedder

__all__ = ["BUNDLED", "OpenVinoEmbedder", "TorchEmbedder", "open_embedder"]

_LOG = logging.getLogger(__name__)


def open_embedder(model: str | Path | Embedder) -> Embedder:
    """Return the embedder for a model id, a model folder or an embedder; raise ModelError."""
    if not isinstance(model, str | Path):
        return model
    folder = find_folder(str(model))
    if find_spec("openvino") is None:
        return TorchEmbedder(load_torch(folder))
    try:
        return OpenVinoEmbedder(find_converted(folder))
    except NotConvertible as error:
        _LOG.warning("%s: %s; running it with torch, which is slower", folder, error)
        return TorchEmbedder(load_torch(folder))
