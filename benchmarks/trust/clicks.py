"""Citations in a browser: does a click show the quoted words, marked, where they stand in the file.

The app serves the sample articles and some of each real site, in a process of its own. Questions
are sentences of random articles; every citation of every answer is clicked in the system's
Chromium. What the page marks is compared with what the HTTP interface quotes, and with the file.
"""

import json
import re
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from urllib.request import Request, urlopen

from playwright.sync_api import Error, Page, expect, sync_playwright

from benchmarks.trust.fragments import ARGUMENTS, CHROMIUM, ROOT
from pullquote.articles.files import find_articles, read_article
from pullquote.articles.passages import split_passages
from pullquote.errors import PullquoteError

CITATIONS = 70  # of each corpus at least
_ARTICLES = 150  # of each corpus; more only take longer to embed
_SEED = 11
_STARTS_WITHIN = 300  # seconds, the first refresh included
_WAITS = 20_000  # milliseconds
_WORDS = (6, 30)  # of a sentence that is asked
_LONGEST = 60_000  # characters of an article; longer ones only cost time
_MOST_ASKED = 4  # times as many questions as citations are wanted
_MARKED = (
    "all => all.filter(m => m.getAttribute('aria-current') === 'true').map(m =>"
    " [m.textContent, Number(m.dataset.start), Number(m.dataset.end)])"
)


@dataclass(frozen=True, slots=True)
class Clicked:
    """One citation that was clicked: `trouble` is "" where the words were marked in their place."""

    place: str
    trouble: str


class Chat:
    """Asks in the browser and over HTTP, and clicks what is cited."""

    def __init__(self, page: Page, address: str, corpus: Path) -> None:
        self._page, self._address, self._corpus = page, address, corpus

    def click_all(self, question: str) -> list[Clicked]:
        """Ask in a new conversation and click every citation, the last one first."""
        quotes = self._quotes(question)
        if not quotes:
            return []
        self._ask(question)
        shown = self._page.locator("figure a.cite")
        expect(shown).to_have_text([f"[{n}]" for n in range(1, len(quotes) + 1)])
        clicked = [self._click(n, quotes[n - 1]) for n in range(len(quotes), 0, -1)]
        return clicked[::-1]

    def _ask(self, question: str) -> None:
        if not self._page.url.startswith(self._address):
            self._page.goto(self._address)
            expect(self._page.locator("#status")).to_contain_text("passages", timeout=_WAITS)
        if self._page.locator("#chat .answer").count():
            self._page.get_by_role("button", name="New conversation").click()
            expect(self._page.locator("#chat .answer")).to_have_count(0, timeout=_WAITS)
        box = self._page.get_by_role("textbox", name="Question")
        box.fill(question)
        box.press("Enter")
        expect(self._page.locator("#chat a.retry")).to_have_count(1, timeout=_WAITS)

    def _click(self, number: int, quote: dict[str, Any]) -> Clicked:
        place = f"{quote['article']}:{quote['start']}-{quote['end']}"
        self._page.locator("figure a.cite").nth(number - 1).click()
        current = self._page.locator(f'mark.quote[data-n="{number}"][aria-current="true"]')
        try:
            expect(current.first).to_be_in_viewport(timeout=_WAITS)
        except AssertionError:
            return Clicked(place, "nothing is marked in view")
        marks = self._page.locator(f'mark.quote[data-n="{number}"]').evaluate_all(_MARKED)
        return Clicked(place, self._compare(quote, marks))

    def _compare(self, quote: dict[str, Any], marks: Sequence[tuple[str, int, int]]) -> str:
        with (self._corpus / quote["article"]).open(encoding="utf-8", newline="") as file:
            text = file.read()
        if " ".join(words for words, _, _ in marks) != quote["text"]:
            return "other words are marked"
        if text[quote["start"] : quote["end"]] != quote["source"]:
            return "the file does not have the words there"
        low, high = marks[0][1], marks[-1][2]
        return "" if quote["start"] <= low < high <= quote["end"] else "a mark is out of place"

    def _quotes(self, question: str) -> list[dict[str, Any]]:
        body = json.dumps({"question": question}).encode()
        kind = {"content-type": "application/json"}
        with urlopen(Request(f"{self._address}/api/v1/ask", body, kind)) as reply:
            quotes: list[dict[str, Any]] = json.load(reply)["quotes"]
        return quotes


@contextmanager
def open_chat(corpus: Path, work: Path) -> Iterator[Chat]:
    """Serve a corpus and open a browser."""
    with (work / "log").open("w") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "pullquote", "chat", "--port", "0", "--no-watch"),
                *("--corpus", str(corpus), "--embeddings", str(work / "embeddings")),
            ],
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
        try:
            address = _wait_for_address(process, work / "log")
            with sync_playwright() as play:
                browser = play.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                page.set_default_timeout(_WAITS)
                yield Chat(page, address, corpus)
                browser.close()
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait_for_address(process: "subprocess.Popen[bytes]", log: Path) -> str:
    began = time.monotonic()
    while time.monotonic() - began < _STARTS_WITHIN and process.poll() is None:
        ready = re.search(r"^Pullquote is ready at (\S+)$", log.read_text("utf-8"), re.MULTILINE)
        if ready:
            return ready[1]
        time.sleep(0.2)
    raise RuntimeError(f"the app did not start: {log.read_text('utf-8')}")


def click_citations(corpus: Path, work: Path, count: int) -> list[Clicked]:
    """Ask about random articles of a corpus until so many citations were clicked."""
    random = Random(_SEED)
    clicked: list[Clicked] = []
    with open_chat(corpus, work) as chat:
        for question in questions_about(corpus, random, _MOST_ASKED * count):
            if len(clicked) >= count:
                break
            try:
                clicked += chat.click_all(question)
            except (AssertionError, Error) as error:
                clicked.append(Clicked(question, f"not answered as quoted: {str(error)[:200]}"))
    return clicked


def questions_about(corpus: Path, random: Random, count: int) -> Iterator[str]:
    """Yield sentences of random articles, each to be asked."""
    articles = []
    for path in find_articles(corpus):
        try:
            article, _ = read_article(path, (corpus / path).read_bytes())
        except PullquoteError:
            continue
        if len(article.text) <= _LONGEST and not article.draft:
            articles.append(article)
    for article in random.choices(articles, k=count):
        sentences = [s for passage in split_passages(article) for s in passage.sentences]
        words = [article.show(sentence).strip() for sentence in sentences]
        fit = [text for text in words if _WORDS[0] <= len(text.split()) <= _WORDS[1]]
        if fit:
            yield random.choice(fit)


def measure(data: Path, work: Path, *, quick: bool) -> dict[str, Any]:
    """Click the citations of answers out of the sample and each real site; count what is marked."""
    wanted = CITATIONS // 10 if quick else CITATIONS
    figures: dict[str, Any] = {}
    failures: list[str] = []
    for name, corpus in _corpora(data, work):
        clicked = click_citations(corpus, corpus.parent, wanted)
        wrong = [one for one in clicked if one.trouble]
        figures[name] = {"citations": len(clicked), "marked exactly": len(clicked) - len(wrong)}
        failures += [f"{name}/{one.place}: {one.trouble}" for one in wrong]
        print(f"clicks: {name}: {figures[name]}", file=sys.stderr, flush=True)
    total = sum(one["citations"] for one in figures.values())
    exact = sum(one["marked exactly"] for one in figures.values())
    figures |= {
        "citations": total,
        "marked exactly": exact,
        "ratio": round(exact / total, 4),
        "articles of each corpus at most": _ARTICLES,
        "failures": failures,
    }
    print(f"clicks: {figures}")
    return figures


def _corpora(data: Path, work: Path) -> Iterator[tuple[str, Path]]:
    """Yield the sample corpus and random articles of each site, each in a folder of its own."""
    (work / "sample").mkdir()
    shutil.copytree(ROOT / "corpus", work / "sample" / "corpus")
    yield "sample", work / "sample" / "corpus"
    for archive in sorted((data / "corpora").glob("*.tar.gz")):
        name = archive.name.removesuffix(".tar.gz")
        with tarfile.open(archive) as packed:
            packed.extractall(work / name / "all", filter="data")
        paths = tuple(find_articles(work / name / "all"))
        for path in Random(_SEED).sample(paths, min(_ARTICLES, len(paths))):
            home = work / name / "corpus" / path
            home.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(work / name / "all" / path, home)
        yield name, work / name / "corpus"
