"""Figures, days and hours in a sentence, read so that two sentences can be compared. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from pullquote.language.terms import read_terms

FREE = "free"  # the unit of "costs nothing"
CLOCK = "clock"
_SCALES = {
    "trillion": 10**12, "tn": 10**12, "billion": 10**9, "bn": 10**9, "b": 10**9,
    "million": 10**6, "mn": 10**6, "m": 10**6, "thousand": 10**3, "k": 10**3,
}  # fmt: skip
_SIGNS = ("£", "$", "€", "¥", "¢")
_NAMED = {"dollar": "$", "euro": "€", "pound": "£", "yen": "¥"}
_SMALL = {"penny": "£", "pence": "£", "p": "£", "cent": "¢", "cents": "¢"}
COUNTS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen twenty"
).split()
_NUMBER = r"\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_AMOUNT = re.compile(
    rf"(?P<sign>[£$€¥])\s?(?P<money>{_NUMBER})(?:\s?(?P<scale>trillion|tn|billion|bn|b|million|mn|m"
    r"|thousand|k)\b)?"
    rf"|(?<![\w.,:/-])(?P<bare>{_NUMBER})(?:\s?(?P<percent>%|percent\b|per\s+cent\b)"
    r"|\s(?P<large>trillion|billion|bn|million|thousand)\b)?"
    rf"|(?<![\w-])(?P<spelt>{'|'.join(COUNTS)})(?![\w-])",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(?<![\d:.])(\d{1,2})(?:[:.](\d\d))?\s?([ap])\.?m\b\.?|\b(\d{1,2}):(\d\d)\b")
_JOINING = ("to", "-", "\N{EN DASH}", "and")
_NOTHING = re.compile(r"\bfree(?: of charge)?\b|\bnothing\b|\bno (?:charge|fee)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"\b(?:No|Nr|number|page|line|article)\.?\s*$", re.IGNORECASE)
_NEXT = re.compile(r"[\s-]+([A-Za-z][\w-]*)(?:\s+([A-Za-z][\w-]*))?")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?)(?![a-z])"
)
_YEAR = r"(?:19|20)\d\d(?!\d|[.,]\d)"
_DATE = re.compile(
    rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+)?(?P<month>{_MONTH})"
    rf"(?:\s+(?P<after>\d{{1,2}})(?:st|nd|rd|th)?(?!\d))?(?:,?\s+(?P<year>{_YEAR}))?"
    rf"|(?<![\d.,£$€-])(?P<alone>{_YEAR})(?![\d%-])"
)
_WEEKDAY = re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b")
# What is said to hold from a day on; "in 2024" names a period instead.
_FROM = re.compile(
    r"\b(?:from|since|as of|as from|starting|effective)\s+(?:the\s+)?(?:[A-Z][a-z]+day,?\s+)?$",
    re.IGNORECASE,
)
_THIS_YEAR = re.compile(r"\b(this|last|next) year\b", re.IGNORECASE)
_RELATIVE = {"this": 0, "last": -1, "next": 1}

# An amount of several together: of a group that is counted ...
_GROUP = re.compile(
    r"\b(?:taken|put|added) together\b|\bbetween them\b"
    rf"|\b(?:the|these|those|all) (?:{'|'.join(COUNTS[2:])})"
    r" (?!(?:second|minute|hour|day|week|month|quarter|year|decade|time)s\b)"
    r"(?:[a-z-]+ )?[a-z-]+s\b",
    re.IGNORECASE,
)
# ... or of a list of names, in whose clause it stands.
_OWNER = r"[A-Z][\w&.’-]*(?: [A-Z][\w&.’-]*)*"
_OWNERS = re.compile(rf"(?<![\w’'])({_OWNER}(?:, {_OWNER})*,? (?:and|&) {_OWNER})(?= [a-z]+)")
_EACH = re.compile(r"\b(?:each|apiece|respectively|both)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure as it is written: its value, what it counts, and its place in the text.

    `unit` is a currency sign, "%", "clock" (minutes after midnight), "free", or the term of the
    noun that follows; "" without one.
    """

    value: Decimal
    unit: str
    start: int
    end: int
    next_terms: tuple[str, ...] = ()
    scale: int = 1

    def of(self, text: str) -> str:
        """Return the figure's own words."""
        return text[self.start : self.end]

    @property
    def is_money(self) -> bool:
        """Whether it is a sum of money."""
        return self.unit in _SIGNS


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, month or year in a sentence, with what is not said left out.

    `start` is true of the day from which something holds.
    """

    year: int | None
    month: int | None
    day: int | None
    begins: bool = False

    def place(self, near: date) -> date | None:
        """Return its first day, in the year that is nearest to another day if it names none."""
        years = (self.year,) if self.year else (near.year - 1, near.year, near.year + 1)
        days = [day for year in years if (day := self._in(year))]
        return min(days, key=lambda day: abs(day - near), default=None)

    def _in(self, year: int) -> date | None:
        try:
            return date(year, self.month or 1, self.day or 1)
        except ValueError:
            return None


def read_amounts(text: str) -> tuple[Amount, ...]:
    """Return the figures of a text in order, without years, days and the numbers of names."""
    taken = [match.span() for match in (*_DATE.finditer(text), *_CLOCK.finditer(text))]
    found = [
        amount
        for match in _AMOUNT.finditer(text)
        if not any(start < match.end() and match.start() < end for start, end in taken)
        for amount in _read_amount(text, match)
    ]
    found += [Amount(Decimal(0), FREE, m.start(), m.end()) for m in _NOTHING.finditer(text)]
    found += [_read_clock(match) for match in _CLOCK.finditer(text)]
    return tuple(_share_scales(text, sorted(found, key=lambda amount: amount.start)))


def read_moments(text: str) -> tuple[Moment, ...]:
    """Return the days, months and years of a text, in order."""
    return tuple(
        Moment(
            year=_number(match["year"] or match["alone"]),
            month=_MONTHS.index(match["month"][:3].lower()) + 1 if match["month"] else None,
            day=_number(match["day"] or match["after"]),
            begins=bool(_FROM.search(text[: match.start()])),
        )
        for match in _DATE.finditer(text)
    )


def read_weekdays(text: str) -> frozenset[str]:
    """Return the terms of the weekdays in a text."""
    return frozenset(term for word in _WEEKDAY.findall(text) for term in read_terms(word))


def read_periods(text: str, written: date | None = None) -> frozenset[int]:
    """Return the years that a text speaks of, but not those from which on something holds.

    "This year" and the like count from the day the text was `written`.
    """
    years = {moment.year for moment in read_moments(text) if moment.year and not moment.begins}
    if written:
        years |= {written.year + _RELATIVE[match[1].lower()] for match in _THIS_YEAR.finditer(text)}
    return frozenset(year for year in years if year)


def sharers_of(text: str) -> str | None:
    """Return the list of names whose sum a sentence tells, "" for a group, None if it is of one.

    >>> sharers_of("Amazon and Meta spend $165 billion."), sharers_of("Meta spends $65 billion.")
    ('Amazon and Meta', None)
    """
    sums = [amount for amount in read_amounts(text) if amount.is_money or amount.scale > 1]
    if not sums or _EACH.search(text):
        return None
    before = text[: sums[0].start]
    names = _OWNERS.search(before)
    if names and not re.search(r"[,;:]", before[names.end() :]) and len(sums) == 1:
        return names[1]
    return "" if _GROUP.search(before) else None


def _read_amount(text: str, match: re.Match[str]) -> Iterator[Amount]:
    scale = 1
    if match["spelt"]:
        value = Decimal(COUNTS.index(match["spelt"].lower()))
    else:
        digits = re.sub(r"[,\u00a0\u202f]", "", match["money"] or match["bare"])
        scale = _SCALES.get((match["scale"] or match["large"] or "").lower(), 1)
        value = Decimal(digits) * scale
    nouns = _NEXT.match(text, match.end())
    words = tuple(word for word in (nouns.groups() if nouns else ()) if word)
    unit, value = _unit(match, words, value)
    glued = text[match.end() : match.end() + 1].isalnum()
    numbered = _NUMBERED.search(text[: match.start()])
    if not glued and not (numbered and unit not in (*_SIGNS, "%")):
        terms = tuple(term for word in words for term in read_terms(word))
        yield Amount(value, unit, match.start(), match.end(), terms, scale)


def _unit(match: re.Match[str], words: tuple[str, ...], value: Decimal) -> tuple[str, Decimal]:
    if match["sign"]:
        return match["sign"], value
    if match["percent"]:
        return "%", value
    noun = words[0].lower() if words else ""
    if noun in _SMALL:
        return _SMALL[noun], value / 100
    if noun.rstrip("s") in _NAMED:
        return _NAMED[noun.rstrip("s")], value
    return (read_terms(noun) or ("",))[0], value


def _read_clock(match: re.Match[str]) -> Amount:
    hour, minute = int(match[1] or match[4]), int(match[2] or match[5] or 0)
    if match[3]:
        hour = hour % 12 + (12 if match[3].lower() == "p" else 0)
    return Amount(Decimal(60 * hour + minute), CLOCK, match.start(), match.end())


def _share_scales(text: str, amounts: list[Amount]) -> Iterator[Amount]:
    """Give the first of "$60 to $65 billion" the scale of the second."""
    for place, amount in enumerate(amounts):
        after = amounts[place + 1] if place + 1 < len(amounts) else None
        between = text[amount.end : after.start].strip() if after else ""
        joined = after is not None and between in _JOINING and amount.unit == after.unit
        if after and joined and amount.is_money and amount.scale == 1:
            yield replace(amount, value=amount.value * after.scale, scale=after.scale)
        else:
            yield amount


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None
