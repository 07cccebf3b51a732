"""Stand-ins for the engines: deterministic, small, and able to count, to lie and to die."""

import asyncio
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import ParamSpec, TypeVar

import numpy as np
import pytest
from numpy.typing import NDArray

import pullquote.index.catalog
import pullquote.ingest.refresh
from pullquote import Embedded, Quote, VectorStore
from pullquote.errors import StoreError
from pullquote.index.catalog import Catalog
from pullquote.protocols import Ids, Vector, Vectors

P = ParamSpec("P")
T = TypeVar("T")
_WORD = re.compile(r"\w+")


def in_a_loop(make: Callable[[], T]) -> T:
    """Make something of gradio's: outside of a running loop it leaks one for each of its locks."""

    async def made() -> T:
        return make()

    return asyncio.run(made())


class WordEmbedder:
    """Hashed bag of words: same text, same vector; `embedded` lists every text it was given."""

    def __init__(self, *, dim: int = 64, recipe: str = "words") -> None:
        self.dim = dim
        self.recipe = f"{recipe}/{dim}"
        self.embedded: list[str] = []

    def embed_passages(
        self, texts: Sequence[str], places: Sequence[Sequence[tuple[int, int]]]
    ) -> Embedded:
        """Embed texts and their sentences."""
        self.embedded += texts
        sentences = tuple(
            self._rows([text[start:end] for start, end in marks])
            for text, marks in zip(texts, places, strict=True)
        )
        return Embedded(self._rows(texts), sentences)

    def embed_question(self, question: str) -> Vector:
        """Embed one question."""
        row: Vector = self._rows([question])[0]
        return row

    def _rows(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dim), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in _WORD.findall(text.casefold()):
                row[blake2b(word.encode()).digest()[0] % self.dim] += 1
            if not row.any():
                row[0] = 1
            row /= np.linalg.norm(row)
        return rows


class Gate(WordEmbedder):
    """Embeds passages when it is let; tells when it was reached and passed."""

    def __init__(self, *, wait: float = 20) -> None:
        super().__init__()
        self.reached, self.opened, self.passed = (threading.Event() for _ in range(3))
        self._wait = wait

    def embed_passages(
        self, texts: Sequence[str], places: Sequence[Sequence[tuple[int, int]]]
    ) -> Embedded:
        """Embed texts, when the gate is open."""
        self.reached.set()
        if not self.opened.wait(self._wait):
            raise TimeoutError("nobody opened the gate")
        self.passed.set()
        return super().embed_passages(texts, places)


class ExactStore:
    """The oracle of `VectorStore`: a dictionary, written with numpy when it has a path."""

    def __init__(self, path: Path | None = None, *, dim: int = 64) -> None:
        self._path, self._dim = path, dim
        self._rows: dict[int, Vector] = {}
        if path is not None and path.exists():
            with np.load(path) as saved:
                self._rows = dict(zip(saved["ids"].tolist(), saved["vectors"], strict=True))

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add rows; a row whose id is there already is replaced."""
        if len(ids) and vectors.shape != (len(ids), self._dim):
            raise StoreError(f"vectors are {vectors.shape}, not ({len(ids)}, {self._dim})")
        self._rows.update(zip(ids.tolist(), np.array(vectors, np.float32), strict=True))

    def remove(self, ids: Ids) -> None:
        """Remove rows; unknown ids are ignored."""
        for number in ids.tolist():
            self._rows.pop(number, None)

    def search(
        self, vector: Vector, k: int, *, allowed: Ids | None = None
    ) -> tuple[Ids, NDArray[np.float32]]:
        """Sort everything by (-score, id) and keep the k best and their ties."""
        within = set(self._rows) if allowed is None else set(self._rows) & set(allowed.tolist())
        scores = {
            number: round(float((self._rows[number] * vector).sum(dtype=np.float64)), 5)
            for number in within
        }
        pairs = sorted((-score, number) for number, score in scores.items())
        kept = [pair for pair in pairs if k > 0 and pair[0] <= pairs[min(k, len(pairs)) - 1][0]]
        return (
            np.array([number for _, number in kept], np.int64),
            np.array([-score for score, _ in kept], np.float32),
        )

    def ids(self) -> Ids:
        """Return every id, ascending."""
        return np.array(sorted(self._rows), np.int64)

    def flush(self) -> None:
        """Write a new file and swap it in."""
        if self._path is None:
            return
        part = self._path.with_suffix(".part")
        ids = self.ids()
        rows = [self._rows[number] for number in ids.tolist()]
        try:
            with part.open("wb") as file:
                np.savez(file, ids=ids, vectors=np.array(rows, np.float32).reshape(-1, self._dim))
            part.replace(self._path)
        except OSError as error:
            raise StoreError(f"{self._path}: cannot be written ({error})") from error


class CannedWriter:
    """Says the same whatever it is given, and remembers what that was."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.calls: list[tuple[str, tuple[Quote, ...]]] = []

    def write(self, question: str, quotes: Sequence[Quote]) -> str:
        """Return the canned text."""
        self.calls.append((question, tuple(quotes)))
        return self.text


class LyingWriter:
    """Cites every quote, but puts words between the quotation marks that nobody wrote."""

    def __init__(self, lie: str = "Profits tripled overnight.") -> None:
        self.lie = lie

    def write(self, question: str, quotes: Sequence[Quote]) -> str:
        """Return a text of lies with perfect citations."""
        return " ".join(
            f"As the article says, “{quote.text[:12]} {self.lie}” [{number}]"
            for number, quote in enumerate(quotes, 1)
        )


class Death(BaseException):
    """The process is gone: nothing in the package may catch this."""


class Fuse:
    """Counts steps and dies at the n-th; with no n it only counts."""

    def __init__(self, die_at: int | None = None) -> None:
        self.die_at = die_at
        self.steps: list[str] = []

    def burn(self, step: str) -> None:
        """Count one step, or die of it."""
        self.steps.append(step)
        if len(self.steps) == self.die_at:
            raise Death(f"at step {self.die_at}: {step}")


class DyingEmbedder(WordEmbedder):
    """Burns a fuse before it embeds."""

    def __init__(self, fuse: Fuse) -> None:
        super().__init__()
        self._fuse = fuse

    def embed_passages(
        self, texts: Sequence[str], places: Sequence[Sequence[tuple[int, int]]]
    ) -> Embedded:
        """Embed texts, if there is time left."""
        self._fuse.burn("embed")
        return super().embed_passages(texts, places)


class DyingStore:
    """Burns a fuse before and after each verb that changes another store."""

    def __init__(self, store: VectorStore, fuse: Fuse) -> None:
        self._store, self._fuse = store, fuse

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add rows."""
        self._fuse.burn("before add")
        self._store.add(ids, vectors)
        self._fuse.burn("after add")

    def remove(self, ids: Ids) -> None:
        """Remove rows."""
        self._fuse.burn("before remove")
        self._store.remove(ids)
        self._fuse.burn("after remove")

    def search(
        self, vector: Vector, k: int, *, allowed: Ids | None = None
    ) -> tuple[Ids, NDArray[np.float32]]:
        """Search."""
        return self._store.search(vector, k, allowed=allowed)

    def ids(self) -> Ids:
        """Return every id, ascending."""
        return self._store.ids()

    def flush(self) -> None:
        """Flush."""
        self._fuse.burn("before flush")
        self._store.flush()
        self._fuse.burn("after flush")


@contextmanager
def dying_catalog(fuse: Fuse) -> Iterator[None]:
    """Burn a fuse before and after each write to any catalog and each lexical index built."""
    with pytest.MonkeyPatch.context() as patch:
        for owner, name in (
            (Catalog, "create"),
            (Catalog, "keep_vectors"),
            (Catalog, "commit"),
            (Catalog, "sweep"),
            (pullquote.index.catalog, "_take_over"),
            (pullquote.ingest.refresh, "build_lexical"),
        ):
            patch.setattr(owner, name, _burning(getattr(owner, name), name, fuse))
        yield


def _burning(call: Callable[P, T], name: str, fuse: Fuse) -> Callable[P, T]:
    def wrapped(*args: P.args, **named: P.kwargs) -> T:
        fuse.burn(f"before {name}")
        value = call(*args, **named)
        fuse.burn(f"after {name}")
        return value

    return wrapped


def fill(folder: Path, files: Mapping[str, str]) -> Path:
    """Make a folder hold exactly these files, whatever it held before."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(folder).as_posix() not in files:
            path.unlink()
    for name, text in files.items():
        path, data = folder / name, text.encode()
        if not path.exists() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return folder
