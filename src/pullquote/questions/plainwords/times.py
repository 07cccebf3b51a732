"""Times that a question names, and what they say about the day an article is from.

The trouble is that "in Q4 2024" mostly dates a fact, and articles tell it later. So:

- Where words of publishing govern a time ("articles from March", "what did you report in Q4 2024",
  "last week's articles"), or a turn is nothing but a time ("only since March"), it is a filter.
- Where it is asked what was said, reported or new ("what was said about it in Q4 2024"), it is a
  soft filter: it gives way if it leaves no answer.
- Else only a lower bound follows, softly, and only from times told from today or from a day on
  ("last week", "since March"): no article tells what had not happened yet. "In 2025" and "before
  1990" bound nothing, and of plans ("will", "expected") no time does.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from pullquote.filters import Filter
from pullquote.questions.plainwords.days import PERIOD, Period, after, may_name_period, read_period
from pullquote.questions.plainwords.words import ARTICLES, Phrase

_DAY = timedelta(days=1)
_UPPER = ("before", "until")
# What people write for each of the four bounds.
_BOUNDS = {
    "since": r"since|starting\s+(?:in|from|on)|not\s+before",
    "after": r"after|newer\s+than|later\s+than",
    "before": r"before|prior\s+to|older\s+than|earlier\s+than",
    "until": r"until|till|up\s+to|not\s+after|no\s+later\s+than",
}
_BOUND = "|".join(f"(?P<{name}>{words})" for name, words in _BOUNDS.items())
# "From March on", but not "articles from March on trams".
_ON = (
    r"\s+(?:onwards?(?!\w)|on(?=\s*(?:$|[?.!,;:]|(?:say|tell|report|mention|write)s?\b))"
    r"|(?:or|and)\s+(?P<side>later|newer|after|earlier|older|before)(?!\w))"
)
_VERBS = r"(?:published|posted|written|dated|printed|reported|released|filed)"
_OPERATOR = re.compile(
    r"(?<![\w:/])(?P<bound>since|after|until|before):\s?(?P<period>\d{4}(?:-\d\d(?:-\d\d)?)?)(?![\w-])",
    re.IGNORECASE,
)
_RANGE = re.compile(
    rf"\b(?:(?P<between>between)|from)\s+(?P<a>{PERIOD})"
    rf"\s+(?(between)and|(?:to|until|till|through))\s+(?P<b>{PERIOD})",
    re.IGNORECASE,
)
_BOUNDED = re.compile(rf"\b(?:{_BOUND})\s+(?P<period>{PERIOD})", re.IGNORECASE)
_WITHIN = re.compile(
    rf"(?:\b(?P<in>in|from|of|on|during|for|within|over|through|dated)\s+)?(?<![\w-])(?P<period>{PERIOD})(?P<on>{_ON})?",
    re.IGNORECASE,
)

_ONLY = r"(?:only|just)"
# Words of publishing that end where the time begins ...
_GOVERNED = re.compile(
    rf"(?:\b{ARTICLES}(?:\s+(?:that|which))?(?:\s+(?:was|were|are|is|has\s+been|have\s+been))?"
    rf"(?:\s+{_VERBS})?|\b(?:what(?:ever)?|anything|everything|nothing|something|all)\s+"
    r"(?:else\s+)?(?:(?:was|is|has\s+been|that\s+was|you)\s+)?(?:published|posted))\s*,?\s*$",
    re.IGNORECASE,
)
# ... with a topic between ("articles about the tram from March"; "in" would date the topic) ...
_TOPIC = re.compile(rf"\b{ARTICLES}\s+(?:about|on)(?:\s+[\w-]+){{1,4}}\s+$", re.IGNORECASE)
_BEGINS = re.compile(r"(?:from|since|published|dated)\b", re.IGNORECASE)
# ... that begin where it ends ("last week's articles") ...
_GOVERNS = re.compile(rf"^(?:['’]s?)?\s+(?:\w+\s+)?{ARTICLES}", re.IGNORECASE)
# ... or that stand anywhere: "what did you report".
_YOURS = re.compile(
    r"\b(?:you|we)\b(?:\s+\w+)?\s+(?:report|writ|wrote|publish|say\b|said\b|cover|post|print|mention)"
    r"|\b(?:what|anything|something)\s+(?:was|has\s+been)\s+(?:published|posted)\b",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"\b(?:what|anything|something|nothing)\s+(?:else\s+)?(?:was|were|is|has\s+been)\s+"
    r"(?:said|reported|written|announced|mentioned|covered|told|revealed|new)\b(?!\s+by\b)"
    r"|\b(?:any|the|what)\s+news\s+(?:on|about|of|from|is|was|has|came)\b|\bwhat['’]s\s+new\b"
    r"|\b(?:anything|something)\s+new\b",
    re.IGNORECASE,
)
_PLANS = re.compile(
    r"\b(?:will|won['’]t|shall|going\s+to|plans?|planned|planning|expect\w*|forecast\w*|project(?:s|ed)"
    r"|predict\w*|upcoming|targets?|promises?|promised|aims?|due)\b|['’]ll\b",
    re.IGNORECASE,
)
# What may follow a bare month; anything else makes a name of it: "since May resigned".
_GOES_ON = re.compile(
    r"^\s*(?:$|[?.!,;:)]|(?:in|at|on|about|for|with|by|of|to|and|or|who|what|which|how|when|where"
    r"|why|is|are|was|were|has|have|did|does|do)\b)",
    re.IGNORECASE,
)
_BARE_MONTH = re.compile(r"[a-z]+\.?", re.IGNORECASE)
# Before a time told from today these make it one told from elsewhere: "the last week of August".
_OTHER_NOW = re.compile(
    r"(?:\b(?:the|a|his|her|its|their|my|our|your|every|each|ago)|['’]s)\s*$", re.IGNORECASE
)
_PART = re.compile(
    r"\b(?:day|week|weekend|month|quarter|half|year|beginning|start|middle|end|rest)\s*$",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"\W*(?:(?:and|but|or|so|ok(?:ay)?|now|please|then|same|what\s+about|how\s+about|the|all|show"
    rf"|me|again|{_ONLY}|in|from|of|with|{ARTICLES}|{_VERBS})(?!\w)\W*)*",
    re.IGNORECASE,
)
_JUST = re.compile(rf"\b(?:{_ONLY}|{ARTICLES}|{_VERBS})", re.IGNORECASE)


def find_times(text: str, today: date) -> Iterator[Phrase]:
    """Yield the times of a question that bound the day of an article, leftmost first."""
    if not may_name_period(text):
        return
    for typed in _OPERATOR.finditer(text):
        period = read_period(typed["period"], today)
        if period:
            yield Phrase(*typed.span(), _bounded(typed["bound"].casefold(), period, period.last))
    place = 0
    while (found := _next(text, place)) is not None:
        phrase = _read(text, found, today)
        if phrase is not None:
            yield phrase
        place = found.end()


def is_filler(text: str) -> bool:
    """Tell whether a question without its filters asks nothing."""
    return _FILLER.fullmatch(text) is not None


def _next(text: str, place: int) -> re.Match[str] | None:
    """Return the leftmost time from a place on; of two that begin together the longer."""
    tried = (pattern.search(text, place) for pattern in (_RANGE, _BOUNDED, _WITHIN))
    return min(filter(None, tried), key=lambda found: (found.start(), -found.end()), default=None)


def _read(text: str, found: re.Match[str], today: date) -> Phrase | None:
    wanted, period, bound = _wanted(found, today)
    if period is None:
        return None
    left, right = text[: found.start()], text[found.end() :]
    # "And today?" asks what is so now.
    now = (found.groupdict().get("period") or "").casefold() == "today"
    told = bool(bound) or (period.relative and not now)
    if _is_governed(text, found, told=told, bounded=bool(bound)):
        its = re.match(r"['’]s?(?=\s)", right)
        if its:
            return Phrase(found.start("period"), found.end() + its.end(), wanted)
        return Phrase(*found.span(), wanted)
    if not _stands_alone(found, period, left, right):
        return None
    if _REPORTED.search(text):
        return Phrase(*found.span(), wanted, soft=True)
    if bound in _UPPER or not told or wanted.since is None or _PLANS.search(text):
        return None
    # A year that is named may be told with the fact, so it goes on being asked for.
    return Phrase(*found.span(), Filter(since=wanted.since), soft=True, kept=period.dated)


def _is_governed(text: str, found: re.Match[str], *, told: bool, bounded: bool) -> bool:
    """Tell whether words of publishing make a time the articles' own, or nothing else is said."""
    left, right = text[: found.start()], text[found.end() :]
    if is_filler(left) and is_filler(right) and (told or _JUST.search(text)):
        return True
    if _GOVERNED.search(left) or _YOURS.search(text):
        return True
    if _TOPIC.search(left) and _BEGINS.match(found[0]):
        return True
    return not bounded and _GOVERNS.match(right) is not None


def _wanted(found: re.Match[str], today: date) -> tuple[Filter, Period | None, str]:
    """Return the days that a time leaves, its period, and which bound is meant; "" = both."""
    if found.re is _RANGE:
        return (*_range(found, today), "")
    words = found["period"]
    period = read_period(words, today)
    if found.re is _BOUNDED:
        bound = next(name for name in _BOUNDS if found[name])
    else:
        side = (found["side"] or "later") if found["on"] else ""
        bound = {"earlier": "until", "older": "until", "before": "until", "": ""}.get(side, "since")
    if period is None or (period.first > today and not period.dated):
        return Filter(), None, bound
    if bound == "after":
        day = after(words, today)
        return Filter(since=day), period if day else None, bound
    if bound:
        return _bounded(bound, period, period.last), period, bound
    return Filter(since=period.first, until=period.last), period, ""


def _range(found: re.Match[str], today: date) -> tuple[Filter, Period | None]:
    begins, ends = found["a"], found["b"]
    last = read_period(ends, today)
    first = read_period(begins, last.first if last else today)
    if first and first.dated and last and not last.dated and last.first < first.first:
        # "from March 2023 to May": the May that follows.
        last = read_period(ends, first.first + timedelta(days=365))
    if first is None or last is None or first.first > (last.last or today):
        return Filter(), None
    return Filter(since=first.first, until=last.last), last._replace(relative=False)


def _bounded(bound: str, period: Period, last: date | None) -> Filter:
    match bound:
        case "since":
            return Filter(since=period.first)
        case "after":
            return Filter(since=last + _DAY if last else None)
        case "before":
            return Filter(until=period.first - _DAY)
        case _:
            return Filter(until=last)


def _stands_alone(found: re.Match[str], period: Period, left: str, right: str) -> bool:
    """Tell whether a time is not part of a name, or told from another day than today."""
    if re.match(r"['’]|-\w|\s+of\b", right):
        return False
    named = found.groupdict()
    words = named.get("period") or ""
    # "The week of 3 March", "the end of last year"
    if (named.get("in") or "").casefold() == "of" and _PART.search(left):
        return False
    if _BARE_MONTH.fullmatch(words) and not period.relative:
        return _GOES_ON.match(right) is not None
    if period.relative and _OTHER_NOW.search(left):
        return False
    # "Sunday" and "today" alone are names, or ask for the latest.
    day = re.fullmatch(r"\w+day", words, re.IGNORECASE)
    since = named.get("since") is not None
    return not day or words.casefold() == "yesterday" or since
