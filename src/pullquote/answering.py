"""The asking street, end to end: a question over one generation of the index to an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pullquote import evidence, followups
from pullquote.articles import digest_of, read_bytes
from pullquote.errors import ArticleUnreadable, CorpusNotFound, InputError
from pullquote.filters import Filter
from pullquote.lexical import Lexical
from pullquote.protocols import Embedder, Reader, Settings, VectorStore, Writer
from pullquote.retrieval import Found, find_passages
from pullquote.terms import read_terms
from pullquote.types import Answer, Quote
from pullquote.view import View, words_of
from pullquote.weighing import Read, Weighed, find_missing, reweigh, weigh
from pullquote.writers import write_answer, write_silence


@dataclass(frozen=True, slots=True)
class Asker:
    """Everything that a question needs, for as long as the view lasts."""

    corpus: Path
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
        """Return at least k passages whose files are as indexed, best first, and notes."""
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
            candidates=max(self.settings.candidates, k),
        )
        if not self.view.count("articles"):
            notes.append(f"There are no articles in {self.corpus}.")
        elif not found and wanted and not notes:
            notes.append("No article passes the filters.")
        fresh, stale = self._part_stale(found, most=max(self.settings.read, k))
        if stale:
            what = stale[0] if len(stale) == 1 else f"{len(stale)} articles"
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
        """Answer what was asked, which stands alone, with quotes or with silence."""
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
            text, faults = write_answer(asked, quotes, self.writer)
            notes = (*notes, *faults)
            return Answer(question, asked, "answered", confidence, text, quotes, (), notes)
        near = evidence.nearest(weighed, limit=self.settings.nearest)
        missing = ", ".join(f"“{word}”" for word in find_missing(asked, weighed))
        if missing and near:
            notes = (f"Nothing that comes close mentions {missing}.", *notes)
        if wanted and near:
            notes = (*notes, f"Only articles that pass the filters were read: {wanted}.")
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

    def _without_boilerplate(self, weighed: Sequence[Weighed]) -> tuple[Weighed, ...]:
        articles = {item.passage.article.path for item in weighed}
        repeated = {path: self.view.boilerplate(path) for path in articles}
        return tuple(
            item
            for item in weighed
            if words_of(item.passage.article, item.span) not in repeated[item.passage.article.path]
        )

    def _part_stale(
        self, found: Sequence[Found], *, most: int
    ) -> tuple[tuple[Found, ...], tuple[str, ...]]:
        """Return the first passages whose file is as indexed, and the paths passed over."""
        same: dict[str, bool] = {}
        fresh: list[Found] = []
        for item in found:
            if len(fresh) == most:
                break
            article = item.passage.article
            if article.path not in same:
                same[article.path] = self._digest_now(article.path) == article.digest
            if same[article.path]:
                fresh.append(item)
        return tuple(fresh), tuple(sorted(path for path, kept in same.items() if not kept))

    def _digest_now(self, path: str) -> str | None:
        try:
            return digest_of(read_bytes(self.corpus, path))
        except ArticleUnreadable:
            return None  # gone or unreadable: no digest is like it, so it is stale


def _unknown_note(kind: str, value: str, known: tuple[str, ...]) -> str:
    import difflib

    close = difflib.get_close_matches(value, known, n=3, cutoff=0.5) or known[:8]
    there = ", ".join(close) if close else "none"
    return f"No article has the {kind} “{value}”; there is: {there}."
