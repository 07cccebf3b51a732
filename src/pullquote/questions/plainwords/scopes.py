"""Tags, categories, languages, paths and articles that a question names."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from pullquote.filters import Filter
from pullquote.language.terms import key_terms, read_terms
from pullquote.patterns import lazily
from pullquote.questions.plainwords.words import ARTICLES, Phrase, words_in

# Each language in English and in itself.
_LANGUAGES = {
    "cs": "czech čeština česky",
    "da": "danish dansk",
    "de": "german deutsch",
    "en": "english englisch anglais inglés inglese inglês engels",
    "es": "spanish español espanol castellano",
    "fi": "finnish suomi suomeksi",
    "fr": "french français francais",
    "it": "italian italiano",
    "ja": "japanese 日本語",
    "nl": "dutch nederlands",
    "no": "norwegian norsk",
    "pl": "polish polski polsku",
    "pt": "portuguese português portugues",
    "ru": "russian русский русском",
    "sv": "swedish svenska",
    "uk": "ukrainian українською",
    "zh": "chinese 中文",
}
_CODES = {name: code for code, names in _LANGUAGES.items() for name in names.split()}
_LANGUAGE = "(?:" + "|".join(sorted(map(re.escape, _CODES), key=len, reverse=True)) + r")(?!\w)"

_MAX_WORDS = 4  # of a tag or category
_QUOTED = r"[\"“”«»„‘'](?P<quoted>[^\"“”«»„’']{1,60})[\"“”«»„’']"
_OPERATOR = lazily(
    r"(?<![\w:/])(?P<field>tag|categor(?:y|ies)|cat|lang|language|path)s?:(?P<space>\s?)"
    rf"(?:{_QUOTED}|(?P<plain>[^\s,;?!\"“”]+(?:,[^\s,;?!\"“”]+)*))",
    re.IGNORECASE,
)
_FIELDS = {"tag": "tags", "cat": "categories", "lang": "lang", "path": "paths"}
_WITHIN = rf"(?:\b(?:in|from|among|under|only)\s+(?:(?:the|all|only)\s+)*{ARTICLES}\s*)"
_TAGGED = lazily(
    rf"{_WITHIN}?(?:\b(?:that|which)\s+(?:are|were|is)\s+)?\b(?:tagged(?:\s+(?:with|as))?"
    r"|(?:with|under|having|in)\s+(?:the\s+)?tags?)\s+",
    re.IGNORECASE,
)
_CATEGORY = lazily(
    rf"{_WITHIN}?\b(?:(?:in|under|from)\s+(?:the\s+)?category|filed\s+under)\s+", re.IGNORECASE
)
_SECTION = lazily(
    r"\b(?:in|from|under)\s+(?:the|your|our)\s+(?P<name>\w[\w-]*(?:\s+[\w-]+){0,3}?)\s+"
    r"(?:section|category|rubric)\b(?!\s+of\b)",
    re.IGNORECASE,
)
_HASH = lazily(r"(?<!\S)#(\w[\w-]*\w)")
_AND = lazily(r"(?:\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+)(?=\w)", re.IGNORECASE)

_IN = r"\b(?:only\s+|just\s+|nur\s+)?(?:in(?:\s+het)?|auf|en|em|på|op|po|på)"
_LAST = lazily(
    rf",?\s*{_IN}\s+(?P<name>{_LANGUAGE})(?=(?:,?\s+please)?\s*[?.!]*\s*$)", re.IGNORECASE
)
_FIRST = lazily(rf"^\W*{_IN}\s+(?P<name>{_LANGUAGE})(?=\s*[:,])", re.IGNORECASE)
_TEXTS = r"(?:articles?|posts?|pages?|pieces?|texts?|entries)(?!\w)"
_WRITTEN = lazily(
    rf"(?P<cut>\b(?P<name>{_LANGUAGE})(?:[- ]language)?)(?=\s+{_TEXTS})"
    rf"|\b{_TEXTS}(?P<cut2>\s+(?:written\s+)?in\s+(?P<name2>{_LANGUAGE}))",
    re.IGNORECASE,
)
# "How do you say fog in German?" asks about a language.
_ABOUT_LANGUAGE = lazily(
    r"\b(?:how\s+(?:do|does|would|to)\s+(?:\w+\s+)?say|called|words?|means?|meaning|translat\w*"
    r"|spell\w*|pronounc\w*|writ(?:e|es|ten|ing)|wrote|spoken|speaks?|spoke|sung|sings?|sang"
    r"|teach\w*|taught|courses?|lessons?|names?|phrases?|laws?|available|versions?|editions?|dubbed|subtitle\w*)\b",
    re.IGNORECASE,
)

_ONE = r"(?:article|post|story|piece|report|entry)"
_BOUND = r"\b(?P<bound>before|prior\s+to|until|till|since|after)\s+(?:the|that|your|our|my)\s+"
_NAMED_BEFORE = lazily(
    rf"{_BOUND}(?P<name>[\w'’-]+(?:\s+[\w'’-]+){{0,5}}?)\s+{_ONE}\b", re.IGNORECASE
)
_NAMED_AFTER = lazily(
    rf"{_BOUND}{_ONE}\s+(?:(?:about|on|titled|called|headed|named)\s+)?"
    r"[\"“‘«„]?(?P<name>[^\"“”’«»?!,;:.]{1,80})[\"”’»]?",
    re.IGNORECASE,
)
_FORMS = (
    *(_OPERATOR, _TAGGED, _CATEGORY, _SECTION, _HASH, _LAST, _FIRST, _WRITTEN),
    *(_NAMED_BEFORE, _NAMED_AFTER),
)
# A question without any of these has none of the forms, which take longer to try.
_HINTS = _CODES.keys() | set(
    "tag tags tagged category filed section rubric article post story piece report entry".split()
)


class Dated(NamedTuple):
    """What an article is called, and its day."""

    title: str
    day: date | None


@dataclass(frozen=True, slots=True)
class Known:
    """What the corpus holds: labels and languages case-folded, and titles."""

    tags: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    titles: tuple[Dated, ...] = ()


def may_name(question: str) -> bool:
    """Tell whether what the corpus holds can change how a question is read."""
    if not (":" in question or "#" in question or words_in(question) & _HINTS):
        return False
    return any(form.search(question) for form in _FORMS)


def find_labels(text: str, known: Known) -> Iterator[Phrase]:
    """Yield the tags, categories, languages and paths that are named as such, in order of form."""
    for found in _OPERATOR.finditer(text):
        yield from _operator(found, known)
    for pattern, field in ((_TAGGED, "tags"), (_CATEGORY, "categories")):
        for found in pattern.finditer(text):
            values, end = _values(text, found.end(), _known_of(known, field))
            if values:
                yield Phrase(found.start(), end, _filter(field, values))
    yield from _find_known(text, known)


def _find_known(text: str, known: Known) -> Iterator[Phrase]:
    """Yield "in the energy section" and "#energy" where there is such a label."""
    for found in _SECTION.finditer(text):
        name = found["name"].casefold()
        fields = [field for field in ("categories", "tags") if name in _known_of(known, field)]
        if fields:
            yield Phrase(*found.span(), _filter(fields[0], [name]))
    for found in _HASH.finditer(text):
        name = found[1].casefold()
        names = [form for form in (name, name.replace("-", " ")) if form in known.tags]
        if names:
            yield Phrase(*found.span(), _filter("tags", names[:1]))


def find_language(text: str, known: Known) -> Iterator[Phrase]:
    """Yield the language of articles that a question asks for, if any article is in it."""
    for found in _WRITTEN.finditer(text):
        group = "cut" if found["cut"] else "cut2"
        code = _CODES[(found["name"] or found["name2"]).casefold()]
        if values := _codes(code, known):
            yield Phrase(*found.span(group), _filter("lang", values))
    if _ABOUT_LANGUAGE.search(text):
        return
    for pattern in (_FIRST, _LAST):
        for found in pattern.finditer(text):
            if values := _codes(_CODES[found["name"].casefold()], known):
                yield Phrase(*found.span(), _filter("lang", values))


def find_titles(text: str, known: Known) -> Iterator[Phrase]:
    """Yield "before the merger article": days told by an article whose title holds the words."""
    for pattern in (_NAMED_AFTER, _NAMED_BEFORE):
        for found in pattern.finditer(text):
            words = list(re.finditer(r"\S+", found["name"]))
            counts = range(len(words), 0, -1) if pattern is _NAMED_AFTER else (len(words),)
            for count in counts:
                start, end = words[0].start(), words[count - 1].end()
                article = _best(found["name"][start:end], known.titles)
                if article is None or article.day is None:
                    continue
                whole = count == len(words)
                stop = found.end() if whole else found.start("name") + end
                wanted = _bounded(found["bound"].casefold(), article.day)
                yield Phrase(found.start(), stop, wanted, title=article.title)
                break


def _operator(found: re.Match[str], known: Known) -> Iterator[Phrase]:
    field = next(v for k, v in _FIELDS.items() if found["field"].casefold().startswith(k))
    words = found["quoted"] or found["plain"].rstrip(".:")
    values = [words] if found["quoted"] else words.split(",")
    if field == "lang":
        values = [_CODES.get(value.casefold(), value) for value in values]
    if field != "paths":
        values = [value.strip().casefold() for value in values]
    # "price tag: forty euros"
    if found["space"] and not _known_of(known, field).issuperset(values):
        return
    end = found.end() if found["quoted"] else found.start("plain") + len(words)
    yield Phrase(found.start(), end, _filter(field, values))


def _values(text: str, start: int, known: frozenset[str]) -> tuple[list[str], int]:
    """Return the known labels that stand in a row from a place on, and where they end.

    Where the first is not known, its one word is taken: the answer will say that there is none.
    """
    values: list[str] = []
    end = start
    while True:
        found = _label_at(text, start, known)
        if found is None and not values:
            found = lazily(_QUOTED + r"|(?P<word>\w[\w-]*)").match(text, start)
            value = (found["quoted"] or found["word"]).strip().casefold() if found else ""
            return ([value], found.end()) if found and value else ([], start)
        if found is None:
            return values, end
        values.append(re.sub(r"\s+", " ", found["label"]).casefold())
        end = found.end()
        more = _AND.match(text, end)
        if more is None:
            return values, end
        start = more.end()


def _label_at(text: str, start: int, known: frozenset[str]) -> re.Match[str] | None:
    for count in range(_MAX_WORDS - 1, -1, -1):
        pattern = rf"[\"“‘']?(?P<label>[\w.+#-]*[\w+#](?:\s+[\w.+#-]*[\w+#]){{{count}}})[\"”’']?"
        found = lazily(pattern).match(text, start)
        if found and re.sub(r"\s+", " ", found["label"]).casefold() in known:
            return found
    return None


def _codes(code: str, known: Known) -> list[str]:
    """Return a language as the articles name it: "pt" may be "pt-br" there."""
    return sorted(name for name in known.languages if re.split("[-_]", name)[0] == code)


def _best(words: str, titles: Sequence[Dated]) -> Dated | None:
    """Return the article with the shortest title that holds all the words; of equals the newest."""
    asked = frozenset(key_terms(words))
    held = [
        (len(terms), -(item.day or date.min).toordinal(), item)
        for item in titles
        if item.day and asked and asked <= (terms := frozenset(read_terms(item.title)))
    ]
    return min(held, key=lambda entry: entry[:2])[2] if held else None


def _bounded(bound: str, day: date) -> Filter:
    step = timedelta(days=1)
    match bound.split()[0]:
        case "before" | "prior":
            return Filter(until=day - step)
        case "until" | "till":
            return Filter(until=day)
        case "since":
            return Filter(since=day)
        case _:
            return Filter(since=day + step)


def _filter(field: str, values: Iterable[str]) -> Filter:
    words = frozenset(values)
    match field:
        case "tags":
            return Filter(tags=words)
        case "categories":
            return Filter(categories=words)
        case "lang":
            return Filter(lang=words)
        case _:
            return Filter(paths=words)


def _known_of(known: Known, field: str) -> frozenset[str]:
    return {
        "tags": known.tags,
        "categories": known.categories,
        "lang": known.languages,
    }.get(field, frozenset())
