"""Every citation of many answers is clicked, in a real browser: the quoted words are marked."""

import shutil
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from benchmarks.trust.clicks import click_citations

pytestmark = pytest.mark.browser

_CITATIONS = 12  # `python -m benchmarks.trust` clicks hundreds


def test_every_citation_marks_its_quote_where_it_stands(prepared: Path, tmp_path: Path) -> None:
    """Over the sample corpus and the traps; compared with the HTTP interface and the files."""
    shutil.copytree(prepared / "embeddings", tmp_path / "embeddings")
    clicked = click_citations(prepared / "corpus", tmp_path, _CITATIONS)
    assert len(clicked) >= _CITATIONS
    assert [(one.place, one.trouble) for one in clicked if one.trouble] == []
