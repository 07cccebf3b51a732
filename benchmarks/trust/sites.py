"""Four real sites: whether every file is accounted for, every field right, every span exact.

The expected values come from `second_reading`, which shares no code with the package.
"""

import re
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from benchmarks.trust.second_reading import Reading, expect, raw_line, read_again, utc_day
from pullquote.articles.files import find_articles, read_article, read_bytes
from pullquote.articles.passages import split_passages
from pullquote.articles.site import Site
from pullquote.errors import ArticleUnreadable, InputError
from pullquote.evidence.quoting import quote_at
from pullquote.markdown import blocks_in
from pullquote.spans import Span
from pullquote.types import Article

SPANS = 20_000
_SHOWN = 12  # disagreements and misses that are listed
_LINK = re.compile(
    r"""https?://[^\s<>"')\]]+|(?<=\]\()/(?!/)[^\s)"'>]*|(?<=href=")/(?!/)[^"]*"""
    r"""|(?<=\{\{ ")/[^"]*(?=" \| url)"""
)
_FILE = re.compile(r"\.(?!html?$)[A-Za-z][A-Za-z0-9]{1,4}$")
# What each site's own configuration says of its addresses, and all hosts that it had.
SITES = {
    "18f": (
        'base_url = "https://18f.gsa.gov"\ngenerator = "jekyll"\n[permalinks]\n'
        '"content/posts" = "/:year/:month/:day/:title/"\n"content/pages" = "/:path/"\n',
        {"18f.gsa.gov"},
    ),
    "digitalgov": (
        'base_url = "https://digital.gov"\ngenerator = "hugo"\n[permalinks]\n'
        'news = "/:year/:month/:day/:slug/"\nevents = "/event/:year/:month/:day/:slug/"\n',
        {"digital.gov", "www.digital.gov", "digitalgov.gov", "www.digitalgov.gov"},
    ),
    "opensuse_news": (
        'base_url = "https://news.opensuse.org"\ngenerator = "jekyll"\n'
        'permalinks = "/:year/:month/:day/:title/"\n',
        {"news.opensuse.org"},
    ),
    "rustblog": ('base_url = "https://blog.rust-lang.org"\n', {"blog.rust-lang.org"}),
}


class Corpus(NamedTuple):
    """A site's files as they were read: articles, why others were skipped, and all texts."""

    articles: Mapping[str, Article]
    skipped: Mapping[str, str]
    texts: Mapping[str, str]
    cpu_seconds: float


def measure(data: Path, work: Path, *, quick: bool) -> dict[str, Any]:
    """Read the four sites and compare; `quick` draws a tenth of the spans."""
    figures: dict[str, Any] = {}
    spans = SPANS // (10 if quick else 1) // len(SITES)
    for name, (settings, hosts) in SITES.items():
        print(f"sites: {name}", file=sys.stderr, flush=True)
        folder = _unpack(data / "corpora" / f"{name}.tar.gz", work / name)
        site = Site.parse(settings)
        corpus = _read(folder, site)
        figures[name] = {
            "files": _account(folder, corpus),
            "cpu_seconds": corpus.cpu_seconds,
            "fields": _compare(corpus),
            "addresses": _check_addresses(corpus, name),
            "links": _follow_links(corpus, hosts),
            "spans": _check_spans(folder, corpus, spans),
        }
        print(name, figures[name])
    return figures


def _unpack(archive: Path, folder: Path) -> Path:
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    (root,) = (path for path in folder.iterdir() if path.is_dir())
    return root


def _read(folder: Path, site: Site) -> Corpus:
    articles, skipped, texts = {}, {}, {}
    begun = time.process_time()
    for path in find_articles(folder, site):
        try:
            data = read_bytes(folder, path)
            texts[path] = data.decode("utf-8", "replace")
            articles[path], _ = read_article(path, data, site)
        except ArticleUnreadable as error:
            skipped[path] = str(error)
    return Corpus(articles, skipped, texts, round(time.process_time() - begun, 2))


def _account(folder: Path, corpus: Corpus) -> dict[str, Any]:
    """Count what became of every file below the folder."""
    found = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    visible = [path for path in found if not any(part.startswith(".") for part in path.parts)]
    markdown = [path for path in visible if path.suffix.lower() in (".md", ".markdown")]
    known = corpus.articles.keys() | corpus.skipped.keys()
    return {
        "all": len(found),
        "hidden": len(found) - len(visible),
        "not Markdown": len(visible) - len(markdown),
        "indexed": len(corpus.articles),
        "skipped": dict(Counter(corpus.skipped.values())),
        "lost": len({path.as_posix() for path in markdown} - known),
    }


def _compare(corpus: Corpus) -> dict[str, Any]:
    """Count, field by field, where both readings agree among the articles that have it."""
    agree: Counter[str] = Counter()
    compared: Counter[str] = Counter()
    differ: list[str] = []
    broken: list[str] = []
    for path, article in corpus.articles.items():
        reading = read_again(corpus.texts[path])
        if reading is None:
            broken.append(path)
            continue
        for name, wanted in expect(reading, path).items():
            if name == "aliases":
                wanted = tuple(dict.fromkeys(map(_path_of, wanted)))
            ours = _ours(article, name)
            if name == "title" and not wanted:
                continue  # it comes from a heading or the path
            compared[name] += bool(wanted or ours)
            agree[name] += ours == wanted and bool(ours)
            if ours != wanted:
                differ.append(f"{path}: {name}: {ours!r}, not {wanted!r}")
        compared["body"] += 1
        agree["body"] += _same_body(article, reading)
    print(*differ[:_SHOWN], sep="\n", file=sys.stderr)
    return {
        "agree/compared": {name: [agree[name], compared[name]] for name in sorted(compared)},
        "differ": differ[:_SHOWN],
        "not loadable": len(broken),
        "not loadable, lines read as written": _check_broken(corpus, broken),
    }


def _ours(article: Article, name: str) -> Any:  # noqa: ANN401 -- the type of the field
    value = getattr(article, name)
    if name == "aliases":
        return tuple(_path_of(alias) for alias in value)
    return value


def _same_body(article: Article, reading: Reading) -> bool:
    own = article.text[article.body :].replace("\r\n", "\n").replace("\r", "\n")
    return own.strip() == reading.body.strip()


def _check_broken(corpus: Corpus, paths: list[str]) -> list[int]:
    """Count the titles and dates of broken front matter that read as their raw lines do."""
    right = total = 0
    for path in paths:
        article = corpus.articles[path]
        for key, ours in (("title", article.title), ("date", str(article.date))):
            raw = raw_line(corpus.texts[path], key)
            if raw is not None:
                total += 1
                right += ours == (raw[:10] if key == "date" else " ".join(raw.split()))
    return [right, total]


def _check_addresses(corpus: Corpus, name: str) -> dict[str, Any]:
    """Compare with addresses that the files tell themselves, or that a second rule makes."""
    right = total = 0
    misses = []
    for path, article in corpus.articles.items():
        reading = read_again(corpus.texts[path])
        wanted = _wanted_address(name, path, reading) if reading else None
        if wanted:
            total += 1
            right += (article.url or "").rstrip("/") == wanted.rstrip("/")
            if (article.url or "").rstrip("/") != wanted.rstrip("/"):
                misses.append(f"{path}: {article.url}, not {wanted}")
    given = [article.url for article in corpus.articles.values() if article.url]
    return {
        "of articles": len(corpus.articles),
        "have one": len(given),
        "twice": len(given) - len(set(given)),
        "right/compared": [right, total],
        "misses": misses[:_SHOWN],
    }


def _wanted_address(name: str, path: str, reading: Reading) -> str | None:
    words = reading.words
    if words.get("canonical"):
        return str(words["canonical"])  # first published elsewhere
    day = utc_day(reading) if name == "opensuse_news" else expect(reading, path)["date"]
    if name == "rustblog":
        return f"https://blog.rust-lang.org/{words['path']}" if words.get("path") else None
    if name == "opensuse_news" and "_posts/" in path and day:
        slug = words.get("slug") or re.sub(r"^\d+-\d+-\d+-", "", Path(path).stem)
        slug = re.sub(r"[^\w.~!$&'()+,;=@]+", "-", slug).strip("-")
        return f"https://news.opensuse.org/{day:%Y/%m/%d}/{slug}"
    if name == "digitalgov" and path.startswith("content/news/") and day and words.get("slug"):
        return f"https://digital.gov/{day:%Y/%m/%d}/{words['slug']}"
    if name == "18f" and path.startswith("content/posts/") and day:
        slug = re.sub(r"^\d+-\d+-\d+-", "", Path(path).stem)
        if words.get("permalink"):
            return f"https://18f.gsa.gov{words['permalink']}"
        return f"https://18f.gsa.gov/{day:%Y/%m/%d}/{slug}"
    return None


def _follow_links(corpus: Corpus, hosts: set[str]) -> dict[str, Any]:
    """Count the links from article to article that meet a computed address or alias."""
    homes: dict[str, str] = {}
    for path, article in corpus.articles.items():
        for address in (article.url or "", *article.aliases):
            if urlsplit(address).netloc in hosts:
                homes.setdefault(_path_of(address), path)
    met: set[str] = set()
    linked: set[str] = set()
    missed: Counter[str] = Counter()
    for path in corpus.articles:
        for link in _own_links(corpus.texts[path], hosts):
            if link not in homes:
                missed[link] += 1
            elif homes[link] != path:
                met.add(link)
                linked.add(homes[link])
    dated = re.compile(r"/(?:event/|inside-rust/)?\d{4}/\d\d/\d\d/")
    return {
        "articles linked to": len(linked),
        "distinct links met": len(met),
        "distinct links missed": len(missed),
        "of them to dated pages": [
            sum(bool(dated.match(link)) for link in links) for links in (met, missed)
        ],
        "missed dated pages": sorted(link for link in missed if dated.match(link))[:_SHOWN],
        "missed most": [list(pair) for pair in missed.most_common(_SHOWN)],
    }


def _own_links(text: str, hosts: set[str]) -> Iterator[str]:
    for link in _LINK.findall(text):
        try:
            parts = urlsplit(link.rstrip(".,;*_"))
        except ValueError:
            continue
        path = _path_of(link)
        if (not parts.netloc or parts.netloc in hosts) and not _FILE.search(path):
            yield path


def _path_of(address: str) -> str:
    path = unquote(urlsplit(address.rstrip(".,;*_")).path)
    return "/" + path.removesuffix("index.html").strip("/")


def _check_spans(folder: Path, corpus: Corpus, spans: int) -> dict[str, int]:
    """Read back every sentence, and random parts of random ones."""
    random = Random(20)
    sentences: list[tuple[Article, Span]] = []
    wrong = 0
    for path, article in corpus.articles.items():
        source = (folder / path).open(encoding="utf-8", newline="").read()
        for passage in split_passages(article):
            for span in passage.sentences:
                wrong += not _reads_back(article, span, source)
                sentences.append((article, span))
    wrong_parts = other = 0
    for article, sentence in random.choices(sentences, k=spans):
        source = (folder / article.path).open(encoding="utf-8", newline="").read()
        span, words = _draw(article, sentence, random)
        wrong_parts += not _reads_back(article, span, source)
        other += article.show(span) != words
    return {
        "sentences": len(sentences),
        "sentences wrong": wrong,
        "parts": spans,
        "parts wrong": wrong_parts,
        "parts shown otherwise": other,
    }


def _reads_back(article: Article, span: Span, source: str) -> bool:
    try:
        quote = quote_at(article, span)
    except InputError:
        return False
    return quote.source == source[span.start : span.end] and bool(quote.text.strip())


def _draw(article: Article, sentence: Span, random: Random) -> tuple[Span, str]:
    """Return a part of a sentence between two shown characters, and what is shown of it."""
    leaves = [
        leaf
        for block in blocks_in(article.text, article.body, sentence)
        for leaf in block.shown_in(sentence)
        if leaf[0].text[leaf[1] : leaf[2]].strip()
    ]
    run, low, high = random.choice(leaves)
    seen = [place for place in range(low, high) if not run.text[place].isspace()]
    first, last = sorted((random.choice(seen), random.choice(seen)))
    return run.locate(first, last + 1), run.text[first : last + 1]
