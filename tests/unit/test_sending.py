"""A model reaches a machine that lacks it, and is not sent to one that has it."""

import os
import shutil
from pathlib import Path

import pytest

from pullquote import Embedder, InputError, ModelError
from pullquote.encoders import BUNDLED, cluster, hire
from pullquote.encoders.cluster import Actor
from pullquote.encoders.opening import find_source
from pullquote.encoders.sending import (
    NotHere,
    digest_of_folder,
    find_folder_there,
    pack_folder,
)
from pullquote.encoders.spreading import Task
from tests.fakes import WordEmbedder, fill
from tests.mortals import windows_of

MODEL = {"model.xml": "<net/>", "pooling/config.json": "{}"}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the machine a cache of its own, which links to what was converted already."""
    kept = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    models = tmp_path / "cache" / "pullquote" / "models"
    models.mkdir(parents=True)
    for folder in (kept / "pullquote" / "models").glob("[0-9a-f]*"):
        (models / folder.name).symlink_to(folder)
    return models


def test_a_folder_is_sent_once_and_kept(tmp_path: Path, cache: Path) -> None:
    """By its bytes, whatever it is called there."""
    here = fill(tmp_path / "here", MODEL)
    digest = digest_of_folder(here)
    assert find_folder_there(here, digest, None) == here  # a shared disk
    there = tmp_path / "there"
    with pytest.raises(NotHere):
        find_folder_there(there, digest, None)
    found = find_folder_there(there, digest, pack_folder(here))
    assert {name: (found / name).read_text("utf-8") for name in MODEL} == MODEL
    assert find_folder_there(there, digest, None) == found
    assert found.parent == cache


def test_a_folder_of_the_same_name_is_not_taken_for_the_same(tmp_path: Path) -> None:
    """One byte makes another model."""
    here = fill(tmp_path / "here", MODEL)
    digest = digest_of_folder(here)
    fill(here, MODEL | {"model.xml": "<Net/>"})
    with pytest.raises(NotHere):
        find_folder_there(here, digest, None)


def test_an_actor_asks_for_the_model_that_it_lacks(bundled: Embedder, tmp_path: Path) -> None:
    """And then embeds as the sender does."""
    source = find_source(BUNDLED)
    assert source.folder is not None
    digest, files = digest_of_folder(source.folder), pack_folder(source.folder)
    far = Task(source.at(tmp_path / "far"), bundled.recipe).pack()
    actor = Actor()
    assert not actor.begin(far, digest)
    assert actor.begin(far, digest, files)
    assert actor.begin(far, digest)
    (window,) = windows_of(["the tram is late", "fog"], size=2)
    wanted = bundled.embed_passages(window.texts, window.places)
    found = actor.embed(window)
    assert (found.passages == wanted.passages).all()
    shutil.rmtree(tmp_path / "cache")


def test_an_actor_of_another_recipe_is_refused() -> None:
    """Whose vectors could not be compared."""
    with pytest.raises(ModelError, match=r"another recipe \(words/64, here letters/64\)"):
        Actor().begin(Task(find_source(WordEmbedder()), "letters/64").pack(), "")


def test_without_ray_the_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is read or embedded."""
    monkeypatch.setattr(cluster, "find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"pip install 'pullquote\[ray\]'"):
        hire("words", WordEmbedder(), count=None, ray="auto")
