"""Random edits with a question after each: nothing is quoted that is not in the files now."""

import shutil
import statistics
import sys
import tarfile
import time
from collections import Counter
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.trust.material import QUESTIONS, Gardener, WordEmbedder
from benchmarks.trust.states import clean_state, differences, open_bot, state_of, wrong_quotes
from pullquote import Chatbot
from pullquote.articles.files import read_article
from pullquote.articles.passages import split_passages
from pullquote.encoders import BUNDLED, open_embedder

SEED = 20250210
_EDITS, _ARTICLES = 1000, 250
_ASKED_WORDS, _GENERAL = 6, 0.3
_RENAMES = 50
_CORPORA = ("rustblog", "opensuse_news", "digitalgov")
_FILES, _SAVES = 4000, 30
_GIVE_UP_SECONDS = 60.0  # an edit that is not quoted by then never will be
_ASK_EVERY_SECONDS = 0.05
_SETTLE_SECONDS = 1.0  # between two measured edits, so that they do not share a burst
# Sentences of one form, alike but for a made-up word, would crowd one another out of an answer.
_PLACES = (
    "harbour bakery lighthouse orchard bridge chapel quarry mill theatre stable museum brewery dam"
    " tunnel aviary foundry pier vineyard observatory archive ferry kiln meadow gate well tower"
    " market forge nursery laundry"
).split()
_MODES = ("refresh", "nothing", "watch")


def measure(data: Path, work: Path, *, quick: bool) -> dict[str, Any]:
    """Make 1,000 edits in each of three modes, 50 renames, and 30 edits of a large corpus."""
    part = 10 if quick else 1
    figures: dict[str, Any] = {
        mode: edit_and_ask(work / mode, mode=mode, edits=_EDITS // part, seed=SEED)
        for mode in _MODES
    }
    figures["renames"] = rename(work / "renames", renames=_RENAMES // part, seed=SEED)
    figures["latency"] = time_saves(
        data, work / "latency", files=_FILES // part, saves=_SAVES // part, seed=SEED
    )
    print(figures)
    return figures


def edit_and_ask(
    work: Path, *, mode: str, edits: int, seed: int, articles: int = _ARTICLES
) -> dict[str, Any]:
    """Edit and ask in turn: after a refresh by hand, without any, or while the folder is watched.

    Most questions are words that the edited file held before, so that what is stale has every
    chance to be quoted.
    """
    shutil.rmtree(work, ignore_errors=True)
    gardener = Gardener(work / "corpus", Random(seed))
    gardener.plant(articles)
    bot = open_bot(gardener.corpus, work / "index", WordEmbedder())
    bot.refresh()
    counts, failures = Counter[str](), list[str]()
    with bot.watch() if mode == "watch" else nullcontext():
        for number in range(1, edits + 1):
            verb = gardener.edit()
            if mode == "refresh":
                bot.refresh()
            question = _question(gardener)
            answer = bot.ask(question)
            quotes = answer.quotes + answer.nearest
            wrong = wrong_quotes(gardener.corpus, quotes)
            failures += [f"edit {number} ({verb}): {place} is not in its file" for place in wrong]
            counts.update(
                {answer.status: 1, "quotes": len(quotes), "with notes": bool(answer.notes)}
            )
            _progress(mode, number, edits)
    bot.refresh()
    clean = clean_state(gardener.corpus, work / "clean", WordEmbedder())
    parts = differences(state_of(bot), clean)
    if parts:
        failures.append(f"at the end it differs from a clean build in {', '.join(parts)}")
    return {
        "seed": seed,
        "edits": edits,
        "articles": articles,
        **counts,
        "failures": len(failures),
        "failed": failures[:20],
    }


def _question(gardener: Gardener) -> str:
    """Ask for words of the article that was edited, as it was before, or something general."""
    words = gardener.before.decode("utf-8", "replace").split()
    if len(words) < _ASKED_WORDS or gardener.random.random() < _GENERAL:
        return gardener.random.choice(QUESTIONS)
    start = gardener.random.randrange(len(words) - _ASKED_WORDS + 1)
    return " ".join(words[start : start + _ASKED_WORDS])


def rename(work: Path, *, renames: int, seed: int, articles: int = _ARTICLES) -> dict[str, Any]:
    """Rename and move articles, one by one and a folder at once, and count what is embedded."""
    shutil.rmtree(work, ignore_errors=True)
    gardener = Gardener(work / "corpus", Random(seed), verbs=("rename", "move"))
    gardener.plant(articles)
    embedder = WordEmbedder()
    bot = open_bot(gardener.corpus, work / "index", embedder)
    bot.refresh()
    embedder.embedded = 0
    found = 0
    for number in range(1, renames + 1):
        gardener.edit()
        found += bot.refresh().renamed
        _progress("renames", number, renames)
    folder = max((p for p in gardener.corpus.iterdir() if p.is_dir()), key=_count)
    moved = _count(folder)
    folder.rename(gardener.corpus / "elsewhere")
    found += bot.refresh().renamed
    return {
        "seed": seed,
        "renamed": renames + moved,
        "reported": found,
        "embedded": embedder.embedded,
        "failures": int(embedder.embedded > 0),
    }


def _count(folder: Path) -> int:
    return sum(1 for _ in folder.rglob("*.md"))


def time_saves(data: Path, work: Path, *, files: int, saves: int, seed: int) -> dict[str, Any]:
    """Save articles of a watched corpus of real ones, and time how soon they are quoted."""
    shutil.rmtree(work, ignore_errors=True)
    corpus = _gather(data, work / "corpus", files=files, random=Random(seed))
    bot = Chatbot(corpus, embeddings=work / "index", embedder=open_embedder(BUNDLED))
    print("edits, latency: indexing", file=sys.stderr)
    report = bot.refresh()
    bot.ask(QUESTIONS[0])  # opens everything
    figures: dict[str, Any] = {
        "seed": seed,
        "articles": report.added,
        "passages": report.embedded,
        "refresh_seconds": round(report.seconds, 1),
    }
    random, times = Random(seed), list[float | None]()
    with bot.watch():
        time.sleep(_SETTLE_SECONDS)  # the watcher looks at everything once when it starts
        for number in range(saves):
            place = _PLACES[number % len(_PLACES)]
            times.append(_time_save(bot, corpus, random, f"zyx{number}q", place))
            time.sleep(_SETTLE_SECONDS)
            _progress("latency", number + 1, saves)
    quoted = sorted(seconds for seconds in times if seconds is not None)
    lost = saves - len(quoted)
    return figures | {"saves": saves, **_percentiles(quoted), "failures": lost}


def _percentiles(seconds: list[float]) -> dict[str, Any]:
    if not seconds:
        return {"p50_s": None, "p95_s": None, "max_s": None}
    return {
        "p50_s": round(statistics.median(seconds), 3),
        "p95_s": round(seconds[min(int(len(seconds) * 0.95), len(seconds) - 1)], 3),
        "max_s": round(seconds[-1], 3),
    }


def _time_save(bot: Chatbot, corpus: Path, random: Random, word: str, place: str) -> float | None:
    """Add a sentence with a word of its own to an article; return the seconds until it is quoted.

    The clock runs from the save to the end of the first answer that quotes it.
    """
    sentence = f"\n\nThe keeper of the {word} {place} is Quillwort.\n".encode()
    paths = [a.path for a in bot.articles() if a.is_published(date.today())]
    path = random.choice(paths)
    while not _is_shown(path, (corpus / path).read_bytes() + sentence, word):
        path = random.choice(paths)
    begin = time.perf_counter()
    with (corpus / path).open("ab") as file:
        file.write(sentence)
    while time.perf_counter() - begin < _GIVE_UP_SECONDS:
        answer = bot.ask(f"Who is the keeper of the {word} {place}?")
        if any(word in quote.text for quote in answer.quotes):
            return time.perf_counter() - begin
        time.sleep(_ASK_EVERY_SECONDS)
    return None


def _is_shown(path: str, data: bytes, word: str) -> bool:
    """Tell whether a word can be quoted: after an open fence, say, it would be code."""
    article, _ = read_article(path, data)
    return any(word in passage.text for passage in split_passages(article))


def _gather(data: Path, corpus: Path, *, files: int, random: Random) -> Path:
    """Unpack real articles and keep so many of them, of every site alike."""
    for name in _CORPORA:
        with tarfile.open(data / "corpora" / f"{name}.tar.gz") as archive:
            archive.extractall(corpus / name, filter="data")
    each = files // len(_CORPORA)
    for name in _CORPORA:
        paths = sorted(p for p in (corpus / name).rglob("*") if p.is_file())
        random.shuffle(paths)
        for path in paths[each:]:
            path.unlink()
    return corpus


def _progress(part: str, done: int, total: int) -> None:
    end = "\n" if done == total else ""
    print(f"\redits, {part}: {done}/{total}", end=end, file=sys.stderr, flush=True)
