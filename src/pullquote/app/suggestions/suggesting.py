"""What to ask next: questions that the quoted articles answer with words not quoted yet."""

import re
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from pullquote.app.suggestions.candidates import (
    Candidate,
    Sentence,
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
from pullquote.language.terms import telling_terms
from pullquote.spans import Span

_TRIED = 5  # questions that are asked to find some
_SECONDS = 0.45  # after which what was found is enough
_SURE = 0.6  # confidence: a little less than for a first screen, where it stands for all
_ARTICLES = 3  # that are read
_PASSAGES = 150  # by whose words names are known; less than for examples, as somebody waits
_FAR = 0.04  # what a question loses for each sentence between it and what was quoted
_LATER = 0.2  # and for each article that was quoted before its own
_ALIKE = 1.0  # what a question gains that speaks of all that was asked in vain
_REWORDED = 0.6  # so much of its words shared with another question makes it the same one
_SAME_OPENING = 0.4


def suggest(
    bot: Chatbot, answer: Mapping[str, Any], asked: Collection[str], *, most: int = 3
) -> tuple[str, ...]:
    """Return questions to ask after an answer, as `Answer.to_dict` gives it; () if none is good.

    None of them was `asked` before. Each is answered by the articles of the answer, or by the
    nearest misses of a silence, with other words than those that were quoted.
    """
    until = time.monotonic() + _SECONDS
    before = [*asked, str(answer["question"]), str(answer["standalone"])]
    try:
        with Catalog(bot.embeddings).reading() as view:
            pool = _read_pool(view, answer)
        return _choose(bot, pool, answer, before, most, until)
    except PullquoteError:
        return ()  # the answer stands without them


def _choose(
    bot: Chatbot,
    pool: Sequence[Candidate],
    answer: Mapping[str, Any],
    before: Sequence[str],
    most: int,
    until: float,
) -> tuple[str, ...]:
    chosen: list[Candidate] = []
    said = [*before]
    left = list(pool)
    for _ in range(_TRIED):
        left = [one for one in left if not any(_is_same(one.question, other) for other in said)]
        if not left or len(chosen) >= most or time.monotonic() > until:
            break
        opened = {one.opening for one in chosen}
        best = max(left, key=lambda one: one.worth - _SAME_OPENING * (one.opening in opened))
        left.remove(best)
        if is_answered(bot, best, sure=_SURE, unlike=tuple(_places(answer["quotes"]))):
            chosen.append(best)
            said.append(best.question)
    return tuple(one.question for one in chosen)


def _read_pool(view: View, answer: Mapping[str, Any]) -> list[Candidate]:
    """Return what may be asked of the articles of an answer, each with what it is worth here."""
    quotes = answer["quotes"] or answer["nearest"]
    sources = dict.fromkeys(_sources(quotes))
    wanted = frozenset() if answer["quotes"] else frozenset(telling_terms(answer["standalone"]))
    quoted = list(_places(answer["quotes"]))
    names = read_names(view, _PASSAGES)
    site = Site.parse(view.about().get("site", ""))
    pool = []
    for order, path in enumerate(list(sources)[:_ARTICLES]):
        article = view.article(path)
        sentences = read_sentences(view, path, site) if article else ()
        if article is None or not is_english(sentences):
            continue
        near = [one.number for one in sentences if _meets(path, one, list(_places(quotes)))]
        free = [one for one in sentences if not _meets(path, one, quoted)]
        for candidate in (
            *find_in_text(article, free, names, named=1),
            *find_in_title(article, names),
        ):
            worth = candidate.worth - _LATER * order
            if candidate.sentence and near:
                worth -= _FAR * min(abs(candidate.sentence.number - number) for number in near)
            if wanted:
                worth += _ALIKE * len(wanted & candidate.terms) / len(wanted)
            pool.append(Candidate(candidate.question, article, worth, candidate.sentence))
    return pool


def _sources(quotes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the paths of quoted articles, before each the newer ones that say it or otherwise."""
    for quote in quotes:
        if newer := quote.get("superseded_by"):
            yield newer["article"]
        for copy in quote.get("also", ()):
            if (copy["date"] or "") > (quote["date"] or ""):
                yield copy["article"]
        yield quote["article"]


def _places(quotes: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Span]]:
    for quote in quotes:
        yield quote["article"], Span(quote["start"], quote["end"])


def _meets(path: str, sentence: Sentence, places: Sequence[tuple[str, Span]]) -> bool:
    return any(path == other and span.meets(sentence.span) for other, span in places)


def _is_same(question: str, other: str) -> bool:
    """Tell whether two questions are one, give or take case, punctuation and little words."""
    if _bare(question) == _bare(other):
        return True
    one, two = frozenset(telling_terms(question)), frozenset(telling_terms(other))
    shared = len(one & two)
    return bool(shared) and (one <= two or shared >= _REWORDED * len(one | two))


def _bare(question: str) -> str:
    return " ".join(re.findall(r"\w+", question.casefold()))
