"""The source panel: a whole article with the quotes of one answer marked. Pure.

Marks are placed by offset, through the map from visible characters to the file; no text is ever
searched for.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from pullquote.app.render import show_about
from pullquote.markdown import read_blocks
from pullquote.markdown.blocks import Block, Run
from pullquote.spans import Span
from pullquote.types import Article, Quote

STANDS = "This article has changed since the answer; the words still stand, now here."
RENAMED = "The file has another name since the answer; the words still stand, here."
ELSEWHERE = "The words are no longer where they were quoted from; they stand in this article now."
CHANGED = "This article has changed since the answer; the words are no longer in it."
GONE = "The words stand in no other article either."
EMPTY = (
    '<div class="source empty"><p>The article a quote is from appears here,'
    " with the quote in its place.</p></div>"
)
_BACK = '<a class="back" href="#talk">Back to the chat</a>'  # shown where the panel lies below it
_MARKER = re.compile(r"[\s>]*(?:[-*+]|(?P<number>\d{1,9})[.)])[ \t]")
_DEEPEST = 4  # levels of nested lists that are still indented


@dataclass(frozen=True, slots=True)
class _Mark:
    """Visible characters ``[low, high)`` of a run that belong to quote `number`."""

    low: int
    high: int
    number: int


def show_panel(
    article: Article, quotes: Sequence[Quote], current: int, link: str = "", *, notice: str = ""
) -> str:
    """Return the article with its quotes marked; `current` counts from 1 among `quotes`.

    `quotes` are all those of the answer: the ones from other articles, or from this one before it
    was edited, are left out here. `link` is the citation that opens this panel, by which the page
    knows what is open already. The `notice` says what has become of the words since.
    """
    about = show_about(article, quotes[current - 1].url)
    marked = _Marked(article, quotes, current)
    said = f'<p class="notice calm" role="note">{escape(notice)}</p>' if notice else ""
    return _frame(article, about, said, "".join(_show_blocks(article, marked)), link)


def show_changed(article: Article) -> str:
    """Return an article that is not any more what was quoted, with nothing marked."""
    marked = _Marked(article, (), 0)
    notice = f'<p class="notice" role="alert">{CHANGED}</p>'
    return _frame(
        article, show_about(article, article.url), notice, "".join(_show_blocks(article, marked))
    )


def show_notice(line: str) -> str:
    """Return a panel that says why there is no article in it."""
    return f'<div class="source">{_BACK}<p class="notice" role="alert">{escape(line)}</p></div>'


def _frame(article: Article, about: str, notice: str, body: str, link: str = "") -> str:
    title = escape(article.title)
    return (
        f'<article class="source" data-shows="{escape(link)}">{_BACK}<header><h2>{title}</h2>'
        f'<p class="about">{about}</p>{notice}</header><div class="body">{body}</div></article>'
    )


class _Marked:
    """Runs of one article as HTML, with the quotes marked."""

    def __init__(self, article: Article, quotes: Sequence[Quote], current: int) -> None:
        self._current = current
        here = [
            (number, quote.span)
            for number, quote in enumerate(quotes, 1)
            if (quote.article.path, quote.article.digest) == (article.path, article.digest)
        ]
        self._spans = _uncrossed(here, current)

    def show(self, run: Run) -> str:
        """Return the run's visible text, every character escaped."""
        found = (_find_mark(run, number, span) for number, span in self._spans)
        marks = [mark for mark in found if mark is not None]
        marks.sort(key=lambda mark: (mark.low, -mark.high, mark.number))
        return self._nest(run, marks, 0, len(run.text))

    def _nest(self, run: Run, marks: Sequence[_Mark], low: int, high: int) -> str:
        parts, place, at = [], low, 0
        while at < len(marks):
            mark = marks[at]
            inside = [other for other in marks[at + 1 :] if other.low < mark.high]
            parts.append(escape(run.text[place : mark.low]))
            parts.append(self._open(run, mark))
            parts.append(self._nest(run, inside, mark.low, mark.high))
            parts.append("</mark>")
            place, at = mark.high, at + 1 + len(inside)
        parts.append(escape(run.text[place:high]))
        return "".join(parts)

    def _open(self, run: Run, mark: _Mark) -> str:
        source = run.locate(mark.low, mark.high)
        current = ' aria-current="true"' if mark.number == self._current else ""
        return (
            f'<mark class="quote" data-n="{mark.number}" data-start="{source.start}"'
            f' data-end="{source.end}"{current}>'
        )


def _uncrossed(spans: Iterable[tuple[int, Span]], current: int) -> list[tuple[int, Span]]:
    """Leave out quotes that begin inside one and end outside: elements can nest, not cross.

    The current quote is always kept, then the lower number.
    """
    kept: list[tuple[int, Span]] = []
    for number, span in sorted(spans, key=lambda item: (item[0] != current, item[0])):
        if not any(span.meets(k) and not (span.holds(k) or k.holds(span)) for _, k in kept):
            kept.append((number, span))
    return kept


def _find_mark(run: Run, number: int, span: Span) -> _Mark | None:
    """Return the part of a quote in one leaf, without the white space around it."""
    low, high = run.shown_in(span)
    words = run.text[low:high]
    if not words.strip():
        return None
    low += len(words) - len(words.lstrip())
    high -= len(words) - len(words.rstrip())
    return _Mark(low, high, number)


def _show_blocks(article: Article, marked: _Marked) -> Iterator[str]:
    for family, blocks in groupby(read_blocks(article.text, article.body), key=_family):
        if family == "table":
            yield from _show_tables(article.text, blocks, marked)
        elif family == "list":
            yield f"<ul>{''.join(_show_item(article.text, b, marked) for b in blocks)}</ul>"
        else:
            yield from (_show_block(block, marked) for block in blocks)


def _family(block: Block) -> str:
    if block.kind == "row" or (block.kind == "heading" and not block.level):
        return "table"
    return "list" if block.kind == "item" else "text"


def _show_block(block: Block, marked: _Marked) -> str:
    words = marked.show(block.runs[0])
    if block.kind == "heading":
        tag = "h3" if block.level <= 2 else "h4"
        return f"<{tag}>{words}</{tag}>"
    return f"<pre><code>{words}</code></pre>" if block.kind == "code" else f"<p>{words}</p>"


def _show_item(text: str, block: Block, marked: _Marked) -> str:
    """Return a list item; its bullet or number is read from the line it stands on."""
    run = block.runs[0]
    words = marked.show(run)
    line = _line_before(text, run.span.start)
    marker = _MARKER.match(line)
    depth = min(_DEEPEST, (len(line) - len(line.lstrip(" \t>"))) // 2)
    if marker is None:  # a further paragraph of the item before
        return f'<li class="more" data-depth="{depth}">{words}</li>'
    sign = f"{marker['number']}." if marker["number"] else "•"
    return f'<li data-marker="{sign}" data-depth="{depth}">{words}</li>'


def _show_tables(text: str, rows: Iterable[Block], marked: _Marked) -> Iterator[str]:
    """Yield tables; a header row begins one."""
    open_rows: list[str] = []
    for row in rows:
        if row.kind == "heading" and open_rows:
            yield _table(open_rows)
            open_rows = []
        open_rows.append(_show_row(row, marked))
    if open_rows:
        yield _table(open_rows)


def _table(rows: Sequence[str]) -> str:
    return f'<div class="table"><table>{"".join(rows)}</table></div>'


def _show_row(row: Block, marked: _Marked) -> str:
    """Return a row, each cell in its column: empty ones have no run."""
    tag = "th" if row.kind == "heading" else "td"
    cells: list[str] = []
    for number, run in zip(row.numbers, row.runs, strict=True):
        cells += [""] * (number - len(cells))
        cells.append(marked.show(run))
    return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>"


def _line_before(text: str, offset: int) -> str:
    """Return what stands on the line before an offset."""
    begin = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    return text[begin:offset]
