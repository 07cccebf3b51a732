"""What a large folder costs: refreshes, questions and memory, by the number of articles.

    python -m benchmarks.scale [ARTICLES …] [--dry]

`search` is whole: it also opens the files of the ten articles that are returned, to see that they
are as indexed. `retrieval` is the part of it that ranks: from a question to passages in order.

Articles of five paragraphs are made from the words of the sample corpus, a third of them changed,
so that hardly two sentences are the same. Vectors are random: embedding is measured elsewhere
(`benchmarks.speed`), and here it would take hours. So nothing is said of quality. The models are
there only for `ask`, which embeds the question and reads passages as it always does.
"""

import argparse
import hashlib
import json
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.record import record
from pullquote import Chatbot, Embedded, Filter
from pullquote.encoders import BUNDLED, open_embedder
from pullquote.protocols import Vector, Vectors
from pullquote.readers import BUNDLED_READER
from pullquote.retrieval.fusion import Found, find_passages

_SIZES = (200, 2_000, 20_000, 33_000)  # the last has 100,000 passages
_DIM = 384
_PARAGRAPHS, _SENTENCES = 5, 4
_EDITS, _QUESTIONS = 5, 40
_WORD = re.compile(r"\b[a-z]{4,}\b")
_ASKED = (
    "How much will {} cost in 2025?",
    "Who is the head of {}?",
    "When does {} open?",
    "What did the council say about {}?",
)


class RandomEmbedder:
    """Vectors that depend on the text and on nothing else; costs next to nothing."""

    recipe, dim = "random-384", _DIM

    def embed_passages(
        self, texts: Sequence[str], places: Sequence[Sequence[tuple[int, int]]]
    ) -> Embedded:
        """Return a row for each text and each sentence."""
        rows = [_rows_of(text, 1 + len(marks)) for text, marks in zip(texts, places, strict=True)]
        whole = np.array([row[0] for row in rows], np.float32).reshape(-1, _DIM)
        return Embedded(whole, tuple(row[1:] for row in rows))

    def embed_question(self, question: str) -> Vector:
        """Return a row for the question."""
        row: Vector = _rows_of(question, 1)[0]
        return row


class AskingEmbedder(RandomEmbedder):
    """The same, but the model embeds the question."""

    def __init__(self) -> None:
        self._model = open_embedder(BUNDLED)

    def embed_question(self, question: str) -> Vector:
        """Return the model's row for the question."""
        return self._model.embed_question(question)


def _rows_of(text: str, count: int) -> Vectors:
    seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
    rows = np.random.default_rng(seed).standard_normal((count, _DIM), dtype=np.float32)
    unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def write_corpus(folder: Path, articles: int) -> None:
    """Write articles, five hundred to a folder."""
    dice = random.Random(7)
    source = [path.read_text("utf-8") for path in sorted(Path("corpus").rglob("*.md"))]
    bodies = " ".join(text.split("---", 2)[-1] for text in source)
    sentences = [
        part for part in re.split(r"(?<=[.!?])\s+", bodies) if re.fullmatch(r"[A-Z].{40,300}", part)
    ]
    words = sorted(set(_WORD.findall(bodies)))

    def change(found: re.Match[str]) -> str:
        return found[0] if dice.random() < 2 / 3 else dice.choice(words)

    for number in range(articles):
        paragraphs = (
            " ".join(_WORD.sub(change, dice.choice(sentences)) for _ in range(_SENTENCES))
            for _ in range(_PARAGRAPHS)
        )
        day = f"20{dice.randint(10, 24)}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}"
        front = f"title: {dice.choice(words)} {dice.choice(words)} {number}\ndate: {day}\n"
        path = folder / f"{number // 500:03d}" / f"{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\n{front}---\n\n" + "\n\n".join(paragraphs) + "\n", "utf-8")


def measure(articles: int) -> dict[str, Any]:
    """Measure one size, each step in a process of its own, as a shell would."""
    with tempfile.TemporaryDirectory() as work:
        write_corpus(Path(work) / "corpus", articles)
        time.sleep(2.5)  # files that were just written are opened again
        row: dict[str, Any] = {"articles": articles}
        for step in _STEPS:
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.scale", "--step", step, work],
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            row |= json.loads(done.stdout)
        print(json.dumps(row), flush=True)
        return row


def _first(bot: Chatbot) -> dict[str, Any]:
    report, seconds = _timed(bot.refresh)
    return {
        "passages": report.embedded,
        "first_refresh_s": seconds,
        "first_refresh_ms_a_passage": round(1000 * seconds / report.embedded, 2),
        "first_refresh_peak_mb": _peak(),
    }


def _again(bot: Chatbot) -> dict[str, Any]:
    runs = [_timed(bot.refresh)[1] for _ in range(3)]
    return {"unchanged_refresh_s": statistics.median(runs)}


def _edit(bot: Chatbot) -> dict[str, Any]:
    paths = sorted(bot.corpus.rglob("*.md"))
    runs = []
    for number, path in enumerate(random.Random(1).sample(paths, _EDITS)):
        path.write_text(path.read_text("utf-8") + f"\nThe harbour has {number} gulls.\n", "utf-8")
        report, seconds = _timed(bot.refresh)
        if report.changed != 1:
            raise SystemExit(f"{path} was edited, and the refresh says {report}")
        runs.append(seconds)
    return {"one_edit_s": statistics.median(runs), "one_edit_peak_mb": _peak()}


def _ask(bot: Chatbot) -> dict[str, Any]:
    questions = _questions(bot)
    _, opened = _timed(lambda: bot.search("What is the harbour?"))
    whole = [_timed(partial(bot.search, next(questions)))[1] for _ in range(_QUESTIONS)]
    ranked = [_timed(partial(_rank, bot, next(questions)))[1] for _ in range(_QUESTIONS)]
    return {
        "open_s": opened,
        **_in_ms("search", whole),
        **_in_ms("retrieval", ranked),
        "asking_rss_mb": _peak(),
    }


def _answer(bot: Chatbot) -> dict[str, Any]:
    questions = _questions(bot)
    bot.ask("What is the harbour?")
    runs = [_timed(partial(bot.ask, next(questions)))[1] for _ in range(_QUESTIONS)]
    return {**_in_ms("ask", runs), "answering_rss_mb": _peak()}


def _questions(bot: Chatbot) -> Iterator[str]:
    words = sorted(set(_WORD.findall(" ".join(a.title for a in bot.articles()))))
    dice = random.Random(2)
    while True:
        yield dice.choice(_ASKED).format(dice.choice(words))


def _rank(bot: Chatbot, question: str) -> list[Found]:
    """Return the ten best passages, whatever became of their files."""
    with bot._fresh.finding() as finder:
        ranking = find_passages(
            question,
            finder.embedder.embed_question(question),
            view=finder.view,
            store=finder.store,
            lexical=finder.lexical,
            wanted=Filter(),
            today=finder.today,
            candidates=finder.settings.candidates,
        )
        return list(islice(ranking, 10))


def _in_ms(name: str, seconds: Sequence[float]) -> dict[str, float]:
    return {
        f"{name}_p50_ms": round(1000 * statistics.median(seconds), 1),
        f"{name}_p95_ms": round(1000 * statistics.quantiles(seconds, n=20)[-1], 1),
    }


_STEPS: dict[str, Callable[[Chatbot], dict[str, Any]]] = {
    "first": _first, "again": _again, "edit": _edit, "ask": _ask, "answer": _answer
}  # fmt: skip


def _timed(call: Callable[[], Any]) -> tuple[Any, float]:
    begin = time.perf_counter()
    found = call()
    return found, round(time.perf_counter() - begin, 4)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Measure every size and record it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("articles", type=int, nargs="*", default=_SIZES)
    parser.add_argument("--dry", action="store_true", help="print, but record nothing")
    parser.add_argument("--step", nargs=2, metavar=("STEP", "WORK"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        step, work = given.step
        folder = Path(work)
        bot = Chatbot(
            folder / "corpus",
            embeddings=folder / "embeddings",
            embedder=AskingEmbedder() if step == "answer" else RandomEmbedder(),
            reader=BUNDLED_READER if step == "answer" else None,
        )
        print(json.dumps(_STEPS[step](bot)))
        return
    rows = [measure(count) for count in given.articles]
    if not given.dry:
        print(record("scale", {"vectors": "random, 384 numbers", "runs": rows}))


if __name__ == "__main__":
    main()
