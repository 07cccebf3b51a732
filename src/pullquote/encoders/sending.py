"""A model's files on their way to a machine that may have them already."""

import hashlib
from pathlib import Path

from pullquote.encoders.keeping import ABOUT, keep_folder
from pullquote.encoders.openvino import digest_of_file


def digest_of_folder(folder: Path) -> str:
    """Return one digest for the names and bytes of all files."""
    lines = [f"{name} {digest_of_file(path)}\n" for name, path in _files_of(folder).items()]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def pack_folder(folder: Path) -> dict[str, bytes]:
    """Return the files by their names."""
    return {name: path.read_bytes() for name, path in _files_of(folder).items()}


class NotHere(Exception):
    """The files have to be sent."""


def find_folder_there(folder: Path, digest: str, files: dict[str, bytes] | None) -> Path:
    """Return a folder with the bytes of the sender's: the same, one kept, or one made of `files`.

    Raise NotHere if files are needed and none came.
    """
    if folder.is_dir() and digest_of_folder(folder) == digest:  # the same machine or a shared disk
        return folder

    def write(part: Path) -> None:
        if files is None:
            raise NotHere
        for name, data in files.items():
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            (part / name).write_bytes(data)
        (part / ABOUT).touch()  # which says that it is whole; an original model has none

    return keep_folder(f"sent-{digest[:32]}", write)


def _files_of(folder: Path) -> dict[str, Path]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in paths}
