"""The files of vectors: columns that only grow, and a manifest that says how far they count.

    manifest   which build of the columns counts, and how far
    N.log      16 bytes an entry: an id, its row or -1 if it was removed, the row's check sum
    N.rows     float32
    N.codes    what is scanned instead of rows when there are many

The last entry of an id counts, so that what is added or removed is only ever appended, and lies
beyond what the manifest covers until the manifest is swapped: that is the flush. Whoever dies
before it leaves a tail that is written over. A reader's files are open and their rows never change,
whatever the writer does meanwhile. Rows are read, not mapped: the pages of a map would count as
memory of the process, and one that was truncated would kill it.

Every byte is under a check sum (crc32): the manifest and the log when a store is opened, codes when
they are loaded, each row when it is read.
"""

import json
import os
import weakref
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pullquote.errors import IndexCorrupt, StoreError
from pullquote.index.lock import HALF
from pullquote.index.stores import sync_folder
from pullquote.index.stores.faiss_codes import Codes
from pullquote.protocols import Vectors

MANIFEST_FILE = "manifest"
ENTRY = np.dtype([("id", "<i8"), ("row", "<i4"), ("sum", "<u4")])
Entries = NDArray[np.void]  # of dtype ENTRY
REMOVED = -1

_VERSION = 1
_FLOAT = np.dtype("<f4")
_BLOCK = 4096  # rows read at a time
_COLUMNS = ("log", "rows", "codes")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What counts of which files; `mark` tells codes of one coder from those of another."""

    dim: int
    mark: int
    build: int
    version: int = _VERSION
    entries: int = 0
    rows: int = 0
    log_sum: int = 0
    codes_sum: int = 0


def read_manifest(folder: Path) -> Manifest | None:
    """Return the manifest, None if there is none; raise IndexCorrupt or StoreError."""
    path = folder / MANIFEST_FILE
    try:
        text, _, seal = path.read_bytes().partition(b"\n")
    except FileNotFoundError:
        if (old := _old_file(folder)).exists():
            raise IndexCorrupt(
                f"{old}: was made by another version; run: pullquote refresh --rebuild"
            ) from None
        return None
    except OSError as error:
        raise unreadable(path, error) from error
    if seal != _seal(text):
        raise damaged(path)
    found = json.loads(text)
    if found.get("version") != _VERSION or found.keys() != {f.name for f in fields(Manifest)}:
        raise IndexCorrupt(f"{path}: was made by another version; run: pullquote refresh --rebuild")
    return Manifest(**found)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest anew and swap it in; raise OSError and leave the old one."""
    path = folder / MANIFEST_FILE
    part = path.with_name(f"{path.name}{HALF}")
    text = json.dumps(asdict(manifest)).encode()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(text + b"\n" + _seal(text))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync_folder(folder)
        sync_folder(folder.parent)  # where it may be new
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise


def next_build(folder: Path) -> int:
    """Return a number that no file there has."""
    names = [path.name.partition(".")[0] for path in folder.glob("*.*")]
    return 1 + max((int(name) for name in names if name.isdecimal()), default=0)


def remove_others(folder: Path, manifest: Manifest) -> None:
    """Remove builds that no longer count, and what older versions left; readers have them open."""
    kept = {MANIFEST_FILE, *(f"{manifest.build}.{column}" for column in _COLUMNS)}
    for path in (*folder.iterdir(), _old_file(folder)):
        if path.name not in kept:
            with suppress(OSError):  # it is tried again after the next flush
                path.unlink()


class Columns:
    """The columns of one build, as far as they are written; the manifest may cover less."""

    def __init__(self, folder: Path, written: Manifest, *, code_bytes: int) -> None:
        self._folder, self.written = folder, written
        self._widths = {
            "log": ENTRY.itemsize, "rows": written.dim * _FLOAT.itemsize, "codes": code_bytes
        }  # fmt: skip
        self._handles: dict[str, int] = {}
        if written.entries:
            self._open()

    def path(self, column: str) -> Path:
        """Return the file of a column."""
        return self._folder / f"{self.written.build}.{column}"

    def _open(self) -> None:
        """Open every file, so that it stays readable when the next build replaces it."""
        for column in _COLUMNS:
            path = self.path(column)
            try:
                handle = os.open(path, os.O_RDONLY)
            except FileNotFoundError as error:
                raise damaged(path) from error
            except OSError as error:
                raise unreadable(path, error) from error
            weakref.finalize(self, os.close, handle)
            self._handles[column] = handle
            if os.fstat(handle).st_size < self._count(column) * self._widths[column]:
                raise damaged(path)

    def _count(self, column: str) -> int:
        return self.written.entries if column == "log" else self.written.rows

    def _read(self, column: str, first: int, count: int) -> bytes:
        width = self._widths[column]
        try:
            data = os.pread(self._handles[column], count * width, first * width)
        except OSError as error:
            raise unreadable(self.path(column), error) from error
        if len(data) < count * width:
            raise damaged(self.path(column))
        return data

    def read_log(self) -> Entries:
        """Return all entries in the order in which they came."""
        if not self.written.entries:
            return np.empty(0, ENTRY)
        data = self._read("log", 0, self.written.entries)
        if zlib.crc32(data) != self.written.log_sum:
            raise damaged(self.path("log"))
        return np.frombuffer(data, ENTRY)

    def read_rows(self, numbers: NDArray[np.int32]) -> Vectors:
        """Return some rows; whoever reads them compares their sums."""
        rows = np.empty((len(numbers), self.written.dim), _FLOAT)
        if not len(rows):
            return rows
        handle, width = self._handles["rows"], self._widths["rows"]
        bytes_of = rows.data.cast("B")
        try:
            for place, number in enumerate(numbers.tolist()):
                part = bytes_of[place * width : (place + 1) * width]
                if os.preadv(handle, [part], number * width) < width:
                    raise damaged(self.path("rows"))
        except OSError as error:
            raise unreadable(self.path("rows"), error) from error
        return rows

    def blocks_of_rows(self) -> Iterator[tuple[int, Vectors]]:
        """Give all rows in parts, each with the number of its first row."""
        for first, data in self._blocks("rows"):
            yield first, np.frombuffer(data, _FLOAT).reshape(-1, self.written.dim)

    def blocks_of_codes(self) -> Iterator[tuple[int, Codes]]:
        """Give all codes in parts; raise IndexCorrupt at the end if they are not what they were."""
        found = 0
        for first, data in self._blocks("codes"):
            found = zlib.crc32(data, found)
            yield first, np.frombuffer(data, np.uint8).reshape(-1, self._widths["codes"])
        if found != self.written.codes_sum:
            raise damaged(self.path("codes"))

    def _blocks(self, column: str) -> Iterator[tuple[int, bytes]]:
        count = self.written.rows
        for first in range(0, count, _BLOCK):
            yield first, self._read(column, first, min(_BLOCK, count - first))

    def append(self, entries: Entries, rows: Vectors, codes: Codes) -> None:
        """Write after what is written; raise OSError and count nothing of it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        written = self.written
        parts = {"log": entries.tobytes(), "rows": rows.astype(_FLOAT).tobytes()}
        parts["codes"] = codes.tobytes()
        for column, data in parts.items():
            path = self.path(column)
            with path.open("r+b" if written.entries else "wb") as file:
                file.seek(self._count(column) * self._widths[column])
                file.write(data)
        if not self._handles:
            self._open()
        self.written = replace(
            written,
            entries=written.entries + len(entries),
            rows=written.rows + len(rows),
            log_sum=zlib.crc32(parts["log"], written.log_sum),
            codes_sum=zlib.crc32(parts["codes"], written.codes_sum),
        )

    def discard(self) -> None:
        """Remove what was written."""
        for column in _COLUMNS:
            with suppress(OSError):
                self.path(column).unlink()

    def sync(self) -> None:
        """Make what is written durable."""
        for handle in self._handles.values():
            os.fsync(handle)


def sums_of(rows: Vectors) -> NDArray[np.uint32]:
    """Return the check sum of each row."""
    plain = np.ascontiguousarray(rows, _FLOAT)
    return np.fromiter((zlib.crc32(row) for row in plain), np.uint32, len(plain))


def damaged(path: Path) -> IndexCorrupt:
    """Return what to raise for a file that is not what was written."""
    return IndexCorrupt(f"{path}: is damaged or not ours; run: pullquote refresh --rebuild")


def unreadable(path: Path, error: OSError) -> StoreError:
    """Return what to raise for a file that the system does not let us read."""
    return StoreError(f"{path}: cannot be read ({error.strerror}); check its permissions")


def _seal(text: bytes) -> bytes:
    return b"%08x\n" % zlib.crc32(text)


def _old_file(folder: Path) -> Path:
    """Return where older versions kept their vectors."""
    return folder.with_name(f"{folder.name}.faiss")
