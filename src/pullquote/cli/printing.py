r"""Printing for people: what articles hold cannot steer the terminal that shows it.

An escape sequence in an article, a title or the name of a file could clear the screen, set the
window's title or type a command in some terminals; an override of the writing direction shows
words that are not there. They are printed as what they are: ``\x1b``, ``\u202e``.
"""

import builtins
import re
import sys
from typing import TextIO

# Control characters but for tabs and the ends of lines, and what turns the direction of writing.
_STEERING = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]|\r(?!\n)")


def print(*words: object, end: str = "\n", file: TextIO | None = None, flush: bool = False) -> None:
    """Print as the function that it hides does, what would steer a terminal as its name."""
    shown = disarm(" ".join(map(str, words)))
    builtins.print(shown, end=end, file=file or sys.stdout, flush=flush)


def disarm(text: str) -> str:
    """Return a text in which what would steer a terminal is written as an escape of Python's."""
    return _STEERING.sub(_name, text)


def disarm_line(text: str) -> str:
    """Return a text that stays on one line as well: a name may hold a line break."""
    return disarm(text).replace("\r", r"\r").replace("\n", r"\n")


def disarm_json(text: str) -> str:
    """Return JSON of the same value in which nothing would steer a terminal."""
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _name(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
