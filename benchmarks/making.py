"""Make questions from corpora and measure them: ``python -m benchmarks.making CORPUS...``.

Says how long it takes until a corpus of one's own is measured: making, asking, and both together
for 500 articles. Each corpus is indexed first, in a folder that is thrown away.
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.record import record
from pullquote import Chatbot
from pullquote.evaluation.examples import read_examples
from pullquote.evaluation.making import make_questions, write_questions
from pullquote.evaluation.measuring import run, summarise

_ARTICLES = 500  # that times are given for


def measure(corpus: Path, *, questions: int, seed: int) -> dict[str, Any]:
    """Return what was made of a corpus, how long it took, and the figures of asking it."""
    with tempfile.TemporaryDirectory() as folder:
        bot = Chatbot(corpus, embeddings=Path(folder) / "embeddings")
        refreshed = bot.refresh()
        begin = time.perf_counter()
        made = make_questions(bot.embeddings, questions=questions, seed=seed)
        file = Path(folder) / "questions.jsonl"
        write_questions(file, made)
        between = time.perf_counter()
        figures = summarise(run(bot, read_examples(file)))
        end = time.perf_counter()
    scale = _ARTICLES / max(made.articles, 1)
    return {
        **made.to_dict(),
        "refresh_s": round(refreshed.seconds, 1),
        "make_s": round(between - begin, 2),
        "ask_s": round(end - between, 2),
        # Making reads every article; what asking costs is decided by the number of questions.
        "seconds_per_500_articles": round((between - begin) * scale + (end - between), 1),
        "figures": figures,
    }


def main() -> None:
    """Measure each corpus and write results/making.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", nargs="+", type=Path, metavar="CORPUS")
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dry-run", action="store_true", help="Print, and record nothing.")
    options = parser.parse_args()
    found: dict[str, Any] = {}
    for corpus in options.corpora:
        row = measure(corpus, questions=options.questions, seed=options.seed)
        found[corpus.name] = row
        print(
            f"{corpus.name}: {row['questions']} questions ({row['unanswerable']} unanswerable)"
            f" about {row['asked_about']} of {row['articles']} articles; made in"
            f" {row['make_s']} s, asked in {row['ask_s']} s:"
            f" {row['seconds_per_500_articles']} s per 500 articles, after a refresh of"
            f" {row['refresh_s']} s",
            flush=True,
        )
        for name in ("hit@5", "quote@1", "auroc", "answered_answerable", "answered_unanswerable"):
            print(f"  {name:22} {row['figures'][name]}", flush=True)
    if not options.dry_run:
        print(f"written to {record('making', found)}")


if __name__ == "__main__":
    main()
