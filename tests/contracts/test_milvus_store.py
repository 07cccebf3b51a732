"""What only a store on a server can get wrong; what every store promises is told beside this."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pullquote import IndexCorrupt, StoreError, VectorStore
from pullquote.index import stores
from pullquote.index.stores import open_store
from pullquote.index.stores.place import PLACE_FILE, Place, read_place
from pullquote.protocols import Ids, Vectors
from tests.fakes import ExactStore
from tests.milvus import need_client

DIM = 16
Open = Callable[..., VectorStore]


@pytest.fixture(params=["milvus_lite", "milvus_server"])
def uri(request: pytest.FixtureRequest) -> str:
    """Return what names a Milvus store: a file, then a server."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture
def open_it(uri: str, tmp_path: Path) -> Open:
    """Return a function that opens the store of one folder, again and again."""
    return lambda **named: open_store(uri, folder=tmp_path, dim=DIM, **named)


@pytest.fixture
def directions() -> Vectors:
    """Return a few directions, so that many rows tie."""
    rows = np.random.default_rng(0).normal(size=(12, DIM)).astype(np.float32)
    unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def some(*numbers: int) -> Ids:
    """Return ids as the protocol wants them."""
    return np.array(numbers, np.int64)


def check_like_oracle(store: VectorStore, oracle: ExactStore, query: Vectors, ids: Ids) -> None:
    """Compare what both find without a filter and behind short, long and nearly whole lists."""
    assert store.ids().tolist() == oracle.ids().tolist()
    for allowed in (None, ids[:3], ids[::2], ids[2:], ids[:0]):
        for k in (1, 30):
            found = store.search(query, k, allowed=allowed)
            exact = oracle.search(query, k, allowed=allowed)
            assert found[0].tolist() == exact[0].tolist()
            assert found[1].tolist() == exact[1].tolist()


@pytest.mark.parametrize(("short", "most"), [(1000, 16_384), (0, 16_384), (0, 60)])
def test_flushed_and_pending_rows_rank_together(
    open_it: Open, directions: Vectors, monkeypatch: pytest.MonkeyPatch, short: int, most: int
) -> None:
    """Whatever was flushed, replaced or removed meanwhile, and however a filter gets its way.

    Its list goes to the server, or stays here, or goes in parts because too few of the best pass.
    """
    from pullquote.index.stores import milvus

    for name, value in {"_SHORT": short, "_LONGEST": 20, "MOST": most}.items():
        monkeypatch.setattr(milvus, name, value)
    store, oracle = open_it(), ExactStore(dim=DIM)
    ids = np.arange(-20, 100, dtype=np.int64)
    for each in (store, oracle):
        each.add(ids, directions[ids % 12])
        each.remove(some(-1, 5, 404))
    store.flush()
    check_like_oracle(store, oracle, directions[0], ids)
    for each in (store, oracle):
        each.add(some(0, 7, 200), directions[[3, 0, 0]])
        each.remove(some(12, 24, 200, 99))
        each.add(some(24, 201), directions[[1, 0]])
    check_like_oracle(store, oracle, directions[0], ids)
    store.flush()
    check_like_oracle(open_it(), oracle, directions[0], ids)


def test_more_ties_than_a_server_returns_at_once(
    open_it: Open, directions: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that tie with the last come back even so."""
    from pullquote.index.stores import milvus

    monkeypatch.setattr(milvus, "MOST", 20)
    store = open_it()
    store.add(np.arange(50), directions[[0] * 40 + [1] * 10])
    store.flush()
    assert store.search(directions[0], 2)[0].tolist() == list(range(40))
    assert len(store.search(directions[0], 45)[0]) == 50


def test_what_a_dead_flush_wrote_never_shows(
    open_it: Open, directions: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither at once nor after the next flush, which is another's."""
    from pullquote.index.stores.collection import Collection

    store = open_it()
    store.add(some(1), directions[:1])
    store.flush()
    store.add(some(2), directions[:1])

    def die(_: Collection) -> None:
        raise StoreError("gone")

    with monkeypatch.context() as patch, pytest.raises(StoreError, match="gone"):
        patch.setattr(Collection, "flush", die)
        store.flush()
    again = open_it()
    assert again.ids().tolist() == again.search(directions[0], 5)[0].tolist() == [1]
    again.add(some(3), directions[:1])
    again.flush()
    for reader in (again, open_it()):
        assert reader.ids().tolist() == reader.search(directions[0], 5)[0].tolist() == [1, 3]


def test_a_fresh_store_takes_the_old_ones_place_at_its_flush(
    open_it: Open, directions: Vectors, uri: str, tmp_path: Path
) -> None:
    """Until then the old one answers, to those who have it open even a little longer."""
    old = open_it()
    old.add(some(1, 2), directions[:2])
    old.flush()
    open_it(fresh=True).add(some(8), directions[:1])  # and dies
    fresh = open_it(fresh=True)
    assert fresh.ids().tolist() == []
    fresh.add(some(9), directions[:1])
    assert open_it().ids().tolist() == [1, 2]
    fresh.flush()
    assert open_it().ids().tolist() == [9]
    assert old.search(directions[0], 1)[0].tolist() == [1]
    fresh.add(some(10), directions[:1])
    fresh.flush()
    assert collections(uri, tmp_path) == 1


def collections(uri: str, folder: Path) -> int:
    """Count the collections of an index."""
    from pymilvus import MilvusClient

    prefix = place_of(folder).prefix
    return sum(name.startswith(prefix) for name in MilvusClient(uri).list_collections())


def place_of(folder: Path) -> Place:
    """Return where an index keeps its vectors."""
    place = read_place(folder)
    assert place is not None
    return place


def test_a_store_that_outgrows_full_scans_moves_beside_its_readers(
    open_it: Open, directions: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is lost on the way, and the graph finds what a scan finds."""
    from pullquote.index.stores import milvus

    monkeypatch.setattr(milvus, "_EXACT_ROWS", 50)
    store, oracle = open_it(), ExactStore(dim=DIM)
    ids = np.arange(90, dtype=np.int64)
    store.add(ids[:40], directions[ids[:40] % 12])
    store.flush()
    reader = open_it()
    before = reader.search(directions[0], 3)[0].tolist()
    store.add(ids[30:], directions[ids[30:] % 12])
    store.flush()
    assert reader.search(directions[0], 3)[0].tolist() == before
    oracle.add(ids, directions[ids % 12])
    check_like_oracle(open_it(), oracle, directions[0], ids)


def test_vectors_of_another_embedder_are_told(open_it: Open, uri: str, tmp_path: Path) -> None:
    """One line says what is there, what is wanted and what to run."""
    store = open_it()
    store.add(some(1), np.ones((1, DIM), np.float32))
    store.flush()
    with pytest.raises(IndexCorrupt, match=r"16-number vectors .* makes 8; run: .* --rebuild"):
        open_store(uri, folder=tmp_path, dim=8)
    assert open_store(uri, folder=tmp_path, dim=8, fresh=True).ids().tolist() == []


def test_a_damaged_place_is_told(open_it: Open, tmp_path: Path) -> None:
    """One line names the file and the cure, and a rebuild starts anew."""
    (tmp_path / PLACE_FILE).write_text("{")
    with pytest.raises(IndexCorrupt, match=r"milvus.json: is damaged; run: .* --rebuild"):
        open_it()
    assert open_it(fresh=True).ids().tolist() == []


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://127.0.0.1:9", "does not answer .*; start it or check the address"),
        ("http://me:sesame@127.0.0.1:9", "holds a login; .* PULLQUOTE_MILVUS_TOKEN"),
        ("http://127.0.0.1:99999", "is no address"),
        ("nowhere/vectors.db", "its folder must be there"),
    ],
)
def test_what_is_wrong_is_told_in_one_line_without_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, told: str
) -> None:
    """Neither a login in the address nor the token shows."""
    need_client()
    monkeypatch.setenv("PULLQUOTE_MILVUS_TOKEN", "root:sesame")
    with pytest.raises(StoreError, match=told) as caught:
        open_store(address, folder=tmp_path, dim=4)
    assert "sesame" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_without_the_extra_the_command_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address of Milvus says what to install."""
    monkeypatch.setattr(stores, "find_spec", lambda name: None)
    for address in ("http://127.0.0.1:9", str(tmp_path / "vectors.db")):
        with pytest.raises(StoreError, match=r"pip install 'pullquote\[milvus\]'"):
            open_store(address, folder=tmp_path, dim=4)


def test_nothing_of_milvus_is_imported_unless_asked_for(tmp_path: Path) -> None:
    """A store in a file loads no client of a server."""
    program = (
        "import sys; from pathlib import Path; from pullquote.index.stores import open_store;"
        f"open_store('faiss', folder=Path({str(tmp_path)!r}), dim=4);"
        "sys.exit(bool({'pymilvus', 'grpc', 'milvus_lite'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


def test_a_copied_folder_parts_from_the_collection_it_was_copied_with(
    open_it: Open,
    directions: Vectors,
    uri: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With its first flush, be that of removals or a rebuild; a folder that was moved does not."""
    (home := tmp_path / "home").mkdir()
    first = open_store(uri, folder=home, dim=DIM)
    first.add(some(1, 2, 3), directions[:3])
    first.flush()
    changes: dict[str, Callable[[VectorStore], None]] = {
        "added": lambda store: store.add(some(4), directions[3:4]),
        "removed": lambda store: store.remove(some(2)),
    }
    for name, change in changes.items():
        shutil.copytree(home, copy := tmp_path / name)
        store = open_store(uri, folder=copy, dim=DIM)
        assert store.ids().tolist() == [1, 2, 3]
        change(store)
        store.flush()
        (told,) = said_by_us(caplog)
        assert f"{copy}: is a copy of {home}, so its 3 vectors" in told
        caplog.clear()
        assert place_of(copy).collection != place_of(home).collection
    fresh = open_store(uri, folder=shutil.copytree(home, tmp_path / "built"), dim=DIM, fresh=True)
    for number in (5, 6):
        fresh.add(some(number), directions[:1])
        fresh.flush()
    for name, left in {
        "home": [1, 2, 3], "added": [1, 2, 3, 4], "removed": [1, 3], "built": [5, 6]
    }.items():  # fmt: skip
        found = open_store(uri, folder=tmp_path / name, dim=DIM)
        assert found.ids().tolist() == left
        assert sorted(found.search(directions[0], 9)[0].tolist()) == left
    before = place_of(home).collection
    moved = open_store(uri, folder=home.rename(tmp_path / "moved"), dim=DIM)
    moved.remove(some(1))
    moved.flush()
    assert place_of(tmp_path / "moved").collection == before
    assert said_by_us(caplog) == []


def said_by_us(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was logged, but for what libraries say."""
    return [each.getMessage() for each in caplog.records if each.name.startswith("pullquote")]
