"""From what was found to an answer: quotes with their copies named, or silence with its reasons."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pullquote.answers.comparing import (
    Comparison,
    Shown,
    about,
    find_sides,
    name_sides,
    order_quotes,
    read_comparison,
    without_order,
)
from pullquote.answers.finding import ArticlesChanged, Finder, name_paths
from pullquote.answers.news import BY_MENTION, find_news
from pullquote.answers.saying import name_sayers
from pullquote.answers.silence import explain
from pullquote.answers.timeline import Timeline, arrange, date_quotes
from pullquote.answers.writers import write_answer, write_silence
from pullquote.evidence import quoting
from pullquote.evidence.weighing import Weighed
from pullquote.filters import Filter
from pullquote.language.terms import mentions, read_terms
from pullquote.protocols import Writer
from pullquote.questions import followups
from pullquote.questions.tenses import without_limit
from pullquote.retrieval.fusion import Found
from pullquote.types import Answer, Article, Quote

# A file that is saved again and again while its words are being quoted is given up after so often.
_TRIES = 3
# So often newer versions of a fact are looked for beyond the newest that was found.
_LOOKS = 4
# Where one side of a comparison is answered, the others are asked the same: so many times less
# evidence is needed of them.
_OTHERS = 2


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
        asked = self.finder.respell(asked)
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
        news = find_news(self.finder, asked, wanted)
        if news.quotes:
            return self._write(question, asked, wanted, news.quotes, news.found, news.notes)
        plain = without_order(asked)
        found, notes = self.finder.find(plain, wanted)
        weighed = self.finder.weigh(without_limit(plain), found)
        # A turn that is but a filter ("only tag:rail") brings no word to what is asked.
        brought = frozenset(followups.brought(question)) & frozenset(read_terms(asked))
        weighed = _speaking_of(brought, weighed)
        speaking = _speaking_of(news.terms, weighed)
        silent = news.named or bool(news.terms and not speaking)
        weighed = speaking or weighed
        own = self._look_for_newer(asked, wanted, self.finder.without_boilerplate(weighed))
        quotes, more = self._quotes(asked, wanted, own)
        notes = tuple(dict.fromkeys(filter(None, (*notes, *more))))
        if not quotes:
            # What several articles share may be a footer, but it may be all that answers.
            quotes, _ = self._select(asked, weighed)
        if quotes and not silent:
            return self._write(question, asked, wanted, quotes, found, notes, own)
        confidence = max((item.probability for item in own), default=0.0)
        confidence = min(confidence, BY_MENTION) if silent else confidence
        near = quoting.nearest(
            self._arrange(asked, own).weighed, limit=self.finder.settings.nearest
        )
        why = explain(news.topic or asked, weighed, near)
        notes = (
            *why.notes, *news.notes, *_understood(question, asked), *notes,
            *self._limits(wanted, near), *self.notes,
        )  # fmt: skip
        text = write_silence(near, notes, why.misses)
        return Answer(
            question, asked, "abstained", confidence, text, (), near, notes,
            looked_for=why.looked_for, misses=why.misses,
        )  # fmt: skip

    def _write(
        self,
        question: str,
        asked: str,
        wanted: Filter,
        quotes: Sequence[Quote],
        found: Sequence[Found],
        notes: Sequence[str],
        weighed: Sequence[Weighed] = (),
    ) -> Answer:
        """Return the answer that quotes make."""
        odds = (*(item.probability for item in weighed), *(quote.score for quote in quotes))
        quotes = name_sayers(self.finder, quotes, found, wanted)
        text, faults = write_answer(asked, quotes, self.writer)
        notes = (*_understood(question, asked), *notes, *faults, *self.notes)
        return Answer(question, asked, "answered", max(odds), text, quotes, (), notes)

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

    def _look_for_newer(
        self, asked: str, wanted: Filter, weighed: tuple[Weighed, ...]
    ) -> tuple[Weighed, ...]:
        """Return the sentences, with those of newer articles where versions of a fact are found.

        Of a hundred articles that each tell the newest version, few are read at first.
        """
        for _ in range(_LOOKS):
            since = self._arrange(asked, weighed).since
            if since is None or (wanted.since and since < wanted.since):
                break
            more, _ = self._weigh_alone(asked, wanted.join(Filter(since=since)))
            known = {(item.passage.id, item.span.start) for item in weighed}
            new = [item for item in more if (item.passage.id, item.span.start) not in known]
            if not new:
                break
            weighed = tuple(sorted((*weighed, *new), key=lambda item: item.order))
        return weighed

    def _arrange(self, asked: str, weighed: Sequence[Weighed]) -> Timeline:
        lexical, threshold = self.finder.lexical, self.finder.settings.threshold
        return arrange(
            asked, weighed, threshold=threshold, frequency=lexical.frequency, count=lexical.count
        )

    def _select(
        self, asked: str, weighed: Sequence[Weighed], *, most: int = 0, threshold: float = 0.0
    ) -> tuple[tuple[Quote, ...], str]:
        """Return evidence with what supersedes it, the version asked for first, and a note."""
        settings = self.finder.settings
        line = self._arrange(asked, weighed)
        quotes = quoting.select(
            asked,
            line.weighed,
            threshold=threshold or settings.threshold,
            limit=most or settings.max_quotes,
        )
        return date_quotes(quotes, line.newer), line.note if quotes else ""

    def _quotes(
        self, asked: str, wanted: Filter, weighed: Sequence[Weighed]
    ) -> tuple[tuple[Quote, ...], tuple[str, ...]]:
        """Return evidence and notes; of a question that compares, a quote for each side first."""
        quotes, note = self._select(asked, weighed)
        comparison = read_comparison(asked)
        if comparison is None:
            return quotes, (note,)
        if not comparison.sides:
            return self._compare(asked, wanted, weighed, comparison) or (quotes, (note,))
        sides, notes = [], list[str]()
        held: dict[str, tuple[str, tuple[Weighed, ...]]] = {}
        for name, part in comparison.sides:
            own, more = self._weigh_alone(part, wanted)
            notes += more
            others = [other for other, _ in comparison.sides if other != name]
            held[name] = part, about(own, name, others)
            sides.append(self._select(*held[name], most=2)[0])
        if any(sides):
            least = self.finder.settings.threshold / _OTHERS
            sides = [
                side or self._select(*held[name], most=2, threshold=least)[0]
                for (name, _), side in zip(comparison.sides, sides, strict=True)
            ]
        limit = max(self.finder.settings.max_quotes, 2 * len(sides))
        if not any(sides):
            return quotes, (note, *notes)
        if not all(sides):
            return quoting.merge([*sides, quotes], limit=limit), tuple(notes)
        if len({(side[0].article.path, side[0].span) for side in sides}) == 1:
            return quotes, (note, *notes)  # one sentence speaks of all: "Marks and Spencer"
        firsts = [
            Shown(name, side[0], self._sentence_of(side[0], *held[name]))
            for (name, _), side in zip(comparison.sides, sides, strict=True)
        ]
        ordered, note = order_quotes(firsts, comparison.descending, asked)
        more_of_each = () if comparison.descending is not None else (side[1:] for side in sides)
        merged = quoting.merge([ordered, *more_of_each], limit=2 * len(sides))
        return merged, (note, *notes)

    def _sentence_of(self, quote: Quote, asked: str, weighed: Sequence[Weighed]) -> str:
        """Return the best of the sentences that a quote shows."""
        ranked = self._arrange(asked, weighed).weighed
        places = ((item.passage.article.path, item.span) for item in ranked)
        shown = (
            span for path, span in places if path == quote.article.path and quote.span.holds(span)
        )
        return quote.article.show(next(shown, quote.span))

    def _compare(
        self, asked: str, wanted: Filter, weighed: Sequence[Weighed], comparison: Comparison
    ) -> tuple[tuple[Quote, ...], tuple[str, ...]] | None:
        """Return a quote for each thing that likely sentences are about, None if it is just one."""
        threshold = self.finder.settings.threshold
        line = self._arrange(asked, weighed)
        found = list(find_sides(asked, line.weighed, threshold=threshold, fewest=1))
        newer, notes = dict(line.newer), list[str]()
        names = [side.name for side in found]
        more_names = name_sides(asked, line.weighed, names, threshold=threshold) if found else ()
        for name, part in more_names:
            own, more = self._weigh_alone(part, wanted)
            notes += more
            line = self._arrange(part, about(own, name, ()))
            side = find_sides(part, line.weighed, threshold=threshold / _OTHERS, fewest=1)[:1]
            found += (replace(one, name=name) for one in side)
            newer |= line.newer
        if len(found) < 2:
            return None
        firsts = [
            Shown(side.name, quote, quote.article.show(side.item.span))
            for side in found
            for quote in quoting.select(asked, (side.item,), threshold=0.0, limit=1)
        ]
        ordered, note = order_quotes(firsts, comparison.descending, asked)
        return date_quotes(ordered, newer), (note, *notes)

    def _weigh_alone(
        self, question: str, wanted: Filter
    ) -> tuple[tuple[Weighed, ...], tuple[str, ...]]:
        """Return the weighed sentences of another question, and notes."""
        found, notes = self.finder.find(question, wanted)
        return self.finder.without_boilerplate(self.finder.weigh(question, found)), notes


def _understood(question: str, asked: str) -> tuple[str, ...]:
    return (f"Understood as: {asked}",) if asked != question.strip() else ()


def _speaking_of(words: frozenset[str], weighed: Sequence[Weighed]) -> tuple[Weighed, ...]:
    """Leave out passages that do not mention, even in a title, what "and the library?" brings."""
    said: dict[int, frozenset[str]] = {}
    for item in weighed if words else ():
        passage = item.passage
        above = read_terms(" ".join((passage.article.title, *passage.headings)))
        said[passage.id] = said.get(passage.id, frozenset(above)) | item.terms
    return tuple(
        item
        for item in weighed
        if all(mentions(said.get(item.passage.id, frozenset()), word) for word in words)
    )


def _shown(answer: Answer) -> list[Article]:
    """Return every article that an answer quotes or names."""
    quotes = (*answer.quotes, *answer.nearest)
    newer = [quote.superseded_by.article for quote in quotes if quote.superseded_by]
    return [a for quote in quotes for a in (quote.article, *quote.also)] + newer
