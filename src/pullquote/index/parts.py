"""Postings in a folder: the parts of one generation, which the next one takes over.

A folder is written once and holds all it needs: parts that stay are linked into it. `sums.json`
names the parts and tells the check sum of each file; without it, damage would only rank otherwise.
"""

import json
import os
import secrets
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pullquote.index.postings import Postings, count, merge
from pullquote.index.stores import sync_folder

# Passages that are counted at once, and that a part holds at most: both bound what is in memory.
_BLOCK = 8_192
_MOST = 131_072
# A part is merged with those behind it while it holds less than so many times what they do.
_TIMES = 4
_SUMS_FILE = "sums.json"
_GONE_FILE = "gone.npy"
_NAMES = tuple(field.name for field in fields(Postings))


@dataclass(frozen=True, slots=True)
class Part:
    """Some postings and which of their passages are there; `sums` of its files, if it has any."""

    postings: Postings
    there: NDArray[np.bool_]
    name: str = ""
    sums: dict[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Passages that are there."""
        return int(self.there.sum())

    def without(self, ids: NDArray[np.int64]) -> "Part":
        """Return it without some passages."""
        gone = np.isin(self.postings.ids, ids)
        return replace(self, there=self.there & ~gone) if gone.any() else self


def read_parts(folder: Path) -> tuple[Part, ...]:
    """Read the parts; raise ValueError, OSError, KeyError or TypeError unless all is as written."""
    told = json.loads((folder / _SUMS_FILE).read_bytes())
    sums: dict[str, int] = told["sums"]
    gone = _read(folder / _GONE_FILE, sums)
    parts, first = [], 0
    for name in told["parts"]:
        files = {key: f"{name}-{key}.npy" for key in _NAMES}
        postings = Postings(**{key: _read(folder / file, sums) for key, file in files.items()})
        _check(postings)
        rows = gone[(gone >= first) & (gone < first + len(postings.ids))] - first
        there = np.ones(len(postings.ids), np.bool_)
        there[rows] = False
        parts.append(Part(postings, there, name, {file: sums[file] for file in files.values()}))
        first += len(postings.ids)
    return tuple(parts)


def write_parts(
    folder: Path,
    passages: Iterable[tuple[int, str]],
    *,
    before: Sequence[Part] = (),
    old_folder: Path,
    gone: Iterable[int] = (),
) -> None:
    """Write a new folder: the parts of `before` without what is gone, and new passages; or OSError.

    `old_folder` has the files of `before`.
    """
    folder.mkdir(parents=True)
    writer = _Writer(folder, old_folder)
    dropped = np.fromiter(gone, np.int64)
    parts = [part.without(dropped) for part in before]
    for block in _blocks(passages):
        postings = count(block)
        parts = [part.without(postings.ids) for part in parts]
        parts.append(Part(postings, np.ones(len(postings.ids), np.bool_)))
        fresh = [part for part in parts if not part.name]
        if sum(part.count for part in fresh) >= _MOST:
            parts = [part for part in parts if part.name] + [writer.write(_merged(fresh))]
    writer.finish([part if part.name else writer.write(part) for part in settle(parts)])


def settle(parts: Sequence[Part]) -> list[Part]:
    """Merge small parts with what comes after them, and drop what is gone where it is the most."""
    settled = [
        part if 2 * part.count >= len(part.there) else _merged([part])
        for part in parts
        if part.count
    ]
    for first in range(len(settled) - 1):
        last = sum(part.count for part in settled[first + 1 :])
        if settled[first].count < _TIMES * last and settled[first].count + last <= _MOST:
            return [*settled[:first], _merged(settled[first:])]
    return settled


def _merged(parts: Sequence[Part]) -> Part:
    if len(parts) == 1 and parts[0].there.all():
        return parts[0]
    postings = merge([(part.postings, part.there) for part in parts])
    return Part(postings, np.ones(len(postings.ids), np.bool_))


def _blocks(passages: Iterable[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    rest = iter(passages)
    while block := list(islice(rest, _BLOCK)):
        yield block


class _Writer:
    """Fills one folder."""

    def __init__(self, folder: Path, old_folder: Path) -> None:
        self._folder, self._old = folder, old_folder

    def write(self, part: Part) -> Part:
        """Write a part's files; return it with their sums."""
        name, sums = secrets.token_hex(4), {}
        for key in _NAMES:
            file = f"{name}-{key}.npy"
            sums[file] = _save(self._folder / file, getattr(part.postings, key))
        return replace(part, name=name, sums=sums)

    def finish(self, parts: Sequence[Part]) -> None:
        """Take over the files of parts that are not new, and name all."""
        sums: dict[str, int] = {}
        for part in parts:
            for file in part.sums:
                if not (self._folder / file).exists():
                    _take_over(self._old / file, self._folder / file)
            sums |= part.sums
        for path in self._folder.iterdir():  # of parts that were merged once more
            if path.name not in sums:
                path.unlink()
        gone = np.flatnonzero(~np.concatenate([np.ones(0, np.bool_), *(p.there for p in parts)]))
        sums[_GONE_FILE] = _save(self._folder / _GONE_FILE, gone)
        told = {"parts": [part.name for part in parts], "sums": sums}
        write_file(self._folder / _SUMS_FILE, json.dumps(told).encode())
        sync_folder(self._folder)
        sync_folder(self._folder.parent)


def _take_over(old: Path, new: Path) -> None:
    with suppress(OSError):  # not every file system has links
        new.hardlink_to(old)
        return
    write_file(new, old.read_bytes())


def _save(path: Path, array: NDArray[Any]) -> int:
    """Write an array; return the check sum of its file."""
    buffer = BytesIO()
    np.save(buffer, array, allow_pickle=False)
    # Left to the garbage, a view of the bytes may outlive them, of which Python complains.
    with buffer.getbuffer() as data:
        write_file(path, data)
        return zlib.crc32(data)


def write_file(path: Path, data: bytes | memoryview) -> None:
    """Write a new file, durably."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _check(postings: Postings) -> None:
    """Raise ValueError unless the arrays fit together: a folder may be from anywhere."""
    starts, rows = postings.starts, postings.rows
    fits = (
        all(getattr(postings, name).ndim == 1 for name in _NAMES)
        and len(starts) == len(postings.terms) + 1
        and len(rows) == len(postings.counts) == starts[-1]
        and len(postings.ids) == len(postings.lengths)
        and starts[0] == 0
        and bool((np.diff(starts) >= 0).all())
        and (not len(rows) or 0 <= rows.min() <= rows.max() < len(postings.ids))
    )
    if not fits:
        raise ValueError("its arrays do not fit together")


def _read(path: Path, sums: dict[str, int]) -> NDArray[Any]:
    data = path.read_bytes()
    if zlib.crc32(data) != sums[path.name]:
        raise ValueError(f"{path.name} is damaged")
    array: NDArray[Any] = np.load(BytesIO(data), allow_pickle=False)
    return array
