"""Articles that change while they are asked about, and whether a quote was true when it was given.

Every version of every file is kept with the time from which and until which it may have been read.
"""

import random
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pullquote.articles.files import digest_of


@dataclass(slots=True)
class Version:
    """What a file held, from the moment before it was put there to the one after it was not."""

    digest: str
    text: str
    since: float
    until: float = float("inf")


class Folder:
    """A corpus and every version of its files; safe to share between threads."""

    def __init__(self, corpus: Path, *, seed: int) -> None:
        self.corpus = corpus
        self._random = random.Random(seed)
        self._edits = 0
        self._versions = {
            path.relative_to(corpus).as_posix(): [_version(path.read_bytes(), 0.0)]
            for path in sorted(corpus.rglob("*.md"))
        }

    @property
    def edits(self) -> int:
        """How often a file was edited so far."""
        return self._edits

    def digests(self) -> dict[str, str]:
        """Return path → digest of every file as it is now."""
        return {path: versions[-1].digest for path, versions in self._versions.items()}

    def edit(self) -> None:
        """Save some article with a figure changed and a sentence more, as an editor does."""
        self._edits += 1
        path = self._random.choice(sorted(self._versions))
        file, old = self.corpus / path, self._versions[path][-1]
        head, mark, body = old.text.partition("\n---\n")
        if not mark:
            head, body = "", old.text
        places = [place for place, letter in enumerate(body) if letter in "123456789"]
        if places:
            place = self._random.choice(places)
            body = f"{body[:place]}{self._random.randint(1, 9)}{body[place + 1 :]}"
        # The sentence of the edit before goes, so that files do not grow.
        body = body.partition("\n\nThe editor changed ")[0].rstrip("\n")
        body += f"\n\nThe editor changed this page for the {self._edits}th time.\n"
        part = file.with_name(f".{file.name}.part")
        part.write_bytes(f"{head}{mark}{body}".encode())
        new = _version(part.read_bytes(), time.monotonic())
        self._versions[path].append(new)
        part.replace(file)
        old.until = time.monotonic()

    def find_fault(self, quote: dict[str, Any], asked: float, answered: float) -> str:
        """Return what is wrong with a quote of an answer; nothing if it stood meanwhile."""
        versions = self._versions.get(quote["article"], ())
        same = [version for version in versions if version.digest == quote["digest"]]
        if not same:
            return "of a file that never was"
        if not any(v.since <= answered and v.until >= asked for v in same):
            return "stale"
        if same[0].text[quote["start"] : quote["end"]] != quote["source"]:
            return "not in the file"
        return ""


def edit_often(folder: Folder, *, seconds: float, stop: threading.Event) -> threading.Thread:
    """Edit an article every so many seconds, from a thread, until `stop` is set."""

    def go_on() -> None:
        while not stop.wait(seconds):
            folder.edit()

    thread = threading.Thread(target=go_on, name="editor")
    thread.start()
    return thread


def _version(data: bytes, since: float) -> Version:
    return Version(digest_of(data), data.decode(), since)
