"""`pullquote eval`: making a question file, measuring it, seeing what went wrong."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import pullquote
from pullquote import Chatbot, cli
from tests.conftest import SMALL
from tests.fakes import WordEmbedder, fill

Run = Callable[..., tuple[int, str, str]]
GOLD = {"article": "bees.md", "start": 31, "end": 96}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs eval in a folder of three articles: (code, stdout, stderr)."""
    fill(tmp_path / "corpus", SMALL)

    def open_bot(corpus: Path, *, embeddings: Path, store: str = "faiss") -> Chatbot:
        assert store == "faiss"
        return Chatbot(corpus, embeddings=embeddings, embedder=WordEmbedder(), reader=None)

    monkeypatch.setattr(pullquote, "Chatbot", open_bot)
    monkeypatch.chdir(tmp_path)
    open_bot(Path("corpus"), embeddings=Path("embeddings")).refresh()

    def run_it(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["pullquote", "eval", *words])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsys.readouterr()
        return int(stop.value.code or 0), out, err

    return run_it


def write(*lines: dict[str, Any]) -> str:
    """Write a question file and return its name."""
    Path("q.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return "q.jsonl"


def test_make_refreshes_and_writes_a_file_that_eval_reads(run: Run) -> None:
    """An article that came since is asked about; one JSON value says what was made."""
    Path("corpus/bridge.md").write_text(
        "The Orla Bridge was opened in May 1931 by a duke from Turku.\n", "utf-8"
    )
    code, out, err = run("--make", "made.jsonl", "--questions", "9", "--json")
    made = json.loads(out)
    assert (code, made["file"], made["articles"]) == (0, "made.jsonl", 4)
    assert err.startswith("1 added")
    questions = [
        json.loads(line)["question"] for line in Path("made.jsonl").read_text("utf-8").splitlines()
    ]
    assert "When was the Orla Bridge opened by a duke from Turku?" in questions
    code, out, _ = run("made.jsonl", "--json")
    assert (code, json.loads(out)["questions"]) == (0, made["questions"])


def test_make_does_not_overwrite(run: Run) -> None:
    """Trouble, in one line, before anything is done."""
    code, out, err = run("--make", write({"question": "Why?", "gold": []}))
    assert (code, out) == (2, "")
    assert err == "pullquote: q.jsonl: is there already; name another or remove it\n"


def test_nothing_to_make_is_nothing(run: Run) -> None:
    """Exit code 1 and no file, for articles that no rule can ask about."""
    for path in Path("corpus").iterdir():
        path.write_text("It rained. They left early.\n", "utf-8")
    code, out, _ = run("--make", "made.jsonl")
    assert (code, Path("made.jsonl").exists()) == (1, False)
    assert out.splitlines() == [
        "No questions could be made of these articles.",
        "nothing about 3: no sentence that a rule can ask about",
    ]


def test_misses_are_in_the_json_if_asked_for(run: Run) -> None:
    """As many as asked for; without the option there is no key."""
    file = write(
        {"question": "How do bees get through winter?", "gold": [GOLD | {"article": "fog.md"}]},
        {"question": "How do bees form a cluster?", "gold": [], "hidden": ["bees.md"]},
    )
    _, out, _ = run(file, "--json", "--misses", "5")
    figures = json.loads(out)
    assert [miss["question"] for miss in figures["misses"]] == ["How do bees get through winter?"]
    assert "misses" not in json.loads(run(file, "--json")[1])


def test_figures_and_misses_are_printed_for_people(run: Run) -> None:
    """A row per figure, the risks under their thresholds, then what went wrong."""
    file = write({"question": "What is zinc?", "gold": [GOLD]})
    code, out, _ = run(file, "--misses", "1")
    lines = out.splitlines()
    assert code == 0
    assert lines[0] == "questions              1"
    assert "auroc                  –" in lines
    start = lines.index(
        "threshold              0.10  0.20  0.30  0.40  0.50  0.60  0.70  0.80  0.90"
    )
    assert lines[start + 1].startswith("answered               ")
    assert lines[start + 2].startswith("of these wrong         ")
    place = lines.index("What is zinc?")
    assert (
        lines[place + 1]
        == "  expected  Bees form a cluster around the queen and shiver to keep her warm."
    )
    assert lines[place + 2].startswith("  silent; nearest (confidence 0.")


def test_lines_that_wait_for_gold_are_counted_on_stderr(run: Run) -> None:
    """Neither measured nor in the JSON on stdout."""
    file = write(
        {"question": "How do bees get through winter?", "gold": [GOLD], "rating": "up"},
        {"question": "Who won?", "rating": "down", "shown": [GOLD]},
    )
    code, out, err = run(file, "--json")
    assert (code, json.loads(out)["questions"]) == (0, 1)
    assert err == "pullquote: q.jsonl: 1 line rated down has no gold yet; add it to measure it\n"
