"""From an article to passages and sentences, cut at block borders, by slicing."""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

from pullquote import markdown
from pullquote.language.sentences import split_sentences
from pullquote.markdown.blocks import Block, Run
from pullquote.patterns import lazily
from pullquote.spans import Span
from pullquote.types import Article, Passage

# About 200 word pieces: what a small sentence encoder reads without losing the end.
MAX_CHARS = 900
# A wide character (CJK) costs an encoder as much as a short Latin word.
_WIDE_COST = 4
# East Asian width W and F in the blocks that text is written in; a table look-up for every
# character took a third of the time of reading an article.
_WIDE = lazily(
    "[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff"
    "\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\U0001f300-\U0001faff\U00020000-\U0003fffd]"
)
# A sentence this many times too long is a list, a log or a trap: it is cut where a reader pauses.
_TOO_LONG = 2
_CODE_LINE = lazily(r"[^\r\n]+")
_PAUSE = lazily(r"\s+|(?<=[、，；])")
_MAX_SIGNS = 40
# "**Chess.** Gukesh won": strong words that open a block name what it is about, and say nothing.
_LABEL_WORDS = 3
_STRONG_OPENS = ("**", "__", "<strong>", "<b>")
_STRONG_ENDS = ("**", "__", "</strong>", "</b>")
# A title, a path of headings or a row of column names that is longer would drown the words.
_MAX_LABEL = 300
VERSION = "blocks-5"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one block with its sentences, before pieces are joined to passages."""

    words: str
    cost: int
    span: Span
    sentences: tuple[Span, ...]
    headings: tuple[str, ...]
    section: int  # how many headings stand before it: two may have the same words


def split_passages(
    article: Article, *, max_chars: int = MAX_CHARS, code: bool = False
) -> tuple[Passage, ...]:
    """Split an article into passages of whole blocks, at most `max_chars` where sentences allow.

    A passage never crosses a heading. Headings and link-only lines are not in any passage's
    sentences; code is read with its neighbours, and its lines are quoted only if `code` says so.
    """
    passages: list[Passage] = []
    twins: dict[bytes, int] = {}
    for group in _group(_pieces(article, max_chars, code=code), max_chars):
        span = Span(group[0].span.start, group[-1].span.end)
        words = "\n".join(piece.words for piece in group).encode()
        twins[words] = twins.get(words, -1) + 1
        passages.append(
            Passage(
                id=number_of(article.path, words, str(twins[words])),
                article=article,
                span=span,
                headings=group[0].headings,
                sentences=tuple(s for piece in group for s in piece.sentences),
            )
        )
    return tuple(passages)


def number_of(*parts: str | bytes) -> int:
    """Return a 63-bit number of some content, the same on every machine."""
    digest = blake2b(digest_size=8)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return int.from_bytes(digest.digest(), "big") >> 1


def embedded_form(passage: Passage) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return what is embedded and indexed, and where in it each sentence of the passage stands.

    The form is the title, the headings, the column names of tables, then the words a reader sees.
    """
    article, span = passage.article, passage.span
    title = article.title if article.titled else ""
    lines = [title, " > ".join(h for h in passage.headings if h != article.title)]
    lines = [line[:_MAX_LABEL] for line in lines if line]
    length = sum(len(line) + 1 for line in lines)
    columns: tuple[str, ...] = ()
    starts: list[tuple[Run, int]] = []  # where a run's first character would stand
    for block in markdown.blocks_in(article.text, article.body, span):
        if block.kind == "heading" or block.only_links:
            continue
        if block.columns and block.columns != columns:
            columns = block.columns
            lines.append(" ".join(filter(None, columns))[:_MAX_LABEL])
            length += len(lines[-1]) + 1
        shown = list(block.shown_in(span))
        for run, low, high in shown:
            starts.append((run, length - low))
            length += high - low + 1
        lines.append(" ".join(run.text[low:high] for run, low, high in shown))
    return "\n".join(lines), tuple(_place(sentence, starts) for sentence in passage.sentences)


def _place(sentence: Span, starts: list[tuple[Run, int]]) -> tuple[int, int]:
    """Return where a sentence stands in the form, given where its passage's runs start."""
    number = bisect_right(starts, sentence.start, key=lambda pair: pair[0].segments[-1].end)
    marks = []
    while number < len(starts) and starts[number][0].segments[0].start < sentence.end:
        run, start = starts[number]
        low, high = run.shown_in(sentence)
        if low < high:
            marks.append((start + low, start + high))
        number += 1
    return marks[0][0], marks[-1][1]


def _pieces(article: Article, max_chars: int, *, code: bool) -> Iterator[Piece]:
    section = 0
    for block in markdown.read_blocks(article.text, article.body):
        section += block.level > 0
        if block.kind == "heading" or block.only_links:
            continue
        quotable = block.quotable or (code and block.kind == "code")
        for group in _cut(_sentences(article.text, block, max_chars, code=code), max_chars):
            yield _piece(block, group, section, quotable=quotable)


def _sentences(source: str, block: Block, max_chars: int, *, code: bool) -> list[tuple[Span, str]]:
    """Return the block's sentences; a table row is one, and so is a line of code to be quoted."""
    if block.kind == "row" and _cost(block.text) <= _TOO_LONG * max_chars:
        return [(block.span, block.text)]
    found: list[tuple[Span, str]] = []
    for run in block.runs:
        if block.kind == "code" and code:
            parts = _shorten(run.text, _code_lines(run.text), max_chars)
            found += [(run.locate(*part), run.text[slice(*part)]) for part in parts]
            continue
        whole = ((0, len(run.text)),)
        places = whole if block.kind == "code" else split_sentences(run.text)
        found += _locate(source, run, list(_shorten(run.text, places, max_chars)))
    return found


def _code_lines(text: str) -> tuple[tuple[int, int], ...]:
    """Return the places of the lines that say something, without the white space around them."""
    lines = ((line[0], line.start()) for line in _CODE_LINE.finditer(text))
    return tuple(
        (start + len(line) - len(line.lstrip()), start + len(line.rstrip()))
        for line, start in lines
        if any(map(str.isalnum, line))
    )


def _locate(source: str, run: Run, places: list[tuple[int, int]]) -> list[tuple[Span, str]]:
    """Return the places of sentences, joining what cannot be quoted alone."""
    joined: list[tuple[int, int, Span]] = []
    for low, high in places:
        span = run.locate(low, high)
        if joined and (
            _belong(run.text, joined[-1], (low, high, span))
            or (len(joined) == 1 and _is_label(source, run.text, joined[0]))
        ):
            low, _, before = joined.pop()
            span = Span(before.start, span.end)
        joined.append((low, high, span))
    return [(span, run.text[low:high]) for low, high, span in joined]


def _belong(text: str, left: tuple[int, int, Span], right: tuple[int, int, Span]) -> bool:
    # Two may share an entity or a code span, which has but one place; "🎉" or "(...)" says nothing.
    if right[2].start < left[2].end:
        return True
    return any(
        high - low <= _MAX_SIGNS and not any(map(str.isalnum, text[low:high]))
        for low, high, _ in (left, right)
    )


def _is_label(source: str, text: str, opening: tuple[int, int, Span]) -> bool:
    """Tell whether a run's first sentence is a few words, all of them strong."""
    low, high, span = opening
    if len(text[low:high].split()) > _LABEL_WORDS:
        return False
    opened = source.endswith(_STRONG_OPENS, 0, span.start)
    # The full stop is strong too, or it follows the mark.
    closed = source.startswith(_STRONG_ENDS, span.end) or source.endswith(
        _STRONG_ENDS, span.start, span.end - 1
    )
    return opened and closed


def _shorten(
    text: str, places: tuple[tuple[int, int], ...], max_chars: int
) -> Iterator[tuple[int, int]]:
    """Yield the sentences, those that are far too long in parts."""
    for start, end in places:
        if _cost(text[start:end]) > _TOO_LONG * max_chars:
            yield from _parts(text, start, end, max_chars)
        else:
            yield start, end


def _parts(text: str, start: int, end: int, max_chars: int) -> Iterator[tuple[int, int]]:
    """Cut at the last pause that fits, or between two letters if there is none."""
    while start < end:
        limit = _limit(text, start, end, max_chars)
        cut, following = limit, limit
        if limit < end:
            for pause in _PAUSE.finditer(text, start + 1, limit):
                cut, following = pause.start(), pause.end()
        if text[start:cut].strip():
            yield start, cut
        start = following


def _limit(text: str, start: int, end: int, max_chars: int) -> int:
    """Return where `max_chars` are spent, not between a letter and its combining marks."""
    limit = start
    cost = 0
    while limit < end and cost < max_chars:
        cost += _cost(text[limit])
        limit += 1
    whole = limit
    while start + 1 < whole < end and unicodedata.combining(text[whole]):
        whole -= 1
    return whole if whole > start + 1 else limit


def _cut(sentences: list[tuple[Span, str]], max_chars: int) -> Iterator[list[tuple[Span, str]]]:
    """Yield a block's sentences together, or in several groups if they are too long."""
    group: list[tuple[Span, str]] = []
    cost = 0
    for span, words in sentences:
        if group and cost + _cost(words) > max_chars:
            yield group
            group, cost = [], 0
        group.append((span, words))
        cost += _cost(words)
    if group:
        yield group


def _piece(block: Block, group: list[tuple[Span, str]], section: int, *, quotable: bool) -> Piece:
    words = " ".join(words for _, words in group)
    spans = tuple(span for span, _ in group)
    return Piece(
        words=words,
        cost=_cost(words),
        span=Span(spans[0].start, spans[-1].end),
        sentences=spans if quotable else (),
        headings=block.headings,
        section=section,
    )


def _group(pieces: Iterator[Piece], max_chars: int) -> Iterator[list[Piece]]:
    group: list[Piece] = []
    cost = 0
    for piece in pieces:
        full = cost + piece.cost > max_chars
        if group and (full or piece.section != group[0].section):
            yield group
            group, cost = [], 0
        group.append(piece)
        cost += piece.cost
    if group:
        yield group


def _cost(words: str) -> int:
    if words.isascii():
        return len(words)
    return len(words) + (_WIDE_COST - 1) * len(_WIDE.findall(words))
