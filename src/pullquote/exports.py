"""An answer's JSON as Markdown with footnotes, or as W3C Web Annotations. Pure.

Both take the JSON of one answer or a list of them, a conversation; neither needs the articles.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote as percent_encode
from uuid import NAMESPACE_URL, uuid5

from pullquote.errors import InputError
from pullquote.spans import is_whole

Json = Mapping[str, Any]

SILENCE = "Your articles don't say."
NEAREST = "What came closest, and does not answer it:"
_ANNOTATIONS = ("AnnotationCollection", "AnnotationPage", "Annotation")
_VOCABULARY = "http://www.w3.org/ns/anno.jsonld"

# ASCII punctuation that is markup anywhere in a line, in Markdown or one of its common dialects.
_MARKS = re.compile(r"[\\`*_{}\[\]<>#|~&$^=@%]|(?<=\w):(?=//)|:(?=[\w+-]+:)")
# What is markup only where a line begins: bullets, numbers, rules, definitions.
_OPENING = re.compile(r"([-+:])|(\d{1,9})([.)])")
_LINE_BREAK = re.compile(r"\r\n|\n|\r")
# White space that a renderer would trim; control characters have no entity.
_BLANK = r"[^\S\v\f\x1c-\x1f\x85]+"
_LOST_SPACE = re.compile(rf"^{_BLANK}|{_BLANK}$")
# What cannot stand in an address between "<" and ">".
_UNSAFE = re.compile(r"[\s<>\\\x00-\x1f\x7f`]")


def is_annotations(value: Json) -> bool:
    """Tell whether this is JSON-LD of annotations rather than an answer."""
    return value.get("type") in _ANNOTATIONS


def answers_in(value: object) -> tuple[Json, ...]:
    """Return one answer's JSON, or those of a list, each with a list of quotes.

    Raise InputError if it is something else.
    """
    answers = value if isinstance(value, list | tuple) else (value,)
    for answer in answers or (None,):
        quotes = answer.get("quotes") if isinstance(answer, Mapping) else None
        if not isinstance(quotes, list | tuple):
            raise InputError('no "quotes" in it; export an answer with: pullquote ask --json')
        if not all(isinstance(quote, Mapping) for quote in quotes):
            raise InputError("a quote needs article, start, end, source and text; one has no keys")
    return tuple(answers)


# -- Markdown


def to_markdown(answer: object) -> str:
    """Return an answer, or a list of them, as Markdown: quotes, and footnotes that prove them.

    Every character of a quote is shown as it is, whatever it means in Markdown.
    """
    parts: list[str] = []
    notes: list[str] = []
    for one in answers_in(answer):
        parts.append(f"# {_line(one.get('question')) or 'Quotes'}")
        parts += [f"*{_line(note)}*" for note in _list(one, "notes") if _line(note)]
        quotes = _list(one, "quotes")
        if not quotes:
            parts.append(f"**{SILENCE}**")
            quotes = _list(one, "nearest")
            parts += [NEAREST] if quotes else []
        for quote in quotes:
            notes.append(f"[^{len(notes) + 1}]: {_footnote(quote)}")
            parts.append(_blockquote(quote, len(notes)))
    return "\n\n".join([*parts, *notes]) + "\n"


def escape(text: str) -> str:
    """Return Markdown for the inside of a paragraph that shows exactly this text."""
    return "\\\n".join(_escape_line(line) for line in _LINE_BREAK.split(text.strip("\r\n")))


def _escape_line(line: str) -> str:
    opening = _OPENING.match(line)
    start = ""
    if opening:
        start = f"\\{opening[1]}" if opening[1] else f"{opening[2]}\\{opening[3]}"
        line = line[opening.end() :]
    parts, place = [], 0
    for space in _LOST_SPACE.finditer(line):
        if space.start() == 0 and start:
            continue  # it is inside of the line
        parts.append(_MARKS.sub(r"\\\g<0>", line[place : space.start()]))
        parts += [f"&#{ord(character)};" for character in space.group()]
        place = space.end()
    parts.append(_MARKS.sub(r"\\\g<0>", line[place:]))
    return start + "".join(parts)


def _blockquote(quote: Json, number: int) -> str:
    words = escape(_words(quote.get("text"))).replace("\n", "\n> ")
    title = _line(quote.get("title")) or _line(quote.get("article"))
    credit = ", ".join(filter(None, (title, _day(quote))))
    cells = " · ".join(f"{_line(name)}: {_line(cell)}" for name, cell in _cells(quote) if name)
    return f"> {words}\n>\n> — {' · '.join(filter(None, (credit, cells)))}[^{number}]"


def _cells(quote: Json) -> list[tuple[object, object]]:
    """Return (column, words) pairs of a table row."""
    cells = _list(quote, "cells")
    return [(c[0], c[1]) for c in cells if isinstance(c, list | tuple) and len(c) == 2]


def _footnote(quote: Json) -> str:
    title = _line(quote.get("title"))
    also = [_other(other) for other in _list(quote, "also")]
    newer = quote.get("superseded_by")
    return " ".join(
        part
        for part in (
            f"{', '.join(filter(None, (title, _day(quote))))}." if title else "",
            f"{_link(_words(quote.get('url')))}." if quote.get("url") else "",
            f"{_location(quote)}.",
            f"Digest {_line(quote.get('digest'))}." if quote.get("digest") else "",
            f"Also in {'; '.join(also)}." if also else "",
            f"Superseded by {_other(newer)}." if newer else "",
        )
        if part
    )


def _location(quote: Json) -> str:
    place = f"{_line(quote.get('article'))}:{_offset(quote, 'start')}-{_offset(quote, 'end')}"
    lines = _list(quote, "lines")
    if len(lines) != 2:
        return place
    first, last = (_line(str(line)) for line in lines)
    return f"{place}, " + (f"line {first}" if first == last else f"lines {first}–{last}")


def _other(article: object) -> str:
    if not isinstance(article, Mapping):
        raise InputError('"also" holds something that is no article; export the answer again')
    path, title = (_line(article.get(name)) for name in ("article", "title"))
    return ", ".join(filter(None, (title, _day(article)))) + f" ({path})"


def _day(value: Json) -> str:
    return _line(value.get("date"))


def _link(url: str) -> str:
    """Return a link to a web page; any other address is only shown."""
    if not url.startswith(("https://", "http://")):
        return _line(url)
    return f"<{_UNSAFE.sub(lambda found: percent_encode(found[0]), url)}>"


# -- annotations


def to_annotations(answer: object) -> dict[str, Any]:
    """Return an answer, or a list of them, as a W3C AnnotationCollection of one page in JSON-LD.

    Each quote is an annotation of the Markdown file, whose path is relative to the corpus; offsets
    are code points of the file as it is. Ids depend on nothing but the answer.
    """
    answers = answers_in(answer)
    items = [_annotation(one, quote) for one in answers for quote in one["quotes"]]
    label = " · ".join(_words(one.get("question")) for one in answers)
    collection = _urn("collection", label, *(item["id"] for item in items))
    page = _urn("page", collection)
    return {
        "@context": _VOCABULARY,
        "id": collection,
        "type": "AnnotationCollection",
        "label": label,
        "total": len(items),
        "first": {
            "id": page,
            "type": "AnnotationPage",
            "partOf": collection,
            "startIndex": 0,
            "items": items,
        },
        "last": page,
    }


def _annotation(answer: Json, quote: Json) -> dict[str, Any]:
    question = _words(answer.get("question"))
    path, source, text = (_words(quote.get(name)) for name in ("article", "source", "text"))
    start, end = (_offset(quote, name) for name in ("start", "end"))
    around = {name: _words(quote[name]) for name in ("prefix", "suffix") if name in quote}
    digest, url = (_words(quote.get(name)) for name in ("digest", "url"))
    target: dict[str, Any] = {
        "type": "SpecificResource",
        "source": {
            "id": percent_encode(path),
            "type": "Text",
            "format": "text/markdown",
        },
        "selector": [
            {"type": "TextPositionSelector", "start": start, "end": end},
            {"type": "TextQuoteSelector", "exact": source, **around},
        ],
    }
    if digest:
        # The copy that was quoted, named by its content.
        target["state"] = {"type": "TimeState", "cached": f"urn:{percent_encode(digest, safe=':')}"}
    if url:
        target["scope"] = url.partition("#")[0]
    return {
        "id": _urn("annotation", question, path, digest, str(start), str(end)),
        "type": "Annotation",
        "motivation": "highlighting",
        "body": [
            _body("questioning", question),
            _body("describing", text),
        ],
        "target": target,
    }


def _body(purpose: str, value: str) -> dict[str, str]:
    return {"type": "TextualBody", "purpose": purpose, "value": value, "format": "text/plain"}


def _urn(*parts: str) -> str:
    """Return a name that is the same whenever the parts are."""
    return uuid5(NAMESPACE_URL, "\0".join(("pullquote", *parts))).urn


# -- reading


def _words(value: object) -> str:
    """Return a text of the JSON; nothing for a missing one."""
    if value is None:
        return ""
    if not isinstance(value, str) or not is_whole(value):
        raise InputError(f"{value!r:.60} is no text; export the answer again")
    return value


def _line(value: object) -> str:
    """Return a text as Markdown on one line."""
    return escape(" ".join(_words(value).split()))


def _list(value: Json, name: str) -> Sequence[Any]:
    found = value.get(name) or ()
    if not isinstance(found, list | tuple):
        raise InputError(f'"{name}" is no list; export the answer again')
    return found


def _offset(quote: Json, name: str) -> int:
    value = quote.get(name)
    if type(value) is not int or value < 0:  # True is an int to Python, and no place
        raise InputError(f"a quote's {name} is {value!r:.30}, which is no place")
    return value
