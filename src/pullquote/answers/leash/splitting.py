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
_LATE = re.compile(rf"(?P<stop>[.!?…]+[\"”»’']*)(?P<cited>{_CITED})")
_AFTER_CITED = re.compile(rf"(?<=\])\s+(?=[A-Z“\"«])")
_BULLET = re.compile(r"^\s*(?:[-*•>#]+|\d{1,2}[.)])\s+")
_THINKS = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_MOST_HELD = 4_000  # characters; a sentence that is longer is none


def read_sentences(parts: Iterable[str], *, most_chars: int) -> Iterator[str]:
    """Yield each sentence when it is complete; what is over `most_chars` is not read.

    What a model thinks aloud between <think> and </think> is left out.
    """
    held, told, length = "", 0, 0
    for part in parts:
        length += len(part)
        held += part[: max(0, len(part) - max(0, length - most_chars))]
        found = _cut(held)
        ready = found[told:-1] if not _thinks(held) else []
        yield from ready
        told += len(ready)
        if length > most_chars:
            break
        if "\n" in held[:-1] and not _thinks(held):
            # A line is over: what is before it need not be read again.
            line, _, rest = held.rpartition("\n")
            yield from _cut(line)[told:]
            held, told = rest, 0
    yield from _cut(held)[told:]


def _thinks(held: str) -> bool:
    return held.lstrip().startswith("<think>") and "</think>" not in held


def _cut(text: str) -> list[str]:
    """Return the sentences of a text, each with the citations that follow it."""
    text = _WIDE.sub(r"[\1]", _MANY.sub(_apart, _THINKS.sub("", text)))
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
