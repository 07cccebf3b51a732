"""What a first refresh of a large site takes, with the bundled model: memory and time."""

import json
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

FILES = 4_000
# In a process of its own, so that nothing else counts; ru_maxrss is in KiB on Linux.
_CHILD = """
import json, resource, sys
from pullquote import Chatbot
bot = Chatbot(sys.argv[1], embeddings=sys.argv[2])
report = bot.refresh()
again = bot.refresh()
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({
    "articles": report.added, "skipped": len(report.skipped), "passages": report.embedded,
    "seconds": round(report.seconds, 1), "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 1),
    "peak_mib": usage.ru_maxrss // 1024, "embedded_again": again.embedded,
    "seconds_again": round(again.seconds, 2),
}))
"""


def measure(data: Path, work: Path, *, quick: bool) -> dict[str, Any]:
    """Refresh 4,000 files (400 if quick) of the real sites and return the peak of memory."""
    corpus = take_files(data, work, files=FILES // 10 if quick else FILES)
    command = [sys.executable, "-c", _CHILD, str(corpus), str(work / "embeddings")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, Any] = {"files": FILES // 10 if quick else FILES, **json.loads(done.stdout)}
    print(figures)
    return figures


def take_files(data: Path, work: Path, *, files: int) -> Path:
    """Unpack so many Markdown files, an equal share of each site as far as it has them."""
    corpus = work / "corpus"
    archives = sorted((data / "corpora").glob("*.tar.gz"))
    by_size = sorted(archives, key=lambda path: path.stat().st_size)
    left = files
    for position, archive in enumerate(by_size):
        with tarfile.open(archive) as packed:
            members = [m for m in packed.getmembers() if m.isfile()]
            members = sorted(members, key=lambda m: m.name)[: left // (len(by_size) - position)]
            packed.extractall(corpus, members=members, filter="data")
        left -= len(members)
    return corpus
