"""What is new about a topic: the newest articles that are about it, each with a sentence on it.

An article is about what its title, its tags, its summary or a heading name, or its first sentences
where it goes on about that. What merely mentions a topic is no news of it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pullquote.answers.finding import Finder
from pullquote.evidence import quoting
from pullquote.evidence.weighing import Weighed
from pullquote.filters import Filter
from pullquote.language.calls import is_call
from pullquote.language.terms import key_terms, mentions, other_forms, read_terms, telling_terms
from pullquote.questions.asked import read_parts
from pullquote.questions.followups import split_names
from pullquote.questions.news import read_topic
from pullquote.questions.plainwords import read
from pullquote.retrieval.fusion import Found
from pullquote.types import Article, Passage, Quote

# How sure it is that an article is about a topic, by what says so. None was fitted: the default
# threshold lets all pass, in the order of how plainly an editor put it, and they are so near each
# other that the time in a question gives way to none of them (see `narrowing`).
_BY_TITLE, _BY_LABEL, _BY_LEAD = 0.9, 0.8, 0.7
BY_MENTION = 0.2  # at most, where none is
_LEAD = 2  # sentences
_GOES_ON = 3  # sentences that speak of a topic, where only the first ones say what it is about
_AT_ONCE = 16  # articles that are read at a time ...
_MOST = 160  # ... and in all, so that a word that stands everywhere does not cost a minute
_ASKS = re.compile(r"[?？][\"'”’»)\]]*$")
# "Three chip firms that are not Nvidia"
_APART = re.compile(
    r"\b(?:not|beyond|without|besides|except|unlike|other than|instead of)(?: (?:the|an?))? (.+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class News:
    """The news that a question asks for, newest first; without a topic it asks for none.

    Where no article is about it, what else may answer must speak of the `terms`, and nothing may
    answer if it is `named`.
    """

    topic: str = ""
    quotes: tuple[Quote, ...] = ()
    found: tuple[Found, ...] = ()
    notes: tuple[str, ...] = ()
    terms: frozenset[str] = frozenset()
    named: bool = False


def find_news(finder: Finder, asked: str, wanted: Filter) -> News:
    """Return the news of the topic of a question; of several, each in turn."""
    # What is left out of filters may still be there: "news about Amazon this month".
    topic = read_topic(read(asked, finder.today).narrow)
    if topic is None:
        return News()
    names = [name for name, _ in split_names(topic)] or [topic]
    each = [_Topic(finder, name, wanted).news() for name in names]
    notes = tuple(dict.fromkeys(note for one in each for note in one.notes))
    quotes = quoting.merge([one.quotes for one in each], limit=finder.settings.max_quotes)
    if quotes:
        return News(topic, quotes, tuple(item for one in each for item in one.found), notes)
    parts = [part.forms[0] for part in read_parts(f"about {topic}") if part.kind == "name"]
    terms = frozenset(term for form in parts for term in form)
    telling = frozenset(key_terms(topic))
    return News(topic, notes=notes, terms=terms or telling, named=terms >= telling)


@dataclass(frozen=True, slots=True)
class _Topic:
    finder: Finder
    topic: str
    wanted: Filter

    def news(self) -> News:
        most = self.finder.settings.max_quotes
        about: dict[int, Weighed] = {}
        found: list[Found] = []
        for item in self._about():
            about[item.passage.id] = item
            found.append(Found(item.passage, item.probability, 0.0, 0.0, (), None, None))
            if len(self.finder.fold(self.topic, found)) > most:
                break
        groups = self.finder.fold(self.topic, found)
        kept, notes = self.finder.as_now(groups, most=most)
        best = [about[item.passage.id] for item in kept]
        quotes = quoting.nearest(best, limit=most)
        told = f"{'The newest articles' if quotes else 'No article is'} about “{self.topic}”"
        return News(self.topic, quotes, kept, (f"{told}{' come first' if quotes else ''}.", *notes))

    def _about(self) -> Iterator[Weighed]:
        """Yield a sentence of each article that is about the topic, newest article first."""
        view = self.finder.view
        paths = view.newest(self._holding(), self._labels(), self.wanted, self.finder.today)[:_MOST]
        for first in range(0, len(paths), _AT_ONCE):
            some = paths[first : first + _AT_ONCE]
            held: dict[str, list[Passage]] = {path: [] for path in some}
            for row in view.rows(ids=view.passage_ids(some)):
                held[row.passage.article.path].append(row.passage)
            for path in some:
                item = self._read(held[path])
                if item is not None and item.probability >= self.finder.settings.threshold:
                    yield item

    def _holding(self) -> set[int]:
        """Return the passages that hold, or stand under a title with, every term of the topic."""
        lexical = self.finder.lexical
        held: set[int] | None = None
        for term in key_terms(self.topic):
            ids = set(lexical.holding(term))
            for form in other_forms(term):
                ids |= set.intersection(*(set(lexical.holding(word)) for word in form))
            held = ids if held is None else held & ids
        return held or set()

    def _labels(self) -> list[str]:
        """Return the tags and categories that name the topic."""
        labels = (*self.finder.view.labels("tag"), *self.finder.view.labels("category"))
        return [label for label in labels if self._is_in(_terms((label,)))]

    def _read(self, passages: Sequence[Passage]) -> Weighed | None:
        """Return the sentence of an article that tells of the topic, if the article is about it."""
        lines = self._lines(passages)
        if not lines:
            return None
        article = lines[0].passage.article
        said = [line for line in lines if self._is_in(line.terms)]
        under = [line for line in said if self._is_in(_terms(line.passage.headings))]
        sure = self._is_about(article, lines, said)
        if sure is None:
            sure, lines = (_BY_LABEL if under else 0.0), under
        if not sure:
            return None
        first = [line for line in lines[:_LEAD] if line in said]
        some = first[:1] or said if sure == _BY_TITLE else under or first[:1] or said
        return replace(_telling(article, some or lines), probability=sure)

    def _is_about(
        self, article: Article, lines: Sequence[Weighed], said: Sequence[Weighed]
    ) -> float | None:
        """Return how sure it is that an article is about the topic, None if nothing says so."""
        apart = _APART.search(article.title)
        if apart and self._is_in(_terms((apart[1],))):
            return 0.0
        title = (article.title,) if article.titled else ()
        if self._is_in(_terms(title)):
            return _BY_TITLE
        labels = _terms((*title, article.summary, *article.tags, *article.categories))
        if self._is_in(labels):
            return _BY_LABEL
        lead = labels.union(*(line.terms for line in lines[:_LEAD]))
        return _BY_LEAD if self._is_in(lead) and len(said) >= _GOES_ON else None

    def _is_in(self, terms: frozenset[str]) -> bool:
        return all(mentions(terms, term) for term in key_terms(self.topic))

    def _lines(self, passages: Sequence[Passage]) -> list[Weighed]:
        """Return the sentences that say something of their own, in order."""
        every = [
            Weighed(one, span, _terms((text,)), {}, 0.0, 0.0)
            for one in passages
            for span in one.sentences
            if not (_ASKS.search(text := one.article.show(span)) or is_call(text))
        ]
        return list(self.finder.without_boilerplate(every))


def _terms(words: Sequence[str]) -> frozenset[str]:
    return frozenset(term for some in words for term in read_terms(some))


def _telling(article: Article, lines: Sequence[Weighed]) -> Weighed:
    """Return the sentence that says most of what the title and the summary say; no table's row."""
    told = frozenset(telling_terms(f"{article.title} {article.summary}"))

    def order(line: Weighed) -> tuple[bool, int]:
        return not Quote(article, line.span, 0.0).cells, len(line.terms & told)

    return max(lines, key=order)
