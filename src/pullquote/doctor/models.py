"""The weights that came with the packages, and what was made of them."""

import json
from collections.abc import Iterator
from pathlib import Path

from pullquote.doctor.findings import Finding, Patient
from pullquote.encoders.compiling import is_whole
from pullquote.encoders.keeping import ABOUT, home_of_models
from pullquote.encoders.models import BUNDLED, check_bundled, find_folder
from pullquote.encoders.openvino import digest_of_file
from pullquote.readers import BUNDLED_READER, check_bundled_reader


def check_embedder(patient: Patient) -> Iterator[Finding]:
    """Compare the embedder's weights with their published digest, then run it."""
    folder = find_folder(BUNDLED)
    check_bundled(folder)
    yield Finding("embedder", "ok", f"{BUNDLED} is as published")
    vector = patient.embedder.embed_question("Is anybody there?")
    yield Finding("embedder", "ok", f"runs, and gives {len(vector)} numbers")


def check_reader(patient: Patient) -> Iterator[Finding]:
    """Compare the reader's weights with their digest."""
    check_bundled_reader()
    yield Finding("reader", "ok", f"{BUNDLED_READER} is as published")


def check_kept(patient: Patient) -> Iterator[Finding]:
    """Compare what is kept in the user's cache with the sums that were taken of it."""
    home = home_of_models()
    if not home.is_dir():
        yield Finding("kept models", "ok", f"{home}: nothing is kept yet")
        return
    kept = sorted(folder for folder in home.iterdir() if (folder / ABOUT).exists())
    for folder in kept:
        yield from _look_at(folder)
    if kept:
        yield Finding("kept models", "ok", f"{home}: {len(kept)} looked at")


def _look_at(folder: Path) -> Iterator[Finding]:
    """Yield what is wrong with a converted model, or with what was compiled of it."""
    try:
        files = json.loads((folder / ABOUT).read_text("utf-8"))["files"]
        wrong = [name for name, sha in files.items() if digest_of_file(folder / name) != sha]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        wrong = [f"{ABOUT}: {type(error).__name__}"]
    if wrong:
        said = f"{folder}: is damaged ({', '.join(wrong)})"
        yield Finding("kept models", "fail", said, "remove that folder; it is made again")
    for compiled in sorted(folder.glob("compiled-*")):
        if not is_whole(compiled):
            todo = "nothing: it is not used, and made again at the next start"
            yield Finding("kept models", "warn", f"{compiled}: is not as written", todo)
