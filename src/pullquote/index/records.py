"""Rows of the catalog, and the way back to the nouns.

What makes no sense is told as SQLite tells of a damaged file, for that is what it is.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from pullquote.articles.files import is_name
from pullquote.markdown import blocks_in
from pullquote.protocols import Vectors
from pullquote.spans import Span
from pullquote.types import Article, Passage

_SENSELESS = (ValueError, TypeError, OverflowError, RecursionError)
_KINDS = (int, str, int, int, int, str, str)
_SCALE = 127.0  # sentence vectors are kept as int8: components of unit vectors lie in [-1, 1]
METADATA = (
    "path, digest, title, date, updated, url, lang, tags, categories, summary, authors, aliases,"
    " draft, publish, expires, titled"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A passage as the catalog keeps it, with the id of its vector."""

    passage: Passage
    vector: int


class RawRow(NamedTuple):
    """A row of `passages` before anything is made of it: most candidates are never looked at."""

    id: int
    path: str
    vector: int
    start: int
    end: int
    headings: str
    sentences: str

    @property
    def place(self) -> tuple[str, int]:
        """What ties are ordered by: file, then start."""
        return self.path, self.start

    @property
    def number_of_sentences(self) -> int:
        """How many sentences the passage has: pairs, in a list."""
        return max(self.sentences.count("[") - 1, 0)


@dataclass(frozen=True, slots=True)
class NewRow:
    """A passage that was just read, with all that is made of its article while that is at hand.

    `words` are what is embedded, with the `places` of the sentences in it; `said` names the
    sentences by their words, see `pullquote.index.view.words_of`.
    """

    passage: Passage
    vector: int
    words: str
    places: tuple[tuple[int, int], ...]
    said: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class VectorRow:
    """What is kept beside a vector: the embedded words and the sentences' vectors."""

    id: int
    words: str
    sentences: Vectors


def article_values(article: Article) -> tuple[object, ...]:
    """Return METADATA, body and text of an article."""
    return (
        article.path,
        article.digest,
        article.title,
        _iso(article.date),
        _iso(article.updated),
        article.url,
        json.dumps(article.lang),
        json.dumps(article.tags),
        json.dumps(article.categories),
        article.summary,
        json.dumps(article.authors),
        json.dumps(article.aliases),
        article.draft,
        _iso(article.publish),
        _iso(article.expires),
        article.titled,
        article.body,
        article.text,
    )


def read_article_row(row: tuple[object, ...]) -> Article:
    """Return the article of METADATA, body and text."""
    (
        path,
        digest,
        title,
        day,
        updated,
        url,
        lang,
        tags,
        categories,
        summary,
        authors,
        aliases,
        draft,
        publish,
        expires,
        titled,
        body,
        text,
    ) = row
    try:
        if not is_name(str(path)):
            raise ValueError("it names no article of a corpus")
        return Article(
            path=str(path),
            digest=str(digest),
            title=str(title),
            date=_day(day),
            updated=_day(updated),
            url=str(url) if url else None,
            lang=_texts(str(lang)),
            tags=_texts(str(tags)),
            categories=_texts(str(categories)),
            summary=str(summary),
            authors=_texts(str(authors)),
            aliases=_texts(str(aliases)),
            draft=bool(draft),
            publish=_day(publish),
            expires=_day(expires),
            titled=bool(titled),
            text=str(text),
            body=int(str(body)),
        )
    except _SENSELESS as error:
        raise senseless(f"the row of {path!r:.80}", error) from error


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


@lru_cache(maxsize=4096)
def _texts(value: str) -> tuple[str, ...]:
    """Return a list that was kept as JSON; a folder of articles has few different ones."""
    found = json.loads(value)
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise ValueError("not a list of words")
    return tuple(found)


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def read_raw(row: Sequence[object]) -> RawRow:
    """Return a row of `passages`; raise TypeError unless it is numbers and words.

    The catalog could hold anything, whatever its columns are declared as.
    """
    if tuple(map(type, row)) != _KINDS:
        raise TypeError("its columns are not of their kinds")
    return RawRow._make(row)


def read_row(row: RawRow, article: Article) -> Row:
    """Return the passage of a row of `passages`."""
    with sound(f"a passage of {article.path!r:.80}"):
        passage = Passage(
            id=row.id,
            article=article,
            span=Span(row.start, row.end),
            headings=_texts(row.headings),
            sentences=tuple(Span(int(a), int(b)) for a, b in json.loads(row.sentences)),
        )
        return Row(passage, row.vector)


def check_places(passage: Passage) -> None:
    """Raise sqlite3.DatabaseError unless the sentences of a passage stand in its article's text."""
    article = passage.article
    with sound(f"a passage of {article.path!r}"):
        for sentence in passage.sentences:
            inside = passage.span.holds(sentence) and sentence.end <= len(article.text)
            if not inside or not any(blocks_in(article.text, article.body, sentence)):
                raise ValueError(f"no sentence stands at {sentence.start}-{sentence.end}")


def pack(sentences: Vectors) -> bytes:
    """Return sentence vectors as bytes, one a number."""
    return np.round(sentences * _SCALE).astype(np.int8).tobytes()


def unpack(blobs: Sequence[bytes], dim: int) -> tuple[Vectors, tuple[int, ...]]:
    """Return packed sentence vectors below each other, and how many each blob had.

    They are as long as they are kept, about 127: whoever wants cosines divides by lengths anyway.
    """
    with sound("a row of sentence vectors"):
        sizes = [len(blob) for blob in blobs]
        if any(size % dim for size in sizes):
            raise ValueError(f"not rows of {dim} numbers")
        rows = np.frombuffer(b"".join(blobs), np.int8).reshape(-1, dim).astype(np.float32)
        return rows, tuple(size // dim for size in sizes)


@contextmanager
def sound(what: str) -> Iterator[None]:
    """Tell of a value that makes no sense as SQLite tells of a damaged file."""
    try:
        yield
    except _SENSELESS as error:
        raise senseless(what, error) from error


def senseless(what: str, error: Exception) -> sqlite3.DatabaseError:
    """Return what SQLite would tell of a damaged file."""
    return sqlite3.DatabaseError(f"{what} cannot be read: {error}")
