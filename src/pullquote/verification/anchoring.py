"""Find the words of an exported quote again in an article that was edited since. Pure.

What is looked for are the words a reader saw, among the words a reader sees now: markup, line
breaks and places may have changed, no character of the words. The W3C calls a quote with its
surroundings a TextQuoteSelector; here the surroundings only choose between equal words.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from html import unescape
from itertools import takewhile

from pullquote import markdown
from pullquote.articles.passages import split_passages
from pullquote.language.sentences import split_sentences
from pullquote.markdown.blocks import Run
from pullquote.patterns import lazily
from pullquote.spans import Span
from pullquote.types import Article

# Words may stand in many articles; so few are taken from another one only with their surroundings.
_SHORT = 20
_FEWEST_AROUND = 12  # characters before and after, taken together, that must agree then
# Below this ratio another sentence is another sentence, not a new wording.
_LIKE = 0.6
_MOST_JOINED = 5  # sentences; a quotation is completed by two neighbours on either side
# Of a quote's words, those that may be written otherwise in the source (with marks inside).
_UNSEEN_PART = 0.125
_SHORTEST_WORD = 3  # characters; shorter ones, but for figures, are in every article
# How far apart they may stand in another source: twice as far as here, and a link's address.
_REACH = 2
_LONG_ADDRESS = 300
_WORD = lazily(r"[^\W_]+")
# A word character of a script that sets spaces between words, or what is put on top of one.
_LETTER = "[^\\W\u2e80-\U0003fffd\u0300-\u036f\u200d]|[\u0300-\u036f\u200d]"
# "Sales rose 5." does not stand in "Sales rose 5.5 %", nor "500 came." in "1,500 came."
_TORN_START = lazily(rf"(?:{_LETTER})[.,'’-]?\w\Z|[$€£.+−-]\d\Z")
_TORN_END = lazily(rf"(?s:.)(?:{_LETTER})|\w[.,'’-](?:{_LETTER})|\d[%°]")


@dataclass(frozen=True, slots=True)
class Anchor:
    """What an exported quote says of its words and their place.

    `prefix` and `suffix` are the source before and after it; None where an old export lacks them.
    """

    article: str
    span: Span
    source: str
    text: str
    digest: str = ""
    prefix: str | None = None
    suffix: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A place where the words of a quote stand now; a greater `rank` is a better one.

    `around` counts the characters before and after it that agree with the quote's surroundings.
    """

    span: Span
    around: int
    same_source: bool

    @property
    def rank(self) -> tuple[int, bool]:
        """By surroundings, then by source: to choose between articles."""
        return self.around, self.same_source


@dataclass(frozen=True, slots=True)
class Visible:
    """What a reader sees of an article: its leaves, joined by one space."""

    article: Article
    text: str
    leaves: tuple[tuple[int, int, Run], ...]  # start in `text`, first character of the run, run

    def find(self, words: str) -> Iterator[Span]:
        """Yield each place whose words these are."""
        start = self.text.find(words) if words else -1
        while start >= 0:
            yield self._locate(start, start + len(words))
            start = self.text.find(words, start + 1)

    def _locate(self, start: int, end: int) -> Span:
        first, last = (self._place(place) for place in (start, end - 1))
        return Span(first.start, last.end)

    def _place(self, shown: int) -> Span:
        start, low, run = self.leaves[bisect_right(self.leaves, shown, key=_start) - 1]
        return run.locate(low + shown - start, low + shown - start + 1)


def read_visible(article: Article) -> Visible:
    """Read what a reader sees of an article."""
    leaves: list[tuple[int, int, Run]] = []
    shown: list[str] = []
    length = 0
    for block in markdown.read_blocks(article.text, article.body):
        for run in block.runs:
            words = run.text.strip()
            if words:
                leaves.append((length, len(run.text) - len(run.text.lstrip()), run))
                shown.append(words)
                length += len(words) + 1
    return Visible(article, " ".join(shown), tuple(leaves))


def stands(anchor: Anchor, article: Article) -> bool:
    """Tell whether an article holds exactly the quote's source and words at the quote's place.

    Words in code, comments or front matter do not count, nor words that have become part of others.
    """
    span = anchor.span
    if span.end > len(article.text) or span.of(article.text) != anchor.source:
        return False
    if not _shows(anchor, article, span):
        return False
    known = anchor.prefix is not None and anchor.digest != article.digest
    return not (known and _is_torn(anchor, article, span))


def find(anchor: Anchor, visible: Visible) -> Found | None:
    """Return the best place in its own article where the quote's words stand now, if any.

    The same source comes first, then like surroundings, then the nearest place.
    """
    return max(
        _places(anchor, visible),
        key=lambda f: (f.same_source, f.around, -abs(f.span.start - anchor.span.start)),
        default=None,
    )


def find_elsewhere(anchor: Anchor, visible: Visible) -> Found | None:
    """Return the best place in another article; few words need their surroundings there."""
    found = max(_places(anchor, visible), key=lambda f: f.rank, default=None)
    if found and len(anchor.text) < _SHORT and found.around < _FEWEST_AROUND:
        return None
    return found


def may_hold(anchor: Anchor, text: str) -> bool:
    """Tell, without reading its Markdown, whether a text may show the quote's words.

    Entities in the text must be decoded. Costs a look or two for most texts: the longest words,
    which are rare, are looked for first, the others only near them. A quote with marks inside of
    many of its words is missed.
    """
    if len(anchor.text) < _SHORT and not _may_agree(anchor, text):
        return False
    words = _words(anchor.text)
    spare = int(_UNSEEN_PART * len(words))
    reach = _REACH * len(anchor.source) + _LONG_ADDRESS
    for probe in words[: spare + 1]:
        start = text.find(probe)
        while start >= 0:
            if not _lacks(text[max(0, start - reach) : start + reach], words, spare):
                return True
            # What is near the next one within reach is mostly the same.
            start = text.find(probe, start + reach // 2)
    return not words


def _may_agree(anchor: Anchor, text: str) -> bool:
    """Tell whether a text may hold enough of a short quote's surroundings."""
    side = _FEWEST_AROUND // 2  # one side or the other has as much
    before, after = _flat(anchor.prefix or "")[-side:], _flat(anchor.suffix or "")[:side]
    return any(
        len(part) == side and all(word in text for word in part.split()) for part in (before, after)
    )


def _lacks(text: str, words: Sequence[str], spare: int) -> bool:
    """Tell whether more words than may be spared are not in a text."""
    for word in words:
        if word not in text:
            spare -= 1
            if spare < 0:
                return True
    return False


@lru_cache(maxsize=4096)  # quotes of one export
def _words(text: str) -> tuple[str, ...]:
    """Return the words of a text that tell something, the longest first."""
    words = {
        word
        for word in _WORD.findall(text)
        if len(word) >= _SHORTEST_WORD or any(map(str.isdigit, word))
    }
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def find_closest(anchor: Anchor, article: Article) -> Span | None:
    """Return the sentence, or neighbouring sentences, most like the quote's words, if any is."""
    best, closest = _LIKE, None
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(anchor.text)
    for span in _stretches(article, len(split_sentences(anchor.text))):
        matcher.set_seq1(article.show(span))
        if matcher.real_quick_ratio() < best or matcher.quick_ratio() < best:
            continue
        ratio = matcher.ratio()
        if ratio > best or (closest is None and ratio == best):
            best, closest = ratio, span
    return closest


def _stretches(article: Article, count: int) -> Iterator[Span]:
    """Yield each sentence, and each stretch of that many sentences of one passage."""
    for passage in split_passages(article):
        sentences = passage.sentences
        for length in sorted({1, min(max(count, 1), _MOST_JOINED)}):
            for first in range(len(sentences) - length + 1):
                yield Span(sentences[first].start, sentences[first + length - 1].end)


def _places(anchor: Anchor, visible: Visible) -> Iterator[Found]:
    article = visible.article
    # In a file that is the same byte for byte, another source only proves a damaged export.
    only_source = anchor.digest == article.digest or not _is_sound(anchor)
    for span in visible.find(anchor.text):
        same = span.of(article.text) == anchor.source
        if (only_source and not same) or not _shows(anchor, article, span):
            continue
        if not _is_torn(anchor, article, span):
            yield Found(span, _agreement(anchor, article.text, span), same)


def _shows(anchor: Anchor, article: Article, span: Span) -> bool:
    """Tell whether a reader sees the quote's words at a place, and sees them outside of code."""
    blocks = tuple(markdown.blocks_in(article.text, article.body, span))
    in_code = any(b.kind == "code" and any(b.shown_in(span)) for b in blocks)
    return bool(anchor.text) and not in_code and article.show(span) == anchor.text


def _is_torn(anchor: Anchor, article: Article, span: Span) -> bool:
    """Tell whether the first or last word is now part of a longer one, and was not before."""
    before, after = _neighbours(article, span)
    first, last = anchor.text[0], anchor.text[-1]
    prefix, suffix = (anchor.prefix or "")[-2:], (anchor.suffix or "")[:2]
    torn_start = _TORN_START.search(before + first) and not _TORN_START.search(prefix + first)
    torn_end = _TORN_END.match(last + after) and not _TORN_END.match(last + suffix)
    return bool(torn_start or torn_end)


def _neighbours(article: Article, span: Span) -> tuple[str, str]:
    """Return up to two characters that a reader sees right before and right after a span."""
    shown = [
        leaf
        for block in markdown.blocks_in(article.text, article.body, span)
        for leaf in block.shown_in(span)
    ]
    (first, low, _), (last, _, high) = shown[0], shown[-1]
    return first.text[max(0, low - 2) : low], last.text[high : high + 2]


def _agreement(anchor: Anchor, text: str, span: Span) -> int:
    """Count the characters next to a place that agree with the quote's; white space apart."""
    prefix, suffix = anchor.prefix or "", anchor.suffix or ""
    before = text[max(0, span.start - len(prefix)) : span.start]
    after = text[span.end : span.end + len(suffix)]
    return _common(_flat(prefix)[::-1], _flat(before)[::-1]) + _common(_flat(suffix), _flat(after))


def _common(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _flat(text: str) -> str:
    return " ".join(text.split())


def _is_sound(anchor: Anchor) -> bool:
    """Tell whether the quote's words can have been read from its source: no letter is missing."""
    return any(
        _is_in_order(filter(str.isalnum, anchor.text), source)
        for source in (anchor.source, unescape(anchor.source))
    )


def _is_in_order(letters: Iterator[str], source: str) -> bool:
    rest = iter(source)
    return all(letter in rest for letter in letters)


def _start(leaf: tuple[int, int, Run]) -> int:
    return leaf[0]
