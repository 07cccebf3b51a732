"""Put trained weights into the package: ``python -m training.ship OUT``."""

import argparse
import hashlib
import json
import shutil
from pathlib import Path

WEIGHTS = Path(__file__).parents[1] / "src" / "pullquote" / "readers" / "weights"


def main() -> None:
    """Copy OUT/reader.safetensors and write weights.json beside it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    trained = parser.parse_args().out
    weights = trained / "reader.safetensors"
    about = json.loads((trained / "training.json").read_text("utf-8"))
    WEIGHTS.mkdir(exist_ok=True)
    shutil.copyfile(weights, WEIGHTS / weights.name)
    sha256 = hashlib.sha256(weights.read_bytes()).hexdigest()
    told = {"sha256": sha256, "start": about["start"], "training": about}
    (WEIGHTS / "weights.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    print(f"{WEIGHTS / weights.name}: {sha256}")


if __name__ == "__main__":
    main()
