"""What a result says of the tree that was measured."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from benchmarks.record import describe_commit

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture(autouse=True)
def no_repository_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what a hook of git says of the repository it runs for."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a folder with one commit of a module and of a result."""
    for name in ("benchmarks/results/scale.json", "src/module.py"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("1\n", "utf-8")
    for words in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=a", "-c", "user.email=a@localhost", "commit", "-qm", "One"],
    ):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
    return tmp_path


def test_a_tree_is_called_by_its_commit(tree: Path) -> None:
    """Wherever in it one asks."""
    assert describe_commit(tree).isalnum()
    assert describe_commit(tree / "benchmarks") == describe_commit(tree)


def test_a_result_that_was_written_before_makes_it_no_other_tree(tree: Path) -> None:
    """Several benchmarks write one after another."""
    clean = describe_commit(tree)
    (tree / "benchmarks/results/scale.json").write_text("2\n", "utf-8")
    assert describe_commit(tree / "benchmarks") == clean


def test_a_changed_module_does(tree: Path) -> None:
    """What was measured is in no commit."""
    clean = describe_commit(tree)
    (tree / "src/module.py").write_text("2\n", "utf-8")
    assert describe_commit(tree / "benchmarks") == f"{clean}-dirty"


def test_a_folder_without_git_is_unknown(tmp_path: Path) -> None:
    """A copy from an archive has no commit."""
    assert describe_commit(tmp_path) == "unknown"
