"""Draw what sizes cost into docs/images/scaling.svg, from recorded figures: ``make plots``."""

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

_ROOT = Path(__file__).parents[1]
_RESULTS = _ROOT / "benchmarks" / "results"
_INK, _RED, _GREY, _BLUE = "#1f1b16", "#8c2f1b", "#8a8378", "#2f5d7c"
_SIZE = (10.5, 3.4)  # inches
_MILLION = 1_000_000


def main() -> None:
    """Draw refreshes, questions and vectors by size, on logarithmic scales."""
    matplotlib.rcParams |= {
        "font.family": "sans-serif",
        "font.size": 9,
        "svg.fonttype": "none",  # words stay words
        "svg.hashsalt": "pullquote",  # and the file the same
        "text.color": _INK,
        "axes.labelcolor": _INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    runs = _figures("scale")["runs"]
    rows = _figures("vectors")["runs"]
    figure, (refreshes, questions, vectors) = plt.subplots(1, 3, figsize=_SIZE, layout="tight")
    _draw_refreshes(refreshes, runs)
    _draw_questions(questions, runs)
    _draw_vectors(vectors, rows)
    path = _ROOT / "docs" / "images" / "scaling.svg"
    figure.savefig(path, metadata={"Date": None})
    sys.stdout.write(f"{path}\n")


def _figures(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_RESULTS / f"{name}.json").read_text("utf-8"))["figures"]
    return found


def _draw_refreshes(axes: Axes, runs: list[dict[str, Any]]) -> None:
    articles = [run["articles"] for run in runs]
    for key, label, color in (
        ("first_refresh_s", "first, without embedding", _GREY),
        ("one_edit_s", "after one edit", _RED),
        ("unchanged_refresh_s", "unchanged", _BLUE),
    ):
        _line(axes, articles, [run[key] for run in runs], label, color)
    _finish(axes, "a refresh", "articles", "seconds")


def _draw_questions(axes: Axes, runs: list[dict[str, Any]]) -> None:
    passages = [run["passages"] for run in runs]
    for key, label, color in (
        ("search_p50_ms", "search, files checked", _RED),
        ("retrieval_p50_ms", "retrieval alone", _BLUE),
    ):
        _line(axes, passages, [run[key] for run in runs], label, color)
    axes.set_ylim(1, 100)
    _finish(axes, "a question, without models (p50)", "passages", "milliseconds")


def _draw_vectors(axes: Axes, runs: list[dict[str, Any]]) -> None:
    rows = [run["rows"] for run in runs]
    flat = [run["others"]["flat"]["p50_ms"] for run in runs]
    _line(axes, rows, flat, "flat float32", _GREY)
    _line(axes, rows, [run["p50_ms"] for run in runs], "codes, compared exactly", _RED)
    # Dashed: nothing was measured there, it is the line on from the last point.
    last = runs[-1]
    axes.plot(
        [last["rows"], 100 * _MILLION],
        [last["p50_ms"], last["p50_ms"] * 100 * _MILLION / last["rows"]],
        color=_RED,
        linestyle=":",
        label="the same, on paper",
    )
    _finish(axes, "the nearest vectors (p50)", "vectors", "milliseconds")


def _line(axes: Axes, x: list[float], y: list[float], label: str, color: str) -> None:
    axes.plot(x, y, marker="o", markersize=3.5, color=color, label=label)


def _finish(axes: Axes, title: str, across: str, up: str) -> None:
    axes.set(xscale="log", yscale="log", xlabel=across, ylabel=up)
    axes.set_title(title, loc="left", fontsize=9, fontweight="bold")
    axes.grid(visible=True, which="major", color="#e8e3da", linewidth=0.6)
    axes.legend(frameon=False, fontsize=8)


if __name__ == "__main__":
    main()
