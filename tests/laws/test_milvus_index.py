"""An index whose vectors live in Milvus answers as one with FAISS, whatever goes on meanwhile."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pullquote import Answer, Chatbot, PullquoteError, StoreError
from tests.conftest import SMALL
from tests.fakes import WordEmbedder, fill
from tests.milvus import MilvusProcess

ROOT = Path(__file__).parents[2]
QUESTIONS = (
    "How much will Amazon spend on AI in 2025?",
    "Who is Amazon's CFO?",
    "What are Microsoft's, Google's and Meta's planned spend?",
    "harbour",
    "Who won the marathon?",
    "What is the capital of Peru?",
)
_ANSWER_SECONDS = 120  # on a machine that is busy with much else
FILTERS: tuple[dict[str, Any], ...] = ({}, {"tags": {"amazon"}}, {"since": "2025-01-01"})


@pytest.fixture(params=["milvus_lite", "milvus_server"])
def uri(request: pytest.FixtureRequest) -> str:
    """Return what names a Milvus store: a file, then a server."""
    return str(request.getfixturevalue(request.param))


def a_bot(corpus: Path, embeddings: Path, store: str) -> Chatbot:
    """Make a bot of words; nothing is read again while it asks, so that errors show."""
    return Chatbot(corpus, embeddings=embeddings, embedder=WordEmbedder(), store=store, reader=None)


def said(bot: Chatbot, *, filters: tuple[dict[str, Any], ...] = FILTERS) -> str:
    """Return all hits and answers as one text."""
    return json.dumps(
        [
            (
                [hit.to_dict() for hit in bot.search(question, 20, **given)],
                bot.ask(question, **given).to_dict(),
            )
            for question in QUESTIONS
            for given in filters
        ]
    )


def test_answers_are_those_of_faiss(uri: str, tmp_path: Path) -> None:
    """Over the sample corpus: the same hits, scores, quotes and silences."""
    stores = {"one": "faiss", "other": uri}
    bots = [a_bot(ROOT / "corpus", tmp_path / name, store) for name, store in stores.items()]
    reports = [bot.refresh() for bot in bots]
    assert reports[1].embedded == reports[0].embedded > 200
    assert said(bots[1]) == said(bots[0])
    assert bots[1].refresh().embedded == 0


def test_readers_notice_nothing_of_a_rebuild(uri: str, tmp_path: Path) -> None:
    """They ask while everything is embedded anew, and hear the same throughout."""
    bot = a_bot(fill(tmp_path / "corpus", SMALL), tmp_path / "index", uri)
    bot.refresh()
    wanted, heard = said(bot, filters=({},)), set[str]()
    done = threading.Event()

    def ask() -> None:
        reader = a_bot(bot.corpus, bot.embeddings, uri)
        while not done.is_set():
            heard.add(said(reader, filters=({},)))

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        a_bot(bot.corpus, bot.embeddings, uri).refresh(rebuild=True)
    finally:
        done.set()
        asking.join()
    assert heard == {wanted}


# Says when the server goes and comes back, and in the end how often it was answered.
ASK = """
import os, sys
from pathlib import Path
from pullquote import StoreError
from tests.laws.test_milvus_index import QUESTIONS, a_bot
corpus, index, uri = sys.argv[1:]
bot, asked, away = a_bot(Path(corpus), Path(index), uri), 0, False
count = Path(index).parent / f"asked-{os.getpid()}"
print("ready", flush=True)
while not (Path(index) / "stop").exists():
    try:
        hits = bot.search(QUESTIONS[asked % len(QUESTIONS)], 5)
    except StoreError as error:
        if not away:
            print(error, flush=True)
        away = True
        continue
    assert hits, "nothing found"
    asked += 1
    count.write_text(str(asked))
    if away:
        print("back", flush=True)
    away = False
print(asked, flush=True)
"""


def start_asking(bot: Chatbot, uri: str) -> subprocess.Popen[str]:
    """Start another process that asks until it finds a file named stop."""
    process = subprocess.Popen(
        [sys.executable, "-c", ASK, str(bot.corpus), str(bot.embeddings), uri],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert hears(process) == "ready"
    return process


def hears(process: subprocess.Popen[str]) -> str:
    """Return the next line that a process says."""
    assert process.stdout is not None
    return process.stdout.readline().rstrip()


def wait_for_answers(bot: Chatbot, askers: list[subprocess.Popen[str]]) -> None:
    """Wait until each has had two more answers: one at least to a question asked from now on."""
    for asker in askers:
        count = bot.embeddings.parent / f"asked-{asker.pid}"
        before, end = answers_in(count), time.monotonic() + _ANSWER_SECONDS
        while answers_in(count) < before + 2:
            assert asker.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)


def answers_in(count: Path) -> int:
    """Return how often a process was answered."""
    return int((count.exists() and count.read_text("utf-8")) or 0)


def stop_asking(bot: Chatbot, askers: list[subprocess.Popen[str]]) -> None:
    """Have them all end well."""
    (bot.embeddings / "stop").touch()
    for asker in askers:
        out, err = asker.communicate(timeout=60)
        assert (asker.returncode, err) == (0, "")
        assert int(out) > 1


def test_processes_read_while_one_refreshes(milvus_server: str, tmp_path: Path) -> None:
    """Two of them ask, none fails, and what was flushed is found by the next that comes."""
    bot = a_bot(fill(tmp_path / "corpus", SMALL), tmp_path / "index", milvus_server)
    bot.refresh()
    askers = [start_asking(bot, milvus_server) for _ in range(2)]
    for turn in range(4):
        fill(bot.corpus, {**SMALL, "more.md": f"Zebras crossed the harbour {turn} times.\n"})
        bot.refresh()
        late = a_bot(bot.corpus, bot.embeddings, milvus_server)
        assert f"{turn} times" in late.search("zebras", 1)[0].to_dict()["text"]
        wait_for_answers(bot, askers)
    stop_asking(bot, askers)


@pytest.fixture
def restarted(milvus_process: MilvusProcess) -> Iterator[MilvusProcess]:
    """Return the server, and have it run again afterwards whatever happens."""
    yield milvus_process
    if not milvus_process.runs:
        milvus_process.start()


def test_a_server_that_dies_is_told_and_comes_back(
    restarted: MilvusProcess, tmp_path: Path
) -> None:
    """One line for each question and refresh meanwhile; afterwards the same bots answer.

    What needs no vectors goes on without the server, and what was flushed a moment ago outlives it.
    """
    bot = a_bot(fill(tmp_path / "corpus", SMALL), tmp_path / "index", restarted.uri)
    bot.refresh()
    before, answer = said(bot, filters=({},)), bot.ask(QUESTIONS[0])
    askers = [start_asking(bot, restarted.uri) for _ in range(2)]
    late = {**SMALL, "late.md": "Zebras crossed the harbour.\n"}
    fill(bot.corpus, late)
    bot.refresh()
    restarted.kill()
    fill(bot.corpus, {**late, "later.md": "Giraffes crossed the harbour.\n"})
    for attempt in (lambda: bot.search("harbour"), bot.refresh):
        with pytest.raises(StoreError, match=f"{restarted.uri}: .* does not answer") as caught:
            attempt()
        assert "\n" not in str(caught.value)
    for asker in askers:
        assert "does not answer" in hears(asker)
    check_local_reads(bot, answer, articles=len(late))
    restarted.start()
    patiently(bot)
    assert "Zebras" in bot.search("zebras", 1)[0].to_dict()["text"]
    assert bot.refresh().embedded == 1
    assert "Giraffes" in bot.search("giraffes", 1)[0].to_dict()["text"]
    for asker in askers:
        assert hears(asker) == "back"
    stop_asking(bot, askers)
    fill(bot.corpus, SMALL)
    bot.refresh()
    assert said(bot, filters=({},)) == before


def check_local_reads(bot: Chatbot, answer: Answer, *, articles: int) -> None:
    """See that a new bot tells of the index, of its articles and of old quotes."""
    other = a_bot(bot.corpus, bot.embeddings, "http://127.0.0.1:9")
    assert answer.quotes
    for each in (bot, other):
        assert len(each.articles(tags={"amazon"})) == 1
        assert each.status()["articles"] == articles
        assert [found.status for found in each.verify(answer.to_dict())] == ["exact"] * len(
            answer.quotes
        )
        assert each.read_article("bees.md").text == SMALL["bees.md"]


def test_a_server_that_hangs_is_told_and_goes_on(
    milvus_process: MilvusProcess, tmp_path: Path
) -> None:
    """One line, to those who have it open and to those who come."""
    bot = a_bot(fill(tmp_path / "corpus", SMALL), tmp_path / "index", milvus_process.uri)
    bot.refresh()
    before = said(bot, filters=({},))
    with milvus_process.paused():
        for each in (bot, a_bot(bot.corpus, bot.embeddings, milvus_process.uri)):
            with pytest.raises(StoreError, match=f"{milvus_process.uri}: .* does not answer"):
                each.search("harbour")
    assert patiently(bot) == before


def patiently(bot: Chatbot, seconds: float = 60) -> str:
    """Ask again until the server has its collections back in memory."""
    end = time.monotonic() + seconds
    while True:
        try:
            return said(bot, filters=({},))
        except PullquoteError:
            if time.monotonic() > end:
                raise
            time.sleep(1)
