"""Writers of the FAISS store that die in a flush, and readers meanwhile."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pullquote.index.stores.faiss import FaissStore
from tests.fakes import ExactStore
from tests.rows import DIM, content, make_small, numbers, ranking, some


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write and clear away after a few rows."""
    make_small(monkeypatch)


class Death(BaseException):
    """Ends a writer where it stands."""


@contextmanager
def dying_at(step: int) -> Iterator[list[str]]:
    """Die at the n-th thing that is done to files; the list says what was done."""
    done: list[str] = []

    def mortal(name: str, act: Any) -> Any:  # noqa: ANN401
        def call(*given: Any, **named: Any) -> Any:  # noqa: ANN401
            if len(done) == step:
                raise Death
            done.append(name)
            return act(*given, **named)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in (
            (Path, "open"), (Path, "replace"), (Path, "unlink"), (Path, "mkdir"), (os, "fsync")
        ):  # fmt: skip
            patch.setattr(owner, name, mortal(name, getattr(owner, name)))
        yield done


@pytest.mark.parametrize("clearing", [False, True])
def test_whoever_dies_in_a_flush_leaves_old_or_new(
    tmp_path: Path, clearing: bool, small_parts: None
) -> None:
    """At every step; and the next writer goes on from there as if nothing had been."""
    rows, ids = some(60), np.arange(60, dtype=np.int64)

    def begin(folder: Path) -> None:
        store = FaissStore(folder, dim=DIM)
        store.add(ids[:30], rows[:30])
        store.flush()

    def go_on(folder: Path) -> None:
        store = FaissStore(folder, dim=DIM)
        store.add(ids[30:], rows[30:])
        store.remove(ids[5 : 50 if clearing else 8])
        store.flush()

    begin(tmp_path / "clean")
    old = content(tmp_path / "clean")
    go_on(tmp_path / "clean")
    new = content(tmp_path / "clean")
    seen, step, dead = set(), 0, True
    while dead:
        folder = tmp_path / str(step)
        begin(folder)
        with dying_at(step) as done:
            try:
                go_on(folder)
                dead = False
            except Death:
                pass
        left = content(folder)
        assert left in (old, new), f"{step}: {done}"
        seen.add(left == new)
        go_on(folder)
        assert content(folder) == new, f"{step}: {done}"
        assert not list(folder.glob("*.half-written"))
        step += 1
    assert seen == {False, True}
    assert step > 8


@pytest.mark.parametrize("large", [0, 1000])
def test_a_reader_keeps_what_it_opened(tmp_path: Path, large: int, small_parts: None) -> None:
    """Rows come, go and move to other files: who opened before finds what was there."""
    folder, rows, ids = tmp_path / "vectors", some(90), np.arange(90, dtype=np.int64)
    writer = FaissStore(folder, dim=DIM)
    writer.add(ids[:40], rows[:40])
    writer.flush()
    reader = FaissStore(folder, dim=DIM, large=large)
    writer.add(ids[40:], rows[40:])
    writer.flush()
    writer.remove(ids[10:80])
    writer.flush()
    writer.add(ids[:5], rows[80:85])
    writer.flush()
    assert not (folder / "1.rows").exists()
    assert reader.ids().tolist() == list(range(40))
    exact = ExactStore(dim=DIM)
    exact.add(ids[:40], rows[:40])
    assert ranking(reader, rows[3], 10) == ranking(exact, rows[3], 10)


def test_readers_open_while_files_are_swapped(tmp_path: Path, small_parts: None) -> None:
    """Each finds one of the states that were flushed, whole."""
    folder, rows = tmp_path / "vectors", some(40)
    writer = FaissStore(folder, dim=DIM)
    writer.add(numbers(1000), rows[:1])
    writer.flush()
    done, wrong, opened = threading.Event(), [], []

    def read() -> None:
        while not done.is_set():
            ids = FaissStore(folder, dim=DIM, large=0).ids().tolist()
            opened.append(len(ids))
            if ids not in ([1000], [*range(20), 1000], [*range(20, 40), 1000]):
                wrong.append(ids)

    thread = threading.Thread(target=read)
    thread.start()
    for turn in range(16):
        first = 20 * (turn % 2)
        writer.remove(np.arange(40, dtype=np.int64))
        writer.add(np.arange(first, first + 20, dtype=np.int64), rows[first : first + 20])
        writer.flush()
    done.set()
    thread.join()
    assert wrong == []
    assert opened
