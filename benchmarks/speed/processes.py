"""Workers: systems in processes of their own, so that imports, threads and memory do not mix."""

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Timer
from typing import Any

from benchmarks.speed.lineup import Contender

ROOT = Path(__file__).parents[2]
_LIMIT_SECONDS = 900  # of one request: a system that hangs must not stop the others
_QUIET = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "true",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "ANONYMIZED_TELEMETRY": "False",
}


class Failed(Exception):
    """Why a system cannot be measured."""


def environment(threads: int | None = None) -> dict[str, str]:
    """Return the variables of a worker, offline; `threads` limits those of torch.

    Bytecode may be written, whatever holds elsewhere: a user does not compile anew at each start.
    """
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    limits = {"OMP_NUM_THREADS": str(threads)} if threads else {}
    there = os.environ.get("PYTHONPATH")
    paths = os.pathsep.join([str(ROOT), *([there] if there else [])])
    return {**inherited, **_QUIET, **limits, "PYTHONPATH": paths}


def command(contender: Contender, folder: Path, *once: str) -> list[str]:
    """Return the command that runs a system."""
    python = str(contender.python)
    return [python, "-m", "benchmarks.speed.worker", contender.module, str(folder), *once]


class Worker:
    """One system at work; raises Failed with the last words of its process."""

    def __init__(self, contender: Contender, folder: Path, *, threads: int | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 -- closed by close
        try:
            self._process = subprocess.Popen(
                command(contender, folder),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                text=True,
                cwd=ROOT,
                env=environment(threads),
            )
        except OSError as error:
            raise Failed(f"{contender.python}: {error.strerror}; run: make bench-speed") from error

    def wait(self) -> None:
        """Return when it is ready: several may start at once."""
        self._hear()

    def call(self, do: str, /, **given: Any) -> tuple[Any, float]:  # noqa: ANN401 -- JSON
        """Ask for one thing; return what came and the seconds it took."""
        values, seconds = self.call_each(do, [given])
        return values[0], seconds[0]

    def call_each(
        self, do: str, each: Sequence[Mapping[str, Any]]
    ) -> tuple[list[Any], list[float]]:
        """Ask for the same thing with one set of arguments after another."""
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps({"do": do, "each": each}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise Failed(self._last_words()) from None
        return self._hear()

    def close(self) -> None:
        """Let it end, or end it."""
        assert self._process.stdin and self._process.stdout
        try:
            self._process.stdin.close()
            self._process.wait(10)
        except (BrokenPipeError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._errors.close()

    def _hear(self) -> tuple[list[Any], list[float]]:
        assert self._process.stdout
        timer = Timer(_LIMIT_SECONDS, self._process.kill)
        timer.start()
        line = self._process.stdout.readline()
        timer.cancel()
        if not line:
            raise Failed(self._last_words())
        reply = json.loads(line)
        return reply["values"], reply["seconds"]

    def _last_words(self) -> str:
        code = self._process.wait()
        self._errors.seek(0)
        return last_line(self._errors.read()) or f"it ended with {code}"


def last_line(errors: str) -> str:
    """Return the last line that says something: of a traceback, the error."""
    lines = [line.strip() for line in errors.split("\n") if line.strip()]
    return lines[-1][:300] if lines else ""
