"""The systems, each in a module with a class `System`; a worker runs one of them.

What runs in the peers' environment finds no `pullquote` there, and must not import it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, TypedDict


class Place(TypedDict):
    """A stretch of an article, in code points of its file."""

    article: str
    start: int
    end: int


class Passage(Place):
    """A passage with the text to embed and, as ranges of that text, its sentences."""

    text: str
    sentences: list[tuple[int, int]]


class System(Protocol):
    """What can be asked of every system; `folder` is where it keeps its index."""

    def __init__(self, folder: Path) -> None: ...

    def add(self, passages: Sequence[Passage], corpus: str) -> dict[str, Any]:
        """Embed and index ready passages; `corpus` is a folder with just their articles."""

    def load(self, corpus: str) -> dict[str, Any]:
        """Index a folder with the system's own reading and splitting."""

    def save(self) -> None:
        """Write the index to the folder."""

    def open(self, corpus: str) -> None:
        """Read the index from the folder."""

    def search(self, question: str, k: int) -> list[Place]:
        """Return the places of the k best passages, best first."""

    def ask(self, question: str) -> object:
        """Answer by reading passages; a system that reads none has no such method."""
