"""The seams: what an engine must do to take part, and the settings."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from pullquote.spans import Span
from pullquote.types import Passage, Quote

Vectors = NDArray[np.float32]  # (n, dim), rows of length 1
Vector = NDArray[np.float32]  # (dim,), of length 1
Ids = NDArray[np.int64]  # (n,)


class Embedded(NamedTuple):
    """Vectors of some passages, and for each passage the vectors of its sentences."""

    passages: Vectors
    sentences: tuple[Vectors, ...]


class Embedder(Protocol):
    """A sentence encoder. `recipe` names all that changes its vectors; rows have length 1."""

    @property
    def recipe(self) -> str:
        """Weights, precision, pooling, length and prompts, as one short text."""

    @property
    def dim(self) -> int:
        """Numbers in a vector."""

    def embed_passages(
        self, texts: Sequence[str], places: Sequence[Sequence[tuple[int, int]]]
    ) -> Embedded:
        """Embed texts; `places` are their sentences, as half-open ranges of each text."""

    def embed_question(self, question: str) -> Vector:
        """Embed one question, with the model's prompt for questions."""


class Window(NamedTuple):
    """Passages that are embedded together; `ids` are the caller's own, and come back with them."""

    ids: tuple[int, ...]
    texts: tuple[str, ...]
    places: tuple[Sequence[tuple[int, int]], ...]


class Workers(Protocol):
    """Embeds many windows, as many at once as there are workers."""

    @property
    def window(self) -> int:
        """Passages that a window should hold."""

    def embed_each(self, windows: Iterable[Window]) -> Generator[tuple[Window, Embedded]]:
        """Give each window back with its vectors, once and in order; close it to stop early.

        Windows are taken as they are needed, a bounded number ahead of what is given back. Raise
        WorkersLost if workers keep dying.
        """


class VectorStore(Protocol):
    """Ids and vectors, nothing else. Nothing is durable before `flush` returns."""

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add rows; a row whose id is there already is replaced."""

    def remove(self, ids: Ids) -> None:
        """Remove rows; unknown ids are ignored."""

    def search(
        self, vector: Vector, k: int, *, allowed: Ids | None = None
    ) -> tuple[Ids, NDArray[np.float32]]:
        """Return the k nearest rows by inner product and all that tie with the last of them.

        Best first, ties by id, so that what was added when does not show.
        """

    def ids(self) -> Ids:
        """Return every id, ascending."""

    def flush(self) -> None:
        """Make everything so far durable, or raise StoreError and leave the old state."""


class Writer(Protocol):
    """Puts an answer into words. It may arrange quotes, citing them as [1], never alter them."""

    def write(self, question: str, quotes: Sequence[Quote]) -> str:
        """Return Markdown text for an answered question."""


class LanguageModel(Protocol):
    """Says something to rules and data. Nothing that it says is shown unjudged."""

    def say(self, rules: str, data: str, *, most_tokens: int) -> Iterator[str]:
        """Yield what it says as it comes; raise ModelError if it cannot be heard to the end."""


class Reading(NamedTuple):
    """What a reader says of one passage: log-odds, and the short answer in each sentence.

    The tuples have one item for each sentence of the passage.
    """

    answers: float  # that the passage answers the question
    sentences: tuple[float, ...]  # that the sentence carries the evidence
    spans: tuple[float, ...]  # that the best short answer inside the sentence is one
    focus: tuple[Span | None, ...]  # that short answer's place in the file


class Reader(Protocol):
    """A model that reads a passage together with the question."""

    @property
    def name(self) -> str:
        """What it is, for people; the weights that its readings are combined with go by it."""

    def read(self, question: str, passages: Sequence[Passage]) -> Sequence[Reading]:
        """Read each passage with the question."""


class GivenUp(Exception):
    """Raised by whoever is told of progress to give a refresh up; the next one goes on from it."""


class Progress(Protocol):
    """Is told how a refresh gets on, and may raise GivenUp to end it."""

    def __call__(self, step: str, done: int, total: int) -> None:
        """Hear that `done` of `total` are finished; total 0 = not known yet."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What may be tuned; benchmarks/README.md tells what `threshold` trades for what."""

    threshold: float = 0.4  # confidence below which an answer abstains
    max_quotes: int = 4  # quotes in an answer
    nearest: int = 3  # near misses shown with an abstention
    candidates: int = 100  # passages each ranker puts forward
    read: int = 8  # best passages whose sentences are weighed
    history: int = 2  # earlier questions that help to find what a follow-up means
    reread: bool = True  # read a changed article again while asking; else it is passed over
