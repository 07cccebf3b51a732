"""LlamaIndex: a VectorStoreIndex over FAISS."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
from llama_index.core import (
    SimpleDirectoryReader,
    StorageContext,
    VectorStoreIndex,
    load_index_from_storage,
)
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.faiss import FaissVectorStore

from benchmarks.speed.systems import Passage, Place
from benchmarks.speed.systems.common import (
    count_lost,
    find_places,
    known,
    model_folder,
    place_of,
)

_DIM = 384


class System:
    """Nodes in its own store, vectors in FAISS."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._model = HuggingFaceEmbedding(model_name=model_folder(), device="cpu")
        store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(_DIM))
        storage = StorageContext.from_defaults(vector_store=store)
        self._index = VectorStoreIndex([], storage_context=storage, embed_model=self._model)

    def add(self, passages: Sequence[Passage], corpus: str) -> dict[str, Any]:
        """Embed and keep passages, their places beside what is embedded."""
        self._index.insert_nodes(
            [
                TextNode(
                    text=passage["text"],
                    metadata={**place_of(passage)},
                    excluded_embed_metadata_keys=["article", "start", "end"],
                )
                for passage in passages
            ]
        )
        return {"passages": len(passages)}

    def load(self, corpus: str) -> dict[str, Any]:
        """Read a folder and split it; what it knows of a file is embedded with each piece."""
        reader = SimpleDirectoryReader(corpus, recursive=True, required_exts=[".md"])
        nodes = SentenceSplitter().get_nodes_from_documents(reader.load_data())
        texts = [(node.metadata["file_path"], node.get_content()) for node in nodes]
        places = find_places(corpus, texts)
        for node, place in zip(nodes, known(places), strict=True):
            node.metadata.update(place)
            node.excluded_embed_metadata_keys += list(place)
        self._index.insert_nodes(nodes)
        return {"passages": len(nodes), "lost": count_lost(places)}

    def save(self) -> None:
        """Write the stores."""
        self._index.storage_context.persist(self._folder)

    def open(self, corpus: str) -> None:
        """Read the stores."""
        store = FaissVectorStore.from_persist_dir(self._folder)
        storage = StorageContext.from_defaults(vector_store=store, persist_dir=self._folder)
        self._index = load_index_from_storage(storage, embed_model=self._model)

    def search(self, question: str, k: int) -> list[Place]:
        """Return the places of the nearest nodes."""
        found = self._index.as_retriever(similarity_top_k=k).retrieve(question)
        return [
            Place(article=m["article"], start=m["start"], end=m["end"])
            for m in (one.node.metadata for one in found)
        ]
