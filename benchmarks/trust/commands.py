"""The command line in a process of its own, with an embedder that costs nothing."""

import functools
import importlib
import json
import multiprocessing
import os
import resource
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import pullquote
import pullquote.cli
from benchmarks.trust.material import WordEmbedder
from pullquote import Chatbot
from pullquote.articles.files import digest_of

NOBODY = 65534
# What a command imports late is imported once, here: each command runs in a fork of this process,
# and one that runs as somebody else may not be allowed to read where Python lies.
for _name in (
    "difflib", "pullquote.index.stores.faiss", "pydantic.type_adapter", "rich.progress", "tempfile"
):  # fmt: skip
    importlib.import_module(_name)

_SECONDS = 120  # a command that takes longer hangs


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command printed and how it ended; a negative code is the signal that killed it."""

    code: int
    out: str
    err: str

    @property
    def is_clear(self) -> bool:
        """Whether it did what was asked, or said in one line of ours what is wrong."""
        if self.code in (0, 1):  # Python itself ends a traceback with 1
            return not any(word in self.err for word in ("Traceback", "panicked"))
        lines = [line for line in self.err.splitlines() if line.strip()]
        return self.code == 2 and len(lines) == 1 and lines[0].startswith("pullquote: ")


class Shell:
    """Runs commands over a corpus and an index."""

    def __init__(self, corpus: Path, work: Path) -> None:
        self._corpus, self._out = corpus, work
        work.mkdir(parents=True, exist_ok=True)
        work.chmod(0o777)  # some commands run as somebody else
        self._context: ForkServerContext = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["benchmarks.trust.commands"])

    def run(
        self, folder: Path, *words: str, file_bytes: int | None = None, user: int | None = None
    ) -> Outcome:
        """Run one command; no file may grow beyond `file_bytes`."""
        where = ["--corpus", str(self._corpus), "--embeddings", str(folder)]
        place = self._out / "printed"
        for path in (place.with_suffix(".out"), place.with_suffix(".err")):
            path.unlink(missing_ok=True)
        process = self._context.Process(
            target=_run, args=([*words, *where], place, file_bytes, user), daemon=True
        )
        process.start()
        process.join(_SECONDS)
        if process.is_alive():
            process.kill()
            process.join()
        out, err = (
            path.read_text("utf-8", "replace") if path.exists() else ""
            for path in (place.with_suffix(".out"), place.with_suffix(".err"))
        )
        return Outcome(process.exitcode or 0, out, err)

    def wrong_quotes(self, outcome: Outcome) -> list[str]:
        """Return the quotes of a printed answer that are not in their files."""
        if outcome.code not in (0, 1) or not outcome.is_clear:
            return []
        answer = json.loads(outcome.out)
        return [
            f"{quote['article']}:{quote['start']}-{quote['end']}"
            for quote in answer["quotes"] + answer["nearest"]
            if not self._is_in(quote)
        ]

    def _is_in(self, quote: dict[str, Any]) -> bool:
        try:
            data = (self._corpus / quote["article"]).read_bytes()
        except OSError:
            return False
        place = slice(quote["start"], quote["end"])
        digest, source = str(quote["digest"]), str(quote["source"])
        return digest_of(data) == digest and data.decode()[place] == source != ""


def _run(
    words: Sequence[str], place: Path, file_bytes: int | None, user: int | None
) -> None:  # pragma: no cover -- runs in another process
    for stream, suffix in ((sys.stdout, ".out"), (sys.stderr, ".err")):
        handle = os.open(place.with_suffix(suffix), os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o666)
        stream.flush()
        os.dup2(handle, 2 if suffix == ".err" else 1)
    sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", closefd=False)
    if user is not None:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
    if file_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, resource.RLIM_INFINITY))
    pullquote.Chatbot = functools.partial(  # type: ignore[assignment, misc]
        Chatbot, embedder=WordEmbedder(), reader=None
    )
    sys.argv = ["pullquote", *words]
    pullquote.cli.main()
