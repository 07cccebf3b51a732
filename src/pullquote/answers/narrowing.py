"""Ask with the filters that a question's own words are, and without the soft ones if need be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pullquote.answers.answering import Asker
from pullquote.answers.finding import Finder
from pullquote.errors import InputError
from pullquote.filters import Filter, PlainFilter, Words
from pullquote.index.view import View
from pullquote.questions import followups
from pullquote.questions.plainwords import Dated, Known, Plain, may_name, read
from pullquote.retrieval.fusion import Found
from pullquote.spans import is_whole
from pullquote.types import Answer, Turn

# A soft filter also gives way to an answer that is surer by so much: a time that was not meant for
# the articles leaves those that hardly answer. From .3 to .5 it changed no answer about the sample
# corpus, whose questions were asked with "since" a month that is, or is not, their article's.
_MUCH_SURER = 0.3
_MAX_QUESTION = 10_000  # characters; a longer one is an article, and takes long to read


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks: a question, filters beside it, and how its own words are to be read.

    Fields of `given` win over the same ones in words. Not `plain` reads no words as filters, and
    words to `ignore` are not read as one. What a model made of a follow-up is tried first. Raises
    InputError for what is no question.
    """

    question: str
    given: Filter
    plain: bool = True
    ignore: Words = None
    turns: Sequence[Turn] = ()
    rewritten: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.question, str) or not self.question.strip():
            raise InputError("the question is empty; ask something")
        if not is_whole(self.question):
            raise InputError("the question holds half a character; write it in full")
        if len(self.question) > _MAX_QUESTION:
            raise InputError(
                f"the question has {len(self.question):,} characters; ask it in {_MAX_QUESTION:,}"
            )


def answer(asker: Asker, wish: Wish) -> Answer:
    """Answer a question from the articles that its filters leave."""
    plain = understand(asker.finder, wish)
    narrow, wide, filters = _with_turns(plain, wish, history=asker.finder.settings.history)
    filters = _fitting(filters, wish.given)
    soft = [found for found in filters if found.soft]
    best = _first_answer(asker, wish.question, narrow, _join(wish.given, filters))
    best = replace(best, filters=filters)
    answered = best.status == "answered"
    if not soft or (answered and best.confidence > 1 - _MUCH_SURER):
        return best
    kept = [found for found in filters if not found.soft]
    said = ", ".join(f"“{found.words}” ({found.label})" for found in soft)
    note = f"No answer with {said}, so it was left out."
    if not answered:
        # The text of a silence holds its notes.
        asker = replace(asker, notes=(note, *asker.notes))
    other = _first_answer(asker, wish.question, wide, _join(wish.given, kept))
    if answered and other.confidence - best.confidence <= _MUCH_SURER:
        return best
    if answered:
        note = f"Left out {said}: without it the answer is much surer."
        other = replace(other, notes=(note, *other.notes))
    told = tuple(replace(found, applied=not found.soft) for found in filters)
    return replace(other, filters=told)


def find(finder: Finder, wish: Wish, *, k: int) -> tuple[Found, ...]:
    """Return the passages that match best; a soft filter gives way where it leaves none."""
    plain = understand(finder, wish)
    filters = _fitting(plain.filters, wish.given)
    found, _ = finder.find(finder.respell(plain.narrow), _join(wish.given, filters), k=k)
    kept = [item for item in filters if not item.soft]
    if not found and len(kept) < len(filters):
        found, _ = finder.find(finder.respell(plain.wide), _join(wish.given, kept), k=k)
    return found


def understand(finder: Finder, wish: Wish) -> Plain:
    """Read the words of a question against what the corpus holds."""
    if not wish.plain:
        return Plain(wish.question.strip(), wish.question.strip())
    known = _known(finder.view) if may_name(wish.question) else Known()
    return read(wish.question, finder.today, known, ignore=_listed(wish.ignore))


def _with_turns(
    plain: Plain, wish: Wish, *, history: int
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[PlainFilter, ...]]:
    """Return what may be asked, narrow and wide, and the filters.

    A turn that is only a filter asks the question before it again. One that leans on others keeps
    their filters as well, but for fields that its own words set.
    """
    narrow: tuple[str, ...]
    wide: tuple[str, ...]
    if plain.only_filters and wish.turns:
        wide = narrow = (wish.turns[-1].standalone,)
    else:
        narrow = followups.readings(plain.narrow, wish.turns, history=history)
        wide = followups.readings(plain.wide, wish.turns, history=history)
    if wish.rewritten and not plain.filters:
        narrow = wide = tuple(dict.fromkeys((wish.rewritten, *narrow)))
    if not (wish.turns and wish.plain) or narrow[0] == plain.narrow:
        return narrow, wide, plain.filters
    ignored = {words.casefold() for words in _listed(wish.ignore)}
    own = _join(Filter(), plain.filters)
    carried = (
        replace(found, wanted=found.wanted.yield_to(own))
        for found in wish.turns[-1].filters
        if found.applied and found.words.casefold() not in ignored
    )
    return narrow, wide, (*(found for found in carried if found.wanted), *plain.filters)


def _first_answer(asker: Asker, question: str, readings: Sequence[str], wanted: Filter) -> Answer:
    """Return the answer to the likeliest reading that has one, else the silence on the first."""
    first = found = asker.answer(question, readings[0], wanted)
    for reading in readings[1:]:
        if found.status == "answered":
            break
        found = asker.answer(question, reading, wanted)
    return found if found.status == "answered" else first


def _fitting(filters: Iterable[PlainFilter], given: Filter) -> tuple[PlainFilter, ...]:
    """Return the filters without what was given otherwise, or cannot be meant beside the others."""
    kept: list[PlainFilter] = []
    for found in filters:
        wanted = found.wanted.yield_to(given)
        if wanted and _join(given, kept).join(wanted).is_possible():
            kept.append(replace(found, wanted=wanted))
    return tuple(kept)


def _join(given: Filter, filters: Iterable[PlainFilter]) -> Filter:
    for found in filters:
        given = given.join(found.wanted)
    return given


def _known(view: View) -> Known:
    articles = view.articles()
    return Known(
        tags=_folded(tag for article in articles for tag in article.tags),
        categories=_folded(name for article in articles for name in article.categories),
        languages=_folded(name for article in articles for name in article.lang),
        titles=tuple(Dated(article.title, article.date) for article in articles),
    )


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)


def _listed(words: Words) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words or ())
