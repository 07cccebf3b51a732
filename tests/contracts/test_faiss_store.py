"""What the FAISS store promises beside the contract: its codes and its files."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pullquote import IndexCorrupt
from pullquote.index.stores import open_store
from pullquote.index.stores.faiss import FaissStore
from pullquote.index.stores.faiss_codes import Coder, coder_of
from tests.fakes import ExactStore
from tests.rows import DIM, content, make_small, numbers, ranking, some


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write and clear away after a few rows."""
    make_small(monkeypatch)


# -- any history

IDS = st.lists(st.integers(0, 40), max_size=24)
STEP = st.tuples(st.sampled_from(["add", "add", "remove", "flush", "reopen"]), IDS)


@settings(max_examples=50, deadline=None)
@given(
    steps=st.lists(STEP, max_size=12),
    large=st.sampled_from([0, 12, 1000]),
    k=st.integers(1, 20),
    allowed=st.none() | st.sets(st.integers(0, 40)),
)
def test_any_history_is_that_of_a_dictionary(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[str, list[int]]],
    large: int,
    k: int,
    allowed: set[int] | None,
) -> None:
    """Whatever comes, goes, is flushed or forgotten: ids and rankings are the oracle's."""
    folder = tmp_path_factory.mktemp("history")
    ways = some(9)
    exact, kept = ExactStore(dim=DIM), ExactStore(dim=DIM)
    with pytest.MonkeyPatch.context() as patch:
        make_small(patch)
        store = FaissStore(folder / "vectors", dim=DIM, large=large)
        for turn, (verb, ids) in enumerate(steps):
            if verb == "add":
                rows = ways[[(number * 7 + turn) % len(ways) for number in ids]].reshape(-1, DIM)
                store.add(numbers(*ids), rows)
                exact.add(numbers(*ids), rows)
            elif verb == "remove":
                store.remove(numbers(*ids))
                exact.remove(numbers(*ids))
            elif verb == "flush":
                store.flush()
                kept._rows = dict(exact._rows)
            else:
                store = FaissStore(folder / "vectors", dim=DIM, large=large)
                exact._rows = dict(kept._rows)
            assert store.ids().tolist() == exact.ids().tolist()
    within = None if allowed is None else numbers(*allowed)
    assert ranking(store, ways[0], k, within) == ranking(exact, ways[0], k, within)


# -- codes


def test_codes_find_what_is_near(tmp_path: Path) -> None:
    """Of 3,000 rows at random the ten nearest are found for each of fifteen questions."""
    rows, ids = some(3000, dim=64), np.arange(3000, dtype=np.int64)
    exact, found = ExactStore(dim=64), FaissStore(tmp_path / "vectors", dim=64, large=0)
    for store in (exact, found):
        store.add(ids, rows)
    for query in some(15, seed=1, dim=64):
        assert ranking(found, query, 10) == ranking(exact, query, 10)
        assert ranking(found, query, 10, ids[::50]) == ranking(exact, query, 10, ids[::50])


def test_ties_among_codes_come_whole(tmp_path: Path) -> None:
    """Five hundred equal rows are more than are compared at first; all tie for the third place."""
    store = FaissStore(tmp_path / "vectors", dim=DIM, large=0)
    store.add(np.arange(4000, dtype=np.int64)[::-1], np.tile(some(8), (500, 1)))
    ids, scores = store.search(some(8)[7], 3)
    assert ids.tolist() == list(range(0, 4000, 8))
    assert set(scores.tolist()) == {1.0}


def test_what_codes_find_does_not_depend_on_history(tmp_path: Path, small_parts: None) -> None:
    """Another order, rows that went again and rows that were replaced change no ranking."""
    rows, ids = some(3000), np.arange(3000, dtype=np.int64)
    plain = FaissStore(tmp_path / "plain", dim=DIM, large=0)
    plain.add(ids, rows)
    order = np.random.default_rng(1).permutation(3000)
    devious = FaissStore(tmp_path / "devious", dim=DIM, large=0)
    devious.add(ids + 2000, some(3000, seed=2))
    devious.flush()
    for part in np.array_split(order, 7):
        devious.add(ids[part], rows[part])
        devious.flush()
    devious.remove(ids + 3000)
    devious.flush()
    for store in (devious, FaissStore(tmp_path / "devious", dim=DIM, large=0)):
        for query in some(30, seed=3):
            assert ranking(store, query, 10) == ranking(plain, query, 10)
            assert ranking(store, query, 5, ids[::2]) == ranking(plain, query, 5, ids[::2])


def test_codes_are_those_of_the_rows_alone() -> None:
    """What is encoded beside a row does not show in its code."""
    coder, rows = coder_of(48), some(70, dim=48)
    alone = [coder.encode(rows[n : n + 1])[0].tolist() for n in range(70)]
    assert coder.encode(rows).tolist() == alone


# -- files


def test_a_flush_appends(tmp_path: Path) -> None:
    """What was written stays as it is; what is new comes after it."""
    folder = tmp_path / "vectors"
    store = FaissStore(folder, dim=DIM)
    store.add(np.arange(100, dtype=np.int64), some(100))
    store.flush()
    before = {name: (folder / name).read_bytes() for name in ("1.log", "1.rows", "1.codes")}
    inode = (folder / "1.rows").stat().st_ino
    again = FaissStore(folder, dim=DIM)
    again.add(numbers(7, 200), some(2, seed=1))
    again.remove(numbers(3))
    again.flush()
    assert {path.name for path in folder.iterdir()} == {"manifest", *before}
    assert (folder / "1.rows").stat().st_ino == inode
    for name, data in before.items():
        after = (folder / name).read_bytes()
        assert after[: len(data)] == data
        assert len(after) - len(data) in (2 * DIM * 4, 3 * 16, 2 * DIM // 4)


def test_what_is_added_does_not_pile_up_in_memory(tmp_path: Path, small_parts: None) -> None:
    """Rows are written as they come, though nothing counts before the flush."""
    folder = tmp_path / "vectors"
    store = FaissStore(folder, dim=DIM)
    store.add(np.arange(40, dtype=np.int64), some(40))
    assert (folder / "1.rows").stat().st_size == 40 * DIM * 4
    assert content(folder) == {}
    store.flush()
    assert len(content(folder)) == 40


def test_dead_rows_are_cleared_away(tmp_path: Path, small_parts: None) -> None:
    """When they are half as many as those that live, new files hold the latter alone."""
    folder, rows = tmp_path / "vectors", some(60)
    store = FaissStore(folder, dim=DIM)
    store.add(np.arange(60, dtype=np.int64), rows)
    store.flush()
    store.remove(np.arange(30, dtype=np.int64))
    store.add(numbers(99), rows[:1])
    store.flush()
    assert {path.name for path in folder.iterdir()} == {"manifest", "2.log", "2.rows", "2.codes"}
    assert (folder / "2.rows").stat().st_size == 31 * DIM * 4
    wanted = {n: rows[n].tobytes() for n in range(30, 60)} | {99: rows[0].tobytes()}
    assert content(folder) == wanted
    assert ranking(store, rows[40], 1)[0] == [40]


def test_a_fresh_store_leaves_the_old_one_until_its_flush(tmp_path: Path) -> None:
    """A rebuild that stops half-way has replaced nothing."""
    folder = tmp_path / "vectors"
    old = FaissStore(folder, dim=DIM)
    old.add(numbers(1), some(1))
    old.flush()
    fresh = FaissStore(folder, dim=DIM, fresh=True)
    assert fresh.ids().tolist() == []
    fresh.add(numbers(2), some(1))
    assert list(content(folder)) == [1]
    fresh.flush()
    assert list(content(folder)) == [2]


def test_reading_writes_nothing(tmp_path: Path) -> None:
    """An index that nobody may write is read."""
    folder = tmp_path / "vectors"
    store = FaissStore(folder, dim=DIM)
    store.add(numbers(1, 2), some(2))
    store.flush()
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    FaissStore(folder, dim=DIM, large=0).search(some(1)[0], 1)
    store.flush()  # which has nothing to do
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_an_index_of_an_older_version_is_told_with_the_cure(tmp_path: Path) -> None:
    """It had one file, which goes with the rebuild."""
    (tmp_path / "vectors.faiss").write_bytes(b"IxM2")
    with pytest.raises(IndexCorrupt, match=r"vectors\.faiss: was made by another version; run: "):
        open_store("faiss", folder=tmp_path, dim=DIM)
    open_store("faiss", folder=tmp_path, dim=DIM, fresh=True).flush()
    assert [path.name for path in tmp_path.iterdir()] == ["vectors"]


def turned_otherwise(dim: int) -> Coder:
    """Return a coder of a FAISS that has another rotation."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pullquote.index.stores.faiss_codes._SEED", 2)
        coder = Coder(dim)
        assert coder.mark != coder_of(dim).mark
    return coder


def test_codes_of_another_coder_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If FAISS ever turned rows another way, nothing would be found by old codes."""
    store = FaissStore(tmp_path / "vectors", dim=DIM)
    store.add(numbers(1), some(1))
    store.flush()
    monkeypatch.setattr("pullquote.index.stores.faiss.coder_of", turned_otherwise)
    with pytest.raises(IndexCorrupt, match="another version of FAISS; run: pullquote refresh --r"):
        FaissStore(tmp_path / "vectors", dim=DIM)


@pytest.mark.parametrize("name", ["manifest", "1.log", "1.rows", "1.codes"])
@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
def test_damage_is_found_before_it_ranks(tmp_path: Path, name: str, harm: str) -> None:
    """Where codes are scanned, at the latest when a row or a code is used."""
    folder = tmp_path / "vectors"
    store = FaissStore(folder, dim=DIM)
    store.add(np.arange(800, dtype=np.int64), some(800))
    store.flush()
    path = folder / name
    data = bytearray(path.read_bytes())
    data[7] ^= 4
    if harm == "remove":
        path.unlink()
    else:
        path.write_bytes(data if harm == "flip" else data[:-3])
    if (name, harm) == ("manifest", "remove"):
        assert FaissStore(folder, dim=DIM, large=0).ids().tolist() == []
        return
    with pytest.raises(IndexCorrupt, match=rf"{path}: is damaged .* pullquote refresh --rebuild"):
        FaissStore(folder, dim=DIM, large=0).search(some(800)[0], 10)
