"""Run question sets over their corpora: ``python -m benchmarks.quality DATA [--set NAME]``.

DATA holds NAME/corpus/*.md and NAME/questions.jsonl; the sample corpus is measured as "sample".
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.record import record
from pullquote import Chatbot
from pullquote.evaluation import read_examples, run, summarise

_HERE = Path(__file__).parent
_SHOWN = ("hit@1", "hit@5", "mrr", "quote@1", "quote@3", "auroc", "p50_ms")
_SHOWN_SHARES = ("answered_answerable", "answered_unanswerable")


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
    print("| set | questions |", " | ".join(_SHOWN + _SHOWN_SHARES), "|", flush=True)
    print("|---" * (len(_SHOWN) + len(_SHOWN_SHARES) + 2) + "|")
    for name, corpus, questions in find_sets(options.data):
        if options.names and name not in options.names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            bot = Chatbot(corpus, embeddings=folder)
            report = bot.refresh()
            found = summarise(run(bot, read_examples(questions, limit=options.limit)))
        figures[name] = {**found, "passages": report.embedded, "refresh_s": report.seconds}
        row = [found[key] for key in (*_SHOWN, *_SHOWN_SHARES)]
        cells = ["–" if value is None else f"{value:.3f}".rstrip("0") for value in row]
        asked = f"{found['questions']} ({found['answerable']})"
        print("|", name, "|", asked, "|", " | ".join(cells), "|", flush=True)
    if not options.names and not options.limit:
        print(f"written to {record('quality', figures)}")


if __name__ == "__main__":
    main()
