"""An article's page as a browser searches it: the visible text, and what a directive finds there.

The page is modelled as one string, a line for each block and after each forced line break: no term
goes on in another line. It is compared as browsers do it: whatever the case, the accents and the
shape of quotation marks.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from pullquote.markdown.blocks import Block, Run, Segment
from pullquote.markdown.visible import blocks_in, read_blocks
from pullquote.spans import Span

Place = tuple[int, int]

# What no term may hold or reach over: an image, a footnote's mark, or characters that renderers
# set differently ("--" becomes a dash, ":tada:" a picture).
BARRIER = "\ufffc"
# A line's end in the file: a space on most sites, a forced line break on some.
SOFT = "\u2028"
# Thai to Khmer, kana and Han: scripts that put no space between words.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003fffd"
)
PAUSES = "、。，．！？；：」』）】》"
_NO_SPACES = re.compile(f"[{UNSPACED}]")
# Browsers differ in whether such a line's end is a space at all.
_SOFT_UNSPACED = re.compile(f"(?<=[{UNSPACED}{PAUSES}]){SOFT}(?=[{UNSPACED}「『（【《])")
_FUZZY = re.compile(r"--+|<<|>>|(?<!\w):[a-z][a-z0-9_+-]+:(?!\w)|\$\$.+?\$\$")
_LINK_END = re.compile(r"\]\([^)]*\)|\]\[[^\]]*\]")
_SHOWN = (
    "audio|button|canvas|embed|form|iframe|img|input|math|noscript|object|pre|select|svg"
    "|textarea|video"
)
_PUT_BETWEEN = re.compile(rf"!\[|\{{\{{|\{{%|<(?:{_SHOWN})\b", re.IGNORECASE)
_PUT = re.compile(rf"!\[|\[\^|\{{\{{|\{{%|</?(?:{_SHOWN})\b", re.IGNORECASE)
_BREAK = re.compile(r"</?(?:br|hr|p|div|li|td|th|tr)\b", re.IGNORECASE)
# Markdown in a block of HTML is read by some renderers and shown as it stands by others.
_PUT_IN_HTML = re.compile(rf"[*_`~\[\]\\]|{_PUT.pattern}", re.IGNORECASE)
_TAG_BEFORE = re.compile(r"<[^<>]*>[\s*_`~\[]*\Z")
_LONGEST_TAG = 300
_HARD_BREAK = re.compile(r"(?: {2,}|\\)[\r\n]|<")
_FOOTNOTE = re.compile(r"[ \t>]*\[\^[^\[\]\s]+\]:[ \t]*\Z")
# Letters that collate like others and do not decompose; the rest is Unicode's business.
_FOLDS = {"‘": "'", "’": "'", "‚": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "‟": '"'} | {
    SOFT: " ", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ß": "ss", "ς": "σ",
}  # fmt: skip
_IGNORED = ("Mn", "Mc", "Me", "Cf", "Cc")
# Characters that join a word where they stand between two letters or digits.
_MID = ".'’‘:·,;\""


@dataclass(frozen=True, slots=True)
class Directive:
    """The terms of a text directive, as places on a page; without `end`, `start` is all of it."""

    start: Place
    end: Place | None = None
    prefix: Place | None = None
    suffix: Place | None = None

    @property
    def target(self) -> Place:
        """What it is meant to find."""
        return self.start[0], (self.end or self.start)[1]


@dataclass(frozen=True, slots=True)
class Page:
    """The visible text, line by line, and the same as the browser compares it.

    `places` maps the first to the second, `lines` a run's first source offset to the place of its
    line and to the characters of the run before which a barrier was put.
    """

    shown: str
    lines: dict[int, tuple[int, tuple[int, ...]]]
    source: tuple[str, int]
    folded: str = field(init=False)
    places: Sequence[int] = field(init=False)

    def __post_init__(self) -> None:
        folded = [_fold(character) for character in self.shown]
        object.__setattr__(self, "folded", "".join(folded))
        object.__setattr__(self, "places", (0, *accumulate(map(len, folded))))

    def locate(self, span: Span) -> Place | None:
        """Return where the page shows a span."""
        found = [
            (self._at(run, low), self._at(run, high - 1) + 1)
            for block in blocks_in(*self.source, span)
            for run, low, high in block.shown_in(span)
            if run.text[low:high].strip()
        ]
        # Footnotes are shown last: words around one end before it.
        found = [place for place in found if place >= found[0]]
        return (found[0][0], found[-1][1]) if found else None

    def _at(self, run: Run, shown: int) -> int:
        start, inserted = self.lines[run.segments[0].start]
        return start + shown + sum(place <= shown for place in inserted)

    def is_border(self, at: int) -> bool:
        """Tell whether a word surely begins or ends here; a dictionary would be sure more often."""
        before, after = self.shown[at - 1 : at], self.shown[at : at + 1]
        if not (before + after).strip(BARRIER) or not before.strip() or not after.strip():
            return True
        if before in PAUSES or after in PAUSES:
            return True
        if unicodedata.category(after)[0] == "M" or unicodedata.category(after) in ("Cf", "Sk"):
            return False
        if _NO_SPACES.match(before) or _NO_SPACES.match(after):
            return not (_NO_SPACES.match(before) and _NO_SPACES.match(after))
        return not _joins(self.shown[max(0, at - 2) : at], self.shown[at : at + 2])

    def finds(self, directive: Directive) -> bool:
        """Tell whether what a browser finds first is what the directive is meant to find."""
        low, high = directive.target
        return self._first(directive) == (self.places[low], self.places[high])

    def starts(self, directive: Directive) -> bool:
        """Tell whether what a browser finds first begins where it should."""
        found = next(self._starts(directive), None)
        return found == self.places[directive.start[0]]

    def _first(self, directive: Directive) -> Place | None:
        suffix = self._term(directive.suffix)
        for start in self._starts(directive):
            high = start + len(self._term(directive.start))
            if directive.end:
                # If no end follows the browser gives up; it does not try another start.
                end = self._find_end(directive, high)
                return None if end is None else (start, end)
            if self.folded.startswith(suffix, self._skip(high) if suffix else high):
                return start, high
        return None

    def _starts(self, directive: Directive) -> Iterator[int]:
        words, prefix = self._term(directive.start), self._term(directive.prefix)
        at = 0
        while (found := self._find(prefix or words, at)) is not None:
            at = found + 1
            if not prefix:
                yield found
            elif self.folded.startswith(words, follows := self._skip(found + len(prefix))):
                yield follows

    def _find_end(self, directive: Directive, at: int) -> int | None:
        words, suffix = self._term(directive.end), self._term(directive.suffix)
        while (found := self._find(words, at)) is not None:
            at = found + len(words)
            if self.folded.startswith(suffix, self._skip(at)):
                return at
        return None

    def _find(self, words: str, at: int) -> int | None:
        """Return the next place that may begin with a word; its end is not held against it."""
        while words and (at := self.folded.find(words, at)) >= 0:
            inside = self.folded[max(0, at - 1) : at].isalnum() and words[0].isalnum()
            if not inside or _NO_SPACES.match(words):
                return at
            at += 1
        return None

    def _skip(self, at: int) -> int:
        while at < len(self.folded) and self.folded[at].isspace():
            at += 1
        return at

    def _term(self, place: Place | None) -> str:
        return self.folded[self.places[place[0]] : self.places[place[1]]] if place else ""


@lru_cache(maxsize=32)
def read_page(text: str, body: int, lead: str, *, apart: bool = True) -> Page:
    """Model the page of the article that begins at `body`; `lead` is what it shows before it.

    With `apart`, a picture or a template between two blocks keeps a prefix from reaching over it:
    it may show words.
    """
    parts = [" ".join(line.split()) for line in lead.splitlines() if line.strip()]
    # What stands between the lead and the article (a date, a name) is not known.
    parts += [BARRIER] if parts else []
    lines: dict[int, tuple[int, tuple[int, ...]]] = {}
    place = sum(len(part) + 1 for part in parts)
    read = body
    for block, run, is_note in _in_page_order(text, body):
        start = run.segments[0].start
        if apart and (start < read or _PUT_BETWEEN.search(text, read, start)):
            parts.append(BARRIER)
            place += 2
        line, inserted = _line(text, run, is_code=block.kind == "code")
        parts.append(line + BARRIER * is_note)
        lines[start] = place, inserted
        place += len(parts[-1]) + 1
        read = run.segments[-1].end
    return Page("\n".join(parts), lines, (text, body))


def _in_page_order(text: str, body: int) -> Iterator[tuple[Block, Run, bool]]:
    """Yield the runs and whether they are footnotes, which a page shows at its end."""
    notes = []
    for block in read_blocks(text, body):
        for run in block.runs:
            start = run.segments[0].start
            line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
            if _FOOTNOTE.match(text, line, start):
                notes.append((block, run, True))
            else:
                yield block, run, False
    yield from notes


def _line(text: str, run: Run, *, is_code: bool) -> tuple[str, tuple[int, ...]]:
    """Return the run as a line, and the characters of the run before which a barrier was put."""
    parts, inserted = [], []
    first = before = run.segments[0].start
    put = _PUT_IN_HTML if _TAG_BEFORE.search(text, max(0, first - _LONGEST_TAG), first) else _PUT
    ends = [segment.shown for segment in run.segments[1:]] + [len(run.text)]
    for segment, end in zip(run.segments, ends, strict=True):
        gap = _LINK_END.sub("](", text[before : segment.start])
        if is_put := put.search(gap) or _BREAK.search(gap):
            inserted.append(segment.shown)
            parts.append("\n" if is_put.re is _BREAK else BARRIER)
        words = run.text[segment.shown : end]
        parts.append(words if is_code else _safe(text, segment, words))
        before = segment.end
    if put is _PUT_IN_HTML and put.match(text, before):
        parts.append(BARRIER)
    return _SOFT_UNSPACED.sub("\n", "".join(parts)), tuple(inserted)


def _safe(text: str, segment: Segment, words: str) -> str:
    """Return the words with barriers and soft breaks where they may be shown otherwise."""
    source = text[segment.start : segment.end]
    if words == " " and not segment.exact:
        if _HARD_BREAK.match(source):
            return "\n"
        return SOFT if "\n" in source or "\r" in source else " "
    if text[segment.start - 1 : segment.start] == "`":
        return words
    return _FUZZY.sub(lambda found: BARRIER * len(found[0]), words)


@lru_cache(maxsize=8192)
def _fold(character: str) -> str:
    if character in ("\n", BARRIER):
        return character
    known = "".join(_FOLDS.get(lower, lower) for lower in character.lower())
    plain = unicodedata.normalize("NFKD", known)
    return "".join(c for c in plain if unicodedata.category(c) not in _IGNORED)


def _joins(before: str, after: str) -> bool:
    """Tell whether a word goes on from the last of `before` to the first of `after`."""
    if _is_letter(before[-1]):
        return _is_letter(after[0]) or (after[0] in _MID and _is_letter(after[1:]))
    return before[-1] in _MID and _is_letter(before[:-1]) and _is_letter(after[0])


def _is_letter(character: str) -> bool:
    return character.isalnum() or character == "_"
