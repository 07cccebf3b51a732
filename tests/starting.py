"""`pullquote chat` whose page is made when it is told to: python -m tests.starting FOLDER PORT.

A file in the folder says whether gradio has been imported before that; others say that it may go
on, and that it cannot be made. No module is imported here that the command would not import.
"""

import sys
import time
from pathlib import Path
from typing import Any

from pullquote.app import starting
from pullquote.cli import run
from pullquote.errors import InputError

_LONG_SECONDS = 60


def main(folder: Path, port: str) -> None:
    """Run the command over the corpus in a folder."""
    make = starting.make_page

    def wait(*given: Any, **named: Any) -> Any:  # noqa: ANN401 -- whatever it is given
        (folder / f"gradio is {'' if 'gradio' in sys.modules else 'not '}there").touch()
        end = time.monotonic() + _LONG_SECONDS
        while not (folder / "go on").exists():
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.02)
        if (folder / "fail").exists():
            raise InputError("page: cannot be made; do something else")
        return make(*given, **named)

    starting.make_page = wait
    sys.argv = ["pullquote", "chat", "--no-watch", "--port", port]
    sys.argv += ["--corpus", str(folder / "corpus"), "--embeddings", str(folder / "embeddings")]
    run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
