"""python -m benchmarks.load: 50 clients for five minutes while articles are edited, then a kill.

A real server process on two cores follows a copy of corpus/, in which an article is edited every
second, so that the index is refreshed all the time. Every quote of every answer is looked up in the
versions of its file that there were between question and answer. Then the process is killed in the
middle of it all and started again.
"""

import argparse
import asyncio
import json
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx

from benchmarks.load.asking import Tally, ask_until
from benchmarks.load.editing import Folder, edit_often
from benchmarks.load.serving import STARTS_SECONDS, Scale, Served
from benchmarks.record import record
from benchmarks.trust.fragments import ROOT

_QUESTIONS = 300  # each client draws from them
_KILL_SECONDS = 10  # of load before the kill
_TRIES_SECONDS = 0.02  # between knocks at a server that does not listen yet
_SETTLES_SECONDS = 30  # that the restarted server has to catch up with the folder
_WARM = 0.2  # of the time, whose memory does not count
_ENDS = 0.1  # of the time, whose median is what memory was at an end


def main() -> None:
    """Measure and write results/load.json."""
    parser = argparse.ArgumentParser(prog="benchmarks.load", description=__doc__)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--edit-every", type=float, default=1.0, metavar="SECONDS")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--dry", action="store_true", help="print the figures, record nothing")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pullquote-load-") as work:
        figures = _measure(wanted, Path(work))
    print(json.dumps(figures, indent=2))
    if not wanted.dry:
        print(record("load", figures))


def _measure(wanted: argparse.Namespace, work: Path) -> dict[str, Any]:
    corpus, embeddings = work / "corpus", work / "embeddings"
    shutil.copytree(wanted.corpus, corpus)
    questions = _make_questions(corpus, embeddings, work / "questions.jsonl")
    folder = Folder(corpus, seed=wanted.seed)
    served = Served(corpus, embeddings, cores=wanted.cores)
    print(f"serving after {served.wait():.1f} s; asking", flush=True)
    scale, stop = Scale(served), threading.Event()
    editor = edit_often(folder, seconds=wanted.edit_every, stop=stop)
    generation = _generation(served)
    crowd = asyncio.run(
        ask_until(
            served.address,
            questions,
            folder,
            clients=wanted.clients,
            seconds=wanted.minutes * 60,
            seed=wanted.seed,
        )
    )
    scale.put_away()
    refreshes = _generation(served) - generation
    about = {
        "clients": wanted.clients,
        "minutes": wanted.minutes,
        "cores": wanted.cores,
        "questions": len(questions),
        "articles": len(folder.digests()),
        "edits": folder.edits,
        "refreshes": refreshes,
    }
    killed = _kill(wanted, served, folder, questions, embeddings, (editor, stop), crowd.kept)
    said = [line for line in served.said if "passage" not in line]
    return {
        **about,
        **_summary(crowd, wanted.minutes * 60),
        "memory_mib": _memory(scale.samples),
        "server_said": said[:20],
        "killed": killed,
    }


def _make_questions(corpus: Path, embeddings: Path, file: Path) -> list[str]:
    """Index the folder and return questions made of its articles, without what they answer.

    Few articles give few; more are made of words that stand together somewhere, so that they are
    of every length.
    """
    command = [sys.executable, "-m", "pullquote", "eval", "--make", str(file)]
    command += ["--questions", str(_QUESTIONS), "--json"]
    command += ["--corpus", str(corpus), "--embeddings", str(embeddings), "--limit", "1"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    made = [json.loads(line)["question"] for line in file.read_text("utf-8").splitlines()]
    words = [
        word
        for path in sorted(corpus.rglob("*.md"))
        for word in re.findall(r"[A-Za-z]{3,}", path.read_text("utf-8"))
    ]
    dice = random.Random(1)
    while len(made) < _QUESTIONS:
        first = dice.randrange(len(words))
        made.append(f"What about {' '.join(words[first : first + dice.randint(3, 12)])}?")
    return made


def _generation(served: Served) -> int:
    reply = httpx.get(f"{served.address}/healthz", timeout=30, trust_env=False)
    return int(reply.json()["generation"])


def _summary(crowd: Tally, seconds: float) -> dict[str, Any]:
    spent = sorted(crowd.seconds)
    asked = len(spent) + sum(crowd.troubles.values())
    return {
        "asked": asked,
        "per_second": round(len(spent) / seconds, 2),
        "statuses": dict(crowd.statuses),
        "errors": sum(crowd.troubles.values()),
        "errors_by_kind": dict(crowd.troubles),
        "quotes": crowd.quotes,
        "stale_or_wrong_quotes": sum(crowd.faults.values()),
        "faults_by_kind": dict(crowd.faults),
        "p50_ms": _at(spent, 0.5),
        "p95_ms": _at(spent, 0.95),
        "max_ms": _at(spent, 1.0),
    }


def _at(spent: list[float], part: float) -> int | None:
    return round(spent[round(part * (len(spent) - 1))] * 1000) if spent else None


def _memory(samples: list[tuple[float, float]]) -> dict[str, Any]:
    """Return the medians at the ends of what came after the warm-up, and the growth between."""
    length = samples[-1][0] if samples else 0.0
    after = [(when, size) for when, size in samples if when >= _WARM * length]
    first = [size for when, size in after if when < (_WARM + _ENDS) * length]
    last = [size for when, size in after if when >= (1 - _ENDS) * length]
    if not first or not last:
        return {"growth_percent": None}
    begin, end = statistics.median(first), statistics.median(last)
    step = max(1, len(samples) // 30)
    return {
        "after_warm_up": round(begin),
        "at_the_end": round(end),
        "growth_percent": round(100 * (end - begin) / begin, 1),
        "most": round(max(size for _, size in samples)),
        "over_time": [[round(when), round(size)] for when, size in samples[::step]],
    }


def _kill(
    wanted: argparse.Namespace,
    served: Served,
    folder: Folder,
    questions: list[str],
    embeddings: Path,
    editing: tuple[threading.Thread, threading.Event],
    kept: list[dict[str, Any]],
) -> dict[str, Any]:
    """Kill the server while it answers and refreshes; start another; tell what was lost."""
    answers = list(kept)

    async def under_load() -> None:
        over = asyncio.Event()
        asking = asyncio.create_task(
            ask_until(
                served.address, questions, folder,
                clients=wanted.clients, seconds=600, seed=wanted.seed + 1, over=over,
            )
        )  # fmt: skip
        await asyncio.sleep(_KILL_SECONDS)
        served.kill()
        over.set()
        answers.extend((await asking).kept)

    asyncio.run(under_load())
    editor, stop = editing
    stop.set()
    editor.join()
    again = Served(folder.corpus, embeddings, cores=wanted.cores)
    try:
        seconds = _first_answer(again, questions[0])
        return {
            "first_answer_after_seconds": round(seconds, 2),
            "serving_after_seconds": round(again.wait(), 2),  # the page as well
            **_losses(folder, embeddings, answers),
        }
    finally:
        again.stop()


def _first_answer(served: Served, question: str) -> float:
    """Ask until somebody listens; return the seconds from the start to the answer."""
    url = f"{served.address}/api/v1/ask"
    while time.monotonic() < served.began + STARTS_SECONDS:
        try:
            reply = httpx.post(url, json={"question": question}, timeout=120, trust_env=False)
        except httpx.ConnectError:
            time.sleep(_TRIES_SECONDS)
            continue
        reply.raise_for_status()
        return time.monotonic() - served.began
    sys.exit(f"benchmarks.load: nobody listened within {STARTS_SECONDS} s")


def _losses(folder: Folder, embeddings: Path, answers: list[dict[str, Any]]) -> dict[str, Any]:
    """Compare the index with the files, and earlier quotes of unchanged files with what they say.

    The folder is still from here on, so the index must become its exact shadow.
    """
    from pullquote import Chatbot
    from pullquote.index.catalog import Catalog

    catalog, now = Catalog(embeddings), folder.digests()
    end, indexed = time.monotonic() + _SETTLES_SECONDS, dict[str, str]()
    while indexed != now and time.monotonic() < end:
        with catalog.reading() as view:
            indexed = view.digests()
        time.sleep(0.2)
    unchanged = [
        answer
        for answer in answers
        if all(now.get(quote["article"]) == quote["digest"] for quote in answer["quotes"])
    ]
    bot = Chatbot(folder.corpus, embeddings=embeddings)
    checked = bot.verify(unchanged) if unchanged else ()
    return {
        "catalog_is_sound": catalog.is_sound(),
        "articles_not_as_in_the_folder": len(set(now.items()) ^ set(indexed.items())),
        "earlier_quotes_verified": len(checked),
        "of_these_not_exact": sum(item.status != "exact" for item in checked),
    }


if __name__ == "__main__":
    main()
