"""Average what runs learned: ``python -m training.average DATA OUT RUN RUN …``.

Runs that start alike and learn alike end in one basin: the mean of their weights is as small and as
fast as any of them, and may do better on other text (Wortsman et al., Model soups, 2022).
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from training.rows import read_rows
from training.stages import SEED, START, start, validate, write


def main() -> None:
    """Write OUT/reader.safetensors and OUT/training.json from two or more such folders."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m training.average")
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("runs", type=Path, nargs="+")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    learner, tokenizer = start()
    weights = average([load_file(run / "reader.safetensors") for run in given.runs])
    missing = learner.network.load_state_dict(weights, strict=False).missing_keys
    assert all(name.startswith("encoder.embeddings.") for name in missing), missing
    rows = list(read_rows(given.data / "train", seed=SEED))
    about: dict[str, Any] = {
        "start": START,
        "average_of": [
            json.loads((run / "training.json").read_text("utf-8")) for run in given.runs
        ],
        "validation": validate(learner, tokenizer, rows),
    }
    write(learner.network, given.out / "reader.safetensors")
    (given.out / "training.json").write_text(json.dumps(about, indent=1) + "\n", "utf-8")
    print(json.dumps(about["validation"]))


def average(runs: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """Return the mean of each weight, in single precision."""
    return {name: torch.stack([run[name].float() for run in runs]).mean(dim=0) for name in runs[0]}


if __name__ == "__main__":
    main()
