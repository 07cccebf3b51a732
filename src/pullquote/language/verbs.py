"""English verbs: from the forms that articles use to the one that "did" asks for."""

import re
from typing import Literal, NamedTuple

Tense = Literal["be", "modal", "past", "present", "perfect"]


class Verb(NamedTuple):
    """A finite verb: its tense, its base form ("" of be and modals)."""

    tense: Tense
    base: str


_BE = frozenset("is are was were".split())
_MODAL = frozenset("can could will would must should may might".split())
_HAVE = {"has": "does", "have": "do", "had": "did"}

# Verbs whose forms go by rule; what doubles its last letter is written with it.
_REGULAR = """
abandon accept accompany account achieve acquire add address adopt agree aim allow announce appear
apply appoint approve argue arrive ask attend attract award base believe belong call carry cause
celebrate change claim close collect combine compare complete conclude confirm consider construct
contain continue contribute cover create declare decline decrease define deliver depend deploy
describe design destroy develop direct discover donate drop earn elect employ enable encourage end
enhance enter establish estimate exceed expand expect explain explore express fail feature fix
focus follow force found fund gain gather generate grant handle happen help highlight host identify
implement import improve include increase inform inspire install introduce invent investigate
invite involve join kill launch learn limit link list live locate maintain manage mark measure
mention merge move name need note notice obtain occur offer open operate order organise organize
outline own participate pass perform plan play point post predict prepare present preserve prevent
print process produce promise promote propose protect prove provide publish purchase raise reach
receive recognise recognize recommend record recover redesign reduce refer reflect refuse regard
reject relate release remain remember remove rename repair replace reply report represent request
require rescue resign resolve restore result retire return reveal review save score secure select
serve settle share ship sign sponsor start state stay stop store study submit succeed suffer
suggest support survive switch tackle test thank threaten trace train transfer translate travel
treat try turn unveil update upgrade use visit vote wait walk want warn watch welcome work
"""
_DOUBLING = frozenset("drop plan ship stop submit transfer refer occur".split())
# Past and participle of those that go by none.
_IRREGULAR = """
become became become | begin began begun | break broke broken | bring brought brought | build built
built | buy bought bought | catch caught caught | choose chose chosen | come came come | cost cost
cost | cut cut cut | draw drew drawn | drive drove driven | fall fell fallen | feel felt felt |
fight fought fought | find found found | fly flew flown | forget forgot forgotten | get got got |
give gave given | go went gone | grow grew grown | hear heard heard | hit hit hit | hold held held |
keep kept kept | know knew known | lead led led | leave left left | lose lost lost | make made made
| mean meant meant | meet met met | overtake overtook overtaken | pay paid paid | put put put | rise
rose risen | run ran run | say said said | see saw seen | sell sold sold | send sent sent | set set
set | show showed shown | spend spent spent | stand stood stood | take took taken | teach taught
taught | tell told told | think thought thought | wear wore worn | win won won | write wrote written
"""


def _past(base: str) -> str:
    if base in _DOUBLING:
        return f"{base}{base[-1]}ed"
    if base.endswith("e"):
        return f"{base}d"
    return re.sub(r"([^aeiou])y$", r"\1i", base) + "ed"


def third_person(base: str) -> str:
    """Return the form that goes with he, she and it."""
    if re.search(r"(s|x|z|ch|sh|o)$", base):
        return f"{base}es"
    return re.sub(r"([^aeiou])y$", r"\1ie", base) + "s"


_ROWS = [row.split() for row in _IRREGULAR.split("|")]
_PAST = {past: base for base, past, _ in _ROWS}
_PARTICIPLES = {participle: base for base, _, participle in _ROWS}
for _base in set(_REGULAR.split()) - {base for base, _, _ in _ROWS}:
    _PAST[_past(_base)] = _PARTICIPLES[_past(_base)] = _base
_FORMS = {base: participle for participle, base in _PARTICIPLES.items()}
_BASES = frozenset([*_REGULAR.split(), *(row[0] for row in _ROWS), "make", "do", "have", "be"])
_PRESENT = {third_person(base): base for base in (*_REGULAR.split(), *(row[0] for row in _ROWS))}
# Forms that are nouns more often than verbs.
_NOUNS = frozenset(
    "accounts aims calls causes changes claims costs covers cuts drops ends features forces funds"
    " gains gathers hits hosts limits links lists lives marks measures mentions moves names needs"
    " notes notices offers orders parts plans plays points posts presents prints processes promises"
    " records reports requests results returns reviews rises runs scores sets shares ships shows"
    " signs sponsors starts states stores studies tests thanks traces trains transfers travels"
    " turns updates upgrades uses visits votes walks wants watches wins works falls draws drives"
    " fights finds releases imports supports changes sells".split()
) - frozenset("offers supports uses needs wants works plans shows runs lives costs wins".split())

# What the rules ask of: verbs by what stands behind them.
PAYS = frozenset(
    "spend invest raise pay cost earn donate receive award offer save lose make generate contribute"
    " provide give get reach exceed".split()
)
CHANGES = frozenset("rise fall grow increase drop decline decrease gain lose".split())
FITTING = frozenset(
    "available responsible similar open close ready compatible part due equivalent based famous"
    " known suitable limited full".split()
)
LEANING = frozenset(
    "focus depend consist belong lead result apply refer rely contribute participate serve".split()
)
# What is done to some end, and what leads to an end that is none of the deed.
DONE = frozenset(
    "created launched built developed established introduced released written founded opened held"
    " organized organised started".split()
)
TOLD = frozenset(
    "allow add support cover contain include enable offer provide need require recommend promise"
    " propose prevent replace introduce fix create describe handle improve produce want".split()
)
SAYS = frozenset("say explain note add argue warn tell state announce report".split())


def read_verb(words: list[str], place: int) -> Verb | None:
    """Return the finite verb at a place of a sentence's words, if there is one."""
    word = words[place]
    after = words[place + 1].strip(",") if place + 1 < len(words) else ""
    if word in _BE:
        return Verb("be", "")
    if word in _MODAL:
        return Verb("modal", "")
    if word in _HAVE and not is_participle(after):
        # "had sued" of a verb that is not known is no possession
        return None if after.endswith("ed") else Verb(*_own(word))
    if word in _HAVE:
        return Verb("perfect", "")
    if word in _PAST:
        return Verb("past", _PAST[word])
    if word in _PRESENT and word not in _NOUNS:
        return Verb("present", _PRESENT[word])
    return None


def read_tense(verb: Verb, words: list[str], place: int) -> tuple[Verb, list[str]]:
    """Return "had sued" as "sued": what is asked is when it was done, not when it had been."""
    participle = words[place + 1].strip(",")
    if words[place] == "had" and verb.tense == "perfect" and participle in _PARTICIPLES:
        return Verb("past", _PARTICIPLES[participle]), [*words[: place + 1], *words[place + 2 :]]
    return verb, words


def _own(word: str) -> tuple[Tense, str]:
    return ("past", "have") if word == "had" else ("present", "have")


def is_base(word: str) -> bool:
    """Tell whether a word is the base form of a verb."""
    return word in _BASES


def participle_of(base: str) -> str:
    """Return the past participle of a verb."""
    return _FORMS[base]


def is_participle(word: str) -> bool:
    """Tell whether a word is a past participle."""
    return word in _PARTICIPLES or word == "been"


def invert(verb: Verb, word: str, subject: str, rest: str) -> str:
    """Return what follows "when" or "why" when a clause becomes a question."""
    if verb.tense in ("be", "modal", "perfect"):
        return f"{word} {subject} {rest}".rstrip()
    helper = "did" if verb.tense == "past" else "do" if word == "have" else "does"
    return f"{helper} {subject} {verb.base} {rest}".rstrip()


# What people say instead when they ask: near enough to mean the same, other words to look up.
_OTHER_WORDS = {
    "acquire": "buy",
    "announce": "make public",
    "applications": "apps",
    "approximately": "about",
    "assist": "help",
    "begin": "start",
    "children": "kids",
    "choose": "pick",
    "donate": "give",
    "documentation": "docs",
    "employ": "have on its staff",
    "employees": "workers",
    "established": "set up",
    "film": "movie",
    "founded": "started",
    "information": "details",
    "introduce": "bring in",
    "issues": "problems",
    "launch": "start",
    "launched": "started",
    "located": "situated",
    "obtain": "get",
    "participants": "people taking part",
    "photographs": "photos",
    "provide": "offer",
    "publish": "bring out",
    "published": "brought out",
    "purchase": "buy",
    "receive": "get",
    "reduce": "cut",
    "repair": "fix",
    "require": "need",
    "reveal": "make known",
    "select": "pick",
    "unveil": "show",
    "website": "site",
}


def reword(question: str, most: int = 1) -> str:
    """Return a question with at most so many of its words said otherwise."""
    left = most
    words = []
    for word in question.split(" "):
        other = _OTHER_WORDS.get(word.rstrip("?,"))
        if other and left:
            left -= 1
            other += word[len(word.rstrip("?,")) :]
        else:
            other = word
        words.append(other)
    return " ".join(words)
