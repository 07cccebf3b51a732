"""The recipe of an index: all that decides what its vectors mean, as one text."""

from pullquote.articles.passages import VERSION as SPLITTING
from pullquote.articles.site import Site
from pullquote.language.terms import VERSION as NORMALISATION
from pullquote.protocols import Embedder


def recipe_of(embedder: Embedder, site: Site) -> str:
    """Return all that decides what a vector means: embedder, splitting, normalisation."""
    code = " code" if site.code else ""
    return f"{embedder.recipe} {SPLITTING}{code} {NORMALISATION}"
