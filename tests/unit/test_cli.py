"""The command line: exit codes, one JSON value, one line of trouble."""

import json
import runpy
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pullquote import Chatbot, RefreshReport, cli
from tests.conftest import SMALL
from tests.fakes import fill

Run = Callable[..., tuple[int, str, str]]

pytestmark = pytest.mark.usefixtures("models_once")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a corpus of three articles."""
    fill(tmp_path / "corpus", SMALL)
    return tmp_path


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the command in the folder: (exit code, stdout, stderr)."""
    monkeypatch.setenv("PULLQUOTE_CORPUS", str(folder / "corpus"))
    monkeypatch.setenv("PULLQUOTE_EMBEDDINGS", str(folder / "embeddings"))

    def run_it(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["pullquote", *words])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsys.readouterr()
        return int(stop.value.code or 0), out, err

    return run_it


def the_json(out: str) -> dict[str, Any]:
    """Return the one JSON object that stdout holds."""
    found: dict[str, Any] = json.loads(out)
    return found


def test_refresh_reports_what_it_did(run: Run) -> None:
    """Everything is added once, then nothing is."""
    code, out, err = run("refresh")
    assert (code, err) == (0, "")
    assert out.startswith("3 added, 0 changed, 0 removed, 0 renamed, 0 unchanged; 3 passages")
    code, out, err = run("refresh", "--json")
    report = the_json(out)
    assert (code, err) == (0, "")
    assert report.pop("seconds") != 0
    assert report == {
        "added": 0, "changed": 0, "removed": 0, "renamed": 0, "unchanged": 3,
        "embedded": 0, "skipped": [], "warnings": [],
    }  # fmt: skip


def test_refresh_takes_workers_and_leaves_stdout_to_the_report(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a library prints meanwhile."""
    asked = []

    def refreshed(bot: Chatbot, **named: object) -> RefreshReport:
        asked.append((named["workers"], named["ray"]))
        sys.stdout.write("a machine was lost\n")
        return refresh(bot)

    refresh = Chatbot.refresh
    monkeypatch.setattr(Chatbot, "refresh", refreshed)
    code, out, err = run("refresh", "--workers", "2", "--ray", "auto", "--json")
    assert (code, the_json(out)["added"], err) == (0, 3, "a machine was lost\n")
    assert asked == [(2, "auto")]
    code, out, err = run("refresh", "--workers", "0")
    assert (code, out) == (2, "")
    assert "--workers" in err


def test_refresh_names_a_bad_article_and_goes_on(run: Run, folder: Path) -> None:
    """One line on stderr per article that is skipped or only partly read; exit code 0."""
    (folder / "corpus" / "latin.md").write_bytes(b"caf\xe9 au lait")
    (folder / "corpus" / "colon.md").write_text("---\ntitle: A: B\n---\n\nIt rained all day.\n")
    code, out, err = run("refresh", "--json")
    report = the_json(out)
    assert code == 0
    assert [problem["article"] for problem in report["skipped"]] == ["latin.md"]
    assert [problem["article"] for problem in report["warnings"]] == ["colon.md"]
    assert report["added"] == 4
    lines = sorted(err.splitlines())
    assert lines[0].startswith("pullquote: colon.md: indexed, but: line 2: ")
    assert lines[1].startswith("pullquote: latin.md: skipped: line 1 is not UTF-8")
    assert len(lines) == 2


def test_a_dry_run_writes_nothing(run: Run, folder: Path) -> None:
    """It tells what a refresh would embed."""
    code, out, _ = run("refresh", "--dry-run", "--json")
    assert (code, the_json(out)["embedded"]) == (0, 3)
    assert not (folder / "embeddings").exists()


def test_ask_answers_with_exit_code_0(run: Run, folder: Path) -> None:
    """The JSON has the keys of the contract and proves itself."""
    run("refresh")
    code, out, err = run("ask", "How much does Amazon expect to spend in 2025?", "--json")
    answer = json.loads(out)
    assert (code, err, answer["status"]) == (0, "", "answered")
    assert set(answer) >= {
        "question", "standalone", "status", "confidence", "text", "quotes", "nearest", "notes",
    }  # fmt: skip
    quote = answer["quotes"][0]
    assert set(quote) >= {
        "article", "digest", "start", "end", "lines", "text", "source", "focus", "score", "title",
        "date", "url", "tags",
    }  # fmt: skip
    text = (folder / "corpus" / quote["article"]).read_bytes().decode()
    assert text[quote["start"] : quote["end"]] == quote["source"]
    assert quote["text"] == (
        "Amazon expects to spend about $100 billion in 2025, most of it on AI for AWS."
    )


def test_ask_abstains_with_exit_code_1(run: Run) -> None:
    """Silence is said in words, with what came closest."""
    run("refresh")
    code, out, err = run("ask", "What is the boiling point of tungsten?")
    assert (code, err) == (1, "")
    assert out.startswith("Your articles don't say.")
    assert "What came closest:" in out


def test_ask_with_an_unknown_tag_says_which_there_are(run: Run) -> None:
    """Nothing is found, and the note names the tags that exist."""
    run("refresh")
    code, out, _ = run("ask", "How much will Amazon spend?", "--tag", "amazn", "--json")
    answer = the_json(out)
    assert (code, answer["status"], answer["quotes"]) == (1, "abstained", [])
    assert answer["notes"] == ["No article has the tag “amazn”; there is: amazon."]


def test_search_finds_passages(run: Run) -> None:
    """Hits come best first, with the keys of the contract; no hit is exit code 1."""
    run("refresh")
    code, out, _ = run("search", "bees in winter", "-k", "2", "--json")
    hits = json.loads(out)
    assert code == 0
    assert hits[0]["article"] == "bees.md"
    assert len(hits) == 2
    assert set(hits[0]) >= {
        "article", "start", "end", "text", "title", "date", "score", "dense_rank", "lexical_rank",
    }  # fmt: skip
    code, out, _ = run("search", "bees", "--since", "2030-01-01", "--json")
    assert (code, json.loads(out)) == (1, [])


def test_show_prints_the_source_of_a_place(run: Run, folder: Path) -> None:
    """The raw slice of the file, under its title and lines."""
    text = (folder / "corpus" / "amazon.md").read_bytes().decode()
    start = text.index("about **$100")
    end = text.index(" in 2025")
    code, out, _ = run("show", f"amazon.md:{start}-{end}")
    assert code == 0
    assert out == (
        "Amazon plans its spending · 2025-02-06  amazon.md, line 7\nabout **$100 billion**\n"
    )
    code, out, _ = run("show", f"amazon.md:{start}-{end}", "--json")
    assert json.loads(out)["text"] == "about $100 billion"


def test_verify_tells_exact_changed_and_gone(run: Run, folder: Path) -> None:
    """One changed character is caught; exit code 0 only if all are exact."""
    run("refresh")
    _, out, _ = run("ask", "How much does Amazon expect to spend in 2025?", "--json")
    exported = folder / "answer.json"
    exported.write_text(out, "utf-8")
    code, out, _ = run("verify", str(exported), "--json")
    assert (code, the_json(out)["changed"], the_json(out)["gone"]) == (0, 0, 0)
    article = folder / "corpus" / "amazon.md"
    article.write_bytes(article.read_bytes().replace(b"$100", b"$101"))
    code, out, _ = run("verify", str(exported))
    assert (code, out.split()[0]) == (1, "changed")
    article.unlink()
    code, out, _ = run("verify", str(exported))
    assert (code, out.split()[0]) == (1, "gone")


def test_status_counts_what_is_out_of_date(run: Run, folder: Path) -> None:
    """What a refresh would do is told without doing it."""
    run("refresh")
    (folder / "corpus" / "fog.md").unlink()
    fill(folder / "corpus" / "new", {"tide.md": "The tide turned at noon, said the pilot.\n"})
    code, out, _ = run("status", "--json")
    state = the_json(out)
    assert code == 0
    assert [state[name] for name in ("articles", "passages", "added", "removed", "changed")] == [
        3, 3, 1, 1, 0,
    ]  # fmt: skip


def test_eval_prints_the_figures(run: Run, folder: Path) -> None:
    """Every figure of the contract is there."""
    run("refresh")
    questions = folder / "questions.jsonl"
    questions.write_text(
        '{"question": "How much will Amazon spend in 2025?", "answers": ["$100 billion"]}\n'
        '{"question": "What is the boiling point of tungsten?", "gold": []}\n',
        "utf-8",
    )
    code, out, _ = run("eval", str(questions), "--json")
    figures = the_json(out)
    assert code == 0
    assert {name: figures[name] for name in ("questions", "answerable", "hit@1", "quote@1")} == {
        "questions": 2, "answerable": 1, "hit@1": 1.0, "quote@1": 1.0,
    }  # fmt: skip
    assert set(figures) >= {
        "hit@5", "mrr", "quote@3", "auroc", "answered_answerable", "answered_unanswerable",
        "p50_ms", "p95_ms",
    }  # fmt: skip
    code, out, _ = run("eval", str(questions), "--json", "--limit", "1")
    assert the_json(out)["questions"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["ask", "Who?", "--embeddings", "nowhere"],
            "nowhere: no index yet; run: pullquote refresh",
        ),
        (["refresh", "--corpus", "nowhere"], "nowhere: no such folder of articles"),
        (["ask", "Who?", "--since", "yesterday"], "since: 'yesterday' is not a date"),
        (["ask", " "], "the question is empty"),
        (["show", "amazon.md"], "amazon.md: not a place; write PATH:START-END"),
        (["show", "amazon.md:5-900000"], "amazon.md:5-900000: no words there"),
        (["show", "../secret.md:0-5"], "../secret.md: lies outside the corpus"),
        (["verify", "nowhere.json"], "nowhere.json: cannot be read (No such file or directory)"),
        (["eval", "nowhere.jsonl"], "nowhere.jsonl: cannot be read"),
        (["show", "nosuch.md:0-5"], "nosuch.md: no such article in"),
        (["ask", "Who?", "--corpus", "nowhere"], "nowhere: no such folder of articles"),
        (["search", ""], "the question is empty"),
        (["ask"], "Missing argument 'question'. Try: pullquote --help"),
        (["search", "x", "-k", "0"], "Invalid value for '-k'"),
        (["refesh"], "No such command 'refesh'"),
    ],
)
def test_trouble_is_one_line_and_exit_code_2(run: Run, words: list[str], said: str) -> None:
    """What, where, what to do; never a traceback, nothing on stdout."""
    run("refresh")
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert err.startswith(f"pullquote: {said}")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "quote",
    [
        {"article": "amazon.md", "start": float("inf"), "end": 9, "source": "", "text": ""},
        {"article": "amazon.md", "start": 7.5, "end": 9, "source": "", "text": ""},
        {"article": "a" * 5000, "start": 1, "end": 9, "source": "", "text": ""},
        {"article": "amazon.md"},
    ],
)
def test_a_quote_that_makes_no_sense_is_one_line(
    run: Run, folder: Path, quote: dict[str, Any]
) -> None:
    """Whatever stands in an exported answer, nothing worse than a line comes of it."""
    exported = folder / "answer.json"
    exported.write_text(json.dumps({"quotes": [quote]}), "utf-8")
    code, out, err = run("verify", str(exported))
    assert (code, err.count("\n")) in {(2, 1), (1, 0)}
    assert "Traceback" not in out + err


def test_a_corrupt_index_says_how_to_mend_it(run: Run, folder: Path) -> None:
    """The line ends in a command, and that command works."""
    run("refresh")
    (folder / "embeddings" / "catalog.db").write_bytes(b"not a database at all" * 100)
    code, _, err = run("ask", "Who?")
    assert code == 2
    assert err.rstrip().endswith("run: pullquote refresh --rebuild")
    assert run("refresh", "--rebuild")[0] == 0
    assert run("ask", "How much does Amazon expect to spend in 2025?")[0] == 0


def test_help_is_quick_and_loads_nothing_heavy() -> None:
    """`--help` answers without torch, transformers, gradio, openvino or as much as numpy."""
    code = (
        "import sys; sys.argv = ['pullquote', '--help']\n"
        "from pullquote.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'gradio'}\n"
        "heavy |= {'openvino', 'numpy'}\n"
        "sys.exit(len(heavy & set(sys.modules)))"
    )
    begin = time.monotonic()
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Ask a folder of Markdown articles" in found.stdout
    assert time.monotonic() - begin < 30  # no promise, only a guard against a hang


def test_filters_in_words_are_told_and_can_be_left_unread(run: Run) -> None:
    """In the answer before the quotes; beside hits on stderr, so that stdout stays one value."""
    run("refresh")
    _, out, _ = run("ask", "Who won the marathon? tag:sport")
    assert out.startswith("(“tag:sport” → tag sport)\n")
    _, out, _ = run("ask", "--json", "--no-plain", "Who won the marathon? tag:sport")
    assert the_json(out)["filters"] == []
    _, out, err = run("search", "--json", "winter tag:sport")
    assert [hit["article"] for hit in json.loads(out)] == ["fog.md"]
    assert err == "pullquote: read “tag:sport” as tag sport; --no-plain reads nothing so\n"
    _, out, err = run("search", "--json", "--no-plain", "winter tag:sport")
    assert (len(json.loads(out)), err) == (3, "")


class TestChat:
    """What the chat command hands to the server."""

    @pytest.fixture
    def served(self, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
        """Return what is served instead of serving it."""
        calls: list[dict[str, Any]] = []
        monkeypatch.setattr(
            "pullquote.app.serve", lambda bot, **options: calls.append({"bot": bot, **options})
        )
        return calls

    def test_by_default_it_is_for_this_machine_alone(
        self, run: Run, served: list[dict[str, Any]]
    ) -> None:
        """After a refresh, and following the folder."""
        code, out, err = run("chat")
        assert (code, out) == (0, "")
        assert err.startswith("3 added")
        (options,) = served
        assert options.pop("bot").settings.reread is True
        assert options == {
            "host": "127.0.0.1", "port": 7860, "auth": None, "root_path": None, "watch": True,
            "share": False, "read_only": False, "conversations": None, "tokens": None, "rate": None,
        }  # fmt: skip

    def test_every_option_has_a_variable(
        self, run: Run, served: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """And means the same by it; an option that is given wins."""
        for name, value in {
            "HOST": "0.0.0.0", "PORT": "81", "SHARE": "1", "AUTH": "ann:a:b", "ROOT_PATH": "/x",
            "READ_ONLY": "1", "CONVERSATIONS": "talks", "WATCH": "0",
            "TOKEN": f"{'a' * 20} {'b' * 20}", "RATE": "9/second",
        }.items():  # fmt: skip
            monkeypatch.setenv(f"PULLQUOTE_{name}", value)
        expected = {
            "host": "0.0.0.0", "port": 81, "auth": [("ann", "a:b")], "root_path": "/x",
            "watch": False, "share": True, "read_only": True, "conversations": Path("talks"),
            "tokens": ["a" * 20, "b" * 20], "rate": "9/second",
        }  # fmt: skip
        assert run("chat") == (0, "", "")
        assert run("chat", "--port", "0", "--watch") == (0, "", "")
        first, second = served
        assert first.pop("bot").settings.reread is False
        assert first == expected
        second.pop("bot")
        assert second == expected | {"port": 0, "watch": True}

    def test_an_empty_variable_is_none(
        self, run: Run, served: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As compose files and unit files leave them."""
        names = ("HOST", "PORT", "SHARE", "AUTH", "ROOT_PATH", "READ_ONLY", "WATCH")
        for name in (*names, "TOKEN", "RATE"):
            monkeypatch.setenv(f"PULLQUOTE_{name}", "")
        assert run("chat")[0] == 0
        (options,) = served
        assert (options["tokens"], options["rate"]) == (None, None)
        assert (options["host"], options["port"], options["auth"]) == ("127.0.0.1", 7860, None)
        assert (options["share"], options["read_only"], options["watch"]) == (False, False, True)

    def test_app_py_takes_the_same(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """It says so itself; in the tests with a browser it is a process of its own."""
        run("refresh")
        monkeypatch.setattr(sys, "argv", ["app.py", "--share"])
        with pytest.raises(SystemExit) as stop:
            runpy.run_path(str(Path(__file__).parents[2] / "app.py"), run_name="__main__")
        assert stop.value.code == 2
        assert capsys.readouterr().err.startswith("pullquote: --share: a public address")

    def test_logins_are_read_from_a_file(
        self, run: Run, served: list[dict[str, Any]], folder: Path
    ) -> None:
        """Lines, comments and empty lines; a password may hold # and :."""
        file = folder / "logins"
        file.write_bytes(b"\xef\xbb\xbf# the desk\r\nann:s:e#c\r\n\r\nbj\xc3\xb8rn:x\r\n")
        assert run("chat", "--auth", f"@{file}")[0] == 0
        assert served[0]["auth"] == [("ann", "s:e#c"), ("bjørn", "x")]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (None, "logins cannot be read (No such file or directory); check the name"),
            (b"ann:a\nsecretbob\n", "2: not a login; write it as USER:PASS"),
            (b"# nobody\n", "holds no login; write one USER:PASS a line"),
            (b"ann:\xff\n", "logins are not UTF-8 text; save them as such"),
        ],
    )
    def test_a_file_without_logins_is_one_line(
        self, run: Run, served: list[dict[str, Any]], folder: Path, text: bytes | None, said: str
    ) -> None:
        """Which never tells a password, and comes before the refresh."""
        file = folder / "logins"
        if text is not None:
            file.write_bytes(text)
        code, out, err = run("chat", "--auth", f"@{file}")
        assert (code, out, served) == (2, "", [])
        assert err.startswith(f"pullquote: {file}:")
        assert err.rstrip().endswith(said)
        assert err.count("\n") == 1
        assert "secret" not in err

    @pytest.mark.parametrize("auth", ["", "ann", ":x", "ann:"])
    def test_half_a_login_is_refused(
        self, run: Run, served: list[dict[str, Any]], auth: str
    ) -> None:
        """An empty one as well: whoever gives it does not want an open door."""
        line = "pullquote: --auth: not a login; write it as USER:PASS\n"
        assert run("chat", "--auth", auth) == (2, "", line)
        assert served == []

    def test_tokens_are_read_from_a_file(
        self, run: Run, served: list[dict[str, Any]], folder: Path
    ) -> None:
        """One a line, never from the command line, where others can read them."""
        file = folder / "tokens"
        file.write_text(f"# the desk\n{'a' * 20}\n\n{'b' * 20}\n")
        assert run("chat", "--token", f"@{file}")[0] == 0
        assert served[0]["tokens"] == ["a" * 20, "b" * 20]
        code, _, err = run("chat", "--token", "c" * 20)
        assert (code, len(served)) == (2, 1)
        assert err.startswith("pullquote: --token: others could read it")
        assert "ccc" not in err

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (("--token", "@none"), "none: tokens cannot be read"),
            (("--token", "@short"), "token 1: needs 16 or more"),
            (("--rate", "60"), "rate '60': write it as 60/minute"),
            (("--rate", "0/minute"), "rate '0/minute': write it as"),
        ],
    )
    def test_a_guard_that_is_none_is_told_before_the_refresh(
        self, run: Run, served: list[dict[str, Any]], folder: Path, options: tuple[str, str],
        said: str, monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        """In one line, without the token."""
        monkeypatch.chdir(folder)
        Path("short").write_text("hunter2")
        code, _, err = run("chat", *options)
        assert (code, err.count("\n"), served) == (2, 1, [])
        assert said in err and "hunter2" not in err
        assert not (folder / "embeddings").exists()

    def test_nothing_is_shared_without_a_login(
        self, run: Run, served: list[dict[str, Any]], folder: Path
    ) -> None:
        """Said before the refresh."""
        code, _, err = run("chat", "--share")
        assert (code, err.count("\n"), served) == (2, 1, [])
        assert err.startswith("pullquote: --share: a public address would open your articles")
        assert not (folder / "embeddings").exists()

    def test_read_only_makes_no_index(self, run: Run, folder: Path) -> None:
        """It says what is missing instead."""
        code, out, err = run("chat", "--read-only", "--port", "0")
        where = folder / "embeddings"
        assert (code, out) == (2, "")
        assert err == f"pullquote: {where}: no index yet; run: pullquote refresh\n"
        assert not where.exists()


def test_the_store_is_named_by_an_option_or_the_environment(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that nobody knows is told in one line, by every command that opens it."""
    assert run("refresh", "--store", "faiss")[0] == 0
    code, out, err = run("refresh", "--store", "qdrant://here")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "qdrant://here: no such vector store; use 'faiss'" in err
    monkeypatch.setenv("PULLQUOTE_STORE", "qdrant://there")
    for words in (("ask", "Who?"), ("search", "fog"), ("chat",)):
        assert "qdrant://there: no such vector store" in run(*words)[2]
    assert run("status")[0] == 0
