"""Edits of real articles of which it is known what they do to quotes."""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pullquote import Article, Quote, Span
from pullquote.markdown import blocks_in, read_blocks

WIDTH = 40  # columns to which paragraphs are wrapped anew
# Paragraphs with none of these in them can be wrapped and marked without meaning something else.
_RISKY = re.compile(r"[`<>{}|\\$&~*_\[\]!]|  \r?\n")
_OPENS_BLOCK = re.compile(r"(?m)^\s*(?:[-+*#>=:]|\d+[.)]|\|)")
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True, slots=True)
class Edited:
    """An edited text, and whether the words of a quote are still in it."""

    text: str
    keeps: Callable[[Quote], bool]
    path: str | None = None  # the new one, "" if removed


Edit = Callable[[Article, random.Random], Edited | None]


def with_other_character(text: str, quote: Quote, dice: random.Random) -> str:
    """Replace, remove or put in one letter or digit that a reader sees inside of a quote."""
    places = list(_letters(quote))
    at = dice.choice(places[1:] or places)
    other = dice.choice([letter for letter in _LETTERS if letter != text[at]])
    how = dice.choice(("replace", "remove", "insert"))
    end = at if how == "insert" else at + 1
    return text[:at] + ("" if how == "remove" else other) + text[end:]


def _letters(quote: Quote) -> Iterator[int]:
    """Yield where in its file each letter of a quote stands that is written as it is shown."""
    text = quote.article.text
    for block in blocks_in(text, quote.article.body, quote.span):
        for run, low, high in block.shown_in(quote.span):
            for shown in range(low, high):
                place = run.locate(shown, shown + 1)
                if run.text[shown].isalnum() and place.of(text) == run.text[shown]:
                    yield place.start


def _insert(article: Article, dice: random.Random) -> Edited | None:
    found = _pick(article, dice)
    if found is None:
        return None
    text = article.text
    return Edited(f"{text[: found.start]}Nobody had said so.\n\n{text[found.start :]}", _all)


def _remove(article: Article, dice: random.Random) -> Edited | None:
    found = _pick(article, dice)
    if found is None:
        return None
    text = article.text[: found.start] + article.text[found.end :].lstrip("\r\n")
    return Edited(text, lambda quote: not quote.span.meets(found))


def _move(article: Article, dice: random.Random) -> Edited | None:
    plain = _plain(article)
    if len(plain) < 2:
        return None
    first, last = sorted(dice.sample(plain, 2))
    text = article.text
    rest = text[first.end : last.start]
    blank = re.match(r"\s*", rest)
    gap = blank[0] if blank else ""
    middle = rest[len(gap) :] + first.of(text) + gap
    return Edited(text[: first.start] + middle + text[last.start :], _all)


def _wrap(article: Article, dice: random.Random) -> Edited | None:
    """Wrap all paragraphs that are nothing but words, in lines that are nothing but words."""
    text, done = article.text, False
    for span in reversed(_plain(article)):
        words = span.of(text)
        wrapped = _wrapped(words.split())
        if not _RISKY.search(words) and not _OPENS_BLOCK.search(wrapped) and wrapped != words:
            text, done = text[: span.start] + wrapped + text[span.end :], True
    return Edited(text, _all) if done else None


def _wrapped(words: Sequence[str]) -> str:
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + len(word) >= WIDTH:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return "\n".join(lines)


def _embolden(article: Article, dice: random.Random) -> Edited | None:
    """Make a word bold in every paragraph that is nothing but words."""
    text, done = article.text, False
    for span in reversed(_plain(article)):
        words = span.of(text)
        places = list(re.finditer(r"(?<= )[a-zA-Z]+(?= )", words))
        if places and not _RISKY.search(words):
            word = dice.choice(places)
            start, end = span.start + word.start(), span.start + word.end()
            text, done = f"{text[:start]}**{text[start:end]}**{text[end:]}", True
    return Edited(text, _all) if done else None


def _change_line_breaks(article: Article, dice: random.Random) -> Edited | None:
    text = article.text
    other = text.replace("\r\n", "\n") if "\r\n" in text else text.replace("\n", "\r\n")
    return Edited(other, _all) if other != text else None


def _rename(article: Article, dice: random.Random) -> Edited | None:
    return Edited(article.text, _all, path=f"renamed/{article.digest[-12:]}.md")


def _rename_and_insert(article: Article, dice: random.Random) -> Edited | None:
    edited = _insert(article, dice)
    path = f"renamed/{article.digest[-12:]}.md"
    return edited and Edited(edited.text, _all, path=path)


def _delete(article: Article, dice: random.Random) -> Edited | None:
    return Edited("", lambda quote: False, path="")


def _all(quote: Quote) -> bool:
    return True


EDITS: dict[str, Edit] = {
    "paragraph inserted": _insert,
    "paragraph removed": _remove,
    "paragraph moved": _move,
    "wrapped anew": _wrap,
    "word made bold": _embolden,
    "other line breaks": _change_line_breaks,
    "renamed": _rename,
    "renamed and inserted": _rename_and_insert,
    "file removed": _delete,
}


def _pick(article: Article, dice: random.Random) -> Span | None:
    plain = _plain(article)
    return dice.choice(plain) if plain else None


def _plain(article: Article) -> list[Span]:
    """Return the paragraphs that begin at a margin with a letter, between blank lines."""
    text = article.text
    found = []
    for block in read_blocks(text, article.body):
        span = block.span
        alone = re.search(r"\n\r?\n\Z", text[max(0, span.start - 3) : span.start])
        ends = re.match(r"\r?\n\r?\n|\s*\Z", text[span.end :])
        if block.kind == "paragraph" and alone and ends and text[span.start].isalpha():
            found.append(span)
    return found
