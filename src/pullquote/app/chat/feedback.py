"""Thumbs up and down, each a line of a file that `pullquote eval` reads.

What was liked is gold: its quotes, or nothing where silence was right. What was not is gold only
where it says that the articles don't say; other lines wait for somebody who knows the answer.
"""

import json
import threading
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pullquote.app.chat.conversations import Shown, Talk
from pullquote.errors import StoreError

UP, DOWN = "up", "down"
SHOULD_BE_SILENT = "My articles don't say this"
# Why an answer was not good; the second list is for silences.
REASONS = ("The quote does not answer", "A better quote exists", "Out of date", SHOULD_BE_SILENT)
REASONS_FOR_SILENCE = ("My articles do say it", "The near misses mislead")


class Feedback:
    """Where ratings are written; without a file they are shown and forgotten."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._lock = threading.Lock()

    def write(self, talk: Talk, turn: int, rating: str, reason: str = "") -> None:
        """Write how a turn, counted from 1, was rated, in place of what was written of it before.

        An empty rating takes it back. Raises StoreError if the file cannot be written.
        """
        shown = talk.shown(turn)
        if shown is None or shown.answer is None or self._file is None:
            return
        name = blake2b(f"{talk.id} {turn}".encode(), digest_size=8).hexdigest()
        new = {"id": name, **_line(talk, turn, shown, rating, reason)} if rating else None
        try:
            with self._lock:
                self._replace(self._file, name, new)
        except OSError as error:
            raise StoreError(
                f"{self._file}: the rating cannot be written ({error.strerror}); check permissions"
            ) from error

    def _replace(self, file: Path, name: str, new: dict[str, Any] | None) -> None:
        mine = f'{{"id": "{name}"'.encode()
        # As bytes: a question may hold what Python takes for a line break, and JSON does not.
        old = file.read_bytes().splitlines() if file.exists() else []
        lines = [line for line in old if not line.startswith(mine)]
        if new is not None:
            lines.append(json.dumps(new, ensure_ascii=False).encode())
        written = file.with_name(f"{file.name}.new")
        written.write_bytes(b"".join(line + b"\n" for line in lines))
        written.replace(file)


def _line(talk: Talk, turn: int, shown: Shown, rating: str, reason: str) -> dict[str, Any]:
    answer = shown.answer or {}
    places = [
        {"article": quote["article"], "start": quote["start"], "end": quote["end"]}
        for quote in answer.get("quotes", ())
    ]
    line: dict[str, Any] = {"question": shown.question, "rating": rating}
    if reason:
        line["reason"] = reason
    if rating == UP:
        line["gold"] = places
    elif reason.startswith(SHOULD_BE_SILENT):
        line["gold"] = []
    else:
        line["shown"] = places
    turns = [{"question": t.question, "answer": t.answer} for t in talk.earlier(turn)]
    if turns:
        line["turns"] = turns
    line["at"] = datetime.now(UTC).isoformat(timespec="seconds")
    return line
