"""Questions to click in an empty chat, made of the articles themselves and each one tried."""

import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from gradio.components.chatbot import ExampleMessage

from pullquote.app.suggestions.candidates import (
    Candidate,
    Names,
    find_in_text,
    find_in_title,
    is_answered,
    is_english,
    read_names,
    read_sentences,
)
from pullquote.articles.site import Site
from pullquote.chatbot import Chatbot
from pullquote.errors import PullquoteError
from pullquote.index.catalog import Catalog
from pullquote.index.view import View
from pullquote.types import Article

COUNT = 4
_SECONDS = 1.5  # that one page waits; what is missing is looked for when the next one is opened
_ASKED = 12  # questions that are tried for one generation
_TITLES = 40  # the newest articles, whose titles are read
_READING = 0.5  # of the time
_RECENT = 0.4  # what the newest article is ahead of the fortieth
_SAME_WORD, _SAME_SUBJECT = 0.7, 0.8  # what a question loses that is like one chosen before
_ONE_OF_MANY = 0.5  # and one about an article whose title others bear too, such as a digest
_LIKE = 0.25  # a term in more titles than that is no subject of its own


class Examples:
    """Given questions, or some that the articles of the moment answer.

    They are looked for once in each generation of the index, by one thread at a time.
    """

    def __init__(
        self, bot: Chatbot, given: Sequence[str] | None, *, seconds: float = _SECONDS
    ) -> None:
        self._bot, self._seconds = bot, seconds
        self._given = None if given is None else tuple(given)
        self._lock = threading.Lock()
        self._generation: tuple[str, ...] = ()
        self._search = _Search(bot, ())

    def messages(self) -> list[ExampleMessage]:
        """Return them as gradio wants them; none while there is no index."""
        questions = self._choose() if self._given is None else self._given
        return [{"text": question} for question in questions]

    def _choose(self) -> tuple[str, ...]:
        until = time.monotonic() + self._seconds
        if not self._lock.acquire(timeout=self._seconds):
            return self._search.found  # another tab is still at it
        try:
            with Catalog(self._bot.embeddings).reading() as view:
                about = view.about()
                now = (about["generation"], about["refreshed"], date.today().isoformat())
                if now != self._generation:
                    pool = tuple(_read_pool(view, time.monotonic() + self._seconds * _READING))
                    self._search, self._generation = _Search(self._bot, pool), now
            self._search.go_on(until)
            return self._search.found
        except PullquoteError:
            return ()  # the page says what is wrong with the index; examples need not
        finally:
            self._lock.release()


class _Search:
    """A choice under way: what was found so far, and what may still be tried."""

    def __init__(self, bot: Chatbot, pool: Sequence[Candidate]) -> None:
        self._bot, self._left = bot, list(pool)
        self._chosen: list[Candidate] = []
        self._tried = 0
        counts = Counter(
            term for terms in {c.path: c.subject for c in pool}.values() for term in terms
        )
        most = max(_LIKE * len({c.path for c in pool}), 1)
        self._common = frozenset(term for term, count in counts.items() if count > most)

    @property
    def found(self) -> tuple[str, ...]:
        """The questions that were found so far."""
        return tuple(candidate.question for candidate in self._chosen)

    def go_on(self, until: float) -> None:
        """Try the best of what is left until there are enough, or the time is over."""
        while (
            self._left
            and len(self._chosen) < COUNT
            and self._tried < _ASKED
            and time.monotonic() < until
        ):
            best = max(self._left, key=self._value)
            self._left.remove(best)
            self._tried += 1
            if is_answered(self._bot, best):
                self._chosen.append(best)
                self._left = [other for other in self._left if not _is_twin(other, best)]

    def _value(self, candidate: Candidate) -> float:
        subject = candidate.subject - self._common
        same = any(candidate.opening == chosen.opening for chosen in self._chosen)
        like = any(subject & chosen.subject for chosen in self._chosen)
        return candidate.worth - _SAME_WORD * same - _SAME_SUBJECT * like


def _is_twin(one: Candidate, other: Candidate) -> bool:
    """Tell whether two are of one article, or differ in a number only: "in Rust 1.90"."""
    return one.path == other.path or _shape(one.question) == _shape(other.question)


def _shape(question: str) -> str:
    return re.sub(r"\d[\d.]*", "0", question.casefold())


def _read_pool(view: View, until: float) -> Iterator[Candidate]:
    """Yield what may be asked of the newest articles, the newer the more gladly."""
    today = date.today()
    published = [article for article in view.articles() if article.is_published(today)]
    newest = sorted(published, key=lambda a: (str(a.latest or ""), a.path), reverse=True)[:_TITLES]
    titles = Counter(article.plain_title for article in published)
    names = read_names(view)
    site = Site.parse(view.about().get("site", ""))
    for place, article in enumerate(newest):
        ahead = _RECENT * (1 - place / _TITLES)
        whole = time.monotonic() < until
        alone = titles[article.plain_title] == 1
        for candidate in _read_article(view, article, names, site, whole=whole, alone=alone):
            worth = candidate.worth + ahead - (0 if alone else _ONE_OF_MANY)
            yield replace(candidate, worth=worth)


def _read_article(
    view: View, article: Article, names: Names, site: Site, *, whole: bool, alone: bool
) -> Iterator[Candidate]:
    """Yield what may be asked of one article; no other has the title of one that is `alone`."""
    if alone:
        yield Candidate(f"What is written about “{article.title}”?", article, 0.0)
    if any(not lang.lower().startswith("en") for lang in article.lang):
        return
    if whole:
        sentences = read_sentences(view, article.path, site)
        if not is_english(sentences):
            return
        yield from find_in_text(article, sentences, names)
    if alone:
        yield from find_in_title(article, names)
