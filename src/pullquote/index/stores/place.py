"""The file that says where on a server an index keeps its vectors: swapping it is the flush."""

import json
import os
import secrets
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from pathlib import Path

from pullquote.errors import IndexCorrupt, StoreError
from pullquote.index.lock import HALF
from pullquote.index.stores import sync_folder

PLACE_FILE = "vectors.milvus.json"
_NAME_BYTES = 8


@dataclass(frozen=True, slots=True)
class Place:
    """A collection, and how much of it was flushed.

    Its name is random but for the count of builds: two indexes, or two recipes of one, that share
    a server never share a collection, wherever their folders lie.
    """

    index: str
    build: int = 1
    flushed: int = 0  # rows of later flushes are not there yet
    folder: str = ""  # where it was written, and that folder's number on its disk
    inode: int = 0

    @property
    def prefix(self) -> str:
        """What the names of all collections of this index begin with."""
        return f"pullquote_{self.index}_"

    @property
    def collection(self) -> str:
        """The name of the collection."""
        return f"{self.prefix}{self.build}"

    def flush(self) -> "Place":
        """Return the place after one more flush."""
        return replace(self, flushed=self.flushed + 1)

    def rebuild(self) -> "Place":
        """Return an empty place beside this one."""
        return replace(self, build=self.build + 1, flushed=0)


def new_place() -> Place:
    """Return a place that no index has."""
    return Place(secrets.token_hex(_NAME_BYTES))


def own_place(folder: Path, place: Place) -> Place:
    """Return the same place or, if the folder is a copy of another, one of its own.

    What was moved, or has other numbers since its disk was mounted anew, is no copy: of that both
    the path and the number differ. The same copy gets the same place again.
    """
    if not place.folder:
        return place
    path, inode = _home(folder)
    if path == place.folder or inode == place.inode:
        return place
    told = f"{place.index} {inode} {path}".encode()
    return Place(blake2b(told, digest_size=_NAME_BYTES).hexdigest())


def _home(folder: Path) -> tuple[str, int]:
    folder = folder.resolve()
    return str(folder), folder.stat().st_ino


def read_place(folder: Path) -> Place | None:
    """Return the place of an index, None if it has none yet; raise IndexCorrupt or StoreError."""
    path = folder / PLACE_FILE
    try:
        found = json.loads(path.read_text("utf-8"))
        return Place(
            str(found["index"]),
            int(found["build"]),
            int(found["flushed"]),
            str(found.get("folder", "")),
            int(found.get("inode", 0)),
        )
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be read ({error.strerror}); check its permissions"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise IndexCorrupt(f"{path}: is damaged; run: pullquote refresh --rebuild") from error


def age_of(folder: Path) -> float:
    """Return how many seconds ago the last flush was, 0 if there was none or the clock is off."""
    try:
        return max(0.0, time.time() - (folder / PLACE_FILE).stat().st_mtime)
    except OSError:
        return 0.0


def write_place(folder: Path, place: Place) -> None:
    """Write the file anew and swap it in; raise StoreError and leave the old one."""
    path = folder / PLACE_FILE
    part = path.with_name(f"{path.name}{HALF}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path_now, inode = _home(folder)
        place = replace(place, folder=path_now, inode=inode)
        with part.open("wb") as file:
            file.write(json.dumps(asdict(place)).encode())
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync_folder(folder)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise StoreError(
            f"{path}: cannot be written ({error}); free some space or check permissions"
        ) from error
