"""Models that others trained, as Hugging Face keeps them: what they are, and how to load one."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pullquote.encoders.models import digest_of_model, quiet_libraries
from pullquote.errors import ModelError
from pullquote.readers.conversion import Model, Original, open_model

if TYPE_CHECKING:
    from torch import nn
    from transformers import PreTrainedModel

# From a model and the names of its inputs, in order, to a module that returns a tuple.
Wrap = Callable[["PreTrainedModel", tuple[str, ...]], "nn.Module"]
_KNOWN = frozenset({"input_ids", "attention_mask", "token_type_ids"})
_LENGTH = 384  # pieces; what such models are trained with, though most could read more
_UNLIMITED = 10**6  # tokenizers that know no limit say 10**30
# RoBERTa and its like count places from the padding's id on, so that two of them are never used.
_UNUSED_PLACES = 2


def read_config(folder: Path) -> Mapping[str, Any]:
    """Return a model's settings; raise ModelError."""
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{folder}: not a model ({error}); name a folder with config.json, tokenizer and"
            " weights"
        ) from error
    return config if isinstance(config, dict) else {}


def open_foreign(folder: Path, *, loader: str, wrap: Wrap) -> Model:
    """Open a model with one of transformers' loaders; `wrap` makes its outputs a tuple."""
    return open_model(str(folder), digest_of_model(folder), lambda: _load(folder, loader, wrap))


def _load(folder: Path, loader: str, wrap: Wrap) -> Original:
    with quiet_libraries():
        import transformers
        from safetensors import SafetensorError
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # type: ignore[no-untyped-call]
        # None for the code would mean to ask whoever sits at the terminal.
        safely = {"local_files_only": True, "trust_remote_code": False}
        try:
            tokenizer = transformers.AutoTokenizer.from_pretrained(folder, **safely)
            model = getattr(transformers, loader).from_pretrained(
                folder, use_safetensors=True, **safely
            )
        except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
            reason = " ".join(str(error).split())[:200]
            raise ModelError(f"{folder}: cannot be loaded as a reader ({reason})") from error
    if not getattr(tokenizer, "is_fast", False):
        raise ModelError(f"{folder}: its tokenizer has no fast form, which tells where words stand")
    names = tuple(name for name in tokenizer.model_input_names if name in _KNOWN)
    limits = [_LENGTH]
    if tokenizer.model_max_length < _UNLIMITED:
        limits.append(int(tokenizer.model_max_length))
    places = getattr(model.config, "max_position_embeddings", -1)
    if isinstance(places, int) and places > 0:
        padding = getattr(model.config, "pad_token_id", None) or 0
        limits.append(places - (_UNUSED_PLACES if padding == 1 else 0))
    return Original(wrap(model, names), tokenizer.backend_tokenizer, names, min(limits))
