"""The command line's logs: what goes to stderr, and in which form."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

import pullquote.engines
from pullquote.cli import main
from tests.conftest import SMALL
from tests.fakes import WordEmbedder, fill


@pytest.fixture(autouse=True)
def _words(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Embed words, and leave logging as it was."""
    monkeypatch.setattr(pullquote.engines, "open_embedder", lambda _: WordEmbedder())
    before, level = list(logging.root.handlers), logging.getLogger("pullquote").level
    yield
    logging.root.handlers[:] = before
    logging.getLogger("pullquote").setLevel(level)


@pytest.fixture
def place(tmp_path: Path) -> list[str]:
    """Return the options that name three articles and one that is empty."""
    corpus = fill(tmp_path / "corpus", {**SMALL, "none.md": ""})
    return ["--corpus", str(corpus), "--embeddings", str(tmp_path / "embeddings")]


def run(*words: str) -> int:
    """Run the command line; return its exit code."""
    with pytest.raises(SystemExit) as stop:
        main(*words)
    return int(stop.value.code or 0)


def test_lines_of_json_and_nothing_else(
    place: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The report stays on stdout; trouble is a line as well, on a level that is not asked for."""
    assert run("refresh", *place, "--json", "--log-format", "json", "--log-level", "info") == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["added"] == 3
    events = [json.loads(line) for line in err.splitlines()]
    assert [event["event"] for event in events] == ["refreshed", "skipped"]
    elsewhere = ["--corpus", f"{place[1]}-not-there", *place[2:]]
    assert run("refresh", *elsewhere, "--log-format", "json") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "no such folder of articles" in json.loads(line)["message"]


def test_text_is_as_it_was(
    place: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is logged unless it is asked for; the variable asks for it too."""
    assert run("refresh", *place) == 0
    assert capsys.readouterr().err.startswith("pullquote: none.md: skipped: is empty")
    monkeypatch.setenv("PULLQUOTE_LOG_LEVEL", "info")
    assert run("refresh", *place) == 0
    lines = capsys.readouterr().err.splitlines()
    assert " info refreshed added=0 " in lines[0]


def test_warnings_of_the_library_are_complaints(
    place: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Of every command, not only those with options for logs."""
    run("refresh", *place)
    capsys.readouterr()
    assert run("status", *place) == 0
    logging.getLogger("pullquote.some.module").warning("the disk is slow")
    assert capsys.readouterr().err == "pullquote: the disk is slow\n"
