"""An English sentence as subject, verb and rest, if it is one plain statement. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from pullquote.language.verbs import Verb, invert, participle_of, read_tense, read_verb

IsName = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence as the rules see it; `subject` is as it stands inside a question."""

    subject: str
    verb: Verb
    word: str
    rest: str
    lead: str = ""  # a day in front of the subject
    circumstance: str = ""  # or something else there, such as "in Rust 1.35"

    def asks(self, rest: str | None = None) -> str:
        """Return the clause turned round, with another rest, under the same circumstance."""
        turned = invert(self.verb, self.word, self.subject, self.rest if rest is None else rest)
        return f"{turned} {self.circumstance}".rstrip()


MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|March|April|May|June|July|Aug(?:ust|\.)?"
    r"|Sep(?:t|tember|t?\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
YEAR = r"(?:1[5-9]|20)\d\d"
DATE = (
    rf"(?:(?:early |late |mid-?)?(?:{MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? {YEAR})?"
    rf"|\d{{1,2}} {MONTH}(?: {YEAR})?|{MONTH}(?:,? {YEAR})|{YEAR}))"
)
_LEAD = re.compile(rf"^(?:In|On|Since|By) ({DATE}),? (?=[A-Zato])")
_INTRO = re.compile(r"^(In|At|On|During|For|After|Under|As of|As part of) ([^,]{2,48}), (?=\w)")
TRANSITIVE = frozenset(
    "acquire adopt announce appoint approve award begin build buy celebrate choose close complete"
    " construct create deliver deploy describe design develop discover donate establish expand"
    " found gather hold host implement import improve install introduce invent join"
    " launch lead lose maintain manage merge move need offer open operate organise organize"
    " present produce propose provide publish purchase reach receive recommend record reject"
    " release remove rename repair replace request require restore reveal run sell send set ship"
    " show sign sponsor start submit teach train translate unveil use visit win write".split()
)
_NO_OBJECT = r"(?:for|from|to|with|of)\b"
DEED = frozenset(
    "acquire announce build buy create design develop direct discover donate establish found host"
    " introduce invent launch lead maintain organise organize own paint produce propose publish"
    " release sponsor teach translate unveil win write".split()
)
SUBORDINATE = re.compile(
    r"\b(?:that|which|who|whom|whose|when|where|while|because|if|whether|as|than|after|before|until"
    r"|since|although|though|unless|so|and|or|but)\b"
)
_NO_SUBJECT = re.compile(
    r"^(?:When|If|While|After|As|Although|Though|Because|Since|For|In|On|With|To|By|From|Before"
    r"|At|Once|Despite|During|Through|Like|Unlike|Under|Over|And|But|So|Or|Yet|There|Here|Then"
    r"|What|How|Why|Who|Where|Which|Whether|Not|No|Now|Today|Also|Even|Instead|However|Another"
    r"|Other|Others|Some|Many|Most|Both|Each|All|One|Such|Please|Let|Next|First|Second|Finally"
    r"|Meanwhile|Recently|Currently|Thanks|Every|Any|Until|Without|Within|Among|Between|Just"
    r"|Only|Several|Few|Last|That|Up|Down|Out|Off|Around|Across|Behind|Beyond|Outside|Inside|Near"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Against|About|Along|Given|Based|Whatever|Whoever|Rather|Perhaps|Maybe|Sometimes|Often)\b"
)
# What no subject holds but one that was read wrongly: verbs, sentence ends, a second beginning.
_NO_THING = re.compile(
    r"[a-z]\. | (?:An?|The) | (?:includes?|provides?|contains?|requires?|allows?|enables?|improves?"
    r"|adds?|brings?|comes?|makes?|have|do|gets?|takes?|fixes|enhances?|further|now|lets?)\b"
    r"|\b(?:for|of|in|on|with|from|by|at|as|to)$"
)
_DONE_TO = re.compile(
    r"(?P<what>(?:(?:the|our|an?) )?(?!\w+ing\b)[\w’'&. -]+?)"
    r"(?P<more>(?: (?:in|on|at|to|for|with|from|by|because|after|during) .*)?)$"
)
# Words that point at something outside the question.
POINTS = re.compile(
    r"\b(I|I[’']\w+|we|our|ours|us|my|me|you|your|yours|this|these|those|it|they|them|he|she|him"
    r"|here|above|below|following|today|yesterday|tomorrow|tonight|now|recently|recent|currently"
    r"|ago|previous|previously|latter|former|same|other|others|another|such|there|let|also"
    r"|(?:last|next|past) (?:week|month|year|night|day|few|\w+day))\b",
    re.IGNORECASE,
)
MARKUP = re.compile(r"https?:|www\.|[{}<>|\\`#*=~\[\]@^]|::|\(\)|\.\.|…|:$|\d:\d|^\W*\d+[.)] |//")
ASIDE = re.compile(r" ?\([^()]*\)")
FEWEST_WORDS, _MOST_WORDS = 6, 40  # of a sentence that is asked about
_LONGEST_SUBJECT = 8  # words
_NAMED = re.compile(
    rf" (?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|{MONTH}\b)"
    r"(?:[A-Z][\w’'-]+[A-Za-z0-9]|[a-z]+[A-Z]\w*)"
)


def names_something(question: str) -> bool:
    """Tell whether a question names what it is about, so that it is understood alone."""
    return bool(_NAMED.search(question))


def plain_sentence(text: str) -> str | None:
    """Return a sentence without what stands in brackets, or None if it is not a plain one."""
    text = ASIDE.sub("", text).strip()
    words = text.split()
    whole = text[-1:] in (".", "!") and (text[:1].isupper() or text[:1].isdigit())
    if not whole or not FEWEST_WORDS <= len(words) <= _MOST_WORDS:
        return None
    if MARKUP.search(text) or any(mark in text for mark in "()?:"):
        return None
    if text.count("“") != text.count("”") or text.count('"') % 2:
        return None
    return text[:-1].rstrip()


def read_clause(sentence: str, is_name: IsName) -> Clause | None:
    """Return subject, verb and rest of a sentence, None unless it is one plain statement."""
    lead = _LEAD.match(sentence)
    body = sentence[lead.end() :] if lead else sentence
    intro = None if lead else _INTRO.match(sentence)
    told = ""
    if intro:
        body = sentence[intro.end() :]
        body = body[:1].upper() + body[1:]
        told = f"{intro[1].lower()} {intro[2]}"
        told = told if names_something(told) or re.search(r"\d", told) else ""
    elif lead:
        told = sentence[: lead.end()].rstrip(" ,")
        told = told[:1].lower() + told[1:]
    body = re.sub(r"^([A-Z][\w’' -]+), (?:the|an?|which|who) [^,]+, ", r"\1 ", body)
    words = body.split()
    if words[:1] in (["We"], ["I"]):
        return _read_passive(words, told, lead)
    for place in range(1, min(len(words) - 1, _LONGEST_SUBJECT + 1)):
        verb = read_verb(words, place)
        if verb is None:
            continue
        subject = _read_subject(words[:place], is_name)
        verb, words = read_tense(verb, words, place)
        rest = " ".join(words[place + 1 :])
        if subject is None or _has_stray_verb(rest, verb):
            return None
        return Clause(subject, verb, words[place], rest, lead[1] if lead else "", told)
    return None


def _read_passive(words: list[str], told: str, lead: re.Match[str] | None) -> Clause | None:
    """Return "we launched the site in May" as "the site was launched in May".

    Who "we" are only the reader of the article knows.
    """
    verb = read_verb(words, 1)
    if verb is None or verb.tense != "past" or verb.base not in TRANSITIVE | DEED:
        return None
    rest = " ".join(words[2:])
    found = _DONE_TO.match(rest)
    if not found or not names_something(f" {found['what']}"):
        return None
    subject = re.sub(r"^our ", "the ", found["what"])
    if SUBORDINATE.search(subject) or POINTS.search(subject) or _NO_THING.search(subject):
        return None
    many = re.search(r"[a-rt-z]s$| and ", subject) and not subject.startswith(("a ", "an "))
    rest = f"{participle_of(verb.base)}{found['more']}"
    word = "were" if many else "was"
    return Clause(subject, Verb("be", ""), word, rest, lead[1] if lead else "", told)


def _read_subject(words: list[str], is_name: IsName) -> str | None:
    """Return a subject as it stands inside a question, None if it is not one thing."""
    text = " ".join(words)
    if _NO_SUBJECT.match(text) or re.search(r"[,;]|\b(?:that|which|who|to|when|if|not)$", text):
        return None
    if SUBORDINATE.search(" ".join(words[1:]).replace(" and ", " ")) or POINTS.search(text):
        return None
    first = words[0]
    if first in ("Its", "Their", "His", "Her") or first.endswith("ing"):
        return None
    if _NO_THING.search(text) or len({word.casefold() for word in words}) < len(words):
        return None
    alone = len(words) == 1 or not words[1][:1].isupper()
    if first in ("The", "A", "An") or (alone and not is_name(first)):
        first = first.lower()
    return " ".join((first, *words[1:]))


def _has_stray_verb(rest: str, verb: Verb) -> bool:
    """Tell whether the first verb was none: "the report released on Monday shows that"."""
    before = SUBORDINATE.split(re.split(r"[,;]", rest)[0])[0].split()
    if verb.tense != "past":
        return False
    if re.match(r"by\b", rest) or (verb.base in TRANSITIVE and re.match(_NO_OBJECT, rest)):
        return True  # "needed for", "published by": participles that are said of the subject
    return any(
        found is not None and found.tense in ("be", "modal", "present", "perfect")
        for found in (read_verb(before, place) for place in range(len(before)))
    )
