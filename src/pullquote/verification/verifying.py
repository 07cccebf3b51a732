"""Hold exported quotes against the files as they are now: exact, moved, changed or gone.

`exact`: the file holds the source and the words at the place. `moved`: a reader sees the same
words, character for character, elsewhere in the file, or in another file when this one is gone or
holds them no longer; line breaks and markup may differ. `changed`: the file is there, the words
are not. `gone`: neither is.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace
from html import unescape
from pathlib import Path, PurePosixPath
from typing import Any, Literal
from urllib.parse import unquote

from pullquote import markdown
from pullquote.articles.files import digest_of, find_articles, read_article, read_bytes
from pullquote.articles.site import Site
from pullquote.errors import ArticleUnreadable, InputError
from pullquote.exports import answers_in, is_annotations
from pullquote.spans import Span, find_lines, is_whole
from pullquote.types import Article
from pullquote.verification import anchoring
from pullquote.verification.anchoring import Anchor, Visible

State = Literal["exact", "moved", "changed", "gone"]
STATES: tuple[State, ...] = ("exact", "moved", "changed", "gone")

_TEXTS = ("article", "source", "text")
_MAYBE_TEXTS = ("digest", "prefix", "suffix")


@dataclass(frozen=True, slots=True)
class Standing:
    """Words in a file as it is now."""

    article: str
    span: Span
    lines: tuple[int, int]
    text: str = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON of a place, without its words."""
        start, end = self.span.start, self.span.end
        return {"article": self.article, "start": start, "end": end, "lines": list(self.lines)}


@dataclass(frozen=True, slots=True)
class Checked:
    """An exported quote and what became of it; unpacks as the pair of quote and status.

    `place` is where its words stand now, None if nowhere; `now` is what the quote's own article
    says most like it, when it no longer says it.
    """

    quote: Mapping[str, Any]
    status: State
    place: Standing | None = None
    now: Standing | None = None

    def __iter__(self) -> Iterator[Any]:
        return iter((self.quote, self.status))

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON of a checked quote: where it was, what it is, where it stands now."""
        row = {name: self.quote[name] for name in ("article", "start", "end")}
        row["status"] = self.status
        if self.status == "moved" and self.place:
            row["moved_to"] = self.place.to_dict()
        if self.now:
            row["now"] = {**self.now.to_dict(), "text": self.now.text}
        return row


def _sees_all(_: str) -> bool:
    return True


def verify(
    corpus: Path,
    answer: object,
    *,
    read: Callable[[str], Article],
    site: Site,
    sees: Callable[[str], bool] = _sees_all,
) -> tuple[Checked, ...]:
    """Check the quotes of an exported answer, of a list of answers, or of exported annotations.

    `read` returns an article of the corpus, which is a `site`, or raises InputError. All other
    files are read, once, only if some quote's own file no longer holds its words; one that cannot
    be read is passed over. What nobody `sees`, asked by its path, is as if it were not there.
    Raise InputError if what was exported makes no sense.
    """
    quotes = quotes_in(answer)
    anchors = [read_anchor(quote) for quote in quotes]
    files = _Files(corpus, read, sees)
    checked = [files.check(quote, anchor) for quote, anchor in zip(quotes, anchors, strict=True)]
    lost = {a for a, c in zip(anchors, checked, strict=True) if c.place is None}
    moved = _find_elsewhere(corpus, site, lost, sees) if lost else {}
    return tuple(
        replace(c, status="moved", place=moved[a]) if a in moved else c
        for a, c in zip(anchors, checked, strict=True)
    )


def summarise(checked: Sequence[Checked]) -> dict[str, Any]:
    """Return the JSON of checked quotes: each one, and how many there are of each state."""
    counts = Counter[str](item.status for item in checked)
    rows = [item.to_dict() for item in checked]
    return {"quotes": rows, **{str(state): counts[state] for state in STATES}}


def quotes_in(answer: object) -> tuple[Mapping[str, Any], ...]:
    """Return the quotes of whatever was exported; raise InputError if there can be none in it."""
    if isinstance(answer, Mapping) and is_annotations(answer):
        return tuple(_quote_of(item) for item in _annotations_in(answer))
    return tuple(quote for one in answers_in(answer) for quote in one["quotes"])


def read_anchor(quote: Mapping[str, Any]) -> Anchor:
    """Read a quote's JSON; raise InputError if a part is missing or makes no sense."""
    texts = {name: quote.get(name) for name in (*_TEXTS, *_MAYBE_TEXTS)}
    for name, value in texts.items():
        if not (isinstance(value, str) and is_whole(value)) and (
            name in _TEXTS or value is not None
        ):
            raise _nonsense(quote, f"{name} is not a text")
    path = PurePosixPath(str(texts["article"]))
    if path.is_absolute() or ".." in path.parts or not path.name:
        raise InputError(f"a quote's article lies outside the corpus: {str(path)!r:.99}")
    start, end = quote.get("start"), quote.get("end")
    # True is an int to Python, and no place.
    if type(start) is not int or type(end) is not int or not 0 <= start < end:
        raise _nonsense(quote, "start and end are not a place")
    return Anchor(
        article=str(texts["article"]),
        span=Span(start, end),
        source=str(texts["source"]),
        text=str(texts["text"]),
        digest=texts["digest"] or "",
        prefix=texts["prefix"],
        suffix=texts["suffix"],
    )


def find_again(quote: Mapping[str, Any], article: Article) -> Standing | None:
    """Return where an article shows a quote's words now, wherever they stood before, or None."""
    anchor = read_anchor(quote)
    if anchoring.stands(anchor, article):
        return _place(article, anchor.span)
    found = anchoring.find(anchor, anchoring.read_visible(article))
    return _place(article, found.span) if found else None


class _Files:
    """The quotes' own articles, each read once."""

    def __init__(
        self, corpus: Path, read: Callable[[str], Article], sees: Callable[[str], bool]
    ) -> None:
        self._corpus, self._read, self._sees = corpus, read, sees
        self._known: dict[str, Visible | None] = {}

    def check(self, quote: Mapping[str, Any], anchor: Anchor) -> Checked:
        """Look for a quote's words in its own article."""
        visible = self._visible(anchor.article)
        if visible is None:
            # What cannot be read holds nothing that could be quoted.
            return Checked(quote, "changed" if self._has(anchor.article) else "gone")
        article = visible.article
        if anchoring.stands(anchor, article):
            return Checked(quote, "exact", _place(article, anchor.span))
        found = anchoring.find(anchor, visible)
        if found:
            return Checked(quote, "moved", _place(article, found.span))
        closest = anchoring.find_closest(anchor, article)
        return Checked(quote, "changed", now=_place(article, closest) if closest else None)

    def _has(self, path: str) -> bool:
        try:
            return self._sees(path) and (self._corpus / path).is_file()
        except (OSError, ValueError):  # a name that no file can have
            return False

    def _visible(self, path: str) -> Visible | None:
        if path not in self._known:
            self._known[path] = None
            with suppress(InputError):
                if self._sees(path):
                    self._known[path] = anchoring.read_visible(self._read(path))
        return self._known[path]


def _find_elsewhere(
    corpus: Path, site: Site, anchors: Set[Anchor], sees: Callable[[str], bool]
) -> dict[Anchor, Standing]:
    """Return the best place of each quote in the other files of the corpus, if there is one.

    A file of the quote's digest is its file renamed; else like surroundings, then the same source,
    then a file of the same name decide.
    """
    best: dict[Anchor, tuple[tuple[Any, ...], Standing]] = {}
    for path in find_articles(corpus, site):
        with suppress(ArticleUnreadable):
            data = read_bytes(corpus, path)
            wanted = _wanted(anchors, path, data)
            if not (wanted and sees(path)):
                continue
            visible = anchoring.read_visible(read_article(path, data, site)[0])
            for anchor in wanted:
                ranked = _rank(anchor, visible)
                if ranked and (anchor not in best or ranked[0] > best[anchor][0]):
                    best[anchor] = ranked
    return {anchor: place for anchor, (_, place) in best.items()}


def _wanted(anchors: Set[Anchor], path: str, data: bytes) -> list[Anchor]:
    """Return the quotes of other files that this one may hold."""
    text = unescape(data.decode("utf-8", "replace"))
    digest = digest_of(data)
    return [
        anchor
        for anchor in anchors
        if anchor.article != path and (anchor.digest == digest or anchoring.may_hold(anchor, text))
    ]


def _rank(anchor: Anchor, visible: Visible) -> tuple[tuple[Any, ...], Standing] | None:
    article = visible.article
    same_name = PurePosixPath(article.path).name == PurePosixPath(anchor.article).name
    if article.digest == anchor.digest and anchoring.stands(anchor, article):
        return (True, 0, True, same_name), _place(article, anchor.span)
    found = anchoring.find_elsewhere(anchor, visible)
    if found is None:
        return None
    return (False, found.around, found.same_source, same_name), _place(article, found.span)


def _place(article: Article, span: Span) -> Standing:
    return Standing(article.path, span, find_lines(article.text, span), article.show(span))


def _nonsense(quote: Mapping[str, Any], why: str) -> InputError:
    return InputError(
        f"a quote needs article, start, end, source and text that make sense ({why}):"
        f" {quote.get('article')!r:.99}"
    )


# -- annotations, as `exports.to_annotations` writes them


def _annotations_in(value: Mapping[str, Any]) -> Sequence[Any]:
    """Return the annotations of a collection, of a page, or the one there is."""
    if value.get("type") == "Annotation":
        return (value,)
    page = value.get("first") if value.get("type") == "AnnotationCollection" else value
    items = page.get("items") if isinstance(page, Mapping) else None
    if not isinstance(items, list):
        raise InputError('no annotations in it; they stand in the "items" of a page')
    return items


def _quote_of(annotation: object) -> dict[str, Any]:
    """Return the JSON of the quote that an annotation was made of, without title and the like."""
    try:
        target = annotation["target"]  # type: ignore[index]
        source = target["source"]
        selectors = {selector["type"]: selector for selector in target["selector"]}
        words, place = selectors["TextQuoteSelector"], selectors["TextPositionSelector"]
        exact = words["exact"]
        quote = {
            "article": unquote(source if isinstance(source, str) else source["id"]),
            "start": place["start"],
            "end": place["end"],
            "source": exact,
            "text": _words_of(annotation) or markdown.show(exact, 0, Span(0, len(exact))),
            "digest": str(target.get("state", {}).get("cached", "")).removeprefix("urn:"),
            "prefix": words.get("prefix"),
            "suffix": words.get("suffix"),
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            "an annotation needs a target with a source, a TextPositionSelector and a"
            f" TextQuoteSelector ({error})"
        ) from error
    return quote


def _words_of(annotation: Any) -> str:  # noqa: ANN401 -- whatever JSON holds
    """Return what a reader saw, which is the body that describes the target."""
    bodies = annotation.get("body")
    for body in bodies if isinstance(bodies, list) else (bodies,):
        if isinstance(body, Mapping) and body.get("purpose") == "describing":
            return str(body.get("value", ""))
    return ""
