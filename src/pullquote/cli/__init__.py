"""The command line: thin over `Chatbot`; the only printer beside the app.

Exit codes as grep: 0 answered or found, 1 abstained or nothing, 2 trouble, in one line.
"""

import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NoReturn

import typer

from pullquote.cli.commands import app
from pullquote.cli.console import complain
from pullquote.errors import PullquoteError

# click's error for wrong usage, wherever this version of typer keeps it
_UsageError: Any = typer.BadParameter.__bases__[0]


def main(*words: str) -> NoReturn:
    """Run the command line, or these words as if it were that, and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Articles hold every letter there is; a terminal that cannot show one gets "?".
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8")
    sys.exit(_run(words))


def run() -> NoReturn:
    """Run the command line as a process of its own, which ends without taking its models apart."""
    try:
        main()
    except SystemExit as stop:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError):  # whoever read has gone
                stream.flush()
        os._exit(stop.code if isinstance(stop.code, int) else 0)


def _run(words: Sequence[str]) -> int:
    given: dict[str, Any] = {"args": list(words), "prog_name": "pullquote"} if words else {}
    try:
        code = int(app(**given, standalone_mode=False) or 0)
        sys.stdout.flush()
        return code
    except PullquoteError as error:
        return _say(str(error))
    except _UsageError as error:
        return _say(f"{error.format_message()} Try: pullquote --help")
    except BrokenPipeError:
        # Whoever read has gone; nothing is left to say, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except OSError as error:
        return _say(f"cannot print ({error.strerror})")
    except (KeyboardInterrupt, typer.Abort):
        return 130


def _say(trouble: str) -> int:
    complain(trouble)
    return 2
