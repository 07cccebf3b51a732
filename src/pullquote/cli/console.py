"""What the command line prints: answers on stdout, progress and problems on stderr."""

import json
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pullquote
from pullquote.cli.printing import disarm_json, disarm_line, print
from pullquote.errors import InputError, PullquoteError, WatchStopped

if TYPE_CHECKING:  # the rest is imported by whoever has some of it to show
    from pullquote import Answer, Chatbot, Checked, Problem, Progress, RefreshReport

_MANY = 5  # articles with the same problem that are still named one by one


@contextmanager
def progress() -> "Iterator[Progress]":
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


def refresh_shown(
    bot: "Chatbot",
    *,
    rebuild: bool = False,
    dry_run: bool = False,
    workers: int | None = None,
    ray: str | None = None,
) -> "RefreshReport":
    """Refresh under a progress bar."""
    # Ray tells of machines that it lost on stdout, where a report is to be.
    with progress() as tell, redirect_stdout(sys.stderr):
        return bot.refresh(
            rebuild=rebuild, dry_run=dry_run, workers=workers, ray=ray, progress=tell
        )


def follow(bot: "Chatbot", as_json: bool) -> None:
    """Follow the folder until Ctrl-C, printing what each refresh did."""
    over = threading.Event()
    last: list[Exception] = []

    def tell(news: "RefreshReport | PullquoteError") -> None:
        try:
            if isinstance(news, pullquote.RefreshReport):
                show_report(news, as_json)
            elif isinstance(news, WatchStopped):
                raise news
            else:
                complain(str(news))
        except (WatchStopped, OSError) as error:  # OSError: whoever read has gone
            last.append(error)
            over.set()

    if not _speaks_json():
        print(f"pullquote: watching {bot.corpus}; Ctrl-C stops", file=sys.stderr, flush=True)
    with suppress(KeyboardInterrupt), bot.watch(tell):
        over.wait()
    if last:
        raise last[0]


def complain(line: str) -> None:
    """Print one line of trouble on stderr."""
    if _speaks_json():
        sys.modules["pullquote.logs"].complain(line)
    else:
        print(f"pullquote: {disarm_line(line)}", file=sys.stderr)


def _speaks_json() -> bool:
    """Tell whether stderr is to hold JSON lines; nobody said so who has not imported logs."""
    logs = sys.modules.get("pullquote.logs")
    return logs is not None and bool(logs.speaks_json())


def show_report(
    report: "RefreshReport", as_json: bool, *, to_stderr: bool = False, rehearsed: bool = False
) -> None:
    """Print what a refresh did, or would do, and the problems on stderr."""
    if as_json:
        print_json(report.to_dict())
    elif not (to_stderr and _speaks_json()):
        names = ("added", "changed", "removed", "renamed", "unchanged")
        counts = ", ".join(f"{getattr(report, name)} {name}" for name in names)
        passages = "1 passage" if report.embedded == 1 else f"{report.embedded} passages"
        done = "to embed, looked at" if rehearsed else "embedded"
        line = f"{counts}; {passages} {done} in {report.seconds:.1f} s"
        print(line, file=sys.stderr if to_stderr else sys.stdout, flush=True)
    show_problems("skipped", report.skipped)
    show_problems("indexed, but", report.warnings)


def show_problems(what: str, problems: "tuple[Problem, ...]") -> None:
    """Print a line per problem on stderr, or one for many articles with the same."""
    if _speaks_json():
        return  # a log tells of each
    by_reason: dict[str, list[str]] = {}
    for problem in problems:
        by_reason.setdefault(problem.reason, []).append(problem.article)
    for reason, articles in by_reason.items():
        if len(articles) > _MANY:
            line = f"{len(articles)} articles, such as {articles[0]}: {what}: {reason}"
            complain(f"{line} (pullquote status names them)")
        else:
            for article in articles:
                complain(f"{article}: {what}: {reason}")


def show_sentence(sentence: str) -> None:
    """Print a sentence of a model's as soon as it may be shown."""
    print(sentence, end="\n\n", flush=True)


def show_answer(answer: "Answer") -> None:
    """Print the quotes with their titles and places, or the silence."""
    from pullquote.answers.captions import name_state

    for found in answer.filters:
        if found.applied:
            print(f"(“{found.words}” → {found.label})\n")
    for note in answer.notes if answer.status == "answered" else ():
        print(f"({note})\n")
    if answer.status == "abstained":
        print(answer.text)
        return
    for number, quote in enumerate(answer.quotes, 1):
        print(f"[{number}] “{quote.text}”")
        cells = [f"{name}: {words}" if name else words for name, words in quote.cells]
        if cells:
            print(f"    {' · '.join(cells)}")
        state = name_state(quote.article, date.today())
        about = (quote.article.title, quote.to_dict()["date"], state, quote.label)
        print(f"    {' · '.join(filter(None, about))}")
        print(f"    {quote.location}" + (f"  {quote.url}" if quote.url else "") + "\n")


def show_checked(checked: "Sequence[Checked]", as_json: bool) -> None:
    """Print what became of exported quotes, one a line, and what is said now instead."""
    from pullquote.verification.verifying import summarise

    found = summarise(checked)
    if as_json:
        print_json(found)
        return
    for row in found["quotes"]:
        moved, now = row.get("moved_to"), row.get("now")
        print(f"{row['status']:8} {_location(row)}" + (f" -> {_location(moved)}" if moved else ""))
        if now:
            print(f"{'':8} now “{now['text']}”  {_location(now)}")


def read_json(path: Path) -> object:
    """Read one JSON value from a file, or from stdin for "-"."""
    try:
        data = sys.stdin.buffer.read() if path == Path("-") else path.read_bytes()
        return json.loads(data.decode("utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the name") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not a JSON answer ({error}); make one: ask --json") from error


def show_figures(figures: Mapping[str, Any]) -> None:
    """Print the figures of a run, one a line."""
    for name, value in figures.items():
        if name == "risk_coverage":
            print("threshold              " + _row(point["threshold"] for point in value))
            print("answered               " + _row(point["coverage"] for point in value))
            print("of these wrong         " + _row(point["risk"] for point in value))
        else:
            print(f"{name:22} {'–' if value is None else value}")


def _row(values: Iterable[float | None]) -> str:
    return "  ".join("   –" if value is None else f"{value:4.2f}" for value in values)


def show_misses(misses: Sequence[Mapping[str, Any]]) -> None:
    """Print what was asked, what was expected and what came instead."""
    for miss in misses:
        print(f"\n{miss['question']}")
        for words in miss["expected"] or ("silence: the articles do not say",):
            print(f"  expected  {words}")
        what = "quoted" if miss["status"] == "answered" else "silent; nearest"
        print(f"  {what} (confidence {miss['confidence']:.2f})")
        for quote in miss["shown"]:
            print(f"    {quote['text']}\n    {_location(quote)}")


def show_made(made: Mapping[str, Any], file: Path, as_json: bool) -> None:
    """Print what was made, and why of some articles nothing was."""
    if as_json:
        print_json({**made, "file": str(file)})
        return
    if not made["questions"]:
        print("No questions could be made of these articles.")
    else:
        print(
            f"{made['questions']} questions ({made['unanswerable']} unanswerable) about"
            f" {made['asked_about']} of {made['articles']} articles, written to {file}"
        )
    for reason, count in made["left_out"].items():
        print(f"nothing about {count}: {reason}")


def _location(row: Mapping[str, Any]) -> str:
    return f"{row['article']}:{row['start']}-{row['end']}"


def print_json(value: object) -> None:
    """Print one JSON value on one line, so that a stream of them can be read."""
    print(disarm_json(json.dumps(value, ensure_ascii=False)), flush=True)


def day_of(day: str | None) -> str:
    """Return a day as it follows a title, or nothing."""
    return f" · {day}" if day else ""
