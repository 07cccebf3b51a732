"""What somebody would type into a search box to find a sentence, in any language. Pure."""

import re

from pullquote.language.clauses import ASIDE, MARKUP, POINTS
from pullquote.language.terms import telling_terms

_MOST_KEY_WORDS = 6
_FEWEST_KEY_WORDS = 4
_FEWEST_NAMES = 2
_SHORT, _LONG = 8, 60  # words of a sentence that is worth it
_PIECE = re.compile(
    r"(?<!\w)(?:the|an?|its|their|le|la|les|une?|du|des|el|los|las|una"
    r"|der|die|das|den|dem|eine?[mnr]?"
    r"|lo|gli|il|o|os|as|um|uma|de|het|een) ((?:[^\W\d_]{3,} )?[^\W\d_]{4,})\b"
    r"|\b(?:[a-z]+[A-Z]\w*|[A-ZÀ-Ý][\w’'-]+)(?: [A-ZÀ-Ý][\w’'-]+)*"
)


def find_key_words(text: str) -> tuple[str, str] | None:
    """Return the names and things of a sentence, and the first figure in it, which is left out.

    None if they are too few. Names are what is capitalised inside it, things what follows an
    article, in any language that has both. The words stand in the order of the sentence.
    """
    text = ASIDE.sub("", text).strip()
    if (
        MARKUP.search(text)
        or not text.endswith((".", "!"))
        or not _SHORT <= len(text.split()) <= _LONG
    ):
        return None
    figure = re.search(r"(?<!\w)[$€£]?\d[\d.,]*\d%?(?!\w)", text)
    rest = text.replace(figure[0], " ") if figure else text
    rest = rest.partition(" ")[2]
    pieces = [m[1] or m[0] for m in _PIECE.finditer(rest)]
    words = [
        word
        for word in dict.fromkeys(" ".join(pieces).split())
        if telling_terms(word) and not POINTS.fullmatch(word)
    ][:_MOST_KEY_WORDS]
    names = [word for word in words if word[:1].isupper()]
    if len(words) < _FEWEST_KEY_WORDS or len(names) < _FEWEST_NAMES:
        return None
    return " ".join(words), figure[0].rstrip(".,") if figure else ""
