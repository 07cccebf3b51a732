"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, Literal

import typer

Corpus = Annotated[
    Path,
    typer.Option(
        "--corpus",
        metavar="DIR",
        envvar="PULLQUOTE_CORPUS",
        help="The articles.",
        readable=False,  # our own line says more
    ),
]
Embeddings = Annotated[
    Path,
    typer.Option(
        "--embeddings",
        metavar="DIR",
        envvar="PULLQUOTE_EMBEDDINGS",
        help="The index.",
        readable=False,
    ),
]
Store = Annotated[
    str,
    typer.Option(
        "--store",
        metavar="URI",
        envvar="PULLQUOTE_STORE",
        help="Where vectors live: faiss, http://HOST:PORT of Milvus, or a FILE.db.",
    ),
]
LogLevel = Annotated[
    Literal["debug", "info", "warning", "error"],
    typer.Option(
        "--log-level",
        envvar="PULLQUOTE_LOG_LEVEL",
        help="What is logged on stderr; up to info no words of questions or articles.",
    ),
]
LogFormat = Annotated[
    Literal["text", "json"],
    typer.Option(
        "--log-format", envvar="PULLQUOTE_LOG_FORMAT", help="Lines for people, or JSON, one a line."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value and nothing else.")]
Since = Annotated[str | None, typer.Option(metavar="DATE", help="Articles of this day or later.")]
Until = Annotated[str | None, typer.Option(metavar="DATE", help="Articles of this day or earlier.")]
Tag = Annotated[list[str] | None, typer.Option(help="Articles with this tag; may be repeated.")]
Category = Annotated[list[str] | None, typer.Option(help="Articles in this category.")]
Lang = Annotated[list[str] | None, typer.Option(help="Articles in this language, such as en.")]
Plain = Annotated[
    bool, typer.Option("--plain/--no-plain", help="Read filters in the question's own words.")
]
Unpublished = Annotated[
    bool, typer.Option("--unpublished", help="Drafts, expired and future articles as well.")
]
Workers = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="Embed with N processes (with --ray: N of its actors)."),
]
Ray = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS", help="Embed on a Ray cluster: auto, HOST:PORT, ray://HOST:PORT."
    ),
]
Llm = Annotated[
    str | None,
    typer.Option(
        "--llm",
        metavar="URL",
        envvar="PULLQUOTE_LLM_URL",
        help="Let a model of this OpenAI-compatible server arrange the quotes, such as "
        "http://localhost:11434/v1; a key is read from PULLQUOTE_LLM_KEY.",
    ),
]
LlmModel = Annotated[
    str,
    typer.Option(
        "--llm-model", metavar="NAME", envvar="PULLQUOTE_LLM_MODEL", help="The model's name there."
    ),
]
