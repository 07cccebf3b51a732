"""What a reader must see beside a sentence to understand it: speaker, referent, denial, list. Pure.

Where a rule is unsure it adds nothing: a quote that is short and a little dark can be opened in its
article.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pullquote import markdown
from pullquote.language.calls import is_call
from pullquote.language.openings import Need, may_name_person, needed_by, takes_back
from pullquote.language.quotations import is_all_quotation, is_open, names_speaker, without_stray
from pullquote.markdown.blocks import BlockKind
from pullquote.spans import Span
from pullquote.types import Article, Passage

# Neighbours that may be added in one direction; more would hide the sentence that was found.
_MOST_ADDED: Final = 2
# Characters of a quote that was lengthened: about what one looks over at a glance.
MOST_CHARS: Final = 600
_MOST_ITEMS: Final = 8  # of a list
_SHORT: Final = 4  # words; fewer are a label or a fragment

_ASKS: Final = re.compile(r"[?？][\"'”’»)\]]*$")
_ENDED: Final = re.compile(r"[.!?。！？…:][\"'”’»)\]]*(?:\[\w{1,4}\])?$")
# A speaker's name that a template held is gone, and its dash stands alone.
_LONE_DASH: Final = re.compile(r"(?<=[”\"»“])\s*(?:[–—]|-{1,3})\s*$")


@dataclass(frozen=True, slots=True)
class _Line:
    """A sentence of a passage: its words, the number of its block and the kind of that."""

    span: Span
    text: str
    block: int
    kind: BlockKind


def complete(passage: Passage, span: Span) -> Span:
    """Return a sentence of a passage with the neighbours that it cannot be understood without.

    A table row stands alone. What is returned begins and ends with a sentence of the passage, but
    for a dash that is left of a name.
    """
    lines = _lines(passage)
    at = passage.sentences.index(span)
    if lines[at].kind == "row":
        return span
    first, last = _whole_quotation(passage, lines, at)
    first = _back(lines, first, last)
    last = _forward(lines, last)
    whole = Span(lines[first].span.start, lines[last].span.end)
    return _without_dash(passage.article, whole, lines[last].text)


def are_neighbours(passage: Passage, one: Span, other: Span) -> bool:
    """Tell whether of two stretches one goes on where the other ends: in its block or its list."""
    left, right = sorted((one, other))
    lines = _lines(passage)
    after = sum(line.span.start < left.end for line in lines)
    if after == len(lines) or lines[after].span.start != right.start:
        return False
    before, following = lines[after - 1], lines[after]
    same = before.block == following.block or before.kind == following.kind == "item"
    return same and _follows(before, following)


def _lines(passage: Passage) -> tuple[_Line, ...]:
    article = passage.article
    blocks = list(markdown.blocks_in(article.text, article.body, passage.span))
    starts = [block.span.start for block in blocks]
    lines = []
    for span in passage.sentences:
        number = bisect_right(starts, span.start) - 1
        lines.append(_Line(span, article.show(span), number, blocks[number].kind))
    return tuple(lines)


def _follows(left: _Line, right: _Line) -> bool:
    """Tell whether two lines of prose stand in one block or in neighbouring ones."""
    return "row" not in (left.kind, right.kind) and right.block - left.block <= 1


def _whole_quotation(passage: Passage, lines: Sequence[_Line], at: int) -> tuple[int, int]:
    """Return first and last of a quotation that the line is a part of, with who says it."""
    block = [n for n, line in enumerate(lines) if line.block == lines[at].block]
    # Where a long block was cut into passages, marks before this one count too.
    blocks = markdown.blocks_in(passage.article.text, passage.article.body, lines[at].span)
    start = next(iter(blocks)).span.start
    before = _words(passage.article, start, lines[block[0]].span.start)
    text = [line.text for line in lines]
    whole = without_stray(" ".join([before, *(text[n] for n in block)]))
    if whole.count('"') == 0:
        text = [words.replace('"', " ") for words in text]
    first = last = at
    while first > block[0] and at - first < _MOST_ADDED and _open(before, text[block[0] : first]):
        first -= 1
    while last < block[-1] and last - first < _MOST_ADDED and _open("", text[first : last + 1]):
        last += 1
    if _open(before, text[block[0] : first]) or _open("", text[first : last + 1]):
        return at, at  # longer than is shown: a part that says what was found is better
    if is_all_quotation(" ".join(text[first : last + 1])):
        if first > block[0] and names_speaker(text[first - 1]):
            return first - 1, last
        if last < block[-1] and names_speaker(text[last + 1]):
            return first, last + 1
    return first, last


def _open(before: str, texts: Sequence[str]) -> bool:
    return is_open(" ".join([before, *texts]))


def _words(article: Article, start: int, end: int) -> str:
    return article.show(Span(start, end)) if start < end else ""


def _back(lines: Sequence[_Line], first: int, last: int) -> int:
    """Return where to begin so that what the first line points back at is there."""
    needs = _needs(lines[first])
    start = first
    while needs and first - start < _MOST_ADDED and start > 0:
        before = lines[start - 1]
        long = _length(lines[start - 1 : last + 1]) > MOST_CHARS
        if long or not _helps(before, lines[start], needs):
            break
        start -= 1
        further = _needs(before)
        if needs == "turn" or not (
            further or (needs == "person" and not may_name_person(before.text))
        ):
            return start
        needs = "person" if needs == "person" else further
    # Whoever is meant is not named in what was added: better be brief.
    return first


def _needs(line: _Line) -> Need | Literal["intro"]:
    words = line.text.split()
    if line.kind == "item" and (len(words) < _SHORT or not _ENDED.search(line.text)):
        return "intro"
    return needed_by(line.text)


def _helps(before: _Line, line: _Line, needs: str) -> bool:
    """Tell whether the line before can say what the line needs."""
    if not _follows(before, line):
        return False
    if needs == "intro":
        return before.text.endswith(":") or before.kind == "item"
    if before.kind != line.kind or (before.kind == "item" and before.block != line.block):
        return False
    if needs == "question":
        return bool(_ASKS.search(before.text))
    return (
        len(before.text.split()) >= _SHORT
        and bool(_ENDED.search(before.text))
        and not _ASKS.search(before.text)
        and not is_call(before.text)
    )


def _forward(lines: Sequence[_Line], last: int) -> int:
    """Return where to end so that what the last line announces, or what denies it, is there."""
    line = lines[last]
    if last + 1 == len(lines):
        return last
    following = lines[last + 1]
    if following.block == line.block and takes_back(following.text):
        return last + 1
    if not line.text.endswith(":") or not _follows(line, following):
        return last
    if following.kind != "item":
        return last + 1 if _length(lines[last : last + 2]) <= MOST_CHARS else last
    end = last
    while (
        end + 1 < len(lines)
        and end - last < _MOST_ITEMS
        and lines[end + 1].kind == "item"
        and _follows(lines[end], lines[end + 1])
        and _length(lines[last : end + 2]) <= MOST_CHARS
    ):
        end += 1
    return end


def _length(lines: Sequence[_Line]) -> int:
    return sum(len(line.text) + 1 for line in lines)


def _without_dash(article: Article, span: Span, text: str) -> Span:
    """Return the span without a dash at its end that led to nothing."""
    dash = _LONE_DASH.search(span.of(article.text))
    if dash is None or not _LONE_DASH.search(text):
        return span
    return Span(span.start, span.start + dash.start())
