"""A real server of language models, over a model made here: ``make test-llm``."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pullquote import Chatbot, ModelError, Settings
from pullquote.llm import open_model
from tests.contracts import tiny_model

pytestmark = pytest.mark.skipif(
    "PULLQUOTE_TEST_LLM" not in os.environ, reason="starts a server for a minute: make test-llm"
)
_READY_SECONDS = 180


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Serve the model with transformers' own server; give the address and the model's name."""
    folder = tmp_path_factory.mktemp("tiny")
    tiny_model.make(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve", str(folder)]
    process = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"],
        env=os.environ | {"HF_HUB_OFFLINE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(f"http://127.0.0.1:{port}/health", process)
        yield f"http://127.0.0.1:{port}/v1", str(folder)
    finally:
        process.terminate()
        process.wait()


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _READY_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server did not start")


def test_a_real_server_is_heard(served: tuple[str, str]) -> None:
    """It streams what the model says."""
    url, name = served
    assert "".join(open_model(url, name).say("Be brief.", "Who?", most_tokens=9)) == "[1]"


def test_its_answers_are_quotes(
    served: tuple[str, str], make_corpus: Callable[[dict[str, str]], Path], tmp_path: Path
) -> None:
    """From the question to the text."""
    url, name = served
    corpus = make_corpus({"tram.md": "# Tram\n\nThe tram opens in May. It is red.\n"})
    settings = Settings(threshold=0.01)
    bot = Chatbot(corpus, embeddings=tmp_path / "index", llm=url, llm_model=name, settings=settings)
    bot.refresh()
    answer = bot.ask("When does the tram open?")
    assert answer.text == f"“{answer.quotes[0].text}” [1]"
    assert "language model" not in " ".join(answer.notes)


def test_a_model_that_it_does_not_have_is_told(served: tuple[str, str]) -> None:
    """In one line."""
    with pytest.raises(ModelError, match=r"answered with HTTP \d+|does not know|the key"):
        list(open_model(served[0], "no-such-model").say("", "Who?", most_tokens=9))
