"""How many requests one client may make."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from pullquote.errors import InputError

_SAID = re.compile(r"([1-9][0-9]{0,5})\s*/\s*(second|minute|hour)")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_MOST_CLIENTS = 10_000  # that are remembered: some megabytes


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so many seconds, which may come all at once."""

    count: int
    seconds: int

    @classmethod
    def of(cls, said: str) -> Self:
        """Read a rate such as 60/minute; raise InputError."""
        found = _SAID.fullmatch(said.strip())
        if found is None:
            raise InputError(f"rate {said!r}: write it as 60/minute (or second, or hour)")
        return cls(int(found[1]), _SECONDS[found[2]])


class Meter:
    """Counts the requests of each client: the generic cell rate algorithm.

    It keeps one number a client: when all that it has asked would have been due at an even pace.
    """

    def __init__(self, rate: Rate, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._pace = rate.seconds / rate.count
        self._burst = rate.seconds - self._pace
        self._clock = clock
        self._due: dict[str, float] = {}

    def take(self, client: str) -> float:
        """Count a request and return 0, or the seconds to wait before there may be another."""
        now = self._clock()
        due = max(self._due.get(client, now), now)
        if due - now > self._burst + 1e-9:  # what rounding adds
            return due - now - self._burst
        if len(self._due) >= _MOST_CLIENTS and client not in self._due:
            self._forget(now)
        self._due[client] = due + self._pace
        return 0.0

    def _forget(self, now: float) -> None:
        """Forget who may ask all at once again, or else whoever came first."""
        self._due = {client: due for client, due in self._due.items() if due > now}
        while len(self._due) >= _MOST_CLIENTS:
            del self._due[next(iter(self._due))]
