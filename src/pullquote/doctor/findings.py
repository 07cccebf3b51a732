"""What a check finds, and what it looks at."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Protocol

from pullquote.encoders import BUNDLED, open_embedder
from pullquote.protocols import Embedder

State = Literal["ok", "warn", "fail"]
_STATES: tuple[State, ...] = ("ok", "warn", "fail")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it stands, and what to do unless that is well."""

    check: str
    state: State
    said: str
    todo: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON of a finding."""
        return {"check": self.check, "state": self.state, "said": self.said, "todo": self.todo}


def worst(findings: Iterable[Finding]) -> State:
    """Return the worst state that was found."""
    return max((finding.state for finding in findings), key=_STATES.index, default="ok")


@dataclass(frozen=True)
class Patient:
    """What is examined."""

    corpus: Path
    embeddings: Path
    store: str = "faiss"
    host: str = "127.0.0.1"
    port: int = 7860

    @cached_property
    def embedder(self) -> Embedder:
        """Open the bundled model; raise ModelError."""
        return open_embedder(BUNDLED)


class Check(Protocol):
    """Looks at something and yields what it finds, or raises what is wrong with it."""

    def __call__(self, patient: Patient, /) -> Iterator[Finding]:
        """Yield findings."""
