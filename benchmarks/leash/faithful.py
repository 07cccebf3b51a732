"""A model that keeps to the rules: it arranges, joins and trims what the quotes say.

It shares no code with what judges it.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence

from benchmarks.leash.hostile import Source

_JOINS = (", and", ", while", "; meanwhile,", ", whereas", ", but", "; also,")
# What a careful writer cuts: an apposition or a relative clause at the end, and brackets.
_TRAILING = re.compile(r", (?:the|a|an|which|who|whose|where|and|while) [^,;“”\"]*$")
_BRACKETS = re.compile(r" \([^()]*\)")
_LIMITS = re.compile(
    r"\b(?:not|no|never|if|unless|except|only|said|says|expects?|expected|may|might|could|would"
    r"|should|but|though|or|than|before|after|plans?|likely|until|without|told|reported|according"
    r"|almost|nearly|about|estimated?|rather|instead|either|neither|nor|few|little|must|want\w*"
    r"|announced?|suggest\w*|propos\w*|believ\w*|claim\w*|warn\w*|hope\w*|aims?|intend\w*)\b"
)
_VERB = re.compile(
    r" (?:is|are|was|were|will|has|have|had|can|does|did|\w{2,}ed|said|spent|sold|rose|fell|won"
    r"|grew|took|made|held|cost|costs|plans|expects|runs|began|came|went|paid|put|opens) "
)
_ENDS_WITH_TIME = re.compile(r"^(?P<rest>.{20,}) (?P<time>(?:in (?:19|20)\d\d|on [A-Z]\w+day))$")
# A sentence that opens so is not lifted out of its quote.
_NEEDS = re.compile(
    r"(?:[“\"‘]?)(?:He|She|It|They|His|Her|Its|Their|This|That|These|Those|But|However|Yet|So|And"
    r"|Both|Neither|Such|Another|Others|Instead|Therefore|Thus|In this|In that|At that|The (?:"
    r"company|firm|group|agency|bank|team|council|report|study|same|latter|other|two|plan|project"
    r"|program|programme|figure|number|plant|factory|bridge|book|film|show|law|rule|deal|club"
    r"|party|city|government|ministry|decision|order|ship|building|amount|increase|decline|change"
    r"|process|method|term|name|word|phrase|song|album|bill|act|treaty|move|survey|paper))\b"
    r"|.{0,40}\b(?:he|she|it|they|his|her|its|their|them|him)\b"
)
_SENTENCE = re.compile(
    r"(?<=[.!?”])(?<!\b[A-Z]\.)(?<!\b(?:Mr|Ms|Dr|St|Sq|No)\.)"
    r"(?<!\bMrs\.)(?<!\bCllr\.)\s+(?=[A-Z“])"
)
_END = re.compile(r"[.!…][”\")]*$")

Style = Callable[[Sequence[Source], random.Random], Iterator[str]]


def sentences(sources: Sequence[Source], seed: int, most: int = 5) -> list[str]:
    """Return some sentences about some quotes, each said once."""
    chance = random.Random(seed)
    styles = list(STYLES)
    chance.shuffle(styles)
    said: list[str] = []
    left = list(sources)
    for style in styles:
        for sentence in style(left, chance):
            if len(said) < most and not any(_share(sentence, other) for other in said):
                said.append(sentence)
    return said


def _share(one: str, other: str) -> bool:
    """Tell whether two sentences cite one quote: what was said of it is not said again."""
    first, second = (set(re.findall(r"\[\d+\]", sentence)) for sentence in (one, other))
    return bool(first & second) and (
        len(one) < 8 or len(other) < 8 or bool(_core(one) & _core(other))
    )


def _core(sentence: str) -> set[tuple[str, str, str]]:
    words = re.findall(r"\w+", sentence.lower())
    return set(zip(words, words[1:], words[2:], strict=False))


def _liftable(sources: Sequence[Source]) -> list[tuple[Source, str]]:
    """Return sentences that can be understood alone."""
    return [
        (source, sentence.rstrip("."))
        for source in sources
        for sentence in _SENTENCE.split(source.text)
        if _END.search(sentence)
        and not _NEEDS.match(sentence)
        and sentence.count("“") == sentence.count("”")
        and not sentence.endswith(("?", "!"))
        and sentence.count('"') % 2 == 0
        and len(sentence.split()) > 3
        and len(_words(sentence)) > 3
    ]


def _words(sentence: str) -> list[str]:
    return re.findall(r"\w{3,}", sentence)


def _whole(sources: Sequence[Source], chance: random.Random) -> Iterator[str]:
    yield f"[{chance.choice(sources).number}]"


def _plain(sources: Sequence[Source], chance: random.Random) -> Iterator[str]:
    for source, sentence in _liftable(sources)[:2]:
        yield f"{sentence} [{source.number}]."


def _quoted(sources: Sequence[Source], chance: random.Random) -> Iterator[str]:
    for source, sentence in _liftable(sources)[-1:]:
        yield f"“{sentence}.” [{source.number}]"


def _trimmed(sources: Sequence[Source], chance: random.Random) -> Iterator[str]:
    for source, sentence in _liftable(sources):
        bare = (
            _BRACKETS.sub("", sentence)
            if not _LIMITS.search("".join(_BRACKETS.findall(sentence)))
            else sentence
        )
        tail = _TRAILING.search(bare)
        if tail and not _LIMITS.search(tail[0]) and _VERB.search(bare[: tail.start()]):
            bare = bare[: tail.start()]
        if bare != sentence and "“" not in bare and '"' not in bare:
            yield f"{bare} [{source.number}]."


def _fronted(sources: Sequence[Source], chance: random.Random) -> Iterator[str]:
    for source, sentence in _liftable(sources):
        found = _ENDS_WITH_TIME.match(sentence)
        if found:
            time, rest = found["time"], found["rest"]
            yield f"{time[:1].upper()}{time[1:]}, {rest} [{source.number}]."


def _joined(sources: Sequence[Source], chance: random.Random) -> Iterator[str]:
    lifted = _liftable(sources)
    chance.shuffle(lifted)
    for (one, first), (two, second) in zip(lifted[::2], lifted[1::2], strict=False):
        join = chance.choice(_JOINS)
        if second.startswith(("The ", "A ", "An ", "In ", "On ")):
            second = second[:1].lower() + second[1:]
        if chance.random() < 0.5:
            yield f"{first} [{one.number}]{join} {second} [{two.number}]."
        else:
            yield f"{first}{join} {second} [{one.number}][{two.number}]."


def _attributed(sources: Sequence[Source], chance: random.Random) -> Iterator[str]:
    for source, sentence in _liftable(sources)[:1]:
        form = chance.choice(
            (
                "According to {title}, {words} [{n}].",
                "{title} says that {words} [{n}].",
                "{words}, according to {title} [{n}].",
                "As “{title}” reports, {words} [{n}].",
            )
        )
        yield form.format(title=source.title, words=sentence, n=source.number)


STYLES: tuple[Style, ...] = (_whole, _plain, _quoted, _trimmed, _fronted, _joined, _attributed)
