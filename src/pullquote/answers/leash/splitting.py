"""What a model writes, cut into sentences while it comes. Pure."""

import re
from collections.abc import Iterable, Iterator

from pullquote.language.quotations import is_open
from pullquote.language.sentences import split_sentences

# "[1, 2]" and "【1】" as models write them too.
_MANY = re.compile(r"[\[【]\s*(\d+(?:\s*[,;]\s*\d+)+)\s*[\]】]")
_WIDE = re.compile(r"【(\d+)[^】]{0,12}】")
CITATION = re.compile(r"\[(\d{1,4})\]")
_CITED = r"(?:\s*\[\d{1,4}\])+"
# "It opens in May. [1]" cites before its stop, like "It opens in May [1]."
_LATE = re.compile(rf"(?P<stop>[.!?…。！？]+[\"”»’']*)(?P<cited>{_CITED})")
_BULLET = re.compile(r"^\s*(?:[-*•>#]+|\d{1,2}[.)])\s+")
_THINK, _THOUGHT = "<think>", "</think>"
_MOST_HELD = 4_000  # characters; a sentence that is longer is none


def read_sentences(parts: Iterable[str], *, most_chars: int) -> Iterator[str]:
    """Yield each sentence when it is complete; what is over `most_chars` is not read.

    What a model thinks aloud between <think> and </think> is left out.
    """
    held, told, length = "", 0, 0
    for part in parts:
        length += len(part)
        held += part[: max(0, len(part) - max(0, length - most_chars))]
        if length > most_chars:
            break
        if held.lstrip().startswith(_THINK):
            if _THOUGHT not in held:
                continue
            held = held.partition(_THOUGHT)[2]
        found = _cut(held)
        # The last may go on, and what begins with a citation belongs to the one before it.
        sure = -2 if found and found[-1][0] in "[【" else -1
        ready = found[told:sure]
        yield from ready
        told += len(ready)
        line, newline, rest = held.rpartition("\n")
        if newline:
            # A line is over: what is before it need not be read again.
            yield from _cut(line)[told:]
            held, told = rest, 0
    yield from _cut(held)[told:]


def _cut(text: str) -> list[str]:
    """Return the sentences of a text, each with the citations that follow it."""
    if text.lstrip().startswith(_THINK):
        text = text.partition(_THOUGHT)[2]
    text = _WIDE.sub(r"[\1]", _MANY.sub(_apart, text))
    sentences = []
    for line in text.split("\n"):
        moved = _LATE.sub(lambda m: f"{m['cited']}{m['stop']}", _BULLET.sub("", line))
        sentences += [part for part in _whole(moved) if part.strip()]
    return sentences


def _apart(many: re.Match[str]) -> str:
    return "".join(f"[{number}]" for number in re.findall(r"\d+", many[1]))


def _whole(line: str) -> Iterator[str]:
    """Yield the sentences of a line; a quotation of several is in one."""
    start = 0
    for _, end in split_sentences(line):
        if not is_open(line[start:end]) or end - start > _MOST_HELD:
            yield line[start:end].strip()
            start = end
    yield line[start:].strip()
