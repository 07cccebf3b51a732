"""All checks, one after another, whatever becomes of each."""

from collections.abc import Iterator

from pullquote.doctor import folders, indexes, installation, models
from pullquote.doctor.findings import Check, Finding, Patient
from pullquote.errors import PullquoteError

_CHECKS: tuple[tuple[str, Check], ...] = (
    ("Python", installation.check_python),
    ("packages", installation.check_packages),
    ("processor", installation.check_processor),
    ("OpenVINO", installation.check_openvino),
    ("embedder", models.check_embedder),
    ("reader", models.check_reader),
    ("kept models", models.check_kept),
    ("corpus", folders.check_articles),
    ("index folder", folders.check_writable),
    ("writer lock", folders.check_lock),
    ("disk", folders.check_disk),
    ("port", folders.check_port),
    ("catalog", indexes.check_catalog),
    ("recipe", indexes.check_recipe),
    ("shelves", indexes.check_shelves),
    ("refresh", indexes.check_refresh),
)


def examine(patient: Patient) -> Iterator[Finding]:
    """Yield every finding as it is made; a check that breaks is one more that failed."""
    for name, check in _CHECKS:
        try:
            yield from check(patient)
        except PullquoteError as error:
            said, _, todo = str(error).partition("; ")
            yield Finding(name, "fail", said, todo or "mend it, then look again")
        except OSError as error:
            said = f"{error.filename or ''}: {error.strerror or error}".lstrip(": ")
            yield Finding(name, "fail", said, "check that it is there and its permissions")
        except Exception as error:  # a doctor who faints tells nothing; whatever it is, it is told
            said = f"the check broke off ({type(error).__name__}: {' '.join(str(error).split())})"
            yield Finding(name, "fail", said[:300], "see whether the others say why, or report it")
