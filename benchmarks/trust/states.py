"""Everything that an index shows, so that two of them can be compared; and quotes against files."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.trust.material import QUESTIONS
from pullquote import Chatbot, Embedder, Quote
from pullquote.articles.files import digest_of
from pullquote.index.lexical import Lexical
from pullquote.index.lock import HALF
from pullquote.index.stores import VECTORS_FOLDER
from pullquote.index.stores.faiss import FaissStore
from pullquote.index.stores.faiss_files import read_manifest

# They name this build of the index, not what is in it.
_OWN = ("generation", "lexical", "refreshed")

State = dict[str, Any]


def open_bot(corpus: Path, folder: Path, embedder: Embedder) -> Chatbot:
    """Return a bot that has opened nothing yet, as another process would."""
    return Chatbot(corpus, embeddings=folder, embedder=embedder, reader=None)


def state_of(bot: Chatbot, questions: Sequence[str] = QUESTIONS) -> State:
    """Return rows, vectors, word rankings and answers of an index."""
    about, tables = _rows(bot.embeddings)
    lexical = Lexical(bot.embeddings / about["lexical"])
    return {
        "about": {key: value for key, value in about.items() if key not in _OWN},
        **tables,
        "store": _vectors(bot.embeddings),
        "words": [lexical.search(question, 20) for question in questions],
        "answers": [bot.ask(question).to_dict() for question in questions],
    }


def clean_state(corpus: Path, folder: Path, embedder: Embedder) -> State:
    """Return the state of an index that is built at once in an empty folder."""
    clean = open_bot(corpus, folder, embedder)
    clean.refresh()
    return state_of(clean)


def differences(found: State, wanted: State) -> list[str]:
    """Return the parts of two states that are not equal."""
    return [part for part in sorted(found | wanted) if found.get(part) != wanted.get(part)]


def wrong_quotes(corpus: Path, quotes: Iterable[Quote]) -> list[str]:
    """Return the quotes that are not in their files, as these are on the disk now."""
    return [quote.location for quote in quotes if not _is_in(corpus, quote)]


def _is_in(corpus: Path, quote: Quote) -> bool:
    try:
        data = (corpus / quote.article.path).read_bytes()
    except OSError:
        return False
    return is_slice(data, quote)


def is_slice(data: bytes, quote: Quote) -> bool:
    """Tell whether a quote names these bytes and stands in them where it says."""
    if digest_of(data) != quote.article.digest:
        return False
    text = data.decode("utf-8")
    return quote.source != "" and text[quote.span.start : quote.span.end] == quote.source


def left_overs(folder: Path) -> list[str]:
    """Return what a finished refresh should not leave behind."""
    half = sorted(path.name for path in folder.glob(f"*{HALF}"))
    lexical = sorted(path.name for path in folder.glob("lexical-*"))
    # One is read, one is kept for readers who are about to open it.
    return half + (lexical if len(lexical) > 2 else [])


def _rows(folder: Path) -> tuple[dict[str, str], State]:
    with closing(sqlite3.connect(folder / "catalog.db")) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        rows = {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
            for (name,) in names
        }
    del rows["stats"]  # of these files on this disk, and of nothing else
    return dict(rows.pop("about")), rows


def _vectors(folder: Path) -> dict[int, bytes]:
    vectors = folder / VECTORS_FOLDER
    manifest = read_manifest(vectors)
    if manifest is None:
        return {}
    store = FaissStore(vectors, dim=manifest.dim)
    ids = store.ids()
    return {int(n): row.tobytes() for n, row in zip(ids, store.rows(ids), strict=True)}
