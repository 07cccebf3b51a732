"""Make the index follow the folder: a pure plan, then steps that may die anywhere.

Order is the proof: (1) missing vectors are added and flushed; (2) one commit of the catalog makes
them visible; (3) what the catalog does not know is swept. A vector without a passage is invisible,
a passage without its vector cannot be committed, and running again converges. A rebuild takes the
same steps beside the old index, which answers until the commit.
"""

import secrets
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import chain

import numpy as np

from pullquote.articles.files import check_corpus
from pullquote.errors import IndexCorrupt, RecipeChanged
from pullquote.index.catalog import Catalog
from pullquote.index.housekeeping import lexical_folders, remove, remove_catalog
from pullquote.index.lexical import Lexical, build_lexical
from pullquote.index.lock import only_writer
from pullquote.index.records import VectorRow
from pullquote.index.staging import Staging
from pullquote.ingest.scanning import Known, Plan, plan, scan, sort_problems
from pullquote.ingest.shadow import OpenStore, Shadow
from pullquote.protocols import Ids, VectorStore
from pullquote.types import Problem, RefreshReport

# Passages embedded between two flushes: what a crash costs at most, in embedding work.
_FLUSH_EVERY = 4096
_AT_ONCE = 512  # lost passages looked up, with the texts of their articles


def refresh(
    shadow: Shadow,
    *,
    rebuild: bool = False,
    dry_run: bool = False,
    only: Collection[str] | None = None,
    wait: float = 0.0,
) -> RefreshReport:
    """Bring an index up to date and say what changed.

    `rebuild` reads and embeds everything anew, whatever the index was made by or looks like; `only`
    looks at some paths and leaves the rest; `wait` is how many seconds another writer may take.
    Raise CorpusNotFound, IndexBusy, IndexCorrupt, StoreError, or RecipeChanged if the index was
    made by another recipe and `rebuild` is not set.
    """
    begin = time.monotonic()
    if dry_run:
        return _rehearse(shadow, rebuild, only, begin)
    # A folder that is not there must not leave an empty index behind.
    check_corpus(shadow.corpus)
    with only_writer(shadow.folder, wait=wait):
        catalog = Catalog(shadow.folder)
        if rebuild and not catalog.is_sound():
            remove_catalog(shadow.folder)
        catalog.create()
        return _Refresh(shadow, catalog, rebuild).run(begin, only)


class _Refresh:
    """One run of the three steps, under the writer lock."""

    def __init__(self, shadow: Shadow, catalog: Catalog, rebuild: bool) -> None:
        self._shadow, self._catalog, self._rebuild = shadow, catalog, rebuild
        self._folder, self._workers = shadow.folder, shadow.workers
        self._progress = shadow.progress
        with catalog.reading() as view:
            self._about = view.about()
            self._known = Known(view.digests(), view.left_out(), view.stats())
            self._problems = view.problems()
        if not rebuild:
            _check_recipe(self._about, shadow.recipe)
        self._store = self._open(shadow.open_store)

    def _open(self, open_store: OpenStore) -> VectorStore:
        try:
            return open_store()
        except IndexCorrupt:
            if not self._rebuild:
                raise
            return open_store(fresh=True)

    def run(self, begin: float, only: Collection[str] | None) -> RefreshReport:
        with Staging(self._folder) as staging:
            return self._run(staging, begin, only)

    def _run(self, staging: Staging, begin: float, only: Collection[str] | None) -> RefreshReport:
        known = {} if self._rebuild else self._known.digests
        # Settings of the site decide what is read of every article.
        anew = self._rebuild or self._about.get("site", "") != self._shadow.settings
        found = scan(
            self._shadow.corpus,
            self._known,
            self._shadow.site,
            self._shadow.rows,
            staging.put,
            anew=anew,
            only=only if self._about and not anew else None,
            progress=self._progress,
        )
        check_corpus(self._shadow.corpus)  # one that went meanwhile looks as if it were emptied
        steps = plan(known, found.digests)
        old_skipped, old_warnings = self._problems
        kept = tuple(p for p in old_warnings if p.article in found.digests.keys() - found.read)
        warnings = sort_problems(kept + found.warnings)
        gone = {
            path for path in self._known.digests if path not in found.digests or path in found.read
        }
        embedded = self._embed_missing(staging, gone)
        lexical = self._open_lexical()
        moved = bool(found.read or gone or anew or not lexical)
        if moved or (found.skipped, warnings) != (old_skipped, old_warnings):
            self._commit(lexical, gone, staging, found.left_out, warnings)
        if found.stats != self._known.stats:
            self._catalog.keep_stats(found.stats)
        self._sweep()
        return _report(steps, embedded, found.skipped, warnings, begin)

    def _open_lexical(self) -> Lexical | None:
        """Return the lexical index if it is there and whole; what is not is built anew."""
        if self._rebuild or not self._about:
            return None
        with self._catalog.reading() as view:
            passages = view.count("passages")
        try:
            lexical = Lexical(self._folder / self._about.get("lexical", "none"))
        except IndexCorrupt:
            return None
        return lexical if lexical.count == passages else None

    def _embed_missing(self, staging: Staging, gone: set[str]) -> int:
        """Embed every vector that some passage needs and the shelves lack; return how many."""
        there = np.empty(0, np.int64)
        if not self._rebuild:
            with self._catalog.reading() as view:
                there = np.intersect1d(view.vector_ids(), self._store.ids(), assume_unique=True)
                lost = np.setdiff1d(view.vector_ids(used=True), there, assume_unique=True)
                for first in range(0, len(lost), _AT_ONCE):
                    for row in view.rows(vectors=lost[first : first + _AT_ONCE].tolist()):
                        if row.passage.article.path not in gone:
                            staging.want(self._shadow.row(row.passage))
        missing = np.setdiff1d(staging.wanted(), there, assume_unique=True)
        self._progress("Embedding passages", 0, len(missing))
        self._embed(staging, missing)
        if self._rebuild:
            self._store.flush()
        return len(missing)

    def _embed(self, staging: Staging, missing: Ids) -> None:
        """Embed passages; only this thread writes, in their order, whoever embeds them."""
        kept: list[VectorRow] = []
        done = 0
        windows = staging.windows(missing, self._workers.window)
        with closing(self._workers.embed_each(windows)) as each:
            for window, found in each:
                self._store.add(np.array(window.ids, dtype=np.int64), found.passages)
                rows = zip(window.ids, window.texts, found.sentences, strict=True)
                kept += [VectorRow(number, words, sentences) for number, words, sentences in rows]
                done += len(window.ids)
                self._progress("Embedding passages", done, len(missing))
                if len(kept) >= _FLUSH_EVERY or done == len(missing):
                    self._keep(kept)
                    kept.clear()

    def _keep(self, rows: Sequence[VectorRow]) -> None:
        if not self._rebuild:  # which must not leave a part of the vectors in the old ones' place
            self._store.flush()
        self._catalog.keep_vectors(rows)

    def _commit(
        self,
        lexical: Lexical | None,
        gone: set[str],
        staging: Staging,
        skipped: Sequence[tuple[Problem, str | None]],
        warnings: Sequence[Problem],
    ) -> None:
        # Folders that outlived a catalog count as well: a generation is never used twice.
        used = [int(self._about.get("generation", "0")), *lexical_folders(self._folder).values()]
        generation = max(used) + 1
        name = f"lexical-{generation}-{secrets.token_hex(4)}"
        staging.finish()
        with self._catalog.reading() as view:
            stale = view.passage_ids(gone)
            words = staging.words()
            if lexical is None:
                words = chain((pair for pair in view.words() if pair[0] not in stale), words)
            build_lexical(self._folder / name, words, before=lexical, gone=stale)
        self._catalog.commit(
            gone=gone,
            new=staging,
            skipped=skipped,
            warnings=warnings,
            about={
                "generation": str(generation),
                "lexical": name,
                "recipe": self._shadow.recipe,
                "site": self._shadow.settings,
                "refreshed": datetime.now(UTC).isoformat(timespec="seconds"),
            },
        )

    def _sweep(self) -> None:
        with self._catalog.reading() as view:
            used = view.vector_ids(used=True)
            unused = len(np.setdiff1d(view.vector_ids(), used, assume_unique=True))
            current = view.about()["lexical"]
        orphans = np.setdiff1d(self._store.ids(), used, assume_unique=True)
        if len(orphans):
            self._store.remove(orphans)
            self._store.flush()
        if unused:
            self._catalog.sweep()
        # The generation before stays for readers that are about to open it.
        folders = lexical_folders(self._folder)
        latest = sorted(set(folders.values()))[-2:]
        for path, generation in folders.items():
            if path.name != current and generation not in latest:
                remove(path)


def _check_recipe(about: Mapping[str, str], recipe: str) -> None:
    if about and about.get("recipe") != recipe:
        raise RecipeChanged(
            f"the index was made with another recipe ({about.get('recipe')}, now {recipe});"
            " run: pullquote refresh --rebuild"
        )


def _rehearse(
    shadow: Shadow, rebuild: bool, only: Collection[str] | None, begin: float
) -> RefreshReport:
    """Say what a refresh would do, writing nothing."""
    known, anew = Known(), True
    there: set[int] = set()
    old: tuple[Problem, ...] = ()
    catalog = Catalog(shadow.folder)
    if catalog.exists and not rebuild:
        with catalog.reading() as view:
            known = Known(view.digests(), view.left_out(), view.stats())
            there = set(view.vector_ids().tolist())
            _, old = view.problems()
            _check_recipe(view.about(), shadow.recipe)
            anew = view.about().get("site", "") != shadow.settings
    wanted: set[int] = set()
    found = scan(
        shadow.corpus,
        known,
        shadow.site,
        shadow.rows,
        lambda _, rows: wanted.update(row.vector for row in rows),
        anew=anew,
        only=None if anew else only,
        progress=shadow.progress,
    )
    kept = tuple(p for p in old if p.article in found.digests.keys() - found.read)
    steps = plan(known.digests, found.digests)
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
