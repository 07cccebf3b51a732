"""Training rows: questions with a window of a passage, and where in it the evidence stands."""

import gzip
import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pullquote.language.sentences import split_sentences

# At most as long as a passage of the index, so that the reader learns on what it will read.
WINDOW, SHORTEST = 900, 450  # characters
# Whose answers are whole sentences, or only a part of what the question needs.
_SENTENCES = frozenset({"hotpotqa_paras", "2wiki_paras", "musique_paras"})
# Whose spans annotators drew by taste: they teach where the evidence is, not how long it is.
_LOOSE = frozenset({"policyqa", "doc2dial_first_turn", "quotesum", "qed"})
# Whose unanswerable questions a person wrote for the passage.
_ANNOTATED = frozenset({"squad2_train10", "squad2_cr_unans"})
_LIKE_ANNOTATED = _ANNOTATED | {"squad_du_test", "squad_flan"}  # the same kind of text
_VALIDATION = 40  # one passage in so many is never trained on


@dataclass(frozen=True, slots=True)
class Row:
    """A question, a passage and the evidence in it as half-open ranges; () = it does not answer.

    `kind` tells how the row came to be; `spans` whether the ranges are short answers; `whole`
    whether the passage alone answers, as far as anyone knows (None: it answers in part).
    """

    question: str
    passage: str
    answers: tuple[tuple[int, int], ...]
    source: str
    kind: str
    spans: bool = True
    whole: bool | None = True
    is_validation: bool = False


def read_rows(folder: Path, *, seed: int) -> Iterator[Row]:
    """Yield the rows of train/*.jsonl.gz, each with a window of its passage; see data/README.md."""
    for path in sorted(folder.glob("*.jsonl.gz")):
        source = path.name.removesuffix(".jsonl.gz")
        rng = random.Random(f"{seed} {source}")
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield _row(json.loads(line), source, rng)


def _row(data: dict[str, object], source: str, rng: random.Random) -> Row:
    question, passage = str(data["question"]), str(data["passage"])
    given = data["answers"]
    assert isinstance(given, list)
    answers = tuple(sorted({(a["start"], a["start"] + len(a["text"])) for a in given}))
    is_set = data["spans_are"] == "set"
    window = _window(passage, answers, rng)
    inside = tuple(
        (low - window[0], high - window[0])
        for low, high in answers
        if window[0] <= low and high <= window[1]
    )
    whole: bool | None = bool(inside)
    if (source in _SENTENCES and inside) or (is_set and len(inside) < len(answers)):
        whole = None
    return Row(
        question=question,
        passage=passage[slice(*window)],
        answers=inside,
        source=source,
        kind=_kind(source, bool(answers)),
        spans=source not in _SENTENCES | _LOOSE,
        whole=whole,
        is_validation=_is_held_back(passage),
    )


def is_like_annotated(row: Row) -> bool:
    """Tell whether a row comes of the same encyclopaedia and askers as the annotated ones."""
    return row.source in _LIKE_ANNOTATED


def _is_held_back(passage: str) -> bool:
    """Tell by the first words of the whole passage, so that no other window of it is learned."""
    head = passage[:80].encode()
    return hashlib.blake2b(head, digest_size=4).digest()[0] % _VALIDATION == 0


def _kind(source: str, answered: bool) -> str:
    if answered:
        return "answered"
    return "annotated" if source in _ANNOTATED else "sibling"


def _window(
    passage: str, answers: Sequence[tuple[int, int]], rng: random.Random
) -> tuple[int, int]:
    """Return whole sentences about an answer if there is one; half the windows are of WINDOW."""
    width = WINDOW if rng.random() < 0.5 else rng.randint(SHORTEST, WINDOW)
    sentences = split_sentences(passage) or ((0, len(passage)),)
    low, high = rng.choice(answers) if answers else (0, 0)
    if not answers:
        low, high = rng.choice(sentences) if len(passage) > width else sentences[0]
    first = max(i for i, (start, _) in enumerate(sentences) if start <= low or i == 0)
    last = first
    while last < len(sentences) - 1 and sentences[last][1] < high:
        last += 1
    while True:
        start, end = sentences[first][0], sentences[last][1]
        room = width - (end - start)
        ways = []
        if first and start - sentences[first - 1][0] <= room:
            ways.append("before")
        if last < len(sentences) - 1 and sentences[last + 1][1] - end <= room:
            ways.append("after")
        if not ways:
            return start, end
        if rng.choice(ways) == "before":
            first -= 1
        else:
            last += 1
