"""What can be asked of an article by its title alone, where the title is English. Pure."""

import re
from collections.abc import Callable, Iterator

from pullquote.language.verbs import is_base, read_verb

IsName = Callable[[str], bool | None]

_ASKED = re.compile(r"(?:who|what|when|where|why|how|which|is|are|does|do|can) .*\?$", re.I)
_HOW_TO = re.compile(r"how to (?P<what>[a-z].+)$", re.IGNORECASE)
_ABOUT = re.compile(
    r"(?:an? )?(?:short |brief |quick )?(?:introduction|overview|guide|primer)"
    r" (?:to|of) (?P<what>.+)$",
    re.IGNORECASE,
)
_NEW = re.compile(
    r"(?:officially )?(?:announcing|introducing|launching|welcoming|presenting|meet)"
    r" (?P<what>.+)$",
    re.IGNORECASE,
)
_VERSION = re.compile(r"[A-Za-z]\w*(?: \w+)* v?\d+(?:\.\d+)*$")
_NO_TITLE = re.compile(r"[<>{}\[\]()|“”\"*_`#;,!…]|: | [–—-] |\bpart \d", re.IGNORECASE)
_NO_TOPIC = re.compile(
    r"(?:when|what|how|why|who|where|if|join|help|call|first|to|on|for|in|at|from|with|more|not"
    r"|there|next|back|catching|making|let|get|conclusion|summary|overview)\b",
    re.IGNORECASE,
)
_MOST_WORDS = 10  # of a title that is a topic
_FEWEST_WORDS = 2
_LONG_WORD = 5  # letters; shorter ones stay small in capitalised titles too


def ask_of_title(title: str, is_name: IsName) -> Iterator[tuple[str, str]]:
    """Yield (kind, question): "title" where it asks by itself, "topic" where it only names one.

    `is_name` tells of a capitalised word whether it is a name, None if nothing tells.
    """
    title = " ".join(title.split())
    if _ASKED.match(title) and not _NO_TITLE.search(title):
        yield "title", title
    if _NO_TITLE.search(title) or title.endswith("?"):
        return
    plain = _is_plain(title)
    if (found := _HOW_TO.match(title)) and plain:
        yield "title", f"How do you {found['what']}?"
    elif (found := _NEW.match(title)) and _VERSION.match(found["what"]):
        yield "title", f"What is new in {found['what']}?"
    elif found := _ABOUT.match(title) or _NEW.match(title):
        yield from _ask_what_is(found["what"], plain)
    elif topic := _read_topic(title, plain, is_name):
        yield "topic", f"What is said about {topic}?"


def _ask_what_is(thing: str, plain: bool) -> Iterator[tuple[str, str]]:
    words = thing.split()
    if words[0].lower().endswith("ing") or len(words) > _MOST_WORDS or " for " in thing:
        if plain:
            yield "topic", f"What is said about {thing}?"
        return
    if re.search(r"\d{4}", thing) or not (plain or thing[:1].isupper() or words[0] == "the"):
        return
    words[0] = "the" if words[0] == "The" else words[0]
    head = re.split(r" (?:of|in|on|with|to) ", thing)[0]
    many = re.search(r"[^sui]s$", head) or " and " in head
    yield "title", f"What {'are' if many else 'is'} {' '.join(words)}?"


def _read_topic(title: str, plain: bool, is_name: IsName) -> str:
    """Return a title as it stands inside a sentence, "" unless it names a thing or a doing."""
    words = title.split()
    if not _FEWEST_WORDS <= len(words) <= _MOST_WORDS or _NO_TOPIC.match(title):
        return ""
    small = [word.lower() for word in words]
    doing = small[0].endswith("ing")
    if any(read_verb([*small, ""], place) for place in range(1, len(small))):
        return ""
    if is_base(small[0]) or title[-1] in ".:" or re.search(r"\b(?:and|or|the)$", title):
        return ""
    if not plain and small[0] != "the":
        return ""  # With Capitals Everywhere, a verb is not told from a noun
    if small[0] in ("the", "a", "an"):
        return " ".join((small[0], *words[1:]))
    known = False if doing else is_name(words[0])
    if known is None:
        return ""
    head = re.split(r" (?:of|in|on|with|to|for|from|at|about) ", title)[0]
    if not doing and not re.search(r"[^sui]s$", head):
        return ""  # "an attack on" wants an article, and which one is not known
    return title if known else " ".join((small[0], *words[1:]))


def _is_plain(title: str) -> bool:
    """Tell whether a title is written as a sentence is, not With Capitals Everywhere."""
    long = [word for word in title.split()[1:] if len(word) >= _LONG_WORD]
    return 2 * sum(word.islower() for word in long) > len(long)
