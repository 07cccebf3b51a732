"""A server that starts: programs are answered first, and whoever wants the page waits for it."""

import asyncio
import json
import re
import select
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, suppress
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from starlette.responses import Response

from pullquote import Chatbot, InputError
from pullquote.app import build
from pullquote.app.arriving import Coming, There
from pullquote.app.assembling import Terms, assemble
from pullquote.app.http.sessions import GradioSessions
from pullquote.app.mounting import mount
from pullquote.app.starting import let_go_ahead
from tests.clients import free_port, served
from tests.conftest import SMALL
from tests.fakes import WordEmbedder, fill, in_a_loop
from tests.unit.test_stopping import wait_for

_QUESTION = {"question": "Who is the chief financial officer of Amazon?"}
_LONG_SECONDS = 60
_LOGIN = ("ann", "s3cret")


class Process:
    """A server in a process of its own, and a browser that asks for its page early on."""

    def __init__(self, folder: Path) -> None:
        self.folder, port = folder, free_port()
        self.address = f"http://127.0.0.1:{port}"
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "tests.starting", str(folder), str(port)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.answer = self._ask()
        self._browser = HTTPConnection("127.0.0.1", port, timeout=_LONG_SECONDS)
        self._browser.request("GET", "/")
        # What is sent later is answered, so that the server has heard of the page as well.
        httpx.get(f"{self.address}/healthz", timeout=_LONG_SECONDS).raise_for_status()

    def _ask(self) -> httpx.Response:
        """Ask until somebody answers."""
        replies: list[httpx.Response] = []

        def is_answered() -> bool:
            assert self.popen.poll() is None, self.popen.communicate()
            with suppress(httpx.ConnectError):
                url = f"{self.address}/api/v1/ask"
                replies.append(httpx.post(url, json=_QUESTION, timeout=_LONG_SECONDS))
            return bool(replies)

        wait_for(is_answered)
        return replies[0]

    def page(self) -> tuple[int, str]:
        """Return the status and the text that the browser gets."""
        with closing(self._browser):
            reply = self._browser.getresponse()
            return reply.status, reply.read().decode()

    def page_is_there(self) -> bool:
        """Tell whether anything has come."""
        ready, _, _ = select.select([self._browser.sock], [], [], 0)
        return bool(ready)

    def touch(self, *names: str) -> None:
        """Tell the process something."""
        for name in names:
            (self.folder / name).touch()

    def end(self) -> tuple[int, str, str]:
        """Wait for the end; return the exit code, and what was said on stdout and stderr."""
        said, trouble = self.popen.communicate(timeout=_LONG_SECONDS)
        return self.popen.returncode, said, re.sub(r"(?m)^.* embedded in .*\n", "", trouble)


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    """Start the server; it ends with the test, however that ends."""
    fill(tmp_path / "corpus", SMALL)
    process = Process(tmp_path)
    yield process
    if process.popen.poll() is None:
        process.popen.kill()
    process.popen.communicate()


def test_questions_are_answered_before_gradio_is_imported(process: Process) -> None:
    """The page is served when it is there, also to whoever asked for it before; then it is said."""
    assert process.answer.status_code == 200
    assert process.answer.json()["question"] == _QUESTION["question"]
    wait_for((process.folder / "gradio is not there").exists)
    assert not process.page_is_there()
    process.touch("go on")
    status, page = process.page()
    assert status == 200 and "window.gradio_config" in page
    assert process.popen.stdout is not None
    assert process.popen.stdout.readline() == f"Pullquote is ready at {process.address}\n"
    process.popen.send_signal(signal.SIGTERM)
    assert process.end() == (0, "", "")


def test_a_page_that_cannot_be_made_ends_the_server(process: Process) -> None:
    """With one line that says why, the exit code of trouble, and no word of being ready."""
    process.touch("fail", "go on")
    assert process.end() == (2, "", "pullquote: page: cannot be made; do something else\n")
    assert process.page()[0] == 503


def test_a_server_ends_though_its_page_is_still_made(process: Process) -> None:
    """Whoever waits for the page is told."""
    wait_for((process.folder / "gradio is not there").exists)
    process.popen.send_signal(signal.SIGTERM)
    assert process.end() == (0, "", "")
    status, problem = process.page()
    told = json.loads(problem)["detail"]
    assert (status, told) == (503, "the server is ending; open the page again when it is back")


class _Making:
    """Makes a page when it is told to."""

    def __init__(self, make: Callable[[], There]) -> None:
        self._make, self._may = make, threading.Event()

    def __call__(self) -> There:
        assert self._may.wait(_LONG_SECONDS)
        return self._make()

    def go_on(self) -> None:
        """Let it be made."""
        self._may.set()


def test_guards_stand_before_the_page_is_there(tmp_path: Path) -> None:
    """Who may not see it is refused at once, and who shows a login is let in when it is there."""
    bot = Chatbot(
        fill(tmp_path / "corpus", SMALL),
        embeddings=tmp_path / "embeddings",
        embedder=WordEmbedder(),
        reader=None,
    )
    bot.refresh()
    page = in_a_loop(lambda: build(bot, examples=[]))
    making = _Making(lambda: in_a_loop(lambda: mount(page, logins=[_LOGIN])))
    terms = Terms.read(
        auth=_LOGIN, tokens=None, rate=None, root_path=None, names=["127.0.0.1"], read_only=False
    )
    configs: list[httpx.Response] = []
    with (
        served(assemble(bot, Coming(making), terms)) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=_LONG_SECONDS) as client,
    ):
        early = threading.Thread(target=lambda: configs.append(client.get("/config", auth=_LOGIN)))
        early.start()
        assert client.get("/config").status_code == 401
        forged = {"cookie": "access-token-unsecure-x=x"}
        assert client.get("/config", headers=forged).status_code == 401
        assert client.get("/", headers={"host": "x.example"}).status_code == 403
        assert client.get("/healthz").json()["status"] == "ok"
        assert client.post("/api/v1/ask", json=_QUESTION, auth=_LOGIN).status_code == 200
        assert not configs
        making.go_on()
        early.join()
        assert configs[0].status_code == 200 and configs[0].json()["title"] == "Pullquote"
        assert page.is_running  # as gradio's own start of a server leaves it
        assert client.get("/config").status_code == 401


class TestComing:
    """The place of a page that is still made."""

    def run(self, make: Callable[["Trace"], None], *, fail: str = "") -> "Trace":
        """Open and close a place whose page is made so, and return what happened."""
        trace = Trace(fail)

        async def live() -> None:
            coming = Coming(lambda: make_there(make, trace))
            done = asyncio.Event()

            def hear(what: str) -> None:
                trace.heard.append(what)
                done.set()

            async with coming.open():
                coming.tell(there=lambda: hear("there"), failed=lambda: hear("failed"))
                await done.wait()
                trace.status = await status_of(coming)
            trace.error = coming.error

        asyncio.run(live())
        return trace

    def test_the_page_starts_and_ends_with_the_server(self) -> None:
        """Each once and in the same task, for what it opens may belong to that."""
        trace = self.run(lambda _: None)
        assert (trace.heard, trace.status, trace.error) == (["there"], 200, None)
        assert [what for what, _ in trace.tasks] == ["start", "end"]
        assert len({task for _, task in trace.tasks}) == 1

    @pytest.mark.parametrize("fail", ["making", "start"])
    def test_what_went_wrong_is_kept(self, fail: str) -> None:
        """Nobody waits any more."""
        trace = self.run(lambda trace: trace.go("making"), fail=fail)
        assert (trace.heard, trace.status) == (["failed"], 503)
        assert str(trace.error) == fail

    def test_what_went_wrong_at_the_end_is_kept(self) -> None:
        """The page was there all the same."""
        trace = self.run(lambda _: None, fail="end")
        assert (trace.heard, trace.status, str(trace.error)) == (["there"], 200, "end")

    def test_who_asks_late_hears_of_it_as_well(self) -> None:
        """That is what `tell` is for: a page may be there before the server has started."""

        async def live() -> list[str]:
            heard: list[str] = []
            coming = Coming(lambda: make_there(lambda _: None, Trace("")))
            async with coming.open():
                assert await status_of(coming) == 200
                coming.tell(there=lambda: heard.append("there"), failed=pytest.fail)
            return heard

        assert asyncio.run(live()) == ["there"]


class Trace:
    """What happened to a page, which fails at one of its steps."""

    def __init__(self, fail: str) -> None:
        self.heard: list[str] = []
        self.tasks: list[tuple[str, object]] = []
        self.status = 0
        self.error: BaseException | None = None
        self._fail = fail

    def go(self, step: str) -> None:
        """Take a step."""
        if step == self._fail:
            raise InputError(step)


def make_there(make: Callable[[Trace], None], trace: Trace) -> There:
    """Return a page that says nothing."""
    make(trace)

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        trace.go("start")
        trace.tasks.append(("start", asyncio.current_task()))
        yield
        trace.tasks.append(("end", asyncio.current_task()))
        trace.go("end")

    page: Any = SimpleNamespace(tokens={}, cookie_id="x")
    return There(Response(), GradioSessions(page), lifespan)


async def status_of(coming: Coming) -> int:
    """Return the status that a request for the page gets."""
    sent: list[Any] = []

    async def send(message: Any) -> None:  # noqa: ANN401 -- as Starlette has it
        sent.append(message)

    async def receive() -> Any:  # noqa: ANN401
        return {"type": "http.request"}

    await coming({"type": "http", "method": "GET", "path": "/", "headers": []}, receive, send)
    return int(sent[0]["status"])


def test_the_page_waits_for_who_asked_before() -> None:
    """Until that is answered."""
    looks = iter((True, True, False))
    thread = threading.Thread(target=lambda: None)
    thread.start()
    let_go_ahead(thread, lambda: next(looks))
    assert list(looks) == []


def test_the_page_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models may be slow, and a crowd may ask without end."""
    monkeypatch.setattr("pullquote.app.starting._AHEAD_SECONDS", 0.1)
    over = threading.Event()
    slow = threading.Thread(target=over.wait)
    slow.start()
    let_go_ahead(slow, lambda: True)
    assert slow.is_alive()
    over.set()
    slow.join()
