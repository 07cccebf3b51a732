"""An answer as server-sent events, and the places that are given back by who hangs up."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import Request

from pullquote import Chatbot, Settings
from pullquote.app import build, create_server
from pullquote.app.http.streaming import Gone, Tell, stream, tell_answer
from pullquote.app.http.turnstile import Turnstile, do_in_turn
from tests.fakes import in_a_loop
from tests.llm_server import Handler, fails, says, says_when_let, serving

_ASKED = "How much does Amazon expect to spend in 2025?"
_SOON = 10
_EVENTS = {"accept": "text/event-stream"}
_EASY = Settings(threshold=0.01)
_TRAM = {
    "tram.md": "# Tram\n\nThe tram opens in May.\n",
    "fare.md": "# Fares\n\nThe tram fare is £2.\n",
}


@pytest.fixture(scope="module")
def client(real_bot: Chatbot) -> Iterator[TestClient]:
    """Open a client of a server over three articles."""
    with TestClient(_serve(real_bot)) as client:
        yield client


class TestEvents:
    """An answer that is streamed."""

    def test_steps_come_first_then_quotes_then_the_answer(self, client: TestClient) -> None:
        """Each on its lines, of the media type that was asked for."""
        reply = client.post("/api/v1/ask", json={"question": _ASKED}, headers=_EVENTS)
        assert reply.headers["content-type"].startswith("text/event-stream")
        events = events_of(reply.text)
        answer = events[-1][1]
        assert events[:2] == [("step", {"step": "waiting"}), ("step", {"step": "answering"})]
        assert [said for name, said in events if name == "quote"] == answer["quotes"] != []

    def test_trouble_is_an_event_once_it_streams(self, client: TestClient) -> None:
        """And a problem before that."""
        late = {"question": "Who?", "since": "yesterday"}
        name, said = events_of(client.post("/api/v1/ask", json=late, headers=_EVENTS).text)[-1]
        assert (name, said["status"]) == ("error", 422)
        assert said["detail"].startswith("since: 'yesterday' is not a date")
        early = client.post("/api/v1/ask", json={"question": 3}, headers=_EVENTS)
        assert early.headers["content-type"] == "application/problem+json"

    def test_what_is_told_on_the_way_is_sent_on_the_way(self) -> None:
        """Before the work has ended."""

        async def read() -> list[bytes]:
            more = threading.Event()

            def work(tell: Tell) -> dict[str, Any]:
                tell("text", {"text": "Amazon"})
                assert more.wait(_SOON)
                return {"quotes": []}

            pieces = list[bytes]()
            async for piece in stream(Turnstile(), work).body_iterator:
                assert isinstance(piece, bytes)
                pieces.append(piece)
                if piece.startswith(b"event: text"):
                    more.set()
            return pieces

        *_, told, answer = asyncio.run(read())
        assert told == b'event: text\ndata: {"text": "Amazon"}\n\n'
        assert answer == b'event: answer\ndata: {"quotes": []}\n\n'

    def test_who_hangs_up_ends_the_work_and_frees_the_place(self) -> None:
        """At the next thing that is told."""

        async def hang_up() -> BaseException | None:
            turnstile, ended = Turnstile(1, wait=_SOON), asyncio.Event()
            loop, go_on = asyncio.get_running_loop(), threading.Event()
            raised = list[BaseException]()

            def work(tell: Tell) -> dict[str, Any]:
                try:
                    assert go_on.wait(_SOON)
                    tell("text", {"text": "Amazon"})
                except Gone as gone:
                    raised.append(gone)
                    raise
                finally:
                    loop.call_soon_threadsafe(ended.set)
                return {"quotes": []}

            body = stream(turnstile, work).body_iterator
            async for piece in body:
                if b"answering" in bytes(piece):  # type: ignore[arg-type]
                    break
            await body.aclose()  # type: ignore[attr-defined]
            go_on.set()
            await asyncio.wait_for(ended.wait(), _SOON)
            async with turnstile.passing():
                return raised[0]

        assert isinstance(asyncio.run(hang_up()), Gone)

    def test_who_hangs_up_while_waiting_takes_no_place(self) -> None:
        """Neither for events nor for plain JSON."""

        async def hang_up() -> list[str]:
            turnstile, done = Turnstile(1, wait=_SOON), list[str]()

            async def gone() -> dict[str, str]:
                return {"type": "http.disconnect"}

            def work(_: Tell) -> dict[str, Any]:
                done.append("streamed")
                return {"quotes": []}

            async with turnstile.passing():
                body = stream(turnstile, work).body_iterator
                async for _ in body:
                    break
                await body.aclose()  # type: ignore[attr-defined]
                request = Request({"type": "http"}, gone)
                reply = await do_in_turn(request, turnstile, lambda: done.append("plain"))
                assert reply.status_code == 499
            async with turnstile.passing():
                await asyncio.sleep(0)
            return done

        assert asyncio.run(hang_up()) == []


class TestWritten:
    """An answer that a language model writes, which takes its time."""

    @pytest.fixture(autouse=True)
    def _model(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PULLQUOTE_LLM_MODEL", "tiny")

    def test_quotes_are_sent_before_it_has_said_a_word(
        self, make_bot: Callable[..., Chatbot]
    ) -> None:
        """The rest when it has; put together they are the quotes of the answer."""
        reply, let = says_when_let("The tram opens in May [1].")
        with serving(reply) as server:
            bot = make_bot(_TRAM, writer=server.url, settings=_EASY)

            async def read() -> str:
                pieces, found = list[str](), 0
                async with asyncio.timeout(_SOON):
                    work = partial(tell_answer, bot.stream("Tram"))
                    async for piece in stream(Turnstile(), work).body_iterator:
                        pieces.append(bytes(piece).decode())  # type: ignore[arg-type]
                        found += pieces[-1].startswith("event: quote")
                        if found == 2:
                            let()
                return "".join(pieces)

            events = events_of(asyncio.run(read()))
        answer = events[-1][1]
        assert [name for name, _ in events] == ["step", "step", "quote", "quote", "answer"]
        assert [said for name, said in events if name == "quote"] == answer["quotes"]
        assert answer["text"] == "The tram opens in May [1]."

    def test_the_events_together_are_the_plain_answer(
        self, make_bot: Callable[..., Chatbot]
    ) -> None:
        """Whatever the model does."""
        asked = {"question": "Tram"}
        for reply in (says("The tram opens in May [1]. No."), says("No."), fails(401)):
            with serving(reply) as server:
                bot = make_bot(_TRAM, writer=server.url, settings=_EASY)
                with TestClient(_serve(bot)) as client:
                    plain = client.post("/api/v1/ask", json=asked).json()
                    streamed = client.post("/api/v1/ask", json=asked, headers=_EVENTS)
            events = events_of(streamed.text)
            assert events[-1] == ("answer", plain)
            assert [said for name, said in events if name == "quote"] == plain["quotes"] != []

    def test_quotes_of_an_article_that_is_edited_meanwhile_come_again(
        self, make_bot: Callable[..., Chatbot]
    ) -> None:
        """A step says so: those before it no longer hold."""

        def edits(handler: Handler) -> None:
            (bot.corpus / "tram.md").write_text("# Tram\n\nThe tram opens in June.\n")
            says("The tram opens in May [1].")(handler)

        told = list[tuple[str, Any]]()
        with serving(edits) as server:
            bot = make_bot(_TRAM, writer=server.url, settings=_EASY)
            answer = tell_answer(bot.stream("Tram"), lambda *event: told.append(event))
        again = told.index(("step", {"step": "again"}))
        assert ["May" in said["text"] for _, said in told[:again]].count(True) == 1
        assert [said for _, said in told[again + 1 :]] == answer["quotes"]
        assert "May" not in str(answer)


def _serve(bot: Chatbot) -> FastAPI:
    return in_a_loop(lambda: create_server(bot, page=build(bot, examples=[])))


def events_of(text: str) -> list[tuple[str, Any]]:
    """Return the names and the JSON of server-sent events."""
    events = list[tuple[str, Any]]()
    for block in filter(None, text.split("\n\n")):
        name, data = block.split("\n")
        events.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return events
