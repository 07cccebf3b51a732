"""What is told of each question and each refresh, to those who count or log.

>>> bot.observe(Metrics(bot))
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Protocol

from pullquote.protocols import GivenUp
from pullquote.types import Answer, RefreshReport

# By which way a question comes: "page", "http", "mcp", or "python" where nobody says.
_ROUTE = ContextVar("pullquote_route", default="python")


@dataclass(slots=True)
class Asked:
    """What became of a question: an answer, or the error that is about to be raised."""

    question: str = field(repr=False)
    route: str
    generation: str = ""  # of the index that answered; empty if none was opened
    seconds: float = 0.0
    answer: Answer | None = None
    error: BaseException | None = None

    @property
    def status(self) -> str:
        """`answered`, `abstained` or `error`."""
        return self.answer.status if self.answer else "error"


@dataclass(slots=True)
class Refreshed:
    """What became of a refresh: a report, or the error that is about to be raised."""

    seconds: float = 0.0
    report: RefreshReport | None = None
    error: BaseException | None = None


class Observer(Protocol):
    """Is told of questions and refreshes, in the thread that asks or refreshes; may not raise."""

    def begins(self, asked: Asked) -> None:
        """Hear of a question that is about to be answered."""

    def ends(self, asked: Asked) -> None:
        """Hear what became of it."""

    def refreshed(self, told: Refreshed) -> None:
        """Hear what became of a refresh that was not given up."""


class Observers:
    """Those who are told."""

    def __init__(self) -> None:
        self._all: tuple[Observer, ...] = ()

    def add(self, observer: Observer) -> None:
        """Tell one more from now on."""
        self._all = (*self._all, observer)

    @contextmanager
    def asking(self, question: str) -> Iterator[Asked]:
        """Tell of a question; the block notes its answer."""
        asked, begin = Asked(question, _ROUTE.get()), time.monotonic()
        told = self._all
        for observer in told:
            observer.begins(asked)
        try:
            yield asked
        except BaseException as error:
            asked.error = error
            raise
        finally:
            asked.seconds = time.monotonic() - begin
            for observer in told:
                observer.ends(asked)

    @contextmanager
    def refreshing(self, *, told_of: bool = True) -> Iterator[Refreshed]:
        """Tell of a refresh, if it is `told_of`; the block notes its report."""
        told, begin = Refreshed(), time.monotonic()
        observers = self._all if told_of else ()
        try:
            yield told
        except GivenUp:
            observers = ()
            raise
        except BaseException as error:
            told.error = error
            raise
        finally:
            told.seconds = time.monotonic() - begin
            for observer in observers:
                observer.refreshed(told)


@contextmanager
def on_route(route: str) -> Iterator[None]:
    """Tell of questions in the block that they came this way."""
    token = _ROUTE.set(route)
    try:
        yield
    finally:
        _ROUTE.reset(token)
