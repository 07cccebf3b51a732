"""Questions and answers as chat messages. Pure; every word that is not ours is escaped.

A message is one line without a newline: Markdown leaves an HTML block alone until a blank line, so
nothing in a quote is read as markup a second time.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from html import escape
from typing import Any
from urllib.parse import quote as percent_encode

from pullquote.app.chat.citing import cite_apa, cite_markdown, cite_plain
from pullquote.app.chat.conversations import Shown
from pullquote.app.render import DOT, count, page_link, show_day, show_lines, show_words
from pullquote.exports import SILENCE

Json = Mapping[str, Any]
Message = dict[str, Any]

_CITATION = re.compile(r"\[(\d+)\]")
_UNDERSTOOD = "Understood as: "


def show_turn(shown: Shown, turn: int, *, last: bool = False, rate: bool = True) -> list[Message]:
    """Return the messages of a turn, counted from 1; the last one can be undone and asked again."""
    messages = [_message("user", show_question(shown, turn, edit=last))]
    if shown.trouble:
        again = _tools(shown, turn, last=last, rate=False)
        messages.append(_message("assistant", show_trouble(shown.trouble, end=again)))
    elif shown.answer:
        end = _tools(shown, turn, last=last, rate=rate)
        messages.append(_message("assistant", show_answer(shown.answer, turn, end=end)))
    return messages


def show_question(shown: Shown, turn: int, *, edit: bool = False) -> str:
    """Return a question as it was typed, and the filters taken from it."""
    words = ", ".join(f"“{show_words(words)}”" for words in shown.removed)
    without = f'<div class="without">without the filter {words}</div>' if words else ""
    tools = f'<div class="tools">{_tool("edit", turn, "Edit")}</div>' if edit else ""
    return f'<div class="asked" dir="auto">{show_lines(shown.question)}{without}{tools}</div>'


def show_answer(answer: Json, turn: int, *, end: str = "") -> str:
    """Return an answer; its citations lead to `quote_link`, and `end` comes after it."""
    parts = []
    if answer["standalone"] != answer["question"].strip():
        understood = show_words(answer["standalone"])
        parts.append(f'<p class="understood" dir="auto">Understood as “{understood}”</p>')
    parts += _quotes(answer, turn) if answer["quotes"] else _silence(answer, turn)
    parts.append(_filters(answer["filters"], turn))
    return f'<div class="answer">{"".join(parts)}{end}</div>'


def show_trouble(line: str, *, end: str = "") -> str:
    """Return an error as a chat message; `end` comes after it."""
    return f'<div class="trouble"><p role="alert">{show_words(line)}</p>{end}</div>'


def show_suggestions(questions: Iterable[str]) -> str:
    """Return questions to ask next, each a button."""
    links = "".join(
        f'<a class="suggestion" role="button" href="#ask" dir="auto"'
        f' data-question="{_attribute(question)}">{show_words(question)}</a>'
        for question in questions
    )
    return f'<nav class="suggestions" aria-label="Ask next">{links}</nav>' if links else ""


def quote_link(turn: int, number: int, *, near: bool = False) -> str:
    """Return the address of a quote within the page, which the source panel opens."""
    return f"#{'near' if near else 'quote'}-{turn}-{number}"


def _quotes(answer: Json, turn: int) -> Iterator[str]:
    quotes = answer["quotes"]
    yield _lead(answer, turn)
    writing = " writing" if answer.get("writing") else ""  # more is to come
    if answer["prose"] or writing:
        prose = _CITATION.sub(
            lambda match: _cite(turn, int(match[1]), quotes), show_lines(answer["prose"])
        )
        yield f'<p class="written{writing}" dir="auto">{prose}</p>'
    for number, quote in enumerate(quotes, 1):
        yield (
            f'<figure id="answer-{turn}-{number}"><blockquote dir="auto">{_emphasised(quote)}'
            f" {_cite(turn, number, quotes)}</blockquote>{_cells(quote)}"
            f"<figcaption>{_credit(quote, turn, number)}</figcaption></figure>"
        )
    yield _notes(answer["notes"])


def _lead(answer: Json, turn: int) -> str:
    """Return one line: the short answer, if it is known, how sure it is and where it is from."""
    quotes = answer["quotes"]
    number, words = answer["lead"]
    short = ""
    if words and number <= len(quotes):  # of an answer that is still to come, not all are there
        title = show_words(f"Quote {number}: show in {quotes[number - 1]['title']}")
        short = (
            f'<a class="in-place" href="{quote_link(turn, number)}" title="{title}">'
            f'<b dir="auto">{show_words(words)}</b></a> '
        )
    articles = len({quote["article"] for quote in quotes})
    said = f"{count(len(quotes), 'quote')} from {count(articles, 'article')}"
    percent = f"{100 * answer['confidence']:.0f} %"
    sure = (
        f'<span class="sure" title="{percent} sure that the articles answer this">'
        f"{answer['sure']}</span>"
    )
    return f'<p class="lead">{short}{sure}{DOT}{said}</p>'


def _silence(answer: Json, turn: int) -> Iterator[str]:
    yield f'<p class="silence" role="status">{escape(SILENCE, quote=False)}</p>'
    newest = answer.get("newest")  # None, or absent if it was kept by an earlier version
    if newest:  # why no sentence answers a question that asks for none is beside the point
        yield f'<p class="label">No fact was asked for. {show_words(newest["said"])}:</p>'
        yield from map(_new, newest["articles"])
        return
    yield _notes(answer["notes"])
    nearest = answer["nearest"]
    if nearest:
        yield '<p class="label">What came closest, and does not answer it</p>'
    misses = answer["misses"] or [""] * len(nearest)
    for number, (quote, miss) in enumerate(zip(nearest, misses, strict=True), 1):
        cells = DOT.join(show_words(f"{name}: {words}") for name, words in quote["cells"] if name)
        yield (
            f'<a class="near" href="{quote_link(turn, number, near=True)}">'
            f'<span class="words" dir="auto">{show_words(quote["text"])}</span>'
            + (f'<span class="from">{cells}</span>' if cells else "")
            + (f'<span class="from">{show_words(miss)}</span>' if miss else "")
            + f'<span class="from">{DOT.join(_named(quote))}</span></a>'
        )
    yield f'<p class="label try">{_advice(answer)}</p>'


def _new(article: Json) -> str:
    # The path is in the address, for gradio takes other attributes out of messages.
    return (
        f'<a class="article" href="#article={percent_encode(article["article"], safe="")}">'
        f'<span class="from">{DOT.join(_named(article))}</span></a>'
    )


def _advice(answer: Json) -> str:
    """Return what to try after a silence."""
    if any(found["applied"] for found in answer["filters"]):
        return "Try it without the filter, in the words your articles use, or ask for one fact."
    return "Try the words your articles use, ask for one fact, or look at what came closest."


def _emphasised(quote: Json) -> str:
    text, place = quote["text"], quote["emphasis"]
    if not place:
        return show_words(text)
    low, high = place
    parts = (text[:low], text[low:high], text[high:])
    before, words, after = map(show_words, parts)
    return f'{before}<b class="focus">{words}</b>{after}'


def _credit(quote: Json, turn: int, number: int) -> str:
    """Return where a quote is from: title, date, page, place in the file, and its copies."""
    first, last = quote["lines"]
    lines = f"line {first}" if first == last else f"lines {first}\N{EN DASH}{last}"
    parts = _named(quote)
    if quote["tags"]:
        parts.append(f'<span class="tags">{show_words(", ".join(quote["tags"]))}</span>')
    location = f"{quote['article']}:{quote['start']}-{quote['end']}"
    place = f'<span class="place"><code>{show_words(location)}</code>{DOT}{lines}</span>'
    here = f'<a class="in-place" href="{quote_link(turn, number)}">Read in place</a>'
    more = DOT.join([here, *page_link(quote["url"]), _copy(quote)])
    return f'{DOT.join(parts)}<span class="more">{more}</span>{place}{_also(quote)}'


def _named(quote: Json) -> list[str]:
    """Return title, state and day of an article, as JSON tells of it."""
    parts = [f'<span class="title" dir="auto">{show_words(quote["title"])}</span>']
    if quote.get("state"):
        parts.append(f'<span class="state">{show_words(quote["state"])}</span>')
    if quote["date"]:
        day = escape(show_day(date.fromisoformat(quote["date"])))
        parts.append(f'<span class="day">{day}</span>')
    return parts


def _copy(quote: Json) -> str:
    """Return a list of the forms in which a quote and its citation can be copied, folded.

    The text is in the address, for gradio takes other attributes out of messages.
    """
    forms = (
        ("Markdown", cite_markdown(quote)),
        ("APA-like", cite_apa(quote)),
        ("Plain", cite_plain(quote)),
    )
    links = "".join(
        f'<a class="copy" role="button"'
        f' href="#copy={percent_encode(text, "", errors="replace")}">{name}</a>'
        for name, text in forms
    )
    summary = "<summary>Copy with citation</summary>"
    return f'<details class="copies">{summary}<span>{links}</span></details>'


def _attribute(text: str) -> str:
    """Escape text for an attribute; a line break would end the HTML block."""
    return escape(text).replace("\r", "&#13;").replace("\n", "&#10;")


def _cells(quote: Json) -> str:
    """Return the cells of a table row, each under the name of its column."""
    pairs = "".join(
        f"<div><dt>{show_words(name)}</dt><dd>{show_words(words)}</dd></div>"
        for name, words in quote["cells"]
    )
    return f'<dl class="cells">{pairs}</dl>' if pairs else ""


def _also(quote: Json) -> str:
    """Return a list of the articles that say the same, folded under the quote's label."""
    label = show_words(quote["label"])
    if not quote["also"]:
        return f'<p class="also">{label}</p>' if label else ""
    items = "".join(f"<li>{_other(other)}</li>" for other in quote["also"])
    return f'<details class="also"><summary>{label}</summary><ul>{items}</ul></details>'


def _other(article: Json) -> str:
    return DOT.join([*_named(article), f"<code>{show_words(article['article'])}</code>"])


def _cite(turn: int, number: int, quotes: Sequence[Json]) -> str:
    if not 1 <= number <= len(quotes):
        return f"[{number}]"
    title = show_words(f"Quote {number}: show in {quotes[number - 1]['title']}")
    return f'<a class="cite" href="{quote_link(turn, number)}" title="{title}">[{number}]</a>'


def _notes(notes: Iterable[str]) -> str:
    items = "".join(f"<li>{show_words(n)}</li>" for n in notes if not n.startswith(_UNDERSTOOD))
    return f'<ul class="notes">{items}</ul>' if items else ""


def _filters(filters: Sequence[Json], turn: int) -> str:
    """Return the filters read from a question's words, each a button that takes it away."""
    chips = "".join(
        f'<a class="unfilter" role="button" href="#filter-{turn}-{number}">'
        f'<span class="unseen">Remove filter </span>“{show_words(found["words"])}”'
        f' <span class="means">→ {show_words(found["label"])}</span></a>'
        for number, found in enumerate(filters, 1)
        if found["applied"]
    )
    return f'<p class="read">{chips}</p>' if chips else ""


def _tools(shown: Shown, turn: int, *, last: bool, rate: bool) -> str:
    """Return what can be done with an answer."""
    tools = []
    if rate:
        tools += [
            _tool("up", turn, "Good answer", pressed=shown.rating == "up"),
            _tool("down", turn, "Not good", pressed=shown.rating == "down"),
        ]
    if last:
        tools += [_tool("retry", turn, "Ask again"), _tool("undo", turn, "Undo")]
    return f'<div class="tools">{"".join(tools)}</div>' if tools else ""


def _tool(kind: str, turn: int, name: str, *, pressed: bool | None = None) -> str:
    state = " pressed" if pressed else ""  # page.js says it in ARIA, which gradio would take out
    return f'<a class="tool {kind}{state}" role="button" href="#{kind}-{turn}-0">{name}</a>'


def _message(role: str, content: str) -> Message:
    return {"role": role, "content": content}
