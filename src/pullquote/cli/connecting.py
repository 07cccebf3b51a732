"""The mcp command: the tools, for programs that hold a language model."""

from pathlib import Path
from typing import Annotated

import typer

import pullquote
from pullquote.cli.options import Corpus, Embeddings, Store


def mcp(
    read_only: Annotated[
        bool,
        typer.Option(
            "--read-only",
            envvar="PULLQUOTE_READ_ONLY",
            help="Write nothing: no refresh; articles that changed since are passed over.",
        ),
    ] = False,
    corpus: Corpus = Path("corpus"),
    embeddings: Embeddings = Path("embeddings"),
    store: Store = "faiss",
) -> None:
    """Serve the tools of the Model Context Protocol over stdin and stdout."""
    settings = pullquote.Settings(reread=not read_only)
    bot = pullquote.Chatbot(corpus, embeddings=embeddings, store=store, settings=settings)
    from pullquote.mcp.stdio import serve_stdio

    serve_stdio(bot, read_only=read_only)
