"""Haystack: in-memory store, BM25 and dense retrieval, extractive reader."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from haystack import Document
from haystack.components.converters import TextFileToDocument
from haystack.components.joiners import DocumentJoiner
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers.in_memory import (
    InMemoryBM25Retriever,
    InMemoryEmbeddingRetriever,
)
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.document_stores.types import DuplicatePolicy
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)
from haystack_integrations.components.readers.transformers import TransformersExtractiveReader

from benchmarks.speed.systems import Passage, Place
from benchmarks.speed.systems.common import (
    articles_in,
    count_lost,
    find_places,
    known,
    model_folder,
    place_of,
)


class System:
    """Two retrievers whose documents are joined by reciprocal rank, then read."""

    def __init__(self, folder: Path) -> None:
        self._file = str(folder / "store.json")
        model = model_folder()
        self._passages = SentenceTransformersDocumentEmbedder(model=model, progress_bar=False)
        self._question = SentenceTransformersTextEmbedder(model=model, progress_bar=False)
        self._joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion")
        self._reader: TransformersExtractiveReader | None = None
        self._passages.warm_up()
        self._take(InMemoryDocumentStore())

    def add(self, passages: Sequence[Passage], corpus: str) -> dict[str, Any]:
        """Embed and keep passages."""
        self._keep([Document(content=p["text"], meta={**place_of(p)}) for p in passages])
        return {"passages": len(passages)}

    def load(self, corpus: str) -> dict[str, Any]:
        """Read files as text and split them at 200 words."""
        read = TextFileToDocument(store_full_path=True).run(sources=list(articles_in(corpus)))
        splitter = DocumentSplitter()
        splitter.warm_up()
        pieces = splitter.run(documents=read["documents"])["documents"]
        places = find_places(corpus, [(p.meta["file_path"], p.content or "") for p in pieces])
        made = zip(pieces, known(places), strict=True)
        self._keep([Document(content=piece.content, meta={**place}) for piece, place in made])
        return {"passages": len(pieces), "lost": count_lost(places)}

    def save(self) -> None:
        """Write the store."""
        self._store.save_to_disk(self._file)

    def open(self, corpus: str) -> None:
        """Read the store."""
        self._take(InMemoryDocumentStore.load_from_disk(self._file))
        self._question.warm_up()

    def search(self, question: str, k: int) -> list[Place]:
        """Return the places of the best passages of both retrievers."""
        return [
            Place(article=d.meta["article"], start=d.meta["start"], end=d.meta["end"])
            for d in self._retrieve(question)[:k]
        ]

    def ask(self, question: str) -> object:
        """Retrieve, then read all that was retrieved."""
        if self._reader is None:
            # No question-answering weights are at hand: the encoder with a random head takes the
            # time that a trained reader of its size takes.
            torch.manual_seed(0)
            self._reader = TransformersExtractiveReader(model=model_folder())
            self._reader.warm_up()
        return self._reader.run(query=question, documents=self._retrieve(question))["answers"]

    def _keep(self, documents: list[Document]) -> None:
        embedded = self._passages.run(documents=documents)["documents"]
        # Equal text in equal place is the same document to it.
        self._store.write_documents(embedded, policy=DuplicatePolicy.OVERWRITE)

    def _take(self, store: InMemoryDocumentStore) -> None:
        self._store = store
        self._lexical = InMemoryBM25Retriever(document_store=store)
        self._dense = InMemoryEmbeddingRetriever(document_store=store)

    def _retrieve(self, question: str) -> list[Document]:
        self._question.warm_up()
        vector = self._question.run(text=question)["embedding"]
        found = [
            self._lexical.run(query=question)["documents"],
            self._dense.run(query_embedding=vector)["documents"],
        ]
        joined: list[Document] = self._joiner.run(documents=found)["documents"]
        return joined
