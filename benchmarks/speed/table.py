"""The figures as tables. Pure."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Figures = Mapping[str, Any]
_BEST_SHARE, _TIMES_PEER, _SHARE_OF_READER = 0.85, 3, 1 / 3


def table(figures: Figures) -> str:
    """Return Markdown tables of what was measured, with what is aimed at."""
    return "\n\n".join("\n".join(show(figures[n])) for n, show in _PARTS.items() if n in figures)


def _indexing(found: Figures) -> Iterator[str]:
    yield f"Indexing {found['passages']:,} passages of {found['articles']:,} articles:"
    yield from _rows(found, "system | passages/s | ours is | MB after", _rate(found["ratios"]))
    yield ""
    spent = ", ".join(
        f"{name} {100 * share:.1f} %" for name, share in found["refresh_spends"].items()
    )
    yield f"A refresh spends: {spent}."
    encoder = [r for n, r in found["ratios"].items() if n.startswith("OpenVINO")][:1]
    others = [r for n, r in found["ratios"].items() if not n.startswith("OpenVINO")]
    if encoder and others:
        yield (
            f"Of the bare encoder's rate: {encoder[0]:.2f} (aim: {_BEST_SHARE} or more);"
            f" of the best peer's: {min(others):.2f} (aim: {_TIMES_PEER} or more)."
        )


def _rate(ratios: Mapping[str, float]) -> Callable[[str, Figures], str]:
    def cells(name: str, row: Figures) -> str:
        ratio = f"{ratios[name]:.2f} ×" if name in ratios else "–"
        return f"{row['passages_per_s']} | {ratio} | {_memory(row)}"

    return cells


def _asking(found: Figures) -> Iterator[str]:
    yield f"{found['questions']} questions, p50 / p95 ms:"
    yield from _rows(
        found,
        "system | ask | search | MB after",
        lambda _, row: f"{_pair(row, 'ask')} | {_pair(row, 'search')} | {_memory(row)}",
    )
    ratios = [r for name, r in found["ratios"].items() if name.startswith("ask")]
    if ratios:
        yield ""
        yield (
            f"Ours takes {max(ratios):.2f} of the time of the best peer that reads"
            f" (aim: {_SHARE_OF_READER:.2f} or less)."
        )


def _cold(found: Figures) -> Iterator[str]:
    yield "From the start of a process (aim: ask 1.5 s, --help .3 s):"
    yield from _rows(found, "system | seconds", lambda _, row: f"{row['seconds']:.2f}")


def _quality(found: Figures) -> Iterator[str]:
    for name, one in found.items():
        if not isinstance(one, Mapping):
            continue
        yield f"{name}, {one['questions']} questions:"
        yield from _rows(
            one,
            "system | passages | not in the file | hit@1 | hit@5",
            lambda _, row: (
                f"{row['passages']} | {row.get('lost', 0)} | {row['hit@1']:.3f}"
                f" | {row['hit@5']:.3f}"
            ),
        )
        yield ""


def _rows(found: Figures, heads: str, cells: Callable[[str, Figures], str]) -> Iterator[str]:
    yield f"| {heads} |"
    yield "|---" * (heads.count("|") + 1) + "|"
    for name, row in found["systems"].items():
        told = f"could not be measured: {row['failed']}" if "failed" in row else cells(name, row)
        yield f"| {name} | {told} |"


def _pair(row: Figures, what: str) -> str:
    if row.get(f"{what}_p50_ms") is None:
        return "–"
    return f"{row[f'{what}_p50_ms']:.1f} / {row[f'{what}_p95_ms']:.1f}"


def _memory(row: Figures) -> str:
    return f"{row.get('now_mb', '?')} (peak {row['peak_mb']})"


_PARTS: Mapping[str, Callable[[Figures], Iterator[str]]] = {
    "indexing": _indexing,
    "asking": _asking,
    "cold": _cold,
    "quality": _quality,
}
