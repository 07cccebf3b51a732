"""A Milvus server of our own: started from the PyPI package, killed, and started again."""

import importlib.util
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

# The package wants older libraries than ours, so it lives in an environment of its own, whose
# Python is named here; `make test-milvus` does all that.
PYTHON = "PULLQUOTE_TEST_MILVUS_PYTHON"
_STOP_SECONDS = 60
# It would take a port for taken on which a killed server listened a moment ago.
_RUN = """
import signal, socket, sys
from milvus import MilvusServer, MilvusServerConfig

def bind(self, port):
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind(("127.0.0.1", port))
    except OSError:
        taken.close()
        return None
    return taken

MilvusServerConfig.try_bind_port = bind
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
server = MilvusServer()
server.set_base_dir(sys.argv[1])
server.listen_port = int(sys.argv[2])
server.start()
print("up", server.listen_port, flush=True)
signal.sigwait([signal.SIGTERM])
server.stop()
"""


class MilvusProcess:
    """One server with its data in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self._port = int(taken.getsockname()[1])
        self._process: subprocess.Popen[str] | None = None

    @property
    def uri(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def runs(self) -> bool:
        """Whether it was started and not killed since."""
        return self._process is not None and self._process.returncode is None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = subprocess.Popen(
            [os.environ[PYTHON], "-c", _RUN, str(self._folder), str(self._port)],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline() != f"up {self._port}\n":
            self.kill()
            raise RuntimeError("no Milvus server came up; does another one run on this machine?")

    def kill(self) -> None:
        """End it and all that it started, without a chance to tidy up."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._wait_until_gone()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Have it take calls and answer none while the block lasts."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self._process.pid, signal.SIGCONT)

    def _wait_until_gone(self) -> None:
        end = time.monotonic() + _STOP_SECONDS
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)):
                    return
            time.sleep(0.1)
        raise TimeoutError(f"{self.uri} still answers")


def need_client() -> None:
    """Skip the test where the extra is not installed."""
    if importlib.util.find_spec("pymilvus") is None:
        pytest.skip(
            "pymilvus is not installed: pip install 'pullquote[milvus]', or make test-milvus"
        )


def need_server() -> None:
    """Skip the test where there is no server to start."""
    need_client()
    if PYTHON not in os.environ:
        pytest.skip(f"{PYTHON} names no Python with the milvus package; run: make test-milvus")
