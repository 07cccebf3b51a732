"""What the sidebar says of the articles and of the index. Pure; whatever is not ours is escaped."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from html import escape
from typing import Any

from pullquote.answers.captions import name_state
from pullquote.app.render import DOT, count, show_day
from pullquote.types import Article

_MAX_TYPED = 200  # characters; more is a text pasted by accident, and costs a look for each word
_WORD = re.compile(r"[^\W_]+")
# Written without spaces, so that a word may begin anywhere: Thai to Khmer, kana and Chinese.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
# Over and under letters of any script, the points of Hebrew and Arabic, and those of kana.
_ACCENTS = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f]+"
)
_BREAKS = re.compile(r"[\r\n]+")
_FOLDED = 5  # problems beside each other that are still read at a glance
_STALE = ("added", "changed", "removed", "renamed")


@dataclass(frozen=True, slots=True)
class _Entry:
    """An article with the words of its title and of all that is searched, each after a space."""

    article: Article
    title: str
    words: str


@dataclass(frozen=True, slots=True, eq=False)
class _Shelf:
    """The same articles as long as it is the same tuple: to compare thousands costs too much."""

    articles: tuple[Article, ...] = field(repr=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Shelf) and self.articles is other.articles

    def __hash__(self) -> int:
        return id(self.articles)


def list_articles(
    articles: tuple[Article, ...], typed: str, *, most: int = 100, day: date | None = None
) -> str:
    """Return a list of the articles that have every typed word, those in whose title first.

    Words are looked for in title, path, tags, authors and summary, by how they begin; case and
    accents don't matter. The newest come first; those not published on the day, or else today, are
    marked. Pass the same tuple at each keystroke: what is searched is prepared once for it.
    """
    typed = typed[:_MAX_TYPED].strip()
    words = tuple(dict.fromkeys(_WORD.findall(_fold(typed))))
    found = _find(_prepare(_Shelf(articles)), words)
    if not found:
        what = f"No article matches “{_line(typed)}”." if articles else "There are no articles yet."
        return f'<p class="articles none" role="status">{what}</p>'
    today = day or date.today()
    items = "".join(_show_entry(entry, words, today) for entry in found[:most])
    left = len(found) - most
    more = f'<p class="articles more">… and {left:,} more: type to narrow</p>' if left > 0 else ""
    return f'<ul class="articles">{items}</ul>{more}'


def count_passing(every: Sequence[Article], passing: Sequence[Article]) -> str:
    """Return how many articles pass the filters; a warning if none does."""
    if not every:
        return ""
    if passing:
        line = f"{len(passing):,} of {count(len(every), 'article')} pass these filters."
        return f'<p class="passing" role="status">{line}</p>'
    line = f"None of {count(len(every), 'article')} passes these filters: nothing can be quoted."
    return f'<p class="passing warning" role="status">{line}</p>'


def show_banner(status: Mapping[str, Any]) -> str:
    """Return a warning of what changed since the last refresh; empty if nothing did.

    A followed index has no such counts in its state, so it has no warning.
    """
    stale = sum(int(status.get(key) or 0) for key in _STALE)
    if not stale or not status.get("generation"):
        return ""
    line = f"{count(stale, 'article')} changed since the last refresh; answers may be out of date."
    return f'<p class="banner" role="status">{line}</p>'


def show_health(status: Mapping[str, Any], *, now: datetime | None = None) -> str:
    """Return the state of the index: problems first, then what is in it and how it was made."""
    if not status.get("generation"):
        return '<div class="health"><p class="sound">There is no index yet.</p></div>'
    problems = "".join(
        (
            _show_stale(status),
            _show_problems("Skipped", "file", status.get("skipped") or ()),
            _show_problems("Warnings", "warning", status.get("warnings") or ()),
        )
    )
    moment = now or datetime.now().astimezone()
    facts = "".join(
        f"<div><dt>{name}</dt><dd>{words}</dd></div>" for name, words in _facts(status, moment)
    )
    sound = problems or '<p class="sound">Nothing is wrong with the index.</p>'
    return f'<div class="health">{sound}<dl>{facts}</dl></div>'


@lru_cache(maxsize=4)  # one index, before and after a refresh, with and without filters
def _prepare(shelf: _Shelf) -> tuple[_Entry, ...]:
    """Return what is searched of each article, the newest first."""
    newest = sorted(shelf.articles, key=lambda article: article.path)
    newest.sort(key=lambda article: article.date or date.min, reverse=True)
    return tuple(map(_enter, newest))


def _enter(article: Article) -> _Entry:
    title = _spaced(article.title)
    rest = " ".join((article.path, *article.tags, *article.authors, article.summary))
    return _Entry(article, title, title + _spaced(rest))


def _find(entries: Sequence[_Entry], words: Iterable[str]) -> Sequence[_Entry]:
    """Return the entries that have all words; those in whose title they are, first."""
    found = titled = entries
    for word in map(_begins, words):
        found = [entry for entry in found if word in entry.words]
        titled = [entry for entry in titled if word in entry.title]
    first = set(map(id, titled))
    return [*titled, *(entry for entry in found if id(entry) not in first)]


def _show_entry(entry: _Entry, words: Sequence[str], day: date) -> str:
    article = entry.article
    about = [show_day(article.date)] if article.date else []
    state = name_state(article, day)
    if state:
        about.append(f'<span class="state">{state}</span>')
    if not all(_begins(word) in entry.title for word in words) or not article.titled:
        about.append(f"<code>{_line(article.path)}</code>")  # why it is in the list
    path = escape(article.path)
    return (
        f'<li><a class="article" href="#article" data-article="{path}" title="{path}">'
        f'<span class="title">{_mark(article.title, words)}</span>'
        + (f'<span class="about">{DOT.join(about)}</span>' if about else "")
        + "</a></li>"
    )


def _mark(title: str, words: Sequence[str]) -> str:
    """Return the escaped title with the typed beginnings of its words marked."""
    if not words:
        return _line(title)
    folded = [_fold(character) for character in title]
    # The place in the title of each folded character; what folds away belongs to what it follows.
    places = [place for place, characters in enumerate(folded) for _ in characters]
    places.append(len(title))
    shown, end = [], 0
    for first, last in _places_of(words, "".join(folded)):
        start = max(places[first], end)
        shown.append(_line(title[end:start]))
        end = max(places[last], end, places[last - 1] + 1)
        shown.append(f"<mark>{_line(title[start:end])}</mark>" if start < end else "")
    return "".join(shown) + _line(title[end:])


def _places_of(words: Sequence[str], folded: str) -> Iterator[tuple[int, int]]:
    """Yield where words begin with a typed one, or have it anywhere if they are not spaced."""
    longest = sorted(words, key=len, reverse=True)
    begins = "|".join(
        escaped if _UNSPACED.search(escaped) else rf"(?<![^\W_]){escaped}"
        for escaped in map(re.escape, longest)
    )
    return (match.span() for match in re.finditer(begins, folded))


def _begins(word: str) -> str:
    return word if _UNSPACED.search(word) else f" {word}"


def _spaced(text: str) -> str:
    return "".join(f" {word}" for word in _WORD.findall(_fold(text)))


def _fold(text: str) -> str:
    """Return text without case and accents."""
    if text.isascii():
        return text.casefold()
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).casefold()


def _show_stale(status: Mapping[str, Any]) -> str:
    said = [f"{int(status[key]):,} {key}" for key in _STALE if status.get(key)]
    if not said:
        return ""
    return f'<p class="problem">Out of date: {", ".join(said)} since the last refresh.</p>'


def _show_problems(name: str, noun: str, problems: Iterable[Mapping[str, Any]]) -> str:
    """Return a list of files with what is wrong with each; folded if it is long."""
    items = [
        f"<li><code>{_line(str(problem.get('article', '')))}</code>"
        f" {_line(str(problem.get('reason', '')))}</li>"
        for problem in problems
    ]
    if not items:
        return ""
    opened = " open" if len(items) <= _FOLDED else ""
    return (
        f'<details class="problem"{opened}><summary>{name}: {count(len(items), noun)}</summary>'
        f"<ul>{''.join(items)}</ul></details>"
    )


def _facts(status: Mapping[str, Any], now: datetime) -> Iterator[tuple[str, str]]:
    """Yield names and escaped words of what there is to know; what is not told is left out."""
    if "articles" in status:
        unpublished = int(status.get("unpublished") or 0)
        some = f", {unpublished:,} of them unpublished" if unpublished else ""
        yield "Articles", f"{int(status['articles']):,}{some}"
    if "passages" in status:
        yield "Passages", f"{int(status['passages']):,}"
    if status.get("refreshed"):
        yield "Last refresh", _say_moment(str(status["refreshed"]), now)
    for key in ("embedder", "reader"):
        if status.get(key):
            yield key.capitalize(), _line(str(status[key]))
    for key in ("corpus", "embeddings", "recipe"):
        if status.get(key):
            yield key.capitalize(), f"<code>{_line(str(status[key]))}</code>"


def _say_moment(moment: str, now: datetime) -> str:
    """Return a moment as people say it: "5 minutes ago", "today, 14:05", "9 February 2025"."""
    then = datetime.fromisoformat(moment).astimezone(now.tzinfo)
    ago = now - then
    if timedelta(0) <= ago < timedelta(minutes=1):
        return "just now"
    if timedelta(0) <= ago < timedelta(hours=1):
        return f"{count(ago // timedelta(minutes=1), 'minute')} ago"
    days = {now.date(): "today", now.date() - timedelta(days=1): "yesterday"}
    return f"{days.get(then.date(), show_day(then.date()))}, {then:%H:%M}"


def _line(text: str) -> str:
    """Escape text for one line."""
    return escape(_BREAKS.sub(" ", text))
