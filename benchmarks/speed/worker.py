"""Serve one system over JSON lines: ``python -m benchmarks.speed.worker NAME FOLDER``.

A line in is ``{"do": METHOD, "each": [{…}, …]}``: the arguments of one or more calls; a line out
``{"values": […], "seconds": […]}``. With ``CORPUS QUESTION`` behind the folder it opens the index,
answers once and ends. What goes wrong
ends it, with the traceback on stderr: the parent tells the last line of it.
"""

import json
import os
import resource
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import IO, Any

_KIB_A_MB = 1024


def main() -> None:
    """Open the system and serve it."""
    name, folder, *once = sys.argv[1:]
    said = _claim_stdout()
    system = import_module(f"benchmarks.speed.systems.{name}").System(Path(folder))
    if once:
        corpus, question = once
        system.open(corpus)
        answer = system.ask(question) if hasattr(system, "ask") else system.search(question, 5)
        _say(said, {"answer": str(answer)})
        return
    _say(said, {"values": [], "seconds": []})
    for line in sys.stdin:
        _say(said, _reply(system, json.loads(line)))


def _reply(system: Any, request: dict[str, Any]) -> dict[str, list[Any]]:  # noqa: ANN401
    if request["do"] == "memory":
        return {"values": [memory()], "seconds": [0]}
    call = getattr(system, request["do"])
    values, seconds = [], []
    for given in request["each"]:
        begin = time.perf_counter()
        value = call(**given)
        seconds.append(time.perf_counter() - begin)
        values.append(value if request["do"] != "ask" else None)  # answers are not compared here
    return {"values": values, "seconds": seconds}


def memory() -> dict[str, int]:
    """Return resident memory in MB, now and at its most."""
    status = Path("/proc/self/status")
    if not status.exists():  # no Linux: only the most is known, and in bytes
        return {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _KIB_A_MB**2}
    fields = dict(line.split(":", 1) for line in status.read_text("utf-8").splitlines())
    kib = {name: int(fields[name].split()[0]) for name in ("VmRSS", "VmHWM")}
    return {"now_mb": kib["VmRSS"] // _KIB_A_MB, "peak_mb": kib["VmHWM"] // _KIB_A_MB}


def _claim_stdout() -> IO[str]:
    """Return what was stdout; whatever libraries print goes to stderr from now on."""
    said = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return said


def _say(said: IO[str], message: dict[str, Any]) -> None:
    said.write(json.dumps(message) + "\n")
    said.flush()


if __name__ == "__main__":
    main()
