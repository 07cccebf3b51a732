"""The page in a real browser: what is asked, cited, clicked and refreshed.

The server is the real ``app.py`` in a process of its own, over the sample corpus and a few traps.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Browser, BrowserContext, Page, expect  # noqa: E402

pytestmark = pytest.mark.browser

_HERE = Path(__file__).resolve().parents[2]
_CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
# The second half keeps the browser itself from calling home.
_ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
_STARTS_WITHIN = 60  # seconds
_SILENCE = "Your articles don't say"
_TRAM = "What will the tram in Harrow Bay cost?"
_LIGHTHOUSE = "How tall is the Vennbury lighthouse?"
_UNKNOWN = "What is the capital of Peru?"
_RUN = "<script>window.ran = 1</script><img src=x onerror='window.ran = 2'>"
_COPIED = (
    "The Kestrelford library opened its doors with 9,400 volumes on the shelves. Its reading room"
    " seats sixty, and the lamps were a gift of the town's glass makers."
)
_TRAPS = {
    "traps/hostile.md": f"""---
title: "Zorblax {_RUN}"
date: 2025-03-01
tags: ["{_RUN}", "zorblax"]
url: "javascript:window.ran=3"
---

The zorblax harvest was 412 tonnes. {_RUN} It is <b onclick="window.ran=4">sold</b> in May.
See [the ledger](javascript:window.ran=5) and `{_RUN}` for
${{window.ran=6}} and {{{{window.ran=7}}}}.
""",
    "traps/table.md": """---
title: Ferries of the Quillon Strait
date: 2025-03-02
---

| Ferry | Length | Passengers | Built |
| --- | ---: | ---: | --- |
| *Quillon Star* | 88 metres | 640 passengers | 1998 |
| Marigold | 71 metres | | 2004 |
""",
    "traps/edited.md": """---
title: The Vennbury Lighthouse
---

The Vennbury lighthouse is 41 metres tall.
""",
    "traps/shifted.md": """---
title: The Osmere Viaduct
---

It is old.

The Osmere viaduct stands on 23 arches of brick.
""",
    "traps/copy-one.md": f"""---
title: Kestrelford Opens a Library
date: 2025-04-02
---

{_COPIED}
""",
    "traps/copy-two.md": f"""---
title: Digest <b>No. 9</b>
date: 2025-04-05
---

{_COPIED}
""",
    "traps/draft.md": """---
title: The Ottermouth Ledger
draft: true
---

The Ottermouth ledger lists 318 debts.
""",
}


@dataclass(frozen=True)
class Server:
    """The app as it runs."""

    address: str
    corpus: Path

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

    def ask(self, question: str) -> None:
        """Type a question, send it and wait until it is answered."""
        answers = self.page.locator("#chat .answer, #chat .trouble")
        before = answers.count()
        box = self.page.get_by_role("textbox", name="Question")
        box.fill(question)
        box.press("Enter")
        expect(answers).to_have_count(before + 1)

    def marks(self, number: int) -> list[dict[str, str]]:
        """Return the marks of a quote as the panel shows them."""
        found: list[dict[str, str]] = self.page.locator(
            f'mark.quote[data-n="{number}"]'
        ).evaluate_all(
            "marks => marks.map(m => ({text: m.textContent, start: m.dataset.start,"
            " end: m.dataset.end, current: m.getAttribute('aria-current')}))"
        )
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


# Not for the session: while Playwright is open, its event loop runs in the thread of the tests.
@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run ``app.py`` on a free port; end it as Ctrl-C would, and see that it ends well."""
    if _CHROMIUM is None:
        pytest.skip("no chromium, chromium-browser or google-chrome on PATH")
    folder = tmp_path_factory.mktemp("browser")
    corpus = folder / "corpus"
    shutil.copytree(_HERE / "corpus", corpus)
    for name, text in _TRAPS.items():
        (corpus / name).parent.mkdir(exist_ok=True)
        (corpus / name).write_bytes(text.encode())
    environment = {
        **os.environ,
        "PULLQUOTE_CORPUS": str(corpus),
        "PULLQUOTE_EMBEDDINGS": str(folder / "embeddings"),
    }
    environment.pop("PULLQUOTE_AUTH", None)
    with (folder / "log").open("w+") as log:
        process = subprocess.Popen(
            [sys.executable, str(_HERE / "app.py"), "--port", "0"],
            cwd=_HERE,
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            yield Server(_wait_for_address(process, folder / "log"), corpus)
        finally:
            process.terminate()
            ended = process.wait(timeout=20)
    assert ended == 0, (folder / "log").read_text()
    assert "Traceback" not in (folder / "log").read_text()


@pytest.fixture(scope="module")
def browser(server: Server) -> Iterator[Browser]:
    """Open a headless Chromium."""
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=_CHROMIUM, args=list(_ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def open_tab(browser: Browser, server: Server) -> Iterator[Callable[..., Tab]]:
    """Return a function that opens the app for a new visitor; nobody may be tracked or scolded."""
    contexts: list[BrowserContext] = []
    tabs: list[Tab] = []

    def open_it(width: int = 1280, height: int = 800) -> Tab:
        contexts.append(browser.new_context(viewport={"width": width, "height": height}))
        tab = Tab(contexts[-1].new_page())
        tabs.append(tab)
        tab.page.set_default_timeout(15_000)
        tab.page.on("request", lambda request: tab.requests.append(request.url))
        tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
        tab.page.on(
            "console",
            lambda message: (
                tab.complaints.append(message.text) if message.type == "error" else None
            ),
        )
        tab.page.goto(server.address)
        expect(tab.page.locator("#status")).to_contain_text("passages")
        return tab

    yield open_it
    for context in contexts:
        context.close()
    for tab in tabs:
        own = (server.address, "data:", "blob:")
        assert [url for url in tab.requests if not url.startswith(own)] == []
        assert tab.complaints == []


@pytest.fixture
def tab(open_tab: Callable[..., Tab]) -> Tab:
    """Open the app for one visitor."""
    return open_tab()


def test_every_citation_opens_its_article_with_the_quote_marked(tab: Tab, server: Server) -> None:
    """The words in the panel are the API's, and the file's at the places the marks give."""
    question = "When does the EU AI Act apply?"
    quotes = server.ask(question)["quotes"]
    tab.ask(question)
    links = tab.page.locator("a.cite")
    assert links.all_inner_texts() == [f"[{n}]" for n in range(1, len(quotes) + 1)]
    tab.expect_quote(1, quotes[0], server.corpus)
    for number, quote in reversed(list(enumerate(quotes, 1))):
        tab.page.get_by_role("link", name=f"[{number}]").click()
        tab.expect_quote(number, quote, server.corpus)


def test_a_citation_opens_by_keyboard_and_quickly(tab: Tab) -> None:
    """Enter on a focused citation does what a click does, within 300 ms as a rule."""
    tab.ask("When does the EU AI Act apply?")
    taken = []
    for number in (2, 1, 2):
        tab.page.locator("a.cite").nth(number - 1).focus()
        began = time.perf_counter()
        tab.page.keyboard.press("Enter")
        tab.page.locator(f'mark[data-n="{number}"][aria-current="true"]').first.wait_for()
        taken.append(time.perf_counter() - began)
    assert min(taken) < 0.3


def test_a_quote_from_a_table_is_marked_cell_by_cell(tab: Tab, server: Server) -> None:
    """One quote, several marks: their texts joined by a space are the quote."""
    question = "How long is the ferry Quillon Star?"
    (quote,) = [q for q in server.ask(question)["quotes"] if "Quillon Star" in q["text"]]
    tab.ask(question)
    number = 1 + [q["text"] for q in server.ask(question)["quotes"]].index(quote["text"])
    tab.page.locator("a.cite").nth(number - 1).click()
    tab.expect_quote(number, quote, server.corpus)
    assert len(tab.marks(number)) == 4
    expect(tab.page.locator("#panel td mark.quote")).to_have_count(4)


def test_silence_is_said_and_near_misses_open(tab: Tab, server: Server) -> None:
    """An abstention is a status; each near miss opens in the panel."""
    nearest = server.ask(_UNKNOWN)["nearest"]
    tab.ask(_UNKNOWN)
    said = tab.page.get_by_role("status").filter(has_text=_SILENCE)
    expect(said).to_have_count(1)
    expect(tab.page.locator("a.cite")).to_have_count(0)
    cards = tab.page.locator("a.near")
    expect(cards).to_have_count(len(nearest))
    cards.last.click()
    expect(tab.page.locator("#panel h2")).to_have_text(nearest[-1]["title"])
    assert " ".join(m["text"] for m in tab.marks(len(nearest))) == nearest[-1]["text"]


def test_an_earlier_answer_can_be_opened_again(tab: Tab, server: Server) -> None:
    """Citations keep pointing at their own answer."""
    tab.ask(_TRAM)
    tab.ask("When does the EU AI Act apply?")
    tab.page.locator(".answer").first.locator("a.cite").first.click()
    tab.expect_quote(1, server.ask(_TRAM)["quotes"][0], server.corpus)


def test_nothing_hostile_runs(tab: Tab) -> None:
    """Markup from title, tags, body and links is shown as text, in the chat and in the panel."""
    tab.ask(f"How many tonnes was the zorblax harvest? {_RUN}")
    expect(tab.page.locator("#panel h2")).to_contain_text("<script>")
    expect(tab.page.locator("#panel .body")).to_contain_text("${window.ran=6}")
    expect(tab.page.locator(".asked")).to_contain_text(_RUN)
    tab.page.wait_for_timeout(300)
    assert tab.page.evaluate("window.ran") is None
    expect(tab.page.locator("#chat img, #panel img, #panel script")).to_have_count(0)
    links = tab.page.locator("a[href]").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert not [href for href in links if not re.match(r"#|https?://", href)]


def test_links_to_pages_open_in_a_new_tab(tab: Tab, server: Server) -> None:
    """The article's page is linked with a text fragment and without a way back."""
    question = "When does the EU AI Act apply?"
    tab.ask(question)
    link = tab.page.locator(".answer a.page").first
    assert link.get_attribute("href") == server.ask(question)["quotes"][0]["url"]
    assert link.get_attribute("target") == "_blank"
    assert "noopener" in str(link.get_attribute("rel"))


def test_an_edit_is_followed_without_a_reload(open_tab: Callable[..., Tab], server: Server) -> None:
    """Every tab's status changes by itself, and the new words are quoted; nobody is disturbed."""
    one, two = open_tab(), open_tab()
    one.ask(_LIGHTHOUSE)
    expect(one.page.locator("mark.quote").first).to_contain_text("41 metres")
    before = [_articles_in(tab) for tab in (one, two)]
    box = one.page.get_by_role("textbox", name="Question")
    box.fill("How tall")
    _edit(server.corpus / "traps/edited.md", "41 metres", "57 metres")
    (server.corpus / "traps/new.md").write_text("---\ntags: [brand-new]\n---\n\nA fair.\n")
    for tab, count in zip((one, two), before, strict=True):
        expect(tab.page.locator("#status")).to_contain_text(f"{count + 1} articles")
        expect(tab.page.locator("#status")).to_contain_text("following the folder")
    expect(box).to_have_value("How tall")
    expect(box).to_be_focused()
    expect(one.page.locator("#report")).to_have_text("")
    expect(one.page.locator("mark.quote").first).to_contain_text("41 metres")
    two.ask(_LIGHTHOUSE)
    expect(two.page.locator(".answer")).to_contain_text("57 metres")
    expect(two.page.locator("mark.quote").first).to_contain_text("57 metres")
    two.page.get_by_role("button", name="Filters").click()
    two.page.locator("#tags input").click()
    expect(two.page.locator("#tags [role=option]").filter(has_text="brand-new")).to_be_visible()


def test_words_that_went_are_not_marked(tab: Tab, server: Server) -> None:
    """An earlier answer's citation opens the article as it is now, and says so."""
    path = server.corpus / "traps/edited.md"
    tab.ask(_LIGHTHOUSE)
    words = tab.page.locator("mark.quote").first.inner_text()
    _edit(path, words, "The Vennbury lighthouse is 63 metres tall.")
    tab.page.locator("a.cite").first.click()
    expect(tab.page.locator("#panel [role=alert]")).to_have_text(
        "This article has changed since the answer; the words are no longer in it."
    )
    expect(tab.page.locator("mark.quote")).to_have_count(0)
    tab.page.get_by_role("button", name="Refresh").click()
    expect(tab.page.locator("#report")).to_contain_text("embedded in")
    tab.ask(_LIGHTHOUSE)
    expect(tab.page.locator("mark.quote").first).to_contain_text("63 metres")


def test_words_that_still_stand_are_marked_where_they_are_now(tab: Tab, server: Server) -> None:
    """After an edit above them, then under another name."""
    path = server.corpus / "traps/shifted.md"
    tab.ask("On how many arches does the Osmere viaduct stand?")
    expect(tab.page.locator("mark.quote").first).to_contain_text("23 arches")
    quote = {
        "title": "The Osmere Viaduct",
        "text": "The Osmere viaduct stands on 23 arches of brick.",
    }
    for article, said in (
        ("traps/shifted.md", "has changed since the answer; the words still stand"),
        ("traps/renamed.md", "stand in this article now"),
    ):
        _edit(path, "It is old.", "It is very old, and much was written about it.")
        path = path.rename(server.corpus / article)
        tab.page.locator("a.cite").first.click()
        expect(tab.page.locator("#panel .notice")).to_contain_text(said)
        text = path.read_text()
        start = text.index(quote["text"])
        place = {"start": start, "end": start + len(quote["text"]), "source": quote["text"]}
        tab.expect_quote(1, {**quote, "article": article, **place}, server.corpus)


def test_what_else_says_the_same_is_named(tab: Tab) -> None:
    """The quote is shown once; its copies unfold by keyboard, as text."""
    tab.ask("How many volumes did the Kestrelford library open with?")
    expect(tab.page.locator("a.cite")).to_have_count(1)
    label = tab.page.locator(".answer summary")
    expect(label).to_have_text("also in 1 article")
    label.focus()
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator(".also li")).to_be_visible()
    assert tab.page.locator(".also li b").count() == 0


def test_a_table_row_names_its_columns(tab: Tab) -> None:
    """Under the words, which stay as they are."""
    tab.ask("How long is the ferry Quillon Star?")
    figure = tab.page.locator("figure").filter(has_text="Quillon Star")
    expect(figure.locator("blockquote")).to_contain_text(
        "Quillon Star 88 metres 640 passengers 1998 ["
    )
    assert figure.locator("dt").all_inner_texts() == ["Ferry", "Length", "Passengers", "Built"]
    assert figure.locator("dd").all_inner_texts() == [
        "Quillon Star", "88 metres", "640 passengers", "1998"
    ]  # fmt: skip


def test_unpublished_articles_are_quoted_on_request_and_marked(tab: Tab) -> None:
    """As a filter, which is counted while it is on."""
    tab.ask("How many debts does the Ottermouth ledger list?")
    expect(tab.page.locator(".answer")).not_to_contain_text("318")
    tab.page.get_by_role("button", name="Filters").click()
    tab.page.get_by_role("checkbox", name="Unpublished articles too").check()
    expect(tab.page.get_by_role("button", name="Filters (1 on)")).to_be_visible()
    tab.ask("How many debts does the Ottermouth ledger list?")
    expect(tab.page.locator(".answer").last).to_contain_text("318 debts")
    expect(tab.page.locator(".state").first).to_have_text("draft")


def test_a_follow_up_is_understood_and_can_be_forgotten(tab: Tab) -> None:
    """The page says what it took a follow-up to mean; a new conversation starts from nothing."""
    tab.ask(_UNKNOWN)
    tab.ask("and Brazil?")
    expect(tab.page.locator(".understood")).to_contain_text("What is the capital of Brazil?")
    tab.page.get_by_role("button", name="New conversation").click()
    expect(tab.page.locator(".answer")).to_have_count(0)
    tab.ask("and Brazil?")
    expect(tab.page.locator(".understood")).to_have_count(0)


def test_two_visitors_do_not_share_a_conversation(open_tab: Callable[..., Tab]) -> None:
    """What one asked is neither shown to another nor used to understand them."""
    one, two = open_tab(), open_tab()
    one.ask(_UNKNOWN)
    expect(two.page.locator(".answer")).to_have_count(0)
    two.ask("and Brazil?")
    expect(two.page.locator(".understood")).to_have_count(0)
    expect(two.page.locator(".asked")).to_have_count(1)
    one.ask("and Brazil?")
    expect(one.page.locator(".understood")).to_have_count(1)


def test_an_example_runs_when_it_is_clicked(tab: Tab) -> None:
    """One click asks it, and its first source is opened."""
    tab.page.locator("#chat button.example").first.click()
    expect(tab.page.locator("a.cite").first).to_be_visible()
    expect(tab.page.locator('mark[aria-current="true"]').first).to_be_in_viewport()


def test_filters_hold_and_mistakes_are_one_line(tab: Tab) -> None:
    """A day that is none is told in one line; a filter leaves out what it should."""
    tab.page.get_by_role("button", name="Filters").click()
    tab.page.get_by_role("textbox", name="Since").fill("yesterday")
    tab.ask(_TRAM)
    expect(tab.page.locator("#chat [role=alert]")).to_have_text(
        "since: 'yesterday' is not a date; write it as YYYY-MM-DD"
    )
    tab.page.get_by_role("textbox", name="Since").fill("2030-01-01")
    tab.ask(_TRAM)
    expect(tab.page.locator(".answer").last).to_contain_text("No article passes the filters.")


def test_a_filter_in_words_is_shown_and_taken_away(tab: Tab) -> None:
    """By mouse and by keyboard; the same question is asked again without it."""
    tab.ask(f"{_TRAM} tag:zorblax since:2025-01-01")
    answers = tab.page.locator("#chat .answer")
    chips = answers.last.get_by_role("button", name="Remove filter")
    expect(chips).to_have_count(2)
    answers.last.get_by_role("button", name="Remove filter “tag:zorblax”").click()
    expect(answers).to_have_count(2)
    expect(tab.page.locator(".asked").last).to_contain_text("without the filter “tag:zorblax”")
    expect(chips).to_have_count(1)
    chips.press(" ")
    expect(answers).to_have_count(3)
    expect(chips).to_have_count(0)
    expect(answers.last.locator("figure").first).to_be_visible()


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_is_cut_off_at_any_width(open_tab: Callable[..., Tab], width: int) -> None:
    """The page never scrolls sideways, and a clicked quote comes into view."""
    tab = open_tab(width, 844)
    tab.ask(_TRAM)
    tab.page.locator("a.cite").first.click()
    expect(tab.page.locator('mark[aria-current="true"]').first).to_be_in_viewport()
    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _articles_in(tab: Tab) -> int:
    return int(tab.page.locator("#status").inner_text().split()[0].replace(",", ""))


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    path.write_text(text.replace(old, new))


def _wait_for_address(process: "subprocess.Popen[bytes]", log: Path) -> str:
    began = time.monotonic()
    while time.monotonic() - began < _STARTS_WITHIN and process.poll() is None:
        ready = re.search(r"^Pullquote is ready at (\S+)$", log.read_text(), re.MULTILINE)
        if ready:
            return ready[1]
        time.sleep(0.1)
    pytest.fail(f"the app did not start: {log.read_text()}")
