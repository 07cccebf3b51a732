"""From quotes to the text of an answer."""

import re
from collections.abc import Sequence

from pullquote.evidence.quoting import find_claim
from pullquote.protocols import Writer
from pullquote.types import Quote

SILENCE = "Your articles don't say."
_CITATION = re.compile(r"\[(\d+)\]")
_QUOTED = re.compile(r"[\"“«]([^\"“”«»]+)[\"”»]")


class Extractive:
    """The default writer: the quotes as numbered block quotes with title, date and place."""

    def write(self, question: str, quotes: Sequence[Quote]) -> str:
        """Return Markdown; no word in it is anybody's but the articles'."""
        return "\n\n".join(
            f"> {quote.text} [{number}]\n>\n> — {credit(quote)}"
            for number, quote in enumerate(quotes, 1)
        )


def credit(quote: Quote) -> str:
    """Return one line that says where a quote is from, since when, and what supersedes it."""
    article = quote.article
    day = f", {article.date.isoformat()}" if article.date else ""
    if article.updated and article.updated == article.latest != article.date:
        day += f", updated {article.updated.isoformat()}"
    newer = f"; {quote.superseded}" if quote.superseded else ""
    return f"{article.title}{day} ({quote.location}){newer}"


def write_answer(
    question: str, quotes: Sequence[Quote], writer: Writer
) -> tuple[str, tuple[str, ...]]:
    """Return the writer's text and notes; what a writer may not say is replaced.

    A text must cite, may cite only quotes there are, and whatever it puts between quotation marks
    must stand, word for word, in a quote; else the quotes alone are shown, and a note says why.
    """
    plain = Extractive().write(question, quotes)
    text = writer.write(question, quotes)
    fault = None if text == plain else _fault(text, quotes)
    if fault is None:
        return text, ()
    return plain, (f"The writer's text was not used: {fault}.",)


def write_silence(
    nearest: Sequence[Quote], reasons: Sequence[str], misses: Sequence[str] = ()
) -> str:
    """Return the text of an abstention: what is missing, then what came closest.

    `misses`, one for each near quote, say what it mentions and what it lacks.
    """
    lines = [" ".join((SILENCE, *reasons))]
    if nearest:
        lines.append("What came closest:")
        for quote, miss in zip(nearest, misses or [""] * len(nearest), strict=True):
            lines += [f"- {quote.text} — {credit(quote)}", *([f"  {miss}"] if miss else [])]
    return "\n\n".join(lines[:2]) + "".join("\n" + line for line in lines[2:])


def _fault(text: str, quotes: Sequence[Quote]) -> str | None:
    cited = [int(number) for number in _CITATION.findall(text)]
    if not cited:
        return "it cites nothing"
    for number in cited:
        if not 1 <= number <= len(quotes):
            return f"it cites [{number}], which is not there"
    for words in _QUOTED.findall(text):
        if find_claim(words.strip(" .,;:"), quotes) is None:
            return f"no quote holds the words “{words}”"
    return None
