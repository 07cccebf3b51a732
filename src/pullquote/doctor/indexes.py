"""The index: whole, of this recipe, and how far behind its folder."""

from collections.abc import Iterator
from datetime import UTC, datetime

from pullquote.articles.site import Site
from pullquote.doctor.findings import Finding, Patient
from pullquote.index.catalog import Catalog
from pullquote.index.lexical import Lexical
from pullquote.index.recipe import recipe_of
from pullquote.index.shelves import check_whole
from pullquote.index.stores import open_store, reach
from pullquote.ingest.standing import standing_of

_REFRESH, _REBUILD = "run: pullquote refresh", "run: pullquote refresh --rebuild"


def check_catalog(patient: Patient) -> Iterator[Finding]:
    """Read all of the catalog."""
    catalog = Catalog(patient.embeddings)
    if not catalog.exists:
        yield Finding("catalog", "warn", f"{patient.embeddings}: no index yet", _REFRESH)
        return
    with catalog.reading() as view:
        about, articles, passages = view.about(), view.count("articles"), view.count("passages")
    if not catalog.is_sound():
        yield Finding("catalog", "fail", f"{patient.embeddings}: is damaged", _REBUILD)
        return
    if "generation" not in about:
        said = f"{patient.embeddings}: its first refresh was never finished"
        yield Finding("catalog", "warn", said, _REFRESH)
        return
    age = datetime.now(UTC) - datetime.fromisoformat(about["refreshed"])
    said = f"is whole: generation {about['generation']}, {articles} articles, {passages} passages"
    yield Finding("catalog", "ok", f"{said}, {_spell(age.total_seconds())} old")


def check_recipe(patient: Patient) -> Iterator[Finding]:
    """Compare the recipe of the index with ours."""
    about = _about(patient)
    if not about:
        return
    ours = recipe_of(patient.embedder, Site.parse(about.get("site", "")))
    if about.get("recipe") == ours:
        yield Finding("recipe", "ok", f"is ours: {ours}")
    else:
        said = f"the index was made with another recipe ({about.get('recipe')}, now {ours})"
        yield Finding("recipe", "fail", said, _REBUILD)


def check_shelves(patient: Patient) -> Iterator[Finding]:
    """See whether vectors and words are all there, or whether the server that has them answers."""
    about, folder = _about(patient), patient.embeddings
    if not about:
        if patient.store != "faiss":
            reach(patient.store)  # to open it would make a collection there
            yield Finding("shelves", "ok", f"{patient.store} can be reached")
        return
    store = open_store(patient.store, folder=folder, dim=patient.embedder.dim)
    with Catalog(folder).reading() as view:
        lexical = Lexical(folder / about.get("lexical", "none"))
        check_whole(view, store, lexical, folder=folder)
    vectors = f"{len(store.ids())} vectors in {patient.store}"
    yield Finding("shelves", "ok", f"{vectors}, the words of {lexical.count} passages")


def check_refresh(patient: Patient) -> Iterator[Finding]:
    """Tell what a refresh would do."""
    if not _about(patient):
        return
    state = standing_of(patient.corpus, patient.embeddings, Catalog(patient.embeddings))
    counts = {name: state[name] for name in ("added", "changed", "removed", "renamed")}
    if any(counts.values()):
        said = ", ".join(f"{number} {name}" for name, number in counts.items() if number)
        yield Finding("refresh", "warn", f"since the last one: {said}", _REFRESH)
    else:
        yield Finding("refresh", "ok", "would change nothing")


def _about(patient: Patient) -> dict[str, str]:
    """Return what the catalog says of itself; nothing if it was never finished."""
    catalog = Catalog(patient.embeddings)
    if not catalog.exists:
        return {}
    with catalog.reading() as view:
        about = view.about()
    return about if "generation" in about else {}


def _spell(seconds: float) -> str:
    """Return an age in the largest unit that it has one of."""
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} seconds"
