"""Whether the folder is followed while the page is served, and how the index stands."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from pullquote.chatbot import Chatbot
from pullquote.errors import CorpusNotFound, IndexNotFound, PullquoteError
from pullquote.index.catalog import Catalog
from pullquote.types import RefreshReport

_PROBLEMS = ("skipped", "warnings")


class Following:
    """What the page knows of its folder and index; shared by all browser tabs.

    `is_on` is true while the folder is followed.
    """

    def __init__(self, bot: Chatbot) -> None:
        self._bot = bot
        self._catalog = Catalog(bot.embeddings)
        self._trouble: PullquoteError | None = None
        self.is_on = False

    @contextmanager
    def follow(self, say: Callable[[str], None]) -> Iterator[None]:
        """Follow the folder while the block lasts; `say` hears of each error in one line."""

        def hear(news: RefreshReport | PullquoteError) -> None:
            self._trouble = news if isinstance(news, PullquoteError) else None
            if self._trouble:
                say(str(self._trouble))

        with self._bot.watch(hear):
            self.is_on = True
            try:
                yield
            finally:
                self.is_on = False

    @property
    def trouble(self) -> str:
        """Why the folder cannot be followed at the moment; empty if it is."""
        # A folder that is back as it was is nothing new, so nobody would tell.
        if isinstance(self._trouble, CorpusNotFound) and self._bot.corpus.is_dir():
            return ""
        return str(self._trouble or "")

    def stamp(self) -> str:
        """Return what changes when there is something new to show. Cheap: one row is read."""
        try:
            with self._catalog.reading() as view:
                generation = view.about().get("generation", "0")
        except IndexNotFound:
            generation = "0"
        except PullquoteError as error:
            return str(error)
        return f"{generation} {self.trouble}".strip()

    def state(self) -> dict[str, Any]:
        """Return the state of the index; raise IndexNotFound.

        What is out of date is only told where the folder is not followed: that takes a look at all
        of it.
        """
        if not self.is_on:
            return self._bot.status()
        with self._catalog.reading() as view:
            about, problems = view.about(), zip(_PROBLEMS, view.problems(), strict=True)
            return {
                "corpus": str(self._bot.corpus),
                "embeddings": str(self._bot.embeddings),
                "recipe": about.get("recipe"),
                "generation": int(about.get("generation", "0")),
                "refreshed": about.get("refreshed"),
                "articles": view.count("articles"),
                "passages": view.count("passages"),
                "unpublished": view.count_unpublished(date.today()),
                **{
                    name: [{"article": p.article, "reason": p.reason} for p in found]
                    for name, found in problems
                },
            }
