"""Where results go, with the machine and the versions they rest on."""

import json
import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
_PACKAGES = (
    "faiss-cpu",
    "gradio",
    "openvino",
    "pyromark",
    "ray",
    "sentence-transformers",
    "tantivy",
)


def record(name: str, figures: Any) -> Path:  # noqa: ANN401 -- whatever JSON holds
    """Write figures to results/NAME.json and return the path."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    about = {"commit": describe_commit(), "machine": _machine(), "versions": _versions()}
    path.write_text(json.dumps({**about, "figures": figures}, indent=2) + "\n", "utf-8")
    return path


def describe_commit(tree: Path = RESULTS.parent) -> str:
    """Return what git calls the tree that is measured, "dirty" if files beside results changed."""
    commit = _git(tree, "describe", "--always")
    others = f":(exclude,top){RESULTS.parent.name}/{RESULTS.name}"
    changed = _git(tree, "status", "--porcelain", "--untracked-files=no", "--", ":/", others)
    return f"{commit or 'unknown'}{'-dirty' if changed else ''}"


def _git(tree: Path, *words: str) -> str:
    found = subprocess.run(
        ["git", "-C", str(tree), *words], capture_output=True, text=True, check=False
    )
    return found.stdout.strip()


def _machine() -> dict[str, Any]:
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
    }


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text("utf-8").split("\n"):
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _versions() -> dict[str, str]:
    return {name: version(name) for name in _PACKAGES if is_installed(name)}


def is_installed(package: str) -> bool:
    """Tell whether a distribution is there: some benchmarks need few of them."""
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True
