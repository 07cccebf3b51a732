"""The articles as resources: a list in pages, and each by its address, ``article:///PATH``.

Only what is indexed and published can be listed or read; whatever else lies in the folder is not
told apart from what is not there.
"""

from base64 import b64decode, urlsafe_b64encode
from datetime import date
from urllib.parse import quote, unquote

from pullquote.chatbot import Chatbot
from pullquote.errors import InputError
from pullquote.index.catalog import Catalog
from pullquote.spans import is_whole
from pullquote.types import Article

SCHEME = "article://"
TEMPLATE = "article:///{+path}"
_PAGE = 100  # articles in a page of the list


class Library:
    """Gives out articles."""

    def __init__(self, bot: Chatbot, *, page: int = _PAGE) -> None:
        self._bot, self._page = bot, page
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
        self.check(path)
        article = self._bot.read_article(path)
        if not article.is_published(date.today()):  # since it was indexed
            raise _missing(path)
        return article

    def check(self, path: str, *, unpublished: bool = False) -> None:
        """Raise InputError if a path is not that of an indexed article, and a published one."""
        with self._catalog.reading() as view:
            article = view.article(path) if is_whole(path) else None
        if article is None or not (unpublished or article.is_published(date.today())):
            raise _missing(path)


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
