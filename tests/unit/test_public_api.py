"""What is public, and that nothing else is needed."""

import ast
import dataclasses
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import pullquote

ROOT = Path(__file__).parents[2]
PUBLIC = {name: getattr(pullquote, name) for name in pullquote.__all__ if name[0] != "_"}
_HELP = """
import sys
from pullquote.cli import main
try:
    main("--help")
except SystemExit:
    print(*sys.modules, file=sys.stderr)
"""


def test_the_public_names_are_sorted_and_all_there() -> None:
    """`__all__` is the whole surface; names are imported when they are first used."""
    assert list(pullquote.__all__) == sorted(pullquote.__all__)
    assert set(PUBLIC) == set(pullquote.__all__) - {"__version__"} == set(dir(pullquote))
    modules = {name for name, value in vars(pullquote).items() if inspect.ismodule(value)}
    public = {name for name in vars(pullquote) if not name.startswith("_")} - modules
    assert public <= set(pullquote.__all__)
    with pytest.raises(AttributeError, match="Chatterbot"):
        _ = pullquote.Chatterbot  # type: ignore[attr-defined]
    assert re.fullmatch(r"\d+\.\d+\.\d+", pullquote.__version__)


def test_help_imports_nothing_heavy() -> None:
    """It is there before numpy would be."""
    done = subprocess.run([sys.executable, "-c", _HELP], capture_output=True, text=True, check=True)
    assert "refresh" in done.stdout
    loaded = set(done.stderr.split())
    assert "typer" in loaded
    heavy = {"numpy", "faiss", "openvino", "torch", "rich", "mcp", "pydantic", "pullquote.chatbot"}
    assert not loaded & heavy


def test_every_public_name_and_method_is_documented() -> None:
    """One sentence at least, for the class and for everything one can call on it."""
    silent = []
    for name in pullquote.__all__:
        value = getattr(pullquote, name)
        if not inspect.isclass(value):
            continue
        if not (value.__doc__ or "").strip() or (value.__doc__ or "").startswith(f"{name}("):
            silent.append(name)
        for method, what in vars(value).items():
            if method.startswith("_") or not (inspect.isfunction(what) or type(what) is property):
                continue
            if not inspect.getdoc(what):
                silent.append(f"{name}.{method}")
    assert silent == []


def test_the_nouns_are_frozen_and_slotted() -> None:
    """Nobody can change an answer after it was given."""
    nouns = [value for value in PUBLIC.values() if dataclasses.is_dataclass(value)]
    assert len(nouns) >= 10
    for noun in nouns:
        assert isinstance(noun, type)
        assert noun.__dataclass_params__.frozen, noun  # type: ignore[attr-defined]
        assert "__slots__" in vars(noun), noun


def test_every_error_has_one_root() -> None:
    """Whoever catches PullquoteError catches them all."""
    raised = [
        value
        for value in PUBLIC.values()
        if inspect.isclass(value) and issubclass(value, Exception)
    ]
    assert len(raised) == 12
    assert all(issubclass(error, pullquote.PullquoteError) for error in raised)


def test_the_app_needs_no_private_import() -> None:
    """What app.py imports of the package are modules and names without an underscore."""
    tree = ast.parse((ROOT / "app.py").read_text("utf-8"))
    names = [
        f"{item.module}.{alias.name}" if isinstance(item, ast.ImportFrom) else alias.name
        for item in ast.walk(tree)
        if isinstance(item, ast.Import | ast.ImportFrom)
        for alias in item.names
    ]
    ours = [name for name in names if name.startswith("pullquote")]
    assert ours
    assert not [name for name in ours if "._" in name]
