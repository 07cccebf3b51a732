"""Ask questions and their unanswerable twins: ``python -m benchmarks.contrast``.

Each line of contrast.jsonl has a question about the sample corpus with the words that answer it,
and the same question `swapped`: about another company, person, year, quarter, product or place, of
which the articles do not say this. `where` tells whether what was swapped in is "absent" from the
corpus or named "elsewhere" in it. Thresholds may be chosen on the set "seen"; "held" only measures.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.record import record
from pullquote import Chatbot
from pullquote.evaluation.examples import Example, read_examples

_HERE = Path(__file__).parent
QUESTIONS = _HERE / "contrast.jsonl"
CORPUS = _HERE.parent / "corpus"


@dataclass(frozen=True, slots=True)
class Pair:
    """A question that the corpus answers, and its twin that it does not."""

    example: Example
    swapped: str
    swap: str
    where: str
    set: str


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a pair."""

    pair: Pair
    answered: bool
    right: bool  # the first quote is the gold one
    silent: bool  # the twin was


def read_pairs(path: Path) -> tuple[Pair, ...]:
    """Read pairs, a line of JSON each."""
    lines = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]
    return tuple(
        Pair(example, line["swapped"], line["swap"], line["where"], line["set"])
        for example, line in zip(read_examples(path), lines, strict=True)
    )


def tell(bot: Chatbot, pair: Pair) -> Told:
    """Ask both questions of a pair."""
    answer = bot.ask(pair.example.question)
    first = answer.quotes[:1]
    return Told(
        pair,
        answered=answer.status == "answered",
        right=any(pair.example.found_by(quote.article, quote.span) for quote in first),
        silent=bot.ask(pair.swapped).status == "abstained",
    )


def summarise(told: Sequence[Told]) -> dict[str, float | int]:
    """Return shares of the pairs: answered, rightly quoted first, and twin silent."""
    return {
        "pairs": len(told),
        "answered": _share([one.answered for one in told]),
        "right_first": _share([one.right for one in told]),
        "swapped_silent": _share([one.silent for one in told]),
        "both": _share([one.answered and one.silent for one in told]),
    }


def groups(told: Sequence[Told]) -> Iterator[tuple[str, list[Told]]]:
    """Yield all pairs, then those of each set, of each place of the swap, and of each kind."""
    yield "all", list(told)
    for field in ("set", "where", "swap"):
        for name in sorted({getattr(one.pair, field) for one in told}):
            yield f"{field}: {name}", [one for one in told if getattr(one.pair, field) == name]


def table(figures: Mapping[str, Mapping[str, float | int]]) -> str:
    """Return the figures as a Markdown table."""
    lines = [
        "| pairs | number | answered | right first | twin silent | both |",
        "|---|" + "---|" * 5,
    ]
    for name, row in figures.items():
        shares = [row[key] for key in ("answered", "right_first", "swapped_silent", "both")]
        lines.append(f"| {name} | {row['pairs']} | {' | '.join(f'{s:.3f}' for s in shares)} |")
    return "\n".join(lines)


def main() -> None:
    """Measure and write results/contrast.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wrong", action="store_true", help="list what went wrong in the set seen")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bot = Chatbot(CORPUS, embeddings=folder)
        bot.refresh()
        told = [tell(bot, pair) for pair in read_pairs(QUESTIONS)]
    figures = {name: summarise(some) for name, some in groups(told)}
    if options.wrong:
        print(*(_wrong(one) for one in told if one.pair.set == "seen"), sep="", end="")
    print(table(figures), f"written to {record('contrast', figures)}", sep="\n\n")


def _wrong(one: Told) -> str:
    """Return a line for each way in which a pair went wrong."""
    question, swapped = one.pair.example.question, one.pair.swapped
    lines = [] if one.answered else [f"silent: {question}\n"]
    if one.answered and not one.right:
        lines.append(f"other quote first: {question}\n")
    if not one.silent:
        lines.append(f"answered: {swapped} [{one.pair.swap}, {one.pair.where}]\n")
    return "".join(lines)


def _share(tests: Sequence[bool]) -> float:
    return round(sum(tests) / len(tests), 4) if tests else 0.0


if __name__ == "__main__":
    main()
