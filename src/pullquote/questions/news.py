"""Questions that ask for no fact, but what is new: the articles themselves are the answer."""

import re
from collections.abc import Collection
from datetime import date
from typing import Final

from pullquote.filters import Filter
from pullquote.language.terms import telling_terms
from pullquote.questions.phrasing import ASKS, names_of, subject_of
from pullquote.questions.plainwords import read

_NEWS = re.compile(
    r"(?:(?:so|and|hi|hello)\W+)?"
    r"(?:(?:is|was) there (?:any ?thing new|any news)"
    r"|any (?:news|updates?|new articles)"
    r"|what(?:['’]?s|['’]ve| is| are| was| were| has| have| did| do)?(?: there| it| i| you)?"
    r"(?: been)?(?: the| your| our)?"
    r"(?: new(?: articles?)?| news| newest(?: articles?)?| latest(?: news| articles?)?"
    r"| changed?| happened| going on| (?:been )?(?:published|written|added)| miss(?:ed)?)"
    r"(?: lately| recently| now| here| in (?:the|my|your|our) (?:articles?|corpus|folder|site))?"
    r")\W*",
    re.IGNORECASE,
)
# After another question these are whole: they ask for what is new of everything ...
_WHOLE = re.compile(
    r"(?:(?:so|and|but|hi|hello|ok|okay)\W+)?"
    r"(?:what(?:['’]?s| is| has been| was| were)(?: there)? new"
    r"|(?:is|was) there any ?thing new|what (?:did|have) i miss(?:ed)?"
    r"|(?:are there )?any new articles|what(?:['’]?s| is| are)(?: the| your| our)?"
    r" (?:news|new articles|newest articles?|latest (?:news|articles?))"
    r"|what(?: has been|['’]?s been| was| were) (?:published|written|added))"
    r"(?: lately| recently| here| in (?:the|my|your|our) (?:articles?|corpus|folder|site))?\W*",
    re.IGNORECASE,
)
# ... and these leave out of what: "any news?" (of that).
_MERE = re.compile(
    r"(?:(?:so|and|but|ok|okay)\W+)?(?:(?:is|are|was) there )?"
    r"(?:any (?:more |other |further )?(?:news|updates?)|what(?:['’]?s| is) the latest)"
    r"(?: yet| now)?\W*",
    re.IGNORECASE,
)

# Of somebody or something, in the words that people put around it.
_LATE = r"(?:the )?(?:very )?(?:latest|newest|most recent|recent)"
_TOLD = r"(?:news|updates?|headlines|developments|coverage)"
_ARTICLES = r"(?:articles?|stor(?:y|ies)|posts?|headlines|news|updates|coverage)"
_ABOUT = r"(?:about|on|regarding|concerning|with|from|around)"
_OPEN = (
    r"(?:(?:so|and|hi|hello|ok|okay|please)\b\W*)?"
    r"(?:(?:(?:can|could|would) you )?(?:please )?(?:give|show|tell|find|get) (?:me|us) "
    r"|(?:do you have|have you got|(?:is|are|has|have) there(?: been)?|i(?: would|['’]d) like) "
    r"|what(?:['’]?s| is| are| was| were)(?: there)? )?"
    r"(?:(?:some|any|all|our|your|more) )?"
)
_SAID = (
    r"(?:announced?|done|do|did|published|reported|unveiled|launched|released|presented"
    r"|introduced|publish|report|unveil|launch|release|present|introduce|doing|up to)"
)
_IT = r"(?P<topic>\S.{0,80}?)"
_SINCE = r"(?:,? (?:lately|recently|now|right now|these days|today|so far|then|please))?"
_TOPICS: Final = tuple(
    re.compile(form + _SINCE, re.IGNORECASE)
    for form in (
        rf"{_OPEN}(?:{_LATE} |the )?{_TOLD} (?:{_ABOUT}|in|at) {_IT}",
        rf"{_OPEN}{_LATE} {_ARTICLES} (?:{_ABOUT}|in|at) {_IT}",
        rf"{_OPEN}(?:the )?(?:latest|newest) (?:{_ABOUT}|in) {_IT}",
        rf"{_OPEN}(?:anything |something )?new (?:{_ABOUT}|in|at) {_IT}",
        rf"what(?:['’]?s| is| has been)(?: been)? (?:happening|going on) (?:with|at|in) {_IT}",
        rf"what (?:does|do) (?:our |your )?{_LATE} {_ARTICLES} (?:{_ABOUT}|in) {_IT}"
        r" (?:say|tell|report)",
        rf"{_OPEN}(?:{_LATE}|the last) thing (?:that )?{_IT} (?:has |have )?{_SAID}",
        rf"what (?:has|have|did|is|are) {_IT} (?:been )?{_SAID}"
        r" (?:lately|recently|most recently|these days|of late)",
        rf"what (?:has|have|did) {_IT} (?:last|most recently) {_SAID}",
        rf"{_OPEN}{_IT}['’]s? (?:latest|newest|most recent|recent)"
        r" (?:news|updates?|announcements?|headlines)",
        rf"(?:(?:is there |do you have )?any|{_OPEN}{_LATE}) {_IT} (?-i:news)",
    )
)
_DETERMINER = re.compile(r"^(?:(?:the|a|an|our|your|their|this|these) )+", re.IGNORECASE)
_MOST_WORDS = 6
# "News on it" is of what was spoken of before; the others are no topics.
_NO_TOPICS = frozenset(
    "it this that these those them they he him she her us you me one record good bad fake big great"
    " breaking general other more further latest newest new recent interesting important".split()
)
# What is new in these is new at all.
_EVERYTHING = frozenset("corpus folder site blog vault article articles section".split())


def read_news(question: str, today: date, *, ignore: Collection[str] = ()) -> Filter | None:
    """Return which articles a question asks for that asks only what is new, else None.

    Words to `ignore` are those of filters that are not to be read.

    >>> read_news("What's new since 1 February 2025?", date(2025, 3, 1)).since
    datetime.date(2025, 2, 1)
    >>> read_news("What is new about the tram?", date(2025, 3, 1)) is None
    True
    """
    plain = read(question, today, ignore=ignore)
    asked, wanted = " ".join(plain.narrow.split()), Filter()
    for words in ignore:
        asked = asked.replace(words, "", 1)
    for found in plain.filters:  # the words of some are still there
        asked, wanted = asked.replace(found.words, "", 1), wanted.join(found.wanted)
    return wanted if _NEWS.fullmatch(" ".join(asked.split())) else None


def read_topic(question: str) -> str | None:
    """Return what a question asks the news of, or None if it asks for anything else.

    >>> read_topic("What's the latest news on the tram?"), read_topic("What is the latest iPhone?")
    ('tram', None)
    """
    asked = " ".join(question.split()).rstrip("?.! ")
    for form in _TOPICS:
        match = form.fullmatch(asked)
        topic = _DETERMINER.sub("", match["topic"]).strip(" \"“”'") if match else ""
        if topic and _is_topic(topic):
            return topic
    return None


def read_after(question: str, before: str) -> tuple[str, ...]:
    """Return what a question that asks only what is new may mean after another one.

    Nothing is returned for other questions.

    >>> read_after("Any news?", "Who runs Meta?"), read_after("What's new?", "Who runs Meta?")
    (('Any news about Meta?', 'Any news?'), ("What's new?",))
    """
    if _WHOLE.fullmatch(question):
        return (question,)
    if not _MERE.fullmatch(question):
        return ()
    topic = read_topic(before) or " and ".join(names_of(before)) or subject_of(before)
    mark = "?" if question.endswith("?") else ""
    plain = question.rstrip("?.! ")
    return (f"{plain} about {topic}{mark}", question) if topic else (question,)


def _is_topic(words: str) -> bool:
    """Tell whether words may name something: no clause, no pronoun."""
    plain = [word.strip(",;:()").casefold() for word in words.split()]
    clause = not ASKS.isdisjoint(plain) or "that" in plain
    telling = bool(telling_terms(words)) and plain[0] not in _NO_TOPICS
    telling = telling and plain[-1] not in _EVERYTHING
    return telling and not clause and len(plain) <= _MOST_WORDS
