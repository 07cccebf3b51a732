"""A lexical index in parts: whatever its history, it ranks as one that was built at once."""

import errno
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import pullquote.index.parts
from pullquote import IndexCorrupt
from pullquote.index.lexical import Lexical, build_lexical

TERMS = ("tram", "bee", "fog", "winter", "harbour")
WORDS = st.lists(st.sampled_from(TERMS), max_size=6).map(" ".join)
PASSAGES = st.dictionaries(st.integers(0, 40), WORDS, max_size=12)
STEPS = st.lists(st.tuples(st.sets(st.integers(0, 40)), PASSAGES), max_size=6)


@contextmanager
def small_parts() -> Iterator[None]:
    """Let blocks and parts be so small that a few passages fill several; no disk is waited for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pullquote.index.parts, "_BLOCK", 3)
        patch.setattr(pullquote.index.parts, "_MOST", 16)
        patch.setattr(os, "fsync", lambda _: None)
        yield


@settings(max_examples=40)
@given(first=PASSAGES, steps=STEPS)
def test_no_history_is_in_it(
    first: dict[int, str], steps: list[tuple[set[int], dict[int, str]]]
) -> None:
    """Counts, frequencies, scores to the last digit and the order of ties."""
    with small_parts(), tempfile.TemporaryDirectory() as work:
        build_lexical(Path(work) / "0", first.items())
        now = dict(first)
        for number, (gone, new) in enumerate(steps, 1):
            before = Lexical(Path(work) / str(number - 1))
            build_lexical(Path(work) / str(number), new.items(), before=before, gone=gone)
            shutil.rmtree(before.folder)  # a generation holds all it needs
            now = {n: words for n, words in now.items() if n not in gone} | new
        there = Lexical(Path(work) / str(len(steps)))
        build_lexical(Path(work) / "clean", now.items())
        clean = Lexical(Path(work) / "clean")
    assert there.count == clean.count == len(now)
    for term in TERMS:
        assert there.frequency(term) == clean.frequency(term)
        assert sorted(there.holding(term)) == sorted(clean.holding(term))
    for question in ("tram", "bee fog", "winter in the harbour, and a tram"):
        assert there.search(question, 5) == clean.search(question, 5)


def test_an_edit_writes_what_is_new_and_links_the_rest(tmp_path: Path) -> None:
    """The files of the large part are the same ones; the old generation stays as it is."""
    build_lexical(tmp_path / "a", [(n, f"tram number {n}") for n in range(200)])
    before = Lexical(tmp_path / "a")
    build_lexical(tmp_path / "b", [(500, "a bee")], before=before, gone=[7])
    after = Lexical(tmp_path / "b")
    (large,) = before.parts
    for file in large.sums:
        assert (tmp_path / "a" / file).stat().st_ino == (tmp_path / "b" / file).stat().st_ino
    assert [len(part.there) for part in after.parts] == [200, 1]
    assert (after.count, after.frequency("tram"), after.frequency("bee")) == (200, 199, 1)
    assert (before.count, Lexical(tmp_path / "a").frequency("tram")) == (200, 200)


def test_many_edits_leave_few_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small parts are merged, so that a question has few to look at."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    build_lexical(tmp_path / "0", [(n, "tram") for n in range(300)])
    for edit in range(1, 60):
        before = Lexical(tmp_path / str(edit - 1))
        build_lexical(
            tmp_path / str(edit), [(n, "bee") for n in (edit, 1000 + edit)], before=before
        )
    parts = Lexical(tmp_path / "59").parts
    assert len(parts) <= 4
    assert sum(part.count for part in parts) == 359


def test_what_is_gone_is_dropped_when_it_is_the_most(tmp_path: Path) -> None:
    """A part that is mostly gone is written anew, without what is gone."""
    build_lexical(tmp_path / "a", [(n, "tram") for n in range(9)])
    build_lexical(tmp_path / "b", [], before=Lexical(tmp_path / "a"), gone=range(4))
    build_lexical(tmp_path / "c", [], before=Lexical(tmp_path / "b"), gone=range(6))
    sizes = [[len(part.there) for part in Lexical(tmp_path / name).parts] for name in "bc"]
    assert sizes == [[9], [3]]


def test_where_there_are_no_links_files_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some file systems have none."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    build_lexical(tmp_path / "a", [(n, "tram") for n in range(9)])
    build_lexical(tmp_path / "b", [(10, "bee")], before=Lexical(tmp_path / "a"))
    shutil.rmtree(tmp_path / "a")
    assert Lexical(tmp_path / "b").frequency("tram") == 9


def test_every_file_is_under_a_sum(tmp_path: Path) -> None:
    """One bit anywhere is told, and the file is named."""
    build_lexical(tmp_path / "a", [(n, f"tram {n}") for n in range(9)])
    build_lexical(tmp_path / "a2", [(10, "bee")], before=Lexical(tmp_path / "a"), gone=[3])
    files = [path for path in (tmp_path / "a2").iterdir() if path.suffix == ".npy"]
    assert len(files) == 13
    for path in files:
        whole = path.read_bytes()
        path.unlink()  # and not the one it is a link to
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(IndexCorrupt, match=f"{path.name} is damaged"):
            Lexical(tmp_path / "a2")
        path.write_bytes(whole)
    assert Lexical(tmp_path / "a2").count == 9


@pytest.mark.parametrize(
    ("name", "bent"),
    [
        ("rows", lambda rows: rows + 9),
        ("rows", lambda rows: rows - 9),
        ("starts", lambda starts: starts[::-1].copy()),
        ("starts", lambda starts: starts[:-1]),
        ("counts", lambda counts: counts[:-1]),
        ("lengths", lambda lengths: lengths[:-1]),
        ("ids", lambda ids: ids.reshape(3, 3)),
    ],
)
def test_arrays_that_do_not_fit_are_refused_whatever_their_sums(
    tmp_path: Path, name: str, bent: Callable[[NDArray[Any]], NDArray[Any]]
) -> None:
    """A folder from somebody else may have sums of its own."""
    build_lexical(tmp_path / "a", [(n, f"tram {n}") for n in range(9)])
    (path,) = (tmp_path / "a").glob(f"*-{name}.npy")
    np.save(path, bent(np.load(path)))
    told = json.loads((tmp_path / "a" / "sums.json").read_text("utf-8"))
    told["sums"][path.name] = zlib.crc32(path.read_bytes())
    (tmp_path / "a" / "sums.json").write_text(json.dumps(told), "utf-8")
    with pytest.raises(IndexCorrupt, match="do not fit together"):
        Lexical(tmp_path / "a")
