"""Links to quotes: do they scroll to the quoted words, and highlight those and nothing else.

Articles are rendered by another Markdown parser than Pullquote's, served on 127.0.0.1 and opened
in the system's Chromium by the links of quotes chosen at random. A browser does not tell what it
highlights, so a screenshot is compared with the places of the words. The words are found on the
page without Pullquote: by a second rendering, with a mark in the source before and after them.
"""

import html
import io
import re
import shutil
import sys
import tarfile
import threading
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from pullquote import Article, Quote, Span
from pullquote.articles.files import find_articles, read_article
from pullquote.articles.passages import split_passages
from pullquote.errors import PullquoteError
from pullquote.markdown.templates import find_templates

_LONE_RETURN = re.compile(r"\r(?!\n)")
ROOT = Path(__file__).resolve().parents[2]
LINKS = 400
_OWN = 0.25  # of the links go to the sample corpus
_REPEATED = 0.1  # of the links go to sentences that stand twice on their page
_SEED = 7
# Nothing on the page tells the two apart if the words around them are the same as well.
_IN_SUMMARY = "the same words in the summary are highlighted"
_TRIES = 100  # articles that are looked at for a repeated sentence
_LONGEST = 60_000  # characters of an article; longer ones only cost time
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
_BEGIN, _END = "\ue000", "\ue001"  # of the private use area: no article has them
_COLOUR = (255, 0, 255)
_NEAR = 60  # sum of differences of the three channels, for smoothed edges
_COVERED = 0.5  # of a word's box; a picture of a face hides some of the colour
_MARGIN_X, _MARGIN_Y = 3, 7  # pixels around a line that may be painted with it
_STRAY = 12  # pixels that may lie elsewhere
_LAYOUT = 400  # milliseconds until a highlight is surely painted
_STYLE = """
::target-text { background: #f0f; color: #f0f }
body { font: 16px/24px sans-serif; width: 900px; margin: 8px; overflow-wrap: anywhere }
pre { white-space: pre-wrap } body * { max-width: 900px; animation: none !important }
footer { height: 2000px } a { text-decoration: none }
"""
_PAGE = """<!doctype html><meta charset="utf-8"><title>{title}</title><style>{style}</style>
<header><a href="#">Home</a> <a href="#">All articles</a> <a href="#">About</a></header>
<main>{heading}{lead}<p>Published by the editors, a short read</p>
{body}</main><footer>Read on: all articles</footer>"""
# Where the words between the two marks stand: the box of each word and of each line.
_BOXES = """marked => {
  const text = new DOMParser().parseFromString(marked, 'text/html').body.textContent;
  const low = text.indexOf('\\ue000'), high = text.indexOf('\\ue001') - 1;
  const words = [], lines = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const boxes = (node, from, to) => {
    const range = document.createRange();
    range.setStart(node, from); range.setEnd(node, to);
    return [...range.getClientRects()].map(r => [r.left, r.top, r.right, r.bottom]);
  };
  for (let at = 0, node; (node = walker.nextNode()); at += node.data.length) {
    const from = Math.max(0, low - at), to = Math.min(node.data.length, high - at);
    if (from >= to) continue;
    lines.push(...boxes(node, from, to));
    for (const word of node.data.slice(from, to).matchAll(/\\S+/g))
      words.push(...boxes(node, from + word.index, from + word.index + word[0].length));
  }
  return {words, lines, page: document.body.textContent === text.replace(/[\\ue000\\ue001]/g, '')};
}"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader sees who opens a link: `trouble` is "" where it is the words and no more."""

    trouble: str
    scrolled: bool


class Reader:
    """Opens links in a browser, from an empty page as a click from elsewhere would."""

    def __init__(self, page: Page, address: str, pages: dict[str, str]) -> None:
        self._page, self._address, self._pages = page, address, pages

    def look(self, article: Article, span: Span, fragment: str = "") -> Seen | None:
        """Open a quote's link, or another, and compare; None if no mark can be set on the page."""
        page = f"{self._address}/page"
        url = (
            f"{page}#:~:text={fragment}"
            if fragment
            else Quote(replace(article, url=page, draft=False), span, 1.0).url
        )
        plain, marked = render(article), render(article, span)
        if marked.translate({ord(_BEGIN): None, ord(_END): None}) != plain:
            return None
        self._pages["/page"] = plain
        self._page.goto("about:blank")
        self._page.goto(str(url))
        painted = self._painted()
        if not painted.any():
            self._page.wait_for_timeout(_LAYOUT)
            painted = self._painted()
        boxes = self._page.evaluate(_BOXES, marked)
        if not boxes["page"] or not boxes["words"]:
            return None
        height, _ = painted.shape
        _, top, _, bottom = boxes["words"][0]
        return Seen(_compare(painted, boxes), 0 <= top < bottom <= height)

    def _painted(self) -> NDArray[np.bool_]:
        shot = Image.open(io.BytesIO(self._page.screenshot())).convert("RGB")
        far = np.abs(np.asarray(shot, dtype=np.int16) - np.array(_COLOUR)).sum(axis=2)
        painted: NDArray[np.bool_] = far < _NEAR
        return painted


@contextmanager
def open_reader() -> Iterator[Reader]:
    """Serve pages on 127.0.0.1 and open a browser; nothing else can be reached from a page."""
    pages: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path, "").encode()
            self.send_response(200 if body else 404)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            policy = "default-src 'none'; style-src 'unsafe-inline'"
            self.send_header("content-security-policy", policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
            page = browser.new_page(viewport={"width": 920, "height": 800})
            yield Reader(page, f"http://127.0.0.1:{server.server_port}", pages)
            browser.close()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def render(article: Article, span: Span | None = None) -> str:
    """Return an article's page, with a mark before and after the words of a span."""
    lines = _LONE_RETURN.sub("\n", article.text)
    hidden = find_templates(lines, article.body)
    parts, place = [], article.body
    marks = [(span.start, span.start, _BEGIN), (span.end, span.end, _END)] if span else []
    # A template in a link's place is a link for its site.
    links = ["#" if lines.startswith("](", low - 2) else "" for low, _ in hidden]
    templates = [(*mark, put) for mark, put in zip(hidden, links, strict=True)]
    for low, high, put in sorted([*templates, *marks]):
        parts += [lines[place:low], put]
        place = max(place, high)
    body = _markdown().render("".join([*parts, lines[place:]]))
    # Half of the sites show the summary above the article.
    teaser = article.summary if zlib.crc32(article.path.encode()) % 2 else ""
    return _PAGE.format(
        title=html.escape(article.title),
        style=_STYLE,
        heading=f"<h1>{html.escape(article.title)}</h1>" if article.titled else "",
        lead=f"<p>{html.escape(teaser)}</p>" if teaser else "",
        body=body,
    )


def _markdown() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return reader.use(footnote_plugin).use(deflist_plugin)


def _compare(painted: NDArray[np.bool_], boxes: dict[str, list[list[float]]]) -> str:
    height, _ = painted.shape
    inside = [box for box in boxes["words"] if box[1] >= 0 and box[3] <= height]
    missing = sum(_part(painted, box).mean() < _COVERED for box in inside)
    beyond = painted.copy()
    for box in boxes["lines"]:
        _part(beyond, box, _MARGIN_X, _MARGIN_Y)[:] = False
    if not painted.any():
        return "nothing is highlighted"
    if missing == len(inside):
        return "other words are highlighted"
    if missing:
        return "some words are not highlighted"
    return "more is highlighted" if beyond.sum() > _STRAY else ""


def _part(
    pixels: NDArray[np.bool_], box: list[float], margin_x: int = 0, margin_y: int = 0
) -> NDArray[np.bool_]:
    left, top, right, bottom = map(round, box)
    rows = slice(max(0, top - margin_y), max(0, bottom + margin_y))
    part: NDArray[np.bool_] = pixels[rows, max(0, left - margin_x) : max(1, right + margin_x)]
    return part if part.size else np.ones((1, 1), dtype=np.bool_)


def measure(data: Path, work: Path, *, quick: bool) -> dict[str, Any]:
    """Open the links of quotes chosen at random and count what is highlighted and scrolled to."""
    random = Random(_SEED)
    count = LINKS // 10 if quick else LINKS
    for archive in sorted((data / "corpora").glob("*.tar.gz")):
        with tarfile.open(archive) as packed:
            packed.extractall(work / "fragments", filter="data")
    own, real = _list(ROOT / "corpus"), _list(work / "fragments")
    troubles: Counter[str] = Counter()
    failures: list[str] = []
    done = scrolled = unmarked = 0
    with open_reader() as reader:
        while done < count:
            article, span = _pick(random, own if random.random() < _OWN else real)
            seen = reader.look(article, span)
            if seen is None:
                unmarked += 1
                continue
            done += 1
            scrolled += seen.scrolled
            if seen.trouble or not seen.scrolled:
                trouble = seen.trouble or "not scrolled to"
                if article.show(span) in article.summary:
                    trouble = _IN_SUMMARY
                troubles[trouble] += 1
                failures.append(f"{article.path}:{span.start}-{span.end}: {trouble}")
            if done % 20 == 0:
                print(f"fragments: {done} of {count} links", file=sys.stderr)
    exact = done - sum(n for trouble, n in troubles.items() if trouble != "not scrolled to")
    figures = {
        "links": done,
        "highlighted exactly": exact,
        "scrolled into view": scrolled,
        "ratio": round(exact / done, 4),
        "troubles": dict(troubles),
        "failures": failures,
        "could not be marked": unmarked,
    }
    print(f"fragments: {figures}")
    return figures


def _list(folder: Path) -> list[tuple[Path, str]]:
    return [(folder, path) for path in find_articles(folder)]


def _pick(random: Random, places: list[tuple[Path, str]]) -> tuple[Article, Span]:
    """Return a sentence of a random article; some stand more than once in it."""
    wants_repeated = random.random() < _REPEATED
    for folder, path in random.choices(places, k=_TRIES):
        article = _read(folder, path)
        if article is None:
            continue
        sentences = [s for passage in split_passages(article) for s in passage.sentences]
        if wants_repeated:
            counts = Counter(map(article.show, sentences))
            sentences = [s for s in sentences if counts[article.show(s)] > 1]
        if sentences:
            return article, random.choice(sentences)
    return _pick(random, places)


def _read(folder: Path, path: str) -> Article | None:
    try:
        article, _ = read_article(path, (folder / path).read_bytes())
    except PullquoteError:
        return None
    return article if len(article.text) <= _LONGEST else None
