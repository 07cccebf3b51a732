"""Law 3, with real processes and SIGKILL; and damage to each file of an index."""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from benchmarks.trust import crash, damage
from pullquote import Chatbot, IndexCorrupt
from pullquote.index.lock import HALF, only_writer
from pullquote.index.stores.faiss import FaissStore
from tests.fakes import WordEmbedder, fill

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL and forkserver are POSIX")


def test_a_refresh_survives_sigkill_at_any_moment(tmp_path: Path) -> None:
    """Ten kills: each index left answers, and one refresh makes it equal to a clean build."""
    figures = crash.kill(tmp_path, kills=10, seed=11, articles=40, real=False)
    assert figures["failed"] == []
    assert figures["kills"] >= 10
    assert figures["kills"] > figures["while_starting"] + figures["while_done"]


def test_damage_is_told_in_one_line_or_harmless_and_is_cured(tmp_path: Path) -> None:
    """Every file of the index once: cut, flipped, overwritten, emptied or removed."""
    figures = damage.hurt(tmp_path, cases=10, seed=5, articles=12)
    assert figures["failed"] == []
    assert figures["told"] >= 3


def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    """Files that may not grow stop a refresh; without the limit the next one is whole."""
    figures = damage.fill_disks(tmp_path, limits=3, seed=6, articles=20, disk=False)
    assert figures["failed"] == []
    assert figures["refused"] >= 1


def test_words_that_rotted_in_the_catalog_are_never_quoted(tmp_path: Path) -> None:
    """A text that is not what it was, in a file that is, is told of and cured by a rebuild."""
    corpus = fill(tmp_path / "corpus", {"a.md": "# Gulls\n\nThe harbour has nine gulls.\n"})
    bot = Chatbot(corpus, embeddings=tmp_path / "index", embedder=WordEmbedder(), reader=None)
    bot.refresh()
    with closing(sqlite3.connect(tmp_path / "index" / "catalog.db")) as connection:
        connection.execute("UPDATE articles SET text = replace(text, 'nine', 'five')")
        connection.commit()
    rotten = Chatbot(corpus, embeddings=tmp_path / "index", embedder=WordEmbedder(), reader=None)
    with pytest.raises(IndexCorrupt, match="run: pullquote refresh --rebuild"):
        rotten.ask("How many gulls has the harbour?")
    rotten.refresh(rebuild=True)
    (quote, *_) = rotten.ask("How many gulls has the harbour?").quotes
    assert quote.source == "The harbour has nine gulls."


def test_the_next_writer_removes_what_is_half_written(tmp_path: Path) -> None:
    """Files of others stay, and when it is done nobody is named as the writer."""
    (tmp_path / f"catalog.db{HALF}").write_bytes(b"half")
    (tmp_path / "notes.part").write_bytes(b"mine")
    with only_writer(tmp_path):
        assert sorted(path.name for path in tmp_path.iterdir()) == [
            "notes.part", "writer.lock", "writer.pid"
        ]  # fmt: skip
    assert not (tmp_path / "writer.pid").exists()


@pytest.mark.parametrize("place", [4, 40, -30, -5])
@pytest.mark.parametrize("name", ["manifest", "1.log", "1.rows"])
def test_a_flipped_bit_among_vectors_is_noticed(tmp_path: Path, name: str, place: int) -> None:
    """Be it in a count, a vector, an id or a check sum itself."""
    path = tmp_path / "vectors"
    store = FaissStore(path, dim=8)
    store.add(np.arange(4, dtype=np.int64), np.eye(4, 8, dtype=np.float32))
    store.flush()
    assert FaissStore(path, dim=8).ids().tolist() == [0, 1, 2, 3]
    data = bytearray((path / name).read_bytes())
    data[place] ^= 1
    (path / name).write_bytes(data)
    with pytest.raises(IndexCorrupt, match=r"is damaged .* run: pullquote refresh --rebuild"):
        FaissStore(path, dim=8)
