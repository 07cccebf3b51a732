"""What lies in the folder of an index, and how it is cleared away."""

import re
import shutil
from contextlib import suppress
from pathlib import Path

from pullquote.errors import StoreError
from pullquote.index.catalog import CATALOG_FILE

# The token keeps two builds of one generation apart: a reader knows an index by this name.
_LEXICAL_FOLDER = re.compile(r"lexical-(\d+)-[0-9a-f]{8}")


def lexical_folders(folder: Path) -> dict[Path, int]:
    """Return the lexical indexes in a folder, with their generations."""
    matches = ((path, _LEXICAL_FOLDER.fullmatch(path.name)) for path in folder.iterdir())
    return {path: int(match[1]) for path, match in matches if match}


def remove(path: Path) -> None:
    """Remove what can be removed; the rest is tried again after the next refresh."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def remove_catalog(folder: Path) -> None:
    """Remove a catalog that cannot be read, with its journal; raise StoreError if that fails."""
    for path in folder.glob(f"{CATALOG_FILE}*"):
        try:
            path.unlink()
        except OSError as error:
            raise StoreError(
                f"{path}: cannot be removed ({error.strerror}); remove it yourself"
            ) from error
