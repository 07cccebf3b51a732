"""What may be seen of the articles: places, checked quotes, and resources, ``article:///PATH``.

Only what is indexed and published can be listed or read; whatever else lies in the folder is not
told apart from what is not there.
"""

from base64 import b64decode, urlsafe_b64encode
from contextlib import suppress
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import quote, unquote

from pullquote.articles.site import Site, read_site
from pullquote.chatbot import Chatbot
from pullquote.errors import InputError
from pullquote.index.catalog import Catalog
from pullquote.spans import is_whole
from pullquote.types import Article, Quote
from pullquote.verification.verifying import Checked, verify

SCHEME = "article://"
TEMPLATE = "article:///{+path}"
_PAGE = 100  # articles in a page of the list


class Library:
    """Gives out articles, to somebody here or to who asks from a `remote` place.

    Those from elsewhere see no more than the index may quote, and the unpublished on request.
    """

    def __init__(self, bot: Chatbot, *, page: int = _PAGE, remote: bool = False) -> None:
        self._bot, self._page, self._remote = bot, page, remote
        self._catalog = Catalog(bot.embeddings)

    def list_page(self, cursor: str | None) -> tuple[tuple[Article, ...], str | None]:
        """Return a page of the published articles, by path, and the cursor of the next one.

        A cursor names the last path before it, so that a refresh in between loses none.
        """
        after = _path_of(cursor) if cursor else ""
        articles = self._bot.articles(unpublished=False)
        rest = [article for article in articles if article.path > after]
        page = tuple(rest[: self._page])
        return page, _cursor_of(page[-1].path) if len(rest) > len(page) else None

    def read(self, uri: str) -> Article:
        """Return an article as it is now; raise InputError if it is not to be had."""
        if not uri.startswith(SCHEME):
            raise InputError(f"{uri}: not an address of an article; write {SCHEME}/PATH")
        path = unquote(uri.removeprefix(SCHEME).removeprefix("/"))
        if not self.sees(path):
            raise _missing(path)
        return self._bot.read_article(path)

    def show(self, article: str, start: int, end: int, *, unpublished: bool = False) -> Quote:
        """Return the words at a place of an indexed article; raise InputError if none are.

        The places of unpublished articles are told on request only, so those here may see them.
        """
        if not self.sees(article, unpublished=unpublished or not self._remote):
            raise _missing(article)
        return self._bot.show(article, start, end)

    def verify(self, answer: object, *, unpublished: bool = False) -> tuple[Checked, ...]:
        """Check exported quotes, as `Chatbot.verify` does; what may not be seen is gone."""
        if not self._remote:
            return self._bot.verify(answer)
        bot, sees = self._bot, partial(self.sees, unpublished=unpublished)
        site = Site.parse(read_site(bot.corpus))
        return verify(bot.corpus, answer, read=bot.read_article, site=site, sees=sees)

    def status(self) -> dict[str, Any]:
        """Return the state of the index; who is elsewhere is told the mere names of folders."""
        state = self._bot.status()
        folders = {"corpus": self._bot.corpus, "embeddings": self._bot.embeddings}
        names = {name: folder.resolve().name for name, folder in folders.items()}
        return {**state, **names} if self._remote else state

    def sees(self, path: str, *, unpublished: bool = False) -> bool:
        """Tell whether a path is that of an indexed article, and a published one."""
        with self._catalog.reading() as view:
            article = view.article(path) if is_whole(path) else None
        if article is None or unpublished:
            return article is not None
        with suppress(InputError):  # what cannot be read was published, or not, when it could be
            article = self._bot.read_article(path)
        return article.is_published(date.today())


def address_of(path: str) -> str:
    """Return the address of an article."""
    return f"{SCHEME}/{quote(path)}"


def _missing(path: str) -> InputError:
    return InputError(f"{path!r:.200}: no such article in the index; search tells what there is")


def _cursor_of(path: str) -> str:
    return urlsafe_b64encode(path.encode()).decode()


def _path_of(cursor: str) -> str:
    try:
        return b64decode(cursor.encode(), b"-_", validate=True).decode()
    except ValueError as error:
        raise InputError(f"{cursor!r:.60}: not a cursor of this list; begin without one") from error
