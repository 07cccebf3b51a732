"""Quotation marks: which words are somebody's, where they end, and who says them. Pure.

English “…”, German „…“ and French «…» nest; straight marks only alternate. Single marks are not
looked at: most of them are apostrophes.
"""

import re
from collections.abc import Iterator
from typing import Final

from pullquote.patterns import lazily

_MARKS: Final = lazily(r'[“”„«»"]')
_CLOSERS: Final = {"“": "”", "„": "“", "«": "»", "»": "«", '"': '"'}
_SPEAKS: Final = lazily(
    r"\b(?:said|says?|tells?|told|add(?:s|ed)|ask(?:s|ed)|replie[sd]|answer(?:s|ed)|writes?|wrote"
    r"|explain(?:s|ed)|warn(?:s|ed)|argue[sd]|recall(?:s|ed)|insist(?:s|ed)|claim(?:s|ed)"
    r"|announce[sd]|state[sd]|note[sd]|remark(?:s|ed)|continue[sd]|conclude[sd]|according to"
    r"|sagte?|erklärte?|dit|déclar[ée]|dijo|afirmó)\b",
    re.IGNORECASE,
)
_ENDS: Final = lazily(r'[”“«»"][.,;!?…]*$')


def is_open(text: str) -> bool:
    """Tell whether a quotation that begins in a text is not over where the text ends."""
    return _read(text)[0]


def is_all_quotation(text: str) -> bool:
    """Tell whether a text is somebody's words and nothing else, so that the speaker is missing."""
    if not (_MARKS.match(text) and _ENDS.search(text)):
        return False
    still_open, outside = _read(text)
    return not still_open and not any(map(str.isalnum, outside))


def names_speaker(text: str) -> bool:
    """Tell whether the words outside of quotation marks say that somebody speaks."""
    return _SPEAKS.search(_read(text)[1]) is not None


def without_stray(text: str) -> str:
    """Return the text with its straight marks blanked if they cannot be paired; 5" is an inch."""
    return text.replace('"', " ") if text.count('"') % 2 else text


def _read(text: str) -> tuple[bool, str]:
    """Return whether a quotation is left open, and the words outside of all that are closed."""
    wanted: list[str] = []
    outside: list[str] = []
    place = 0
    for start, mark in _marks(text):
        if not wanted:
            outside.append(text[place:start])
        if wanted and mark == wanted[-1]:
            wanted.pop()
        elif mark != "”" and not (mark == "»" and wanted):
            wanted.append(_CLOSERS[mark])
        place = start + 1
    return bool(wanted), " ".join([*outside, *([] if wanted else [text[place:]])])


def _marks(text: str) -> Iterator[tuple[int, str]]:
    return ((found.start(), found.group()) for found in _MARKS.finditer(text))
