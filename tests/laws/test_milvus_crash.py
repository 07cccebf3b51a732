"""Law 3 over Milvus: a refresh that is killed, wherever it is, costs nothing."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

from pullquote import Chatbot, Settings
from pullquote.index.catalog import Catalog
from pullquote.index.stores.place import read_place
from tests.conftest import SMALL
from tests.fakes import WordEmbedder, fill
from tests.laws.test_milvus_index import ROOT, a_bot, said

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")

# From one to the other, articles come, change and go.
STATES = (
    SMALL,
    {
        "amazon.md": SMALL["amazon.md"].replace("$100 billion", "$120 billion"),
        "bees.md": SMALL["bees.md"],
        "zebras.md": "# Zebras\n\nZebras crossed the harbour at noon.\n",
    },
)
NONE: tuple[dict[str, Any], ...] = ({},)
_STRIDES = {True: 3, False: 4}  # over a file and over a server: each round takes seconds
_STEPS = 10  # there are at least so many
_SOON_SECONDS = 0.004  # by then a call is under way


class Doom:
    """Kills this process at the n-th step of a refresh: before it, or while it goes on."""

    def __init__(self, at: int) -> None:
        self._at, self.steps = at, 0

    def wrap(self, owner: object, name: str) -> None:
        """Have a function count as a step."""
        call: Callable[..., Any] = getattr(owner, name)

        @wraps(call)
        def step(*words: object, **named: object) -> object:
            self.steps += 1
            if self.steps == self._at:
                die()
            if self.steps == -self._at:
                threading.Timer(_SOON_SECONDS, die).start()
            return call(*words, **named)

        setattr(owner, name, step)


def die() -> None:
    """End at once, as if someone had pulled the plug of this process."""
    os.kill(os.getpid(), signal.SIGKILL)


def refresh_and_die(corpus: str, index: str, uri: str, rebuild: str, at: str) -> None:
    """Refresh and be killed at a step; live if there are fewer."""
    from pullquote.index.stores import milvus
    from pullquote.index.stores.server import Server

    doom = Doom(int(at))
    for owner, name in (
        (Server, "call"), (milvus, "write_place"), (Catalog, "keep_vectors"), (Catalog, "commit")
    ):  # fmt: skip
        doom.wrap(owner, name)
    a_bot(Path(corpus), Path(index), uri).refresh(rebuild=rebuild == "rebuild")


def dies_refreshing(bot: Chatbot, uri: str, kind: str, at: int) -> bool:
    """Refresh in another process and tell whether it was killed."""
    program = "import sys; from tests.laws import test_milvus_crash as t; t.refresh_and_die"
    words = [str(bot.corpus), str(bot.embeddings), uri, kind, str(at)]
    done = subprocess.run([sys.executable, "-c", f"{program}(*sys.argv[1:])", *words], cwd=ROOT)
    assert done.returncode in (0, -signal.SIGKILL)
    return done.returncode != 0


def leave(uri: str) -> None:
    """Let go of a file of Milvus Lite, which one process at a time may use."""
    if uri.endswith(".db"):
        from milvus_lite.server_manager import server_manager_instance

        server_manager_instance.release_server(uri)


def rows_of(uri: str, index: Path) -> list[int]:
    """Return the id of every row that the server has of an index, seen by readers or not."""
    from pymilvus import MilvusClient

    place = read_place(index)
    assert place is not None
    client = MilvusClient(uri)
    named = [name for name in client.list_collections() if name.startswith(place.prefix)]
    assert place.collection in named
    assert len(named) <= 2  # one may stay for those who are reading it
    found = client.query(
        place.collection, filter="flush >= 0", output_fields=["id"], consistency_level="Strong"
    )
    return sorted(row["id"] for row in found)


def vectors_in_use(index: Path) -> list[int]:
    """Return the ids of the vectors that passages use."""
    with Catalog(index).reading() as view:
        ids: list[int] = view.vector_ids(used=True).tolist()
        return ids


@pytest.fixture(params=["milvus_lite", "milvus_server"])
def uri(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return what names a Milvus store: a file of this test's own, then a server."""
    there = str(request.getfixturevalue(request.param))
    return str(tmp_path / "vectors.db") if there.endswith(".db") else there


@pytest.mark.parametrize("kind", ["edit", "rebuild"])
def test_a_refresh_that_is_killed_costs_nothing(uri: str, kind: str, tmp_path: Path) -> None:
    """Before each step, and while it goes on: all is as before or after, and is mended at once.

    One refresh later the index is that of a clean build, and the server has each vector once.
    """
    corpora = [fill(tmp_path / str(number), files) for number, files in enumerate(STATES)]
    clean = [a_bot(corpus, tmp_path / f"clean{corpus.name}", "faiss") for corpus in corpora]
    for bot in clean:
        bot.refresh()
    wanted = [said(bot, filters=NONE) for bot in clean]

    def a_reader(state: int) -> Chatbot:
        return Chatbot(
            corpora[state],
            embeddings=tmp_path / "index",
            embedder=WordEmbedder(),
            store=uri,
            reader=None,
            settings=Settings(reread=False),
        )

    a_reader(0).refresh()
    leave(uri)
    state, step, lived = 0, 1, False
    while not lived:
        state, before = 1 - state, state
        for at in (step, -step):
            died = dies_refreshing(a_reader(state), uri, kind, at)
            lived = lived or (at > 0 and not died)
            heard = [said(a_reader(number), filters=NONE) for number in (before, state)]
            assert (heard[0] == wanted[before]) or (heard[1] == wanted[state]), (step, at)
            leave(uri)
        bot = a_reader(state)
        bot.refresh()
        assert said(bot, filters=NONE) == wanted[state], step
        assert rows_of(uri, bot.embeddings) == vectors_in_use(bot.embeddings), step
        assert bot.refresh().embedded == 0
        leave(uri)
        step += _STRIDES[uri.endswith(".db")]
    assert step > _STEPS
