"""Keep what was made of a model, by name, in the user's cache: it is made once."""

import logging
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_cache_path

_LOG = logging.getLogger(__name__)
ABOUT = "about.json"  # written last: a folder that has it is whole


def home_of_models() -> Path:
    """Return the folder in which they are kept."""
    return user_cache_path("pullquote") / "models"


def keep_folder(name: str, make: Callable[[Path], None]) -> Path:
    """Return the folder kept under a name, made if it is not there."""
    home = home_of_models()
    if (home / name / ABOUT).exists():
        return home / name
    try:
        home.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".part-", dir=home))
    except OSError:
        _LOG.warning("%s: cannot be written, so the model is converted at every start", home)
        part = home = Path(tempfile.mkdtemp(prefix="pullquote-"))
    try:
        make(part)
        if part == home:
            return part
        try:
            part.replace(home / name)
        except OSError:  # another process was faster
            if not (home / name / ABOUT).exists():
                raise
        return home / name
    finally:
        if part != home:
            shutil.rmtree(part, ignore_errors=True)
