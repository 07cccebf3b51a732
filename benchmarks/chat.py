"""The page in a browser: how soon it is usable, how soon an answer is shown, and under a crowd.

python -m benchmarks.chat serves corpus/ in a process of its own with an index that is up to date,
and opens it in headless Chromium on the same machine, whose share of the processor is counted in.
"""

import argparse
import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from playwright.async_api import Browser, Error, Page, async_playwright

from benchmarks.record import record
from benchmarks.trust.fragments import ARGUMENTS, CHROMIUM, ROOT

_QUESTIONS = (
    "How much will Amazon spend on AI in 2025?",
    "When does the EU AI Act apply?",
    "What will Amazon's dividend be in 2031?",
    "Who is the new world chess champion?",
    "Why did Nvidia's shares fall in January 2025?",
    "Who is the new mayor of Harrow Bay?",
    "How much will the tram cost?",
    "Which company plans to spend most on AI in 2025?",
)
_STARTS = 3
_WARM = 40  # questions, after each has been asked once
_WAITS = 60_000  # milliseconds
_SHOWN = "#chat .answer a.retry"  # the last thing of a whole answer


@contextmanager
def _serve(embeddings: Path) -> Iterator[tuple[str, float]]:
    """Serve; yield the address and when the command was begun."""
    command = [sys.executable, "-m", "pullquote", "chat", "--port", "0"]
    command += ["--corpus", str(ROOT / "corpus"), "--embeddings", str(embeddings)]
    began = time.perf_counter()
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ}
    )
    try:
        line = server.stdout.readline() if server.stdout else ""
        found = re.search(r"http://\S+", line)
        if found is None:
            sys.exit(f"benchmarks.chat: the app did not start ({line.strip()})")
        yield f"{found[0].rstrip('/')}/", began
    finally:
        server.terminate()
        server.wait()


async def _open(browser: Browser, address: str) -> Page:
    """Open the app as a new visitor; it is usable when it takes questions and knows its index."""
    page = await (await browser.new_context()).new_page()
    page.set_default_timeout(_WAITS)
    await page.goto(address)
    await page.locator("#question textarea").wait_for()
    await page.locator("#status .status-line").wait_for()
    return page


async def _ask(page: Page, question: str) -> float:
    """Ask; return the seconds until the whole answer is shown."""
    answers = page.locator("#chat .answer, #chat .trouble")
    before = await answers.count()
    box = page.locator("#question textarea")
    await box.fill(question)
    began = time.perf_counter()
    await box.press("Enter")
    await answers.nth(before).locator("a.retry").wait_for()
    return time.perf_counter() - began


async def _crowd(browser: Browser, address: str, visitors: int, seconds: float) -> dict[str, Any]:
    """Let visitors ask without a pause."""
    pages = [await _open(browser, address) for _ in range(visitors)]
    ends = time.perf_counter() + seconds
    taken: list[float] = []
    errors: list[str] = []

    async def ask_on(page: Page, number: int) -> None:
        while time.perf_counter() < ends:
            try:
                taken.append(await _ask(page, _QUESTIONS[number % len(_QUESTIONS)]))
            except Error as error:
                errors.append(str(error).splitlines()[0])
                return
            number += 1
        troubled = await page.locator("#chat .trouble").all_inner_texts()
        errors.extend(troubled)

    await asyncio.gather(*(ask_on(page, number) for number, page in enumerate(pages)))
    return {"visitors": visitors, "seconds": seconds, "errors": errors, **_spread(taken)}


def _crowd_over_http(address: str, visitors: int, seconds: float) -> dict[str, Any]:
    """Let as many programs ask over HTTP: what the server does without drawing any page."""
    ends = time.perf_counter() + seconds
    taken: list[float] = []
    errors: list[str] = []

    def ask_on(number: int) -> None:
        while time.perf_counter() < ends:
            body = json.dumps({"question": _QUESTIONS[number % len(_QUESTIONS)]}).encode()
            asked = Request(f"{address}api/v1/ask", body, {"content-type": "application/json"})
            began = time.perf_counter()
            try:
                with urlopen(asked) as reply:
                    reply.read()
                taken.append(time.perf_counter() - began)
            except OSError as error:
                errors.append(str(error))
            number += 1

    with ThreadPoolExecutor(visitors) as pool:
        list(pool.map(ask_on, range(visitors)))
    return {"visitors": visitors, "seconds": seconds, "errors": errors, **_spread(taken)}


def _spread(taken: list[float]) -> dict[str, Any]:
    ordered = sorted(taken) or [float("nan")]
    last = len(ordered) - 1
    p50, p95 = (round(ordered[min(int(share * len(ordered)), last)], 3) for share in (0.5, 0.95))
    return {"questions": len(taken), "p50_s": p50, "p95_s": p95}


async def _measure(visitors: int, seconds: float) -> dict[str, Any]:
    found: dict[str, Any] = {"usable_s": []}
    with tempfile.TemporaryDirectory() as folder:
        async with async_playwright() as play:
            browser = await play.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
            for turn in range(_STARTS + 1):
                with _serve(Path(folder)) as (address, began):
                    page = await _open(browser, address)
                    if turn:  # the first start makes the index
                        found["usable_s"].append(round(time.perf_counter() - began, 2))
                    if turn == _STARTS:
                        for question in _QUESTIONS:
                            await _ask(page, question)
                        taken = [
                            await _ask(page, _QUESTIONS[number % len(_QUESTIONS)])
                            for number in range(_WARM)
                        ]
                        found["warm"] = _spread(taken)
                        await browser.close()  # so that nothing is drawn beside it
                        found["crowd over HTTP"] = await asyncio.to_thread(
                            _crowd_over_http, address, visitors, seconds
                        )
                        browser = await play.chromium.launch(
                            executable_path=CHROMIUM, args=list(ARGUMENTS)
                        )
                        found["crowd"] = await _crowd(browser, address, visitors, seconds)
            await browser.close()
    found["usable_median_s"] = statistics.median(found["usable_s"])
    return found


def main() -> None:
    """Measure and write results/chat.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    found = asyncio.run(_measure(options.visitors, options.seconds))
    print(f"usable page after {found['usable_median_s']} s ({found['usable_s']})")
    print(f"warm question to whole answer: {found['warm']}")
    print(f"crowd over HTTP: {found['crowd over HTTP']}")
    print(f"crowd of pages drawn on this machine: {found['crowd']}")
    print(f"written to {record('chat', found)}")


if __name__ == "__main__":
    main()
