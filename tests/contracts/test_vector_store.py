"""What every vector store promises; a new engine is added to ENGINES and must pass unchanged."""

import os
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pullquote import IndexCorrupt, StoreError, VectorStore
from pullquote.index.stores import open_store
from pullquote.index.stores.faiss import FaissStore
from pullquote.protocols import Ids, Vector
from tests.fakes import ExactStore

ENGINES = ("exact", "faiss", "faiss codes", "milvus lite", "milvus server")
BIG = (1 << 63) - 1  # ids use all 63 bits


def uri_of(engine: str, request: pytest.FixtureRequest) -> str:
    """Return what names an engine; skip the test where it is not installed."""
    if engine == "faiss":
        return engine
    name = "milvus_lite" if engine == "milvus lite" else "milvus_server"
    return str(request.getfixturevalue(name))


@pytest.fixture(params=ENGINES)
def open_it(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], VectorStore]:
    """Return a function that opens the store in one folder, again and again."""
    if request.param == "exact":
        return lambda: ExactStore(tmp_path / "vectors.npz", dim=4)
    if request.param == "faiss codes":
        return lambda: FaissStore(tmp_path / "vectors", dim=4, large=0)
    uri = uri_of(request.param, request)
    return lambda: open_store(uri, folder=tmp_path, dim=4)


@pytest.fixture
def store(open_it: Callable[[], VectorStore]) -> VectorStore:
    """Return an empty store."""
    return open_it()


def numbers(*ids: int) -> Ids:
    """Return ids as the protocol wants them."""
    return np.array(ids, np.int64)


def unit(*components: float) -> Vector:
    """Return a vector of length 1."""
    vector = np.array(components, np.float32)
    return vector / np.linalg.norm(vector)


def rows(*vectors: Vector) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Return vectors as rows."""
    return np.array(vectors, np.float32)


EAST, NORTH, BETWEEN = unit(1, 0, 0, 0), unit(0, 1, 0, 0), unit(1, 1, 0, 0)


def search(store: VectorStore, k: int, **allowed: Ids) -> list[tuple[int, float]]:
    """Look east and return (id, score) pairs."""
    ids, scores = store.search(EAST, k, **allowed)
    assert [ids.dtype, scores.dtype] == [np.dtype(np.int64), np.dtype(np.float32)]
    return [(n, round(score, 4)) for n, score in zip(ids.tolist(), scores.tolist(), strict=True)]


def test_search_is_by_inner_product_best_first(store: VectorStore) -> None:
    """The nearest row comes first, with its inner product."""
    store.add(numbers(1, 2, BIG), rows(NORTH, BETWEEN, EAST))
    assert search(store, 3) == [(BIG, 1.0), (2, 0.7071), (1, 0.0)]


def test_an_equal_id_replaces_the_row(store: VectorStore) -> None:
    """The later vector stands, whether it comes in another call or in the same one."""
    store.add(numbers(7), rows(NORTH))
    store.add(numbers(7), rows(EAST))
    assert search(store, 5) == [(7, 1.0)]
    store.add(numbers(7, 7), rows(EAST, BETWEEN))
    assert search(store, 5) == [(7, 0.7071)]


def test_ties_come_by_id_whatever_came_first(store: VectorStore) -> None:
    """Rows of equal score are ordered by id."""
    store.add(numbers(30, 10), rows(EAST, EAST))
    store.add(numbers(20), rows(EAST))
    assert [number for number, _ in search(store, 3)] == [10, 20, 30]


def test_all_that_tie_at_the_last_place_are_returned(store: VectorStore) -> None:
    """With k = 2 and forty rows tied for the second place, forty-one come back."""
    store.add(numbers(99), rows(EAST))
    store.add(np.arange(40, 0, -1), rows(*[BETWEEN] * 40))
    store.add(numbers(50), rows(NORTH))
    assert [number for number, _ in search(store, 2)] == [99, *range(1, 41)]


def test_a_filter_is_exact(store: VectorStore) -> None:
    """Only allowed ids come back, the best of them, and unknown allowed ids are ignored."""
    store.add(np.arange(1, 31), rows(*[EAST] * 29, BETWEEN))
    assert search(store, 5, allowed=numbers(30, 12, 777)) == [(12, 1.0), (30, 0.7071)]
    assert search(store, 1, allowed=numbers(30, 12)) == [(12, 1.0)]
    assert search(store, 5, allowed=numbers()) == []


def test_k_may_be_larger_than_the_store_or_zero(store: VectorStore) -> None:
    """What is there is returned, and nothing is made up."""
    store.add(numbers(1, 2), rows(EAST, NORTH))
    assert search(store, 1000) == [(1, 1.0), (2, 0.0)]
    assert search(store, 0) == []


def test_an_empty_store_finds_nothing(store: VectorStore) -> None:
    """Nothing added, nothing found, nothing to list."""
    assert search(store, 5) == []
    assert search(store, 5, allowed=numbers(1)) == []
    assert store.ids().tolist() == []


def test_removed_rows_are_gone_and_unknown_ids_are_ignored(store: VectorStore) -> None:
    """Removing what is not there changes nothing."""
    store.remove(numbers(5))
    store.add(numbers(1, 2, 3), rows(EAST, EAST, NORTH))
    store.remove(numbers(1, 404))
    assert search(store, 5) == [(2, 1.0), (3, 0.0)]
    store.remove(numbers())
    store.remove(numbers(2, 3))
    assert search(store, 5) == []


def test_ids_ascend(store: VectorStore) -> None:
    """Every id comes once, in order, as int64."""
    store.add(numbers(BIG, 3), rows(EAST, NORTH))
    store.add(numbers(2, 3), rows(EAST, NORTH))
    assert store.ids().tolist() == [2, 3, BIG]
    assert store.ids().dtype == np.dtype(np.int64)


def test_vectors_of_another_length_are_refused(store: VectorStore) -> None:
    """A wrong dimension raises StoreError and adds nothing."""
    with pytest.raises(StoreError, match=r"\(1, 3\)"):
        store.add(numbers(1), np.ones((1, 3), np.float32))
    assert store.ids().tolist() == []


def test_what_was_flushed_is_there_again(open_it: Callable[[], VectorStore]) -> None:
    """A reopened store lists and ranks the same; what was not flushed is not there."""
    store = open_it()
    store.add(numbers(1, 2, BIG), rows(NORTH, BETWEEN, EAST))
    store.remove(numbers(1))
    store.flush()
    before = search(store, 5)
    store.add(numbers(4), rows(EAST))
    again = open_it()
    assert again.ids().tolist() == [2, BIG]
    assert search(again, 5) == before


def test_a_flush_that_fails_leaves_the_old_state(
    open_it: Callable[[], VectorStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk raises StoreError; reopened, the store is as it was flushed before."""
    store = open_it()
    store.add(numbers(1), rows(EAST))
    store.flush()
    store.add(numbers(2), rows(EAST))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", full)
        with pytest.raises(StoreError, match="No space left on device"):
            store.flush()
    assert open_it().ids().tolist() == [1]
    store.flush()
    assert open_it().ids().tolist() == [1, 2]


def test_a_flush_leaves_one_file(open_it: Callable[[], VectorStore], tmp_path: Path) -> None:
    """Nothing half-written lies about afterwards."""
    store = open_it()
    store.add(numbers(1), rows(EAST))
    store.flush()
    store.flush()
    assert len(list(tmp_path.iterdir())) == 1


# What may happen to a store: rows of a few directions (so that many tie) come and go.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "remove"]),
        st.lists(st.tuples(st.integers(0, 60), st.integers(0, 7)), max_size=40),
    ),
    max_size=6,
)


@settings(max_examples=60)
@given(steps=STEPS, k=st.integers(1, 30), allowed=st.none() | st.sets(st.integers(0, 60)))
def test_faiss_agrees_with_the_oracle(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[str, list[tuple[int, int]]]],
    k: int,
    allowed: set[int] | None,
) -> None:
    """After any history both engines list the same ids and return the same ranking."""
    folder = tmp_path_factory.getbasetemp()
    stores = ExactStore(dim=64), open_store("faiss", folder=folder / "none", dim=64)
    directions = np.random.default_rng(0).normal(size=(8, 64)).astype(np.float32)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    for verb, pairs in steps:
        ids = numbers(*(number for number, _ in pairs))
        for store in stores:
            if verb == "add":
                store.add(ids, directions[[way for _, way in pairs]].reshape(-1, 64))
            else:
                store.remove(ids)
    within = None if allowed is None else numbers(*sorted(allowed))
    exact, found = (store.search(directions[0], k, allowed=within) for store in stores)
    assert found[0].tolist() == exact[0].tolist()
    assert found[1].tolist() == exact[1].tolist()
    assert stores[1].ids().tolist() == stores[0].ids().tolist()


@pytest.mark.parametrize("part", [0.002, 0.01, 0.04, 0.06, 0.5, 0.99, 1.0])
def test_a_filter_of_any_width_is_exact(tmp_path: Path, part: float) -> None:
    """Few rows are compared one by one, many are searched around the others; after a change too."""
    random = np.random.default_rng(8)
    vectors = random.normal(size=(3000, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = random.permutation(np.arange(3000, dtype=np.int64)) * 7
    exact, found = ExactStore(dim=16), open_store("faiss", folder=tmp_path, dim=16)
    allowed = random.choice(ids, size=int(part * len(ids)), replace=False)
    for turn in range(2):
        for store in (exact, found):
            if turn:
                store.remove(ids[::3])
            else:
                store.add(ids, vectors)
        for k in (1, 10, 3000):
            wanted = exact.search(vectors[5], k, allowed=allowed)
            got = found.search(vectors[5], k, allowed=allowed)
            assert [part.tolist() for part in got] == [part.tolist() for part in wanted]


def test_scores_do_not_depend_on_what_lies_beside_a_row(tmp_path: Path) -> None:
    """Above 10,000 rows FAISS sums in another order; the last bits must not show."""
    vectors = np.random.default_rng(3).normal(size=(12_000, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    large = open_store("faiss", folder=tmp_path, dim=8)
    large.add(np.arange(12_000), vectors)
    small = open_store("faiss", folder=tmp_path, dim=8)
    small.add(np.arange(6_000), vectors[:6_000])
    for query in vectors[:4]:
        ids, scores = large.search(query, 12_000)
        there = dict(zip(ids.tolist(), scores.tolist(), strict=True))
        ids, scores = small.search(query, 6_000)
        assert scores.tolist() == [there[number] for number in ids.tolist()]


@pytest.mark.parametrize("damage", ["truncated", "garbage", "empty", "another kind", "another dim"])
@pytest.mark.parametrize("name", ["manifest", "1.log", "1.rows"])
def test_a_damaged_faiss_file_is_named_with_the_cure(
    tmp_path: Path, name: str, damage: str
) -> None:
    """Whatever is wrong with the file, one line names it and the command to run."""
    store = open_store("faiss", folder=tmp_path, dim=4)
    store.add(np.arange(50), rows(*[EAST] * 50))
    store.flush()
    file = tmp_path / "vectors" / name
    data = file.read_bytes()
    if damage == "another kind":
        faiss.write_index(faiss.IndexFlatL2(4), str(file))
    elif damage == "another dim":
        faiss.write_index(faiss.IndexIDMap2(faiss.IndexFlatIP(5)), str(file))
    else:
        file.write_bytes(
            {"truncated": data[: len(data) // 2], "garbage": os.urandom(200), "empty": b""}[damage]
        )
    with pytest.raises(IndexCorrupt) as caught:
        open_store("faiss", folder=tmp_path, dim=4)
    message = str(caught.value)
    assert str(file) in message
    assert "pullquote refresh --rebuild" in message
    assert "\n" not in message


def test_an_unknown_engine_is_refused(tmp_path: Path) -> None:
    """An address nobody serves says what would be served."""
    with pytest.raises(StoreError, match="use 'faiss'"):
        open_store("qdrant://here", folder=tmp_path, dim=4)
