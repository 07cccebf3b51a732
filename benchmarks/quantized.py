"""What eight-bit arithmetic would make of the encoder: rate, vectors, hits and quotes.

    python -m benchmarks.quantized DATA [--set selqa] [--dry]

NNCF turns weights and activations into eight bits, tuned on passages of the set; both encoders then
embed the same passages in turns, and refresh and answer the same corpus. NNCF is needed for nothing
else: install it into an environment of its own, beside pullquote (``pip install nncf``).
"""

import argparse
import importlib
import json
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.record import record
from benchmarks.speed.material import Material, read_material, thinned
from pullquote import Chatbot
from pullquote.encoders import BUNDLED, OpenVinoEmbedder
from pullquote.encoders.conversion import find_converted
from pullquote.encoders.models import find_folder
from pullquote.encoders.openvino import digest_of_file, import_openvino
from pullquote.evaluation.measuring import run, summarise

_TUNING, _TIMED, _ROUNDS = 300, 200, 7
_TOLD = ("hit@1", "hit@5", "quote@1", "quote@3")


def main() -> None:
    """Quantise, measure, print, and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--set", dest="name", default="selqa")
    parser.add_argument("--dry", action="store_true", help="print, but record nothing")
    given = parser.parse_args()
    whole = find_converted(find_folder(BUNDLED))
    with tempfile.TemporaryDirectory() as work:
        material = read_material(given.data, given.name, Path(work), quick=False)
        texts = [passage["text"] for passage in material.passages()]
        small = quantise(whole, Path(work) / "int8", thinned(texts, _TUNING))
        both = {"float32": OpenVinoEmbedder(whole), "int8": OpenVinoEmbedder(small)}
        figures: dict[str, Any] = {"set": given.name, "passages": len(texts)}
        figures |= {"passages_per_s": rates(both, thinned(texts, _TIMED))}
        figures |= {"cosine": cosines(both, texts)}
        for name, embedder in both.items():
            figures[name] = answers(material, embedder, Path(work) / name)
    print(json.dumps(figures, indent=2))
    if not given.dry:
        print(f"written to {record('quantized', figures)}")


def quantise(whole: Path, folder: Path, texts: Sequence[str]) -> Path:
    """Write a converted model in eight bits to a folder, and return that."""
    nncf: Any = importlib.import_module("nncf")
    openvino = import_openvino()
    embedder = OpenVinoEmbedder(whole)
    feeds = [embedder._feed(encoding) for encoding in embedder._tokenizer.encode_batch(texts)]
    model = nncf.quantize(
        openvino.Core().read_model(whole / "model.xml"),
        nncf.Dataset(feeds),
        model_type=nncf.ModelType.TRANSFORMER,
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(feeds),
    )
    folder.mkdir()
    openvino.save_model(model, folder / "model.xml", compress_to_fp16=False)
    shutil.copyfile(whole / "tokenizer.json", folder / "tokenizer.json")
    about = json.loads((whole / "about.json").read_text("utf-8"))
    about["files"] = {name: digest_of_file(folder / name) for name in about["files"]}
    about["digest"] = about["files"]["model.bin"]
    (folder / "about.json").write_text(json.dumps(about), "utf-8")
    return folder


def rates(both: dict[str, OpenVinoEmbedder], texts: Sequence[str]) -> dict[str, float]:
    """Return the passages a second of each, and the median ratio of neighbouring turns."""
    places: list[list[tuple[int, int]]] = [[] for _ in texts]
    seen: dict[str, list[float]] = {name: [] for name in both}
    for turn in range(1 + _ROUNDS):
        for name, embedder in both.items():
            begin = time.perf_counter()
            embedder.embed_passages(texts, places)
            if turn:
                seen[name].append(len(texts) / (time.perf_counter() - begin))
    ratio = median(few / whole for whole, few in zip(seen["float32"], seen["int8"], strict=True))
    return {name: round(median(found), 1) for name, found in seen.items()} | {
        "ratio": round(ratio, 2)
    }


def cosines(both: dict[str, OpenVinoEmbedder], texts: Sequence[str]) -> dict[str, float]:
    """Return how near the vectors of each passage are."""
    places: list[list[tuple[int, int]]] = [[] for _ in texts]
    whole, few = (embedder.embed_passages(texts, places).passages for embedder in both.values())
    near = np.einsum("ij,ij->i", whole, few)
    return {"mean": round(float(near.mean()), 4), "least": round(float(near.min()), 4)}


def answers(material: Material, embedder: OpenVinoEmbedder, folder: Path) -> dict[str, float]:
    """Return hits and quotes of the whole Chatbot with an embedder."""
    bot = Chatbot(material.corpus, embeddings=folder, embedder=embedder)
    bot.refresh()
    found = summarise(run(bot, material.examples))
    return {name: found[name] for name in _TOLD}


if __name__ == "__main__":
    main()
