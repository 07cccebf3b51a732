"""LangChain: its FAISS store."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from langchain_community.document_loaders import DirectoryLoader, TextLoader
from langchain_community.vectorstores import FAISS
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from benchmarks.speed.systems import Passage, Place
from benchmarks.speed.systems.common import (
    count_lost,
    find_places,
    known,
    model_folder,
    place_of,
)

_CHARS, _OVERLAP = 1000, 200  # of its tutorials; the class itself defaults to 4000/200


class System:
    """Texts with their places as metadata."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._model = HuggingFaceEmbeddings(
            model_name=model_folder(), model_kwargs={"device": "cpu"}
        )
        self._store: FAISS | None = None

    def add(self, passages: Sequence[Passage], corpus: str) -> dict[str, Any]:
        """Embed and keep passages."""
        self._keep([p["text"] for p in passages], [place_of(p) for p in passages])
        return {"passages": len(passages)}

    def load(self, corpus: str) -> dict[str, Any]:
        """Read a folder as text and split it recursively."""
        loader = DirectoryLoader(
            corpus, glob="**/*.md", loader_cls=TextLoader, loader_kwargs={"encoding": "utf-8"}
        )
        splitter = RecursiveCharacterTextSplitter(chunk_size=_CHARS, chunk_overlap=_OVERLAP)
        pieces = splitter.split_documents(loader.load())
        texts = [piece.page_content for piece in pieces]
        files = [piece.metadata["source"] for piece in pieces]
        places = find_places(corpus, zip(files, texts, strict=True))
        self._keep(texts, list(known(places)))
        return {"passages": len(pieces), "lost": count_lost(places)}

    def save(self) -> None:
        """Write the store."""
        self._opened.save_local(self._folder)

    def open(self, corpus: str) -> None:
        """Read the store."""
        # It pickles; the file is one that this run wrote.
        self._store = FAISS.load_local(
            self._folder, self._model, allow_dangerous_deserialization=True
        )

    def search(self, question: str, k: int) -> list[Place]:
        """Return the places of the nearest texts."""
        return [
            Place(article=d.metadata["article"], start=d.metadata["start"], end=d.metadata["end"])
            for d in self._opened.similarity_search(question, k=k)
        ]

    def _keep(self, texts: list[str], places: list[Place]) -> None:
        metadata = [{**place} for place in places]
        if self._store is None:
            self._store = FAISS.from_texts(texts, self._model, metadatas=metadata)
        else:
            self._store.add_texts(texts, metadatas=metadata)

    @property
    def _opened(self) -> FAISS:
        if self._store is None:
            raise RuntimeError("open, load or add comes first")
        return self._store
