"""Rules: what can be asked of one clause, and the words that answer it. Pure.

A rule takes out of the clause what it asks for, and yields nothing where it is not certain.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pullquote.language.clauses import (
    DATE,
    DEED,
    MONTH,
    SUBORDINATE,
    TRANSITIVE,
    YEAR,
    Clause,
    names_something,
)
from pullquote.language.roles import is_role
from pullquote.language.verbs import (
    CHANGES,
    DONE,
    FITTING,
    LEANING,
    PAYS,
    SAYS,
    TOLD,
    is_base,
    is_participle,
    read_verb,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the kind of rule that made it, and the words that answer it, if few do."""

    kind: str
    question: str
    answer: str = ""

    def fits(self, sentence: str) -> bool:
        """Tell whether a sentence holds what this kind of question asks for."""
        wanted = _HOLDS.get(self.kind)
        if self.kind == "what is":
            name = re.escape(self.question[:-1].partition(" ")[2].partition(" ")[2])
            return bool(re.match(rf"(?:the )?{name} (?:is|was) (?:an?|the) ", sentence, re.I))
        return wanted is None or bool(wanted.search(sentence))


_WHEN = re.compile(
    r"(?:^| )(?:(?:in|on|since|by) )(?:the (?:second|first) half of |the )?"
    rf"({DATE})\b(?![-%\w])"
)
_ABOUT_IT = re.compile(
    r"^(?P<done>[a-z]+(?: and [a-z]+)?) (?P<prep>for|to|into|from|as|on|in|of) "
    r"(?P<n>(?:(?:the|an?|its|their)\b|[A-Z\d]).+)$"
)
_PURPOSE = re.compile(r"^(?P<before>[^,;]+?) (?P<n>(?:in order )?to (?:[a-z]+) [^;]+)$")
_NO_DEED = re.compile(
    r"\b(?:ability|way|ways|chance|option|plan|plans|decision|effort|right|need|attempt|time|able)$"
)
_COUNT_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty"
)
_ABOUT = r"(?:(?:about|nearly|over|more than|at least|some|up to|almost|around|roughly|only|just|approximately|another) )?"  # noqa: E501
_COUNT = re.compile(
    rf"^{_ABOUT}(?P<n>\d[\d,]*(?:\.\d+)?(?: (?:thousand|million|billion))?|{_COUNT_WORDS}) "
    r"(?P<what>(?:[a-z][a-z-]* ){0,2}?(?:[a-z-]{3,}s|people|children|men|women|staff))(?=$| |,)",
    re.IGNORECASE,
)
_MONEY = re.compile(
    rf"^{_ABOUT}(?P<n>(?:US |US)?[$€£¥] ?\d[\d,.]*\d?(?: ?(?:thousand|million|billion|trillion|[KMBkmb]\b))?"  # noqa: E501
    r"|\d[\d,.]*(?: (?:thousand|million|billion|trillion))? (?:dollars|euros|pounds|yen))"
    r"(?=$| (?P<prep>in|for|on|to|from|into|over|per|of)\b)"
)
_CHANGE = re.compile(r"^(?:by |to )?(?P<n>\d[\d.]*(?:%| percent| per cent))(?=$| )")
_PLACE = re.compile(
    r" (?:in|at) (?P<n>(?:the )?[A-Z][\w.'’-]+(?:(?: of| de)? [A-Z][\w.'’-]+){0,4}"
    r"(?:, [A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+)?)?)(?=$|[,;])"
)
_STANDS = re.compile(
    r"^(held|located|based|born|opened|built|situated|founded|headquartered|buried|raised|met"
    r"|lived|grew up|takes? place|took place|died)\b"
)
_OBJECT = re.compile(
    r"^(?P<n>(?:a|an|the|its|his|her|their|several|many) (?:[\w'’.&-]+ ){0,5}?[\w'’.&-]{3,})"
    r"(?P<more> (?:in|at|on|for|with|from|during|to|into|against) .+)$"
)
_CAPITALISED = re.compile(r"(?:[A-Z][\w’'&-]*\w|[a-z]+[A-Z]\w*)(?: (?:[A-Z][\w’'&.-]*|\d[\d.]*))*")
_THING = re.compile(r"\bthe ((?:[a-z-]{3,} ){0,2}(?!will\b|would\b|have\b)[a-z-]{4,})\b")
# Where a rest may be cut: what follows says more about it.
_CUT = re.compile(
    r",? (?:which|who|where|while|whereas|although|though|but|and then)\b|[,;] | – | — "
)
# What a sentence holds that may answer a question of a kind; of other kinds, any may.
_HOLDS = {
    "when": re.compile(DATE),
    "how many": re.compile(rf"\d|\b(?:{_COUNT_WORDS})\b"),
    "how much": re.compile(r"\d"),
    "where": re.compile(r" (?:in|at) (?:the )?[A-Z]"),
    "who": re.compile(r"[A-Z]"),
    "why": re.compile(r"\b(?:because|since|due|reason|why|so that|thanks)\b", re.IGNORECASE),
}


def _ask_when(clause: Clause) -> Iterator[Asked]:
    if clause.lead:
        rest = _cut(clause.rest)
        if not _WHEN.search(rest):
            bare = replace(clause, circumstance="")
            yield Asked("when", f"When {bare.asks(rest)}?", clause.lead)
        return
    found = _WHEN.search(clause.rest)
    if not found or clause.verb.tense == "modal":
        return
    before = clause.rest[: found.start()]
    if SUBORDINATE.search(before) or "," in before or (not before and clause.word in _IS):
        return
    after = _cut(clause.rest[found.end() :])
    if re.match(r" (?:to|through|and|or|until|-)\b", after):
        return
    yield Asked("when", f"When {clause.asks(before + after)}?", found[1])


_IS = frozenset("is are was were".split())


def _ask_how_many(clause: Clause) -> Iterator[Asked]:
    found = _COUNT.match(clause.rest)
    if not found or clause.verb.tense in ("modal", "perfect") or re.fullmatch(YEAR, found["n"]):
        return
    if clause.word in _IS or found["what"].endswith(("ss", "us")):
        return
    rest = _cut(clause.rest[found.end() :])
    if rest and not re.match(r" (?:in|at|on|for|with|from|of|during|to|across|by|as|per)\b", rest):
        return
    yield Asked("how many", f"How many {found['what']} {clause.asks(rest)}?", found["n"])


def _ask_how_much(clause: Clause) -> Iterator[Asked]:
    money = _MONEY.match(clause.rest)
    if money and clause.verb.base in PAYS and money["prep"] != "of":
        rest = _cut(clause.rest[money.end() :])
        yield Asked("how much", f"How much {clause.asks(rest)}?", money["n"])
    change = _CHANGE.match(clause.rest)
    if change and clause.verb.base in CHANGES:
        rest = _cut(clause.rest[change.end() :])
        yield Asked("how much", f"By how much {clause.asks(rest)}?", change["n"])


def _ask_where(clause: Clause) -> Iterator[Asked]:
    rest = re.sub(rf"[, ]+(?:in|on|from) {DATE}.*$", "", _cut(clause.rest, at=r"; | – | — "))
    found = _PLACE.search(f" {rest}")
    if not found or re.match(MONTH, found["n"]):
        return
    if not (_STANDS.match(f"{clause.verb.base} {rest}") or _STANDS.match(rest)):
        return
    before = rest[: max(found.start() - 1, 0)]
    if not SUBORDINATE.search(before) and "," not in before:
        yield Asked("where", f"Where {clause.asks(before)}?", found["n"])


def _ask_who(clause: Clause) -> Iterator[Asked]:
    """Ask for the subject of a deed, or for who is in a role."""
    named = _CAPITALISED.fullmatch(clause.subject)
    rest = _cut(clause.rest)
    did = named and clause.verb.tense == "past" and clause.verb.base in DEED
    if did and _CAPITALISED.search(rest) and re.match(r"(?:the|an?|[A-Z])", rest):
        yield Asked("who", f"Who {clause.word} {rest}?", clause.subject)
    by = re.match(r"(?P<done>\w+) by (?P<n>(?:the )?[A-Z][^,;]*)$", rest)
    done = by and clause.verb.tense == "be" and is_participle(by["done"])
    if by and done and not SUBORDINATE.search(by["n"].replace(" and ", " ")):
        yield Asked("who", f"Who {clause.asks(by['done'])} by?", by["n"])


def _ask_what_is(clause: Clause) -> Iterator[Asked]:
    named = _CAPITALISED.fullmatch(clause.subject)
    if not named or clause.word not in ("is", "was") or not re.match(r"(?:an?|the) ", clause.rest):
        return
    word = "Who" if is_role(clause.rest) else "What"
    if word == "What" and not re.match(r"an? ", clause.rest):
        return  # "the last of the four" says nothing about what it is
    yield Asked("what is", f"{word} {clause.word} {clause.subject}?")


def _ask_what(clause: Clause) -> Iterator[Asked]:
    found = _OBJECT.match(_cut(clause.rest))
    if not found or clause.verb.base not in TRANSITIVE or SUBORDINATE.search(found["n"]):
        return
    more = found["more"]
    if found["n"].split()[-1][0].isupper():
        return  # a title has words in it that look like prepositions
    if names_something(more) or re.search(r"\d", more):
        yield Asked("what", f"What {clause.asks(more.strip())}?", found["n"])


def _ask_on_what(clause: Clause) -> Iterator[Asked]:
    """Ask for what stands behind a preposition: what it is used for, what it depends on."""
    rest = _cut(clause.rest)
    if clause.verb.base in LEANING:
        found = re.match(r"(?P<prep>on|of|to|for|with|from|in) (?P<n>.+)$", rest)
        done = ""
    elif clause.verb.tense == "be":
        found = _ABOUT_IT.match(rest)
        done = f"{found['done']} " if found else ""
    else:
        return
    if not found or clause.circumstance or SUBORDINATE.search(found["n"].replace(" and ", " ")):
        return
    if done and not is_participle(done.strip()) and done.strip() not in FITTING:
        return
    if re.match(rf"(?:the )?{DATE}|[a-z]+ing\b", found["n"]) or done == "part ":
        return
    yield Asked("what", f"What {clause.asks(done + found['prep'])}?", found["n"])


def _ask_what_for(clause: Clause) -> Iterator[Asked]:
    """Ask for the purpose of a deed."""
    found = _PURPOSE.match(_cut(clause.rest))
    if not found or not is_base(found["n"].removeprefix("in order ").split()[1]):
        return
    before = found["before"]
    if SUBORDINATE.search(before) or _NO_DEED.search(before):
        return
    active = clause.verb.tense == "past" and clause.verb.base in TRANSITIVE
    passive = clause.verb.tense == "be" and before.split()[0] in DONE
    if passive or (active and re.match(r"(?:the|an?|its|[A-Z])\b", before)):
        yield Asked("why", f"Why {clause.asks(before)}?")


def _ask_what_does(clause: Clause) -> Iterator[Asked]:
    """Ask for the whole of what something does, if that something is named."""
    many = len(clause.subject.split()) > 2 or re.search(r"\d", clause.subject)
    if clause.verb.base in TOLD and many and names_something(f" {clause.subject}"):
        if clause.verb.base != "want":
            yield Asked("what", f"What {clause.asks('')}?")
        elif clause.rest.startswith("to "):
            yield Asked("what", f"What {clause.asks('to do')}?")


def _ask_why(clause: Clause) -> Iterator[Asked]:
    before, mark, after = clause.rest.partition(" because ")
    told = mark and not after.startswith("of ") and len(after.split()) > 2
    if told and not SUBORDINATE.search(before) and "," not in before:
        yield Asked("why", f"Why {clause.asks(before)}?")


def _ask_how(clause: Clause) -> Iterator[Asked]:
    found = re.match(r"(?P<before>[^,;]+?),? by (?P<n>[a-z]+ing [^;]+)$", clause.rest)
    if found and not SUBORDINATE.search(found["before"]) and clause.verb.tense != "be":
        yield Asked("how", f"How {clause.asks(found['before'])}?")


def _ask_what_said(clause: Clause) -> Iterator[Asked]:
    if clause.verb.base not in SAYS:
        return
    before, mark, said = clause.rest.partition("that ")
    if not mark or len(before.split()) > 3:
        return
    names = [m[0] for m in _CAPITALISED.finditer(said) if m[0] not in clause.subject]
    things = [m[0] for m in _THING.finditer(said) if " " in m[1]]
    topic = max(names, key=len) if names else things[0] if things else ""
    if topic and _CAPITALISED.search(clause.subject):
        said_by = clause.asks("").replace(" tell", " say")
        yield Asked("said", f"What {said_by} about {topic}?")


RULES = (
    _ask_when, _ask_how_many, _ask_how_much, _ask_where, _ask_who, _ask_what_is, _ask_what,
    _ask_why, _ask_how, _ask_what_said, _ask_on_what, _ask_what_for, _ask_what_does,
)  # fmt: skip


def _cut(rest: str, at: str | None = None) -> str:
    """Return a rest up to where it says more about what it said."""
    first = (re.split(at, rest) if at else _CUT.split(rest))[0].rstrip(" ,")
    words = first.split()
    for place in range(1, len(words) - 1):
        if words[place] == "and" and (read_verb(words, place + 1) or words[place + 1] == "to"):
            return first[: first.index(" and ".join(("", words[place + 1])))]
    return first
