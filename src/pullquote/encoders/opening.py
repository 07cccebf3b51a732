"""From what a user names to an embedder, in two steps, so that other processes need one only."""

import logging
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from pullquote.encoders.conversion import NotConvertible, find_converted
from pullquote.encoders.models import find_folder, load_torch
from pullquote.encoders.openvino import OpenVinoEmbedder
from pullquote.encoders.torch import TorchEmbedder
from pullquote.protocols import Embedder

_LOG = logging.getLogger(__name__)


class Source(Protocol):
    """What a process needs to open an embedder; it is sent to where that process is."""

    @property
    def folder(self) -> Path | None:
        """The files that must be there."""

    def at(self, folder: Path) -> "Source":
        """Return the same, of files that lie elsewhere."""

    def open(self, *, threads: int | None = None) -> Embedder:
        """Open it, for this process to use so many cores; raise ModelError."""


@dataclass(frozen=True, slots=True)
class Converted:
    """A folder that OpenVINO runs."""

    folder: Path

    def at(self, folder: Path) -> "Converted":
        """Return the same, of files that lie elsewhere."""
        return Converted(folder)

    def open(self, *, threads: int | None = None) -> Embedder:
        """Open it."""
        return OpenVinoEmbedder(self.folder, threads=threads)


@dataclass(frozen=True, slots=True)
class Original:
    """A folder that torch runs."""

    folder: Path

    def at(self, folder: Path) -> "Original":
        """Return the same, of files that lie elsewhere."""
        return Original(folder)

    def open(self, *, threads: int | None = None) -> Embedder:
        """Open it."""
        model = load_torch(self.folder)
        if threads is not None:
            import torch

            torch.set_num_threads(threads)
        return TorchEmbedder(model)


@dataclass(frozen=True, slots=True)
class Given:
    """An embedder of the caller's own."""

    embedder: Embedder
    folder: None = None

    def at(self, folder: Path) -> "Given":
        """Return it: it has no files that are known of."""
        return self

    def open(self, *, threads: int | None = None) -> Embedder:
        """Return it; how many cores it takes is its own affair."""
        return self.embedder


def find_source(model: str | Path | Embedder) -> Source:
    """Return the source for a model id, a model folder or an embedder; raise ModelError."""
    if not isinstance(model, str | Path):
        return Given(model)
    folder = find_folder(str(model))
    if find_spec("openvino") is None:
        return Original(folder)
    try:
        return Converted(find_converted(folder))
    except NotConvertible as error:
        _LOG.warning("%s: %s; running it with torch, which is slower", folder, error)
        return Original(folder)


def open_embedder(model: str | Path | Embedder) -> Embedder:
    """Return the embedder for a model id, a model folder or an embedder; raise ModelError."""
    return find_source(model).open()
