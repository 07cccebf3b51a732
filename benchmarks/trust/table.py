"""The figures as README shows them. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

Figures = Mapping[str, Any]


def table(figures: Figures) -> str:
    """Return a Markdown table of what was measured, a row for each promise."""
    rows = [row for name, show in _ROWS.items() if name in figures for row in show(figures[name])]
    return "\n".join(["| promise | measured |", "|---|---|", *(f"| {a} | {b} |" for a, b in rows)])


def _sites(sites: Figures) -> Iterator[tuple[str, str]]:
    found = [site for site in sites.values() if isinstance(site, Mapping)]
    files = [site["files"] for site in found]
    skipped = sum(sum(one["skipped"].values()) for one in files)
    lost = sum(one["lost"] for one in files)
    indexed = sum(one["indexed"] for one in files)
    yield (
        f"every file of {len(found)} real sites is accounted for",
        f"{indexed:,} indexed, {skipped:,} skipped with a reason, {lost} lost",
    )
    pairs = [pair for site in found for pair in site["fields"]["agree/compared"].values()]
    yield (
        "front matter is read as an independent reader reads it",
        f"{sum(pair[0] for pair in pairs):,} of {sum(pair[1] for pair in pairs):,} fields",
    )
    spans = [site["spans"] for site in found]
    wrong = sum(one["sentences wrong"] + one["parts wrong"] for one in spans)
    yield (
        "every place reads back",
        f"{sum(one['sentences'] for one in spans):,} sentences and"
        f" {sum(one['parts'] for one in spans):,} random parts of them, {wrong} wrong",
    )


def _citations(found: Figures) -> Iterator[tuple[str, str]]:
    yield (
        "`verify` is right",
        f"{found['unchanged_exact']:,} of {found['unchanged']:,} untouched quotes exact;"
        f" {found['characters_caught']:,} of {found['characters']:,} one-character changes caught;"
        f" {found['right']:,} of {found['checked']:,} quotes of {found['files']:,} edited files,"
        f" {found['false_exact']} falsely exact",
    )


def _fragments(found: Figures) -> Iterator[tuple[str, str]]:
    yield (
        "links mark the quoted words in Chromium",
        f"{found['highlighted exactly']} of {found['links']} exactly,"
        f" {found['scrolled into view']} scrolled to",
    )


def _clicks(found: Figures) -> Iterator[tuple[str, str]]:
    yield (
        "a click on a citation shows the quoted words, marked, in Chromium",
        f"{found['marked exactly']} of {found['citations']}",
    )


def _edits(found: Figures) -> Iterator[tuple[str, str]]:
    modes = [found[mode] for mode in ("refresh", "nothing", "watch")]
    wrong = sum(mode["failures"] for mode in modes)
    yield (
        "nothing is quoted that is not in the files now",
        f"{sum(mode['edits'] for mode in modes):,} random edits with questions in between (after a"
        f" refresh, without any, watched): {sum(mode['quotes'] for mode in modes):,} quotes and"
        f" near misses, {wrong} wrong",
    )
    renames = found["renames"]
    yield "a rename embeds nothing", f"{renames['renamed']} renames, {renames['embedded']} embedded"
    late = found["latency"]
    yield (
        "an edit is answerable at once",
        f"{late['saves'] - late['failures']} of {late['saves']} saves in a watched corpus of 4,000"
        f" files ({late['passages']:,} passages) were quoted: p50 {late['p50_s']:.1f} s, p95"
        f" {late['p95_s']:.1f} s",
    )


def _crash(found: Figures) -> Iterator[tuple[str, str]]:
    yield (
        "death at any instant costs nothing",
        f"{found['kills']} SIGKILLs of a refresh: {found['failures']} indexes that did not answer,"
        " or were no clean build one refresh later",
    )


def _crowd(found: Figures) -> Iterator[tuple[str, str]]:
    reading, writing = found["reading"], found["writing"]
    yield (
        "readers and writers do not disturb each other",
        f"{reading['ask'] + reading['search']:,} questions by {reading['askers']} processes during"
        f" {reading['refreshes']} refreshes: {reading['failures']} failures;"
        f" {writing['meetings']} meetings of writers: {writing['failures']} failures",
    )


def _damage(found: Figures) -> Iterator[tuple[str, str]]:
    parts = [part for part in found.values() if isinstance(part, Mapping) and "cases" in part]
    yield (
        "damage, full disks and locked folders are told in one line and lose nothing",
        f"{sum(part['cases'] for part in parts)} cases, {sum(part['failures'] for part in parts)}"
        " failures",
    )


def _memory(found: Figures) -> Iterator[tuple[str, str]]:
    yield (
        "a large site fits a small machine",
        f"first refresh of {found['files']:,} files ({found['passages']:,} passages):"
        f" {found['peak_mib']:,} MiB at most",
    )


_ROWS = {
    "sites": _sites,
    "citations": _citations,
    "fragments": _fragments,
    "clicks": _clicks,
    "edits": _edits,
    "crash": _crash,
    "crowd": _crowd,
    "damage": _damage,
    "memory": _memory,
}
