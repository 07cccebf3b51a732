"""The only place that wires engines together: the models, and the shelves of a generation."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pullquote.articles.site import Site
from pullquote.encoders import hire, open_embedder
from pullquote.errors import IndexCorrupt, IndexNotFound, PullquoteError, RecipeChanged
from pullquote.index.catalog import Catalog
from pullquote.index.lexical import Lexical
from pullquote.index.recipe import recipe_of
from pullquote.index.shelves import Shelves, check_whole
from pullquote.index.stores import open_store
from pullquote.index.view import View
from pullquote.protocols import Embedder, Reader, VectorStore, Workers
from pullquote.readers import BUNDLED_READER, open_reader
from pullquote.readers.remembering import RememberingReader


class Engines:
    """Opens each engine when it is first needed, and the shelves anew after a refresh."""

    def __init__(
        self,
        folder: Path,
        catalog: Catalog,
        *,
        embedder: str | Path | Embedder,
        store: str | VectorStore,
        reader: str | Path | Reader | None = BUNDLED_READER,
    ) -> None:
        self._folder, self._catalog = folder, catalog
        self._wanted_embedder, self._wanted_store = embedder, store
        self._wanted_reader = reader
        self._embedder: Embedder | None = None
        self._reader: Reader | None = None
        self._shelves: Shelves | None = None
        self._lock, self._reader_lock = threading.RLock(), threading.Lock()

    def embedder(self) -> Embedder:
        """Return the embedder, loaded once."""
        with self._lock:
            if self._embedder is None:
                self._embedder = open_embedder(self._wanted_embedder)
            return self._embedder

    def warm_up(self) -> None:
        """Load both models, one beside the other."""
        self._load_reader()
        self.embedder()
        self.reader()

    def workers(self, count: int | None, *, ray: str | None) -> Workers:
        """Return what embeds many passages: this process, more of them, or a Ray cluster."""
        return hire(self._wanted_embedder, self.embedder(), count=count, ray=ray)

    def reader(self) -> Reader | None:
        """Return the reader, loaded once, or None if none is wanted."""
        with self._reader_lock:
            if self._reader is None:
                opened = open_reader(self._wanted_reader)
                ours = opened is not None and opened is not self._wanted_reader
                self._reader = RememberingReader(opened) if opened and ours else opened
            return self._reader

    def open_store(self, *, fresh: bool = False) -> VectorStore:
        """Open the vector store as it is now, or an empty one in its place."""
        if not isinstance(self._wanted_store, str):
            return self._wanted_store
        dim = self.embedder().dim
        return open_store(self._wanted_store, folder=self._folder, dim=dim, fresh=fresh)

    @contextmanager
    def reading(self) -> Iterator[tuple[View, Shelves]]:
        """Open a view and the shelves of its generation, as of now."""
        for attempt in range(3):
            with self._catalog.reading() as view:
                try:
                    shelves = self._open_shelves(view)
                except IndexCorrupt:
                    # A refresh may have swept this generation while it was being opened.
                    with self._catalog.reading() as later:
                        moved = later.about() != view.about()
                    if moved and attempt < 2:
                        continue
                    raise
                yield view, shelves
                return

    def _open_shelves(self, view: View) -> Shelves:
        about = view.about()
        if "generation" not in about:
            raise IndexNotFound(
                f"{self._folder}: its first refresh was never finished; run: pullquote refresh"
            )
        name = about.get("lexical", "none")
        with self._lock:
            if self._shelves is None or self._shelves.name != name:
                self._load_reader()
                recipe = recipe_of(self.embedder(), Site.parse(about.get("site", "")))
                if about.get("recipe") != recipe:
                    raise RecipeChanged(
                        f"{self._folder}: the index was made with another recipe"
                        f" ({about.get('recipe')}, now {recipe}); run: pullquote refresh --rebuild"
                    )
                lexical = Lexical(self._folder / name)
                store = self.open_store()
                check_whole(view, store, lexical, folder=self._folder)
                self._shelves = Shelves(name, store, lexical)
            return self._shelves

    def _load_reader(self) -> None:
        """Load the reader beside the embedder; what goes wrong is told when it is wanted."""

        def load() -> None:
            with suppress(PullquoteError):
                self.reader()

        if self._reader is None and self._wanted_reader is not None:
            threading.Thread(target=load, name="pullquote-reader").start()
