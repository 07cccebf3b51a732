"""What the grammars share: names for articles, phrases found in a question, its rest."""

import re
from typing import NamedTuple

from pullquote.filters import Filter

# Nouns by which people mean what this corpus holds; a post or a piece is often something else.
ARTICLES = (
    r"(?:articles?|posts|stories|pieces|reports|coverage|reporting|news|entries|write-ups"
    r"|dispatches|newsletters?|columns)(?!\w)"
)


class Phrase(NamedTuple):
    """A place in a question that is read as a filter.

    Where `kept`, its words still belong to what is asked.
    """

    start: int
    end: int
    wanted: Filter
    soft: bool = False
    kept: bool = False
    title: str = ""


def blank(text: str, start: int, end: int) -> str:
    """Return a text of the same length with a place made empty."""
    return text[:start] + " " * (end - start) + text[end:]


def tidy(text: str) -> str:
    """Return what is left of a question as somebody would write it."""
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s+(?=[,;:?.!])", "", text)
    text = re.sub(r"[,;:]+(?=[?.!])|(?<=[,;:])[,;:]+", "", text)
    return text.strip().lstrip(",;:?.! ").rstrip(",;: ")


def words_in(text: str) -> frozenset[str]:
    """Return the words of a text, case-folded."""
    return frozenset(re.findall(r"\w+", text.casefold()))
