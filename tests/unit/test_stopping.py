"""A server that is told to end while it answers: a process of its own, and real signals."""

import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from pullquote import Chatbot, Passage, Reading
from pullquote.app import build, serve
from tests.conftest import SMALL
from tests.fakes import WordEmbedder, fill

_QUESTION = {"question": "Who is the chief financial officer of Amazon?"}
_LONG_SECONDS = 60  # nobody waits longer for what takes a moment


class SlowReader:
    """Says in a folder that it reads, and reads on when it is told to there."""

    name = "pullquote-reader"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, question: str, passages: Sequence[Passage]) -> Sequence[Reading]:
        """Believe everything, in the end."""
        (self._folder / "reads").touch()
        wait_for((self._folder / "read on").exists)
        return [
            Reading(
                9.0,
                tuple(9.0 for _ in passage.sentences),
                tuple(-9.0 for _ in passage.sentences),
                tuple(None for _ in passage.sentences),
            )
            for passage in passages
        ]


def wait_for(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + _LONG_SECONDS
    while not is_so():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def main(folder: Path) -> None:
    """Serve three articles with that reader, until the end."""
    bot = Chatbot(
        folder / "corpus",
        embeddings=folder / "embeddings",
        embedder=WordEmbedder(),
        reader=SlowReader(folder),
    )
    bot.refresh()
    serve(bot, port=0, page=build(bot, examples=["Who?"]))


class Process:
    """That server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        fill(folder / "corpus", SMALL)
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "tests.unit.test_stopping", str(folder)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.popen.stdout is not None
        found = re.search(r"http://\S+", self.popen.stdout.readline())
        assert found, self.popen.communicate()
        self.address = found[0]
        self.place = (urlsplit(self.address).hostname or "", urlsplit(self.address).port or 0)
        self.replies: list[httpx.Response] = []

    def ask(self) -> threading.Thread:
        """Ask from a thread, and return when the server is at it."""

        def post() -> None:
            url = f"{self.address}/api/v1/ask"
            with suppress(httpx.RemoteProtocolError):  # the server is gone
                self.replies.append(httpx.post(url, json=_QUESTION, timeout=_LONG_SECONDS))

        thread = threading.Thread(target=post)
        thread.start()
        wait_for((self.folder / "reads").exists)
        return thread

    def refuses(self) -> bool:
        """Tell whether nobody listens any more."""
        try:
            socket.create_connection(self.place, timeout=5).close()
        except OSError:
            return True
        return False

    def read_on(self) -> None:
        """Let the reader read."""
        (self.folder / "read on").touch()

    def end(self) -> tuple[int, str]:
        """Wait for the end; return the exit code and what was said of trouble."""
        _, said = self.popen.communicate(timeout=_LONG_SECONDS)
        return self.popen.returncode, said


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    """Start the server; it ends with the test, however that ends."""
    process = Process(tmp_path)
    yield process
    if process.popen.poll() is None:
        process.popen.kill()
    process.popen.communicate()


def test_what_is_being_answered_is_answered(process: Process) -> None:
    """Nothing new is taken, the running answer arrives, an open page is hung up on; the code is 0.

    The watcher has ended as well, and let go of the index.
    """
    page = socket.create_connection(process.place)
    page.sendall(b"GET /gradio_api/heartbeat/abc HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert page.recv(15).startswith(b"HTTP/1.1 200")
    asking = process.ask()
    process.popen.send_signal(signal.SIGTERM)
    wait_for(process.refuses)
    assert process.popen.poll() is None and not process.replies
    process.read_on()
    asking.join()
    (reply,) = process.replies
    assert reply.status_code == 200
    assert reply.json()["question"] == _QUESTION["question"]
    assert process.end() == (0, "")
    page.close()
    assert not (process.folder / "embeddings" / "writer.pid").exists()


def test_a_second_ctrl_c_waits_for_no_answer(process: Process) -> None:
    """Who presses it twice wants to be rid of it: the line is cut, though the thread reads on."""
    asking = process.ask()
    process.popen.send_signal(signal.SIGINT)
    wait_for(process.refuses)
    process.popen.send_signal(signal.SIGINT)
    asking.join()
    assert not process.replies
    process.read_on()  # a thread cannot be ended from outside; the command line need not wait
    assert process.end()[0] == 0


if __name__ == "__main__":
    main(Path(sys.argv[1]))
