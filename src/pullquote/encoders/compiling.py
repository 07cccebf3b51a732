"""Compile a kept model once: what OpenVINO makes of it is kept beside it.

That takes as long as an answer, and each start would do it again. OpenVINO believes what it finds,
and a flipped bit is another vector, so it finds only what still has the sums that were taken.
"""

import json
import logging
import shutil
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

_LOG = logging.getLogger(__name__)
# OpenVINO sets the locale of the whole process while it compiles, and then sets it back. Two at a
# time would set back what the other had set: the locale C, where files are read as ASCII.
_ONE_AT_A_TIME = threading.Lock()
_SUMS = "sums.json"


def compile_kept(core: Any, weights: Path, hints: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- openvino is not typed
    """Return the compiled model; if nothing can be kept, it is compiled at every start."""
    with _ONE_AT_A_TIME:
        return _compile_kept(core, weights, hints)


def _compile_kept(core: Any, weights: Path, hints: Mapping[str, Any]) -> Any:  # noqa: ANN401
    name = sha256(repr(sorted(hints.items())).encode()).hexdigest()[:16]
    kept = weights.parent / f"compiled-{name}"
    if is_whole(kept):
        model = core.compile_model(weights, "CPU", _found_in(kept, hints))
        # OpenVINO takes nothing of a folder that was renamed or of another processor, and adds to
        # it.
        if model.get_property("LOADED_FROM_CACHE"):
            return model
    try:
        shutil.rmtree(kept, ignore_errors=True)
        part = Path(tempfile.mkdtemp(prefix=".part-", dir=weights.parent))
    except OSError:
        _LOG.info("%s: cannot be written, so the model is compiled at every start", weights.parent)
        return core.compile_model(weights, "CPU", dict(hints))
    try:
        model = core.compile_model(weights, "CPU", _found_in(part, hints))
        (part / _SUMS).write_text(json.dumps(_sums_of(part)), "utf-8")
        with suppress(OSError):  # another process was faster, or the disk is full
            part.replace(kept)
        return model
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _found_in(folder: Path, hints: Mapping[str, Any]) -> dict[str, Any]:
    # Without the weights, which stand in the model: a hundredth of the size.
    return {**hints, "CACHE_DIR": str(folder), "CACHE_MODE": "OPTIMIZE_SIZE"}


def is_whole(folder: Path) -> bool:
    """Tell whether what was compiled is as it was written."""
    try:
        sums = json.loads((folder / _SUMS).read_text("utf-8"))
        return bool(sums) and sums == _sums_of(folder)
    except (OSError, ValueError):
        return False


def _sums_of(folder: Path) -> dict[str, str]:
    return {
        path.name: sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.name != _SUMS
    }
