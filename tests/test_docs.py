"""The documents say what is true."""

import json
import re
import shutil
from pathlib import Path

import pytest
import typer

from benchmarks.quality import table
from benchmarks.trust import table as trust
from benchmarks.trust.__main__ import PARTS
from pullquote.cli.commands import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = [
    command.name or command.callback.__name__
    for command in app.registered_commands
    if command.callback
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command: str) -> None:
    """A verb that nobody can find is not there."""
    assert f"`pullquote {command}" in README


def test_the_python_of_the_readme_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sample_index: Path
) -> None:
    """The three lines, word for word, over the sample corpus."""
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    index = shutil.copytree(sample_index, tmp_path / "index")  # else all would be embedded again
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    exec(code.replace('"embeddings"', repr(str(index))), names)
    assert "Olsavsky" in str(names["quote"].text)  # type: ignore[attr-defined]


def test_the_readme_shows_a_quote_that_is_in_the_file() -> None:
    """The example answer is a real one: its place reads back its words."""
    words, path, start, end = re.findall(
        r"^\[1\] “(.*?)”\n.*\n\s+(\S+):(\d+)-(\d+)  https", README, re.MULTILINE
    )[0]
    text = (ROOT / "corpus" / path).read_bytes().decode()
    source = text[int(start) : int(end)]
    assert re.sub(r"\[(.*?)\]\(.*?\)", r"\1", source) == words


def test_the_figures_of_the_readme_were_measured() -> None:
    """The table is the one that the results file makes."""
    results = json.loads((ROOT / "benchmarks" / "results" / "quality.json").read_text("utf-8"))
    assert table(results["figures"]) in README


def test_the_promises_of_the_readme_were_measured() -> None:
    """The table is the one that the results file makes."""
    results = json.loads((ROOT / "benchmarks" / "results" / "trust.json").read_text("utf-8"))
    assert trust.table(results["figures"]) in README
    assert set(results["figures"]) == set(PARTS)


def test_the_changelog_has_a_place_for_what_is_next() -> None:
    """What is released or about to be is told."""
    assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_configurations_for_language_models_are_json_that_starts_the_server() -> None:
    """The options are those that the command takes."""
    section = README.partition("## From a language model")[2].partition("\n### ")[0]
    (block,) = re.findall(r"```json\n(.*?)```", section, re.DOTALL)
    server = json.loads(block)["mcpServers"]["articles"]
    command, verb, *options = [str(word) for word in (server["command"], *server["args"])]
    assert (command, verb) == ("pullquote", "mcp")
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    given = group.commands[verb].make_context(verb, [*options]).params
    assert str(given["corpus"]) == "/path/to/articles"
    assert str(given["embeddings"]) == "/path/to/index"
    assert (
        f"claude mcp add --scope user articles -- {command} {verb} {' '.join(options)}" in section
    )
