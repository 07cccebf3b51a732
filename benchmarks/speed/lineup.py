"""Who is measured, where each runs, and what to know about each."""

import sys
from dataclasses import dataclass
from pathlib import Path

OURS = "Pullquote"


@dataclass(frozen=True, slots=True)
class Contender:
    """A system; `reads` = it looks for the answer in passages, `splits` = it has a splitter."""

    name: str
    module: str
    python: Path
    note: str
    reads: bool = False
    splits: bool = True


def ours() -> Contender:
    """Return Pullquote, as it runs here."""
    return Contender(OURS, "ours", Path(sys.executable), "defaults", reads=True)


def bare(*, sentences: bool) -> Contender:
    """Return the encoder alone, with or without the sentence vectors that a refresh keeps."""
    name, module = ("with sentences", "bare_sentences") if sentences else ("alone", "bare")
    note = "OpenVinoEmbedder.embed_passages and nothing else"
    return Contender(f"OpenVINO encoder, {name}", module, Path(sys.executable), note)


def peers(python: Path) -> tuple[Contender, ...]:
    """Return the others, in their own environment."""
    return (
        Contender(
            "sentence-transformers + faiss",
            "floor",
            python,
            "encode and IndexFlatIP, by hand; no splitter",
            splits=False,
        ),
        Contender(
            "LlamaIndex",
            "llamaindex",
            python,
            "VectorStoreIndex over FAISS; SentenceSplitter 1024/200",
        ),
        Contender(
            "Haystack",
            "haystack",
            python,
            "in memory, BM25 + dense by reciprocal rank, top 10 each; splitter 200 words;"
            " extractive reader of MiniLM-L6 size whose answers are random: time only (its default"
            " reader is several times larger)",
            reads=True,
        ),
        Contender(
            "txtai",
            "txtai",
            python,
            "hybrid with content; no splitter",
            splits=False,
        ),
        Contender(
            "LangChain",
            "langchain",
            python,
            "FAISS; RecursiveCharacterTextSplitter 1000/200",
        ),
    )
