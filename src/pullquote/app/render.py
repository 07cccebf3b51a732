"""Answers, reports and errors as HTML. Pure; every word that is not ours is escaped.

A chat message is one line without a newline: Markdown leaves an HTML block alone until a blank
line, so nothing in a quote is read as markup a second time.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from html import escape
from typing import Any
from urllib.parse import urlsplit

from pullquote.answers.captions import name_state
from pullquote.answers.writers import SILENCE, Extractive
from pullquote.filters import PlainFilter
from pullquote.types import Answer, Article, Problem, Quote, RefreshReport

_CITATION = re.compile(r"\[(\d+)\]")
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f]")
_UNDERSTOOD = "Understood as: "
_DOT = '<span class="dot"> · </span>'


def show_question(question: str, removed: Iterable[str] = ()) -> str:
    """Return a question as a chat message, as it was typed, and the filters taken from it."""
    words = ", ".join(f"“{_words(filter_words)}”" for filter_words in removed)
    without = f'<div class="without">without the filter {words}</div>' if words else ""
    return f'<div class="asked">{_lines(question.strip())}{without}</div>'


def show_answer(answer: Answer, turn: int, day: date | None = None) -> str:
    """Return an answer as a chat message; its citations lead to `quote_link`.

    Articles that are not published on the day are marked.
    """
    parts = []
    if answer.standalone != answer.question.strip():
        parts.append(f'<p class="understood">Understood as “{_words(answer.standalone)}”</p>')
    show = _show_quotes if answer.quotes else _show_silence
    parts += show(answer, turn, day)
    parts.append(_filters(answer.filters, turn))
    return _message("answer", "".join(parts))


def show_trouble(line: str) -> str:
    """Return an error as a chat message."""
    return _message("trouble", f'<p role="alert">{_words(line)}</p>')


def show_report(report: RefreshReport) -> str:
    """Return what a refresh did: a line of counts, then what was skipped and why."""
    counts = [
        f"{number} {name}"
        for name, number in (
            ("added", report.added),
            ("changed", report.changed),
            ("removed", report.removed),
            ("renamed", report.renamed),
        )
        if number
    ]
    done = ", ".join(counts) or "Nothing has changed"
    line = f"{done}; {count(report.embedded, 'passage')} embedded in {report.seconds:.1f} s."
    more = _problems("Skipped", report.skipped) + _problems("Warnings", report.warnings)
    return f'<div class="report"><p>{escape(line)}</p>{more}</div>'


def show_status(status: Mapping[str, Any], *, followed: bool = False, trouble: str = "") -> str:
    """Return the index's state as one line.

    It says whether the folder is followed, and what is the `trouble` with that.
    """
    if not status["generation"]:
        return show_no_index(followed=followed, trouble=trouble)
    parts = [count(status["articles"], "article"), count(status["passages"], "passage")]
    if status["unpublished"]:
        parts[0] += f" ({status['unpublished']:,} unpublished)"
    refreshed = status.get("refreshed")
    if refreshed:
        moment = datetime.fromisoformat(str(refreshed)).astimezone()
        parts.append(f"refreshed {show_day(moment.date())}, {moment:%H:%M}")
    shown = [escape(part) for part in parts]
    stale = sum(int(status.get(key, 0)) for key in ("added", "changed", "removed", "renamed"))
    if followed:
        shown.append(_trouble(trouble) if trouble else "following the folder")
    elif stale:
        shown.append(f'<strong class="stale">{count(stale, "article")} changed since</strong>')
    return f'<p class="status-line">{_DOT.join(shown)}</p>'


def show_no_index(*, followed: bool = False, trouble: str = "") -> str:
    """Return the state of an index that is not there."""
    made = "the folder is being read." if followed else "press Refresh to make one."
    more = f": {made}" if not trouble else f"{_DOT}{_trouble(trouble)}"
    return f'<p class="status-line"><strong>No index yet</strong>{more}</p>'


def show_stamped(line: str, stamp: str) -> str:
    """Return a status line with the stamp by which the page can ask whether it is still so."""
    return f'<div data-stamp="{escape(stamp)}">{line}</div>'


def show_line(line: str, *, alert: bool = False) -> str:
    """Return one line of plain text."""
    role = ' role="alert" class="trouble"' if alert else ""
    return f"<p{role}>{_words(line)}</p>"


def show_credit(quote: Quote, day: date | None = None) -> str:
    """Return where a quote is from: title, date, page, place in the file, and its copies."""
    article = quote.article
    first, last = quote.lines
    lines = f"line {first}" if first == last else f"lines {first}\N{EN DASH}{last}"
    parts = [f'<span class="title">{_words(article.title)}</span>', *_state(article, day)]
    if article.date:
        parts.append(escape(show_day(article.date)))
    parts += _page_link(quote.url)
    parts.append(f'<span class="place"><code>{_words(quote.location)}</code></span>')
    parts.append(f'<span class="place">{lines}</span>')
    return _DOT.join(parts) + _also(quote, day)


def show_about(article: Article, url: str | None) -> str:
    """Return what is known of an article in one line: date, tags, page, file."""
    parts = [escape(show_day(article.date))] if article.date else []
    if article.tags:
        tags = " ".join(f'<span class="tag">{_words(tag)}</span>' for tag in article.tags)
        parts.append(f'<span class="tags">{tags}</span>')
    parts += _page_link(url)
    parts.append(f"<code>{_words(article.path)}</code>")
    return _DOT.join(parts)


def quote_link(turn: int, number: int, *, near: bool = False) -> str:
    """Return the address of a quote within the page, which the source panel opens."""
    return f"#{'near' if near else 'quote'}-{turn}-{number}"


def filter_link(turn: int, number: int) -> str:
    """Return the address within the page that takes a filter away."""
    return f"#filter-{turn}-{number}"


def safe_link(url: str | None) -> str | None:
    """Return the address if it is a web page's, None for any other scheme or a broken one."""
    if not url or _UNPRINTABLE.search(url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme.lower() in ("http", "https") and parts.netloc else None


def show_day(day: date) -> str:
    """Return a day as people write it: 9 February 2025."""
    return f"{day.day} {day:%B} {day.year}"


def count(number: int, name: str) -> str:
    """Return "1 article", "2 articles"."""
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def _show_quotes(answer: Answer, turn: int, day: date | None) -> Iterable[str]:
    if answer.text != Extractive().write(answer.standalone, answer.quotes):
        prose = _CITATION.sub(
            lambda match: _cite(turn, int(match[1]), answer.quotes), _lines(answer.text)
        )
        yield f'<p class="prose">{prose}</p>'
    for number, quote in enumerate(answer.quotes, 1):
        yield (
            f"<figure><blockquote>{_words(quote.text)} {_cite(turn, number, answer.quotes)}"
            f"</blockquote>{_cells(quote)}"
            f"<figcaption>{show_credit(quote, day)}</figcaption></figure>"
        )
    yield _notes(answer.notes)


def _show_silence(answer: Answer, turn: int, day: date | None) -> Iterable[str]:
    yield f'<p class="silence" role="status">{escape(SILENCE, quote=False)}</p>'
    yield _notes(answer.notes)
    if not answer.nearest:
        return
    yield '<p class="label">What came closest</p>'
    misses = answer.misses or ("",) * len(answer.nearest)
    for number, (quote, miss) in enumerate(zip(answer.nearest, misses, strict=True), 1):
        article = quote.article
        parts = [_words(article.title), *_state(article, day)]
        if article.date:
            parts.append(escape(show_day(article.date)))
        cells = _DOT.join(_words(f"{name}: {words}") for name, words in quote.cells if name)
        yield (
            f'<a class="near" href="{quote_link(turn, number, near=True)}">'
            f'<span class="words">{_words(quote.text)}</span>'
            + (f'<span class="from">{cells}</span>' if cells else "")
            + (f'<span class="from">{_words(miss)}</span>' if miss else "")
            + f'<span class="from">{_DOT.join(parts)}</span></a>'
        )


def _cells(quote: Quote) -> str:
    """Return the cells of a table row, each under the name of its column."""
    pairs = "".join(
        f"<div><dt>{_words(name)}</dt><dd>{_words(words)}</dd></div>" for name, words in quote.cells
    )
    return f'<dl class="cells">{pairs}</dl>' if pairs else ""


def _also(quote: Quote, day: date | None) -> str:
    """Return a list of the articles that say the same, folded under the quote's label."""
    if not quote.also:
        return f'<p class="also">{_words(quote.label)}</p>' if quote.label else ""
    items = "".join(f"<li>{_copy(article, day)}</li>" for article in quote.also)
    return (
        f'<details class="also"><summary>{_words(quote.label)}</summary><ul>{items}</ul></details>'
    )


def _copy(article: Article, day: date | None) -> str:
    parts = [_words(article.title), *_state(article, day)]
    if article.date:
        parts.append(escape(show_day(article.date)))
    parts.append(f"<code>{_words(article.path)}</code>")
    return _DOT.join(parts)


def _state(article: Article, day: date | None) -> list[str]:
    """Return a mark for an article that readers of its site do not see on a day."""
    state = name_state(article, day) if day else ""
    return [f'<span class="state">{state}</span>'] if state else []


def _trouble(line: str) -> str:
    return f'<strong class="trouble">{_words(line)}</strong>'


def _cite(turn: int, number: int, quotes: tuple[Quote, ...]) -> str:
    if not 1 <= number <= len(quotes):
        return f"[{number}]"
    title = _words(f"Show in {quotes[number - 1].article.title}")
    return f'<a class="cite" href="{quote_link(turn, number)}" title="{title}">[{number}]</a>'


def _notes(notes: Iterable[str]) -> str:
    items = "".join(f"<li>{_words(n)}</li>" for n in notes if not n.startswith(_UNDERSTOOD))
    return f'<ul class="notes">{items}</ul>' if items else ""


def _filters(filters: Sequence[PlainFilter], turn: int) -> str:
    """Return the filters read from a question's words, each a button that takes it away."""
    chips = "".join(
        f'<a class="unfilter" role="button" href="{filter_link(turn, number)}">'
        f'<span class="unseen">Remove filter </span>“{_words(found.words)}”'
        f' <span class="means">→ {_words(found.label)}</span></a>'
        for number, found in enumerate(filters, 1)
        if found.applied
    )
    return f'<p class="read">{chips}</p>' if chips else ""


def _page_link(url: str | None) -> list[str]:
    link = safe_link(url)
    if link is None:
        return []
    return [
        f'<a class="page" href="{escape(link)}" target="_blank" rel="noopener">Open the page</a>'
    ]


def _problems(name: str, problems: tuple[Problem, ...]) -> str:
    if not problems:
        return ""
    items = "".join(
        f"<li><code>{_words(p.article)}</code> {_words(p.reason)}</li>" for p in problems
    )
    return f"<details open><summary>{name}: {len(problems)}</summary><ul>{items}</ul></details>"


def _message(kind: str, inner: str) -> str:
    return f'<div class="{kind}">{inner}</div>'


def _words(text: str) -> str:
    """Escape text for one line."""
    return escape(re.sub(r"[\r\n]+", " ", text))


def _lines(text: str) -> str:
    """Escape text and keep its line breaks."""
    return "<br>".join(escape(line) for line in re.split(r"\r\n|\n|\r", text))
