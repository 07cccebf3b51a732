"""Ask about facts that changed: ``python -m benchmarks.temporal [--show]``.

temporal.jsonl holds 150 questions about the sample corpus, whose articles report new figures, names
and dates of the same things. `gold` are the places of the right version, `not` those of another
version, which must not lead; of a comparison, places of one `side` are alternatives and side 0
leads. The half "held" is about other articles than the half "seen", on which rules were tuned.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.record import record
from pullquote import Answer, Chatbot, Quote
from pullquote.answers import answering
from pullquote.answers.comparing import Comparison
from pullquote.answers.timeline import Timeline
from pullquote.evidence.weighing import Weighed
from pullquote.questions.followups import split_names

_HERE = Path(__file__).parent
KINDS = ("now", "then", "undated", "trap", "compare")
HALVES = ("seen", "held")
Line = Mapping[str, Any]


def main() -> None:
    """Measure with and without the rules about time and write results/temporal.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", choices=HALVES, help="print the failures of a half")
    options = parser.parse_args()
    lines = [json.loads(row) for row in (_HERE / "temporal.jsonl").read_text("utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        bot = Chatbot(_HERE.parent / "corpus", embeddings=folder)
        bot.refresh()
        answers = [bot.ask(line["question"]) for line in lines]
        with _without_time():
            plain = [bot.ask(line["question"]) for line in lines]
    figures = {
        "with": summarise(lines, answers),
        "without": summarise(lines, plain),
    }
    if options.show:
        _show_failures(lines, answers, options.show)
    print(table(figures))
    if not options.show:
        print(f"written to {record('temporal', figures)}")


@contextmanager
def _without_time() -> Iterator[None]:
    """Switch off what arranges answers by date and by side."""
    with ExitStack() as stack:
        for name, stand_in in (
            ("arrange", _as_it_is),
            ("read_comparison", _lists_only),
            ("without_order", str),
        ):
            stack.enter_context(patch.object(answering, name, stand_in))
        yield


def _as_it_is(question: str, weighed: Sequence[Weighed], **_: object) -> Timeline:
    return Timeline(tuple(weighed), {})


def _lists_only(question: str) -> Comparison | None:
    sides = split_names(question)
    return Comparison(sides) if sides else None


def summarise(lines: Sequence[Line], answers: Sequence[Answer]) -> dict[str, dict[str, Any]]:
    """Return for each kind and half how often the right version leads, and more.

    `first`: the first quote, or near miss, is of the right version; `other`: it is of another;
    `labelled`: of the outdated quotes shown for a question about now, those that say so;
    `mislabelled`: right quotes that say they are superseded; `sides`: the mean share of sides
    quoted in a comparison.
    """
    groups: dict[str, list[tuple[Line, Answer]]] = {}
    for line, answer in zip(lines, answers, strict=True):
        for name in (line["kind"], line["set"], f"{line['kind']}/{line['set']}", "all"):
            groups.setdefault(name, []).append((line, answer))
    return {name: _figures(pairs) for name, pairs in sorted(groups.items())}


def _figures(pairs: Sequence[tuple[Line, Answer]]) -> dict[str, Any]:
    outdated = [
        quote
        for line, answer in pairs
        if line["kind"] in ("now", "undated")
        for quote in answer.quotes
        if _is_at(quote, line["not"]) and not _is_at(quote, line["gold"])
    ]
    right = [
        quote
        for line, answer in pairs
        if line["kind"] in ("now", "undated", "trap")
        for quote in answer.quotes
        if _is_at(quote, line["gold"])
    ]
    sides = [_sides(line, answer) for line, answer in pairs if line["kind"] == "compare"]
    return {
        "questions": len(pairs),
        "first": sum(_leads(line, answer) for line, answer in pairs) / len(pairs),
        "other": sum(_misleads(line, answer) for line, answer in pairs) / len(pairs),
        "answered": sum(answer.status == "answered" for _, answer in pairs) / len(pairs),
        "outdated": len(outdated),
        "labelled": sum(_is_superseded(quote) for quote in outdated),
        "right": len(right),
        "mislabelled": sum(_is_superseded(quote) for quote in right),
        "sides": sum(sides) / len(sides) if sides else None,
    }


def _leads(line: Line, answer: Answer) -> bool:
    shown = answer.quotes or answer.nearest
    return bool(shown) and _is_at(shown[0], [g for g in line["gold"] if not g.get("side")])


def _misleads(line: Line, answer: Answer) -> bool:
    shown = answer.quotes or answer.nearest
    return bool(shown) and not _leads(line, answer) and _is_at(shown[0], line["not"])


def _sides(line: Line, answer: Answer) -> float:
    wanted = {gold["side"] for gold in line["gold"]}
    found = {g["side"] for g in line["gold"] for q in answer.quotes if _is_at(q, [g])}
    return len(found) / len(wanted)


def _is_superseded(quote: Quote) -> bool:
    return quote.superseded_by is not None


def _is_at(quote: Quote, places: Sequence[Line]) -> bool:
    """Tell whether a quote overlaps one of some places by half of the shorter."""
    for place in places:
        overlap = min(quote.span.end, place["end"]) - max(quote.span.start, place["start"])
        shorter = min(quote.span.end - quote.span.start, place["end"] - place["start"])
        if place["article"] == quote.article.path and overlap * 2 >= shorter:
            return True
    return False


def _show_failures(lines: Sequence[Line], answers: Sequence[Answer], half: str) -> None:
    for line, answer in zip(lines, answers, strict=True):
        whole = line["kind"] != "compare" or _sides(line, answer) == 1
        if line["set"] == half and not (_leads(line, answer) and whole):
            print(f"{line['kind']}: {line['question']}  ({answer.status})")
            for quote in answer.quotes or answer.nearest:
                mark = "+" if _is_at(quote, line["gold"]) else "-"
                print(f"  {mark} {quote.score:.2f} {quote.text[:110]} | {quote.label}")


def table(figures: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    """Return the Markdown table: right version first, with and without the rules."""
    rows = ["| questions | | first | other version first | without the rules | answered |"]
    rows.append("|---|---|---|---|---|---|")
    for name, row in figures["with"].items():
        plain = figures["without"][name]
        rows.append(
            f"| {name} | {row['questions']} | {row['first']:.3f} | {row['other']:.3f}"
            f" | {plain['first']:.3f} / {plain['other']:.3f} | {row['answered']:.3f} |"
        )
    whole = figures["with"]["all"]
    rows += [
        "",
        f"outdated quotes that say so: {whole['labelled']} of {whole['outdated']};"
        f" right ones that say they are superseded: {whole['mislabelled']} of {whole['right']};"
        f" sides of comparisons: {whole['sides']:.3f}"
        f" (without: {figures['without']['all']['sides']:.3f})",
    ]
    return "\n".join(rows)


if __name__ == "__main__":
    main()
