"""Which folder a collection on a server belongs to."""

import shutil
from pathlib import Path

import pytest

from pullquote.index.stores.place import PLACE_FILE, new_place, own_place, read_place, write_place


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a folder whose place was written."""
    write_place(tmp_path / "home", new_place())
    return tmp_path / "home"


def test_a_copy_gets_a_place_of_its_own_and_the_same_one_again(home: Path) -> None:
    """Two copies get two; the folder that was copied keeps its place."""
    place = read_place(home)
    assert place is not None
    assert own_place(home, place) == place
    one, other = (shutil.copytree(home, home.with_name(name)) for name in ("one", "other"))
    assert own_place(one, place) == own_place(one, place)
    assert len({own_place(folder, place).prefix for folder in (home, one, other)}) == 3


def test_a_folder_that_was_moved_keeps_its_place(home: Path) -> None:
    """Its number on the disk is the same."""
    place = read_place(moved := home.rename(home.with_name("moved")))
    assert place is not None
    assert own_place(moved, place) == place


def test_a_folder_with_another_number_keeps_its_place(home: Path) -> None:
    """As on a disk that was mounted anew: its path is the same."""
    place = read_place(home)
    shutil.copytree(home, other := home.with_name("other"))
    shutil.rmtree(home)
    other.rename(home)
    assert place is not None
    assert own_place(home, place) == place


def test_a_place_that_names_no_folder_is_taken_over(home: Path) -> None:
    """Those that were written before folders were named."""
    (home / PLACE_FILE).write_text('{"index": "0a", "build": 2, "flushed": 3}')
    place = read_place(home)
    assert place is not None
    assert own_place(home, place) == place
    write_place(home, place)
    assert (again := read_place(home)) is not None
    assert (again.collection, again.folder) == (place.collection, str(home.resolve()))
