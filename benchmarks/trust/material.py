"""Articles out of made-up words, random edits of them, and an embedder that costs nothing."""

import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from random import Random

import numpy as np

from pullquote import Embedded
from pullquote.protocols import Vector, Vectors

_WORD = re.compile(r"\w+")
_HEADS = (
    "am bir ced del em fjo gar hol ir jun kel lar mor nep ol pin quar ros sal tam ul ver".split()
)
_TAILS = "ber ch ar ta nor rd den ster on ax vin go dal ek mi tor cas bel".split()
_VOCABULARY = tuple(head + tail for head in _HEADS for tail in _TAILS)
_FOLDERS = ("", "news/", "news/2024/", "über uns/", "guides/")
_TAGS, _LANGS = ("red", "blue", "green"), ("en", "de")
# A sentence of every fifth article, as a promotion would be.
_PROMOTION = "Subscribe to the bell and hear it ring."
QUESTIONS = (
    "Where did the amber meet the fjord?",
    "How many birch stand in the garden?",
    "Who told the quarmi about pinvin in 2024?",
    "ceddal holster",
    "What does the verbel say about roscas and saltor?",
)
VERBS = tuple(
    "add change append replace delete rename move truncate touch come_and_go duplicate swap garble"
    .split()
)  # fmt: skip


class WordEmbedder:
    """Hashed bag of words: same text, same vector, no model; `embedded` counts the texts."""

    dim = 64
    recipe = "trust-words/64"

    def __init__(self) -> None:
        self.embedded = 0

    def embed_passages(
        self, texts: Sequence[str], places: Sequence[Sequence[tuple[int, int]]]
    ) -> Embedded:
        """Embed texts and their sentences."""
        self.embedded += len(texts)
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
            row[0] += not row.any()
            row /= np.linalg.norm(row)
        return rows


def write_text(random: Random, *, paragraphs: int = 4) -> str:
    """Return an article with front matter, headings, emphasis, links and a few line ends."""
    lines = [f"# {_sentence(random)}", ""]
    if random.random() < 0.7:
        lines = [
            "---",
            f"title: {_sentence(random).rstrip('.')}",
            f"tags: [{random.choice(_TAGS)}]",
            f"lang: {random.choice(_LANGS)}",
            f"date: 2024-0{random.randint(1, 9)}-1{random.randint(0, 9)}",
            "---",
            "",
        ]
    for number in range(random.randint(1, paragraphs)):
        if number and random.random() < 0.4:
            lines += [f"## {_sentence(random).rstrip('.')}", ""]
        lines += [" ".join(_sentence(random) for _ in range(random.randint(1, 4))), ""]
    if random.random() < 0.2:
        lines += [_PROMOTION, ""]
    return random.choice(("\n", "\n", "\r\n")).join(lines)


def _sentence(random: Random) -> str:
    words = random.sample(_VOCABULARY, random.randint(4, 9))
    if random.random() < 0.3:
        words.insert(2, f"**{random.choice(_VOCABULARY)}**")
    if random.random() < 0.2:
        words.insert(1, f"[{random.choice(_VOCABULARY)}](https://example.com/{words[0]})")
    return " ".join([words[0].capitalize(), *words[1:], str(random.randint(2, 2030))]) + "."


@dataclass
class Gardener:
    """Plants a folder of articles and edits it at random; the same seed edits the same way.

    `before` are the bytes of the file that was edited last, as they were.
    """

    corpus: Path
    random: Random
    verbs: Sequence[str] = VERBS
    done: Counter[str] = field(default_factory=Counter)
    before: bytes = b""

    def plant(self, count: int) -> None:
        """Make so many articles."""
        for _ in range(count):
            self._write(self._new_place(), write_text(self.random).encode())

    def edit(self) -> str:
        """Make one random edit and return its name."""
        verb = self.random.choice(self.verbs)
        getattr(self, f"_{verb}")()
        self.done[verb] += 1
        return verb

    def paths(self) -> list[Path]:
        """Return the articles there are."""
        return sorted(self.corpus.rglob("*.md"))

    def _any(self) -> Path:
        path = self.random.choice(self.paths())
        self.before = path.read_bytes()
        return path

    def _new_place(self) -> Path:
        name = f"{self.random.choice(_VOCABULARY)}-{self.random.randrange(10**6)}.md"
        return self.corpus / self.random.choice(_FOLDERS) / name

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def _add(self) -> None:
        self._write(self._new_place(), write_text(self.random).encode())

    def _change(self) -> None:
        self._write(self._any(), write_text(self.random).encode())

    def _append(self) -> None:
        with self._any().open("ab") as file:
            file.write(f"\n\n{_sentence(self.random)}\n".encode())

    def _replace(self) -> None:
        """Save as editors do: a new file beside the old one, swapped in."""
        path = self._any()
        part = path.with_name(f".{path.name}.swp")
        part.write_bytes(write_text(self.random).encode())
        part.replace(path)

    def _delete(self) -> None:
        if len(self.paths()) > 10:  # a folder that runs empty would have nothing left to edit
            self._any().unlink()

    def _rename(self) -> None:
        path = self._any()
        path.rename(path.with_name(self._new_place().name))

    def _move(self) -> None:
        path, place = self._any(), self._new_place()
        place.parent.mkdir(parents=True, exist_ok=True)
        path.rename(place)

    def _truncate(self) -> None:
        """Cut a file anywhere: it may be empty, or end in half a character, afterwards."""
        path = self._any()
        os.truncate(path, self.random.randint(0, path.stat().st_size))

    def _touch(self) -> None:
        self._any().touch()

    def _come_and_go(self) -> None:
        path = self._new_place()
        self._write(path, write_text(self.random).encode())
        path.unlink()

    def _duplicate(self) -> None:
        self._write(self._new_place(), self._any().read_bytes())

    def _swap(self) -> None:
        one, other = self._any(), self._any()
        first, second = one.read_bytes(), other.read_bytes()
        one.write_bytes(second)
        other.write_bytes(first)

    def _garble(self) -> None:
        self._any().write_bytes(b"\xff\xfe broken")
