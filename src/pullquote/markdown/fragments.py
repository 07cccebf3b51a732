"""Links that scroll to words: text fragments, each tried on a model of the page first.

A text fragment ``[prefix-,]start[,end][,-suffix]`` is looked for in the visible text, and the first
place that fits is taken. So a fragment grows until what the browser finds first is the quote: few
words are named in full and many by both ends; an end that is not unique is named with more words,
and then with what stands before or after it.

Specification: https://wicg.github.io/scroll-to-text-fragment/
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from urllib.parse import quote as percent_encode

from pullquote.markdown.rendered import (
    BARRIER,
    PAUSES,
    SOFT,
    UNSPACED,
    Directive,
    Page,
    Place,
    read_page,
)
from pullquote.spans import Span

_NO_SPACES = re.compile(f"[{UNSPACED}]")
_TOKEN = re.compile(rf"[^\s{BARRIER}{PAUSES}]+[{PAUSES}]*|[{PAUSES}]+")
_STRETCH = re.compile(rf"[^\s{BARRIER}](?:[^\n{BARRIER}]*[^\s{BARRIER}])?")
# All the words are named up to this many; of more, only both ends: a link that can be read.
_MAX_EXACT = 10
# How many words an end may have, and what surrounds it: as many as make it unique.
_SIZES = (4, 6, 9, 14)
_SURROUNDINGS = (1, 2, 3, 4, 6, 9, 14, 24, 48)
# With fewer words, a soft break is crossed: one word alone may stand in a menu above the article.
_FEW = {"start": 2, "end": 1}
# Words that are given up in turn at the beginning; each costs as many searches as all of them.
_MAX_LESS = 8
_LETTERS = 3  # of a script without spaces, that count as a word


@lru_cache(maxsize=512)
def text_fragment(text: str, body: int, span: Span, *, lead: str = "") -> str:
    r"""Return the value of ``#:~:text=`` for what a span shows; "" if it shows nothing.

    `body` is where the article begins in the text, `lead` the words that its page shows, or may
    show, before it: the title, the summary, a line each.
    """
    # Where nothing tells the words from the summary's, it is not counted on; and where nothing
    # else does, what stands beyond a picture may.
    for above, apart in ((lead, True), ("", True), (lead, False), ("", False)):
        page = read_page(text, body, above, apart=apart)
        place = page.locate(span)
        parts = [found.span() for found in _STRETCH.finditer(page.shown, *place)] if place else []
        found = _whole(page, parts)
        if found:
            return _encode(page, found)
    return _encode(page, _less(page, parts)) if parts else ""


def _encode(page: Page, directive: Directive) -> str:
    terms = [_escape(page, place) for place in (directive.start, directive.end) if place]
    if directive.prefix:
        terms.insert(0, _escape(page, directive.prefix) + "-")
    if directive.suffix:
        terms.append("-" + _escape(page, directive.suffix))
    return ",".join(terms)


def _escape(page: Page, place: Place) -> str:
    # "-", "," and "&" separate the terms of a directive, so they are encoded as well.
    words = page.shown[slice(*place)].replace(SOFT, " ")
    return percent_encode(words, safe="").replace("-", "%2D")


def _whole(page: Page, parts: Sequence[Place]) -> Directive | None:
    """Return the first directive that finds all the parts."""
    return next(filter(page.finds, _ways(page, parts)), None) if parts else None


def _less(page: Page, parts: Sequence[Place]) -> Directive:
    """Return one that finds as many of the words as any does, or else names them all."""
    for count in range(len(parts) - 1, 0, -1):
        if some := _whole(page, parts[:count]):
            return some
    for number, part in enumerate(parts):
        for low, _ in _tokens(page, part)[:_MAX_LESS]:
            if some := _whole(page, [(low, part[1]), *parts[number + 1 :]]):
                return some
    return next(_ways(page, parts), Directive((parts[0][0], parts[-1][1])))


def _ways(page: Page, parts: Sequence[Place]) -> Iterator[Directive]:
    """Yield directives in the order to try: short ones that are sure, then longer ones."""
    tokens = _tokens(page, parts[0])
    short = _weight(page, tokens) <= _MAX_EXACT and SOFT not in page.shown[slice(*parts[0])]
    if len(parts) == 1 and (short or len(tokens) == 1):
        yield from _exact(page, parts[0])
    yield from _ranges(page, parts)
    if len(parts) == 1:
        # Only what names all the words can have a suffix tell where they begin.
        yield from _exact(page, parts[0])


def _exact(page: Page, part: Place) -> Iterator[Directive]:
    """Yield directives that name all the words, with more and more of what surrounds them."""
    plain = Directive(part)
    prefixes, suffixes = list(_before(page, part[0])), list(_after(page, part[1]))
    # A term that stands beside a prefix or suffix may begin or end inside a word.
    begins, ends = map(page.is_border, part)
    if begins and ends:
        yield plain
    if ends:
        yield from (replace(plain, prefix=prefix) for prefix in prefixes)
    if begins:
        yield from (replace(plain, suffix=suffix) for suffix in suffixes)
    if prefixes and suffixes:
        for number in range(max(len(prefixes), len(suffixes))):
            prefix, suffix = prefixes[: number + 1][-1], suffixes[: number + 1][-1]
            yield replace(plain, prefix=prefix, suffix=suffix)


def _ranges(page: Page, parts: Sequence[Place]) -> Iterator[Directive]:
    """Yield directives that name both ends."""
    first, last = _tokens(page, parts[0]), _tokens(page, parts[-1])
    if len(parts) == 1:
        middle = _middle(page, first)
        first, last = first[:middle], first[middle:]
    if first:
        start = _start(page, first)
        yield from _with_end(page, start, last)


def _start(page: Page, tokens: Sequence[Place]) -> Directive:
    """Return the first way to name the beginning that a browser finds in its place."""
    low = tokens[0][0]
    plain = [
        Directive((low, tokens[count - 1][1])) for count in _counts(page, tokens, _FEW["start"])
    ]
    named = [replace(plain[0], prefix=prefix) for prefix in _before(page, low)]
    ways = plain + named if page.is_border(low) else named
    return next(filter(page.starts, ways), plain[0])


def _with_end(page: Page, start: Directive, tokens: Sequence[Place]) -> Iterator[Directive]:
    high = tokens[-1][1]
    counts = _counts(page, tokens[::-1], _FEW["end"])
    plain = [replace(start, end=(tokens[-count][0], high)) for count in counts]
    named = [replace(plain[0], suffix=suffix) for suffix in _after(page, high)]
    yield from plain + named if page.is_border(high) else named + plain


def _counts(page: Page, tokens: Sequence[Place], few: int) -> list[int]:
    """Return how many tokens to take, in the order to try: those without a soft break first."""
    counts = sorted({_fitting(page, tokens, size) for size in _SIZES})
    unbroken = next(_breaks(page, tokens), len(tokens))
    near = [count for count in counts if count < unbroken]
    if _weight(page, tokens[:unbroken]) >= few:
        near.append(unbroken)
    return near + [count for count in counts if count not in near]


def _breaks(page: Page, tokens: Sequence[Place]) -> Iterator[int]:
    """Yield how many of the tokens stand before each soft break."""
    for count, (one, other) in enumerate(pairwise(tokens), 1):
        if SOFT in page.shown[min(one[1], other[1]) : max(one[0], other[0])]:
            yield count


def _middle(page: Page, tokens: Sequence[Place]) -> int:
    """Return how many tokens to leave to the start: up to the middle, or a soft break near it."""
    half = len(tokens) // 2
    return min(_breaks(page, tokens), key=lambda count: abs(count - half), default=half)


def _fitting(page: Page, tokens: Sequence[Place], size: int) -> int:
    """Return how many of the tokens have the weight of `size` words together."""
    count = 1
    while count < len(tokens) and _weight(page, tokens[:count]) < size:
        count += 1
    return count


def _before(page: Page, high: int) -> Iterator[Place]:
    """Yield more and more of the words right before a place, as far as a term may reach."""
    end = len(page.shown[:high].rstrip())
    low = max(page.shown.rfind(mark, 0, end) for mark in ("\n", BARRIER)) + 1
    tokens = _tokens(page, (low, end))[::-1]
    for count in sorted({_fitting(page, tokens, size) for size in _SURROUNDINGS if tokens}):
        yield tokens[count - 1][0], end


def _after(page: Page, low: int) -> Iterator[Place]:
    """Yield more and more of the words right after a place, as far as a term may reach."""
    found = _STRETCH.match(page.shown, len(page.shown) - len(page.shown[low:].lstrip()))
    tokens = _tokens(page, found.span()) if found else []
    for count in sorted({_fitting(page, tokens, size) for size in _SURROUNDINGS if tokens}):
        yield tokens[0][0], tokens[count - 1][1]


def _tokens(page: Page, place: Place) -> list[Place]:
    return [token.span() for token in _TOKEN.finditer(page.shown, *place)]


def _weight(page: Page, tokens: Sequence[Place]) -> int:
    """Return how many words the tokens are worth; what is not spaced is counted by letters."""
    wide = sum(len(_NO_SPACES.findall(page.shown, *token)) for token in tokens)
    return len(tokens) + wide // _LETTERS
