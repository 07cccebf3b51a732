"""Places in a text: half-open ranges of code points, and the lines they lie on."""

import re
from dataclasses import dataclass

# str.splitlines also breaks at form feeds and U+2028, where no editor shows a new line.
_LINE_BREAK = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A non-empty half-open range of code points, ``0 <= start < end``."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"not a span: [{self.start}, {self.end})")

    def of(self, text: str) -> str:
        """Return the characters of the text that this span covers."""
        return text[self.start : self.end]

    def holds(self, other: "Span") -> bool:
        """Tell whether the other span lies inside this one."""
        return self.start <= other.start and other.end <= self.end

    def meets(self, other: "Span") -> bool:
        """Tell whether the two spans share a character."""
        return self.start < other.end and other.start < self.end


def is_whole(text: str) -> bool:
    """Tell whether a text holds whole characters only; a lone surrogate cannot be kept."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def find_lines(text: str, span: Span) -> tuple[int, int]:
    r"""Return the first and last line of a span, from 1; ``\r\n``, ``\n`` and ``\r`` end lines."""
    first = 1 + sum(1 for _ in _LINE_BREAK.finditer(text, 0, span.start))
    inside = sum(1 for _ in _LINE_BREAK.finditer(text, span.start, span.end - 1))
    return first, first + inside
