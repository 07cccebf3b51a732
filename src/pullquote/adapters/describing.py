"""What every framework is told of a passage."""

from typing import Any

from pullquote.types import Hit, Quote

_TOLD = ("article", "digest", "start", "end", "lines", "title", "date", "url", "tags")


def describe(hit: Hit) -> dict[str, Any]:
    """Return the place of a passage, its article, and how it was found, as JSON has them.

    The `url` leads to the words on the article's page, if it has one.
    """
    told = _as_quote(hit).to_dict()
    return {
        **{name: told[name] for name in _TOLD},
        "headings": list(hit.passage.headings),
        "score": told["score"],
        "dense_rank": hit.dense_rank,
        "lexical_rank": hit.lexical_rank,
    }


def name_passage(hit: Hit) -> str:
    """Return the place of a passage, by which frameworks tell passages apart."""
    return _as_quote(hit).location


def _as_quote(hit: Hit) -> Quote:
    return Quote(hit.passage.article, hit.passage.span, hit.score)


def missing(package: str) -> ModuleNotFoundError:
    """Return what to raise where a framework is not there."""
    return ModuleNotFoundError(f"{package} is not installed; run: pip install {package}")
