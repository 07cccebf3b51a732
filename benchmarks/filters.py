"""Read filters in plain words: ``python -m benchmarks.filters``.

Every line of filters.jsonl is a question with the filter that a person would read in it, or none.
The grammar was written against the lines of the set "seen"; those of "held" were only counted.
"""

import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.record import record
from pullquote.filters import Filter
from pullquote.questions.plainwords import Dated, Known, Plain, read

FILE = Path(__file__).with_name("filters.jsonl")
Row = dict[str, Any]


def main(sets: Sequence[str]) -> None:
    """Read all phrasings, or those of some sets, print each miss and the shares that are right."""
    known, rows = read_rows()
    chosen = [row for row in rows if not sets or row["set"] in sets]
    right: dict[str, list[bool]] = {}
    for row in chosen:
        plain = read(row["question"], date.fromisoformat(row["today"]), known)
        wrong = misread(row, plain)
        if wrong:
            print(f"{row['set']}: {row['question']}\n    {wrong}")
        kind = "trap" if not row["filter"] else "soft" if row["soft"] else "hard"
        for name in ("all", kind, row["set"], f"{row['set']} {kind}"):
            right.setdefault(name, []).append(not wrong)
    figures = {
        name: {"phrasings": len(found), "right": round(sum(found) / len(found), 4)}
        for name, found in sorted(right.items())
    }
    for name, shares in figures.items():
        print(f"{name:12} {shares['phrasings']:4} {shares['right']:.3f}")
    if not sets:
        record("filters", figures)


def read_rows() -> tuple[Known, tuple[Row, ...]]:
    """Return what the corpus of the phrasings holds, and the phrasings."""
    first, *rows = map(json.loads, FILE.read_text("utf-8").splitlines())
    there = first["known"]
    known = Known(
        tags=frozenset(there["tags"]),
        categories=frozenset(there["categories"]),
        languages=frozenset(there["languages"]),
        titles=tuple(
            Dated(title, date.fromisoformat(day) if day else None)
            for _, title, day in there["titles"]
        ),
    )
    return known, tuple(rows)


def misread(row: Row, plain: Plain) -> str:
    """Return what is read otherwise than the row says, or nothing."""
    read_so = Filter()
    for found in plain.filters:
        read_so = read_so.join(found.wanted)
    soft = bool(plain.filters) and all(found.soft for found in plain.filters)
    said = (Filter.of(**row["filter"]), row["soft"], row["latest"], row.get("rest", plain.narrow))
    got = (read_so, soft, plain.latest, plain.narrow)
    names = ("filter", "soft", "latest", "rest")
    return "; ".join(
        f"{name}: {its!s} and not {mine!s}"
        for name, mine, its in zip(names, said, got, strict=True)
        if mine != its
    )


if __name__ == "__main__":
    main(sys.argv[1:])
