"""How a line of a log looks, and where it goes.

The library only makes records; who runs it decides what becomes of them, as the command line does
with `configure`.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["text", "json"]
_LOG = logging.getLogger("pullquote")
_DEEP = 6  # places of a traceback that are named, the innermost


def log(level: int, event: str, /, **told: object) -> None:
    """Log an event with what is told of it."""
    _LOG.log(level, event, extra={"told": told})


def complain(line: str) -> None:
    """Log a line of trouble that is no event."""
    _LOG.error(line)


def configure(level: Level = "warning", form: Format = "text") -> None:
    """Write records to stderr: ours from this level on, those of other libraries from warnings on.

    Calling it again replaces what it did before.
    """
    for handler in list(logging.root.handlers):
        if isinstance(handler, _Stderr):
            logging.root.removeHandler(handler)
    handler = _Stderr()
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    logging.root.addHandler(handler)
    _LOG.setLevel(level.upper())


def speaks_json() -> bool:
    """Tell whether stderr is to hold JSON lines and nothing else."""
    return any(isinstance(handler.formatter, JsonLines) for handler in logging.root.handlers)


class _Stderr(logging.StreamHandler[Any]):
    """Writes to what is stderr at that moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> Any:  # noqa: ANN401 -- as logging has it
        """Return stderr."""
        return sys.stderr

    @stream.setter
    def stream(self, value: object) -> None:
        raise AttributeError("the stream is stderr")


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, event, and what is told of it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return json.dumps(
            {
                "time": _time_of(record),
                "level": record.levelname.lower(),
                **_contents(record),
            },
            ensure_ascii=False,
            default=str,
        )


class TextLines(logging.Formatter):
    """A line for people: an event with its time, or the mere words of a complaint."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        contents = _contents(record)
        if contents["event"] == "said":
            return f"pullquote: {contents['message']}"
        event = contents.pop("event")
        told = (f"{name}={_show(value)}" for name, value in contents.items())
        return " ".join((_time_of(record), record.levelname.lower(), event, *told))


def _contents(record: logging.LogRecord) -> dict[str, Any]:
    told: dict[str, Any] | None = getattr(record, "told", None)
    if told is not None:
        return {"event": record.getMessage(), **told}
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return {"event": "said", "logger": record.name, "message": record.getMessage()}
    return {
        "event": "error",
        "of": record.name,
        "error": type(error).__name__,
        "where": places_of(error),
    }


def places_of(error: BaseException) -> list[str]:
    """Return where an error came from, without what it says: that may be words of an article."""
    frames = traceback.extract_tb(error.__traceback__)[-_DEEP:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]


def _time_of(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _show(value: object) -> str:
    """Return a value as one word, in quotation marks if need be."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return (
        json.dumps(text, ensure_ascii=False) if not text or set(text) & set(' "=\n\r\t') else text
    )
