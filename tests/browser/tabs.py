"""The app as it runs and a tab of it, for tests in a real browser."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).resolve().parents[2]
_STARTS_WITHIN = 90  # seconds
_WAITS = 20_000  # milliseconds; a busy machine is no failure
_MARKS = (
    "marks => marks.map(m => ({text: m.textContent, start: m.dataset.start,"
    " end: m.dataset.end, current: m.getAttribute('aria-current')}))"
)
expect.set_options(timeout=_WAITS)


@dataclass(frozen=True)
class Server:
    """The app as it runs."""

    address: str
    corpus: Path
    embeddings: Path

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.address.rpartition(":")[2])

    def ask(self, question: str, **more: object) -> dict[str, Any]:
        """Return the answer of the HTTP interface."""
        body = json.dumps({"question": question, **more}).encode()
        request = Request(f"{self.address}/api/v1/ask", body, {"content-type": "application/json"})
        with urlopen(request) as reply:
            answer: dict[str, Any] = json.load(reply)
        return answer


@dataclass
class Tab:
    """A page of the app and what it did behind the user's back."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Take down every request, error and dialog from now on."""
        self.page.set_default_timeout(_WAITS)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hear)
        self.page.on("dialog", self._refuse)

    def open(self, address: str) -> None:
        """Open the page and wait until it says how the index stands."""
        self.page.goto(address)
        expect(self.page.locator("#status")).to_contain_text("passages")

    def leave(self, address: str = "") -> None:
        """Go elsewhere, or reload; what gradio itself says of the requests it drops is no fault."""
        before = len(self.complaints)
        if address:
            self.page.goto(address)
        else:
            self.page.reload()
            expect(self.page.locator("#status")).to_contain_text("passages")
        said = self.complaints[before:]
        self.complaints[before:] = [
            line for line in said if not line.startswith("AbortError") and "errored out" not in line
        ]

    @property
    def answers(self) -> Locator:
        """Every answer of the conversation, and every error in place of one."""
        return self.page.locator("#chat .answer, #chat .trouble")

    def ask(self, question: str) -> None:
        """Type a question, send it and wait until it is answered."""
        before = self.answers.count()
        box = self.page.get_by_role("textbox", name="Question")
        box.fill(question)
        box.press("Enter")
        self.expect_answer(before + 1)

    def expect_answer(self, count: int) -> None:
        """Wait until there are so many answers, the last one whole."""
        expect(self.answers).to_have_count(count)
        whole = "xpath=self::*[contains(@class,'trouble')]|descendant::a[contains(@class,'retry')]"
        expect(self.answers.nth(count - 1).locator(whole).first).to_be_attached()

    def cite(self, number: int, answer: int = -1) -> Locator:
        """Return the citation at the end of a quote, counted from 1."""
        shown = self.page.locator("#chat .answer").nth(answer)
        return shown.locator("figure a.cite").nth(number - 1)

    def unfold(self, name: str) -> None:
        """Open a part of the sidebar."""
        # Gradio adds an arrow to the name.
        self.page.locator("#side").get_by_role("button", name=re.compile(rf"^{name}\b")).click()

    def marks(self, number: int) -> list[dict[str, str]]:
        """Return the marks of a quote as the panel shows them."""
        found: list[dict[str, str]] = self.page.locator(
            f'mark.quote[data-n="{number}"]'
        ).evaluate_all(_MARKS)
        return found

    def expect_quote(self, number: int, quote: dict[str, Any], corpus: Path) -> None:
        """Check that the panel shows a quote, whole, marked as the clicked one, in its place."""
        current = self.page.locator(f'mark.quote[data-n="{number}"][aria-current="true"]')
        expect(current.first).to_be_in_viewport()
        expect(self.page.locator("#panel h2")).to_have_text(quote["title"])
        marks = self.marks(number)
        assert " ".join(mark["text"] for mark in marks) == quote["text"]
        assert all(mark["current"] == "true" for mark in marks)
        with (corpus / quote["article"]).open(encoding="utf-8", newline="") as file:
            text = file.read()
        source = text[quote["start"] : quote["end"]]
        assert source == quote["source"]
        for mark in marks:
            piece = text[int(mark["start"]) : int(mark["end"])]
            assert piece and piece in source
        assert quote["start"] <= int(marks[0]["start"]) < int(marks[-1]["end"]) <= quote["end"]

    def expect_no_overflow(self) -> None:
        """Check that the page does not scroll sideways."""
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def _hear(self, message: Any) -> None:  # noqa: ANN401 -- playwright's ConsoleMessage
        if message.type == "error":
            self.complaints.append(message.text)

    def _refuse(self, dialog: Any) -> None:  # noqa: ANN401 -- playwright's Dialog
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()


def environment(corpus: Path, embeddings: Path) -> dict[str, str]:
    """Return what the command line reads, and nothing of who runs the tests."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("PULLQUOTE_")}
    return {
        **own, "PULLQUOTE_CORPUS": str(corpus), "PULLQUOTE_EMBEDDINGS": str(embeddings)
    }  # fmt: skip


@contextmanager
def serve(corpus: Path, embeddings: Path, log: Path, *options: str) -> Iterator[Server]:
    """Run ``app.py`` on a free port; end it as Ctrl-C would, and see that it ends well."""
    with log.open("w+") as out:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py"), "--port", "0", *options],
            cwd=ROOT,
            env=environment(corpus, embeddings),
            stdout=out,
            stderr=out,
        )
        try:
            yield Server(_wait_for_address(process, log), corpus, embeddings)
        finally:
            process.terminate()
            ended = process.wait(timeout=30)
    assert ended == 0, log.read_text("utf-8")
    assert "Traceback" not in log.read_text("utf-8")


def _wait_for_address(process: "subprocess.Popen[bytes]", log: Path) -> str:
    began = time.monotonic()
    while time.monotonic() - began < _STARTS_WITHIN and process.poll() is None:
        ready = re.search(r"^Pullquote is ready at (\S+)$", log.read_text("utf-8"), re.MULTILINE)
        if ready:
            return ready[1]
        time.sleep(0.1)
    raise AssertionError(f"the app did not start: {log.read_text('utf-8')}")
