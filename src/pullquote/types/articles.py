"""Articles and their passages."""

import re
from dataclasses import dataclass, field
from datetime import date as Date

from pullquote import markdown
from pullquote.spans import Span

_VERSION = re.compile(
    r"[(\[]\s*(?:updated?|corrected|correction|revised|version \d+|v\d+)\b[^)\]]*[)\]]"
    r"|^(?:updated?|corrected|correction|revised)\s*:|\bv\d+$"
)


@dataclass(frozen=True, slots=True)
class Article:
    """One Markdown file: `text` is its bytes decoded as UTF-8, newlines and BOM untouched.

    `path` is relative to the corpus and ``/``-separated, `digest` the BLAKE2b of the bytes, `body`
    the offset where the front matter ends. From the day `publish` until before the day `expires` it
    is published, unless it is a draft. `titled` is false where the title is only made from the
    path, so that a rename changes nothing that is embedded.
    """

    path: str
    digest: str
    title: str
    date: Date | None = None
    updated: Date | None = None
    url: str | None = None
    lang: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    summary: str = ""
    authors: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    draft: bool = False
    publish: Date | None = None
    expires: Date | None = None
    titled: bool = field(default=True, repr=False)
    text: str = field(default="", repr=False, compare=False)
    body: int = field(default=0, repr=False, compare=False)

    @property
    def plain_title(self) -> str:
        """The title without what a new version adds to it, case-folded."""
        return _VERSION.sub("", self.title.casefold()).strip(" -–—:|")

    @property
    def latest(self) -> Date | None:
        """The day of its newest version: when it was updated, or else its date."""
        return max(filter(None, (self.updated, self.date)), default=None)

    def is_published(self, day: Date) -> bool:
        """Tell whether readers of its site see it on a day."""
        begun = self.publish is None or self.publish <= day
        ended = self.expires is not None and self.expires <= day
        return begun and not ended and not self.draft

    def show(self, span: Span) -> str:
        """Return the words a reader sees of a span."""
        return markdown.show(self.text, self.body, span)


@dataclass(frozen=True, slots=True)
class Passage:
    """What is embedded and retrieved: whole blocks of one article under one path of headings."""

    id: int
    article: Article
    span: Span
    headings: tuple[str, ...]
    sentences: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The words a reader sees."""
        return self.article.show(self.span)

    @property
    def place(self) -> tuple[str, int]:
        """Where it stands; ties are broken by it."""
        return self.article.path, self.span.start


def iso(day: Date | None) -> str | None:
    """Return a day as JSON has it."""
    return day.isoformat() if day else None
