"""Conversations and ratings as they are kept, and quotes as they are copied."""

import json
import os
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from pullquote import InputError, StoreError, Turn
from pullquote.app.chat import conversations
from pullquote.app.chat.citing import cite_apa, cite_markdown, cite_plain
from pullquote.app.chat.conversations import Shown, Talk, Talks
from pullquote.app.chat.feedback import DOWN, REASONS, SHOULD_BE_SILENT, UP, Feedback
from pullquote.app.chat.messages import show_turn
from pullquote.evaluation.examples import read_questions
from pullquote.filters import Filter, PlainFilter
from pullquote.spans import Span

_OWNER = "browser a"
_TAG = PlainFilter("tag:a", Filter.of(tags="a"))
_QUOTE: dict[str, Any] = {
    "article": "2024/tram.md",
    "start": 10,
    "end": 31,
    "text": "Works begin in April.",
    "title": "The Tram",
    "date": "2024-12-05",
    "url": "https://example.com/tram/",
    "authors": ["Asha Verne", "Bo Carl Osk"],
}


def answered(question: str = "Why?", *, quotes: int = 1) -> Shown:
    """Return a question with an answer of so many quotes."""
    answer = {
        "question": question, "standalone": f"{question} Really?", "status": "answered",
        "text": "Because.", "quotes": [_QUOTE] * quotes, "filters": [_TAG.to_dict()],
    }  # fmt: skip
    return Shown(question, answer=answer)


def kept(talks: Talks, owner: str = _OWNER, *turns: Shown) -> Talk:
    """Return a conversation that is kept."""
    talk = talks.begin(owner)
    talk.turns += turns or (answered(),)
    talks.keep(talk)
    return talk


def files_of(folder: Path) -> list[Path]:
    """Return the files of conversations."""
    return sorted(folder.rglob("*.json"))


class TestTalks:
    """Whose they are, and how long they last."""

    @pytest.mark.parametrize("in_files", [False, True])
    def test_nobody_finds_another_s(self, tmp_path: Path, in_files: bool) -> None:
        """Neither by its id nor in a list, and not after a restart either."""
        folder = tmp_path / "talks" if in_files else None
        talks = Talks(folder)
        talk = kept(talks)
        for known in (talks, Talks(folder)):
            for other in ("browser b", "user a", "browser ", ""):
                assert known.find(talk.id, other) is None
                assert known.of(other) == ()
        assert talks.find(talk.id, _OWNER) is talk

    @pytest.mark.parametrize(
        "talk_id", ["../x", "../../aaaaaaaaaaaaaaaa", "a/aaaaaaaaaaaaaaaa", "", "é" * 20, None, 3,
                    ["a" * 20], "a" * 65, "a" * 22, "aaaaaaaaaaaaaaaa\n", "\ud800" * 20],
    )  # fmt: skip
    def test_an_unknown_id_finds_nothing(self, tmp_path: Path, talk_id: object) -> None:
        """It comes from outside, and never becomes a path that leads out of the folder."""
        talks = Talks(tmp_path / "talks")
        kept(talks)
        for name in ("x.json", "aaaaaaaaaaaaaaaa.json"):
            (tmp_path / name).write_text('{"name": "", "used": 1, "turns": []}')
        assert talks.find(talk_id, _OWNER) is None

    def test_what_was_not_asked_in_is_not_remembered(self) -> None:
        """Else each visit would leave one."""
        talks = Talks()
        talk = talks.begin(_OWNER)
        assert talks.find(talk.id, _OWNER) is None

    def test_it_is_remembered_while_its_first_answer_is_looked_for(self, tmp_path: Path) -> None:
        """In memory: a file would hold a question without an answer."""
        talks = Talks(tmp_path)
        talk = talks.begin(_OWNER)
        talk.turns.append(Shown("Why?"))
        talks.remember(talk)
        assert talks.of(_OWNER) == (talk,)
        assert files_of(tmp_path) == []

    def test_every_field_outlives_the_app(self, tmp_path: Path) -> None:
        """And what can be leant on is the same."""
        talks = Talks(tmp_path)
        full = Shown(
            "Why? \u2028\U0001f30d", {"since": "2025", "tags": ["a"]}, ("tag:a",),
            answered().answer, "", "up", 0,
        )  # fmt: skip
        trouble = Shown("How?", trouble="No index.")
        plain = [field.default for field in fields(Shown)]
        changed = [getattr(full, field.name) for field in fields(Shown) if field.name != "trouble"]
        assert not any(value in plain for value in changed)
        talk = kept(talks, _OWNER, full, trouble)
        talk.name = "Mine"
        talks.keep(talk)
        again = Talks(tmp_path).find(talk.id, _OWNER)
        assert again is not None
        assert (again.id, again.owner, again.name, again.used) == (
            talk.id, _OWNER, "Mine", talk.used,
        )  # fmt: skip
        assert again.turns == talk.turns
        assert again.earlier() == talk.earlier()

    def test_half_a_character_is_kept_too(self, tmp_path: Path) -> None:
        """UTF-8 cannot write it; JSON can."""
        talk = kept(Talks(tmp_path), _OWNER, Shown("\ud800", trouble="Half a character."))
        again = Talks(tmp_path).find(talk.id, _OWNER)
        assert again is not None
        assert again.turns == talk.turns

    def test_what_is_still_being_answered_is_not_in_its_file(self, tmp_path: Path) -> None:
        """After a restart nobody would answer it."""
        talk = kept(Talks(tmp_path), _OWNER, answered(), Shown("Still?"))
        again = Talks(tmp_path).find(talk.id, _OWNER)
        assert again is not None
        assert [shown.question for shown in again.turns] == ["Why?"]

    @pytest.mark.parametrize(
        "text",
        ["", "{", "[]", "3", '{"name": "", "used": 1}', '{"name": "", "used": 1, "turns": [3]}',
         '{"name": "", "used": 1, "turns": [{"question": "Why?", "removed": [], "new": 1}]}',
         '{"name": "", "used": 1, "turns": [{"question": "W", "removed": [], "answer": {"filters":'
         ' [{}]}}]}', "\ud800"],
    )  # fmt: skip
    def test_a_broken_file_is_passed_over_and_kept(self, tmp_path: Path, text: str) -> None:
        """Somebody may be able to mend it; the others are found."""
        talks = Talks(tmp_path)
        broken, other = kept(talks), kept(talks)
        (path,) = tmp_path.rglob(f"{broken.id}.json")
        path.write_bytes(text.encode(errors="surrogatepass"))
        again = Talks(tmp_path)
        assert again.find(broken.id, _OWNER) is None
        assert [talk.id for talk in again.of(_OWNER)] == [other.id]
        assert path.exists()

    def test_one_that_cannot_be_shown_is_broken_as_well(self, tmp_path: Path) -> None:
        """An answer that another version kept may lack what the page shows."""
        talk = kept(Talks(tmp_path))
        assert Talks(tmp_path).find(talk.id, _OWNER) is not None
        assert Talks(tmp_path, show=show_turn).find(talk.id, _OWNER) is None

    def test_a_folder_that_cannot_be_made_is_told_in_one_line(self, tmp_path: Path) -> None:
        """Before anything is served."""
        (tmp_path / "file").write_text("")
        with pytest.raises(InputError, match=r"cannot be kept there .*; name another folder$"):
            Talks(tmp_path / "file" / "talks")

    def test_a_full_disk_is_told_in_one_line(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What was kept before stays as it was, and the conversation goes on in memory."""
        talks = Talks(tmp_path)
        talk = kept(talks)
        (path,) = files_of(tmp_path)
        before = path.read_bytes()

        def fail(number: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", fail)
        talk.turns.append(answered("And?"))
        with pytest.raises(StoreError, match=r"cannot be kept \(No space left on device\); free"):
            talks.keep(talk)
        assert path.read_bytes() == before
        found = talks.find(talk.id, _OWNER)
        assert found is not None
        assert len(found.turns) == 2

    def test_what_cannot_be_deleted_is_told_in_one_line(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """And is still there."""
        talks = Talks(tmp_path)
        talk = kept(talks)

        def fail(self: Path, missing_ok: bool = False) -> None:
            raise OSError(13, "Permission denied")

        monkeypatch.setattr(Path, "unlink", fail)
        with pytest.raises(StoreError, match=r"cannot be deleted \(Permission denied\); check"):
            talks.drop(talk)
        assert talks.find(talk.id, _OWNER) is talk

    @pytest.mark.parametrize("in_files", [False, True])
    def test_what_was_deleted_does_not_come_back(self, tmp_path: Path, in_files: bool) -> None:
        """Even if it was being answered in meanwhile."""
        talks = Talks(tmp_path if in_files else None)
        talk = kept(talks)
        talks.drop(talk)
        talk.turns.append(answered("Late?"))
        talks.remember(talk)
        talks.keep(talk)
        assert talks.find(talk.id, _OWNER) is None
        assert files_of(tmp_path) == []

    def test_only_so_many_are_remembered(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Those that were used longest ago give way, unless they are in files."""
        monkeypatch.setattr(conversations, "_MOST", 2)
        talks, filed = Talks(), Talks(tmp_path)
        first, second = kept(talks), kept(talks)
        talks.find(first.id, _OWNER)
        third = kept(talks)
        assert {talk.id for talk in talks.of(_OWNER)} == {first.id, third.id}
        assert talks.find(second.id, _OWNER) is None
        ids = [kept(filed).id for _ in range(3)]
        assert all(filed.find(one, _OWNER) for one in ids)

    def test_the_list_ends_with_those_used_longest_ago(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The last used comes first; no more files are read than are listed."""
        monkeypatch.setattr(conversations, "_MOST_LISTED", 2)
        talks = Talks(tmp_path)
        made = [kept(talks) for _ in range(3)]
        for age, talk in enumerate(reversed(made)):
            (path,) = tmp_path.rglob(f"{talk.id}.json")
            said = json.loads(path.read_text("utf-8")) | {"used": 100 - age}
            path.write_text(json.dumps(said))
            os.utime(path, (100 - age, 100 - age))
        again = Talks(tmp_path)
        assert [talk.id for talk in again.of(_OWNER)] == [made[2].id, made[1].id]
        assert made[0].id not in again._talks

    def test_folders_and_files_give_no_owner_away(self, tmp_path: Path) -> None:
        """And are read by nobody else."""
        talk = kept(Talks(tmp_path / "talks"), "user asha")
        (path,) = files_of(tmp_path)
        assert "asha" not in f"{path}{path.read_text('utf-8')}"
        assert path.stem == talk.id
        assert path.parent.stat().st_mode & 0o077 == 0


class TestTalk:
    """What its turns are."""

    def test_trouble_and_what_is_pending_cannot_be_leant_on(self) -> None:
        """Nothing was answered."""
        talk = Talk("id", _OWNER, turns=[answered("A?"), Shown("B?", trouble="No."), Shown("C?")])
        assert talk.earlier() == (Turn("A?", "A? Really?", "Because.", (_TAG,)),)

    def test_a_turn_leans_on_those_before_it_or_fewer(self) -> None:
        """One that was asked again without a filter leans on what the first one leant on."""
        turns = [answered("A?"), answered("B?"), answered("C?"), answered("D?")]
        turns[2].after = 1
        talk = Talk("id", _OWNER, turns=turns)
        said = [[turn.question for turn in talk.earlier(number)] for number in (1, 2, 3, 4)]
        assert said == [[], ["A?"], ["A?"], ["A?", "B?", "C?"]]

    def test_a_turn_is_found_by_what_it_is(self) -> None:
        """Two that are alike are two; one that was taken back is none."""
        first, second = Shown("A?"), Shown("A?")
        talk = Talk("id", _OWNER, turns=[first, second])
        assert (talk.place(second), talk.place(Shown("A?"))) == (2, 0)

    @pytest.mark.parametrize("turn", [0, -1, 2])
    def test_there_is_no_other_turn(self, turn: int) -> None:
        """What is clicked comes from outside."""
        talk = Talk("id", _OWNER, turns=[answered()])
        assert talk.shown(turn) is None
        assert talk.quotes(turn) == []

    def test_its_title_is_its_name_or_first_question(self) -> None:
        """In one line, cut where it is long."""
        assert Talk("id", _OWNER).title == "New conversation"
        talk = Talk("id", _OWNER, turns=[Shown("A\n b" + "c" * 100)])
        assert talk.title == f"A b{'c' * 56}…"
        talk.name = "Mine"
        assert talk.title == "Mine"

    def test_nothing_answered_is_exported_as_its_title(self) -> None:
        """And as no answers."""
        talk = Talk("id", _OWNER, turns=[Shown("A?", trouble="No.")])
        assert (talk.to_markdown(), talk.answers()) == ("# A?\n", [])


class TestFeedback:
    """Ratings as lines that `pullquote eval` reads."""

    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        """Name the file."""
        return tmp_path / "feedback.jsonl"

    @pytest.fixture
    def rate(self, file: Path) -> Callable[..., None]:
        """Return a function that rates a turn of one conversation of two."""
        talk = Talk("id", _OWNER, turns=[answered("A?"), answered("B?\u2028\x85", quotes=0)])
        feedback = Feedback(file)
        return lambda turn, rating, reason="": feedback.write(talk, turn, rating, reason)

    def test_what_was_liked_is_gold(self, file: Path, rate: Callable[..., None]) -> None:
        """Its quotes, or nothing where silence was right, with what the question leant on."""
        rate(1, UP)
        rate(2, UP)
        one, two = read_questions(file).examples
        assert (one.question, one.gold) == ("A?", (("2024/tram.md", Span(10, 31)),))
        assert (two.answerable, [turn.question for turn in two.turns]) == (False, ["A?"])

    def test_what_was_not_waits_for_gold(self, file: Path, rate: Callable[..., None]) -> None:
        """Nobody knows the right answer yet."""
        rate(1, DOWN)
        rate(2, UP)
        assert read_questions(file).waiting == 1
        line = json.loads(file.read_text("utf-8").split("\n")[0])
        assert line["shown"] == [{"article": "2024/tram.md", "start": 10, "end": 31}]
        assert "gold" not in line

    def test_where_the_articles_don_t_say_silence_is_gold(
        self, file: Path, rate: Callable[..., None]
    ) -> None:
        """That is known; the reason replaces what was written without one."""
        rate(1, DOWN)
        rate(1, DOWN, f"{SHOULD_BE_SILENT}: none of them")
        assert [example.gold for example in read_questions(file).examples] == [()]

    def test_a_turn_has_one_line(self, file: Path, rate: Callable[..., None]) -> None:
        """Rated again it is replaced, whatever the question holds; other lines stay."""
        file.write_text('{"question": "Mine?", "gold": []}')  # without a line break at its end
        for rating, reason in ((DOWN, ""), (DOWN, REASONS[0]), (UP, "")):
            rate(2, rating, reason)
        mine, line, end = file.read_text("utf-8").split("\n")
        assert (mine, end) == ('{"question": "Mine?", "gold": []}', "")
        said = json.loads(line)
        assert (said["question"], said["rating"]) == ("B?\u2028\x85", UP)
        assert "reason" not in said

    def test_a_rating_is_taken_back(self, file: Path, rate: Callable[..., None]) -> None:
        """Nothing is left of it."""
        rate(1, UP)
        rate(2, DOWN)
        rate(2, "")
        (line,) = file.read_text("utf-8").splitlines()
        assert json.loads(line)["question"] == "A?"

    def test_what_is_not_answered_is_not_rated(self, file: Path) -> None:
        """Neither trouble nor a turn that is not there; and without a file nothing is written."""
        talk = Talk("id", _OWNER, turns=[Shown("A?", trouble="No."), answered()])
        Feedback(file).write(talk, 1, UP)
        Feedback(file).write(talk, 3, UP)
        Feedback(None).write(talk, 2, UP)
        assert not file.exists()

    def test_a_file_that_is_not_text_is_kept(self, file: Path, rate: Callable[..., None]) -> None:
        """Whatever it is, it is somebody's."""
        file.write_bytes(b"\xff\xfe\n")
        rate(1, UP)
        assert file.read_bytes().startswith(b'\xff\xfe\n{"id": ')

    def test_a_file_that_cannot_be_written_is_told_in_one_line(self, tmp_path: Path) -> None:
        """What, where, and what to do."""
        talk = Talk("id", _OWNER, turns=[answered()])
        with pytest.raises(
            StoreError, match=r"the rating cannot be written .*; check permissions$"
        ):
            Feedback(tmp_path / "none" / "feedback.jsonl").write(talk, 1, UP)


class TestCiting:
    """A quote with where it is from."""

    def test_in_full(self) -> None:
        """Words, authors, day, title and address."""
        assert cite_plain(_QUOTE) == (
            "“Works begin in April.” (The Tram, 5 December 2024, https://example.com/tram/)"
        )
        assert cite_markdown(_QUOTE) == (
            "> Works begin in April.\n>\n> — [The Tram](<https://example.com/tram/>),"
            " 5 December 2024, `2024/tram.md:10-31`"
        )
        assert cite_apa(_QUOTE) == (
            "“Works begin in April.”\nVerne, A., & Osk, B. C. (2024, December 5). The Tram."
            " https://example.com/tram/"
        )

    @pytest.mark.parametrize("url", [None, "", "javascript:alert(1)", "data:text/html,x"])
    def test_without_authors_day_and_page(self, url: str | None) -> None:
        """The place stands for the address; what is no page's address is not passed on."""
        quote = {**_QUOTE, "authors": [], "date": None, "url": url, "title": "Why?"}
        place = "2024/tram.md:10-31"
        assert cite_plain(quote) == f"“Works begin in April.” (Why?, {place})"
        assert cite_markdown(quote) == f"> Works begin in April.\n>\n> — Why?, `{place}`"
        assert cite_apa(quote) == f"“Works begin in April.”\nWhy? (n.d.). {place}"

    @pytest.mark.parametrize(
        ("authors", "lead"),
        [
            (["Asha Verne"], "Verne, A."),
            (["Asha"], "Asha"),
            (["City of Oslo"], "City of Oslo"),
            (["A B", "C D", "E F"], "B, A., D, C., & F, E."),
            (["The Very Long Name Office"], "The Very Long Name Office"),
            ([" ", "Asha Verne"], "Verne, A."),
        ],
    )
    def test_authors_in_the_manner_of_apa(self, authors: list[str], lead: str) -> None:
        """Family name and initials; what may be an organisation stays whole."""
        _, reference = cite_apa({**_QUOTE, "authors": authors}).split("\n")
        assert reference.startswith(f"{lead} (2024, December 5).")

    def test_nothing_in_it_becomes_markdown(self) -> None:
        """Neither words, title nor path; and every line of a quote stays quoted."""
        quote = {
            **_QUOTE, "text": "# A\n[b](c) `d`", "title": "*T*\n](x)", "article": "a`b.md",
            "url": "https://example.com/<x>",
        }  # fmt: skip
        words, more, *_, credit = cite_markdown(quote).split("\n")
        assert (words, more) == ("> \\# A\\", "> \\[b\\](c) \\`d\\`")
        assert credit == "> — \\*T\\* \\](x), 5 December 2024, a\\`b.md:10-31"
