"""What a refresh did, and what is wrong with articles."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an article, in one line that says what to do."""

    article: str
    reason: str


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """What a refresh did: counts of articles, of `embedded` passages, and seconds.

    `skipped` articles are not in the index; articles in `warnings` are, with what could be read.
    """

    added: int = 0
    changed: int = 0
    removed: int = 0
    renamed: int = 0
    unchanged: int = 0
    embedded: int = 0
    skipped: tuple[Problem, ...] = ()
    seconds: float = 0.0
    warnings: tuple[Problem, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON of a report."""
        return {
            "added": self.added,
            "changed": self.changed,
            "removed": self.removed,
            "renamed": self.renamed,
            "unchanged": self.unchanged,
            "embedded": self.embedded,
            "skipped": [{"article": p.article, "reason": p.reason} for p in self.skipped],
            "seconds": round(self.seconds, 3),
            "warnings": [{"article": p.article, "reason": p.reason} for p in self.warnings],
        }
