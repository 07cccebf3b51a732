"""From a question to weighed sentences, over one generation of the index and files as indexed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pullquote.articles.files import check_corpus, digest_of, read_bytes
from pullquote.articles.site import Site
from pullquote.errors import ArticleUnreadable, InputError
from pullquote.evidence.features import Read
from pullquote.evidence.weighing import Weighed, bonus, weigh
from pullquote.evidence.weights import Weights, weights_for
from pullquote.filters import Filter
from pullquote.index.lexical import Lexical
from pullquote.index.view import View, words_of
from pullquote.language.terms import key_terms, read_terms
from pullquote.protocols import Embedder, Reader, Settings, VectorStore
from pullquote.questions.spelling import respell
from pullquote.retrieval.copies import fold_copies, with_copies
from pullquote.retrieval.fusion import Found, find_passages
from pullquote.types import Article

# A sentence that so many unrelated articles share is a footer or a promotion; what fewer share may
# be a fact that several report.
_EVERYWHERE = 5
_EVERYWHERE_SHARE = 0.02  # of all articles, in a large corpus
_WORD = re.compile(r"[^\W\d_]+")
_LOOKED_UP = 20  # passages that tell how a term is written


class ArticlesChanged(Exception):
    """Raised when files that a question needs are not as indexed, and may be read again first."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = tuple(sorted(paths))
        super().__init__(", ".join(self.paths))


@dataclass(frozen=True, slots=True)
class Finder:
    """Everything that finding needs, for as long as the view lasts.

    Where `reread` is set, files that changed are told by ArticlesChanged; else they are passed
    over, and notes say so, with the reason `why` they were not read again. `today` decides what is
    published.
    """

    corpus: Path
    site: Site
    today: date
    reread: bool
    why: str
    view: View
    store: VectorStore
    lexical: Lexical
    embedder: Embedder
    reader: Reader | None
    settings: Settings

    def find(
        self, question: str, wanted: Filter, *, k: int = 0
    ) -> tuple[tuple[Found, ...], tuple[str, ...]]:
        """Return at least k passages whose files are as indexed, best first, and notes.

        Without k, just those that will be read, copies of a passage counting once.
        """
        if wanted.since and wanted.until and wanted.since > wanted.until:
            raise InputError(f"since {wanted.since} is after until {wanted.until}; swap them")
        check_corpus(self.corpus)
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
        if not found and not self.view.count("articles"):
            notes.append(f"There are no articles in {self.corpus}.")
        elif not found and wanted and not notes:
            notes.append("No article passes the filters.")
        has_copies = not k and self.view.families(found.paths)
        groups = self.fold(question, tuple(found)) if has_copies else ((item,) for item in found)
        fresh, more = self.as_now(groups, most=max(self.settings.read, k))
        return self._read(question, fresh), (*notes, *more)

    def as_now(
        self, groups: Iterable[Sequence[Found]], *, most: int
    ) -> tuple[tuple[Found, ...], tuple[str, ...]]:
        """Return the first of each group whose file is as indexed, with texts, and notes."""
        kept, stale = self._part_stale(groups, most=most)
        if stale and self.reread:
            raise ArticlesChanged(stale)
        notes = []
        if stale:
            reason = f": {self.why}" if self.why else "; refresh."
            what = name_paths(stale)
            notes.append(f"{what} changed or went since the last refresh, so not quoted{reason}")
        passages = self.view.with_texts([item.passage for item in kept])
        fresh = (replace(item, passage=one) for item, one in zip(kept, passages, strict=True))
        return tuple(fresh), tuple(notes)

    def fold(self, question: str, found: Sequence[Found]) -> tuple[tuple[Found, ...], ...]:
        """Return groups of copies, in the order of their best."""
        kin = self.view.families({item.passage.article.path for item in found})
        ids = [item.passage.id for item in found if item.passage.article.path in kin]
        asked = frozenset(key_terms(question))
        return fold_copies(found, kin, dict(self.view.words(ids)), asked=asked)

    def respell(self, question: str) -> str:
        """Return a question with its misspelt words as the articles write them."""
        return respell(
            question,
            languages=lambda: self.view.labels("lang"),
            frequency=self.lexical.frequency,
            written=self._written,
        )

    def weigh(self, question: str, found: Sequence[Found]) -> tuple[Weighed, ...]:
        """Return the sentences of the best passages, best first, but for what is everywhere."""
        weighed = weigh(
            question,
            [
                Read(item.passage, item.score, item.cosines, item.reading)
                for item in found[: self.settings.read]
            ],
            frequency=self.lexical.frequency,
            count=self.lexical.count,
            weights=self._weights,
        )
        return self.without_boilerplate(weighed, least=self._everywhere())

    def without_boilerplate(
        self, weighed: Sequence[Weighed], *, least: int = 0
    ) -> tuple[Weighed, ...]:
        """Leave out what at least so many unrelated articles share, or the site says is noise."""
        articles = {item.passage.article.path for item in weighed}
        repeated = {path: self.view.boilerplate(path) for path in articles}
        return tuple(item for item in weighed if not self._is_boilerplate(item, repeated, least))

    def is_as_indexed(self, article: Article) -> bool:
        """Tell whether the file holds what the index says, and still belongs to the site."""
        try:
            same = digest_of(read_bytes(self.corpus, article.path)) == article.digest
        except ArticleUnreadable:
            return False  # gone or unreadable: no digest is like it
        return same and self.site.takes(article.path)

    @property
    def _weights(self) -> Weights:
        return weights_for(self.reader.name if self.reader else None)

    def _read(self, question: str, found: Sequence[Found]) -> tuple[Found, ...]:
        """Let the reader read the best passages, and order these anew by what it says of them."""
        if self.reader is None or not found:
            return tuple(found)
        best, rest = found[: self.settings.read], found[self.settings.read :]
        readings = self.reader.read(question, [item.passage for item in best])
        read = [
            replace(item, reading=reading, bonus=bonus(reading, self._weights))
            for item, reading in zip(best, readings, strict=True)
        ]
        return (*sorted(read, key=lambda item: (-item.total, item.passage.place)), *rest)

    def _written(self, term: str) -> frozenset[str]:
        """Return the words that some passages with a term write for it, in small letters."""
        ids = self.lexical.holding(term)[:_LOOKED_UP]
        texts = " ".join(text for _, text in self.view.words(ids)).casefold()
        return frozenset(word for word in _WORD.findall(texts) if read_terms(word) == (term,))

    def _everywhere(self) -> int:
        return max(_EVERYWHERE, round(_EVERYWHERE_SHARE * self.view.count("articles")))

    def _is_boilerplate(
        self, item: Weighed, repeated: Mapping[str, Mapping[int, int]], least: int
    ) -> bool:
        article = item.passage.article
        families = repeated[article.path].get(words_of(article, item.span), 0)
        return (families > 0 and families >= least) or self.site.is_boilerplate(
            article.show(item.span)
        )

    def _part_stale(
        self, groups: Iterable[Sequence[Found]], *, most: int
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
                    same[article.path] = self.is_as_indexed(article)
                if same[article.path]:
                    fresh.append(with_copies(item, group))
                    break
        return tuple(fresh), tuple(sorted(path for path, kept in same.items() if not kept))


def name_paths(paths: Sequence[str]) -> str:
    """Return one path as it is, several as their number."""
    return paths[0] if len(paths) == 1 else f"{len(paths)} articles"


def _unknown_note(kind: str, value: str, known: tuple[str, ...]) -> str:
    import difflib

    close = difflib.get_close_matches(value, known, n=3, cutoff=0.5) or known[:8]
    there = ", ".join(close) if close else "none"
    return f"No article has the {kind} “{value}”; there is: {there}."
