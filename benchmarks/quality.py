"""Run question sets over their corpora: ``python -m benchmarks.quality DATA [--set NAME]``.

``--misses FOLDER`` writes FOLDER/NAME.json: what ours got wrong, to be read one by one.

DATA holds NAME/corpus/*.md and NAME/questions.jsonl; the sample corpus is "sample". Ours
stands beside itself without the reader and beside BM25, dense and hybrid retrieval over the same
passages; each set's corpus is also asked the questions of another set.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import baselines
from benchmarks.record import record
from pullquote import Chatbot
from pullquote.evaluation.examples import Example, read_examples
from pullquote.evaluation.figures import token_f1
from pullquote.evaluation.measuring import list_misses, run, summarise

_HERE = Path(__file__).parent
_FOREIGN = 150  # questions of another set asked of each corpus
OURS, UNREAD = "ours", "ours, no reader"


def find_sets(data: Path) -> Iterator[tuple[str, Path, Path]]:
    """Yield (name, corpus, questions) of every set below a folder, then the sample's."""
    for questions in sorted(data.glob("*/questions.jsonl")):
        yield questions.parent.name, questions.parent / "corpus", questions
    yield "sample", _HERE.parent / "corpus", _HERE / "questions.jsonl"


def main() -> None:
    """Measure and write results/quality.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--set", dest="names", action="append")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--misses", type=Path)
    options = parser.parse_args()
    sets = list(find_sets(options.data))
    figures: dict[str, Any] = {}
    for number, (name, corpus, questions) in enumerate(sets):
        if options.names and name not in options.names:
            continue
        other = read_examples(sets[(number + 1) % len(sets)][2])
        foreign = other[:: max(1, len(other) // _FOREIGN)][:_FOREIGN]
        examples = read_examples(questions, limit=options.limit)
        figures[name], misses = measure(corpus, examples, foreign)
        if options.misses:
            options.misses.mkdir(parents=True, exist_ok=True)
            (options.misses / f"{name}.json").write_text(json.dumps(misses, indent=1), "utf-8")
        print(table({name: figures[name]}), flush=True)
    if not options.names and not options.limit:
        print(table(figures), f"written to {record('quality', figures)}", sep="\n\n")


def measure(
    corpus: Path, examples: Sequence[Example], foreign: Sequence[Example]
) -> tuple[dict[str, dict[str, Any]], tuple[dict[str, Any], ...]]:
    """Return system → figures of one set, and what ours missed."""
    with tempfile.TemporaryDirectory() as folder:
        bot = Chatbot(corpus, embeddings=folder)
        report = bot.refresh()
        outcomes = run(bot, examples)
        ours, misses = summarise(outcomes), list_misses(bot, outcomes, limit=len(outcomes))
        ours["focus_given_passage"] = focus_given_passage(bot, examples)
        ours["foreign_answered"] = _answered(bot, foreign)
        bare = Chatbot(corpus, embeddings=folder, reader=None)
        unread = summarise(run(bare, examples))
        unread["foreign_answered"] = _answered(bare, foreign)
        rivals = baselines.measure(bare, examples)
    ours |= {"passages": report.embedded, "refresh_s": report.seconds}
    return {OURS: ours, UNREAD: unread, **rivals}, misses


def focus_given_passage(bot: Chatbot, examples: Sequence[Example]) -> float | None:
    """Return the mean F1 of the likeliest short answer in the passage that holds the gold span."""
    scores = []
    with bot._fresh.finding() as finder:
        rows = finder.view.rows(vectors=finder.view.vector_ids(used=True).tolist())
        for example in examples:
            if not example.answers or finder.reader is None:
                continue
            held = [
                row.passage
                for row in rows
                if any(
                    row.passage.article.path == path and row.passage.span.holds(span)
                    for path, span in example.gold
                )
            ]
            for passage in held[:1]:
                (reading,) = finder.reader.read(example.question, [passage])
                best = int(np.argmax(reading.spans))
                place = reading.focus[best]
                words = passage.article.show(place) if place else ""
                scores.append(token_f1(words, example.answers))
    return round(float(np.mean(scores)), 4) if scores else None


def _answered(bot: Chatbot, examples: Sequence[Example]) -> float:
    answers = [bot.ask(e.question, turns=e.turns).status == "answered" for e in examples]
    return round(float(np.mean(answers)), 4)


def table(figures: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    """Return the Markdown table of the figures, as the README shows it."""
    lines = [
        "| set | system | hit@1 / @5 | quote@1 / @3 | AUROC | answers answerable / other"
        " | of another corpus | ECE | p50 ms |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, systems in figures.items():
        for system, row in systems.items():
            cells = (
                name if system == OURS else "",
                system,
                _pair(row, "hit@1", "hit@5"),
                _pair(row, "quote@1", "quote@3"),
                _shown(row.get("auroc")),
                _pair(row, "answered_answerable", "answered_unanswerable"),
                _shown(row.get("foreign_answered")),
                _shown(row.get("ece")),
                f"{row['p50_ms']:.0f}" if "p50_ms" in row else "",
            )
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _pair(row: Mapping[str, Any], one: str, other: str) -> str:
    return " / ".join(_shown(row[name]) for name in (one, other) if name in row)


def _shown(share: float | None) -> str:
    """Return a share as .783, or a dash."""
    return "–" if share is None else f"{share:.3f}".removeprefix("0")


if __name__ == "__main__":
    main()
