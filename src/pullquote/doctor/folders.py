"""The articles, the folder of the index, the disk and the port."""

import os
import shutil
import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pullquote.articles.files import find_articles, read_article, read_bytes
from pullquote.articles.site import Site, read_site
from pullquote.doctor.findings import Finding, Patient
from pullquote.errors import ArticleUnreadable
from pullquote.index.lock import held_by

_SPARE = 500_000_000  # bytes that should be free: a refresh writes new files beside the old ones
_NEEDED = 50_000_000


def check_articles(patient: Patient) -> Iterator[Finding]:
    """Read every article, as a first refresh would."""
    site = Site.parse(read_site(patient.corpus))
    reasons, number = Counter[str](), 0
    for path in find_articles(patient.corpus, site):
        number += 1
        try:
            read_article(path, read_bytes(patient.corpus, path), site)
        except ArticleUnreadable as error:
            reasons[str(error)] += 1
    if not number:
        todo = "put Markdown files (*.md) there, or name another folder with --corpus DIR"
        yield Finding("corpus", "fail", f"{patient.corpus}: holds no articles", todo)
        return
    yield Finding("corpus", "ok", f"{patient.corpus}: {number} files")
    for reason, count in reasons.most_common():
        said, _, todo = reason.partition("; ")
        yield Finding("corpus", "warn", f"{count} skipped: {said}", todo or "pullquote status")


def check_writable(patient: Patient) -> Iterator[Finding]:
    """See whether a refresh could write, and an answer read."""
    folder, nearest = patient.embeddings, _nearest(patient.embeddings)
    if folder.exists() and not folder.is_dir():
        yield Finding("index folder", "fail", f"{folder}: is no folder", "name another")
        return
    unreadable = [path.name for path in _files_in(folder) if not os.access(path, os.R_OK)]
    if unreadable or not os.access(nearest, os.R_OK | os.X_OK):
        what = f"{folder}: cannot be read ({', '.join(unreadable[:3]) or nearest})"
        yield Finding("index folder", "fail", what, "give yourself permission to read it (chmod)")
        return
    locked = [path.name for path in _files_in(folder) if not os.access(path, os.W_OK)]
    if locked or not os.access(nearest, os.W_OK):
        said = f"{folder}: cannot be written ({', '.join(locked[:3]) or nearest})"
        todo = "serve it with --read-only, or give yourself permission to write (chmod)"
        yield Finding("index folder", "warn", said, todo)
    else:
        yield Finding("index folder", "ok", f"{folder}: may be read and written")


def check_lock(patient: Patient) -> Iterator[Finding]:
    """Tell who writes at the moment."""
    owner = held_by(patient.embeddings)
    if owner:
        todo = "wait for it; a refresh would"
        yield Finding("writer lock", "warn", f"{owner} is refreshing the index", todo)
    else:
        yield Finding("writer lock", "ok", "nobody is writing")


def check_disk(patient: Patient) -> Iterator[Finding]:
    """See whether there is room for another index beside the one that is there."""
    size = sum(path.stat().st_size for path in _files_in(patient.embeddings))
    free = shutil.disk_usage(_nearest(patient.embeddings)).free
    said = f"{free / 1e6:,.0f} MB free; the index has {size / 1e6:,.1f} MB"
    if free < size + _NEEDED:
        yield Finding("disk", "fail", said, "free some space, or a refresh cannot finish")
    elif free < size + _SPARE:
        yield Finding("disk", "warn", said, "free some space")
    else:
        yield Finding("disk", "ok", said)


def check_port(patient: Patient) -> Iterator[Finding]:
    """See whether the chat could listen."""
    place = (patient.host, patient.port)
    family = socket.AF_INET6 if ":" in patient.host else socket.AF_INET
    try:
        socket.create_server(place, family=family).close()
    except (OSError, OverflowError) as error:
        reason = str(getattr(error, "strerror", None) or error).partition(" (")[0]
        todo = "the chat may be running already; else choose another with --port"
        said = f"{patient.host}:{patient.port}: cannot be listened at ({reason})"
        yield Finding("port", "warn", said, todo)
    else:
        yield Finding("port", "ok", f"{patient.host}:{patient.port} is free")


def _nearest(folder: Path) -> Path:
    """Return the folder, or the nearest above it that is there."""
    place = folder.absolute()
    return next((path for path in (place, *place.parents) if path.is_dir()), place)


def _files_in(folder: Path) -> list[Path]:
    """Return the files below a folder that may be listed."""
    return [Path(place, name) for place, _, names in os.walk(folder) for name in names]
