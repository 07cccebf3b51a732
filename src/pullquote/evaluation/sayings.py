"""All sentences of the articles that are published, and which of them speak of a question."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pullquote.articles.site import Site
from pullquote.index.families import REPEATED
from pullquote.index.view import View, words_of
from pullquote.language.terms import analyse, key_terms
from pullquote.spans import Span

_WORD = re.compile(r"\w[\w’'-]*")
# Little words that make up this part of any English text, and of no other.
_ENGLISH = frozenset("the of and to in is that for with on was are be by it this".split())
_ENGLISH_SHARE = 0.14
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


@dataclass(frozen=True, slots=True)
class Saying:
    """A sentence of an article; `words` names what it says, wherever it stands.

    It is `shared` if unrelated articles say it too, or the site calls it noise.
    """

    number: int
    path: str
    span: Span
    text: str
    words: int
    shared: bool


class Sayings:
    """Every sentence, indexed by its terms."""

    def __init__(
        self,
        sayings: tuple[Saying, ...],
        titles: Mapping[str, str],
        families: Mapping[str, str],
        unpublished: int,
    ) -> None:
        self.all, self.unpublished = sayings, unpublished
        self.by_article: dict[str, list[Saying]] = {path: [] for path in titles}
        for saying in sayings:
            self.by_article[saying.path].append(saying)
        self._titles = {path: frozenset(analyse(title)) for path, title in titles.items()}
        self._families = families
        self._terms = [frozenset(analyse(saying.text)) for saying in sayings]
        postings: dict[str, list[int]] = {}
        for number, terms in enumerate(self._terms):
            for term in terms:
                postings.setdefault(term, []).append(number)
        self._postings: dict[str, NDArray[np.int32]] = {
            term: np.array(numbers, np.int32) for term, numbers in postings.items()
        }

    def is_english(self, path: str) -> bool:
        """Tell whether an article is in English, by its little words."""
        words = [word for s in self.by_article[path] for word in _WORD.findall(s.text.lower())]
        little = sum(word in _ENGLISH for word in words)
        return bool(words) and little >= _ENGLISH_SHARE * len(words)

    def why_not(self, path: str) -> str:
        """Return why nothing can be asked about an article."""
        if any(_CJK.search(saying.text) for saying in self.by_article[path]):
            return "no spaces between its words"
        if not self.is_english(path):
            return "not in English, and no sentence with names and figures"
        return "no sentence that a rule can ask about"

    def is_name(self, word: str) -> bool:
        """Tell whether a capitalised word is one inside sentences too."""
        word = word.removesuffix("’s").removesuffix("'s")
        upper, lower = self._cases[word], self._cases[word.lower()]
        return upper > lower

    @cached_property
    def _cases(self) -> Counter[str]:
        """How often each word stands inside a sentence, not first, as it is written."""
        return Counter(
            word.removesuffix("’s").removesuffix("'s")
            for s in self.all
            for word in _WORD.findall(s.text)[1:]
        )

    def family(self, path: str) -> tuple[str, ...]:
        """Return an article with its copies and versions."""
        name = self._families.get(path)
        return tuple(p for p, other in self._families.items() if other == name) if name else (path,)

    def weigh(self, term: str) -> float:
        """Return how telling a term is: the rarer, the more."""
        return math.log((1 + len(self.all)) / (1 + len(self._postings.get(term, ())))) + 1

    def weigh_question(self, question: str) -> dict[str, float]:
        """Return the terms of a question with the parts of it that they are; they add up to 1."""
        weights = {term: self.weigh(term) for term in key_terms(question)}
        whole = sum(weights.values())
        return {term: weight / whole for term, weight in weights.items()}

    def near_part(self, saying: Saying, weights: Mapping[str, float]) -> float:
        """Return how much of a question a sentence and its article's title speak of."""
        terms = self._terms[saying.number] | self._titles[saying.path]
        return sum(weight for term, weight in weights.items() if term in terms)

    def speaking(
        self, weights: Mapping[str, float], *, least: float
    ) -> Iterator[tuple[Saying, float]]:
        """Yield the sentences that speak of at least such a part of a question, and the part."""
        parts = np.zeros(len(self.all), np.float64)
        for term, weight in weights.items():
            if term in self._postings:
                parts[self._postings[term]] += weight
        for number in np.flatnonzero(parts >= max(least - 1e-9, 1e-9)).tolist():
            yield self.all[number], float(parts[number])


def read_sayings(view: View, today: date) -> Sayings:
    """Read every sentence of the articles that are published on a day."""
    site = Site.parse(view.about().get("site", ""))
    articles = [article for article in view.articles() if article.is_published(today)]
    found: list[Saying] = []
    for article in articles:
        shared = view.boilerplate(article.path)
        for row in view.rows(ids=view.passage_ids([article.path])):
            passage = row.passage
            for span in passage.sentences:
                text = passage.article.show(span)
                words = words_of(passage.article, span)
                noise = shared.get(words, 0) >= REPEATED or site.is_boilerplate(text)
                found.append(Saying(len(found), article.path, span, text, words, noise))
    titles = {article.path: article.title for article in articles}
    return Sayings(
        tuple(found), titles, view.families(titles), view.count("articles") - len(articles)
    )
