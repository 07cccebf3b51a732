"""Processes that ask while one writes, and writers that meet."""

import sys
from pathlib import Path

import pytest

from benchmarks.trust import crowd, edits

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forkserver is POSIX")


def test_those_who_ask_never_notice_those_who_refresh(tmp_path: Path) -> None:
    """No error, no words of a version that never was, and nothing lost at the end."""
    figures = crowd.ask_while_it_changes(tmp_path, seconds=4, seed=1, askers=3, articles=30)
    assert figures["failed"] == []
    assert figures["refreshes"] > 1
    assert figures["quotes and hits"] > 10


def test_a_second_writer_is_told_by_whom_it_is_kept_out(tmp_path: Path) -> None:
    """It is told at once which process writes, and four who insist lose nothing."""
    figures = crowd.let_writers_meet(tmp_path, meetings=1, seed=2, articles=20)
    assert figures["failed"] == []
    assert (figures["told to wait"], figures["told by whom"]) == (1, 1)


@pytest.mark.parametrize("mode", ["refresh", "nothing", "watch"])
def test_what_is_quoted_is_in_the_files_now(tmp_path: Path, mode: str) -> None:
    """Whatever was edited, moved or cut a moment before, refreshed or not."""
    figures = edits.edit_and_ask(tmp_path, mode=mode, edits=25, seed=3, articles=25)
    assert figures["failed"] == []
    assert figures["quotes"] > 10


def test_renames_embed_nothing(tmp_path: Path) -> None:
    """Neither single ones nor a folder at once."""
    figures = edits.rename(tmp_path, renames=5, seed=4, articles=25)
    assert figures["embedded"] == 0
    assert figures["reported"] == figures["renamed"] > 5
