"""Measure whether every quote of real articles that are edited is given the right status.

Quotes are sentences that stand once in their corpus. First nothing is edited, then one character
inside of each quote, then whole files: paragraphs put in, taken out, moved, wrapped anew, a word
made bold, other line breaks, the file renamed, renamed and edited, removed. What happened to each
quote follows from how the edit was made; an edit is only made where it can do nothing else.
"""

import random
import re
import sys
import tarfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.trust.citation_edits import EDITS, Edited, with_other_character
from pullquote import Article, Chatbot, Quote, Span
from pullquote.articles.files import find_articles, read_article, read_bytes
from pullquote.articles.passages import split_passages
from pullquote.errors import ArticleUnreadable
from pullquote.verification.anchoring import read_visible

QUOTES = 5_000  # over all corpora, for the first two parts
FILES = 1_000  # edited, over all corpora
PER_FILE = 5  # quotes of an edited file
SEED = 20
_WORD = re.compile(r"\w+")


def measure(data: Path, work: Path, *, quick: bool) -> dict[str, Any]:
    """Verify quotes of real articles before and after edits; return counts and what was wrong."""
    archives = sorted((data / "corpora").glob("*.tar.gz"))
    part = (10 if quick else 1) * max(len(archives), 1)
    totals: Counter[str] = Counter()
    confusion: Counter[str] = Counter()
    kinds: dict[str, Counter[str]] = {}
    for archive in archives:
        corpus = _unpack(archive, work)
        began = time.monotonic()
        trial = _Trial(corpus, random.Random(SEED))
        _check_unchanged(trial, QUOTES // part, totals)
        _check_characters(trial, QUOTES // part, totals)
        _check_files(trial, FILES // part, totals, confusion, kinds)
        print(f"{archive.name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    figures = {
        **totals,
        "right_share": round(totals["right"] / max(totals["checked"], 1), 5),
        "confusion": dict(sorted(confusion.items())),
        "kinds": {name: dict(kinds[name]) for name in sorted(kinds)},
    }
    for name, value in figures.items():
        print(f"{name:24} {value}")
    return figures


class _Trial:
    """One corpus: its articles, and the quotes that stand in it only once."""

    def __init__(self, corpus: Path, dice: random.Random) -> None:
        self.corpus, self.dice = corpus, dice
        self.bot = Chatbot(corpus, embeddings=corpus.parent / "unused")
        self.articles: dict[str, Article] = {}
        self._shown: list[str] = []
        self._postings: dict[str, list[int]] = defaultdict(list)  # word -> numbers of articles
        for article in _read_all(corpus):
            words = read_visible(article).text
            for word in set(_WORD.findall(words)):
                self._postings[word].append(len(self._shown))
            self._shown.append(words)
            self.articles[article.path] = article
        self.paths = sorted(self.articles)
        dice.shuffle(self.paths)

    def quotes_of(self, path: str, most: int) -> tuple[Quote, ...]:
        """Return some of an article's sentences that stand nowhere else, in order."""
        article = self.articles[path]
        spans = [span for p in split_passages(article) for span in p.sentences]
        self.dice.shuffle(spans)
        chosen: list[Span] = []
        for span in spans:
            if len(chosen) == most:
                break
            if not any(span.meets(other) for other in chosen) and self._is_single(article, span):
                chosen.append(span)
        return tuple(Quote(article, span, 1.0) for span in sorted(chosen))

    def sample(self, count: int) -> list[Quote]:
        """Return quotes from all articles in turn."""
        found: list[Quote] = []
        most = -(-count // max(len(self.paths), 1)) + 1
        for path in self.paths:
            if len(found) < count:
                found += self.quotes_of(path, most)
        return found[:count]

    def verify(self, quotes: Sequence[Quote]) -> list[tuple[str, bool]]:
        """Return each quote's status, and whether its words are read at the place that it tells."""
        exported = {"quotes": [quote.to_dict() for quote in quotes]}
        found: list[tuple[str, bool]] = []
        for quote, checked in zip(quotes, self.bot.verify(exported), strict=True):
            place = checked.place
            reads = place is None or quote.text == _shown(self.corpus, place.article, place.span)
            found.append((checked.status, reads))
        return found

    def write(self, path: str, text: str) -> None:
        """Write a file of the corpus."""
        place = self.corpus / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode())

    def restore(self) -> None:
        """Make the corpus what it was."""
        for path, article in self.articles.items():
            self.write(path, article.text)

    def _is_single(self, article: Article, span: Span) -> bool:
        shown = article.show(span)
        numbers = min((self._postings[w] for w in _WORD.findall(shown)), key=len, default=[])
        return sum(self._shown[number].count(shown) for number in numbers) == 1


def _check_unchanged(trial: _Trial, count: int, totals: Counter[str]) -> None:
    quotes = trial.sample(count)
    found = trial.verify(quotes)
    totals["unchanged"] += len(found)
    totals["unchanged_exact"] += sum(status == "exact" for status, _ in found)
    totals["unchanged_misread"] += sum(not reads for _, reads in found)


def _check_characters(trial: _Trial, count: int, totals: Counter[str]) -> None:
    """Change one visible character of each quote, the last in a file first."""
    quotes = trial.sample(count)
    texts = {quote.article.path: quote.article.text for quote in quotes}
    for quote in sorted(quotes, key=lambda quote: -quote.span.start):
        path = quote.article.path
        texts[path] = with_other_character(texts[path], quote, trial.dice)
    for path, text in texts.items():
        trial.write(path, text)
    found = trial.verify(quotes)
    trial.restore()
    totals["characters"] += len(found)
    totals["characters_caught"] += sum(status == "changed" for status, _ in found)
    totals["characters_exact"] += sum(status == "exact" for status, _ in found)


def _check_files(
    trial: _Trial,
    count: int,
    totals: Counter[str],
    confusion: Counter[str],
    kinds: dict[str, Counter[str]],
) -> None:
    expected: list[tuple[str, Quote, str]] = []
    done = 0
    for path in trial.paths:
        if done == count:
            break
        names = sorted(EDITS)
        trial.dice.shuffle(names)
        for name in names:
            edited = EDITS[name](trial.articles[path], trial.dice)
            quotes = trial.quotes_of(path, PER_FILE) if edited else ()
            if edited and quotes:
                _apply(trial, path, edited)
                expected += [(name, quote, _truth(quote, edited)) for quote in quotes]
                done += 1
                break
    found = trial.verify([quote for _, quote, _ in expected])
    totals["files"] += done
    for (name, quote, truth), (status, reads) in zip(expected, found, strict=True):
        right = status == truth and reads
        totals["checked"] += 1
        totals["right"] += right
        totals["false_exact"] += status == "exact" and truth != "exact"
        totals["false_moved"] += status == "moved" and truth != "moved"
        totals["misread"] += not reads
        confusion[f"{truth} -> {status}"] += 1
        kinds.setdefault(name, Counter())["right" if right else "wrong"] += 1
        if not right:
            print(f"{name}: {quote.location}: {status}, not {truth}", file=sys.stderr)


def _apply(trial: _Trial, path: str, edited: Edited) -> None:
    if edited.path is not None:
        (trial.corpus / path).unlink()
    if edited.path != "":
        trial.write(edited.path or path, edited.text)


def _truth(quote: Quote, edited: Edited) -> str:
    if edited.path == "":
        return "gone"
    if not edited.keeps(quote):
        return "changed" if edited.path is None else "gone"
    same = edited.path is None and quote.span.of(edited.text) == quote.source
    return "exact" if same else "moved"


# -- corpora


def _unpack(archive: Path, work: Path) -> Path:
    corpus = work / archive.name.removesuffix(".tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(corpus, filter="data")
    return corpus


def _read_all(corpus: Path) -> Iterator[Article]:
    for path in find_articles(corpus):
        try:
            yield read_article(path, read_bytes(corpus, path))[0]
        except ArticleUnreadable:
            continue  # nothing can be quoted from it


def _shown(corpus: Path, path: str, span: Span) -> str:
    return read_article(path, read_bytes(corpus, path))[0].show(span)
