"""What tools give back, in words: for people, and for models that read nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from pullquote.answers.captions import name_state
from pullquote.answers.writers import Extractive
from pullquote.types import Answer, Hit, Quote, RefreshReport

_MANY = 10  # problems that are named


def say_answer(answer: Answer) -> str:
    """Return the quotes, numbered, each with its place, or the silence."""
    lines = [f"(“{read.words}” was read as {read.label})" for read in answer.filters]
    if answer.status == "abstained":
        return _joined([*lines, answer.text])
    lines += [f"({note})" for note in answer.notes]
    if answer.text != Extractive().write(answer.question, answer.quotes):
        lines.append(answer.text)
    lines += [f"[{number}] {say_quote(quote)}" for number, quote in enumerate(answer.quotes, 1)]
    return _joined(lines)


def say_quote(quote: Quote) -> str:
    """Return a quote with what to know about it below."""
    cells = [f"{name}: {words}" if name else words for name, words in quote.cells]
    day = quote.article.date.isoformat() if quote.article.date else ""
    state = name_state(quote.article, date.today())
    about = filter(
        None, (quote.article.title, day, state, quote.label, quote.location, quote.url or "")
    )
    lines = [f"“{quote.text}”", *([" · ".join(cells)] if cells else []), "— " + " · ".join(about)]
    return "\n".join(lines)


def say_hits(hits: Sequence[Hit]) -> str:
    """Return the passages, numbered, each with its place."""
    if not hits:
        return "No passage was found."
    rows = (hit.to_dict() for hit in hits)
    return _joined(
        f"{number}. {row['text']}\n— {_about(row)} · score {row['score']}"
        for number, row in enumerate(rows, 1)
    )


def say_checks(checks: Mapping[str, Any]) -> str:
    """Return what became of each quote."""
    lines = []
    for row in checks["quotes"]:
        line = f"{row['status']}: {_place(row)}"
        if "moved_to" in row:
            line += f", now at {_place(row['moved_to'])}"
        if "now" in row:
            line += f", where it now says “{row['now']['text']}” ({_place(row['now'])})"
        lines.append(line)
    return "\n".join(lines) or "There was no quote to check."


def say_report(report: RefreshReport, *, dry_run: bool) -> str:
    """Return what a refresh did, or would do."""
    names = ("added", "changed", "removed", "renamed", "unchanged")
    counts = ", ".join(f"{getattr(report, name)} {name}" for name in names)
    what = "to embed" if dry_run else "embedded"
    return "\n".join(
        [f"{counts}; passages {what}: {report.embedded}", *_problems(report.to_dict())]
    )


def say_status(state: Mapping[str, Any]) -> str:
    """Return what is in the index and what is out of date."""
    lines = [f"{name}: {value}" for name, value in state.items() if not isinstance(value, list)]
    return "\n".join([*lines, *_problems(state)])


def _problems(state: Mapping[str, Any]) -> list[str]:
    rows = [(name, row) for name in ("skipped", "warnings") for row in state[name]]
    lines = [f"{name}: {row['article']}: {row['reason']}" for name, row in rows[:_MANY]]
    left = len(rows) - len(lines)
    return [*lines, *([f"and {left} more problems"] if left else [])]


def _about(row: Mapping[str, Any]) -> str:
    return " · ".join(filter(None, (row["title"], row["date"], _place(row))))


def _place(row: Mapping[str, Any]) -> str:
    return f"{row['article']}:{row['start']}-{row['end']}"


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(parts)
