"""Turn a sentence-transformers model into OpenVINO once, check it, and keep it by its digest.

The model is traced as a whole (transformer, pooling, normalisation), so that its own pooling is
honoured, and must agree with the original on a few texts before it is trusted.
"""

import json
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pullquote.encoders.keeping import keep_folder
from pullquote.encoders.models import (
    digest_of_model,
    load_torch,
    quiet_libraries,
)
from pullquote.encoders.openvino import (
    About,
    OpenVinoEmbedder,
    digest_of_file,
    import_openvino,
    unit_rows,
)

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_FORMAT = 2  # of the kept folder
# Texts of unlike length on which the converted model must agree with the original.
_PROBES = (
    "Profit rose.",
    "The council voted 7-4 to extend the tram line to the harbour before the end of 2026.",
    "Wind, solar & hydro: " + "the grid needs every watt it can get, said the engineer. " * 9,
)
# bfloat16 arithmetic keeps .9999; below this something is wired wrongly.
_LEAST_COSINE = 0.999


class NotConvertible(Exception):
    """The reason why a model runs in torch only."""


def find_converted(folder: Path) -> Path:
    """Return the cached OpenVINO form of a model, made if it is not there."""
    digest = digest_of_model(folder)
    name = f"{digest[:16]}-ov{version('openvino')}-{_FORMAT}"
    return keep_folder(name, lambda part: _convert(load_torch(folder), digest, part))


def _convert(model: "SentenceTransformer", digest: str, folder: Path) -> None:
    """Trace a model into the folder and check it against the original."""
    inputs = _inputs_of(model)
    with quiet_libraries():
        import torch

        openvino = import_openvino()

        class Whole(torch.nn.Module):
            """The transformer with its pooling and all that follows."""

            def __init__(self) -> None:
                super().__init__()
                self.model = model

            def forward(self, *values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
                found = self.model(dict(zip(inputs, values, strict=True)))
                return found["sentence_embedding"], found["token_embeddings"]

        example = model.tokenizer(["one", "two words"], padding=True, return_tensors="pt")
        try:
            traced = openvino.convert_model(
                Whole().eval(), example_input=tuple(example[name] for name in inputs)
            )
        except (RuntimeError, TypeError, ValueError) as error:
            reason = str(error).split("\n", 1)[0]
            raise NotConvertible(f"OpenVINO cannot convert it ({reason})") from error
        for number, name in enumerate(inputs):
            traced.inputs[number].get_tensor().set_names({name})
        openvino.save_model(traced, folder / "model.xml", compress_to_fp16=False)
    model.tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    about = About(
        digest=digest,
        dim=int(model.get_embedding_dimension() or 0),
        max_tokens=int(model.max_seq_length or 512),
        late=_pools_means(model),
        inputs=inputs,
        question_prompt=model.prompts.get("query") or "",
        passage_prompt=_passage_prompt(model),
        files={path.name: digest_of_file(path) for path in folder.iterdir()},
    )
    (folder / "about.json").write_text(json.dumps(asdict(about)), "utf-8")
    _check_converted(model, OpenVinoEmbedder(folder))


def _inputs_of(model: "SentenceTransformer") -> tuple[str, ...]:
    tokenizer = model.tokenizer
    if not getattr(tokenizer, "is_fast", False):
        raise NotConvertible("its tokenizer has no fast form")
    names = tuple(tokenizer.model_input_names)
    if not set(names) <= {"input_ids", "attention_mask", "token_type_ids"}:
        raise NotConvertible(f"it wants unusual inputs ({', '.join(names)})")
    return names


def _passage_prompt(model: "SentenceTransformer") -> str:
    """Return the prompt that encode_document would use."""
    prompts = (model.prompts.get(name) for name in ("document", "passage", "corpus"))
    return next((prompt for prompt in prompts if prompt), "")


def _pools_means(model: "SentenceTransformer") -> bool:
    """Tell whether a vector is the mean of its token vectors, at most normalised after."""
    kinds = [type(module).__name__ for module in model]
    if kinds[:2] != ["Transformer", "Pooling"] or not set(kinds[2:]) <= {"Normalize"}:
        return False
    pooling = model.get_submodule("1").get_config_dict()["pooling_mode"]  # type: ignore[operator]
    return bool(pooling in ("mean", ("mean",), ["mean"]))


def _check_converted(model: "SentenceTransformer", converted: OpenVinoEmbedder) -> None:
    wanted = unit_rows(np.asarray(model.encode_document(list(_PROBES), show_progress_bar=False)))
    found = converted.embed_passages(_PROBES, [()] * len(_PROBES)).passages
    least = float((wanted * found).sum(axis=1).min())
    if least < _LEAST_COSINE:
        raise NotConvertible(f"converted, it agrees only to cosine {least:.4f}")
