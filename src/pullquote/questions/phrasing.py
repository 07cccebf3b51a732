"""The anatomy of an English question: what it asks for, about whom, and when.

No grammar is parsed: closed lists of little words find the joints, and where they do not, nothing
is claimed.
"""

import re
from dataclasses import dataclass

from pullquote.language.terms import telling_terms
from pullquote.patterns import lazily

_BE = "is are was were am isn't aren't wasn't weren't"
AUXILIARIES = (
    f"{_BE} do does did don't doesn't didn't will would won't can could can't shall should may"
    " might must has have had"
).split()
_AUX = "|".join(map(re.escape, AUXILIARIES))
_WH = "how|what|which|who|whom|whose|when|where|why"
ASKS = frozenset((*_WH.split("|"), *AUXILIARIES))
_ASKED = lazily(
    rf"^(?:(?P<lead>(?:(?:in|at|on|for|since|from|by|until|to|with|of) )?(?:{_WH})\b"
    rf"(?: (?!(?:{_AUX})\b)[\w$%&'’.-]+){{0,5}}?) )?(?P<verb>{_AUX}) (?P<rest>.+)$",
    re.IGNORECASE,
)
MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_NO_NAMES = frozenset(
    "AI CEO CFO COO CTO GPU GPUs EV EVs Q1 Q2 Q3 Q4 I I'm Monday Tuesday Wednesday Thursday Friday"
    " Saturday Sunday January February March April May June July August September October November"
    " December Christmas".split()
)
NAME = lazily(
    r"(?<![\w'’])[A-Z][\w&-]*(?:\.(?=[\w ]))?"
    r"(?: (?:of the |of )?[A-Z][\w&.-]*\b| (?!(?:19|20)\d\d\b)\d[\d.]*(?<!\.)\b)*"  # "Llama 3.1"
)
PREPOSITIONS = (
    "about after against among around as at before between by during for from in into like near of"
    " off on over per since than through to under until up with within without"
).split()
_JOINTS = frozenset("not and or but that there so too i you we he she it they one".split()).union(
    PREPOSITIONS, ASKS
)
# Words that carry meaning, but none that tells one topic from another.
_FAINT = frozenset(
    "want get need like know mean see heard think make use because thank thanks happen".split()
).union(PREPOSITIONS)
_DETERMINERS = ("the", "a", "an", "this", "that", "these", "those", "its", "their", "his", "her")
# Verbs as they follow the subject of a question; they end its noun phrase.
_VERBS = frozenset(
    """
    accept add affect agree allow announce answer appear apply approve argue arrive ask attack
    available bake become began begin belong born bought bring build built buy call came carry
    cause change charge choose close collect come compare compete complain contain contribute
    cost cover cross cut decide decline deliver deny depend design develop die differ do drop
    due earn eat employ end enter exist expect explain export face fall fell finish first fly
    follow forbid found gave get give go grow happen have held help hibernate hire hold hope
    identify import include increase insist invest issue join keep kill know known last launch
    lay lead learn leave led let lie like live lose lost lower made mean measure meet melt move
    name named need object offer open operate order own paid pay plan play power prepare prevent
    produce promise propose publish put raise reach receive recommend refuse release rely
    remember replace reply report resign return rise rose run said save say says see seize sell
    send serve set ship show shown sign sink sleep sold speak spend spent split stand start stay
    stop strike succeed supply support survive take talk teach tell test think told took train
    travel turn use visit vote wait want warn watch weigh went win won work worry write yield
    """.split()
)
_ROLES = (
    "CEO CFO COO CTO executive chief officer director mayor chair chairman chairwoman president"
    " founder boss head governor judge baker secretary clerk commissioner minister teacher"
    " professor artist author champion winner spokesman spokeswoman owner chemist runner"
).split()
_ROLE = lazily(
    rf"\b(?:[Tt]he|[A-Z][\w&.-]*(?: [A-Z][\w&.-]*)*['’]s) (?:[a-z-]+ ){{0,2}}?"
    rf"(?:(?:{'|'.join(_ROLES)})\b ?)+(?<! )"
    rf"(?: (?:of|at) (?:the )?[A-Z][\w&-]*(?: [A-Z][\w&-]*)*)?",
)
_WHO_IS = lazily(r"[Ww]ho (?:is|was) [A-Z][\w.'’ -]*\W*$")
_SPEAKS = "said|says|told|wrote|writes|called|warned|asked|announced|expects|thinks|believes|added"
_PERSON = r"[A-Z][\w’'-]+(?: [A-Z]\.)*(?: (?:[A-Z][\w’'-]+|[dv][aeo]n?|el-[A-Z]\w+))+"
_SPEAKER = lazily(rf"({_PERSON}),? (?:{_SPEAKS})\b|\b(?:{_SPEAKS}) ({_PERSON})")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in three parts: "How much", "will", "Amazon spend on AI"; no lead = yes or no."""

    lead: str
    verb: str
    rest: str

    @property
    def is_identity(self) -> bool:
        """Whether it asks who or what something is: no other lead fits its rest."""
        first = self.lead.casefold().split(" ")[0]
        return self.verb.casefold() in _BE.split() and first in ("who", "what", "which", "whose")

    def led_by(self, lead: str) -> str | None:
        """Return the question with another lead, or None if that would make no sense."""
        counted = re.match(r"how (many|much) \w", self.lead, re.IGNORECASE)
        if self.is_identity or (counted and self.verb.casefold() in _BE.split()):
            return None
        return f"{lead} {self.verb.casefold()} {self.rest}?"


def read_asked(question: str) -> Asked | None:
    """Return the parts of a question, or None if it has no auxiliary to part it at."""
    match = _ASKED.match(question.strip().rstrip("?.! "))
    return Asked(match["lead"] or "", match["verb"], match["rest"]) if match else None


def names_of(question: str) -> tuple[str, ...]:
    """Return the names in a question, in order; its first word is one only if it must be."""
    found = []
    for match in NAME.finditer(question):
        name = match[0].removesuffix(".")
        if not question[: match.start()].strip(" \"'“("):
            first, _, more = name.partition(" ")
            if first.casefold() in ASKS or not (more or first[1:2].isupper()):
                name = more
        while name.split(" ")[0] in _NO_NAMES:
            name = name.partition(" ")[2].removeprefix("of ").removeprefix("the ")
        if telling_terms(name):
            found.append(name)
    return tuple(found)


def subject_of(question: str) -> str | None:
    """Return the noun phrase that a question is about, or None if none can be told."""
    asked = read_asked(question)
    if asked is None:
        names = names_of(question)
        return names[0] if len(names) == 1 else None
    phrase = _phrase_at(asked.rest.split())
    if not phrase or phrase.casefold() in _DETERMINERS or not telling_terms(phrase):
        return None
    return phrase


def _phrase_at(words: list[str]) -> str:
    """Return the words of the noun phrase that some words start with."""
    kept: list[str] = []
    for place, word in enumerate(words):
        plain = word.strip(",;:").casefold()
        if plain == "of" and kept and len(words) > place + 1:
            kept.append(word)
            continue
        fresh = not kept or kept[-1].casefold() in ("of", *_DETERMINERS)
        if _ends_phrase(plain, fresh=fresh) or (plain in _DETERMINERS and not fresh):
            break
        kept.append(word.rstrip(",;:"))
        if word[-1] in ",;:":
            break
    while kept and kept[-1].casefold() in ("of", *_DETERMINERS):
        kept.pop()
    return " ".join(kept)


def _ends_phrase(word: str, *, fresh: bool) -> bool:
    if word in _JOINTS and word not in _DETERMINERS:
        return True
    made = word.endswith("ed") and len(word) > len("need")
    return not fresh and (word in _VERBS or word.endswith("ly") or made)


def role_of(question: str) -> str | None:
    """Return the person that a question names by what they are: "Amazon's CFO", "the mayor"."""
    match = _ROLE.search(question)
    return match[0] if match else None


def words_quoted(answer: str) -> str:
    """Return the quotes of an answer without their credits; all of it if it holds none."""
    lines = (line for line in answer.split("\n") if line.startswith("> "))
    return " ".join(line[2:] for line in lines if not line.startswith("> —")) or answer


def person_of(question: str, answer: str) -> str | None:
    """Return whom "he" or "she" means after a question and its answer, or None.

    That is the one named by a role; who was asked about; who speaks in the quotes; who was asked
    for; else the first name in the question.
    """
    names = names_of(question)
    role = role_of(question)
    if role or _WHO_IS.match(question):
        return role or (names[0] if names else None)
    quoted = words_quoted(answer)
    said = _SPEAKER.search(quoted)
    if said:
        return said[1] or said[2]
    if question.casefold().startswith(("who ", "whose ")):
        whole = re.search(_PERSON, quoted)
        return whole[0] if whole else None
    return next((name for name in names if " " in name), names[0] if names else None)


def topic_of(question: str, *, known: str = "") -> str:
    """Return the telling phrases of a question's last sentence, with commas.

    Words that `known` holds as well are left out.
    """
    seen = frozenset(telling_terms(known))
    phrases: list[list[str]] = [[]]
    last = re.split(r"(?<=[a-z\d][.?!]) (?=[A-Z])", question.strip())[-1]
    for word in last.split():
        plain = word.strip('?!.,;:"“”()')
        terms = () if plain.casefold() in _FAINT else telling_terms(plain)
        if terms and not seen.issuperset(terms):
            phrases[-1].append(plain)
        if not terms or plain != word:
            phrases.append([])
    return ", ".join(dict.fromkeys(" ".join(phrase) for phrase in phrases if phrase))
