"""Grow the visible text of one leaf from pieces of source."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from pullquote.markdown.blocks import Run, Segment

# What no reader sees: control characters, soft hyphens, zero-width spaces and joints, stray BOMs.
# Joiners (emoji, Persian) and the marks of writing direction do their work and stay.
_UNSEEN = "\\x00-\\x08\\x0e-\\x1f\\x7f-\\x84\\x86-\\x9f\\u00ad\\u200b\\u2060\\ufeff"
_WHITE = rf"\t\n\r\f\v\x85\u2028\u2029{_UNSEEN}"
_SPACES = re.compile(rf"[ {_WHITE}]+")
# All but the single space between two words, of which there are so many.
_ODD_SPACES = re.compile(rf"[{_WHITE}][ {_WHITE}]*|[ ][ {_WHITE}]+")
_ALL_UNSEEN = re.compile(rf"[{_UNSEEN}]+")
# A code span shows each character of a line break as a space.
_ONE_LINE = str.maketrans("\r\n", "  ")
# Markup that the parser took for text, as it stands on pages that other programs wrote: marks of
# notes that are defined nowhere, links whose target has white space or broken quotes in it.
_LEFT_OVER = re.compile(
    r"""
    \[\^[^\s\[\]]{1,32}\]
  | !\[[^\[\]]{0,300}\]\((?:https?:|/)[^()]{0,600}\)
  | (?P<open>\[)[^\[\]]{1,300}(?P<target>\]\((?:https?:|mailto:|www\.|/|\#|[ ]?")[^()]{0,600}\))
    """,
    re.VERBOSE,
)
# "**When? **": strong emphasis that white space on the wrong side of a mark keeps from being it.
_STARS = re.compile(r"(?<![*\d])\*{2,3}(?!\*)|(?<!\*)\*{2,3}(?![*\d])")
_URL = re.compile(r"(?:(?:https?|ftp)://|www\.)[!-~]+")
_WORDS = re.compile(r"[^\W_]+")
# A line of links and these words alone leads elsewhere. At least one must be of the first kind.
_POINTERS = frozenset(
    """
    previous prev next older newer earlier later more related also see read reading continue share
    tweet follow link links permalink top home back skip tags categories
    weiter zurück vorherige nächste mehr siehe lesen teilen
    précédent suivant suite voir lire partager anterior siguiente leer más ver compartir
    предыдущая следующая далее читать смотри
    上一篇 下一篇 上一页 下一页 前の記事 次の記事 続きを読む
    """.split()
)
_FILLERS = frozenset(
    """
    a an the this these that and or of on in at to for about by with via us our here full all
    article articles post posts page pages story stories part series blog section below above it
    auch und oder der die das den zum zur bei auf la le les aussi et ou sur el los las en y también
    """.split()
)
_MOST_POINTERS = 8
_FULL_STOPS = frozenset(".!?。！？")


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
        """Return the run, if it shows anything, and whether it only leads elsewhere; begin anew."""
        text = "".join(self._shown)
        run = None
        if text.strip():
            run = self._tidy(Run(text, tuple(self._segments)))
        only_links = run is not None and self._is_menu()
        self._clear()
        return run, only_links

    def _is_menu(self) -> bool:
        loose = "".join(self._loose)
        bare = "//" in loose or "www." in loose
        if not (self._linked or (bare and _URL.search(loose))):
            return False
        apart = _URL.sub(" ", loose)
        if not _WORDS.search(apart):
            return True
        if loose.rstrip()[-1:] in _FULL_STOPS:  # "See [the map](/map)." is a sentence
            return False
        words = {word.casefold() for word in _WORDS.findall(apart)}
        return (
            len(words) <= _MOST_POINTERS
            and not words.isdisjoint(_POINTERS)
            and words <= _POINTERS | _FILLERS
        )

    def space(self, start: int, end: int) -> None:
        """Add one space, unless the run begins here or has one already."""
        if self._shown and not self._shown[-1].endswith(" "):
            self._add(" ", start, end, exact=False)

    def block_code(self, words: str, start: int, end: int) -> None:
        """Add a line of a block of code as it stands."""
        if start == end:  # what a tab is worth beyond the indentation has no place of its own
            return
        same = self._painted[start:end] == words
        self._add(self._text[start:end] if same else words, start, end, exact=same)
        self._keep(words)

    def words(self, words: str, start: int, end: int) -> None:
        """Add text as the parser shows it."""
        if self._painted[start:end] == words:
            for low, high in self._visible(start, end):
                self._literal(low, high)
        elif self._is_whole(start, end):
            self._entity(words, start, end)

    def _entity(self, words: str, start: int, end: int) -> None:
        seen = _ALL_UNSEEN.sub("", words)
        if seen and _SPACES.fullmatch(seen):
            self.space(start, end)
        elif seen:
            self._add(_SPACES.sub(" ", seen), start, end, exact=False)

    def _literal(self, start: int, end: int) -> None:
        """Add source that is shown as it stands, but for runs of white space and the unseen."""
        place = start
        opening = _SPACES.match(self._text, start, end)
        if opening and not (opening.group() == " " and self._ends_in_word()):
            self._white(opening)
            place = opening.end()
        for spaces in _ODD_SPACES.finditer(self._text, place, end):
            if spaces.start() > place:
                self._add(self._text[place : spaces.start()], place, spaces.start(), exact=True)
            self._white(spaces)
            place = spaces.end()
        if place < end:
            self._add(self._text[place:end], place, end, exact=True)

    def _ends_in_word(self) -> bool:
        return bool(self._shown) and self._shown[-1][-1] != " "

    def _white(self, spaces: re.Match[str]) -> None:
        if not _ALL_UNSEEN.fullmatch(spaces.group()):
            self.space(spaces.start(), spaces.end())

    def code(self, words: str, start: int, end: int) -> None:
        """Add inline code: its source is the words between the back-ticks."""
        before = self._length
        source = self._painted[start:end]
        ticks = len(source) - len(source.lstrip("`"))
        for padding in (0, 1):
            low, high = start + ticks + padding, end - ticks - padding
            if self._painted[low:high].translate(_ONE_LINE) == words:
                for piece in self._visible(low, high):
                    self._literal(*piece)
                break
        else:
            if self._is_whole(start, end):
                self._entity(words, start, end)
        self._kept.append((before, self._length))

    def _keep(self, words: str) -> None:
        self._kept.append((self._length - len(words), self._length))

    def _add(self, words: str, start: int, end: int, *, exact: bool) -> None:
        self._segments.append(Segment(self._length, start, end, exact))
        self._shown.append(words)
        self._length += len(words)
        if self.links:
            self._linked = True
            words = " "
        self._loose.append(words)

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

    # -- markup that is left over

    def _tidy(self, run: Run) -> Run | None:
        """Return the run without the markup that the parser took for text."""
        if "[" not in run.text and "**" not in run.text:
            return run
        marks = sorted([*self._left_over(run), *self._stray_stars(run)])
        return _without(run, marks) if marks else run

    def _left_over(self, run: Run) -> Iterator[tuple[int, int]]:
        for found in _LEFT_OVER.finditer(run.text):
            names = ("open", "target") if found["open"] else (0,)
            if all(self._is_mark(run, found.start(name)) for name in names):
                yield from (found.span(name) for name in names)

    def _stray_stars(self, run: Run) -> list[tuple[int, int]]:
        """Return the marks of strong emphasis if each has a partner; "2**3" has none."""
        marks = [
            stars.span() for stars in _STARS.finditer(run.text) if self._is_mark(run, stars.start())
        ]
        return marks if len(marks) % 2 == 0 else []

    def _is_mark(self, run: Run, place: int) -> bool:
        """Tell whether a visible character is neither in code nor behind a backslash."""
        number = bisect_right(self._kept, place, key=lambda kept: kept[1])
        if number < len(self._kept) and self._kept[number][0] <= place:
            return False
        source = run.locate(place, place + 1)
        return self._text[max(0, source.start - 1) : source.start] != "\\" and (
            source.end - source.start == 1
        )

    def _clear(self) -> None:
        self._shown: list[str] = []
        self._length = 0
        self._segments: list[Segment] = []
        self._kept: list[tuple[int, int]] = []  # shown places of code
        self._loose: list[str] = []  # the words outside of links
        self._linked = False


def _without(run: Run, marks: Sequence[tuple[int, int]]) -> Run | None:
    """Return what is left of a run when the marks, in order and apart, are not shown."""
    shown: list[str] = []
    segments: list[Segment] = []
    length = 0
    place = 0
    for low, high in (*marks, (len(run.text), len(run.text))):
        if run.text[place:low].startswith(" ") and (not shown or shown[-1].endswith(" ")):
            place += 1
        for segment, words in _cut(run, place, low):
            shown.append(words)
            segments.append(segment._replace(shown=length))
            length += len(words)
        place = high
    text = "".join(shown)
    return Run(text, tuple(segments)) if text.strip() else None


def _cut(run: Run, low: int, high: int) -> Iterator[tuple[Segment, str]]:
    """Yield the segments of some visible characters; one without a map of its own stays whole."""
    number = bisect_right(run.segments, low, key=lambda segment: segment.shown)
    end = low
    while end < high:
        segment = run.segments[number - 1]
        end = run.segments[number].shown if number < len(run.segments) else len(run.text)
        number += 1
        first, last = max(low, segment.shown), min(high, end)
        if segment.exact and first < last:
            start = segment.start + first - segment.shown
            yield Segment(first, start, start + last - first, True), run.text[first:last]
        elif (first, last) == (segment.shown, end):
            yield segment, run.text[first:last]
