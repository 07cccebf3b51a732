"""From what was found to an answer: quotes with their copies named, or silence with its reasons."""

from collections.abc import Sequence
from dataclasses import dataclass

from pullquote import evidence, followups
from pullquote.copies import by_newest
from pullquote.filters import Filter
from pullquote.finding import ArticlesChanged, Finder, name_paths
from pullquote.protocols import Writer
from pullquote.retrieval import Found
from pullquote.terms import read_terms
from pullquote.types import Answer, Article, Quote
from pullquote.view import words_of
from pullquote.weighing import Weighed, find_missing
from pullquote.writers import write_answer, write_silence

# A file that is saved again and again while its words are being quoted is given up after so often.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Asker:
    """Answers over what one finder finds; `notes` are what is known before."""

    finder: Finder
    writer: Writer
    notes: tuple[str, ...] = ()

    def answer(self, question: str, asked: str, wanted: Filter) -> Answer:
        """Answer what was asked, which stands alone, with quotes or with silence.

        The files of all that is shown or named are looked at once more when all is written.
        """
        for _ in range(_TRIES):
            answer = self._answer(question, asked, wanted)
            changed = {
                article.path for article in _shown(answer) if not self.finder.is_as_indexed(article)
            }
            if not changed:
                return answer
            if self.finder.reread:
                raise ArticlesChanged(changed)
        notes = (f"{name_paths(sorted(changed))} kept changing, so nothing is quoted; ask again.",)
        return Answer(question, asked, "abstained", 0.0, write_silence((), notes), notes=notes)

    def _answer(self, question: str, asked: str, wanted: Filter) -> Answer:
        found, notes = self.finder.find(asked, wanted)
        weighed = self.finder.weigh(asked, found)
        own = self.finder.without_boilerplate(weighed)
        quotes, more = self._quotes(asked, wanted, own)
        notes = tuple(dict.fromkeys((*notes, *more)))
        if not quotes:
            # What several articles share may be a footer, but it may be all that answers.
            quotes = self._select(asked, weighed)
        confidence = max(
            (*(item.probability for item in own), *(quote.score for quote in quotes)),
            default=0.0,
        )
        if asked != question.strip():
            notes = (f"Understood as: {asked}", *notes)
        if quotes:
            quotes = self._with_copies(quotes, found, wanted)
            text, faults = write_answer(asked, quotes, self.writer)
            notes = (*notes, *faults, *self.notes)
            return Answer(question, asked, "answered", confidence, text, quotes, (), notes)
        near = evidence.nearest(own, limit=self.finder.settings.nearest)
        missing = ", ".join(f"“{word}”" for word in find_missing(asked, weighed))
        if missing and near:
            notes = (f"Nothing that comes close mentions {missing}.", *notes)
        notes = (*notes, *self._limits(wanted, near), *self.notes)
        text = write_silence(near, notes)
        return Answer(question, asked, "abstained", confidence, text, (), near, notes)

    def _limits(self, wanted: Filter, near: Sequence[Quote]) -> tuple[str, ...]:
        """Return what a silence does not speak of: articles that were not read."""
        limits = []
        if wanted and near:
            limits.append(f"Only articles that pass the filters were read: {wanted}.")
        finder = self.finder
        hidden = 0 if wanted.unpublished else finder.view.count_unpublished(finder.today)
        if hidden:
            articles = "1 article is" if hidden == 1 else f"{hidden:,} articles are"
            limits.append(f"{articles} unpublished (draft, expired or of the future) and not read.")
        return tuple(limits)

    def _select(
        self, asked: str, weighed: Sequence[Weighed], *, most: int = 0
    ) -> tuple[Quote, ...]:
        settings = self.finder.settings
        return evidence.select(
            asked, weighed, threshold=settings.threshold, limit=most or settings.max_quotes
        )

    def _quotes(
        self, asked: str, wanted: Filter, weighed: Sequence[Weighed]
    ) -> tuple[tuple[Quote, ...], tuple[str, ...]]:
        """Return evidence and notes; of a question about several names, a quote for each first."""
        quotes = self._select(asked, weighed)
        sides, notes = [], list[str]()
        for name, part in followups.split_names(asked):
            found, more = self.finder.find(part, wanted)
            notes += more
            terms = frozenset(read_terms(name))
            own = self.finder.without_boilerplate(self.finder.weigh(part, found))
            about = [item for item in own if item.terms & terms]
            sides.append(self._select(part, about, most=2))
        limit = max(self.finder.settings.max_quotes, 2 * len(sides))
        if not any(sides):
            merged = quotes
        elif all(sides):
            merged = evidence.merge(sides, limit=2 * len(sides))
        else:
            merged = evidence.merge([*sides, quotes], limit=limit)
        return merged, tuple(notes)

    def _with_copies(
        self, quotes: Sequence[Quote], found: Sequence[Found], wanted: Filter
    ) -> tuple[Quote, ...]:
        """Name with each quote the other articles that say it, and the versions it replaces."""
        said = {quote.location: words_of(quote.article, quote.span) for quote in quotes}
        saying = self.finder.view.saying(said.values(), wanted, self.finder.today)
        named = []
        for quote in quotes:
            others = {article.path: article for article in saying.get(said[quote.location], ())}
            for item in found:
                if item.passage.article is quote.article and item.passage.span.holds(quote.span):
                    others |= {a.path: a for a in item.copies if quote.replaces(a)}
            others.pop(quote.article.path, None)
            kept = filter(self.finder.is_as_indexed, others.values())
            named.append(evidence.name_copies(quote, by_newest(kept)))
        return tuple(named)


def _shown(answer: Answer) -> list[Article]:
    """Return every article that an answer quotes or names."""
    quotes = (*answer.quotes, *answer.nearest)
    return [article for quote in quotes for article in (quote.article, *quote.also)]
