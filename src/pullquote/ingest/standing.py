"""How an index stands beside its folder: what is in it, and what a refresh would change."""

from datetime import date
from pathlib import Path
from typing import Any

from pullquote.articles.site import Site, read_site
from pullquote.index.catalog import Catalog
from pullquote.ingest.scanning import Known, look


def standing_of(corpus: Path, embeddings: Path, catalog: Catalog) -> dict[str, Any]:
    """Return counts, generation, recipe, problems, and what is out of date, as JSON has it."""
    with catalog.reading() as view:
        about, known = view.about(), Known(view.digests(), view.left_out(), view.stats())
        skipped, warnings = view.problems()
        counts = {"articles": view.count("articles"), "passages": view.count("passages")}
        unpublished = view.count_unpublished(date.today())
    steps = look(corpus, known, Site.parse(read_site(corpus)))
    return {
        "corpus": str(corpus),
        "embeddings": str(embeddings),
        "generation": int(about.get("generation", "0")),
        "refreshed": about.get("refreshed"),
        "recipe": about.get("recipe"),
        **counts,
        "unpublished": unpublished,
        "added": len(steps.added),
        "changed": len(steps.changed),
        "removed": len(steps.removed),
        "renamed": len(steps.renamed),
        "skipped": [{"article": p.article, "reason": p.reason} for p in skipped],
        "warnings": [{"article": p.article, "reason": p.reason} for p in warnings],
    }
