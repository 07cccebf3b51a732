"""Patterns that few questions need, compiled when one does.

Every question imports them, and to compile them all took a thirtieth of a cold start.
"""

import re
from typing import Any, cast

_KEPT = (
    *("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split"),
    *("pattern", "flags", "groups", "groupindex"),
)


class Lazy:
    """What a pattern offers, from its first use on as quick as the pattern itself."""

    def __init__(self, written: str, flags: int) -> None:
        self._written = written, flags

    def compiled(self) -> re.Pattern[str]:
        """Return the pattern; raise re.error if it makes no sense."""
        return re.compile(*self._written)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever it is in the pattern
        if name not in _KEPT:
            raise AttributeError(f"a pattern has no {name!r}", name=name, obj=self)
        pattern = self.compiled()
        vars(self).update({kept: getattr(pattern, kept) for kept in _KEPT})
        return vars(self)[name]


def lazily(written: str, flags: int = 0) -> re.Pattern[str]:
    """Return what can be used as `re.compile(written, flags)` can."""
    return cast("re.Pattern[str]", Lazy(written, flags))
