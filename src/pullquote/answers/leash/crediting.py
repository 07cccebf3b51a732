"""How a sentence may name the article that it is from, and how that is shown. Pure."""

from collections.abc import Iterator

from pullquote.answers.leash.words import keys_of
from pullquote.types import Article

_SAYS = frozenset(key for word in "says said reports notes writes".split() for key in keys_of(word))


def attributions(article: Article) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield the words that may stand before and after what an article says, to name it."""
    title, says = keys_of(article.title), [(key,) for key in sorted(_SAYS)]
    to, that = keys_of("according to"), keys_of("that")
    days = ((), *((*keys_of(of), *day) for of in ("of", "from", "") for day in _days(article)))
    names = [(*title, *day) for day in days] if title else []
    for name in (*names, keys_of("article"), (*keys_of("article"), *title)):
        yield (*to, *name), ()
        yield (), (*to, *name)
        for verb in says:
            yield (*name, *verb, *that), ()
            yield (*name, *verb), ()
            yield (*keys_of("as"), *name, *verb), ()


def _days(article: Article) -> Iterator[tuple[str, ...]]:
    if article.date:
        day = article.date
        for form in (f"{day}", f"{day.day} {day:%B} {day.year}", f"{day:%B} {day.day} {day.year}"):
            yield keys_of(form)


def credit(article: Article) -> str:
    """Return the words that name an article before what it says."""
    day = f" of {article.date.isoformat()}" if article.date else ""
    return f"according to “{article.title}”{day}, "
