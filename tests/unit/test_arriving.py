"""Answers that a language model writes, as they come: from the bot, and on the page."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from pullquote import Answer, Chatbot, Settings
from pullquote.app.chat.conversations import Talks
from pullquote.app.chat.feedback import Feedback
from pullquote.app.events.asking import Asking
from pullquote.app.events.desk import Changes, Desk
from pullquote.app.parts import Parts, lay_out
from pullquote.observing import Asked, Refreshed
from tests.fakes import in_a_loop
from tests.llm_server import Handler, Reply, Server, fails, says, says_when_let, serving

MakeBot = Callable[..., Chatbot]

_EASY = Settings(threshold=0.01)
_FILES = {
    "tram.md": "---\ntitle: Tram\ndate: 2025-03-01\n---\n\nThe tram opens in May.\n",
    "fare.md": "---\ntitle: Fares\ndate: 2025-02-01\n---\n\nThe tram fare is £2.\n",
}
_ASKED = "Tram"
_OPENS, _FARE = "The tram opens in May [1].", "The tram fare is £2 [2]."
_TAG = re.compile(r"<[^>]+>")


@pytest.fixture(autouse=True)
def _model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULLQUOTE_LLM_MODEL", "tiny")
    monkeypatch.setattr("pullquote.llm._PAUSE_SECONDS", 0.001)


@pytest.fixture
def make_writing(make_bot: MakeBot) -> Callable[[Server], Chatbot]:
    """Return a function that makes a bot over two articles whose answers a server writes."""
    return lambda server: make_bot(_FILES, settings=_EASY, writer=server.url)


class TestStream:
    """What the bot yields."""

    def test_quotes_come_first_then_sentences_then_the_whole(
        self, make_writing: Callable[[Server], Chatbot]
    ) -> None:
        """A sentence when it is accepted, while the model still writes; the last is `ask`'s."""
        reply, let = says_when_let(f"{_OPENS} It is late [1]. ", f"{_FARE} ", "Uncited.")
        with serving(reply) as server:
            bot = make_writing(server)
            steps = bot.stream(_ASKED)
            quotes = next(steps)
            assert (quotes.text, server.asked) == ("", [])
            let()
            let()  # whether a sentence is over is known when the next one begins
            one = next(steps)
            assert one.text == _OPENS
            let()
            two, last = steps
            assert two.text == f"{_OPENS} {_FARE}"
            server.replies[:] = [says(f"{_OPENS} It is late [1]. {_FARE} Uncited.")]
            assert last == bot.ask(_ASKED)
        assert len(quotes.quotes) == 2
        assert all(step.quotes is quotes.quotes for step in (one, two, last))

    def test_without_a_model_there_is_one_step(self, make_bot: MakeBot) -> None:
        """The answer; so is a silence."""
        for settings in (_EASY, Settings(threshold=1.01)):
            bot = make_bot(_FILES, settings=settings)
            assert list(bot.stream(_ASKED)) == [bot.ask(_ASKED)]

    def test_a_sentence_whose_article_has_changed_is_not_told(
        self, make_writing: Callable[[Server], Chatbot]
    ) -> None:
        """All is answered anew; no more is heard of the model."""

        def edits(handler: Handler) -> None:
            path = bot.corpus / "fare.md"
            path.write_text(path.read_text("utf-8").replace("2.", "3."), "utf-8")
            says(f"{_OPENS} {_FARE}")(handler)

        with serving(edits) as server:
            bot = make_writing(server)
            first, last = bot.stream(_ASKED)
        assert first.text == ""
        assert "£3" in last.text and "£2" not in last.text
        assert last.notes[-1].startswith("An article changed while the language model wrote")

    def test_who_leaves_while_it_is_written_is_counted_once(
        self, make_writing: Callable[[Server], Chatbot]
    ) -> None:
        """As answered: there were quotes."""
        seen = list[Asked]()
        reply, let = says_when_let(f"{_OPENS} ", *[_FARE] * 99)
        with serving(reply) as server:
            bot = make_writing(server)
            bot.observe(_Watcher(seen))
            with closing(bot.stream(_ASKED)) as steps:
                next(steps)
                let()
                let()
                next(steps)
            for _ in range(99):
                let()
        assert [asked.status for asked in seen] == ["answered"]


class _Watcher:
    def __init__(self, seen: list[Asked]) -> None:
        self._seen = seen

    def begins(self, asked: Asked) -> None:
        """Hear nothing."""

    def ends(self, asked: Asked) -> None:
        """Remember."""
        self._seen.append(asked)

    def refreshed(self, told: Refreshed) -> None:
        """Hear nothing."""


class Tab:
    """A browser tab over a bot."""

    def __init__(self, bot: Chatbot, folder: Path) -> None:
        self.parts = _parts()
        desk = Desk(bot, self.parts, Talks(), Feedback(folder / "f.jsonl"), False)
        self.asking, self.values = Asking(desk), dict[Any, Any]()
        self.request: Any = SimpleNamespace(username=None)
        self.panels = list[str]()

    def ask(self, question: str) -> Iterator[Changes]:
        """Type a question and take the steps of its answer."""
        for step in self.asking.ask({**self.values, self.parts.question: question}, self.request):
            kept = (self.parts.talk, self.parts.visitor)
            self.values |= {part: value for part, value in step.items() if part in kept}
            self.panels += [step[self.parts.panel]] if self.parts.panel in step else []
            yield step

    def open(self, number: int) -> str:
        """Click a citation of the first answer."""
        clicked = gr.EventData(None, {"kind": "quote", "turn": 1, "number": number})
        return str(self.asking.open(self.values, clicked, self.request)[self.parts.panel])

    def written(self, step: Changes) -> str | None:
        """Return what stands above the quotes in a step, None if nothing may."""
        prose = re.search(r'<p class="written.*?</p>', self.shown(step))
        return unescape(_TAG.sub("", prose[0])) if prose else None

    def shown(self, step: Changes) -> str:
        """Return the HTML of the answer in a step."""
        return str(step[self.parts.chat][1]["content"])


def _parts() -> Parts:
    def made() -> Parts:
        with gr.Blocks():
            return lay_out(lambda name: "", examples=[], read_only=False)

    return in_a_loop(made)


class TestPage:
    """What the page shows."""

    def test_sentences_are_shown_as_they_come_and_the_end_is_what_it_was(
        self, make_writing: Callable[[Server], Chatbot], tmp_path: Path
    ) -> None:
        """Their citations lead to quotes that are there; no step shows less than the one before."""
        reply, let = says_when_let(f"{_OPENS} It is late [1]. ", f"{_FARE} ", "Uncited.")
        with serving(reply) as server:
            tab = Tab(make_writing(server), tmp_path)
            steps = tab.ask(_ASKED)
            next(steps)
            burst = [next(steps) for _ in range(3)]
            assert [tab.shown(step).count("<figure") for step in burst] == [1, 2, 2]
            assert [tab.written(step) for step in burst] == [None, None, ""]
            assert "May" in tab.panels[-1]
            let()
            let()
            one = next(steps)
            assert tab.written(one) == _OPENS
            assert '<a class="cite" href="#quote-1-1"' in tab.shown(one).partition("<figure")[0]
            assert "£2" in tab.open(2)
            let()
            two, told, last, _end = steps
        assert [tab.written(step) for step in (two, told, last)] == [f"{_OPENS} {_FARE}"] * 3
        assert all("writing" in tab.shown(step) for step in (one, two, told))
        assert "writing" not in tab.shown(last)
        assert "2 of 4 sentences of the language model were left out" in tab.shown(last)
        assert len(tab.panels) == 1  # what was clicked meanwhile stays open

    @pytest.mark.parametrize("reply", [fails(500), says("It is late [1].")])
    def test_a_model_that_says_nothing_leaves_the_quotes(
        self, make_writing: Callable[[Server], Chatbot], tmp_path: Path, reply: Reply
    ) -> None:
        """They stand as they did, and a note says why."""
        with serving(reply) as server:
            tab = Tab(make_writing(server), tmp_path)
            _asked, _one, _two, writing, told, last, _end = tab.ask(_ASKED)
        assert [tab.written(step) for step in (writing, told, last)] == ["", "", None]
        assert "The quotes stand as they are." in tab.shown(last)

    def test_an_article_that_is_edited_meanwhile_is_quoted_as_it_is(
        self, make_writing: Callable[[Server], Chatbot], tmp_path: Path
    ) -> None:
        """And opened as it is."""

        def edits(handler: Handler) -> None:
            path = bot.corpus / "tram.md"
            path.write_text(path.read_text("utf-8").replace("May", "June"), "utf-8")
            says(_OPENS)(handler)

        with serving(edits) as server:
            bot = make_writing(server)
            tab = Tab(bot, tmp_path)
            *_, writing, last, _end = tab.ask(_ASKED)
        assert tab.written(writing) == ""
        assert "June" in tab.shown(last) and "May" not in _TAG.sub("", tab.shown(last))
        assert len(tab.panels) == 2

    def test_who_leaves_while_it_is_written_is_told_to_ask_again(
        self, make_writing: Callable[[Server], Chatbot], tmp_path: Path
    ) -> None:
        """The model is not heard any longer."""
        reply, let = says_when_let(f"{_OPENS} ", _FARE)
        with serving(reply) as server:
            tab = Tab(make_writing(server), tmp_path)
            with closing(tab.ask(_ASKED)) as steps:  # type: ignore[type-var]
                for _ in range(4):
                    next(steps)
            assert tab.open(1)  # no error, whatever it says
            let()


def test_the_types_are_those_of_ask(make_bot: MakeBot) -> None:
    """Which mypy is held to."""
    bot = make_bot(_FILES, settings=_EASY)
    answers: list[Answer] = list(bot.stream(_ASKED, since="2025", tags=None))
    assert answers == [bot.ask(_ASKED, since="2025", tags=None)]
