"""BM25 over the passages, by tantivy.

The index of a generation is built anew from the catalog: tantivy counts deleted documents in its
statistics until segments merge, so an index with a history ranks otherwise than a clean one.
"""

import os
import shutil
import tempfile
import weakref
from collections.abc import Iterable
from pathlib import Path

import tantivy

from pullquote.errors import IndexCorrupt, StoreError
from pullquote.terms import ANALYSER, build_analyser, key_terms, read_terms, spaced, widen

# tantivy's writer wants at least 15 MB; twice that builds 100k passages without merging often.
_HEAP_BYTES = 30_000_000
# What a word such as "when" or "did" counts: in a long question they outweigh the one rare name.
_LITTLE = 0.3


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", stored=True, indexed=True, fast=True)
    builder.add_text_field("words", stored=False, tokenizer_name=ANALYSER)
    return builder.build()


def build_lexical(folder: Path, passages: Iterable[tuple[int, str]]) -> None:
    """Write the index of (id, words) pairs into a new folder; raise StoreError if it cannot be."""
    try:
        folder.mkdir(parents=True)
        index = tantivy.Index(_schema(), path=str(folder))
        index.config_reader(reload_policy="manual")
        index.register_tokenizer(ANALYSER, build_analyser())
        writer = index.writer(_HEAP_BYTES, 1)
        for number, words in passages:
            writer.add_document(tantivy.Document(id=number, words=spaced(words)))
        writer.commit()
        writer.wait_merging_threads()
    except (OSError, ValueError) as error:  # tantivy raises ValueError when a disk is full
        shutil.rmtree(folder, ignore_errors=True)
        raise StoreError(
            f"{folder}: cannot be written ({_one_line(error)});"
            " free some space or check permissions"
        ) from error


class Lexical:
    """A reader of one generation's index."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            self._index = tantivy.Index.open(str(self._lockable()))
            # A generation never changes; watching it would only hold up its removal.
            self._index.config_reader(reload_policy="manual")
        except (ValueError, OSError) as error:
            raise self._damaged(error) from error
        self._index.register_tokenizer(ANALYSER, build_analyser())
        self._searcher = self._index.searcher()

    @property
    def count(self) -> int:
        """Passages in the index."""
        return self._searcher.num_docs

    def frequency(self, term: str) -> int:
        """Return in how many passages a term occurs."""
        return self._searcher.doc_freq("words", term)

    def search(
        self, question: str, k: int, *, allowed: Iterable[int] | None = None
    ) -> list[tuple[int, float]]:
        """Return the k best (id, BM25) pairs and all that tie with the last; ties by id."""
        schema = self._index.schema
        wide = widen(question)
        telling = frozenset(key_terms(wide))
        terms = [
            (tantivy.Occur.Should, tantivy.Query.boost_query(query, weight))
            for term in dict.fromkeys(read_terms(wide))
            for query in [tantivy.Query.term_query(schema, "words", term)]
            for weight in [1.0 if term in telling else _LITTLE]
        ]
        if not terms:
            return []
        query = tantivy.Query.boolean_query(terms)
        if allowed is not None:
            within = tantivy.Query.term_set_query(schema, "id", list(allowed))
            silent = tantivy.Query.const_score_query(within, 0.0)
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, query), (tantivy.Occur.Must, silent)]
            )
        return self._best(query, k)

    def _best(self, query: tantivy.Query, k: int) -> list[tuple[int, float]]:
        limit = k + 16
        while True:
            try:
                found = self._searcher.search(query, limit, count=False).hits
            except ValueError as error:  # a file that is read no sooner than now
                raise self._damaged(error) from error
            scores = [round(float(score), 5) for score, _ in found]
            if len(found) < limit or scores[-1] < scores[k - 1]:
                break
            limit *= 2
        addresses = [address for _, address in found]
        values = self._searcher.fast_field_values("id", addresses)
        ids = [int(value) for value in values if value is not None]
        pairs = sorted(zip(ids, scores, strict=True), key=lambda pair: (-pair[1], pair[0]))
        floor = pairs[k - 1][1] if len(pairs) > k else -1.0
        return [(number, score) for number, score in pairs if score >= floor]

    def _lockable(self) -> Path:
        """Return the folder, or a copy of it if nobody may write there: tantivy locks to read."""
        if os.access(self._folder, os.W_OK):
            return self._folder
        copy = Path(tempfile.mkdtemp(prefix="pullquote-"))
        weakref.finalize(self, shutil.rmtree, copy, ignore_errors=True)
        for path in self._folder.iterdir():
            shutil.copyfile(path, copy / path.name)  # without its mode, which forbids writing
        return copy

    def _damaged(self, error: Exception) -> IndexCorrupt:
        return IndexCorrupt(
            f"{self._folder}: cannot be read ({_one_line(error)}); run: pullquote refresh --rebuild"
        )


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
