"""Words of a model and of a quote, read so that both can be compared. Pure."""

import re
from functools import lru_cache
from typing import NamedTuple

from pullquote.language.amounts import COUNTS
from pullquote.language.terms import is_stop, read_terms

_WORD = re.compile(
    r"(?P<minus>(?<![\w)])[-−](?=[£$€¥]?\d))?(?P<sign>[£$€¥])?\s?(?P<figure>\d+(?:[.,:]\d+)*)"
    r"|(?P<percent>%|per\s?cent\b)"
    r"|(?P<word>[^\W\d_](?:\w|[’'.&-](?=\w))*)",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SPELT = {word: str(number) for number, word in enumerate(COUNTS)} | {
    word: str(10 * number) for number, word in enumerate(_TENS, 2)
}
_SCALES = {"bn": "billion", "tn": "trillion", "mn": "million"}
_DETERMINERS = frozenset(("a", "an", "the"))

# What a clause cannot lose without saying something else: denials, doubts, limits and who says so.
_TURNS = """
    no not never none nobody nothing nowhere neither nor cannot without unless if except only barely
    hardly scarcely rarely seldom few little almost nearly until once provided assuming whether
    excluding adjusted respectively or either but though although however instead rather despite
    may might could would should must perhaps possibly probably likely unlikely reportedly
    supposedly allegedly apparently seemingly potentially partly mostly
    deny denied false wrong untrue incorrect mistaken fake hoax myth joke fail failed refuse refused
    reject rejected doubt doubtful alleged claim claimed said say says saying according told tell
    report reported reports rumour rumor believe believed think thought argue argued predict
    predicted forecast forecasts estimate estimated suggest suggested warn warned insist insisted
    hope hoped expect expected propose proposed critics hypothetical fictional imagine suppose
    supposed seem seems appear appears unless lest otherwise before after unconfirmed wrote writes
    announced announce plan planned plans aim aims intend intended want wanted
"""


class Word(NamedTuple):
    """A word or figure with its place, and a key that other spellings of it share."""

    text: str
    key: str
    start: int
    end: int

    @property
    def is_figure(self) -> bool:
        """Whether it is a number, in digits or spelt."""
        return self.key.startswith("#")

    @property
    def is_name(self) -> bool:
        """Whether it has a capital."""
        return self.text[:1].isupper()

    @property
    def turns(self) -> bool:
        """Whether a clause without it says something else."""
        return self.key in _TURN_KEYS or self.text.casefold().endswith(("n't", "n’t"))

    @property
    def tells(self) -> bool:
        """Whether it carries meaning of its own."""
        return self.is_figure or not is_stop(self.text)


def read_words(text: str) -> tuple[Word, ...]:
    """Return the words of a text in order, without "a" and "the"."""
    found = (
        Word(match[0].strip(), _key(match), match.start(), match.end())
        for match in _WORD.finditer(text)
    )
    return tuple(word for word in found if word.text.casefold() not in _DETERMINERS and word.key)


def keys_of(text: str) -> tuple[str, ...]:
    """Return the keys of a text's words."""
    return tuple(word.key for word in read_words(text))


def _key(match: re.Match[str]) -> str:
    if match["percent"]:
        return "%"
    if match["word"]:
        return word_key(match["word"])
    figure = match["figure"]
    if _THOUSANDS.fullmatch(figure):
        figure = figure.replace(",", "")
    if figure.count(".") == 1 and ":" not in figure:
        figure = figure.rstrip("0").rstrip(".")  # 7.50 is 7.5
    return f"#{'-' if match['minus'] else ''}{match['sign'] or ''}{figure}"


@lru_cache(maxsize=16_384)
def word_key(word: str) -> str:
    """Return what the spellings and endings of a word share; a small number's is its figure."""
    bare = re.sub(r"[’']s?$", "", word.casefold())
    if bare in _SPELT:
        return f"#{_SPELT[bare]}"
    return _SCALES.get(bare) or " ".join(read_terms(bare)) or bare


_TURN_KEYS = frozenset(word_key(word) for word in _TURNS.split())
