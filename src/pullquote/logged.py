"""What is logged of questions and refreshes.

At the level `info` and above no record holds words of a question or an article: they may be
confidential, and logs travel far.
"""

import logging

from pullquote.errors import InputError, PullquoteError
from pullquote.logs import log, places_of
from pullquote.observing import Asked, Refreshed


class Logged:
    """Logs what it observes."""

    def __init__(self) -> None:
        self._skipped: frozenset[tuple[str, str]] = frozenset()

    def begins(self, asked: Asked) -> None:
        """Log the question, for debugging only."""
        log(logging.DEBUG, "asking", route=asked.route, question=asked.question)

    def ends(self, asked: Asked) -> None:
        """Log what became of it: `asked`, and an `error` if there was one."""
        told: dict[str, object] = {
            "route": asked.route,
            "status": asked.status,
            "ms": round(asked.seconds * 1000),
        }
        if asked.generation:
            told["generation"] = int(asked.generation)
        if asked.answer:
            told["confidence"] = round(asked.answer.confidence, 4)
            told["quotes"] = len(asked.answer.quotes)
        log(logging.INFO, "asked", **told)
        _log_error(asked.error, "ask")

    def refreshed(self, told: Refreshed) -> None:
        """Log the counts, files that are skipped now and were not before, or the error."""
        _log_error(told.error, "refresh")
        report = told.report
        if report is None:
            return
        counts = {
            name: getattr(report, name)
            for name in ("added", "changed", "removed", "renamed", "unchanged", "embedded")
        }
        problems = {"skipped": len(report.skipped), "warnings": len(report.warnings)}
        log(logging.INFO, "refreshed", **counts, **problems, seconds=round(report.seconds, 3))
        skipped = frozenset((problem.article, problem.reason) for problem in report.skipped)
        for article, reason in sorted(skipped - self._skipped):
            log(logging.INFO, "skipped", article=article, reason=reason)
        self._skipped = skipped


def _log_error(error: BaseException | None, what: str) -> None:
    """Log an error: what somebody typed is not told, nor what an unforeseen one says."""
    if error is None or isinstance(error, InputError):
        log(logging.DEBUG, "refused", of=what, why=str(error)) if error else None
    elif isinstance(error, PullquoteError):
        # Who refreshes says it aloud; who asks may be far away.
        level = logging.WARNING if what == "ask" else logging.INFO
        log(level, "error", of=what, error=type(error).__name__, why=str(error))
    elif isinstance(error, Exception):
        log(logging.ERROR, "error", of=what, error=type(error).__name__, where=places_of(error))
