"""Damaged, full, forbidden and foreign: one clear line, nothing lost, and a cure that cures."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.trust.commands import NOBODY, Outcome, Shell
from benchmarks.trust.material import QUESTIONS, Gardener, WordEmbedder
from benchmarks.trust.states import State, clean_state, differences, open_bot, state_of
from pullquote import PullquoteError

SEED = 20250208
_CASES, _ARTICLES, _EDITS = 200, 60, 20
_ASKING = tuple(("ask", "--json", question) for question in QUESTIONS[:2])
_COMMANDS = (*_ASKING, ("search", "--json", QUESTIONS[2]), ("status", "--json"))
_RAM_DISK = "4m"
_NONSENSE = ("""'{"ä'""", "x'ff00'")


@dataclass
class Ward:
    """A healthy index, copies of it to hurt, and what every patient said."""

    work: Path
    random: Random
    articles: int = _ARTICLES
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        shutil.rmtree(self.work, ignore_errors=True)
        self.corpus, self.healthy = self.work / "corpus", self.work / "healthy"
        self.patient = self.work / "patient"
        self.gardener = Gardener(self.corpus, self.random)
        self.gardener.plant(self.articles)
        self.shell = Shell(self.corpus, self.work / "printed")
        self.wanted = clean_state(self.corpus, self.healthy, WordEmbedder())
        self.said = [self.shell.run(self.healthy, *words).out for words in _COMMANDS[:-1]]

    def admit(self) -> Path:
        """Return a new copy of the healthy index."""
        shutil.rmtree(self.patient, ignore_errors=True)
        return Path(shutil.copytree(self.healthy, self.patient))

    def examine(self, name: str, folder: Path) -> str:
        """Run every command; return the command that the index asks for, if any."""
        cure = ""
        changed = False
        for number, words in enumerate(_COMMANDS):
            outcome = self.shell.run(folder, *words)
            self.expect(name, words[0], outcome)
            if words in _ASKING:
                wrong = self.shell.wrong_quotes(outcome)
                self.failures += [f"{name}: {place} is not in its file" for place in wrong]
            if outcome.code == 2:
                cure = max(cure, _cure_in(outcome.err), key=len)
            elif number < len(self.said):
                changed |= outcome.out != self.said[number]
        if cure:
            self.counts["told"] += 1
        elif changed:
            self.counts["unnoticed, other answers"] += 1
        else:
            self.counts["harmless"] += 1
        return cure

    def expect(self, name: str, verb: str, outcome: Outcome, *, code: int | None = None) -> None:
        """Note a failure unless the outcome is clear and, if given, has this exit code."""
        if not outcome.is_clear or code not in (None, outcome.code):
            said = outcome.err.strip()[-300:]
            self.failures.append(f"{name}: {verb} ended with {outcome.code}: {said}")

    def heal(self, name: str, folder: Path, command: str) -> None:
        """Run the command and compare with a clean build."""
        self.expect(name, command, self.shell.run(folder, *command.split()), code=0)
        try:
            found = state_of(open_bot(self.corpus, folder, WordEmbedder()))
            wrong = ", ".join(differences(found, self.wanted))
        except (PullquoteError, TypeError, ValueError, sqlite3.Error) as error:
            wrong = f"{type(error).__name__}: {error}"
        if wrong and command == "refresh" and "--rebuild" in wrong:
            self.counts["told twice"] += 1
            self.heal(name, folder, "refresh --rebuild")
        elif wrong:
            self.failures.append(f"{name}: after {command} it is not as new: {wrong}")

    def grow(self) -> State:
        """Edit the articles and return what an index of them must be."""
        for _ in range(_EDITS):
            self.gardener.edit()
        shutil.rmtree(self.work / "clean", ignore_errors=True)
        self.wanted = clean_state(self.corpus, self.work / "clean", WordEmbedder())
        return self.wanted


def measure(data: Path, work: Path, *, quick: bool) -> dict[str, Any]:
    """Try every kind of trouble and report how many were told, harmless, or neither."""
    figures = {
        "garbled": hurt(work / "garbled", cases=_CASES // 10 if quick else _CASES, seed=SEED),
        "foreign": meet_foreign_catalogs(work / "foreign", seed=SEED),
        "full": fill_disks(work / "full", limits=3 if quick else 12, seed=SEED),
        "forbidden": forbid(work / "forbidden", seed=SEED),
    }
    print(figures)
    return figures


# -- garbled files


def hurt(work: Path, *, cases: int, seed: int, articles: int = _ARTICLES) -> dict[str, Any]:
    """Damage one file of the index at a time: cut it, flip bits, overwrite, empty or remove it."""
    ward = Ward(work, Random(seed), articles=articles)
    files = sorted(p.relative_to(ward.healthy) for p in ward.healthy.rglob("*") if p.is_file())
    for number in range(cases):
        folder = ward.admit()
        # Every file has its turn, and the catalog, which has no check sum, every other one.
        path = files[number // 2 % len(files)] if number % 2 else Path("catalog.db")
        harm = ward.random.choice(_HARMS)
        place = harm(folder / path, ward.random)
        name = f"{path.name.split('.')[-1]} {harm.__name__.strip('_')} {place}"
        cure = ward.examine(name, folder)
        # What is not noticed must be mended by starting anew, which anybody may try.
        ward.heal(name, folder, cure or "refresh --rebuild")
        _progress("garbled", number + 1, cases)
    return _figures(ward, cases, seed)


def _cut(path: Path, random: Random) -> str:
    size = path.stat().st_size
    place = random.randrange(size) if size else 0
    os.truncate(path, place)
    return f"at {place} of {size}"


def _flip(path: Path, random: Random) -> str:
    data = bytearray(path.read_bytes())
    places = sorted(random.randrange(len(data)) for _ in range(random.randint(1, 4)) if data)
    for place in places:
        data[place] ^= 1 << random.randrange(8)
    path.write_bytes(data)
    return f"at {places} of {len(data)}"


def _overwrite(path: Path, random: Random) -> str:
    data = bytearray(path.read_bytes())
    place, size = random.randrange(max(len(data), 1)), random.randint(1, 512)
    size = min(size, len(data) - place)
    data[place : place + size] = random.randbytes(size)
    path.write_bytes(data)
    return f"{size} bytes at {place} of {len(data)}"


def _empty(path: Path, random: Random) -> str:
    os.truncate(path, 0)
    return ""


def _remove(path: Path, random: Random) -> str:
    path.unlink()
    return ""


_HARMS = (_cut, _flip, _flip, _overwrite, _empty, _remove)


def _cure_in(line: str) -> str:
    """Return the command of ours that a line tells to run."""
    for command in ("refresh --rebuild", "refresh"):
        if f"run: pullquote {command}" in line:
            return command
    return ""


# -- catalogs of other versions


def meet_foreign_catalogs(work: Path, *, seed: int, articles: int = _ARTICLES) -> dict[str, Any]:
    """Open catalogs with other tables, columns or recipe, and with nonsense in each column."""
    ward = Ward(work, Random(seed), articles=articles)
    with closing(sqlite3.connect(ward.healthy / "catalog.db")) as connection:
        query = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        tables = [name for (name,) in connection.execute(query)]
    changes = [f'DROP TABLE "{table}"' for table in tables]
    changes += [f'ALTER TABLE "{table}" ADD COLUMN more TEXT' for table in tables]
    changes += [
        "ALTER TABLE articles DROP COLUMN summary",
        "ALTER TABLE articles RENAME COLUMN title TO headline",
        "UPDATE about SET value = 'of another version' WHERE key = 'recipe'",
        "DELETE FROM about",
    ]
    mended = len(changes)
    with closing(sqlite3.connect(ward.healthy / "catalog.db")) as connection:
        changes += [
            f'UPDATE "{table}" SET "{column}" = {value}'
            for table in tables
            for _, column, *_ in connection.execute(f'PRAGMA table_info("{table}")').fetchall()
            for value in _NONSENSE
        ]
    for number, change in enumerate(changes, 1):
        folder = ward.admit()
        with closing(sqlite3.connect(folder / "catalog.db")) as connection:
            with suppress(sqlite3.IntegrityError):  # a key that must be unique or a number
                connection.execute(change)
            connection.commit()
        ward.examine(change, folder)
        outcome = ward.shell.run(folder, "refresh")
        ward.expect(change, "refresh", outcome)
        # Either a refresh says what to do or it has done all that was needed; but values that look
        # like any other cannot be told from them.
        done = outcome.code == 0 and number <= mended
        ward.heal(change, folder, "refresh" if done else "refresh --rebuild")
        _progress("foreign", number, len(changes))
    return _figures(ward, len(changes), seed)


# -- full disks


def fill_disks(
    work: Path, *, limits: int, seed: int, articles: int = _ARTICLES, disk: bool = True
) -> dict[str, Any]:
    """Refresh where files may not grow beyond a limit, then on a small disk that is nearly full."""
    ward = Ward(work, Random(seed), articles=articles)
    ward.grow()
    size = max(p.stat().st_size for p in ward.healthy.rglob("*") if p.is_file())
    steps = [number * size // limits for number in range(limits)]
    refused = 0
    for number, limit in enumerate(steps, 1):
        folder = ward.admit()
        outcome = ward.shell.run(folder, "refresh", file_bytes=limit)
        refused += _check_full(ward, f"files of at most {limit} bytes", folder, outcome)
        _progress("full", number, limits)
    figures: dict[str, Any] = {"refused": refused}
    if disk:
        with _ram_disk(ward.work / "disk") as place:
            figures["refused on a small disk"] = _fill_disk(ward, place, steps)
    return _figures(ward, limits, seed) | figures


def _fill_disk(ward: Ward, disk: Path | None, steps: Sequence[int]) -> int | None:
    """Refresh with so many bytes left on a disk; return how often that was refused."""
    if disk is None:
        return None  # not allowed to mount one
    ward.patient = disk / "index"
    refused = 0
    for number, left in enumerate(steps, 1):
        folder = ward.admit()
        ballast = _fill(disk, leave=left)
        outcome = ward.shell.run(folder, "refresh")
        name = f"{left} bytes left"
        for words in _ASKING:
            ward.expect(name, "ask", ward.shell.run(folder, *words))
        ballast.unlink()
        refused += _check_full(ward, name, folder, outcome)
        _progress("small disk", number, len(steps))
    return refused


def _check_full(ward: Ward, name: str, folder: Path, outcome: Outcome) -> bool:
    """Check the line, the answers meanwhile, and that the next refresh completes everything."""
    ward.expect(name, "refresh", outcome)
    for words in _ASKING:
        asked = ward.shell.run(folder, *words)
        ward.expect(name, "ask", asked)
        wrong = ward.shell.wrong_quotes(asked)
        ward.failures += [f"{name}: {place} is not in its file" for place in wrong]
        if asked.code == 2:
            ward.failures.append(f"{name}: the old index does not answer: {asked.err.strip()}")
    ward.heal(name, folder, "refresh")
    return outcome.code == 2


@contextmanager
def _ram_disk(place: Path) -> Iterator[Path | None]:
    """Mount a small disk if that is allowed."""
    place.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={_RAM_DISK},mode=777", "tmpfs", str(place)]
    try:
        done = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        done = False
    try:
        yield place if done else None
    finally:
        if done:
            subprocess.run(["umount", str(place)], check=True)


def _fill(disk: Path, *, leave: int) -> Path:
    """Fill a disk but for some bytes and return the file that does."""
    ballast = disk / "ballast"
    free = os.statvfs(disk)
    ballast.write_bytes(bytes(max(free.f_bavail * free.f_frsize - leave, 0)))
    return ballast


# -- forbidden files


def forbid(work: Path, *, seed: int, articles: int = _ARTICLES) -> dict[str, Any]:
    """Take permissions away; as root, commands run as a user who has none."""
    user = NOBODY if os.getuid() == 0 else None
    ward = Ward(work, Random(seed), articles=articles)
    if user is not None and not _may_enter(work):
        return {"not measured": f"{work} is closed to other users"}
    steps: list[Callable[[Ward, int | None], None]] = [
        _read_only_index,
        _read_only_index_after_a_kill,
        _unreadable_index,
        _read_only_article,
        _unreadable_article,
    ]
    for number, step in enumerate(steps, 1):
        step(ward, user)
        _progress("forbidden", number, len(steps))
    return _figures(ward, len(steps), seed)


def _may_enter(work: Path) -> bool:
    return all(folder.stat().st_mode & 0o5 == 0o5 for folder in (work, *work.resolve().parents))


def _read_only_index(ward: Ward, user: int | None) -> None:
    """Let those who may not write the index ask, but not refresh."""
    name, folder = "read-only index", ward.admit()
    _set_modes(folder, 0o555, 0o444)
    for words, said in zip(_COMMANDS[:-1], ward.said, strict=True):
        outcome = ward.shell.run(folder, *words, user=user)
        ward.expect(name, words[0], outcome)
        if outcome.out != said:
            ward.failures.append(f"{name}: {words[0]} says something else: {outcome.err.strip()}")
    ward.expect(name, "refresh", ward.shell.run(folder, "refresh", user=user), code=2)
    ward.expect(
        name, "--rebuild", ward.shell.run(folder, "refresh", "--rebuild", user=user), code=2
    )
    _set_modes(folder, 0o755, 0o644)
    ward.heal(name, folder, "refresh")


def _read_only_index_after_a_kill(ward: Ward, user: int | None) -> None:
    """Have the journal that a killed writer left be read as a part of the index."""
    name, folder = "read-only index with a journal", ward.admit()
    journal = ward.work / "journal"
    shutil.rmtree(journal, ignore_errors=True)
    with closing(sqlite3.connect(folder / "catalog.db")) as connection:
        connection.execute("UPDATE about SET value = value WHERE key = 'recipe'")
        connection.execute("UPDATE about SET value = '99' WHERE key = 'generation'")
        connection.commit()
        shutil.copytree(folder, journal)  # as it lies on the disk while a writer is at work
    _set_modes(journal, 0o555, 0o444)
    outcome = ward.shell.run(journal, "status", "--json", user=user)
    ward.expect(name, "status", outcome)
    if '"generation": 99' not in outcome.out:
        ward.failures.append(f"{name}: an older generation is read: {outcome.err.strip()}")
    for words, said in zip(_ASKING, ward.said, strict=False):
        outcome = ward.shell.run(journal, *words, user=user)
        if outcome.out != said:
            ward.failures.append(f"{name}: ask says something else: {outcome.err.strip()}")
    _set_modes(journal, 0o755, 0o644)
    ward.heal(name, journal, "refresh")


def _unreadable_index(ward: Ward, user: int | None) -> None:
    """Name the file that cannot be opened, whichever it is."""
    for path in sorted(p.relative_to(ward.healthy) for p in ward.healthy.rglob("*")):
        folder = ward.admit()
        mode = (folder / path).stat().st_mode
        (folder / path).chmod(0)
        name = f"unreadable {path.name}"
        for words in _COMMANDS:
            ward.expect(name, words[0], ward.shell.run(folder, *words, user=user))
        (folder / path).chmod(mode)
        ward.heal(name, folder, "refresh")


def _read_only_article(ward: Ward, user: int | None) -> None:
    """Read articles that cannot be written like all others."""
    folder = ward.admit()
    for path in ward.gardener.paths():
        path.chmod(0o444)
    ward.heal("read-only articles", folder, "refresh")
    for path in ward.gardener.paths():
        path.chmod(0o644)


def _unreadable_article(ward: Ward, user: int | None) -> None:
    """Report an article that may not be opened, and answer from the others."""
    name, folder = "unreadable article", ward.admit()
    _set_modes(folder, 0o777, 0o666)
    path = ward.gardener.paths()[0]
    path.chmod(0)
    outcome = ward.shell.run(folder, "refresh", "--json", user=user)
    ward.expect(name, "refresh", outcome, code=0)
    if path.name not in outcome.out or "cannot be read" not in outcome.out:
        ward.failures.append(f"{name}: is not reported")
    for words in _ASKING:
        asked = ward.shell.run(folder, *words, user=user)
        ward.expect(name, "ask", asked)
        if f'"{path.relative_to(ward.corpus).as_posix()}"' in asked.out:
            ward.failures.append(f"{name}: is quoted")
    path.chmod(0o644)
    ward.heal(name, folder, "refresh")


def _set_modes(folder: Path, folders: int, files: int) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(folders if path.is_dir() else files)


def _figures(ward: Ward, cases: int, seed: int) -> dict[str, Any]:
    return {
        "seed": seed,
        "cases": cases,
        **ward.counts,
        "failures": len(ward.failures),
        "failed": ward.failures[:20],
    }


def _progress(part: str, done: int, total: int) -> None:
    end = "\n" if done == total else ""
    print(f"\rdamage, {part}: {done}/{total}", end=end, file=sys.stderr, flush=True)
