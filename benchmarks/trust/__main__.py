"""Run the parts and record what they measured: ``python -m benchmarks.trust DATA [PART …]``.

With parts named, or ``--quick`` (a tenth of the size, not recorded), the figures of the other parts
stay as they were recorded.
"""

import argparse
import json
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.record import RESULTS, describe_commit, record
from benchmarks.trust.table import table

# What is promised, in the order in which README tells it.
PARTS = (
    "sites",
    "citations",
    "fragments",
    "clicks",
    "edits",
    "crash",
    "crowd",
    "damage",
    "memory",
)


def main() -> None:
    """Measure, print, and record."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trust", description=__doc__)
    parser.add_argument("data", type=Path, help="folder with corpora/*.tar.gz and eval/")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="a tenth of the size, not recorded")
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    for name in options.parts or PARTS:
        begin = time.monotonic()
        found = _measure(name, options.data, quick=options.quick)
        seconds = round(time.monotonic() - begin, 1)
        print(f"{name}: {seconds} s", file=sys.stderr, flush=True)
        if not options.quick:
            measured = {**found, "seconds": seconds, "commit": describe_commit()}
            # Read again: another part may have been recorded meanwhile.
            record("trust", {**_recorded(), name: measured})
    print(table(_recorded()))


def _measure(name: str, data: Path, *, quick: bool) -> dict[str, Any]:
    part = import_module(f"benchmarks.trust.{name}")
    with tempfile.TemporaryDirectory(prefix=f"trust-{name}-") as work:
        Path(work).chmod(0o755)  # one part looks at it as another user
        found: dict[str, Any] = part.measure(data, Path(work), quick=quick)
    return found


def _recorded() -> dict[str, Any]:
    path = RESULTS / "trust.json"
    if not path.exists():
        return {}
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))["figures"]
    return found


if __name__ == "__main__":
    main()
