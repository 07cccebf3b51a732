"""What every shelf of tests shares: hypothesis profiles, a corpus to fill, bots to ask."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from pullquote import Chatbot, Embedder, Reader, Settings, Writer
from pullquote.encoders import BUNDLED, open_embedder
from pullquote.readers import open_reader
from tests.fakes import WordEmbedder, fill
from tests.milvus import MilvusProcess, need_client, need_server

# Threads that wait for work must not turn round and round meanwhile: others test beside them. The
# libraries that heed this, torch and FAISS, are not loaded yet.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# Thousands of small files are made durable, which on a disk takes longer than all else that their
# tests do. Where there is memory enough, they are made there.
_MEMORY, _ROOM = Path("/dev/shm"), 4 << 30  # bytes; the tests take a tenth of it
if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))

# On CI a failure must come back when the run is repeated.
settings.register_profile("default", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("default")
# Each example of these refreshes real folders several times.
settings.register_profile(
    "folders",
    settings.get_profile("default"),
    max_examples=12,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

Files = Mapping[str, str]

SAMPLE = Path(__file__).parents[1] / "corpus"
SMALL: Files = {
    "amazon.md": (
        "---\ntitle: Amazon plans its spending\ndate: 2025-02-06\ntags: [amazon, ai]\n---\n\n"
        "Amazon expects to spend about **$100 billion** in 2025, most of it on AI for AWS.\n"
        "Brian Olsavsky, the chief financial officer, said so on a call.\n"
    ),
    "fog.md": (
        "---\ntitle: Fog at the marathon\ndate: 2024-10-13\ntags: [sport]\n---\n\n"
        "Fog held the harbour until ten.\nAsha Verne won in 2:31:07, a course record.\n"
    ),
    "bees.md": (
        "# How bees get through winter\n\n"
        "Bees form a cluster around the queen and shiver to keep her warm.\n"
    ),
}


@pytest.fixture
def make_corpus(tmp_path: Path) -> Callable[[Files], Path]:
    """Return a function that makes `tmp_path/corpus` hold exactly some files."""
    return lambda files: fill(tmp_path / "corpus", files)


@pytest.fixture
def make_bot(tmp_path: Path, make_corpus: Callable[[Files], Path]) -> Callable[..., Chatbot]:
    """Return a function that makes a bot of words over some files, refreshed."""

    def make(
        files: Files,
        *,
        refresh: bool = True,
        embeddings: Path | None = None,
        embedder: Embedder | None = None,
        writer: str | Writer | None = None,
        reader: Reader | None = None,
        settings: Settings | None = None,
        store: str = "faiss",
    ) -> Chatbot:
        bot = Chatbot(
            make_corpus(files),
            embeddings=embeddings or tmp_path / "embeddings",
            embedder=embedder or WordEmbedder(),
            llm=writer,
            reader=reader,
            settings=settings,
            store=store,
        )
        if refresh:
            bot.refresh()
        return bot

    return make


@pytest.fixture(scope="session")
def bundled() -> Embedder:
    """Open the bundled model, converted and cached."""
    return open_embedder(BUNDLED)


# To open them takes ten times as long as to answer with them.
_embedder_once, _reader_once = cache(open_embedder), cache(open_reader)


@pytest.fixture
def models_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all bots of this process that open models themselves share them."""
    monkeypatch.setattr("pullquote.engines.open_embedder", _embedder_once)
    monkeypatch.setattr("pullquote.engines.open_reader", _reader_once)


@pytest.fixture(scope="session")
def real_bot(tmp_path_factory: pytest.TempPathFactory, bundled: Embedder) -> Chatbot:
    """Open the bundled model over three small articles; do not change its corpus."""
    folder = tmp_path_factory.mktemp("real")
    bot = Chatbot(
        fill(folder / "corpus", SMALL), embeddings=folder / "embeddings", embedder=bundled
    )
    bot.refresh()
    return bot


@pytest.fixture(scope="session")
def sample_index(tmp_path_factory: pytest.TempPathFactory, bundled: Embedder) -> Path:
    """Return the index of the sample corpus, to be copied and not changed.

    Whoever needs it first makes it, for all processes that run tests.
    """
    home = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        home = home.parent
    index, part = home / "sample-index", home / "sample-index.part"
    with FileLock(home / "sample-index.lock"):
        if not index.exists():
            shutil.rmtree(part, ignore_errors=True)
            report = Chatbot(SAMPLE, embeddings=part, embedder=bundled).refresh()
            assert (report.added, report.skipped, report.warnings) == (73, (), ())
            part.replace(index)
    return index


@pytest.fixture(scope="session")
def milvus_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusProcess]:
    """Start a Milvus server for all tests of the session."""
    need_server()
    process = MilvusProcess(tmp_path_factory.mktemp("milvus"))
    process.start()
    yield process
    process.kill()


@pytest.fixture(scope="session")
def milvus_server(milvus_process: MilvusProcess) -> str:
    """Return the address of a Milvus server."""
    return milvus_process.uri


@pytest.fixture(scope="session")
def milvus_lite(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the path of a file of Milvus Lite."""
    need_client()
    return str(tmp_path_factory.mktemp("lite") / "vectors.db")
