"""Take the README's pictures of the running app: python tools/screenshots.py.

Serves corpus/ on a free port, asks real questions in headless Chromium and writes docs/images.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

_HERE = Path(__file__).resolve().parents[1]
_IMAGES = _HERE / "docs" / "images"
_WIDE, _PHONE = (1440, 860), (390, 844)
_SHOTS = (
    ("answer-light", _WIDE, "light", "How much will Amazon spend on AI in 2025?"),
    ("comparison-dark", _WIDE, "dark", "Which company plans to spend most on AI in 2025?"),
    ("silence-light", _WIDE, "light", "What will Amazon's dividend be in 2031?"),
    ("phone-dark", _PHONE, "dark", "Who is the new world chess champion?"),
)
_SETTLE = 1500  # milliseconds, after which suggestions are there and marks have stopped flashing


def main() -> None:
    """Take every picture."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if chromium is None:
        sys.exit("tools/screenshots.py: no chromium on PATH; run: make chromium")
    _IMAGES.mkdir(parents=True, exist_ok=True)
    with _serve() as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, size, theme, question in _SHOTS:
            _shoot(browser, f"{address}?__theme={theme}", size, question, _IMAGES / f"{name}.png")
        browser.close()


@contextmanager
def _serve() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pullquote", "chat", "--port", "0", "--embeddings", folder]
        server = subprocess.Popen(command, cwd=_HERE, stdout=subprocess.PIPE, text=True)
        try:
            line = server.stdout.readline() if server.stdout else ""
            found = re.search(r"http://\S+", line)
            if found is None:
                sys.exit(f"tools/screenshots.py: the app did not start ({line.strip()})")
            yield f"{found[0].rstrip('/')}/"
        finally:
            server.terminate()
            server.wait()


def _shoot(
    browser: Browser, address: str, size: tuple[int, int], question: str, file: Path
) -> None:
    tab = browser.new_context(viewport={"width": size[0], "height": size[1]})
    page: Page = tab.new_page()
    page.goto(address)
    box = page.get_by_role("textbox", name="Question")
    box.fill(question)
    box.press("Enter")
    page.locator("#chat .answer .tools").wait_for()
    page.wait_for_timeout(_SETTLE)
    page.screenshot(path=file)
    tab.close()
    sys.stdout.write(f"{file.relative_to(_HERE)}\n")


if __name__ == "__main__":
    main()
