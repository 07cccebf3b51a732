"""Reports, the state of the index and what is known of an article as HTML. Pure; all is escaped."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from html import escape
from typing import Any
from urllib.parse import urlsplit

from pullquote.types import Problem, RefreshReport

_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f]")
DOT = '<span class="dot"> · </span>'


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
    return f'<p class="status-line">{DOT.join(shown)}</p>'


def show_no_index(*, followed: bool = False, trouble: str = "") -> str:
    """Return the state of an index that is not there."""
    made = "the folder is being read." if followed else "press Refresh to make one."
    more = f": {made}" if not trouble else f"{DOT}{_trouble(trouble)}"
    return f'<p class="status-line"><strong>No index yet</strong>{more}</p>'


def show_stamped(line: str, stamp: str) -> str:
    """Return a status line with the stamp by which the page can ask whether it is still so."""
    return f'<div data-stamp="{escape(stamp)}">{line}</div>'


def show_line(line: str, *, alert: bool = False) -> str:
    """Return one line of plain text."""
    role = ' role="alert" class="trouble"' if alert else ""
    return f"<p{role}>{show_words(line)}</p>"


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


def _trouble(line: str) -> str:
    return f'<strong class="trouble">{show_words(line)}</strong>'


def page_link(url: str | None) -> list[str]:
    """Return a link to an article's page on the web, none if it has no safe address."""
    link = safe_link(url)
    if link is None:
        return []
    apart = 'target="_blank" rel="noopener noreferrer"'
    return [f'<a class="page" href="{escape(link)}" {apart}>Open on the site</a>']


def _problems(name: str, problems: tuple[Problem, ...]) -> str:
    if not problems:
        return ""
    items = "".join(
        f"<li><code>{show_words(p.article)}</code> {show_words(p.reason)}</li>" for p in problems
    )
    return f"<details open><summary>{name}: {len(problems)}</summary><ul>{items}</ul></details>"


def show_words(text: str) -> str:
    """Escape text for one line."""
    return escape(re.sub(r"[\r\n]+", " ", text))


def show_lines(text: str) -> str:
    """Escape text and keep its line breaks."""
    return "<br>".join(escape(line) for line in re.split(r"\r\n|\n|\r", text))
