"""Files that were not written to are not opened again, and no change goes unnoticed for it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import pullquote.ingest.scanning
from pullquote import Chatbot
from pullquote.articles.files import read_bytes

MakeBot = Callable[..., Chatbot]
FILES = {"bees.md": "Bees shiver all winter.\n", "tram.md": "The tram opens in May.\n"}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that every file that a scan opens is added to."""
    paths: list[str] = []

    def read(corpus: Path, path: str) -> bytes:
        paths.append(path)
        return read_bytes(corpus, path)

    monkeypatch.setattr(pullquote.ingest.scanning, "read_bytes", read)
    return paths


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take files to be settled as soon as they are written: no test can set the time of change."""
    monkeypatch.setattr(pullquote.ingest.scanning, "_SETTLES", -(10**12))


def refreshed(bot: Chatbot, opened: list[str]) -> tuple[int, list[str]]:
    """Refresh; return how many articles changed and which files were opened."""
    opened.clear()
    report = bot.refresh()
    return report.changed + report.added + report.removed, sorted(opened)


@pytest.mark.usefixtures("settled")
def test_files_are_opened_once(make_bot: MakeBot, opened: list[str]) -> None:
    """An unchanged corpus is looked at, not read; of two files, the edited one is read."""
    bot = make_bot(FILES, refresh=False)
    assert refreshed(bot, opened) == (2, ["bees.md", "tram.md"])
    generation = bot.status()["generation"]
    assert refreshed(bot, opened) == (0, [])
    (bot.corpus / "tram.md").write_text("The tram opens in June.\n")
    assert bot.status()["changed"] == 1
    assert refreshed(bot, opened) == (1, ["tram.md"])
    assert bot.status()["generation"] == generation + 1
    assert "June" in bot.ask("When does the tram open?").text


@pytest.mark.usefixtures("settled")
def test_a_change_that_hides_is_noticed(make_bot: MakeBot, opened: list[str]) -> None:
    """As many bytes, and the time set back: the time of the change of that tells."""
    bot = make_bot(FILES)
    path = bot.corpus / "tram.md"
    bot.refresh()
    before = path.stat()
    path.write_text("The tram opens in Dec.\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert refreshed(bot, opened) == (1, ["tram.md"])


@pytest.mark.usefixtures("settled")
def test_a_touched_file_is_opened_once_more(make_bot: MakeBot, opened: list[str]) -> None:
    """It is what it was, so nothing else is done, and next time it is known."""
    bot = make_bot(FILES)
    bot.refresh()
    generation = bot.status()["generation"]
    (bot.corpus / "bees.md").touch()
    assert refreshed(bot, opened) == (0, ["bees.md"])
    assert refreshed(bot, opened) == (0, [])
    assert bot.status()["generation"] == generation


def test_what_was_just_written_is_not_trusted(make_bot: MakeBot, opened: list[str]) -> None:
    """It may be written again within one tick of the clock."""
    bot = make_bot(FILES)
    bot.refresh()
    assert refreshed(bot, opened) == (0, ["bees.md", "tram.md"])


@pytest.mark.usefixtures("settled")
def test_links_are_always_opened(make_bot: MakeBot, opened: list[str]) -> None:
    """Where one leads may change without a trace in the file."""
    bot = make_bot({**FILES, "deep/real.md": "Herons nest in March.\n"})
    (bot.corpus / "link.md").symlink_to("deep/real.md")
    bot.refresh()
    assert refreshed(bot, opened) == (0, ["link.md"])


@pytest.mark.usefixtures("settled")
def test_skipped_files_and_new_settings(make_bot: MakeBot, opened: list[str]) -> None:
    """A broken file is not opened again until it is mended; new settings open every file."""
    bot = make_bot(FILES)
    (bot.corpus / "broken.md").write_text("\n")
    bot.refresh()
    assert refreshed(bot, opened) == (0, [])
    assert [problem["article"] for problem in bot.status()["skipped"]] == ["broken.md"]
    (bot.corpus / "broken.md").write_text("Mended words.\n")
    assert refreshed(bot, opened) == (1, ["broken.md"])
    (bot.corpus / "pullquote.toml").write_text('language = "en"\n')
    _, read = refreshed(bot, opened)
    assert read == ["bees.md", "broken.md", "tram.md"]
