"""The facade: what people call."""

import logging
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import Any

from pullquote.answers import narrowing
from pullquote.answers.finding import Finder
from pullquote.answers.freshness import WAIT_SECONDS, Fresh
from pullquote.answers.leash import Hear, Leash, Told, last_of
from pullquote.answers.narrowing import Wish
from pullquote.answers.replying import Replier
from pullquote.answers.writers import Extractive
from pullquote.articles.files import read_now
from pullquote.articles.site import Site, read_site
from pullquote.awaiting import awaited
from pullquote.conversation import Conversation
from pullquote.encoders import BUNDLED
from pullquote.engines import Engines
from pullquote.errors import InputError, PullquoteError
from pullquote.evidence import quoting
from pullquote.evidence.weighing import Weighed
from pullquote.filters import Day, Filter, PlainFilter, Words
from pullquote.index.catalog import Catalog
from pullquote.ingest.refresh import refresh
from pullquote.ingest.shadow import Shadow
from pullquote.ingest.standing import standing_of
from pullquote.ingest.watching import Tell, watching
from pullquote.llm import open_model
from pullquote.observing import Observer, Observers
from pullquote.protocols import Embedder, Progress, Reader, Settings, VectorStore, Writer
from pullquote.questions import followups
from pullquote.readers import BUNDLED_READER
from pullquote.spans import Span
from pullquote.types import Answer, Article, Hit, Quote, RefreshReport, Turn
from pullquote.verification import verifying
from pullquote.verification.verifying import Checked

logging.getLogger("pullquote").addHandler(logging.NullHandler())  # silent until someone listens


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
        reader: str | Path | Reader | None = BUNDLED_READER,
        llm: str | Writer | None = None,
        llm_model: str = "",
        settings: Settings | None = None,
    ) -> None:
        self.corpus = Path(corpus)
        self.embeddings = Path(embeddings)
        self.settings = settings or Settings()
        self._leash = Leash(open_model(llm, llm_model)) if isinstance(llm, str) else None
        self._writer: Writer = Extractive() if isinstance(llm, str) else llm or Extractive()
        self._catalog = Catalog(self.embeddings)
        self._observers = Observers()
        self._engines = Engines(
            self.embeddings, self._catalog, embedder=embedder, store=store, reader=reader
        )
        self._fresh = Fresh(self.corpus, self._engines, self._catch_up, settings=self.settings)

    def refresh(
        self,
        *,
        rebuild: bool = False,
        dry_run: bool = False,
        only: Collection[str] | None = None,
        wait: float = WAIT_SECONDS,
        workers: int | None = None,
        ray: str | None = None,
        progress: Progress | None = None,
    ) -> RefreshReport:
        """Make the index follow the folder; only passages that changed are embedded.

        `rebuild` starts from nothing, `dry_run` only tells what would be done, `only` looks at no
        more than these paths. Many passages are embedded by as many `workers`, processes here or,
        with the address of a `ray` cluster, there; the index is the same to the bit. Raises
        IndexBusy while another process refreshes for more than `wait` seconds.
        """
        with self._observers.refreshing(told_of=not dry_run) as told:
            shadow = Shadow(
                self.corpus,
                self.embeddings,
                read_site(self.corpus),
                self._engines.embedder(),
                self._engines.open_store,
                progress or _unheard,
                self._engines.workers(workers, ray=ray),
            )
            told.report = refresh(shadow, rebuild=rebuild, dry_run=dry_run, only=only, wait=wait)
            return told.report

    def warm_up(self, *, index: bool = True) -> None:
        """Open the models, and the `index` as it is, so that the first question need not wait."""
        self._engines.warm_up()
        if index:
            with self._engines.reading():
                pass

    def observe(self, observer: Observer) -> None:
        """Tell an observer of each question and each refresh from now on."""
        self._observers.add(observer)

    @contextmanager
    def watch(self, tell: Tell | None = None) -> Iterator[None]:
        """Follow the folder from a thread of its own while the block lasts.

        `tell` hears of each refresh that did something, and of each error.
        """
        with watching(self.corpus, self._catch_up, tell or _unheard_news):
            yield

    def _catch_up(
        self,
        paths: Collection[str] | None,
        progress: Progress | None = None,
        *,
        wait: float = WAIT_SECONDS,
    ) -> RefreshReport:
        return self.refresh(only=paths, wait=wait, progress=progress)

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
        unpublished: bool = False,
        plain: bool = True,
        ignore: Words = None,
        turns: Sequence[Turn] = (),
        hear: Hear | None = None,
    ) -> Answer:
        """Answer a question from the articles that the filters leave.

        Filters in the question's own words ("tag:energy", "articles since March") are read as well
        and told in `Answer.filters`; those that are given win, words to `ignore` are not read, nor
        is any if it is not `plain`. Earlier `turns` make a follow-up self-contained; `conversation`
        keeps them for you. A file that changed since it was indexed is read again first, and a note
        says so. Drafts, expired and future articles are read only if the `unpublished` are asked
        for as well. Where a language model puts the answer into words, `hear` is told each sentence
        when it may be shown; `stream` gives what is known on the way.
        """

        def wish() -> Wish:
            given = Filter.of(
                tags=tags, categories=categories, lang=lang, since=since, until=until, paths=paths,
                unpublished=unpublished,
            )  # fmt: skip
            return Wish(question, given, plain, ignore, turns)

        return last_of(self._reply(question, wish), hear)

    def stream(
        self,
        question: str,
        *,
        since: Day = None,
        until: Day = None,
        tags: Words = None,
        categories: Words = None,
        lang: Words = None,
        paths: Words = None,
        unpublished: bool = False,
        plain: bool = True,
        ignore: Words = None,
        turns: Sequence[Turn] = (),
    ) -> Generator[Answer]:
        """Yield the answer as far as it goes; the last one is what `ask` gives, and all of it.

        Where a language model puts it into words the quotes come first, without a text, which then
        grows by a sentence each time. Nothing is taken back, unless an article is edited meanwhile.
        """

        def wish() -> Wish:
            given = Filter.of(
                tags=tags, categories=categories, lang=lang, since=since, until=until, paths=paths,
                unpublished=unpublished,
            )  # fmt: skip
            return Wish(question, given, plain, ignore, turns)

        for told in self._reply(question, wish):
            yield told.answer

    def _reply(self, question: str, wish: Callable[[], Wish]) -> Iterator[Told]:
        with self._observers.asking(question) as asked:

            def note(generation: str) -> None:
                asked.generation = generation

            replier = Replier(self._fresh, self._writer, self._leash, self.read_article, note)
            for told in replier.reply(wish()):
                asked.answer = told.answer
                if not told.whole:
                    yield told
        yield told

    def unwritten(self) -> "Chatbot":
        """Return a bot over the same index whose answers are the quotes alone."""
        other = copy(self)
        other._writer, other._leash = Extractive(), None
        return other

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
        unpublished: bool = False,
        plain: bool = True,
        ignore: Words = None,
    ) -> tuple[Hit, ...]:
        """Return the k passages that match best, best first; filters are those of `ask`."""
        if k < 1:
            raise InputError(f"k is {k}; ask for at least one hit")
        given = Filter.of(
            tags=tags, categories=categories, lang=lang, since=since, until=until, paths=paths,
            unpublished=unpublished,
        )  # fmt: skip
        wish = Wish(query, given, plain, ignore)
        found = self._fresh.ask(lambda finder, _: narrowing.find(finder, wish, k=k))
        return tuple(item.hit for item in found[:k])

    def filters_in(self, question: str) -> tuple[PlainFilter, ...]:
        """Return the filters that are read from a question's own words."""
        wish = Wish(question, Filter())
        return self._fresh.ask(lambda finder, _: narrowing.understand(finder, wish).filters)

    def weigh(self, question: str, *, turns: Sequence[Turn] = ()) -> tuple[Weighed, ...]:
        """Return every sentence of the best passages with what spoke for it, best first."""
        asked, *_ = followups.readings(question, turns, history=self.settings.history)

        def weigh(finder: Finder, _: tuple[str, ...]) -> tuple[Weighed, ...]:
            question = finder.respell(asked)
            found, _ = finder.find(question, Filter())
            return finder.without_boilerplate(finder.weigh(question, found))

        return self._fresh.ask(weigh)

    def without(self, paths: Iterable[str]) -> "Chatbot":
        """Return a bot over the same index that reads every article but these.

        Which sentences are boilerplate is still counted with them.
        """
        other = copy(self)
        other._fresh = self._fresh.without(paths)
        return other

    def conversation(self, turns: Sequence[Turn] = ()) -> Conversation:
        """Start a conversation, in which follow-ups are understood."""
        return Conversation(self.ask, turns)

    def show(self, article: str, start: int, end: int) -> Quote:
        """Return the words at a place of a file as it is now; raise InputError if none are."""
        if not 0 <= start < end:
            raise InputError(f"{article}:{start}-{end}: not a place; write PATH:START-END")
        return quoting.quote_at(self.read_article(article), Span(start, end))

    def read_article(self, path: str) -> Article:
        """Return an article of the corpus as it is now; raise InputError if it cannot be read."""
        return read_now(self.corpus, path)

    def verify(self, answer: object) -> tuple[Checked, ...]:
        """Check the quotes of exported answers against the files as they are now.

        Takes the JSON of an answer, a list of them, or `Answer.to_annotations`. Each quote comes
        back with its `status`: "exact"; "moved", with the `place` where a reader sees the same
        words now; "changed", with what the article says most like it `now`; or "gone". Raises
        InputError if it is none of these.
        """
        site = Site.parse(read_site(self.corpus))
        return verifying.verify(self.corpus, answer, read=self.read_article, site=site)

    def articles(
        self,
        *,
        since: Day = None,
        until: Day = None,
        tags: Words = None,
        categories: Words = None,
        lang: Words = None,
        paths: Words = None,
        unpublished: bool = True,
    ) -> tuple[Article, ...]:
        """Return the indexed articles that pass the filters without their text, by path.

        Filters are those of `ask`, but for the `unpublished`, which are left out only if told so.
        """
        wanted = Filter.of(
            tags=tags, categories=categories, lang=lang, since=since, until=until, paths=paths,
            unpublished=unpublished,
        )  # fmt: skip
        with self._catalog.reading() as view:
            return view.articles(wanted)

    def status(self) -> dict[str, Any]:
        """Return the index's state: counts, generation, recipe, problems, what is out of date."""
        return standing_of(self.corpus, self.embeddings, self._catalog)

    # For programs that have an event loop: `await bot.aask(…)`.
    aask = awaited(ask)
    asearch = awaited(search)
    arefresh = awaited(refresh)
    averify = awaited(verify)
    ashow = awaited(show)
    astatus = awaited(status)


def _unheard_news(news: RefreshReport | PullquoteError) -> None:
    """Hear of a refresh and say nothing."""


def _unheard(step: str, done: int, total: int) -> None:
    """Hear of progress and say nothing."""
