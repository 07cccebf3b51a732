"""Run question sets over their corpora: ``python -m benchmarks.quality DATA [--set NAME]``.

DATA holds NAME/corpus/*.md and NAME/questions.jsonl; the sample corpus is measured as "sample".
"""

import argparse
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.record import record
from pullquote import Chatbot
from pullquote.evaluation import read_examples, run, summarise

_HERE = Path(__file__).parent


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
    options = parser.parse_args()
    figures: dict[str, Any] = {}
    for name, corpus, questions in find_sets(options.data):
        if options.names and name not in options.names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            bot = Chatbot(corpus, embeddings=folder)
            report = bot.refresh()
            found = summarise(run(bot, read_examples(questions, limit=options.limit)))
        figures[name] = {**found, "passages": report.embedded, "refresh_s": report.seconds}
        print(table({name: figures[name]}), flush=True)
    if not options.names and not options.limit:
        print(table(figures), f"written to {record('quality', figures)}", sep="\n\n")


def table(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the Markdown table of the figures, as the README shows it."""
    lines = [
        "| set | questions (answerable) | hit@1 / @5 | quote@1 / @3 | AUROC"
        " | answers answerable / other | p50 ms |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, row in figures.items():
        pairs = (
            f"{row['questions']:,} ({row['answerable']:,})",
            f"{_shown(row['hit@1'])} / {_shown(row['hit@5'])}",
            f"{_shown(row['quote@1'])} / {_shown(row['quote@3'])}",
            _shown(row["auroc"]),
            f"{_shown(row['answered_answerable'])} / {_shown(row['answered_unanswerable'])}",
            f"{row['p50_ms']:.0f}",
        )
        lines.append(f"| {name} | {' | '.join(pairs)} |")
    return "\n".join(lines)


def _shown(share: float | None) -> str:
    """Return a share as .783, or a dash."""
    return "–" if share is None else f"{share:.3f}".removeprefix("0")


if __name__ == "__main__":
    main()
