"""Errors in events of the page that nobody foresaw, as the log and the visitor hear of them."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from fastapi.testclient import TestClient
from gradio_client import Client
from gradio_client.exceptions import AppError

from pullquote import Chatbot, logs
from pullquote.app import build, create_server
from pullquote.app.events.failing import tell_failures
from tests.clients import served
from tests.conftest import SMALL
from tests.fakes import WordEmbedder, fill, in_a_loop

_SECRET = "swordfish"
_SAID = "That failed; the log of the server says why."


class BrokenBot(Chatbot):
    """Fails in words of an article, whatever it is asked."""

    def ask(self, *_: object, **__: object) -> Any:  # noqa: ANN401 -- nothing
        """Fail."""
        raise ZeroDivisionError(f"the vault code is {_SECRET}")

    stream = ask


@pytest.fixture
def bot(tmp_path: Path) -> Chatbot:
    """Open a bot that fails."""
    corpus, index = fill(tmp_path / "corpus", SMALL), tmp_path / "embeddings"
    bot = BrokenBot(corpus, embeddings=index, embedder=WordEmbedder(), reader=None)
    bot.refresh()
    return bot


@pytest.fixture(params=["json", "text"], autouse=True)
def _log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Log to stderr in a form, and leave logging as it was."""
    before, level = list(logging.root.handlers), logging.getLogger("pullquote").level
    logs.configure("info", request.param)
    yield
    logging.root.handlers[:] = before
    logging.getLogger("pullquote").setLevel(level)


# Gradio counts what it serves with what pandas is about to take back.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_failure_is_one_line_with_its_type_and_place(
    bot: Chatbot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Over a socket, through gradio's queue; neither the question nor an article is told."""
    app = in_a_loop(lambda: create_server(bot, page=build(bot, examples=[])))
    with served(app) as port:
        client = Client(f"http://127.0.0.1:{port}", verbose=False, download_files=str(tmp_path))
        with pytest.raises(AppError, match=_SAID):
            client.predict("Where is the vault?", {}, api_name="/ask")
        said = capsys.readouterr().err
        client.close()
    check(said)


def check(said: str) -> None:
    """Check that a failure is one line, without a word of what it says."""
    assert _SECRET not in said and "vault" not in said and "Traceback" not in said
    (line,) = said.splitlines()
    if line.startswith("{"):
        told = json.loads(line)
        assert (told["event"], told["level"], told["error"]) == (
            "error", "error", "ZeroDivisionError",
        )  # fmt: skip
        assert told["where"][-1].startswith("test_failing.py:")
    else:
        assert "error=ZeroDivisionError" in line and "test_failing.py:" in line


def test_an_event_that_is_not_queued_is_told_of_as_well(
    bot: Chatbot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A click in the list of articles, as the page sends it."""
    page = in_a_loop(lambda: build(bot, examples=[]))
    app = in_a_loop(lambda: create_server(bot, page=page))
    read = next(one for one in page.fns.values() if getattr(one.fn, "__name__", "") == "read")
    monkeypatch.setattr(bot, "read_article", bot.ask)
    body = {"fn_index": read._id, "data": [], "event_data": {"article": "bees.md"}}
    with TestClient(app) as client:
        reply = client.post("/gradio_api/run/predict", json={**body, "session_hash": "x"})
    assert (reply.status_code, reply.json()["error"]) == (500, _SAID)
    check(capsys.readouterr().err)


def test_every_listener_is_guarded_and_takes_what_it_took(bot: Chatbot) -> None:
    """Steps stay steps, and what was told to the visitor is told as it was."""

    def fail() -> None:
        raise ZeroDivisionError

    def refuse() -> None:
        raise gr.Error("No.", print_exception=False)

    def step() -> Iterator[str]:
        yield "one"
        raise ZeroDivisionError

    def lay() -> gr.Blocks:
        blocks: gr.Blocks
        with gr.Blocks() as blocks:
            box = gr.Textbox()
            for listen in (fail, refuse, step):
                blocks.load(listen, None, box if listen is step else None)
        tell_failures(blocks)
        return blocks

    failing, refusing, stepping = (one.fn for one in in_a_loop(lay).fns.values())
    assert failing and refusing and stepping
    with pytest.raises(gr.Error, match=_SAID):
        failing()
    with pytest.raises(gr.Error, match=r"No\."):
        refusing()
    steps = stepping()
    assert next(steps) == "one"
    with pytest.raises(gr.Error, match=_SAID):
        next(steps)
    page = in_a_loop(lambda: build(bot, examples=[]))
    assert all(hasattr(one.fn, "__wrapped__") for one in page.fns.values() if one.fn)
