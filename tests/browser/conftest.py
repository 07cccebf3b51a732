"""The app over the sample corpus and a few traps, a browser, and tabs that tell on the page.

In no test may a page ask another machine for anything, or complain.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.tabs import ROOT, Server, Tab, environment, serve
from tests.browser.traps import BROKEN, BROKEN_BYTES, TRAPS

_CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
# The second half keeps the browser itself from calling home.
_ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a corpus and its index, to be copied and not changed."""
    if _CHROMIUM is None:
        pytest.skip("no chromium, chromium-browser or google-chrome on PATH")
    folder = tmp_path_factory.mktemp("prepared")
    corpus = folder / "corpus"
    shutil.copytree(ROOT / "corpus", corpus)
    for path in (corpus, *corpus.rglob("*")):
        path.chmod(path.stat().st_mode | 0o200)  # the sample's files may be read-only
    for name, text in TRAPS.items():
        (corpus / name).parent.mkdir(exist_ok=True)
        (corpus / name).write_bytes(text.encode())
    (corpus / BROKEN).write_bytes(BROKEN_BYTES)
    subprocess.run(
        [sys.executable, "-m", "pullquote", "refresh"],
        cwd=ROOT,
        env=environment(corpus, folder / "embeddings"),
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, prepared: Path) -> Iterator[Server]:
    """Serve a copy of the prepared folder; its own articles stay as they are."""
    folder = tmp_path_factory.mktemp("browser") / "served"
    shutil.copytree(prepared, folder)
    with serve(folder / "corpus", folder / "embeddings", folder / "log") as server:
        yield server


# Not for the session: while Playwright is open, its event loop runs in the thread of the tests.
@pytest.fixture(scope="module")
def browser(prepared: Path) -> Iterator[Browser]:
    """Open a headless Chromium."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=_CHROMIUM, args=list(_ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def new_tab(browser: Browser) -> Iterator[Callable[..., Tab]]:
    """Return a function that opens an empty tab for a new visitor of a server."""
    contexts: list[BrowserContext] = []
    tabs: list[tuple[Tab, str]] = []

    def make(server: Server, width: int = 1280, height: int = 800, **options: Any) -> Tab:  # noqa: ANN401
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **options))
        tab = Tab(contexts[-1].new_page())
        tabs.append((tab, server.address))
        tab.watch()
        return tab

    yield make
    for context in contexts:
        context.close()
    for tab, address in tabs:
        own = (address, "data:", "blob:", "about:")
        assert [url for url in tab.requests if not url.startswith(own)] == []
        assert tab.complaints == []


@pytest.fixture
def open_tab(new_tab: Callable[..., Tab], server: Server) -> Callable[..., Tab]:
    """Return a function that opens the app for a new visitor; nobody may be tracked or scolded."""

    def open_it(width: int = 1280, height: int = 800, path: str = "", **options: Any) -> Tab:  # noqa: ANN401
        tab = new_tab(server, width, height, **options)
        tab.open(f"{server.address}/{path}")
        return tab

    return open_it


@pytest.fixture
def tab(open_tab: Callable[..., Tab]) -> Tab:
    """Open the app for one visitor."""
    return open_tab()
