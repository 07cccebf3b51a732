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
from playwright.sync_api import Browser, BrowserContext, ViewportSize, sync_playwright

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
def chromium() -> str:
    """Return where the browser is."""
    if _CHROMIUM is None:
        pytest.skip("no chromium, chromium-browser or google-chrome on PATH")
    return _CHROMIUM


@pytest.fixture(scope="session")
def prepared(chromium: str, sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a corpus and its index, to be copied and not changed."""
    folder = tmp_path_factory.mktemp("prepared")
    corpus = folder / "corpus"
    shutil.copytree(ROOT / "corpus", corpus)
    for path in (corpus, *corpus.rglob("*")):
        path.chmod(path.stat().st_mode | 0o200)  # the sample's files may be read-only
    for name, text in TRAPS.items():
        (corpus / name).parent.mkdir(exist_ok=True)
        (corpus / name).write_bytes(text.encode())
    (corpus / BROKEN).write_bytes(BROKEN_BYTES)
    shutil.copytree(sample_index, folder / "embeddings")
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


@pytest.fixture(scope="session")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder where Chromium keeps what it has loaded and compiled, from file to file."""
    return tmp_path_factory.mktemp("profile")


# Not for the session: while Playwright is open, its event loop runs in the thread of the tests.
@pytest.fixture(scope="module")
def visitor(chromium: str, profile: Path) -> Iterator[BrowserContext]:
    """Open a headless Chromium for one visitor at a time, who has the page's files at hand.

    To load and compile them costs three times as much as all the rest of opening the page.
    """
    with sync_playwright() as play:
        context = play.chromium.launch_persistent_context(
            profile, executable_path=chromium, args=list(_ARGUMENTS)
        )
        yield context
        context.close()


@pytest.fixture(scope="module")
def browser(visitor: BrowserContext) -> Browser:
    """Return that Chromium, for visitors beside the first."""
    assert visitor.browser is not None
    return visitor.browser


@pytest.fixture
def new_tab(visitor: BrowserContext, browser: Browser) -> Iterator[Callable[..., Tab]]:
    """Return a function that opens an empty tab for a new visitor of a server."""
    contexts: list[BrowserContext] = []
    tabs: list[tuple[Tab, str]] = []

    def make(server: Server, width: int = 1280, height: int = 800, **options: Any) -> Tab:  # noqa: ANN401
        size: ViewportSize = {"width": width, "height": height}
        if tabs or options:
            contexts.append(browser.new_context(viewport=size, **options))
            page = contexts[-1].new_page()
        else:
            page = visitor.new_page()
            page.set_viewport_size(size)
        tab = Tab(page)
        tabs.append((tab, server.address))
        tab.watch()
        return tab

    yield make
    for tab, _ in tabs:
        tab.page.close()
    for context in contexts:
        context.close()
    _forget_visits(visitor, {address for _, address in tabs})
    for tab, address in tabs:
        own = (address, "data:", "blob:", "about:")
        assert [url for url in tab.requests if not url.startswith(own)] == []
        assert tab.complaints == []


def _forget_visits(visitor: BrowserContext, addresses: set[str]) -> None:
    """Remove all that pages have kept, but not the files they are made of."""
    blank, *others = visitor.pages
    assert others == []
    session = visitor.new_cdp_session(blank)
    for address in addresses:
        session.send("Storage.clearDataForOrigin", {"origin": address, "storageTypes": "all"})
    session.detach()
    assert visitor.cookies() == []


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
