"""What is kept of a compiled model saves time and never changes a vector."""

import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from pullquote import Embedder
from pullquote.encoders import OpenVinoEmbedder
from pullquote.encoders.compiling import compile_kept
from pullquote.encoders.conversion import find_converted
from pullquote.encoders.models import BUNDLED, find_folder
from pullquote.encoders.openvino import import_openvino

TEXT = "Amazon expects to spend about $100 billion in 2025."


@pytest.fixture
def model(tmp_path: Path, bundled: Embedder) -> Path:
    """Return a copy of the kept model in which nothing is compiled yet."""
    assert isinstance(bundled, OpenVinoEmbedder)
    kept = find_converted(find_folder(BUNDLED))
    ignore = shutil.ignore_patterns("compiled-*")
    return Path(shutil.copytree(kept, tmp_path / "model", ignore=ignore))


def compiled(model: Path) -> tuple[Path, Path]:
    """Return the folder of what was compiled, and the one file that OpenVINO keeps there."""
    (folder,) = model.glob("compiled-*")
    (blob,) = folder.glob("*.blob")
    return folder, blob


def test_the_second_start_finds_what_the_first_compiled(model: Path) -> None:
    """It is small, nothing half-made lies beside it, and the vectors are the same to the bit."""
    first = OpenVinoEmbedder(model).embed_question(TEXT)
    _, blob = compiled(model)
    written = blob.stat().st_mtime_ns
    assert blob.stat().st_size < 2_000_000
    openvino = import_openvino()
    again = compile_kept(openvino.Core(), model / "model.xml", OpenVinoEmbedder(model).hints)
    assert again.get_property("LOADED_FROM_CACHE")
    assert OpenVinoEmbedder(model).embed_question(TEXT).tolist() == first.tolist()
    assert compiled(model)[1].stat().st_mtime_ns == written
    assert not list(model.glob(".part-*"))


def _flip(blob: Path) -> None:
    data = bytearray(blob.read_bytes())
    # OpenVINO believes these and answers with other numbers.
    data[1000:1064] = bytes(byte ^ 0x5A for byte in data[1000:1064])
    blob.chmod(0o600)
    blob.write_bytes(data)


def _cut(blob: Path) -> None:
    blob.chmod(0o600)
    blob.write_bytes(blob.read_bytes()[:5000])


def _forget_sums(blob: Path) -> None:
    (blob.parent / "sums.json").unlink()


def _garble_sums(blob: Path) -> None:
    (blob.parent / "sums.json").write_text("{")


@pytest.mark.parametrize("harm", [_flip, _cut, Path.unlink, _forget_sums, _garble_sums])
def test_what_was_damaged_is_made_again(model: Path, harm: Callable[[Path], None]) -> None:
    """And never believed."""
    first = OpenVinoEmbedder(model).embed_question(TEXT)
    harm(compiled(model)[1])
    assert OpenVinoEmbedder(model).embed_question(TEXT).tolist() == first.tolist()
    again = compile_kept(
        import_openvino().Core(), model / "model.xml", OpenVinoEmbedder(model).hints
    )
    assert again.get_property("LOADED_FROM_CACHE")


def test_a_renamed_folder_is_compiled_anew_once(model: Path) -> None:
    """As a converted model is when it is done: the next start finds what this one compiled."""
    OpenVinoEmbedder(model)
    moved = model.rename(model.with_name("moved"))
    OpenVinoEmbedder(moved)
    blob = compiled(moved)[1]
    written = blob.stat().st_mtime_ns
    OpenVinoEmbedder(moved)
    assert compiled(moved)[1].stat().st_mtime_ns == written


def test_a_folder_that_cannot_be_written_does_no_harm(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model is compiled each time."""

    def refuse(**_: object) -> str:
        raise PermissionError("no")

    monkeypatch.setattr("pullquote.encoders.compiling.tempfile.mkdtemp", refuse)
    vector = OpenVinoEmbedder(model).embed_question(TEXT)
    assert np.isclose(np.linalg.norm(vector), 1, atol=1e-5)
    assert not list(model.glob("compiled-*"))


class Core:
    """Compiles nothing, and notes how many do so at a time."""

    def __init__(self) -> None:
        self.running, self.most = 0, 0

    def compile_model(self, *_: object) -> object:
        """Take a moment."""
        self.running += 1
        self.most = max(self.most, self.running)
        time.sleep(0.05)
        self.running -= 1
        return object()


def test_models_are_compiled_one_after_the_other(tmp_path: Path) -> None:
    """OpenVINO sets the locale of the process meanwhile; two at a time would leave it at C."""
    core = Core()
    weights = [tmp_path / name / "model.xml" for name in "abc"]
    for path in weights:
        path.parent.mkdir()
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda path: compile_kept(core, path, {}), weights))
    assert core.most == 1


def test_a_bounded_embedder_is_bound_to_no_core(bundled: Embedder) -> None:
    """OpenVINO would bind its threads to the first cores, and every process to the same ones."""
    assert isinstance(bundled, OpenVinoEmbedder)
    bounded = OpenVinoEmbedder(find_converted(find_folder(BUNDLED)), threads=1)
    bounded.embed_passages([TEXT], [()])
    for compiled in (bounded._request, bounded._queue[0]):
        assert not compiled.get_compiled_model().get_property("ENABLE_CPU_PINNING")
