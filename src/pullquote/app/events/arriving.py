"""An answer on its way to the page: as far as it is verified, then as far as it is written."""

from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from pullquote.answers.writers import Extractive
from pullquote.app.chat.conversations import Shown
from pullquote.app.chat.keeping import keep
from pullquote.app.chat.newest import find_newest
from pullquote.chatbot import Chatbot
from pullquote.errors import InputError
from pullquote.observing import on_route
from pullquote.types import Answer, Quote, Turn


def arrive(bot: Chatbot, asked: Shown, earlier: tuple[Turn, ...]) -> Iterator[dict[str, Any]]:
    """Answer a question; yield what of the answer may be shown, and last put it, or trouble, there.

    While a language model is `writing`, the quotes stand below its sentences; no sentence is taken
    back unless an article is edited meanwhile. A file may be saved between the answer and its first
    sight: it is not quoted.
    """
    steps = bot.stream(asked.question, **asked.given, ignore=asked.removed, turns=earlier)
    with on_route("page"):  # not for longer: what comes next may be done in another thread
        first = answer = next(steps)
    today = date.today()
    same = yield from _verify(bot, first, keep(first, today))
    if first.quotes and not first.text and all(same.values()):
        yield keep(first, today) | {"writing": True}
    for answer in steps:
        if answer.quotes is first.quotes and all(same.values()):  # else all is shown at once
            yield keep(answer, today) | {"writing": True}
    if answer is not first:
        same = {quote.article.path: _is_same(bot, quote) for quote in answer.quotes}
    quotes = [quote for quote in answer.quotes if same[quote.article.path]]
    changed = ", ".join(path for path, is_same in same.items() if not is_same)
    if changed and not quotes:
        asked.trouble = f"{changed}: changed just now, so nothing is quoted; ask again."
        return
    kept = keep(_without(answer, quotes, changed) if changed else answer, today)
    if not quotes:
        kept["newest"] = find_newest(bot, asked.question, asked.given, today, ignore=asked.removed)
    asked.answer = kept


def _verify(
    bot: Chatbot, answer: Answer, kept: dict[str, Any]
) -> Generator[dict[str, Any], None, dict[str, bool]]:
    """Yield an answer with the quotes that are verified so far; return which files are the same."""
    same, shown = dict[str, bool](), list[dict[str, Any]]()
    for quote, said in zip(answer.quotes, kept["quotes"], strict=True):
        path = quote.article.path
        if path not in same:
            same[path] = _is_same(bot, quote)
        if same[path]:
            shown.append(said)
            yield {**kept, "quotes": list(shown), "prose": ""}  # prose may cite what is to come
    return same


def _is_same(bot: Chatbot, quote: Quote) -> bool:
    """Tell whether a quoted file is still what it was."""
    try:
        return bot.read_article(quote.article.path).digest == quote.article.digest
    except InputError:  # it is gone
        return False


def _without(answer: Answer, quotes: list[Quote], changed: str) -> Answer:
    """Return an answer with these of its quotes, and a note which files `changed`.

    What a writer made of them all cannot stand.
    """
    return replace(
        answer,
        quotes=tuple(quotes),
        text=Extractive().write(answer.standalone, quotes),
        notes=(*answer.notes, f"Not quoted, because it changed just now: {changed}; ask again."),
    )
