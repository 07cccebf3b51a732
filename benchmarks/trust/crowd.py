"""Eight processes ask while one refreshes and articles change; then writers meet each other."""

import multiprocessing
import shutil
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.trust.material import QUESTIONS, Gardener, WordEmbedder
from benchmarks.trust.states import clean_state, differences, left_overs, open_bot, state_of
from pullquote import Article, Chatbot, Embedded, IndexBusy, PullquoteError
from pullquote.articles.files import digest_of

SEED = 20250209
_SECONDS, _ASKERS, _ARTICLES, _EDITS = 90.0, 8, 150, 4
_MEETINGS, _RACERS = 30, 4
_ANEW = 10  # turns after which an asker opens a bot of its own anew
_WAIT_SECONDS = 60.0  # for another process to begin; only a hang takes so long
_RETRY_SECONDS = 0.02
# Edits that a file survives whole: what is half written when it is read is an article as well.
_VERBS = ("add", "change", "delete", "rename", "move", "duplicate", "swap")


@dataclass
class Archivist(Gardener):
    """Swaps whole files in, and keeps every version by its digest before anyone can see it."""

    versions: Path = Path()

    def _write(self, path: Path, data: bytes) -> None:
        keep(self.versions, data)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        part.write_bytes(data)
        part.replace(path)

    def _swap(self) -> None:
        one, other = self._any(), self._any()
        first, second = one.read_bytes(), other.read_bytes()
        self._write(one, second)
        self._write(other, first)


def keep(versions: Path, data: bytes) -> None:
    """Keep some bytes by their digest."""
    versions.mkdir(parents=True, exist_ok=True)
    place = _version(versions, digest_of(data))
    if not place.exists():
        part = place.with_suffix(".part")
        part.write_bytes(data)
        part.replace(place)


def _version(versions: Path, digest: str) -> Path:
    return versions / digest.replace(":", "-")


def measure(data: Path, work: Path, *, quick: bool) -> dict[str, Any]:
    """Ask for 90 seconds (9 if quick) while articles change, then let writers meet."""
    figures = {
        "reading": ask_while_it_changes(
            work / "reading", seconds=_SECONDS / 10 if quick else _SECONDS, seed=SEED
        ),
        "writing": let_writers_meet(
            work / "writing", meetings=_MEETINGS // 10 if quick else _MEETINGS, seed=SEED
        ),
    }
    print(figures)
    return figures


# -- readers


def ask_while_it_changes(
    work: Path, *, seconds: float, seed: int, askers: int = _ASKERS, articles: int = _ARTICLES
) -> dict[str, Any]:
    """Refresh in a loop while others ask, search and look at the status; compare at the end."""
    shutil.rmtree(work, ignore_errors=True)
    corpus, folder, versions = work / "corpus", work / "index", work / "versions"
    gardener = Archivist(corpus, Random(seed), verbs=_VERBS, versions=versions)
    gardener.plant(articles)
    bot = open_bot(corpus, folder, WordEmbedder())
    bot.refresh()
    context = _context()
    stop, said = context.Event(), context.SimpleQueue()
    processes = [
        context.Process(target=_ask_on, args=(corpus, folder, versions, number, stop, said))
        for number in range(askers)
    ]
    for process in processes:
        process.start()
    counts, journal = Counter[str](), 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for _ in range(gardener.random.randint(1, _EDITS)):
            gardener.edit()
        busy = _insist(bot)
        counts.update({"refreshes": 1, "times busy": busy})
        journal = max(journal, _size(folder / "catalog.db-wal"))
        left = max(end - time.monotonic(), 0)
        print(f"\rcrowd: {left:.0f} s left ", end="", file=sys.stderr, flush=True)
    stop.set()
    failures = []
    for _ in processes:
        seen, wrong = said.get()
        counts.update(seen)
        failures += wrong
    for process in processes:
        process.join()
    print(file=sys.stderr)
    _insist(bot)
    failures += _compare(corpus, folder, work / "clean")
    return {
        "seed": seed,
        "askers": askers,
        "seconds": seconds,
        "edits": gardener.done.total(),
        **counts,
        "journal_bytes_at_most": journal,
        "catalog_bytes": _size(folder / "catalog.db"),
        "failures": len(failures),
        "failed": failures[:20],
    }


def _ask_on(  # runs in another process
    corpus: Path,
    folder: Path,
    versions: Path,
    seed: int,
    stop: Any,  # noqa: ANN401 -- events and queues have no public type
    said: Any,  # noqa: ANN401
) -> None:
    random, embedder, counts = Random(seed), WordEmbedder(), Counter[str]()
    failures: list[str] = []
    shared = bot = open_bot(corpus, folder, embedder)
    while not stop.is_set():
        if random.randrange(_ANEW) == 0:
            bot = random.choice((shared, open_bot(corpus, folder, embedder)))
        verb, call = random.choice(_TURNS)
        try:
            articles = call(bot, random.choice(QUESTIONS))
        except PullquoteError as error:
            failures.append(f"{verb}: {type(error).__name__}: {error}")
            continue
        except BaseException:  # whatever comes is what is being looked for; it is reported
            failures.append(f"{verb}: {traceback.format_exc()[-600:]}")
            continue
        counts.update({verb: 1, "quotes and hits": len(articles)})
        failures += [f"{verb}: {a.path} as of no version" for a in articles if not _is(versions, a)]
    said.put((counts, failures))


def _asked(bot: Chatbot, question: str) -> Sequence[Article]:
    answer = bot.ask(question)
    quotes = answer.quotes + answer.nearest
    torn = [
        q for q in quotes if q.source != q.article.text[q.span.start : q.span.end] or not q.text
    ]
    if torn:
        raise ValueError(f"{torn[0].location}: is no slice of its article")
    return [quote.article for quote in quotes]


def _searched(bot: Chatbot, question: str) -> Sequence[Article]:
    return [hit.passage.article for hit in bot.search(question, 5)]


def _looked(bot: Chatbot, question: str) -> Sequence[Article]:
    bot.status()
    return ()


_TURNS = tuple(
    [("ask", _asked)] * 6 + [("search", _searched)] * 3 + [("status", _looked)]
)  # fmt: skip


def _is(versions: Path, article: Article) -> bool:
    """Tell whether an article holds just the bytes that its digest names."""
    place = _version(versions, article.digest)
    return place.exists() and place.read_bytes() == article.text.encode("utf-8")


# -- writers


def let_writers_meet(
    work: Path, *, meetings: int, seed: int, articles: int = _ARTICLES
) -> dict[str, Any]:
    """Refresh while another process does, and then four at once; nothing may be lost."""
    shutil.rmtree(work, ignore_errors=True)
    corpus, folder = work / "corpus", work / "index"
    gardener = Gardener(corpus, Random(seed))
    gardener.plant(articles)
    bot = open_bot(corpus, folder, WordEmbedder())
    context = _context()
    counts, failures, slowest = Counter[str](), list[str](), 0.0
    for number in range(1, meetings + 1):
        gardener.edit()
        gardener.plant(1)  # something to embed, which is where the first one is held up
        held, go = context.Event(), context.Event()
        first = context.Process(target=_hold, args=(corpus, folder, held, go))
        first.start()
        held.wait(_WAIT_SECONDS)
        begin = time.perf_counter()
        try:
            bot.refresh(wait=0)
            counts["second refreshed as well"] += 1
        except IndexBusy as error:
            counts["told to wait"] += 1
            counts["told by whom"] += f"process {first.pid} " in str(error)
        slowest = max(slowest, time.perf_counter() - begin)
        go.set()
        first.join()
        failures += [f"the first writer ended with {first.exitcode}"] * bool(first.exitcode)
        failures += _race(context, corpus, folder, gardener)
        failures += _compare(corpus, folder, work / "clean")
        print(f"\rcrowd: {number}/{meetings} meetings", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    if counts["told by whom"] != meetings:
        failures.append("a second writer was not told who was writing")
    return {
        "seed": seed,
        "meetings": meetings,
        **counts,
        "told_within_ms": round(slowest * 1000, 1),
        "races_of_four": meetings,
        "failures": len(failures),
        "failed": failures[:20],
    }


def _race(
    context: ForkServerContext, corpus: Path, folder: Path, gardener: Gardener
) -> Iterable[str]:
    """Have several processes refresh at once, each until it may."""
    gardener.plant(3)
    racers = [context.Process(target=_race_on, args=(corpus, folder)) for _ in range(_RACERS)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    return [f"a racing writer ended with {r.exitcode}" for r in racers if r.exitcode]


class _Held(WordEmbedder):
    """Says that it was asked to embed, and waits to be let go."""

    def __init__(self, held: Any, go: Any) -> None:  # noqa: ANN401 -- see _ask_on
        super().__init__()
        self._held, self._go = held, go

    def embed_passages(
        self, texts: Sequence[str], places: Sequence[Sequence[tuple[int, int]]]
    ) -> Embedded:
        """Embed texts when that is allowed."""
        self._held.set()
        self._go.wait(_WAIT_SECONDS)
        return super().embed_passages(texts, places)


def _hold(corpus: Path, folder: Path, held: Any, go: Any) -> None:  # noqa: ANN401
    open_bot(corpus, folder, _Held(held, go)).refresh()


def _race_on(corpus: Path, folder: Path) -> None:
    _insist(open_bot(corpus, folder, WordEmbedder()))


def _insist(bot: Chatbot) -> int:
    """Refresh as soon as nobody else does; return how often somebody did."""
    busy = 0
    while True:
        try:
            bot.refresh()
            return busy
        except IndexBusy:
            busy += 1
            time.sleep(_RETRY_SECONDS)


def _compare(corpus: Path, folder: Path, clean: Path) -> list[str]:
    shutil.rmtree(clean, ignore_errors=True)
    found = state_of(open_bot(corpus, folder, WordEmbedder()))
    parts = differences(found, clean_state(corpus, clean, WordEmbedder()))
    wrong = [f"differs from a clean build in {', '.join(parts)}"] if parts else []
    return wrong + [f"left over: {name}" for name in left_overs(folder)]


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["benchmarks.trust.crowd"])
    return context


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
