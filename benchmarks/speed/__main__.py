"""Measure ours beside its peers: ``python -m benchmarks.speed DATA [PART …]``.

DATA holds NAME/corpus/*.md and NAME/questions.jsonl. The peers run in an environment of their own
(``make bench-speed DATA=…`` makes it). With ``--quick`` (a tenth of the articles) nothing is
recorded; with parts named, the figures of the others stay as they were recorded.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.record import RESULTS, describe_commit, record
from benchmarks.speed.bench import Bench
from benchmarks.speed.lineup import peers
from benchmarks.speed.processes import ROOT
from benchmarks.speed.table import table

# Each leaves what the next may use: indexing its indexes.
PARTS = ("indexing", "asking", "cold", "quality")
_PEERS = ROOT / ".venv-peers" / "bin" / "python"


def main() -> None:
    """Measure, print, and record."""
    options = _read_options()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="speed-") as work:
        bench = Bench(options.data, Path(work), options.peers, options.quick, options.main_set)
        for name in options.parts or PARTS:
            begin = time.monotonic()
            found = import_module(f"benchmarks.speed.{name}").measure(bench)
            seconds = round(time.monotonic() - begin, 1)
            print(f"{name}: {seconds} s", file=sys.stderr, flush=True)
            figures[name] = {**found, "seconds": seconds, "commit": describe_commit()}
            print(table({name: figures[name]}), flush=True)
    if not options.quick:
        about = {
            "peers": _versions(options.peers),
            "notes": {peer.name: peer.note for peer in peers(options.peers)},
        }
        print(f"written to {record('speed', {**_recorded(), **about, **figures})}")


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("data", type=Path, help="folder of question sets")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="a tenth of it, not recorded")
    parser.add_argument("--set", dest="main_set", default="selqa", help="whose speed is measured")
    parser.add_argument("--peers", type=Path, default=_PEERS, help="the peers' interpreter")
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    if not (options.data / options.main_set / "questions.jsonl").exists():
        parser.error(f"{options.data / options.main_set}: no questions.jsonl there")
    options.data = options.data.resolve()
    return options


def _versions(python: Path) -> dict[str, str]:
    """Return what is installed in the peers' environment."""
    script = (
        "import json; from importlib.metadata import distributions as found;"
        " print(json.dumps({d.name: d.version for d in found()}))"
    )
    try:
        done = subprocess.run([python, "-c", script], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        return {"none": str(error)}
    versions: dict[str, str] = json.loads(done.stdout)
    return {name: versions[name] for name in sorted(versions) if name.lower() in _TOLD}


def _recorded() -> dict[str, Any]:
    path = RESULTS / "speed.json"
    if not path.exists():
        return {}
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))["figures"]
    return found


_TOLD = {
    *("faiss-cpu", "haystack-ai", "langchain-community", "langchain-huggingface"),
    *("llama-index-core", "numpy", "sentence-transformers", "torch", "transformers"),
    *("transformers-haystack", "txtai"),
}

if __name__ == "__main__":
    main()
