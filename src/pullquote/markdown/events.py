"""The parser's events, each with its place in code points."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pyromark

_OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_HEADING_ATTRIBUTES
    | pyromark.Options.ENABLE_DEFINITION_LIST
    | pyromark.Options.ENABLE_GFM
)


def events_in(text: str, low: int, high: int) -> Iterator[tuple[str, object, int, int]]:
    """Yield the events of a stretch of Markdown: name, value, start and end in the whole text.

    Only a lone mark, such as a break, has None for a value.
    """
    body = text[low:high]
    to_point = _code_points(body)
    for event, where in pyromark.events_with_range(body, options=_OPTIONS):
        start, end = low + to_point(where["start"]), low + to_point(where["end"])
        if isinstance(event, str):
            yield event, None, start, end
        else:
            ((name, value),) = event.items()
            yield name, value, start, end


def tag_of(value: object) -> tuple[str, object]:
    """Split an event's tag into its name and its details."""
    if isinstance(value, Mapping):
        ((name, detail),) = value.items()
        return str(name), detail
    return str(value), None


def _code_points(text: str) -> Callable[[int], int]:
    """Return the map from byte offsets of a text's UTF-8 to code point offsets."""
    if text.isascii():
        return int
    data = np.frombuffer(text.encode(), dtype=np.uint8)
    # UTF-8 continuation bytes are 0b10xxxxxx: every other byte begins a code point.
    before = np.concatenate(([0], np.cumsum((data & 0xC0) != 0x80)))
    return lambda byte: int(before[byte])
