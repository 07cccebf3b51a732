"""Sentence encoders: any sentence-transformers model, run through OpenVINO where that works."""

from pullquote.encoders.hiring import hire
from pullquote.encoders.models import BUNDLED
from pullquote.encoders.opening import open_embedder
from pullquote.encoders.openvino import OpenVinoEmbedder
from pullquote.encoders.torch import TorchEmbedder

__all__ = ["BUNDLED", "OpenVinoEmbedder", "TorchEmbedder", "hire", "open_embedder"]
