"""Make the index follow the folder: a pure plan, then steps that may die anywhere.

Order is the proof: (1) missing vectors are added and flushed; (2) one commit of the catalog makes
them visible; (3) what the catalog does not know is swept. A vector without a passage is invisible,
a passage without its vector cannot be committed, and running again converges. A rebuild takes the
same steps beside the old index, which answers until the commit.
"""

import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import numpy as np

from pullquote.articles import find_articles
from pullquote.catalog import CATALOG_FILE, Catalog
from pullquote.errors import (
    IndexCorrupt,
    RecipeChanged,
    StoreError,
)
from pullquote.lexical import Lexical, build_lexical
from pullquote.lock import only_writer
from pullquote.passages import VERSION as SPLITTING
from pullquote.passages import embedded_form, number_of, split_passages
from pullquote.protocols import Embedder, Progress, VectorStore
from pullquote.scanning import Plan, plan, scan, sort_problems
from pullquote.terms import VERSION as NORMALISATION
from pullquote.types import Article, Passage, Problem, RefreshReport
from pullquote.view import Row, VectorRow, View

# The token keeps two builds of one generation apart: a reader knows an index by this name.
_LEXICAL_FOLDER = re.compile(r"lexical-(\d+)-[0-9a-f]{8}")
# Passages embedded between two flushes: what a crash costs at most, in embedding work.
_FLUSH_EVERY = 4096
_WINDOW = 256  # passages handed to the embedder at once, so that it can batch like lengths


class OpenStore(Protocol):
    """Opens the vector store of the index; a `fresh` one starts empty."""

    def __call__(self, *, fresh: bool = False) -> VectorStore:
        """Return the store; raise IndexCorrupt if it cannot be read."""


def recipe_of(embedder: Embedder) -> str:
    """Return all that decides what a vector means: embedder, splitting, normalisation."""
    return f"{embedder.recipe} {SPLITTING} {NORMALISATION}"


def refresh(
    corpus: Path,
    folder: Path,
    *,
    embedder: Embedder,
    open_store: OpenStore,
    rebuild: bool = False,
    dry_run: bool = False,
    progress: Progress,
) -> RefreshReport:
    """Bring the index in `folder` up to date and say what changed.

    `rebuild` reads and embeds everything anew, whatever the index was made by or looks like.
    Raise CorpusNotFound, IndexBusy, IndexCorrupt, StoreError, or RecipeChanged if the index was
    made by another recipe and `rebuild` is not set.
    """
    begin = time.monotonic()
    if dry_run:
        return _rehearse(corpus, folder, embedder, rebuild, progress, begin)
    # A folder that is not there must not leave an empty index behind.
    next(find_articles(corpus), None)
    with only_writer(folder):
        catalog = Catalog(folder)
        if rebuild and not catalog.is_sound():
            _remove_catalog(folder)
        catalog.create()
        return _Refresh(corpus, folder, catalog, embedder, open_store, rebuild, progress).run(begin)


class _Refresh:
    """One run of the three steps, under the writer lock."""

    def __init__(
        self,
        corpus: Path,
        folder: Path,
        catalog: Catalog,
        embedder: Embedder,
        open_store: OpenStore,
        rebuild: bool,
        progress: Progress,
    ) -> None:
        self._corpus, self._folder, self._catalog = corpus, folder, catalog
        self._embedder, self._rebuild, self._progress = embedder, rebuild, progress
        self._recipe = recipe_of(embedder)
        with catalog.reading() as view:
            self._about, self._indexed = view.about(), view.digests()
            self._problems = view.problems()
        if not rebuild:
            _check_recipe(self._about, self._recipe)
        self._store = self._open(open_store)

    def _open(self, open_store: OpenStore) -> VectorStore:
        try:
            return open_store()
        except IndexCorrupt:
            if not self._rebuild:
                raise
            return open_store(fresh=True)

    def run(self, begin: float) -> RefreshReport:
        known = {} if self._rebuild else self._indexed
        found = scan(self._corpus, known, progress=self._progress)
        steps = plan(known, found.digests)
        old_skipped, old_warnings = self._problems
        kept = tuple(problem for problem in old_warnings if problem.article in steps.unchanged)
        warnings = sort_problems(kept + found.warnings)
        new = [(article, self._rows(article)) for article in found.read.values()]
        gone = {path for path in self._indexed if path not in found.digests or path in found.read}
        embedded = self._embed_missing(new, gone)
        moved = bool(found.read or gone or self._rebuild) or not self._has_lexical()
        if moved or (found.skipped, warnings) != (old_skipped, old_warnings):
            self._commit(gone, new, found.skipped, warnings)
        self._sweep()
        return _report(steps, embedded, found.skipped, warnings, begin)

    def _has_lexical(self) -> bool:
        """Tell whether the lexical index is there and whole; what is not is built anew."""
        if not self._about:
            return False
        with self._catalog.reading() as view:
            passages = view.count("passages")
        try:
            return Lexical(self._folder / self._about["lexical"]).count == passages
        except IndexCorrupt:
            return False

    def _rows(self, article: Article) -> tuple[Row, ...]:
        return tuple(
            Row(passage, number_of(self._recipe, embedded_form(passage)[0]))
            for passage in split_passages(article)
        )

    def _embed_missing(self, new: Sequence[tuple[Article, Sequence[Row]]], gone: set[str]) -> int:
        """Embed every vector that some passage needs and the shelves lack; return how many."""
        wanted = {row.vector: row.passage for _, rows in new for row in rows}
        there = set[int]()
        if not self._rebuild:
            with self._catalog.reading() as view:
                there = view.vector_ids() & set(self._store.ids().tolist())
                lost = view.vector_ids(used=True) - there - wanted.keys()
                for row in view.rows(vectors=lost):
                    if row.passage.article.path not in gone:
                        wanted[row.vector] = row.passage
        missing = [(number, wanted[number]) for number in sorted(wanted.keys() - there)]
        self._progress("Embedding passages", 0, len(missing))
        for first in range(0, len(missing), _FLUSH_EVERY):
            self._embed(missing[first : first + _FLUSH_EVERY], first, len(missing))
        if self._rebuild:
            self._store.flush()
        return len(missing)

    def _embed(self, passages: Sequence[tuple[int, Passage]], before: int, total: int) -> None:
        kept: list[VectorRow] = []
        for first in range(0, len(passages), _WINDOW):
            window = passages[first : first + _WINDOW]
            forms = [embedded_form(passage) for _, passage in window]
            found = self._embedder.embed_passages([f for f, _ in forms], [p for _, p in forms])
            numbers = [number for number, _ in window]
            self._store.add(np.array(numbers, dtype=np.int64), found.passages)
            kept += [
                VectorRow(number, words, sentences)
                for number, (words, _), sentences in zip(
                    numbers, forms, found.sentences, strict=True
                )
            ]
            self._progress("Embedding passages", before + first + len(window), total)
        if not self._rebuild:  # which must not leave a part of the vectors in the old ones' place
            self._store.flush()
        self._catalog.keep_vectors(kept)

    def _commit(
        self,
        gone: set[str],
        new: Sequence[tuple[Article, Sequence[Row]]],
        skipped: Sequence[Problem],
        warnings: Sequence[Problem],
    ) -> None:
        # Folders that outlived a catalog count as well: a generation is never used twice.
        used = [int(self._about.get("generation", "0")), *_lexical_folders(self._folder).values()]
        generation = max(used) + 1
        name = f"lexical-{generation}-{secrets.token_hex(4)}"
        with self._catalog.reading() as view:
            build_lexical(self._folder / name, self._words(view, gone, new))
        self._catalog.commit(
            gone=gone,
            new=new,
            problems=[(p, True) for p in skipped] + [(p, False) for p in warnings],
            about={
                "generation": str(generation),
                "lexical": name,
                "recipe": self._recipe,
                "refreshed": datetime.now(UTC).isoformat(timespec="seconds"),
            },
        )

    def _words(
        self, view: View, gone: set[str], new: Sequence[tuple[Article, Sequence[Row]]]
    ) -> Iterator[tuple[int, str]]:
        """Yield (id, words) of every passage there will be, by id: the order is no history."""
        fresh = {row.passage.id: embedded_form(row.passage)[0] for _, rows in new for row in rows}
        stale = view.passage_ids(gone)
        pairs = {number: words for number, words in view.words() if number not in stale} | fresh
        yield from sorted(pairs.items())

    def _sweep(self) -> None:
        with self._catalog.reading() as view:
            used = view.vector_ids(used=True)
            kept = view.vector_ids()
            current = view.about()["lexical"]
        orphans = set(self._store.ids().tolist()) - used
        if orphans:
            self._store.remove(np.array(sorted(orphans), dtype=np.int64))
            self._store.flush()
        if kept - used:
            self._catalog.sweep()
        # The generation before stays for readers that are about to open it.
        folders = _lexical_folders(self._folder)
        latest = sorted(set(folders.values()))[-2:]
        for path, generation in folders.items():
            if path.name != current and generation not in latest:
                _remove(path)


def _lexical_folders(folder: Path) -> dict[Path, int]:
    """Return the lexical indexes in a folder, with their generations."""
    matches = ((path, _LEXICAL_FOLDER.fullmatch(path.name)) for path in folder.iterdir())
    return {path: int(match[1]) for path, match in matches if match}


def _remove(path: Path) -> None:
    """Remove what can be removed; the rest is tried again after the next refresh."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def _check_recipe(about: Mapping[str, str], recipe: str) -> None:
    if about and about["recipe"] != recipe:
        raise RecipeChanged(
            f"the index was made with another recipe ({about['recipe']}, now {recipe});"
            " run: pullquote refresh --rebuild"
        )


def _rehearse(
    corpus: Path, folder: Path, embedder: Embedder, rebuild: bool, progress: Progress, begin: float
) -> RefreshReport:
    """Say what a refresh would do, writing nothing."""
    known: dict[str, str] = {}
    there: set[int] = set()
    old: tuple[Problem, ...] = ()
    catalog = Catalog(folder)
    if catalog.exists and not rebuild:
        with catalog.reading() as view:
            known, there = view.digests(), view.vector_ids()
            _, old = view.problems()
            _check_recipe(view.about(), recipe_of(embedder))
    found = scan(corpus, known, progress=progress)
    steps = plan(known, found.digests)
    kept = tuple(problem for problem in old if problem.article in steps.unchanged)
    wanted = {
        number_of(recipe_of(embedder), embedded_form(passage)[0])
        for article in found.read.values()
        for passage in split_passages(article)
    }
    warnings = sort_problems(kept + found.warnings)
    return _report(steps, len(wanted - there), found.skipped, warnings, begin)


def _report(
    steps: Plan,
    embedded: int,
    skipped: tuple[Problem, ...],
    warnings: tuple[Problem, ...],
    begin: float,
) -> RefreshReport:
    return RefreshReport(
        added=len(steps.added),
        changed=len(steps.changed),
        removed=len(steps.removed),
        renamed=len(steps.renamed),
        unchanged=len(steps.unchanged),
        embedded=embedded,
        skipped=skipped,
        warnings=warnings,
        seconds=time.monotonic() - begin,
    )


def _remove_catalog(folder: Path) -> None:
    """Remove a catalog that cannot be read, with its journal."""
    for path in folder.glob(f"{CATALOG_FILE}*"):
        try:
            path.unlink()
        except OSError as error:
            raise StoreError(
                f"{path}: cannot be removed ({error.strerror}); remove it yourself"
            ) from error
