"""An answer as JSON, with what the page shows beside it: short answer, article state. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pullquote.answers.captions import name_state
from pullquote.answers.writers import Extractive
from pullquote.spans import Span
from pullquote.types import Answer, Quote

# Words for a confidence. It is calibrated, so "likely" is right about that often.
_WORDS = ((0.85, "very likely"), (0.65, "likely"), (0.0, "possibly"))

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DAYS = "mon|tues|wednes|thurs|fri|satur|sun|to|yester|week"
_MOMENT = re.compile(
    rf"\b(?:{_MONTHS})[a-z]*\b|\b(?:{_DAYS})days?\b|(?<![\d/.])(?:1\d|20)\d\d(?![\d/])|\d[:.]\d\d\b"
    r"|\b(?:tomorrow|noon|midnight|morning|afternoon|evening|night|spring|summer|autumn|fall|winter)\b"
    r"|\b(?:year|month|week|hour|minute|century|decade|quarter|q[1-4])s?\b|\d ?[ap]\.?m\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|half|twice|no|none"
    r"|hundred|thousand|million|billion|trillion|twenty|thirty|forty|fifty|free|nothing|all|both)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-Z\u00c0-\u00de\u0400-\uffff]")
_NOTHING = re.compile(r"(?!)")
_LONGEST = 60  # characters; a longer answer is no short one
# What a question asks for → what its short answer must have. No few words say why, or whether.
_KINDS = (
    (re.compile(r"\b(?:why|how come)\b", re.I), _NOTHING),
    (
        re.compile(
            r"^(?:and |but |so )?(?:is|are|was|were|do|does|did|will|would|has|have|had|can)\b"
            r"(?!.* or )",
            re.I,
        ),
        _NOTHING,
    ),
    (re.compile(r"\bwhen\b|\b(?:what|which) (?:day|date|year|month|time)\b", re.I), _MOMENT),
    (
        re.compile(r"\bhow (?:much|many|long|old|tall|high|far|big|large|fast|often)\b", re.I),
        _NUMBER,
    ),
    (re.compile(r"\bwho(?:m|se)?\b", re.I), _NAME),
)


def keep(answer: Answer, day: date) -> dict[str, Any]:
    """Return the JSON of an answer; articles that are not published on the day are marked.

    Each quote has a `state`, and the place of its short answer in `text` as `emphasis`. `prose` is
    what a writer made of the quotes, empty if that is just the quotes; `lead` is the number of the
    first quote with a short answer, and that answer. Short answers of another kind than was asked
    for are left out.
    """
    kept = answer.to_dict()
    for name, quotes in (("quotes", answer.quotes), ("nearest", answer.nearest)):
        kept[name] = [_keep(quote, day) for quote in quotes]
    plain = Extractive().write(answer.standalone, answer.quotes) if answer.quotes else answer.text
    kept["prose"] = "" if answer.text == plain else answer.text
    for quote in kept["quotes"]:
        if not fits(answer.standalone, _short(quote)):
            quote["emphasis"] = quote["focus"] = None
    shorts = enumerate(map(_short, kept["quotes"]), 1)
    kept["lead"] = next(([number, words] for number, words in shorts if words), [0, ""])
    kept["sure"] = sure(answer.confidence) if answer.quotes else ""
    return kept


def fits(question: str, words: str) -> bool:
    """Tell whether a short answer is of the kind that a question asks for.

    A reader that points at a number where a day was asked for has found the sentence, but not its
    point.
    """
    wanted = next((kind for asks, kind in _KINDS if asks.search(question)), None)
    return len(words) <= _LONGEST and (wanted is None or bool(wanted.search(words)))


def sure(confidence: float) -> str:
    """Return how sure an answer is, in a word."""
    return next(word for least, word in _WORDS if confidence >= least)


def _keep(quote: Quote, day: date) -> dict[str, Any]:
    kept = quote.to_dict()
    kept["state"] = name_state(quote.article, day)
    kept["emphasis"] = _emphasis(quote)
    for said, article in zip(kept["also"], quote.also, strict=True):
        said["state"] = name_state(article, day)
    return kept


def _short(quote: Mapping[str, Any]) -> str:
    """Return the short answer in a quote's text, empty if there is none."""
    low, high = quote["emphasis"] or (0, 0)
    return str(quote["text"][low:high])


def _emphasis(quote: Quote) -> Sequence[int] | None:
    """Return where the short answer stands in the quote's text, None if there is none.

    What is shown of the source before it ends there, but for white space.
    """
    if quote.focus is None or not quote.span.holds(quote.focus):
        return None
    article, text = quote.article, quote.text
    words = article.show(quote.focus)
    before = ""
    if quote.focus.start > quote.span.start:
        before = article.show(Span(quote.span.start, quote.focus.start)).rstrip()
    low = len(before)
    while low < len(text) and text[low].isspace():
        low += 1
    fits = bool(words) and text.startswith(before) and text.startswith(words, low)
    return [low, low + len(words)] if fits else None
