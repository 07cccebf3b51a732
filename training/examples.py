"""Rows as a reader's network sees them: pieces of words, and labels on pieces and sentences."""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from tokenizers import Encoding, Tokenizer
from torch import Tensor
from torch.utils.data import Dataset

from pullquote.language.sentences import split_sentences
from training.rows import Row

LENGTH = 256  # pieces of question and passage together, as the shipped reader reads
SENTENCES = 32  # more than a passage of 900 characters has, but for lists of names
Example = dict[str, Any]

# How much a row counts by its kind: what a person wrote counts most, and a made one may be wrong.
WEIGHT = {
    "answered": 1.0,
    "annotated": 1.0,
    "sibling": 0.7,
    "edited": 0.7,
    "twin": 0.7,
    "mined": 0.7,
    "moved": 0.7,
}


def encode(row: Row, tokenizer: Tokenizer) -> Example | None:
    """Return a row as numbers; None if its answer lies past LENGTH or holds no piece."""
    pieces = tokenizer.encode(row.question, row.passage)
    in_passage = [kind == 1 and not special for kind, special in _kinds(pieces)]
    sentences = split_sentences(row.passage)[:SENTENCES] or ((0, len(row.passage)),)
    of_piece = [
        _sentence_at(sentences, low) if inside else -1
        for (low, _), inside in zip(pieces.offsets, in_passage, strict=True)
    ]
    spans = [_pieces_of(pieces.offsets, in_passage, low, high) for low, high in row.answers]
    found = [span for span in spans if span is not None]
    if row.answers and not found:
        return None
    return {
        "input_ids": np.array(pieces.ids, np.int32),
        "token_type_ids": np.array(pieces.type_ids, np.int8),
        "sentence": np.array(of_piece, np.int8),
        "spans": found if row.spans else [],
        "evidence": sorted({of_piece[low] for low, _ in found} - {-1}),
        "whole": -1.0 if row.whole is None else float(row.whole),
        "weight": WEIGHT[row.kind],
    }


def _kinds(pieces: Encoding) -> Iterator[tuple[int, int]]:
    return zip(pieces.type_ids, pieces.special_tokens_mask, strict=True)


def _sentence_at(sentences: Sequence[tuple[int, int]], place: int) -> int:
    return next((i for i, (_, end) in enumerate(sentences) if place < end), -1)


def _pieces_of(
    offsets: Sequence[tuple[int, int]], in_passage: Sequence[bool], low: int, high: int
) -> tuple[int, int] | None:
    """Return the first and last piece that lie in a range of the passage."""
    inside = [
        i for i, (a, b) in enumerate(offsets) if in_passage[i] and a < high and b > low and b > a
    ]
    return (inside[0], inside[-1]) if inside and offsets[inside[-1]][1] >= high else None


class Examples(Dataset[Example]):
    """Encoded rows, in order."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self._examples = examples

    def __len__(self) -> int:
        return len(self._examples)

    def __getitem__(self, place: int) -> Example:
        return self._examples[place]


def collate(examples: Sequence[Example]) -> dict[str, Tensor]:
    """Return a batch, padded to its longest row."""
    length = max(len(e["input_ids"]) for e in examples)
    count = max(int(e["sentence"].max()) for e in examples) + 1
    rows = len(examples)
    batch = {
        "input_ids": torch.zeros(rows, length, dtype=torch.long),
        "token_type_ids": torch.zeros(rows, length, dtype=torch.long),
        "attention_mask": torch.zeros(rows, length, dtype=torch.long),
        "sentence": torch.full((rows, length), -1, dtype=torch.long),
        "starts": torch.zeros(rows, length),
        "ends": torch.zeros(rows, length),
        "evidence": torch.zeros(rows, max(count, 1) + 1),
        "has_span": torch.zeros(rows),
        "whole": torch.tensor([e["whole"] for e in examples]),
        "weight": torch.tensor([e["weight"] for e in examples]),
    }
    for i, example in enumerate(examples):
        size = len(example["input_ids"])
        for name in ("input_ids", "token_type_ids", "sentence"):
            batch[name][i, :size] = torch.from_numpy(example[name].astype(np.int64))
        batch["attention_mask"][i, :size] = 1
        _label(batch, i, example)
    return batch


def _label(batch: dict[str, Tensor], i: int, example: Example) -> None:
    """Set the targets of a row; an unanswered one points at the first piece and no sentence."""
    answered = bool(example["evidence"])
    for low, high in example["spans"] if answered else [(0, 0)]:
        batch["starts"][i, low] = batch["ends"][i, high] = 1
    batch["has_span"][i] = float(bool(example["spans"]) or not answered)
    for place in example["evidence"] if answered else [-1]:
        batch["evidence"][i, place + 1] = 1  # column 0 = no sentence


def like_words(tokenizer: Tokenizer, table: Tensor) -> Callable[[str, random.Random], str | None]:
    """Return a function that gives a word of like use: a near row of the embedding table."""
    words = {w: i for w, i in tokenizer.get_vocab().items() if w.isalpha() and len(w) > 3}
    names, ids = zip(*sorted(words.items()), strict=True)
    rows = torch.nn.functional.normalize(table.detach()[list(ids)], dim=1)
    place = {name: i for i, name in enumerate(names)}
    known: dict[str, list[str]] = {}

    def neighbour(word: str, rng: random.Random) -> str | None:
        if word not in place:
            return None
        if word not in known:
            near = torch.topk(rows @ rows[place[word]], 16).indices.tolist()[1:]
            known[word] = [names[i] for i in near if names[i][:4] != word[:4]][:8]
        return rng.choice(known[word]) if known[word] else None

    return neighbour
