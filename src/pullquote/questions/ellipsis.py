"""Put what a fragment brings into the question before it: "and Google?", "in 2024?", "why?"."""

import re

from pullquote.language.terms import telling_terms
from pullquote.patterns import lazily
from pullquote.questions.phrasing import (
    ASKS,
    AUXILIARIES,
    MONTH,
    NAME,
    PREPOSITIONS,
    names_of,
    read_asked,
    subject_of,
)

_OPENER = (
    r"(?:(?:and|but|or|so|ok|okay|well|then|now|also)\b[, ]*)*"
    r"(?:(?:what|how) (?:about|of)\b|(?:the )?same (?:thing |question )?(?:for|with|in)\b"
    r"|only\b|just\b|even\b|not\b)?"
)
_FRAGMENT = lazily(
    rf"^(?P<opener>{_OPENER})\s*(?:(?P<preposition>{'|'.join(PREPOSITIONS)})\s+)?"
    r"(?P<new>(?:[^?.!]|\.(?=\w)){1,60}?)\s*[?.!]*$",
    re.IGNORECASE,
)
_MOST_WORDS = 6  # "the first quarter of this year"
_YEAR = r"(?:19|20)\d\d"
_QUARTER = rf"(?:Q[1-4]|(?:the )?(?:first|second|third|fourth|last) quarter)(?: (?:of )?{_YEAR})?"
_MONTH = rf"(?:\d{{1,2}} )?{MONTH}(?: {_YEAR})?"
_RELATIVE = r"(?:last|this|next) (?:year|quarter|month|week)"
# What may stand in the place of what; the first that a question holds is replaced.
_TIMES = tuple(lazily(rf"\b{form}\b") for form in (_QUARTER, _MONTH, _YEAR, _RELATIVE))
_RELATIVES = _TIMES[-1]
_ENDS_IN_YEAR = lazily(rf"{_YEAR}$")
_RANK = lazily(r"\b(?:first|second|third|fourth|fifth|last|next|previous|[a-z]{3,}est)\b")
_POINTS = frozenset("he him his she her hers it its they them their theirs that this".split())
_LEAD = lazily(
    r"^(?:(?:and|but|so|then|ok|okay)[, ]+)*"
    r"(?P<lead>why|when|where|how|since when|until when|by when|from when|for how long|how long"
    r"|how much|how many|how often|by how much|what for"
    r"|(?:(?:by|in|at|for|from|since|to|until|on|with) )?(?:how (?:many|much)|which|what)"
    rf"(?: (?!(?:else|about|of|if|other|{'|'.join(AUXILIARIES)})\b)[\w-]+){{1,2}})"
    r"(?: exactly)?(?: (?:is|was|were|did|does|do|will)(?: (?:that|this|it|they|he|she|so))?"
    r"(?: (?:happen|be|begin|start|do that|do so|do it|say that|say so))?)?\s*[?.!]*$",
    re.IGNORECASE,
)
_ELSE = lazily(r"^(?:(?:and|but|so)[, ]+)?(?P<wh>who|what|where|when) else\s*[?.!]*$", re.I)
# What somebody or something has, and is not another one like it.
_HAD = frozenset(
    """
    price prices cost costs fee fees date time size number share shares revenue sales profit profits
    income margin growth loss losses budget capex spending dividend dividends salary reason
    reasons distance length height weight speed address hours tickets turnover orders deliveries
    """.split()
)


def fill(question: str, before: str) -> tuple[str, ...]:
    """Return the questions that a fragment may mean after the one before it, likeliest first.

    Nothing is returned for what is no fragment, or where the one before has no place for it.
    """
    for rule in (_led, _more):
        filled = rule(question, before)
        if filled is not None:
            return (filled,)
    fragment = read_fragment(question)
    if fragment is None:
        return ()
    preposition, new = fragment
    for swap in (_swap_time, _swap_rank, _swap_name, _swap_after, _swap_noun):
        filled = swap(preposition, new, before)
        if filled is not None:
            return (filled,)
    return ()


def read_fragment(question: str) -> tuple[str, str] | None:
    """Return the preposition and the words that a fragment brings, or None for a whole question."""
    match = _FRAGMENT.match(question.strip())
    if match is None:
        return None
    opener, preposition, new = match["opener"].strip(), match["preposition"] or "", match["new"]
    words = new.split()
    plain = {word.strip(",;:").casefold() for word in words}
    if len(words) > _MOST_WORDS or plain & (ASKS | _POINTS) or not telling_terms(new):
        return None
    if not (opener or preposition or _stands_alone(question, new)):
        return None
    return preposition.casefold(), new


def is_time(words: str) -> bool:
    """Tell whether words are a time: a year, a quarter, a month, "last year"."""
    return any(time.fullmatch(words) for time in _TIMES)


def asks_bare(question: str) -> bool:
    """Tell whether a question is a question word and little else: "why?", "when was that?"."""
    return bool(_LEAD.match(question.strip()) or _ELSE.match(question.strip()))


def _stands_alone(question: str, new: str) -> bool:
    """Tell whether words without an opener are a fragment: "Google?", "2024", "Q3?"."""
    if is_time(new):
        return True
    return question.strip().endswith("?") and bool(NAME.fullmatch(new))


def _led(question: str, before: str) -> str | None:
    match = _LEAD.match(question.strip())
    asked = read_asked(before)
    if match is None or asked is None:
        return None
    return asked.led_by(match["lead"].capitalize())


def _more(question: str, before: str) -> str | None:
    """Put "else" into the question before, if it asks for the same kind of thing."""
    match = _ELSE.match(question.strip())
    if match is None or before.casefold().split(" ")[0] != match["wh"].casefold():
        return None
    first, _, rest = before.partition(" ")
    return before if rest.startswith("else ") else f"{first} else {rest}"


def _swap_time(preposition: str, new: str, before: str) -> str | None:
    """Put a time in the place of its like; a quarter or month keeps the year it is of."""
    wanted = next((time for time in _TIMES if time.fullmatch(new)), None)
    if wanted is None:
        return None
    # A year replaces only the year of "the third quarter of 2024".
    order = (_TIMES[2], *_TIMES) if wanted is _TIMES[2] else (wanted, *_TIMES)
    old = next(filter(None, (time.search(before) for time in order)), None)
    if old is None:
        usual = "" if wanted is _RELATIVES else "in"
        return _add(f"{preposition or usual} {new}".strip(), before)
    year = _ENDS_IN_YEAR.search(old[0])
    head = before[: old.start()]
    if wanted is _RELATIVES:
        head = re.sub(r"\b(?:in|during|for|of) $", "", head)
    elif _RELATIVES.fullmatch(old[0]):
        new = f"{preposition or 'in'} {new}"
    elif year and not _ENDS_IN_YEAR.search(new):
        new = f"{new} of {year[0]}" if "quarter" in new else f"{new} {year[0]}"
    return head + new + before[old.end() :]


def _swap_rank(preposition: str, new: str, before: str) -> str | None:
    """Put "the largest" in the place of "the first"."""
    bare = new.removeprefix("the ").removesuffix(" one")
    if not _RANK.fullmatch(bare) or not _RANK.search(before):
        return None
    return _RANK.sub(bare, before, count=1)


def _swap_name(preposition: str, new: str, before: str) -> str | None:
    """Put a name in the place of the one that follows the same preposition, or of the first."""
    if not NAME.fullmatch(new.removesuffix("'s").removesuffix("’s").removeprefix("the ")):
        return None
    names = names_of(before)
    there = preposition and re.search(rf"\b{preposition} (?:the )?({NAME.pattern})", before)
    if there and there[1] in names:
        return before[: there.start(1)] + new.removeprefix("the ") + before[there.end(1) :]
    if preposition in ("in", "on", "from", "to", "near"):
        return _add(f"{preposition} {new}", before)
    if not names:
        return None
    return _replace(before, names[0], new)


def _replace(before: str, old: str, new: str) -> str:
    """Return a question with its first mention of some words replaced, possessives kept."""
    start = before.index(old)
    rest = before[start + len(old) :]
    if new.endswith(("'s", "’s")) and rest.startswith(("'s", "’s")):
        rest = rest[2:]
    new = new if before[:start].endswith("the ") is False else new.removeprefix("the ")
    return before[:start] + new + rest


def _swap_after(preposition: str, new: str, before: str) -> str | None:
    """Put "for trucks" in the place of "for cars", or behind a question that has no such place."""
    if not preposition:
        return None
    stops = "|".join((*PREPOSITIONS, *ASKS))
    like = "with(?:out)?" if preposition in ("with", "without") else preposition
    there = re.search(
        rf"\b{like} ((?:the |a |an )?(?:(?!(?:{stops})\b)[\w'’-]+)"
        rf"(?: (?!(?:{stops})\b)[\w'’-]+)?)(?=\s*[?.!]|\s*$| (?:{stops})\b)",
        before,
        re.IGNORECASE,
    )
    if there and not is_time(there[1]):
        return f"{before[: there.start()]}{preposition} {new}{before[there.end() :]}"
    return _add(f"{preposition} {new}", before)


def _swap_noun(preposition: str, new: str, before: str) -> str | None:
    """Put a noun in the place of its like: what is counted, what is had, or the subject."""
    asked = read_asked(before)
    if asked is None or preposition:
        return None
    bare = re.sub(r"^(?:the|a|an) ", "", new)
    owned = re.search(r"['’]s ((?:[a-z-]+ )*[a-z-]+)", asked.rest)
    if bare.split()[-1] in _HAD:
        return _swap_had(bare, before, owned)
    counted = re.fullmatch(r"(how (?:many|much)) ([a-z -]+)", asked.lead, re.IGNORECASE)
    if counted and bare == new:
        return f"{counted[1]} {new} {asked.verb} {asked.rest}?"
    subject = subject_of(before)
    # A name takes the place of a name, and "the library" that of "the museum" or of a name.
    unlike = subject is None or bool(NAME.fullmatch(subject)) != bool(NAME.fullmatch(bare))
    if subject is None or (unlike and bare == new):
        return None
    return _replace(before, subject, new)


def _swap_had(new: str, before: str, owned: "re.Match[str] | None") -> str | None:
    """Put "profit" in the place of what the question before asks of somebody."""
    asked = read_asked(before)
    if asked is None:
        return None
    counted = re.fullmatch(r"(how (?:many|much)) ([a-z -]+)", asked.lead, re.IGNORECASE)
    if counted:
        return f"{counted[1]} {new} {asked.verb} {asked.rest}?"
    had = [owned[1]] if owned else []
    for old in (*had, *re.findall(r"[a-z]+", asked.rest)):
        if old.split()[-1] in _HAD:
            return re.sub(rf"\b{old}\b", new, before, count=1)
    subject = subject_of(before)
    return f"What about the {new} of {subject}?" if subject else None


def _add(words: str, before: str) -> str:
    """Return a question with words behind its last."""
    bare = before.rstrip(" ?.!")
    return f"{bare} {words}{'?' if before.rstrip().endswith('?') else ''}"
