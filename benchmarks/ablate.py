"""What each part of the ranking earns and costs: ``python -m benchmarks.ablate DATA``.

Every row ranks the same candidates (100 of each ranker). "apart" embeds each sentence on its own,
in a second pass; "late" takes the means of token vectors from the passage's pass.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.quality import find_sets
from benchmarks.record import record
from pullquote import Chatbot, Filter
from pullquote.articles.passages import embedded_form
from pullquote.evaluation.examples import Example, read_examples
from pullquote.protocols import Embedder, Vectors
from pullquote.questions.followups import readings
from pullquote.retrieval.fusion import Found, find_passages

Ranker = Callable[[Found, float], float]
_EASE = 4.0  # as in pullquote.retrieval.fusion
_MOST = 800  # questions of a set, evenly spread


def rankers(apart: Mapping[int, float]) -> dict[str, Ranker]:
    """Return the rows of the table: a passage's score, given the best BM25 of its question."""
    return {
        "BM25": lambda f, _: f.lexical,
        "dense": lambda f, _: f.dense,
        "dense + BM25 (reciprocal ranks)": lambda f, _: _reciprocal(f),
        "dense + BM25": lambda f, best: f.dense + f.lexical / (best + _EASE),
        "dense + BM25 + best sentence, apart": lambda f, best: (
            f.dense + apart[f.passage.id] + f.lexical / (best + _EASE)
        ),
        "dense + BM25 + best sentence, late (ours)": lambda f, _: f.score,
    }


def _reciprocal(found: Found) -> float:
    ranks = [rank for rank in (found.dense_rank, found.lexical_rank) if rank is not None]
    return sum(1 / (60 + rank) for rank in ranks)


def embed_apart(bot: Chatbot, embedder: Embedder) -> tuple[dict[int, Vectors], float, float]:
    """Return passage id → vectors of its sentences embedded alone; seconds with and without."""
    with bot._fresh.finding() as finder:
        rows = finder.view.rows(vectors=finder.view.vector_ids(used=True).tolist())
    forms = [embedded_form(row.passage) for row in rows]
    words = [text[a:b] for text, places in forms for a, b in places]
    begin = time.perf_counter()
    embedder.embed_passages([text for text, _ in forms], [places for _, places in forms])
    late = time.perf_counter() - begin
    begin = time.perf_counter()
    vectors = embedder.embed_passages(words, [()] * len(words)).passages
    alone = time.perf_counter() - begin
    cuts = np.cumsum([len(places) for _, places in forms])[:-1]
    ids = [row.passage.id for row in rows]
    return dict(zip(ids, np.split(vectors, cuts), strict=True)), late, alone


def measure(bot: Chatbot, examples: Sequence[Example]) -> dict[str, dict[str, float]]:
    """Return row → hit@1, hit@5 and mrr, and the cost of sentences apart."""
    embedder = bot._engines.embedder()
    sentences, late, alone = embed_apart(bot, embedder)
    ranks: dict[str, list[int]] = {}
    for example in examples:
        asked, *_ = readings(example.question, example.turns, history=bot.settings.history)
        vector = embedder.embed_question(asked)
        with bot._fresh.finding() as finder:
            found = tuple(
                find_passages(
                    asked,
                    vector,
                    view=finder.view,
                    store=finder.store,
                    lexical=finder.lexical,
                    wanted=Filter(),
                    today=date.today(),
                    candidates=bot.settings.candidates,
                )
            )
        best = max((item.lexical for item in found), default=0.0)
        apart = {
            f.passage.id: float((sentences[f.passage.id] @ vector).max(initial=-1.0)) for f in found
        }
        for name, score in rankers(apart).items():
            order = sorted(found, key=lambda f: (-score(f, best), f.passage.place))[:10]
            places = ((f.passage.article, f.passage.span) for f in order)
            hit = next((n for n, p in enumerate(places, 1) if example.found_by(*p)), 0)
            ranks.setdefault(name, []).append(hit)
    rows = {
        name: {
            "hit@1": float(np.mean([hit == 1 for hit in hits])),
            "hit@5": float(np.mean([1 <= hit <= 5 for hit in hits])),
            "mrr": float(np.mean([1 / hit if hit else 0 for hit in hits])),
        }
        for name, hits in ranks.items()
    }
    rows["embedding"] = {"late_s": late, "apart_extra_s": alone, "ratio": (late + alone) / late}
    return rows


def main() -> None:
    """Measure, print and write results/ablate.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--set", dest="names", action="append")
    options = parser.parse_args()
    figures = {}
    for name, corpus, questions in find_sets(options.data):
        if options.names and name not in options.names:
            continue
        asked = [example for example in read_examples(questions) if example.answerable]
        with tempfile.TemporaryDirectory() as folder:
            bot = Chatbot(corpus, embeddings=folder, reader=None)
            bot.refresh()
            figures[name] = measure(bot, asked[:: max(1, len(asked) // _MOST)])
        for row, values in figures[name].items():
            shown = "  ".join(f"{key} {value:.3f}" for key, value in values.items())
            print(f"{name:9} {row:44} {shown}", flush=True)
    if not options.names:
        print(f"written to {record('ablate', figures)}")


if __name__ == "__main__":
    main()
