"""Actors that embed: the same bits as alone, whoever dies; `make test-ray` runs this."""

import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pullquote.encoders.cluster
from pullquote import Chatbot, Embedder, InputError, ModelError, WorkersLost
from pullquote.encoders import BUNDLED, hire
from pullquote.protocols import Ids, Vectors
from tests.fakes import ExactStore, WordEmbedder, fill
from tests.mortals import Estranged, Mortal, windows_of

ray = pytest.importorskip("ray", reason="the extra pullquote[ray] is not installed")
pytestmark = [
    pytest.mark.enable_socket,  # Ray insists on the machine's own address
    pytest.mark.filterwarnings("default"),  # Ray's own are no concern of ours
]

TEXTS = [f"tram {n} is late again" if n != 9 else "hemlock for tea" for n in range(80)]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Start a cluster of two machines of two cores, without models, beside one that only leads."""
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("there")))
        made = Cluster(
            initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False}
        )
        for _ in range(2):
            made.add_node(num_cpus=2)
    yield made
    made.shutdown()


def embed_on(address: str, embedder: Embedder) -> list[tuple[int, bytes, bytes]]:
    """Return id, vector and sentence vectors of each text as the cluster makes them."""
    workers = hire(embedder, embedder, count=None, ray=address)
    return [
        (number, vector.tobytes(), sentences.tobytes())
        for window, found in workers.embed_each(windows_of(TEXTS, size=4))
        for number, vector, sentences in zip(
            window.ids, found.passages, found.sentences, strict=True
        )
    ]


def test_a_killed_actor_loses_nothing_and_doubles_nothing(cluster: Any, tmp_path: Path) -> None:  # noqa: ANN401
    """Its part is done again by another."""
    found = embed_on(cluster.address, Mortal(tmp_path / "lives", number=2))
    assert list((tmp_path / "lives").iterdir()) == []
    wanted = WordEmbedder().embed_passages(TEXTS, [[(0, len(t.split()[0]))] for t in TEXTS])
    assert found == [
        (number, wanted.passages[number].tobytes(), wanted.sentences[number].tobytes())
        for number in range(len(TEXTS))
    ]


def test_actors_that_keep_dying_end_it_in_one_line(cluster: Any, tmp_path: Path) -> None:  # noqa: ANN401
    """After a bounded number of deaths."""
    with pytest.raises(WorkersLost, match="died 4 times") as caught:
        embed_on(cluster.address, Mortal(tmp_path / "lives", number=100))
    assert "\n" not in str(caught.value)


def test_an_actor_of_another_recipe_is_refused_by_name(cluster: Any) -> None:  # noqa: ANN401
    """With the machine's name and both recipes."""
    with pytest.raises(ModelError, match=r"\(estranged, here words/64\)"):
        embed_on(cluster.address, Estranged())


def test_a_model_is_sent_to_machines_that_lack_it(
    cluster: Any,  # noqa: ANN401
    bundled: Embedder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They share this disk, but not what is on it by another digest."""
    monkeypatch.setattr(pullquote.encoders.cluster, "digest_of_folder", lambda _: "f" * 64)
    windows = windows_of(TEXTS[:8], size=2)
    workers = hire(BUNDLED, bundled, count=2, ray=cluster.address)
    for window, found in workers.embed_each(windows):
        wanted = bundled.embed_passages(window.texts, window.places)
        assert (found.passages == wanted.passages).all()


def test_an_address_that_nobody_answers_is_named() -> None:
    """In one line, and soon."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for address in (f"127.0.0.1:{port}", f"ray://127.0.0.1:{port}"):
        with pytest.raises(WorkersLost, match=f"{address}: no Ray cluster answers") as caught:
            embed_on(address, WordEmbedder())
        assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="no address of a Ray cluster"):
        embed_on("host:many", WordEmbedder())


class OnceStore(ExactStore):
    """Refuses an id that it has been given before."""

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add rows that are new."""
        assert not np.isin(ids, self.ids()).any()
        super().add(ids, vectors)


def test_a_lost_machine_changes_nothing_in_the_index(cluster: Any, tmp_path: Path) -> None:  # noqa: ANN401
    """Removed mid-way, its part is done by the other, and no vector is written twice."""
    corpus = fill(
        tmp_path / "corpus",
        {
            f"{n}.md": f"# Line {n}\n\n"
            + f"Tram {n} runs every {n % 7 + 2} minutes, {n * 37 % 11} of them late. " * (n % 5 + 1)
            for n in range(1200)
        },
    )
    removed: list[int] = []

    def remove_one(step: str, done: int, total: int) -> None:
        if step == "Embedding passages" and done >= 256 and not removed:
            cluster.remove_node(max(cluster.worker_nodes, key=id), allow_graceful=False)
            removed.append(done)

    made = []
    for address in (None, cluster.address):
        store, folder = OnceStore(dim=384), tmp_path / f"index-{address is None}"
        bot = Chatbot(corpus, embeddings=folder, store=store)
        report = bot.refresh(ray=address, progress=remove_one if address else None)
        assert report.embedded >= 1200
        (path,) = folder.glob("*.db")
        with sqlite3.connect(path) as connection:
            rows = connection.execute("SELECT * FROM vectors ORDER BY id").fetchall()
        connection.close()
        found = {number: store._rows[number].tobytes() for number in store.ids().tolist()}
        made.append((found, rows))
    assert made[0] == made[1]
    assert removed
    cluster.add_node(num_cpus=2)
