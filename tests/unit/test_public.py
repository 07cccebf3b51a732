"""What is imported when."""

import json
import subprocess
import sys

import pytest

import pullquote

_LISTED = "import sys, json; print(json.dumps(sorted(sys.modules)), file=sys.stderr)"


def test_every_public_name_is_there() -> None:
    """They are imported when they are first used, so that a wrong one would show late."""
    for name in pullquote.__all__:
        assert getattr(pullquote, name)
        assert name in dir(pullquote) or name == "__version__"
    with pytest.raises(AttributeError, match="Chatterbot"):
        _ = pullquote.Chatterbot  # type: ignore[attr-defined]


def test_help_imports_nothing_heavy() -> None:
    """It is there before numpy would be."""
    code = f"import atexit; atexit.register(lambda: exec({_LISTED!r}))\n"
    code += "from pullquote.cli import main; main('--help')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "refresh" in done.stdout
    loaded = set(json.loads(done.stderr))
    assert not loaded & {"numpy", "faiss", "openvino", "torch", "rich", "pullquote.chatbot"}
