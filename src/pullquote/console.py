"""What the command line prints: answers on stdout, progress and problems on stderr."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pullquote import Answer, Problem, Progress, RefreshReport


@contextmanager
def progress() -> Iterator[Progress]:
    """Show a bar per step on stderr, if somebody looks."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bars
    from rich.progress import TimeRemainingColumn as Remaining

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Remaining())
    console = Console(stderr=True)
    with Bars(*columns, console=console, disable=not console.is_terminal) as bars:
        tasks: dict[str, Any] = {}

        def tell(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step)
            bars.update(tasks[step], completed=done, total=total)

        yield tell


def show_report(report: RefreshReport, as_json: bool, *, to_stderr: bool = False) -> None:
    """Print what a refresh did, and each problem as a line on stderr."""
    if as_json:
        print_json(report.to_dict())
    else:
        names = ("added", "changed", "removed", "renamed", "unchanged")
        counts = ", ".join(f"{getattr(report, name)} {name}" for name in names)
        passages = "1 passage" if report.embedded == 1 else f"{report.embedded} passages"
        line = f"{counts}; {passages} embedded in {report.seconds:.1f} s"
        print(line, file=sys.stderr if to_stderr else sys.stdout)
    show_problems("skipped", report.skipped)
    show_problems("indexed, but", report.warnings)


def show_problems(what: str, problems: tuple[Problem, ...]) -> None:
    """Print a line per problem on stderr."""
    for problem in problems:
        print(f"pullquote: {problem.article}: {what}: {problem.reason}", file=sys.stderr)


def show_answer(answer: Answer) -> None:
    """Print the quotes with their titles and places, or the silence."""
    for note in answer.notes if answer.status == "answered" else ():
        print(f"({note})\n")
    if answer.status == "abstained":
        print(answer.text)
        return
    for number, quote in enumerate(answer.quotes, 1):
        print(f"[{number}] “{quote.text}”")
        print(f"    {quote.article.title}{day_of(quote.to_dict()['date'])}")
        print(f"    {quote.location}" + (f"  {quote.url}" if quote.url else "") + "\n")


def print_json(value: object) -> None:
    """Print one JSON value on one line, so that a stream of them can be read."""
    print(json.dumps(value, ensure_ascii=False))


def day_of(day: str | None) -> str:
    """Return a day as it follows a title, or nothing."""
    return f" · {day}" if day else ""
