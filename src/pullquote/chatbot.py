"""The facade, and the only place that wires the engines together."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pullquote import evidence, followups
from pullquote.articles import digest_of, find_articles, read_article, read_bytes
from pullquote.catalog import Catalog, View
from pullquote.encoders import BUNDLED, open_embedder
from pullquote.errors import ArticleUnreadable, IndexCorrupt, InputError, RecipeChanged
from pullquote.lexical import Lexical
from pullquote.refresh import plan, recipe_of, refresh
from pullquote.retrieval import Found, check_whole, find_passages
from pullquote.spans import Span
from pullquote.stores import open_store
from pullquote.terms import read_terms
from pullquote.types import (
    Answer,
    Article,
    Embedder,
    Filter,
    Hit,
    Progress,
    Quote,
    Reader,
    RefreshReport,
    Settings,
    Turn,
    VectorStore,
    Writer,
)
from pullquote.weighing import Read, Weighed, find_missing, reweigh, weigh
from pullquote.writers import Extractive, write_answer, write_silence

Words = str | Sequence[str] | frozenset[str] | set[str] | None
Day = date | str | None


@dataclass(frozen=True, slots=True)
class _Shelves:
    """The vectors and the lexical index of one generation, by whose name it is known."""

    name: str
    store: VectorStore
    lexical: Lexical


class Chatbot:
    """Answers questions about a folder of articles with quotes, or says that they don't say.

    Cheap to make: models and indexes are opened when they are first needed. Safe to share between
    threads. A refresh, by this or another process, is noticed at the next question.

    >>> bot = Chatbot("corpus", embeddings="embeddings")
    >>> bot.refresh()
    >>> for quote in bot.ask("Who is Amazon's CFO?").quotes: print(quote.text, quote.location)
    """

    def __init__(
        self,
        corpus: str | Path,
        *,
        embeddings: str | Path = "embeddings",
        embedder: str | Path | Embedder = BUNDLED,
        store: str | VectorStore = "faiss",
        reader: Reader | None = None,
        llm: Writer | None = None,
        settings: Settings | None = None,
    ) -> None:
        if isinstance(llm, str):
            raise InputError(f"llm={llm!r}: give a Writer; addresses of models are not supported")
        self.corpus = Path(corpus)
        self.embeddings = Path(embeddings)
        self.settings = settings or Settings()
        self._wanted_embedder = embedder
        self._wanted_store = store
        self._reader = reader
        self._writer: Writer = llm or Extractive()
        self._catalog = Catalog(self.embeddings)
        self._embedder: Embedder | None = None
        self._shelves: _Shelves | None = None
        self._lock = threading.RLock()

    def refresh(
        self, *, rebuild: bool = False, dry_run: bool = False, progress: Progress | None = None
    ) -> RefreshReport:
        """Make the index follow the folder; only passages that changed are embedded.

        `rebuild` starts from nothing, `dry_run` only tells what would be done. Raises IndexBusy
        while another process refreshes.
        """
        return refresh(
            self.corpus,
            self.embeddings,
            embedder=self._open_embedder(),
            open_store=self._open_store,
            rebuild=rebuild,
            dry_run=dry_run,
            progress=progress or _unheard,
        )

    def ask(
        self,
        question: str,
        *,
        since: Day = None,
        until: Day = None,
        tags: Words = None,
        categories: Words = None,
        lang: Words = None,
        paths: Words = None,
        turns: Sequence[Turn] = (),
    ) -> Answer:
        """Answer a question from the articles that the filters leave.

        Earlier `turns` make a follow-up self-contained; `conversation` keeps them for you.
        """
        if not question.strip():
            raise InputError("the question is empty; ask something")
        wanted = Filter.of(
            tags=tags, categories=categories, lang=lang, since=since, until=until, paths=paths
        )
        asked = followups.standalone(question, turns, history=self.settings.history)
        with self._reading() as (view, shelves):
            return self._answer(question, asked, wanted, view, shelves)

    def search(
        self,
        query: str,
        k: int = 10,
        *,
        since: Day = None,
        until: Day = None,
        tags: Words = None,
        categories: Words = None,
        lang: Words = None,
        paths: Words = None,
    ) -> tuple[Hit, ...]:
        """Return the k passages that match best, best first."""
        if k < 1:
            raise InputError(f"k is {k}; ask for at least one hit")
        wanted = Filter.of(
            tags=tags, categories=categories, lang=lang, since=since, until=until, paths=paths
        )
        with self._reading() as (view, shelves):
            found, _ = self._find(query, wanted, view, shelves, k=k)
        return tuple(item.hit for item in found[:k])

    def weigh(
        self, question: str, *, turns: Sequence[Turn] = ()
    ) -> tuple[Weighed, ...]:
        """Return every sentence of the best passages with what spoke for it, best first."""
        asked = followups.standalone(question, turns, history=self.settings.history)
        with self._reading() as (view, shelves):
            found, _ = self._find(asked, Filter(), view, shelves)
            return self._weigh(asked, found, shelves)

    def conversation(self, turns: Sequence[Turn] = ()) -> "Conversation":
        """Start a conversation, in which follow-ups are understood."""
        return Conversation(self, turns)

    def show(self, article: str, start: int, end: int) -> Quote:
        """Return the words at a place of a file as it is now; raise InputError if none are."""
        if not 0 <= start < end:
            raise InputError(f"{article}:{start}-{end}: not a place; write PATH:START-END")
        return evidence.quote_at(self.read_article(article), Span(start, end))

    def read_article(self, path: str) -> Article:
        """Return an article of the corpus as it is now; raise InputError if it cannot be read."""
        inside = (self.corpus / path).resolve().is_relative_to(self.corpus.resolve())
        if not inside:
            raise InputError(f"{path}: lies outside the corpus {self.corpus}")
        try:
            return read_article(path, read_bytes(self.corpus, path))[0]
        except ArticleUnreadable as error:
            raise InputError(f"{path}: {error}") from error

    def verify(self, answer: Mapping[str, Any]) -> tuple[tuple[Mapping[str, Any], str], ...]:
        """Check the quotes of an exported answer against the files as they are now.

        Returns each quote with "exact", "changed" (other words stand there) or "gone" (the article
        is). Raises InputError if it is not an answer.
        """
        quotes = answer.get("quotes") if isinstance(answer, Mapping) else None
        if not isinstance(quotes, list):
            raise InputError('no "quotes" in it; export an answer with: pullquote ask --json')
        return tuple((quote, self._state_of(quote)) for quote in quotes)

    def articles(self) -> tuple[Article, ...]:
        """Return the indexed articles without their text, by path."""
        with self._catalog.reading() as view:
            return view.articles()

    def status(self) -> dict[str, Any]:
        """Return the index's state: counts, generation, recipe, problems, what is out of date."""
        with self._catalog.reading() as view:
            about, known = view.about(), view.digests()
            skipped, warnings = view.problems()
            found = {"articles": view.count("articles"), "passages": view.count("passages")}
        left = {problem.article for problem in skipped}
        now = {
            path: digest_of(read_bytes(self.corpus, path))
            for path in find_articles(self.corpus)
            if path not in left
        }
        steps = plan(known, now)
        return {
            "corpus": str(self.corpus),
            "embeddings": str(self.embeddings),
            "generation": int(about.get("generation", "0")),
            "refreshed": about.get("refreshed"),
            "recipe": about.get("recipe"),
            **found,
            "added": len(steps.added),
            "changed": len(steps.changed),
            "removed": len(steps.removed),
            "renamed": len(steps.renamed),
            "skipped": [{"article": p.article, "reason": p.reason} for p in skipped],
            "warnings": [{"article": p.article, "reason": p.reason} for p in warnings],
        }

    # -- asking

    def _find(
        self, question: str, wanted: Filter, view: View, shelves: _Shelves, *, k: int = 0
    ) -> tuple[tuple[Found, ...], tuple[str, ...]]:
        """Return fresh passages, best first, and what is to be said about the search."""
        if wanted.since and wanted.until and wanted.since > wanted.until:
            raise InputError(f"since {wanted.since} is after until {wanted.until}; swap them")
        notes = [_unknown_note(*item) for item in view.unknown(wanted)]
        found = find_passages(
            question,
            self._open_embedder().embed_question(question),
            view=view,
            store=shelves.store,
            lexical=shelves.lexical,
            wanted=wanted,
            candidates=max(self.settings.candidates, k),
        )
        if not found and wanted and not notes:
            notes.append("No article passes the filters.")
        if not view.count("articles"):
            notes.append(f"There are no articles in {self.corpus}.")
        fresh, stale = self._without_stale(found[: max(self.settings.read * 2, k)])
        notes += [
            f"{path} has changed or gone since it was indexed, so it was not quoted; refresh."
            for path in stale
        ]
        return fresh, tuple(notes)

    def _without_stale(self, found: Sequence[Found]) -> tuple[tuple[Found, ...], tuple[str, ...]]:
        """Part passages whose file is as it was indexed from the paths of those whose is not."""
        fresh: dict[str, bool] = {}
        for item in found:
            article = item.passage.article
            if article.path not in fresh:
                fresh[article.path] = self._digest_now(article.path) == article.digest
        kept = tuple(item for item in found if fresh[item.passage.article.path])
        return kept, tuple(sorted(path for path, same in fresh.items() if not same))

    def _digest_now(self, path: str) -> str | None:
        try:
            return digest_of(read_bytes(self.corpus, path))
        except ArticleUnreadable:
            return None  # gone or unreadable: no digest is like it, so it is stale

    def _weigh(
        self, question: str, found: Sequence[Found], shelves: _Shelves
    ) -> tuple[Weighed, ...]:
        reads = [
            Read(item.passage, item.score, item.cosines) for item in found[: self.settings.read]
        ]
        lexical = shelves.lexical
        weighed = weigh(question, reads, frequency=lexical.frequency, count=lexical.count)
        if self._reader is None:
            return weighed
        passages = [read.passage for read in reads]
        scores = self._reader.read(question, passages)
        return reweigh(
            weighed,
            {
                (passage.id, span.start): probability
                for passage, row in zip(passages, scores, strict=True)
                for span, probability in zip(passage.sentences, row, strict=True)
            },
        )

    def _answer(
        self, question: str, asked: str, wanted: Filter, view: View, shelves: _Shelves
    ) -> Answer:
        settings = self.settings
        found, notes = self._find(asked, wanted, view, shelves)
        weighed = self._weigh(asked, found, shelves)
        quotes = evidence.select(
            asked, weighed, threshold=settings.threshold, limit=settings.max_quotes
        )
        confidence = max((item.probability for item in weighed), default=0.0)
        sides = self._sides(asked, wanted, view, shelves)
        if sides:
            quotes = evidence.merge([*sides, quotes], limit=max(settings.max_quotes, len(sides)))
            confidence = max(confidence, *(side[0].score for side in sides))
        if asked != question.strip():
            notes = (f"Understood as: {asked}", *notes)
        if quotes:
            text, more = write_answer(asked, quotes, self._writer)
            notes += more
            return Answer(question, asked, "answered", confidence, text, quotes, (), notes)
        near = evidence.nearest(weighed, limit=settings.nearest)
        missing = ", ".join(f"“{word}”" for word in find_missing(asked, weighed))
        if missing and near:
            notes = (f"Nothing that comes close mentions {missing}.", *notes)
        text = write_silence(near, notes)
        return Answer(question, asked, "abstained", confidence, text, (), near, notes)

    def _sides(
        self, asked: str, wanted: Filter, view: View, shelves: _Shelves
    ) -> tuple[tuple[Quote, ...], ...]:
        """Return the best quote for each name of a question such as "what do A, B and C plan?"."""
        sides = []
        for name, part in followups.split_names(asked):
            found, _ = self._find(part, wanted, view, shelves)
            weighed = self._weigh(part, found, shelves)
            about = [item for item in weighed if item.terms & frozenset(read_terms(name))]
            sides.append(
                evidence.select(part, about, threshold=self.settings.threshold, limit=1)
            )
        return tuple(side for side in sides if side)

    def _state_of(self, quote: Mapping[str, Any]) -> str:
        try:
            path, span = str(quote["article"]), Span(int(quote["start"]), int(quote["end"]))
            source, text = str(quote["source"]), str(quote["text"])
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"a quote lacks article, start, end, source or text ({error})"
            ) from error
        if not (self.corpus / path).is_file():
            return "gone"
        try:
            article = self.read_article(path)
        except InputError:
            return "changed"  # a file is there, but holds nothing that could be quoted
        return (
            "exact" if evidence.check_place(article, span, source=source, text=text) else "changed"
        )

    # -- opening

    @contextmanager
    def _reading(self) -> Iterator[tuple[View, _Shelves]]:
        """Open a view and the shelves of its generation, as of now."""
        for attempt in range(3):
            with self._catalog.reading() as view:
                try:
                    shelves = self._open_shelves(view)
                except IndexCorrupt:
                    # A refresh may have swept this generation while it was being opened.
                    with self._catalog.reading() as later:
                        moved = later.about() != view.about()
                    if moved and attempt < 2:
                        continue
                    raise
                yield view, shelves
                return

    def _open_shelves(self, view: View) -> _Shelves:
        about = view.about()
        if "generation" not in about:
            raise IndexCorrupt(
                f"{self.embeddings}: never finished a refresh; run: pullquote refresh"
            )
        with self._lock:
            if self._shelves is None or self._shelves.name != about["lexical"]:
                recipe = recipe_of(self._open_embedder())
                if about["recipe"] != recipe:
                    raise RecipeChanged(
                        f"{self.embeddings}: the index was made with another recipe"
                        f" ({about['recipe']}, now {recipe}); run: pullquote refresh --rebuild"
                    )
                lexical = Lexical(self.embeddings / about["lexical"])
                store = self._open_store()
                check_whole(view, store, lexical, folder=self.embeddings)
                self._shelves = _Shelves(about["lexical"], store, lexical)
            return self._shelves

    def _open_embedder(self) -> Embedder:
        with self._lock:
            if self._embedder is None:
                self._embedder = open_embedder(self._wanted_embedder)
            return self._embedder

    def _open_store(self, *, fresh: bool = False) -> VectorStore:
        if not isinstance(self._wanted_store, str):
            return self._wanted_store
        dim = self._open_embedder().dim
        return open_store(self._wanted_store, folder=self.embeddings, dim=dim, fresh=fresh)


class Conversation:
    """Turns of one person; not safe to share."""

    def __init__(self, bot: Chatbot, turns: Sequence[Turn] = ()) -> None:
        self._bot = bot
        self._turns = list(turns)

    @property
    def turns(self) -> tuple[Turn, ...]:
        """What was said so far, oldest first."""
        return tuple(self._turns)

    def ask(
        self,
        question: str,
        *,
        since: Day = None,
        until: Day = None,
        tags: Words = None,
        categories: Words = None,
        lang: Words = None,
        paths: Words = None,
    ) -> Answer:
        """Answer a question that may lean on the ones before it."""
        answer = self._bot.ask(
            question,
            since=since,
            until=until,
            tags=tags,
            categories=categories,
            lang=lang,
            paths=paths,
            turns=self.turns,
        )
        self._turns.append(Turn(question, answer.standalone, answer.text))
        return answer


def _unheard(step: str, done: int, total: int) -> None:
    """Hear of progress and say nothing."""


def _unknown_note(kind: str, value: str, known: tuple[str, ...]) -> str:
    import difflib

    close = difflib.get_close_matches(value, known, n=3, cutoff=0.5) or known[:8]
    there = ", ".join(close) if close else "none"
    return f"No article has the {kind} “{value}”; there is: {there}."
