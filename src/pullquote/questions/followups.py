"""Make a follow-up self-contained from the turns before it, by rules one can read.

"How much will Amazon spend on AI in 2025?"  then  "and Google?"
-> "How much will Google spend on AI in 2025?"
"Who is Amazon's CFO?"  then  "What did he say about it?"
-> "What did Amazon's CFO say about it?"

Where no rule knows the place of what is left out, the question keeps its own words and the telling
ones of the question before follow in brackets: they help to find, and ask for nothing themselves.
"""

import re
from collections.abc import Sequence

from pullquote.language.terms import telling_terms
from pullquote.patterns import lazily
from pullquote.questions.ellipsis import asks_bare, fill, is_time, read_fragment
from pullquote.questions.news import read_after
from pullquote.questions.phrasing import (
    ASKS,
    NAME,
    names_of,
    person_of,
    read_asked,
    role_of,
    subject_of,
    topic_of,
    words_quoted,
)
from pullquote.types import Turn

_HE = lazily(r"\b(?P<own>his|her(?= [a-z])|hers)\b|\b(he|him|she|her)\b(?!['’])", re.IGNORECASE)
_IT = lazily(r"\b(?P<own>its|their|theirs)\b|\b((?<!\bdo )it|they|them)\b(?!['’])", re.IGNORECASE)
_COMPANY = lazily(r"\bthe (?:company|firm|group|carmaker|chipmaker|maker)\b(?!['’]s? of)")
# "That" points back where nothing follows that it could belong to: "why is that?", or where it
# names what was spoken of: "that deal", but not "this year" or "said that prices rose".
_THAT = lazily(
    r"\b(this|that|these|those)\b"
    r"(?=\s*[?.!,]|\s*$|\s+(is|was|were|are|did|do|does|mean|happen|more|less|enough|the)\b)"
    r"|(?:^|\b(?:is|was|were|are|do|does|did|of|for|in|on|to|about|with|by|using|all of) )"
    r"\b(this|that|these|those) (?!year|month|week|quarter|day|summer|winter|spring|autumn|time|"
    r"morning|evening|decade|century|season)[a-z]+",
    re.IGNORECASE,
)
_ANOTHER = lazily(
    r"\b(the former|the latter|the others?|which ones?|any other|anything else|anything special"
    r"|what else|who else|where else|the other (?:one|two|three|four|five)|instead|the same"
    r"|how (?:many|much) (?:of (?:them|it)|more|in total))\b",
    re.IGNORECASE,
)
# "It" that stands for nothing: "how long does it take to …", "is it true that …".
_EMPTY_IT = lazily(
    r"\bit (?:is |was )?(?:\w+ )?(?:true|possible|necessary|legal|safe|likely|\w+ (?:\w+ )*to)\b"
    r"|\b(?:time|day) is it\b|\bit (?:rain|snow)",
    re.IGNORECASE,
)
# Behind these a pronoun means what its own sentence, or the one before that, has named.
_CLAUSE = lazily(
    r"(?:\b(?:that|because|if|when|before|after|while|than|which|until|since)|[.?!,;]+(?: \w+){0,2}"
    r"|\band (?:is|are|was|were|do|does|did|will|can|how|when|where|why)(?: \w+){0,2}) $"
)
# So it does where a named speaker tells of what only somebody does: "did Meta say it would spend".
_CLAIM = lazily(
    r"\b(?:say|said|says|announced?|claim(?:ed|s)?|promised?|expect(?:ed|s)?|think|thought"
    r"|believed?) $"
)
_DEED = lazily(
    r"it (?:would|will|had|has|(?:plan|intend|hope|want|expect)(?:s|ed)? to|(?:is|was) going to)"
    r" (?:spend|spent|invest|build|built|buy|bought|acquire|hire|pay|paid|raise|cut|lay|laid|double"
    r"|triple|borrow|donate)",
    re.IGNORECASE,
)
_NAME = (
    r"(?!(?:Do|Does|Did|Is|Are|Was|Were|Has|Have|Had|Can|Could|May|Might|Must|Shall|Will|Would"
    r"|Should|Which|What|Who|Whose|How|When|Where|Why|And|Or|But|If|Compare|Tell|Show|List|Give"
    r"|Between|Of|In|On|At|By|For|From|To|With|About|Both|Either)\b)"
    r"[A-Z][\w.-]*(?: [A-Z][\w.-]*)*(?:['’]s)?"
)
_LIST = lazily(rf"\b{_NAME}(?:\s*,\s*{_NAME})*\s*,?\s+(?:and|or|&)\s+{_NAME}")
_GREETING = lazily(
    r"\W*(?:\b(?:hello|hi|hey|thanks|thank you|ok|okay|yes|no|great|good|bye|goodbye|please|sorry"
    r"|very much|so much|a lot|i see|cool|wow|nice)\b\W*)+",
    re.IGNORECASE,
)
_CORRECTION = lazily(
    r"^(?:(?:no|nope|sorry|oh|oops|wait|actually|my apologies)\b[,.! ]*)*"
    r"(?:i (?:meant?|was asking)\b(?: to ask)?(?: about)?|not \w+[,;] (?:but )?"
    r"|i(?: am|['’]m) (?:talking|asking|referring) (?:about|to))\s*",
    re.IGNORECASE,
)
_REFUSAL = lazily(r"^(?:no|nope|sorry|oops|actually)[,.!:]+ *(?=\S)", re.IGNORECASE)
_OPENER = lazily(r"^(?:(?:and|but|so|or|then|ok|okay|also|well)\b[, ]*)+", re.IGNORECASE)
# A question with fewer words of meaning than this leans on what was said before.
_FEW_TERMS = 2
_ENOUGH_TERMS = 4  # "is that more than in 2023?" has three, and could be about anything
_FEW_WORDS = 4  # "Europa Clipper mission"
# Longer ones, pasted or hostile, are no follow-ups, and the rest of what was said is not read.
_LONGEST = 1_000
_SAME_TERMS = 2  # one may be any word: "cost"


def is_follow_up(question: str) -> bool:
    """Tell whether a question needs the ones before it to be understood."""
    if _GREETING.fullmatch(question):
        return False
    if _corrected(question) or asks_bare(question) or read_fragment(question):
        return True
    if _points(question) or _ANOTHER.search(question):
        return True
    return len(telling_terms(question)) < _FEW_TERMS and not names_of(question)


def readings(question: str, turns: Sequence[Turn], *, history: int) -> tuple[str, ...]:
    """Return what a question may mean, likeliest first; each can be asked alone.

    A question that leans on nothing has one reading. Others are read with the last turn, and with
    the one before that only as far as the last turn leant on it, through up to `history` turns. The
    question as it stands comes last, where it says enough to be asked alone.
    """
    bare = question.strip()
    said = [turn for turn in turns if not _GREETING.fullmatch(turn.question)][-history:]
    corrected = _corrected(bare)
    if corrected and (read_asked(corrected) or corrected.split()[0].casefold() in ASKS):
        return readings(corrected, turns, history=history)
    if not said or len(bare) > _LONGEST or _GREETING.fullmatch(bare):
        return (bare,)
    before = _understood(said)[:_LONGEST]
    news = read_after(bare, before)
    if news or not is_follow_up(bare):
        return news or _continued(bare, before)
    filled = fill(f"what about {corrected}" if corrected else bare, before)
    if filled:
        return filled
    # Alone, a fragment would be answered by whatever mentions it.
    whole = len(telling_terms(bare)) >= _ENOUGH_TERMS and not corrected and not read_fragment(bare)
    read_with = _with_topic(
        bare, _about(bare, before), _spoken_of(before, said[-1].answer[: 4 * _LONGEST])
    )
    found = (*_bound(bare, before, said), read_with)
    return tuple(dict.fromkeys((*found, *((bare,) if whole else ()))))


def brought(question: str) -> tuple[str, ...]:
    """Return the terms that a fragment brings, which its answer must speak of; times are none.

    >>> brought("and the library?")
    ('librari',)
    """
    corrected = _corrected(question)
    fragment = read_fragment(f"what about {corrected}" if corrected else question)
    if fragment is None or is_time(fragment[1]):
        return ()
    return telling_terms(fragment[1])


def split_names(question: str) -> tuple[tuple[str, str], ...]:
    """Return (name, question about it alone) for each name in a list such as "A, B and C"."""
    match = _LIST.search(question)
    if match is None:
        return ()
    names = re.split(r"\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or|&)\s+", match[0])
    if len(set(names)) < len(names):
        return ()
    return tuple(
        (name, question[: match.start()] + name + question[match.end() :]) for name in names
    )


def _understood(said: Sequence[Turn]) -> str:
    """Return what the last turn asked, made whole from the turns before it if need be."""
    last = said[-1]
    if last.standalone.strip() != last.question.strip():
        return last.standalone.strip()
    return readings(last.question, said[:-1], history=len(said))[0]


def _continued(question: str, before: str) -> tuple[str, ...]:
    """Return the readings of a question that leans on nothing but may go on about the same.

    Words without a verb, or a question without a name, that share several words with the last
    question may lack what that one spoke of.
    """
    shared = set(telling_terms(question)) & set(telling_terms(before))
    names = names_of(before)
    verbless = read_asked(question) is None and len(question.split()) <= _FEW_WORDS
    if verbless and len(shared) >= _SAME_TERMS:
        return _with_topic(question, before), question
    if len(shared) >= _SAME_TERMS and names and not names_of(question):
        return f"{question} ({', '.join(names)})", question
    return (question,)


def _bound(question: str, before: str, said: Sequence[Turn]) -> tuple[str, ...]:
    """Return the question with its pronoun replaced by what it means, if that can be told."""
    bound = _bind(question, before, said[-1].answer[: 4 * _LONGEST])
    if bound == question:
        return ()
    rest = _OPENER.sub("", bound)
    rest = rest[:1].upper() + rest[1:]
    if not _points(rest):
        return (rest,)
    # Two things were pointed at, and one is still open: it may be what came before that.
    earlier = said[-2].question if len(said) > 1 and is_follow_up(said[-1].question) else before
    return (_with_topic(rest, earlier),)


def _about(question: str, before: str) -> str:
    """Return what a question is to be read with: for mere words, the names alone if there are."""
    mere = read_asked(question) is None and not asks_bare(question) and not _points(question)
    return ", ".join(names_of(before)) or before if mere else before


def _spoken_of(before: str, answer: str) -> str:
    """Return the name that an answer speaks of most, where the question before it had none."""
    if names_of(before):
        return ""
    sentences = re.split(r"(?<=[a-z\d)][.?!:]) |\n", words_quoted(answer))
    names = [name for part in sentences for name in names_of(part) if len(name) > 1]
    return max(names, key=names.count) if names else ""


def _with_topic(question: str, before: str, name: str = "") -> str:
    topic = topic_of(before, known=f"{question} {name}")
    more = ", ".join(filter(None, (topic, name)))
    return f"{question} ({more})" if more else question


def _corrected(question: str) -> str:
    """Return what a correction puts right: "no, I meant Meta" gives "Meta"; else nothing."""
    for pattern in (_CORRECTION, _REFUSAL):
        match = pattern.match(question.strip())
        if match:
            return question.strip()[match.end() :]
    return ""


def _points(question: str) -> bool:
    """Tell whether some word of a question points at what was said before."""
    return bool(
        _pointer(_HE, question)
        or _pointer(_IT, question)
        or _THAT.search(question)
        or (_COMPANY.search(question) and not names_of(question))
    )


def _pointer(pattern: re.Pattern[str], question: str) -> re.Match[str] | None:
    """Return the first pronoun whose owner the question does not name itself."""
    for match in pattern.finditer(question):
        head = question[: match.start()]
        named = names_of(head) or (read_asked(question) and subject_of(head + "is"))
        subject = subject_of(question)
        inside = bool(named) or bool(subject and subject in head)
        if len(telling_terms(head)) >= _FEW_TERMS and _CLAUSE.search(head):
            continue
        if pattern is _IT and _EMPTY_IT.search(question) and len(telling_terms(question)) > 2:
            continue
        if inside and (match["own"] or _CLAUSE.search(head)):
            continue
        if names_of(head) and _CLAIM.search(head) and _DEED.match(question, match.start()):
            continue
        return match
    return None


def _bind(question: str, before: str, answer: str) -> str:
    """Put the person or thing spoken of in the place of the first pronoun that means it."""
    for pattern, meant in (
        (_HE, person_of(before, answer)),
        (_IT, _thing_of(before)),
        (_COMPANY, _company_of(before)),
    ):
        match = _pointer(pattern, question)
        if match and meant:
            return _put(question, match, meant)
    return question


def _thing_of(before: str) -> str | None:
    """Return what "it" or "they" means, or None where that was only to be found out."""
    subject = subject_of(before)
    asked = read_asked(before)
    if subject is None or (subject == role_of(before)):
        return None
    unknown = asked and asked.lead.casefold() in ("what", "which") and not asked.is_identity
    return None if unknown and not NAME.match(subject) else subject


def _company_of(before: str) -> str | None:
    names = names_of(before)
    return names[0] if names else None


def _put(question: str, match: re.Match[str], meant: str) -> str:
    own = "own" in match.re.groupindex and match["own"]
    tail = "" if not own else ("'" if meant.endswith("s") else "'s")
    head = question[: match.start()]
    if match[0].casefold() == "they" and NAME.match(meant) and " and " not in meant:
        for plural, single in (("do ", "does "), ("are ", "is "), ("were ", "was ")):
            if head.casefold().endswith(plural):
                head = head[: -len(plural)] + single
    if not own:
        meant = meant.removesuffix("'s")
    if not head.strip():
        meant = meant[:1].upper() + meant[1:]
    elif meant.split()[0] in ("The", "A", "An"):
        meant = meant[:1].lower() + meant[1:]
    return head + meant + tail + question[match.end() :]
