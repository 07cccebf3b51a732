"""The benchmark of hits and quotes, on a corpus whose figures are known."""

from pathlib import Path

from benchmarks.quality import OURS, UNREAD, measure
from pullquote import Span
from pullquote.evaluation.examples import Example

LIBRARY = "# Library\n\nThe library of Harrow Bay opened in 1911. It lends 40,000 books.\n"
FERRY = "# Ferry\n\nThe ferry crosses the bay in twenty minutes.\n"


def test_a_set_is_measured_with_every_system(tmp_path: Path) -> None:
    """Both questions are answered by the first quote, and the short answer is the accepted one."""
    (tmp_path / "library.md").write_text(LIBRARY, "utf-8")
    (tmp_path / "ferry.md").write_text(FERRY, "utf-8")
    begin = LIBRARY.index("The library")
    gold = ("library.md", Span(begin, LIBRARY.index(" It lends")))
    asked = [Example("When did the library of Harrow Bay open?", gold=(gold,), answers=("1911",))]
    figures, misses = measure(tmp_path, asked, [Example("Who won the Tour de France?")])
    assert set(figures) == {OURS, UNREAD, "BM25", "dense", "hybrid"}
    ours = figures[OURS]
    assert (ours["hit@1"], ours["quote@1"], ours["focus_given_passage"]) == (1, 1, 1)
    assert ours["passages"] == 2
    assert ours["foreign_answered"] == 0
    assert misses == ()
