"""Conversations as the page keeps them: all JSON, in memory and, given a folder, in files.

A conversation belongs to whoever began it, a browser or a signed-in user, and nobody else finds it.
With a folder, each is a file of its own that outlives the app.
"""

import json
import os
import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pullquote import exports
from pullquote.errors import InputError, StoreError
from pullquote.filters import PlainFilter
from pullquote.types import Turn

Json = Mapping[str, Any]

UNNAMED = "New conversation"
_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")
_MOST = 2_000  # conversations in memory; those that were used longest ago give way
_MOST_LISTED = 100
_NAME_LENGTH = 60


@dataclass(slots=True)
class Shown:
    """A question and what was shown for it: an answer, or what went wrong.

    `answer` is the JSON of the answer with what the page adds to it; `given` are the filters of the
    page, `removed` the words that were not to be read as filters. It leans on the first `after`
    turns of its conversation, or on all that came before it.
    """

    question: str
    given: dict[str, Any] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    answer: dict[str, Any] | None = None
    trouble: str = ""
    rating: str = ""
    after: int | None = None

    @property
    def turn(self) -> Turn:
        """The turn as later questions lean on it."""
        answer = self.answer or {}
        filters = tuple(map(PlainFilter.of_dict, answer.get("filters", ())))
        standalone = answer.get("standalone", self.question)
        return Turn(self.question, standalone, answer.get("text", ""), filters)


@dataclass(slots=True)
class Talk:
    """One conversation; `used` is a time in seconds, `rated` the turn that was rated last.

    One that is `gone` was deleted, and what is still being answered in it brings it not back.
    """

    id: str
    owner: str
    name: str = ""
    turns: list[Shown] = field(default_factory=list)
    used: float = 0.0
    rated: int = 0
    gone: bool = False

    @property
    def title(self) -> str:
        """Its name, or its first question."""
        title = self.name or (self.turns[0].question if self.turns else UNNAMED)
        title = " ".join(title.split())
        return title if len(title) <= _NAME_LENGTH else f"{title[: _NAME_LENGTH - 1].rstrip()}…"

    def earlier(self, turn: int = 0) -> tuple[Turn, ...]:
        """Return the answered turns that one, counted from 1, leans on, or all."""
        before = self.turns[: turn - 1] if turn else self.turns
        shown = self.shown(turn)
        if shown is not None:
            before = before[: shown.after]
        return tuple(shown.turn for shown in before if shown.answer)

    def place(self, shown: Shown) -> int:
        """Return which turn this is, counted from 1; 0 if it was taken back."""
        return next((turn for turn, one in enumerate(self.turns, 1) if one is shown), 0)

    def shown(self, turn: int) -> Shown | None:
        """Return a turn counted from 1, None if there was none."""
        return self.turns[turn - 1] if 1 <= turn <= len(self.turns) else None

    def quotes(self, turn: int, *, near: bool = False) -> list[Json]:
        """Return the quotes, or near misses, of a turn counted from 1; none if there was none."""
        shown = self.shown(turn)
        quotes = (shown.answer or {}).get("nearest" if near else "quotes", []) if shown else []
        return list(quotes)

    def answers(self) -> list[Json]:
        """Return the JSON of each answer, oldest first."""
        return [shown.answer for shown in self.turns if shown.answer]

    def to_markdown(self) -> str:
        """Return what was answered as Markdown with footnotes."""
        return exports.to_markdown(self.answers()) if self.answers() else f"# {self.title}\n"


class Talks:
    """Every conversation that is remembered. Safe to share between threads.

    Of those in a folder, one is broken that `show` cannot show, turn by turn.
    """

    def __init__(
        self, folder: Path | None = None, *, show: Callable[[Shown, int], object] | None = None
    ) -> None:
        self._folder = folder
        self._show = show
        self._talks: OrderedDict[str, Talk] = OrderedDict()
        self._lock = threading.RLock()
        if folder is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            except OSError as error:
                raise InputError(
                    f"{folder}: conversations cannot be kept there ({error.strerror}); name"
                    " another folder"
                ) from error

    def begin(self, owner: str) -> Talk:
        """Return a new conversation, which is remembered from its first turn on."""
        return Talk(secrets.token_urlsafe(16), owner)

    def find(self, talk_id: object, owner: str) -> Talk | None:
        """Return a conversation of an owner's; None for another's, an unknown or a broken one."""
        if not isinstance(talk_id, str) or not _ID.fullmatch(talk_id) or not owner:
            return None
        with self._lock:
            talk = self._talks.get(talk_id)
            if talk is None:
                talk = self._load(self._file(talk_id, owner), owner)
                if talk is not None:
                    self._hold(talk)
            if talk is None or not secrets.compare_digest(talk.owner.encode(), owner.encode()):
                return None
            self._talks.move_to_end(talk_id)
            return talk

    def of(self, owner: str) -> tuple[Talk, ...]:
        """Return the conversations of an owner's, last used first."""
        with self._lock:
            for path in self._files(owner):
                self.find(path.stem, owner)
            mine = [talk for talk in self._talks.values() if owner and talk.owner == owner]
        return tuple(sorted(mine, key=lambda talk: (-talk.used, talk.id)))[:_MOST_LISTED]

    def keep(self, talk: Talk) -> None:
        """Remember a conversation as it is now; raise StoreError if its file cannot be written."""
        with self._lock:
            if talk.gone:
                return
            self.remember(talk)
            path = self._file(talk.id, talk.owner)
            if path is not None:
                _write(path, talk)

    def drop(self, talk: Talk) -> None:
        """Forget a conversation; raise StoreError if its file cannot be removed."""
        with self._lock:
            path = self._file(talk.id, talk.owner)
            try:
                if path is not None:
                    path.unlink(missing_ok=True)
            except OSError as error:
                raise StoreError(
                    f"{path}: the conversation cannot be deleted ({error.strerror}); check"
                    " permissions"
                ) from error
            talk.gone = True
            self._talks.pop(talk.id, None)

    def remember(self, talk: Talk) -> None:
        """Remember a conversation in memory only, while its first answer is looked for."""
        with self._lock:
            if not talk.gone:
                talk.used = time.time()
                self._hold(talk)

    def _hold(self, talk: Talk) -> None:
        self._talks[talk.id] = talk
        self._talks.move_to_end(talk.id)
        while len(self._talks) > _MOST:
            self._talks.popitem(last=False)

    def _file(self, talk_id: str, owner: str) -> Path | None:
        return None if self._folder is None else _shelf(self._folder, owner) / f"{talk_id}.json"

    def _files(self, owner: str) -> Iterable[Path]:
        """Return the files of an owner's, as many as are listed, last written first."""
        if self._folder is None or not owner:
            return ()
        files = [(-_written(path), path) for path in _shelf(self._folder, owner).glob("*.json")]
        return [path for _, path in sorted(files)[:_MOST_LISTED]]

    def _load(self, path: Path | None, owner: str) -> Talk | None:
        """Read a conversation; one whose file is broken is passed over, and the file kept."""
        if path is None:
            return None
        with suppress(OSError, ValueError, TypeError, LookupError, AttributeError, InputError):
            said = json.loads(path.read_text(encoding="utf-8"))
            turns = [Shown(**{**turn, "removed": tuple(turn["removed"])}) for turn in said["turns"]]
            talk = Talk(path.stem, owner, str(said["name"]), turns, float(said["used"]))
            talk.earlier()  # what cannot be leant on is broken as well
            if self._show is not None:
                for turn, shown in enumerate(turns, 1):
                    self._show(shown, turn)
            return talk
        return None


def _shelf(folder: Path, owner: str) -> Path:
    """Return the folder of an owner's conversations; its name does not give the owner away."""
    return folder / blake2b(owner.encode(), digest_size=12).hexdigest()


def _written(path: Path) -> float:
    """Return when a file was written; long ago if it is gone meanwhile."""
    with suppress(OSError):
        return path.stat().st_mtime
    return 0.0


def _write(path: Path, talk: Talk) -> None:
    said = {
        "name": talk.name,
        "used": talk.used,
        # What is still being answered would be a question without an answer for ever.
        "turns": [asdict(shown) for shown in talk.turns if shown.answer or shown.trouble],
    }
    new = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with new.open("w", encoding="utf-8") as file:
            json.dump(said, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        raise StoreError(
            f"{path}: the conversation cannot be kept ({error.strerror}); free some space or"
            " check permissions"
        ) from error
