"""A quote with where it is from, ready to be pasted. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pullquote import exports
from pullquote.app.render import safe_link, show_day

Json = Mapping[str, Any]


def cite_plain(quote: Json) -> str:
    """Return “words” (Title, 9 February 2025, address or place)."""
    parts = [_title(quote), _day(quote), _where(quote)]
    return f"“{_words(quote)}” ({', '.join(filter(None, parts))})"


def cite_markdown(quote: Json) -> str:
    """Return a block quote and a line with the title, linked if the article has a page."""
    words = exports.escape(_words(quote)).replace("\n", "\n> ")
    title = exports.escape(_title(quote))
    url = _page(quote)
    linked = f"[{title}](<{url}>)" if url and not set("<>\\") & set(url) else title
    place = _place(quote)
    place = exports.escape(place) if "`" in place else f"`{place}`"
    credit = ", ".join(filter(None, (linked, _day(quote), place)))
    return f"> {words}\n>\n> — {credit}"


def cite_apa(quote: Json) -> str:
    """Return the words and a reference in the manner of APA 7: authors, date, title, address.

    Without authors the title comes first; without a date there is "n.d.".
    """
    authors = _apa_authors([str(name) for name in quote.get("authors") or ()])
    day = _date(quote)
    when = f"({day.year}, {day:%B} {day.day})" if day else "(n.d.)"
    title = _title(quote)
    title += "" if title.endswith((".", "?", "!")) else "."
    lead = f"{authors} {when}. {title}" if authors else f"{title} {when}."
    return f"“{_words(quote)}”\n{lead} {_where(quote)}"


def _apa_authors(names: Sequence[str]) -> str:
    """Return "Verne, A., & Osk, B. C."; a name of one word, and an organisation's, stays whole."""
    short = [_apa_author(name) for name in names if name.strip()]
    if len(short) > 1:
        return f"{', '.join(short[:-1])}, & {short[-1]}"
    return "".join(short)


def _apa_author(name: str) -> str:
    words = name.split()
    if len(words) < 2 or len(words) > 4 or not all(word[0].isupper() for word in words):
        return name.strip()
    initials = " ".join(f"{word[0]}." for word in words[:-1])
    return f"{words[-1]}, {initials}"


def _words(quote: Json) -> str:
    return str(quote.get("text", ""))


def _title(quote: Json) -> str:
    return " ".join(str(quote.get("title") or quote.get("article") or "").split())


def _where(quote: Json) -> str:
    return _page(quote) or _place(quote)


def _page(quote: Json) -> str | None:
    """Return the address of the article's page; any other kind of address is not passed on."""
    return safe_link(quote.get("url"))


def _place(quote: Json) -> str:
    return " ".join(f"{quote['article']}:{quote['start']}-{quote['end']}".splitlines())


def _date(quote: Json) -> date | None:
    said = quote.get("date")
    return date.fromisoformat(str(said)) if said else None


def _day(quote: Json) -> str:
    day = _date(quote)
    return show_day(day) if day else ""
