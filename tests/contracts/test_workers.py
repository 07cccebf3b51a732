"""Processes that embed: the same bits as alone, whoever dies, and none outlives its parent."""

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from pullquote import Chatbot, Embedder, InputError, ModelError, WorkersLost
from pullquote.encoders import BUNDLED, OpenVinoEmbedder, hire
from pullquote.encoders.conversion import find_converted
from pullquote.encoders.models import find_folder
from tests.fakes import ExactStore, WordEmbedder, fill
from tests.mortals import Estranged, Mortal, windows_of

TEXTS = [f"tram {n} is late again" if n != 9 else "hemlock for tea" for n in range(40)]


def embed_by_two(embedder: Embedder) -> list[tuple[int, bytes, bytes]]:
    """Return id, vector and sentence vectors of each text as two processes make them."""
    workers = hire(embedder, embedder, count=2, ray=None)
    return [
        (number, vector.tobytes(), sentences.tobytes())
        for window, found in workers.embed_each(windows_of(TEXTS, size=4))
        for number, vector, sentences in zip(
            window.ids, found.passages, found.sentences, strict=True
        )
    ]


def embed_alone() -> list[tuple[int, bytes, bytes]]:
    """Return the same as one process makes it."""
    found = WordEmbedder().embed_passages(TEXTS, [[(0, len(t.split()[0]))] for t in TEXTS])
    return [
        (number, found.passages[number].tobytes(), found.sentences[number].tobytes())
        for number in range(len(TEXTS))
    ]


def test_two_workers_make_the_index_that_one_process_makes(tmp_path: Path) -> None:
    """Bit for bit, vectors of passages and of sentences, with the bundled model."""
    corpus = fill(
        tmp_path / "corpus",
        {
            f"{n}.md": f"# Line {n}\n\n"
            + f"Tram {n} runs every {n % 7 + 2} minutes, {n * 37 % 11} of them late. " * (n % 5 + 1)
            for n in range(150)
        },
    )
    made = []
    for workers in (None, 2):
        store = ExactStore(dim=384)
        folder = tmp_path / f"index-{workers}"
        report = Chatbot(corpus, embeddings=folder, store=store).refresh(workers=workers)
        assert report.embedded >= 150
        (path,) = folder.glob("*.db")
        with sqlite3.connect(path) as connection:
            rows = connection.execute("SELECT * FROM vectors ORDER BY id").fetchall()
        connection.close()
        found = {number: store._rows[number].tobytes() for number in store.ids().tolist()}
        made.append((found, rows))
    assert made[0] == made[1]


def test_the_number_of_threads_changes_no_bit() -> None:
    """So it can be shared out between workers."""
    folder = find_converted(find_folder(BUNDLED))
    one, two = (
        OpenVinoEmbedder(folder, threads=threads).embed_passages(TEXTS, [[(0, 4)]] * len(TEXTS))
        for threads in (1, 2)
    )
    assert (one.passages == two.passages).all()
    assert (np.concatenate(one.sentences) == np.concatenate(two.sentences)).all()


def test_a_killed_worker_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    """Its part is done again by another."""
    found = embed_by_two(Mortal(tmp_path / "lives", number=2))
    assert list((tmp_path / "lives").iterdir()) == []
    assert found == embed_alone()


def test_workers_that_keep_dying_end_a_refresh_that_can_go_on_later(tmp_path: Path) -> None:
    """One line says so; without the trouble, the next refresh ends it."""
    corpus = fill(tmp_path / "corpus", {f"{n}.md": f"{t}, {n}\n" for n, t in enumerate(TEXTS * 4)})
    mortal = Mortal(tmp_path / "lives", number=100)
    bot = Chatbot(corpus, embeddings=tmp_path / "index", embedder=mortal)
    with pytest.raises(WorkersLost, match="run again") as caught:
        bot.refresh(workers=2)
    assert "\n" not in str(caught.value)
    for life in (tmp_path / "lives").iterdir():
        life.unlink()
    assert bot.refresh().added == 160
    assert bot.refresh(workers=2).embedded == 0


def test_a_worker_of_another_recipe_is_refused() -> None:
    """Vectors of two recipes cannot be compared."""
    with pytest.raises(ModelError, match=r"embeds by another recipe \(estranged, here words/64\)"):
        embed_by_two(Estranged())


def test_an_embedder_that_cannot_travel_is_named() -> None:
    """Before anybody is started."""
    embedder = WordEmbedder()
    embedder.lock = (word for word in "ab")  # type: ignore[attr-defined]
    with pytest.raises(InputError, match="the embedder cannot be sent to workers"):
        embed_by_two(embedder)


def is_running(pid: int) -> bool:
    """Tell whether a process is there and no zombie."""
    with suppress(FileNotFoundError, ProcessLookupError):
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8")
        return stat.rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.fixture
def pids(tmp_path: Path) -> Iterator[Path]:
    """Return a folder for process ids; what they name is ended at last."""
    folder = tmp_path / "pids"
    folder.mkdir()
    yield folder
    for path in folder.iterdir():
        with suppress(ProcessLookupError):
            os.kill(int(path.name), signal.SIGKILL)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks processes up in /proc")
def test_workers_end_when_their_parent_is_killed(tmp_path: Path, pids: Path) -> None:
    """SIGKILL leaves a parent no time to tell them."""
    script = tmp_path / "parent.py"
    code = f"""
        from pathlib import Path
        from pullquote.encoders import hire
        from tests.mortals import Slow, windows_of

        if __name__ == "__main__":
            slow = Slow(Path({str(pids)!r}))
            workers = hire(slow, slow, count=2, ray=None)
            list(workers.embed_each(windows_of(["tram"] * 400, size=1)))
    """
    script.write_text(textwrap.dedent(code), "utf-8")
    path = os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])
    with subprocess.Popen(
        [sys.executable, str(script)], env=os.environ | {"PYTHONPATH": path}
    ) as parent:
        deadline = time.monotonic() + 60
        while len(list(pids.iterdir())) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        parent.kill()
    found = [int(path.name) for path in pids.iterdir()]
    assert len(found) == 2
    deadline = time.monotonic() + 20
    while any(map(is_running, found)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(is_running, found))
