"""The facade: what people call."""

import operator
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pullquote import evidence, followups
from pullquote.answering import Asker
from pullquote.articles import digest_of, find_articles, read_article, read_bytes
from pullquote.catalog import Catalog
from pullquote.encoders import BUNDLED
from pullquote.engines import Engines
from pullquote.errors import ArticleMissing, ArticleUnreadable, InputError
from pullquote.filters import Day, Filter, Words
from pullquote.protocols import Embedder, Progress, Reader, Settings, VectorStore, Writer
from pullquote.refresh import refresh
from pullquote.scanning import plan
from pullquote.spans import Span, is_whole
from pullquote.types import Answer, Article, Hit, Quote, RefreshReport, Turn
from pullquote.weighing import Weighed
from pullquote.writers import Extractive


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
        self._reader = reader
        self._writer: Writer = llm or Extractive()
        self._catalog = Catalog(self.embeddings)
        self._engines = Engines(self.embeddings, self._catalog, embedder=embedder, store=store)

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
            embedder=self._engines.embedder(),
            open_store=self._engines.open_store,
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
        _check_question(question)
        wanted = Filter.of(
            tags=tags, categories=categories, lang=lang, since=since, until=until, paths=paths
        )
        readings = followups.readings(question, turns, history=self.settings.history)
        with self._asking() as asker:
            answers = [asker.answer(question, readings[0], wanted)]
            for reading in readings[1:]:
                if answers[-1].status == "abstained":
                    answers.append(asker.answer(question, reading, wanted))
        # Where no reading is answered, the likeliest tells what was looked for.
        return answers[-1] if answers[-1].status == "answered" else answers[0]

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
        _check_question(query)
        wanted = Filter.of(
            tags=tags, categories=categories, lang=lang, since=since, until=until, paths=paths
        )
        with self._asking() as asker:
            found, _ = asker.find(query, wanted, k=k)
        return tuple(item.hit for item in found[:k])

    def weigh(self, question: str, *, turns: Sequence[Turn] = ()) -> tuple[Weighed, ...]:
        """Return every sentence of the best passages with what spoke for it, best first."""
        asked, *_ = followups.readings(question, turns, history=self.settings.history)
        with self._asking() as asker:
            found, _ = asker.find(asked, Filter())
            return asker.weigh(asked, found)

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
        try:
            inside = (self.corpus / path).resolve().is_relative_to(self.corpus.resolve())
        except (ValueError, OSError) as error:
            raise InputError(f"{path!r}: not a path ({error})") from error
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
        now: dict[str, str] = {}
        for path in find_articles(self.corpus):
            # What cannot be read now is told as removed here, and why by the next refresh.
            with suppress(ArticleUnreadable):
                if path not in left:
                    now[path] = digest_of(read_bytes(self.corpus, path))
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

    def _state_of(self, quote: Mapping[str, Any]) -> str:
        try:
            path, source, text = (str(quote[name]) for name in ("article", "source", "text"))
            start, end = (operator.index(quote[name]) for name in ("start", "end"))
            span = Span(start, end)
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"a quote needs article, start, end, source and text that make sense ({error})"
            ) from error
        try:
            article = self.read_article(path)
        except InputError as error:
            missing = isinstance(error.__cause__, ArticleMissing)
            return "gone" if missing else "changed"  # it holds nothing that could be quoted
        return (
            "exact" if evidence.check_place(article, span, source=source, text=text) else "changed"
        )

    @contextmanager
    def _asking(self) -> Iterator[Asker]:
        with self._engines.reading() as (view, shelves):
            yield Asker(
                corpus=self.corpus,
                view=view,
                store=shelves.store,
                lexical=shelves.lexical,
                embedder=self._engines.embedder(),
                reader=self._reader,
                writer=self._writer,
                settings=self.settings,
            )


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


def _check_question(question: str) -> None:
    if not isinstance(question, str) or not question.strip():
        raise InputError("the question is empty; ask something")
    if not is_whole(question):
        raise InputError("the question holds half a character; write it in full")


def _unheard(step: str, done: int, total: int) -> None:
    """Hear of progress and say nothing."""
