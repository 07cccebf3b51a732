"""Grow the visible text of one leaf from pieces of source."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from pullquote.blocks import Run, Segment

_SPACES = re.compile(r"[ \t\n\r\f\v]+")
# A code span shows each character of a line break as a space.
_ONE_LINE = str.maketrans("\r\n", "  ")


class RunBuilder:
    """Adds what a reader sees, piece by piece; white space is one space, templates are nothing.

    `painted` is the text as the parser saw it, character for character, and `hidden` the places of
    templates in it. `links` is how many links are open.
    """

    def __init__(self, text: str, painted: str, hidden: Sequence[tuple[int, int]]) -> None:
        self._text, self._painted, self._hidden = text, painted, hidden
        self.links = 0
        self._clear()

    def take(self) -> tuple[Run | None, bool]:
        """Return the run, if it shows anything, and whether all its words are links; begin anew."""
        text = "".join(self._shown)
        run = Run(text, tuple(self._segments)) if text.strip() else None
        only_links = self._linked >= sum(map(str.isalnum, text)) > 0
        self._clear()
        return run, only_links

    def space(self, start: int, end: int) -> None:
        """Add one space, unless the run begins here or has one already."""
        if self._shown and not self._shown[-1].endswith(" "):
            self._add(" ", start, end, exact=False)

    def block_code(self, words: str, start: int, end: int) -> None:
        """Add a line of a block of code as it stands."""
        same = self._painted[start:end] == words
        self._add(self._text[start:end] if same else words, start, end, exact=same)

    def words(self, words: str, start: int, end: int) -> None:
        """Add text as the parser shows it."""
        if self._painted[start:end] == words:
            for low, high in self._visible(start, end):
                self._literal(low, high)
        elif self._is_whole(start, end):
            self._add(words, start, end, exact=False)

    def _literal(self, start: int, end: int) -> None:
        """Add source that is shown as it stands, but for runs of white space."""
        place = start
        for spaces in _SPACES.finditer(self._text, start, end):
            follows_word = spaces.start() > place or (self._shown and self._shown[-1][-1] != " ")
            if spaces.group() == " " and follows_word:
                continue
            if spaces.start() > place:
                self._add(self._text[place : spaces.start()], place, spaces.start(), exact=True)
            self.space(spaces.start(), spaces.end())
            place = spaces.end()
        if place < end:
            self._add(self._text[place:end], place, end, exact=True)

    def code(self, words: str, start: int, end: int) -> None:
        """Add inline code: its source is the words between the back-ticks."""
        source = self._painted[start:end]
        ticks = len(source) - len(source.lstrip("`"))
        for padding in (0, 1):
            low, high = start + ticks + padding, end - ticks - padding
            if self._painted[low:high].translate(_ONE_LINE) == words:
                for piece in self._visible(low, high):
                    self._literal(*piece)
                return
        if self._is_whole(start, end):
            self._add(_SPACES.sub(" ", words), start, end, exact=False)

    def _add(self, words: str, start: int, end: int, *, exact: bool) -> None:
        self._segments.append(Segment(self._length, start, end, exact))
        self._shown.append(words)
        self._length += len(words)
        if self.links:
            self._linked += sum(map(str.isalnum, words))

    def _is_whole(self, start: int, end: int) -> bool:
        return list(self._visible(start, end)) == [(start, end)]

    def _visible(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the parts of a source range that no template mark covers."""
        number = bisect_right(self._hidden, start, key=lambda mark: mark[1])
        while number < len(self._hidden) and self._hidden[number][0] < end:
            low, high = self._hidden[number]
            if start < low:
                yield start, low
            start = max(start, high)
            number += 1
        if start < end:
            yield start, end

    def _clear(self) -> None:
        self._shown: list[str] = []
        self._length = 0
        self._segments: list[Segment] = []
        self._linked = 0
