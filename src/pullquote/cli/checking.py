"""The commands that look and change nothing: for people, and for whoever watches a server."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import pullquote
from pullquote.cli.console import print_json
from pullquote.cli.options import AsJson, Corpus, Embeddings, Store
from pullquote.cli.printing import print

if TYPE_CHECKING:
    from pullquote.doctor import Finding

_HERE = Path("corpus")
_INDEX = Path("embeddings")
_STORE = "faiss"


def status(
    corpus: Corpus = _HERE,
    embeddings: Embeddings = _INDEX,
    store: Store = _STORE,
    as_json: AsJson = False,
) -> None:
    """Tell what is in the index and what a refresh would change.

    Exit code 0 if there is an index that can be read, 2 if not; no model is loaded for it.
    """
    state = pullquote.Chatbot(corpus, embeddings=embeddings, store=store).status()
    if as_json:
        print_json(state)
        return
    problems = {name: state.pop(name) for name in ("skipped", "warnings")}
    for name, value in state.items():
        print(f"{name:11} {value}")
    for name, rows in problems.items():
        for row in rows:
            print(f"{name:11} {row['article']}: {row['reason']}")


def doctor(
    corpus: Corpus = _HERE,
    embeddings: Embeddings = _INDEX,
    store: Store = _STORE,
    host: Annotated[
        str, typer.Option(envvar="PULLQUOTE_HOST", help="Where the chat would listen.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, envvar="PULLQUOTE_PORT", help="And its port.")
    ] = 7860,
    as_json: AsJson = False,
) -> None:
    """Check installation, models, articles, index and permissions, and say what to do.

    Exit code 0 if nothing failed, 1 if something did.
    """
    from pullquote.doctor import Patient, examine, worst

    patient = Patient(corpus, embeddings, store, host, port)
    findings = examine(patient) if as_json else _shown(examine(patient))
    found = list(findings)
    if as_json:
        print_json({"state": worst(found), "findings": [finding.to_dict() for finding in found]})
    raise typer.Exit(1 if worst(found) == "fail" else 0)


def _shown(findings: "Iterable[Finding]") -> "Iterable[Finding]":
    """Print each finding as it comes: some take a while."""
    for finding in findings:
        print(f"{finding.state:4}  {finding.check:12}  {finding.said}", flush=True)
        if finding.todo:
            print(f"{'':20}-> {finding.todo}", flush=True)
        yield finding
