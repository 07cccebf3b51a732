"""What is logged, and above all what is not."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from pullquote import Chatbot, IndexCorrupt, InputError
from pullquote.answers import narrowing
from pullquote.app.api import Credentials, create_api
from pullquote.logged import Logged
from pullquote.logs import complain, configure, speaks_json
from tests.conftest import SMALL, Files
from tests.fakes import WordEmbedder

_QUESTION = "Who is the chief financial officer of Amazon?"
_CANARY = "quixotic zebra"  # of articles
_ASKED = "gnostic walrus"  # of questions
_SESSION: Files = {
    "zebra.md": (
        f"---\ntitle: The {_CANARY}\ntags: [{_CANARY}]\ndate: no day of the {_CANARY}\n---\n\n"
        f"The {_CANARY} runs a bank in Harrow Bay.\n"
    ),
    "broken.md": f"---\nfront: [{_CANARY}\n---\n\nThe {_CANARY} sleeps.\n",
    **SMALL,
}


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave logging as it was."""
    before, level = list(logging.root.handlers), logging.getLogger("pullquote").level
    yield
    logging.root.handlers[:] = before
    logging.getLogger("pullquote").setLevel(level)


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """Return a function that returns the JSON lines on stderr since it was last called."""
    return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]


class TestEvents:
    """What is told of questions and refreshes."""

    def test_questions(
        self, make_bot: Callable[..., Chatbot], lines: Callable[[], list[dict[str, Any]]]
    ) -> None:
        """Status, confidence, milliseconds, generation and the number of quotes."""
        bot = make_bot(SMALL)
        bot.observe(Logged())
        configure("info", "json")
        answer = bot.ask(_QUESTION)
        (line,) = lines()
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("time"))
        assert line.pop("ms") >= 0
        assert line == {
            "level": "info",
            "event": "asked",
            "route": "python",
            "status": answer.status,
            "generation": 1,
            "confidence": round(answer.confidence, 4),
            "quotes": len(answer.quotes),
        }

    def test_refreshes_and_skipped_files(
        self, make_bot: Callable[..., Chatbot], lines: Callable[[], list[dict[str, Any]]]
    ) -> None:
        """A file that is skipped is told once, until something else is wrong with it."""
        bot = make_bot({**SMALL, "none.md": " \n"}, refresh=False)
        bot.observe(Logged())
        configure("info", "json")
        bot.refresh()
        told, skipped = lines()
        assert (told["event"], told["added"], told["skipped"]) == ("refreshed", 3, 1)
        assert (skipped["event"], skipped["article"]) == ("skipped", "none.md")
        assert "is empty" in skipped["reason"]
        bot.refresh()
        assert [line["event"] for line in lines()] == ["refreshed"]
        (bot.corpus / "none.md").write_bytes(b"\xff\xfe")
        bot.refresh()
        assert [line["event"] for line in lines()] == ["refreshed", "skipped"]

    def test_errors(
        self,
        make_bot: Callable[..., Chatbot],
        lines: Callable[[], list[dict[str, Any]]],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Ours with what to do; unforeseen ones with where they came from, not what they say."""
        bot = make_bot(SMALL)
        bot.observe(Logged())
        configure("info", "json")

        def break_down(*_: object) -> None:
            raise ValueError(_CANARY)

        with monkeypatch.context() as patch:
            patch.setattr(narrowing, "answer", break_down)
            with pytest.raises(ValueError, match=_CANARY):
                bot.ask(_QUESTION)
        told, error = lines()
        assert told["status"] == "error"
        assert (error["level"], error["error"]) == ("error", "ValueError")
        assert error["where"][-1].endswith(" break_down")
        assert _CANARY not in json.dumps(error)
        (bot.embeddings / "catalog.db").write_bytes(b"no database at all" * 99)
        with pytest.raises(IndexCorrupt):
            bot.ask(_QUESTION)
        told, error = lines()
        assert (error["level"], error["error"]) == ("warning", "IndexCorrupt")
        assert "pullquote refresh --rebuild" in error["why"]

    def test_no_words_of_questions_or_articles(
        self,
        make_bot: Callable[..., Chatbot],
        make_corpus: Callable[[Files], Any],
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """A whole session, errors included; only at the level of debugging is the question told."""
        bot = make_bot(_SESSION, refresh=False)
        bot.observe(Logged())

        def live(client: TestClient) -> None:
            bot.refresh()
            for body in (
                {"question": f"Who runs a bank, the {_CANARY} or the {_ASKED}?"},
                {"question": f"What will the {_ASKED} cost in 2031?"},
                {"question": "Who runs a bank?", "since": f"the {_ASKED}"},
                {"question": "Who runs a bank?", "tags": _ASKED},
                {"question": f"{_ASKED} " * 500},
                {"question": "\ud800", "turns": [{"question": _ASKED}]},
            ):
                client.post("/api/v1/ask", content=json.dumps(body))
            with pytest.raises(InputError):
                bot.search(f"the {_ASKED}", since=f"the {_ASKED}")
            make_corpus({**_SESSION, "zebra.md": f"The {_CANARY} retires.\n"})
            bot.ask(f"Does the {_ASKED} retire?")
            raw = (bot.embeddings / "catalog.db").read_bytes()
            for path in bot.embeddings.glob("catalog.db-*"):
                path.unlink()
            (bot.embeddings / "catalog.db").write_bytes(raw.replace(b"zebra", b"zeb\xff\xfe"))
            fresh = Chatbot(
                bot.corpus, embeddings=bot.embeddings, embedder=WordEmbedder(), reader=None
            )
            fresh.observe(Logged())
            with pytest.raises(IndexCorrupt) as caught:
                fresh.ask(f"Who is the {_ASKED} that sleeps in Harrow Bay?")
            assert _CANARY[:8] not in str(caught.value)

        configure("info", "json")
        with TestClient(create_api(bot, Credentials())) as client:
            live(client)
        said = capsys.readouterr().err
        assert {"asked", "refreshed", "error"} <= {
            json.loads(line)["event"] for line in said.splitlines()
        }
        assert not [word for word in f"{_CANARY} {_ASKED}".split() if word in said]
        configure("debug", "text")
        with pytest.raises(IndexCorrupt):
            bot.ask(f"Who is the {_ASKED}?")
        assert f'question="Who is the {_ASKED}?"' in capsys.readouterr().err


class TestLines:
    """How a line looks."""

    def test_text(
        self, make_bot: Callable[..., Chatbot], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Events with their time, complaints as the command line has them."""
        bot = make_bot(SMALL)
        bot.observe(Logged())
        configure("info", "text")
        bot.refresh()
        complain("the disk is full")
        event, complaint = capsys.readouterr().err.splitlines()
        assert re.fullmatch(r"\S+Z info refreshed added=0 .* unchanged=3 .* seconds=[\d.]+", event)
        assert complaint == "pullquote: the disk is full"

    def test_other_libraries(self, lines: Callable[[], list[dict[str, Any]]]) -> None:
        """Their warnings and errors are lines as well; a traceback is told by its places."""
        configure("info", "json")
        logging.getLogger("elsewhere").info("all is well")
        logging.getLogger("elsewhere").warning("low on %s", "ink")
        try:
            raise KeyError(_CANARY)
        except KeyError:
            logging.getLogger("elsewhere").exception("broke")
        low, broke = lines()
        assert (low["event"], low["logger"], low["message"]) == ("said", "elsewhere", "low on ink")
        assert (broke["event"], broke["error"]) == ("error", "KeyError")
        assert _CANARY not in json.dumps(broke)

    def test_the_last_call_counts(self, lines: Callable[[], list[dict[str, Any]]]) -> None:
        """Nothing is said twice."""
        configure("debug", "text")
        assert not speaks_json()
        configure("error", "json")
        assert speaks_json()
        logging.getLogger("pullquote.some.module").warning("unheard")
        complain("heard")
        assert [line["message"] for line in lines()] == ["heard"]


def test_the_library_is_silent(
    make_bot: Callable[..., Chatbot], capsys: pytest.CaptureFixture[str]
) -> None:
    """Until somebody configures logging, not even warnings are written."""
    bot = make_bot(SMALL)
    bot.observe(Logged())
    before = list(logging.root.handlers)
    logging.root.handlers.clear()
    try:
        logging.getLogger("pullquote.some.module").warning("unheard")
        bot.ask(_QUESTION)
    finally:
        logging.root.handlers[:] = before
    assert capsys.readouterr() == ("", "")
