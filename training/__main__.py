"""Train the reader: ``python -m training DATA OUT`` (DATA holds train/*.jsonl.gz).

Everything is seeded. A run that stopped goes on from its last checkpoint when the same command is
given again. On a machine with a GPU it uses it; on two CPU cores it takes under two hours.
"""

import argparse
import json
from pathlib import Path

from transformers import set_seed

from training.mixture import BROAD, FINE
from training.rows import read_rows
from training.stages import SEED, Stage, learn, start, write

BROAD_STEPS, FINE_STEPS = 2250, 2000


def main() -> None:
    """Read the arguments, train, and write OUT/reader.safetensors and OUT/training.json."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m training")
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--broad", type=int, default=BROAD_STEPS, help="steps over everything")
    parser.add_argument("--fine", type=int, default=FINE_STEPS, help="steps over the best, at last")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    stages = (
        Stage("broad", BROAD, given.broad, "constant_with_warmup"),
        Stage("fine", FINE, given.fine, "linear"),
    )
    set_seed(SEED)
    learner, tokenizer = start()
    about = learn(
        learner, tokenizer, list(read_rows(given.data / "train", seed=SEED)), stages, given.out
    )
    write(learner.network, given.out / "reader.safetensors")
    (given.out / "training.json").write_text(json.dumps(about, indent=1) + "\n")


if __name__ == "__main__":
    main()
