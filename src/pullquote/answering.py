"""The asking street, end to end: a question over one generation of the index to an answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pullquote import evidence, followups
from pullquote.articles import digest_of, read_bytes
from pullquote.copies import by_newest, fold_copies, with_copies
from pullquote.errors import ArticleUnreadable, CorpusNotFound, InputError
from pullquote.filters import Filter
from pullquote.lexical import Lexical
from pullquote.protocols import Embedder, Reader, Settings, VectorStore, Writer
from pullquote.retrieval import Found, find_passages
from pullquote.site import Site
from pullquote.terms import read_terms
from pullquote.types import Answer, Article, Quote
from pullquote.view import View, words_of
from pullquote.weighing import Read, Weighed, find_missing, reweigh, weigh
from pullquote.writers import write_answer, write_silence

# A file that is saved again and again while its words are being quoted is given up after so often.
_TRIES = 3


class ArticlesChanged(Exception):
    """Raised when files that a question needs are not as indexed, and may be read again first."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = tuple(sorted(paths))
        super().__init__(", ".join(self.paths))


@dataclass(frozen=True, slots=True)
class Asker:
    """Everything that a question needs, for as long as the view lasts.

    Where `reread` is set, files that changed are told by ArticlesChanged; else they are passed
    over, and notes say so. `today` decides what is published.
    """

    corpus: Path
    site: Site
    today: date
    reread: bool
    view: View
    store: VectorStore
    lexical: Lexical
    embedder: Embedder
    reader: Reader | None
    writer: Writer
    settings: Settings

    def find(
        self, question: str, wanted: Filter, *, k: int = 0
    ) -> tuple[tuple[Found, ...], tuple[str, ...]]:
        """Return at least k passages whose files are as indexed, best first, and notes.

        Without k, just those that will be read, copies of a passage counting once.
        """
        if wanted.since and wanted.until and wanted.since > wanted.until:
            raise InputError(f"since {wanted.since} is after until {wanted.until}; swap them")
        if not self.corpus.is_dir():
            raise CorpusNotFound(
                f"{self.corpus}: no such folder of articles; name it with --corpus"
            )
        notes = [_unknown_note(*item) for item in self.view.unknown(wanted)]
        found = find_passages(
            question,
            self.embedder.embed_question(question),
            view=self.view,
            store=self.store,
            lexical=self.lexical,
            wanted=wanted,
            today=self.today,
            candidates=max(self.settings.candidates, k),
        )
        if not self.view.count("articles"):
            notes.append(f"There are no articles in {self.corpus}.")
        elif not found and wanted and not notes:
            notes.append("No article passes the filters.")
        groups = tuple((item,) for item in found) if k else self._fold(found)
        fresh, stale = self._part_stale(groups, most=max(self.settings.read, k))
        if stale and self.reread:
            raise ArticlesChanged(stale)
        if stale:
            what = name_paths(stale)
            notes.append(f"{what} changed or went since the last refresh, so not quoted; refresh.")
        return fresh, tuple(notes)

    def weigh(self, question: str, found: Sequence[Found]) -> tuple[Weighed, ...]:
        """Return the sentences of the best passages, best first."""
        best = found[: self.settings.read]
        weighed = weigh(
            question,
            [Read(item.passage, item.score, item.cosines) for item in best],
            frequency=self.lexical.frequency,
            count=self.lexical.count,
        )
        weighed = self._without_boilerplate(weighed)
        if self.reader is None:
            return weighed
        passages = [item.passage for item in best]
        scores = self.reader.read(question, passages)
        return reweigh(
            weighed,
            {
                (passage.id, span.start): probability
                for passage, row in zip(passages, scores, strict=True)
                for span, probability in zip(passage.sentences, row, strict=True)
            },
        )

    def answer(self, question: str, asked: str, wanted: Filter) -> Answer:
        """Answer what was asked, which stands alone, with quotes or with silence.

        The files of all that is shown are looked at once more when everything is written.
        """
        for _ in range(_TRIES):
            answer = self._answer(question, asked, wanted)
            shown = (*answer.quotes, *answer.nearest)
            changed = {q.article.path for q in shown if not self._is_as_indexed(q.article)}
            if not changed:
                return answer
            if self.reread:
                raise ArticlesChanged(changed)
        notes = (f"{name_paths(sorted(changed))} kept changing, so nothing is quoted; ask again.",)
        return Answer(question, asked, "abstained", 0.0, write_silence((), notes), notes=notes)

    def _answer(self, question: str, asked: str, wanted: Filter) -> Answer:
        found, notes = self.find(asked, wanted)
        weighed = self.weigh(asked, found)
        quotes = self._quotes(asked, wanted, weighed)
        confidence = max(
            (*(item.probability for item in weighed), *(quote.score for quote in quotes)),
            default=0.0,
        )
        if asked != question.strip():
            notes = (f"Understood as: {asked}", *notes)
        if quotes:
            quotes = self._with_copies(quotes, found, wanted)
            text, faults = write_answer(asked, quotes, self.writer)
            notes = (*notes, *faults)
            return Answer(question, asked, "answered", confidence, text, quotes, (), notes)
        near = evidence.nearest(weighed, limit=self.settings.nearest)
        missing = ", ".join(f"“{word}”" for word in find_missing(asked, weighed))
        if missing and near:
            notes = (f"Nothing that comes close mentions {missing}.", *notes)
        if wanted and near:
            notes = (*notes, f"Only articles that pass the filters were read: {wanted}.")
        hidden = 0 if wanted.unpublished else self.view.count_unpublished(self.today)
        if hidden:
            notes = (*notes, _hidden_note(hidden))
        text = write_silence(near, notes)
        return Answer(question, asked, "abstained", confidence, text, (), near, notes)

    def _quotes(self, asked: str, wanted: Filter, weighed: Sequence[Weighed]) -> tuple[Quote, ...]:
        """Return the evidence; of a question about several names, one quote for each first."""
        settings = self.settings
        quotes = evidence.select(
            asked, weighed, threshold=settings.threshold, limit=settings.max_quotes
        )
        sides = []
        for name, part in followups.split_names(asked):
            found, _ = self.find(part, wanted)
            terms = frozenset(read_terms(name))
            about = [item for item in self.weigh(part, found) if item.terms & terms]
            sides.append(evidence.select(part, about, threshold=settings.threshold, limit=2))
        if not any(sides):
            return quotes
        if all(sides):
            return evidence.merge(sides, limit=2 * len(sides))
        return evidence.merge([*sides, quotes], limit=max(settings.max_quotes, 2 * len(sides)))

    def _with_copies(
        self, quotes: Sequence[Quote], found: Sequence[Found], wanted: Filter
    ) -> tuple[Quote, ...]:
        """Name with each quote the other articles that say it, and the versions it replaces."""
        said = {quote.location: words_of(quote.article, quote.span) for quote in quotes}
        saying = self.view.saying(said.values(), wanted, self.today)
        named = []
        for quote in quotes:
            others = {article.path: article for article in saying.get(said[quote.location], ())}
            for item in found:
                if item.passage.article is quote.article and item.passage.span.holds(quote.span):
                    others |= {article.path: article for article in item.copies}
            others.pop(quote.article.path, None)
            kept = filter(self._is_as_indexed, others.values())
            named.append(evidence.name_copies(quote, by_newest(kept)))
        return tuple(named)

    def _without_boilerplate(self, weighed: Sequence[Weighed]) -> tuple[Weighed, ...]:
        articles = {item.passage.article.path for item in weighed}
        repeated = {path: self.view.boilerplate(path) for path in articles}
        return tuple(item for item in weighed if not self._is_boilerplate(item, repeated))

    def _is_boilerplate(self, item: Weighed, repeated: Mapping[str, frozenset[int]]) -> bool:
        article = item.passage.article
        words = words_of(article, item.span)
        return words in repeated[article.path] or self.site.is_boilerplate(article.show(item.span))

    def _fold(self, found: Sequence[Found]) -> tuple[tuple[Found, ...], ...]:
        kin = self.view.families({item.passage.article.path for item in found})
        ids = [item.passage.id for item in found if item.passage.article.path in kin]
        return fold_copies(found, kin, dict(self.view.words(ids)))

    def _part_stale(
        self, groups: Sequence[Sequence[Found]], *, most: int
    ) -> tuple[tuple[Found, ...], tuple[str, ...]]:
        """Return of each group the first whose file is as indexed, and the paths passed over."""
        same: dict[str, bool] = {}
        fresh: list[Found] = []
        for group in groups:
            if len(fresh) == most:
                break
            for item in group:
                article = item.passage.article
                if article.path not in same:
                    same[article.path] = self._is_as_indexed(article)
                if same[article.path]:
                    fresh.append(with_copies(item, group))
                    break
        return tuple(fresh), tuple(sorted(path for path, kept in same.items() if not kept))

    def _is_as_indexed(self, article: Article) -> bool:
        try:
            return digest_of(read_bytes(self.corpus, article.path)) == article.digest
        except ArticleUnreadable:
            return False  # gone or unreadable: no digest is like it


def name_paths(paths: Sequence[str]) -> str:
    """Return one path as it is, several as their number."""
    return paths[0] if len(paths) == 1 else f"{len(paths)} articles"


def _hidden_note(count: int) -> str:
    articles = "1 article is" if count == 1 else f"{count:,} articles are"
    return f"{articles} unpublished (draft, expired or of the future) and not read."


def _unknown_note(kind: str, value: str, known: tuple[str, ...]) -> str:
    import difflib

    close = difflib.get_close_matches(value, known, n=3, cutoff=0.5) or known[:8]
    there = ", ".join(close) if close else "none"
    return f"No article has the {kind} “{value}”; there is: {there}."
