"""Compare sentence splitters on the gold set, and their speed side by side.

Run: ``python -m benchmarks.splitters``. Candidates that cannot be imported are left out, so a bare
environment measures only Pullquote's own rules; for all of them, first
``pip install pysbd sentencex nupunkt syntok blingfire razdel``.
"""

import argparse
import importlib
import itertools
import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

from benchmarks.record import record

Spans = tuple[tuple[int, int], ...]
Splitter = Callable[[str], Spans]

ROOT = Path(__file__).resolve().parent.parent
GOLD = ROOT / "tests" / "golden" / "sentences.json"
OWN = "pullquote"
# Every third text was not run while the rules were first adjusted. One author wrote both, so this
# shows over-fitting to the other texts, not what a stranger's texts would score.
HELD_OUT_EVERY = 3
SPEED_TEXT_BYTES = 200_000


class Gold(TypedDict):
    """One text of the gold set."""

    text: str
    sentences: list[str]
    trap: str


class Score(NamedTuple):
    """Counts over some texts; a boundary is the offset at which a sentence ends."""

    gold: int
    exact: int
    boundaries: int
    right_boundaries: int


def gold_spans(item: Gold) -> Spans:
    """Locate the sentences of one gold text, in order."""
    return _locate(item["text"], item["sentences"])


def score(split: Splitter, items: Sequence[Gold]) -> Score:
    """Count exact spans; the last boundary of a text is free, so it is not counted."""
    total = Score(0, 0, 0, 0)
    for item in items:
        expected = gold_spans(item)
        found = split(item["text"])
        ends = {end for _, end in found[:-1]}
        right = ends & {end for _, end in expected[:-1]}
        total = Score(
            total.gold + len(expected),
            total.exact + len(set(found) & set(expected)),
            total.boundaries + len(ends),
            total.right_boundaries + len(right),
        )
    return total


def _locate(text: str, pieces: Iterable[str]) -> Spans:
    spans: list[tuple[int, int]] = []
    position = 0
    for piece in map(str.strip, pieces):
        start = text.find(piece, position)
        if piece and start >= 0:
            position = start + len(piece)
            spans.append((start, position))
    return tuple(spans)


def _trim(text: str, spans: Iterable[tuple[int, int]]) -> Spans:
    trimmed: list[tuple[int, int]] = []
    for start, end in spans:
        piece = text[start:end]
        start += len(piece) - len(piece.lstrip())
        end = start + len(piece.strip())
        if start < end:
            trimmed.append((start, end))
    return tuple(trimmed)


def _own() -> Splitter:
    module: Any = importlib.import_module("pullquote.language.sentences")
    split: Splitter = module.split_sentences
    return split


def _pysbd() -> Splitter:
    segmenter: Any = importlib.import_module("pysbd").Segmenter(language="en", clean=False)
    return lambda text: _locate(text, segmenter.segment(text))


def _sentencex() -> Splitter:
    library: Any = importlib.import_module("sentencex")
    return lambda text: _locate(text, library.segment("en", text))


def _nupunkt() -> Splitter:
    library: Any = importlib.import_module("nupunkt")
    return lambda text: _trim(text, library.sent_spans(text))


def _syntok() -> Splitter:
    segmenter: Any = importlib.import_module("syntok.segmenter")

    def split(text: str) -> Spans:
        return tuple(
            (sentence[0].offset, sentence[-1].offset + len(sentence[-1].value))
            for paragraph in segmenter.analyze(text)
            for sentence in paragraph
            if sentence
        )

    return split


def _blingfire() -> Splitter:
    library: Any = importlib.import_module("blingfire")

    def split(text: str) -> Spans:
        return _trim(text, library.text_to_sentences_and_offsets(text)[1])

    return split


def _icu() -> Splitter:
    library: Any = importlib.import_module("icu")
    # The suppressions are ICU's own list of abbreviations.
    iterator = library.BreakIterator.createSentenceInstance(library.Locale("en@ss=standard"))

    def split(text: str) -> Spans:
        units = library.UnicodeString(text)  # ICU counts UTF-16 units, Python counts characters
        iterator.setText(units)
        edges = [0, *iterator]
        if len(units) != len(text):
            wide = [0]
            for character in text:
                wide.append(wide[-1] + 1 + (character > "\uffff"))
            edges = [wide.index(edge) for edge in edges]
        return _trim(text, itertools.pairwise(edges))

    return split


def _razdel() -> Splitter:
    library: Any = importlib.import_module("razdel")
    return lambda text: tuple((piece.start, piece.stop) for piece in library.sentenize(text))


CANDIDATES: dict[str, tuple[str, Callable[[], Splitter]]] = {
    OWN: ("pullquote", _own),
    "pysbd": ("pysbd", _pysbd),
    "sentencex": ("sentencex", _sentencex),
    "nupunkt": ("nupunkt", _nupunkt),
    "syntok": ("syntok", _syntok),
    "blingfire": ("blingfire", _blingfire),
    "icu": ("PyICU", _icu),
    "razdel": ("razdel", _razdel),
}


def _speeds(splitters: dict[str, Splitter], items: Sequence[Gold], rounds: int) -> dict[str, float]:
    """Return MB/s, best of the rounds; the rounds alternate so that a busy machine hits all."""
    texts: list[str] = []
    size = 0
    while size < SPEED_TEXT_BYTES:
        texts.extend(item["text"] for item in items)
        size = sum(len(text.encode()) for text in texts)
    best = dict.fromkeys(splitters, float("inf"))
    for _ in range(rounds):
        for name, split in splitters.items():
            began = time.perf_counter()
            for text in texts:
                split(text)
            best[name] = min(best[name], time.perf_counter() - began)
    return {name: size / seconds / 1e6 for name, seconds in best.items()}


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "-"


def _row(name: str, split: Splitter, items: Sequence[Gold]) -> dict[str, Any]:
    held_out = items[HELD_OUT_EVERY - 1 :: HELD_OUT_EVERY]
    tuned = [item for number, item in enumerate(items, 1) if number % HELD_OUT_EVERY]
    row: dict[str, Any] = {"version": _version(CANDIDATES[name][0])}
    for label, part in (("all", items), ("tuned", tuned), ("held_out", held_out)):
        row[label] = score(split, part)._asdict()
    row["missed_traps"] = [
        item["trap"] for item in items if split(item["text"]) != gold_spans(item)
    ]
    return row


def _table(rows: dict[str, dict[str, Any]]) -> str:
    lines = [
        f"{'splitter':<11}{'version':>10}{'all':>10}{'tuned':>10}{'held out':>10}"
        f"{'precision':>11}{'MB/s':>9}{'own is':>9}"
    ]
    for name, row in sorted(rows.items(), key=lambda pair: -pair[1]["all"]["exact"]):
        exact = [
            f"{row[part]['exact']}/{row[part]['gold']}" for part in ("all", "tuned", "held_out")
        ]
        precision = row["all"]["right_boundaries"] / max(1, row["all"]["boundaries"])
        lines.append(
            f"{name:<11}{row['version']:>10}{exact[0]:>10}{exact[1]:>10}{exact[2]:>10}"
            f"{precision:>11.3f}{row['megabytes_per_second']:>9.2f}{row['own_is_times']:>8.1f}x"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure, print the table and keep the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only-tuned", action="store_true", help="show what own rules miss there")
    arguments = parser.parse_args()
    items: list[Gold] = json.loads(GOLD.read_text(encoding="utf-8"))

    if arguments.only_tuned:
        split = _own()
        for number, item in enumerate(items, 1):
            if number % HELD_OUT_EVERY and split(item["text"]) != gold_spans(item):
                pieces = [item["text"][start:end] for start, end in split(item["text"])]
                sys.stdout.write(f"{item['trap']}: {pieces}\n")
        return

    splitters: dict[str, Splitter] = {}
    for name, (_, load) in CANDIDATES.items():
        try:
            splitters[name] = load()
        except ImportError as error:
            sys.stdout.write(f"{name}: left out ({error})\n")
    rows = {name: _row(name, split, items) for name, split in splitters.items()}
    speeds = _speeds(splitters, items, arguments.rounds)
    for name, row in rows.items():
        row["megabytes_per_second"] = round(speeds[name], 3)
        row["own_is_times"] = round(speeds[OWN] / speeds[name], 2)
    sys.stdout.write(_table(rows) + "\n")
    path = record("splitters", {"texts": len(items), "splitters": rows})
    sys.stdout.write(f"written to {path}\n")


if __name__ == "__main__":
    main()
