"""A passage as a reader's model reads it."""

from typing import NamedTuple

from pullquote.types import Passage

# Written after a title or heading, so that it is not read as the begin of the first sentence.
_STOP = "."
_STOPS = (".", "!", "?", ":", "。", "！", "？")


class Layout(NamedTuple):
    """A text and where in it each sentence of the passage stands."""

    text: str
    sentences: tuple[tuple[int, int], ...]


def lay_out(passage: Passage, *, titled: bool = False) -> Layout:
    """Return the sentences as shown, joined by a space; if `titled`, after title and headings."""
    parts = [_ended(line) for line in _above(passage)] if titled else []
    length = sum(len(part) + 1 for part in parts)
    places = []
    for sentence in passage.sentences:
        words = passage.article.show(sentence)
        places.append((length, length + len(words)))
        parts.append(words)
        length += len(words) + 1
    return Layout(" ".join(parts), tuple(places))


def _above(passage: Passage) -> tuple[str, ...]:
    article = passage.article
    title = (article.title,) if article.titled else ()
    lines = dict.fromkeys((*title, *passage.headings))
    return tuple(line for line in lines if line.strip())


def _ended(line: str) -> str:
    return line if line.endswith(_STOPS) else line + _STOP
