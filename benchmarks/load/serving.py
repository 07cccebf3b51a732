"""A real server process: started, looked at, killed."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

STARTS_SECONDS = 120


class Served:
    """`pullquote chat` in a process of its own, on so many cores."""

    def __init__(self, corpus: Path, embeddings: Path, *, cores: int) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]  # known beforehand, for answers come before it is said
        self.address = f"http://127.0.0.1:{port}"
        self.began = time.monotonic()
        command = [sys.executable, "-m", "pullquote", "chat", "--port", str(port)]
        command += ["--corpus", str(corpus), "--embeddings", str(embeddings)]
        before = os.sched_getaffinity(0)
        try:
            os.sched_setaffinity(0, sorted(before)[:cores])  # which the process inherits
            self._process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
        finally:
            os.sched_setaffinity(0, before)
        self.said: list[str] = []
        self._hearing = threading.Thread(target=self._hear, name="stderr", daemon=True)
        self._hearing.start()

    def wait(self) -> float:
        """Wait until it says that it is ready; return the seconds since it was started."""
        line = self._process.stdout.readline() if self._process.stdout else ""
        if self.address not in line:
            sys.exit(f"benchmarks.load: the server did not start ({' '.join(self.said)})")
        return time.monotonic() - self.began

    def _hear(self) -> None:
        for line in self._process.stderr or ():
            self.said.append(line.rstrip("\n"))

    def memory(self) -> float:
        """Return the resident memory in MiB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text("ascii")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else 0.0

    def kill(self) -> None:
        """End it as the system would that is out of memory."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> int:
        """End it politely; return its exit code."""
        with suppress(ProcessLookupError):
            self._process.terminate()
        return self._process.wait(STARTS_SECONDS)


class Scale:
    """Weighs a server now and then, from a thread."""

    def __init__(self, served: Served, *, seconds: float = 1.0) -> None:
        self.samples: list[tuple[float, float]] = []  # seconds since the start, MiB
        self._served, self._seconds = served, seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._weigh, name="scale", daemon=True)
        self._thread.start()

    def _weigh(self) -> None:
        began = time.monotonic()
        while not self._stop.wait(self._seconds):
            with suppress(OSError):
                self.samples.append((time.monotonic() - began, self._served.memory()))

    def put_away(self) -> None:
        """Weigh no more."""
        self._stop.set()
        self._thread.join()
