"""What happens when the page is used: each event is called as gradio calls it."""

import json
import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from pullquote import Answer, Chatbot, IndexNotFound, Quote, Span, Turn
from pullquote.answers.writers import Extractive
from pullquote.app import build
from pullquote.app.about.following import Following
from pullquote.app.chat.conversations import Shown, Talk, Talks
from pullquote.app.chat.feedback import Feedback
from pullquote.app.events.asking import Asking
from pullquote.app.events.desk import Changes, Desk, Values
from pullquote.app.events.rating import Rating
from pullquote.app.events.standing import Standing
from pullquote.app.events.talking import Talking
from pullquote.app.http.asked import MAX_QUESTION
from pullquote.app.parts import NAME_LENGTH, Parts, lay_out
from pullquote.app.suggestions.examples import Examples
from tests.fakes import WordEmbedder, fill, in_a_loop

_TAG = re.compile(r"<[^>]+>")
_FILES = {
    "a.md": "---\ntags: [x]\ndate: 2025-01-01\n---\n\nAlpha is red.\n",
    "b.md": "---\ntags: [y]\n---\n\nBeta is blue.\n",
}


class CannedBot(Chatbot):
    """Quotes the last line of files, or is silent about none; `asked` is what it was asked."""

    quoted: tuple[str, ...] = ("a.md",)
    text = ""
    trouble: IndexNotFound | None = None

    def ask(self, question: str, **given: Any) -> Answer:  # noqa: ANN401  whatever `ask` takes
        """Answer with the same quotes whatever is asked."""
        self.asked: list[tuple[str, dict[str, Any]]] = [
            *getattr(self, "asked", ()),
            (question, given),
        ]
        if self.trouble:
            raise self.trouble
        quotes = []
        for path in self.quoted:
            article = self.read_article(path)
            end = len(article.text) - 1
            quotes.append(Quote(article, Span(article.text.rindex("\n", 0, end) + 1, end), 0.9))
        text = self.text or Extractive().write(question, quotes)
        status = "answered" if quotes else "abstained"
        plain = self.filters_in(question) if "tag:" in question else ()
        plain = tuple(one for one in plain if one.words not in given["ignore"])
        return Answer(question, question, status, 0.9, text, tuple(quotes), filters=plain)  # type: ignore[arg-type]

    def stream(self, question: str, **given: Any) -> Generator[Answer]:  # noqa: ANN401  as above
        """Answer at once."""
        yield self.ask(question, **given)

    @property
    def leant_on(self) -> list[str]:
        """What the last question leant on."""
        turns: tuple[Turn, ...] = self.asked[-1][1]["turns"]
        return [turn.question for turn in turns]


class Tab:
    """A browser tab: it keeps what the page keeps, and sends it with every event."""

    def __init__(self, desk: Desk, user: str | None = None) -> None:
        self.desk, self.parts = desk, desk.parts
        self.asking, self.rating, self.talking = Asking(desk), Rating(desk), Talking(desk)
        self.request: Any = SimpleNamespace(username=user)
        self.values: Values = {}
        self.seen: list[Changes] = []

    def take(self, changes: Changes) -> Changes:
        """Change what the page shows."""
        self.seen.append(changes)
        for part, value in changes.items():
            if part in (self.parts.talk, self.parts.visitor):
                self.values[part] = value
        return changes

    def run(self, steps: Iterator[Changes]) -> Changes:
        """Take every step of an answer and return what was changed by them all.

        Gradio sends the last step twice: whatever it changed would undo what was clicked between.
        """
        every: Changes = {}
        changed: Changes = {}
        for step in steps:
            changed = {part: to for part, to in self.take(step).items() if to != gr.skip()}
            every |= changed
        assert changed == {}
        return every

    def ask(self, question: object, **filters: object) -> Changes:
        """Type a question and send it."""
        return self.run(self.begin(question, **filters))

    def begin(self, question: object, **filters: object) -> Iterator[Changes]:
        """Send a question and return the steps of its answer."""
        names = ("since", "until", "tags", "categories", "lang", "unpublished")
        chosen = {
            part: filters[name]
            for name, part in zip(names, self.parts.filters, strict=True)
            if name in filters
        }
        values = {**self.values, self.parts.question: question, **chosen}
        return self.asking.ask(values, self.request)

    def press(self, kind: str, turn: object, number: object = 0) -> Changes:
        """Press a button of an answer."""
        event = sent(kind=kind, turn=turn, number=number)
        if kind in ("up", "down"):
            return self.take(self.rating.rate(self.values, event, self.request))
        listen = self.asking.unfilter if kind == "filter" else self.asking.use_tool
        return self.run(listen(self.values, event, self.request))

    def choose(self, talk_id: object) -> Changes:
        """Click a conversation."""
        return self.take(self.talking.choose(self.values, sent(talk=talk_id), self.request))

    @property
    def talk(self) -> Talk:
        """The conversation of the tab."""
        return self.desk.visit(self.values, self.request).talk


def sent(**data: object) -> gr.EventData:
    """Return an event as the page sends it."""
    return gr.EventData(None, data)


def lay(*, read_only: bool = False) -> Parts:
    """Lay out a page without its style and script."""

    def made() -> Parts:
        with gr.Blocks():
            return lay_out(lambda name: "", examples=[], read_only=read_only)

    return in_a_loop(made)


def words(messages: Iterable[dict[str, Any]]) -> list[str]:
    """Return what is said in chat messages."""
    return [unescape(_TAG.sub("", message["content"])) for message in messages]


@pytest.fixture(scope="module")
def parts() -> Parts:
    """Lay out one page for all."""
    return lay()


@pytest.fixture
def bot(tmp_path: Path) -> CannedBot:
    """Open a bot over two articles."""
    bot = CannedBot(
        fill(tmp_path / "corpus", _FILES),
        embeddings=tmp_path / "embeddings",
        embedder=WordEmbedder(),
        reader=None,
    )
    bot.refresh()
    return bot


@pytest.fixture
def desk(bot: CannedBot, parts: Parts, tmp_path: Path) -> Desk:
    """Make a desk that keeps everything in files."""
    return Desk(bot, parts, Talks(tmp_path / "talks"), Feedback(tmp_path / "f.jsonl"), False)


@pytest.fixture
def tab(desk: Desk) -> Tab:
    """Open a tab."""
    return Tab(desk)


class TestAsking:
    """Questions, and answers as they come."""

    def test_the_question_comes_first_then_each_quote_then_the_whole(
        self, tab: Tab, bot: CannedBot
    ) -> None:
        """The first quote is opened, and the box is empty at once."""
        bot.quoted = ("a.md", "b.md")
        tab.ask(" Which? ")
        first, one, two, last, _ = tab.seen
        assert words(first[tab.parts.chat]) == ["Which?"]
        assert first[tab.parts.question] == ""
        assert [step[tab.parts.chat][1]["content"].count("<figure") for step in (one, two)] == [
            1,
            2,
        ]
        assert "Good answer" not in words(two[tab.parts.chat])[1]
        assert "Good answer" in words(last[tab.parts.chat])[1]
        assert "Alpha is red." in last[tab.parts.panel]

    @pytest.mark.parametrize("question", ["", "  ", None, 3, ["x"]])
    def test_nothing_typed_asks_nothing(self, tab: Tab, bot: CannedBot, question: object) -> None:
        """Whatever it is that came."""
        tab.ask(question)
        assert not hasattr(bot, "asked")

    def test_a_question_is_cut_and_whole(self, tab: Tab, bot: CannedBot) -> None:
        """The box holds no more either, but anybody can send anything."""
        tab.ask("\ud800" + "x" * 1_000_000)
        assert bot.asked[0][0] == "?" + "x" * (MAX_QUESTION - 1)

    def test_the_filters_of_the_page_hold(self, tab: Tab, bot: CannedBot) -> None:
        """As arguments of the question; what is missing or makes no sense is none."""
        tab.ask("Why?", since=" 2025 ", tags=["x"], lang="no list", unpublished=True)
        _, given = bot.asked[0]
        names = ("since", "until", "tags", "lang", "unpublished")
        assert [given[name] for name in names] == ["2025", "", ["x"], [], True]

    def test_trouble_is_an_answer_that_can_be_asked_again(self, tab: Tab, bot: CannedBot) -> None:
        """It stays in the conversation, but a follow-up does not lean on it."""
        tab.ask("One?")
        bot.trouble = IndexNotFound("no index; run: pullquote refresh")
        last = tab.ask("Two?")
        assert words(last[tab.parts.chat])[3] == "no index; run: pullquote refreshAsk againUndo"
        bot.trouble = None
        tab.press("retry", 2)
        assert [shown.trouble for shown in tab.talk.turns] == ["", ""]
        bot.trouble = IndexNotFound("gone")
        tab.ask("Three?")
        bot.trouble = None
        tab.ask("Four?")
        assert bot.leant_on == ["One?", "Two?"]

    def test_trouble_with_the_first_question_begins_a_conversation(
        self, tab: Tab, bot: CannedBot
    ) -> None:
        """Else the next question would wipe it away."""
        bot.trouble = IndexNotFound("gone")
        tab.ask("One?")
        assert tab.press("edit", 1)[tab.parts.question] == "One?"

    @pytest.mark.parametrize("kind", ["retry", "undo"])
    def test_what_is_being_typed_outlives_a_button(self, tab: Tab, kind: str) -> None:
        """It is no question yet, and only a question that is sent leaves the box."""
        tab.ask("One?")
        assert tab.parts.question not in tab.press(kind, 1)

    def test_what_is_being_typed_outlives_a_suggestion(self, tab: Tab) -> None:
        """The suggestion is asked as it stands."""
        changed = tab.run(
            tab.asking.ask_suggested(
                {**tab.values, tab.parts.question: "Half a"}, sent(question="One?"), tab.request
            )
        )
        assert tab.parts.question not in changed
        assert [shown.question for shown in tab.talk.turns] == ["One?"]

    def test_who_goes_away_leaves_no_question_without_a_reply(self, tab: Tab) -> None:
        """Gradio closes what is still being answered."""
        steps = tab.begin("One?")
        tab.take(next(steps))
        steps.close()  # type: ignore[attr-defined]
        assert [shown.trouble for shown in tab.talk.turns] == [
            "This was not answered to the end; ask again."
        ]

    def test_a_full_disk_does_not_hide_the_answer(
        self, tab: Tab, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is told above the chat."""
        monkeypatch.setattr("pullquote.app.chat.conversations.os.fsync", _full)
        last = tab.ask("One?")
        assert "Alpha is red." in words(last[tab.parts.chat])[1]
        assert "Alpha is red." in last[tab.parts.panel]
        assert "No space left" in last[tab.parts.report]


def _full(number: int) -> None:
    raise OSError(28, "No space left on device")


class TestVerified:
    """A file may change between the answer and its first sight."""

    def test_a_file_that_changed_is_taken_out_with_a_note(self, tab: Tab, bot: CannedBot) -> None:
        """What a writer made of both cannot stand, and no number leads to another quote."""
        bot.quoted, bot.text = ("a.md", "b.md", "a.md"), "Red [1] and blue [2]."
        steps = tab.begin("Which?")
        next(steps)
        assert "Red" not in words(next(steps)[tab.parts.chat])[1]
        (bot.corpus / "b.md").write_text("Beta is green.\n")
        *_, last, _end = steps
        tab.take(last)
        said = words(last[tab.parts.chat])[1]
        assert "Not quoted, because it changed just now: b.md; ask again." in said
        assert "blue" not in said
        answer = tab.talk.turns[0].answer
        assert answer is not None
        assert [quote["article"] for quote in answer["quotes"]] == ["a.md", "a.md"]
        assert "blue" not in answer["text"]

    def test_the_first_quote_may_be_the_one_that_changed(self, tab: Tab, bot: CannedBot) -> None:
        """Then the second is shown first, never the one that changed."""
        bot.quoted = ("a.md", "b.md")
        ask = bot.ask

        def change(question: str, **given: Any) -> Answer:  # noqa: ANN401  as above
            answer = ask(question, **given)
            (bot.corpus / "a.md").unlink()
            return answer

        bot.ask = change  # type: ignore[method-assign]
        tab.ask("Which?")
        for step in tab.seen[1:-1]:
            (said,) = words(step[tab.parts.chat])[1:]
            assert "Alpha" not in said
            assert "Beta is blue. [1]" in said

    def test_if_nothing_is_left_it_is_no_answer(self, tab: Tab, bot: CannedBot) -> None:
        """The articles did say it, so it is no silence either."""
        steps = tab.begin("Which?")
        next(steps)
        ask = bot.ask

        def change(question: str, **given: Any) -> Answer:  # noqa: ANN401  as above
            answer = ask(question, **given)
            (bot.corpus / "a.md").write_text("Alpha is green.\n")
            return answer

        bot.ask = change  # type: ignore[method-assign]
        last, _end = steps
        said = words(last[tab.parts.chat])[1]
        assert said == "a.md: changed just now, so nothing is quoted; ask again.Ask againUndo"


class TestAtOnce:
    """Several events in one conversation."""

    def test_two_questions_have_a_turn_each(self, tab: Tab) -> None:
        """The one that is answered last shows both."""
        tab.ask("Zero?")
        one, two = tab.begin("One?"), tab.begin("Two?")
        next(one)
        next(two)
        *_, of_one, _end = one
        *_, of_two, _end = two
        assert [shown.question for shown in tab.talk.turns] == ["Zero?", "One?", "Two?"]
        assert 'href="#quote-2-1"' in of_one[tab.parts.chat][3]["content"]
        assert 'href="#quote-3-1"' in of_two[tab.parts.chat][5]["content"]

    def test_what_is_taken_back_while_it_is_answered_stays_away(self, tab: Tab) -> None:
        """And the panel shows nothing of it."""
        tab.ask("Zero?")
        steps = tab.begin("One?")
        next(steps)
        tab.press("undo", 2)
        *_, last, _end = steps
        assert len(last[tab.parts.chat]) == 2
        assert tab.parts.panel not in last

    def test_what_is_deleted_while_it_is_answered_stays_away(self, tab: Tab, desk: Desk) -> None:
        """Another tab may do that."""
        steps = tab.begin("One?")
        tab.take(next(steps))
        talk = tab.talk
        tab.talking.delete(tab.values, tab.request)
        list(steps)
        assert desk.talks.find(talk.id, talk.owner) is None
        assert desk.talks.of(talk.owner) == ()

    def test_who_asks_in_a_deleted_conversation_begins_another(self, tab: Tab, desk: Desk) -> None:
        """Nothing of the old one comes back."""
        tab.ask("One?")
        old = tab.talk
        desk.talks.drop(old)
        last = tab.ask("Two?")
        assert words(last[tab.parts.chat])[0] == "Two?Edit"
        assert last[tab.parts.talk] != old.id


class TestReading:
    """Articles that are opened from the list."""

    def test_only_what_is_indexed_is_opened(self, tab: Tab, bot: CannedBot) -> None:
        """Anybody can send any path; what is not listed is not told apart from what is not."""
        (bot.corpus / "new.md").write_text("Gamma is grey.\n")
        assert "Alpha is red." in tab.asking.read(sent(article="a.md"))
        for path in ("new.md", "none.md", "../a.md", "\ud800", ""):
            said = tab.asking.read(sent(article=path))
            assert "no such article in the index" in said
            assert "Gamma" not in said


class TestTools:
    """What can be done with an answer."""

    def test_a_filter_is_taken_away(self, tab: Tab, bot: CannedBot) -> None:
        """The same question again, leaning on what the first leant on; so when it is retried."""
        tab.ask("Zero?")
        tab.ask("Which? tag:x")
        tab.press("filter", 2, 1)
        assert bot.asked[-1][0] == "Which? tag:x"
        assert bot.asked[-1][1]["ignore"] == ("tag:x",)
        assert bot.leant_on == ["Zero?"]
        tab.press("retry", 3)
        assert bot.asked[-1][1]["ignore"] == ("tag:x",)
        assert bot.leant_on == ["Zero?"]
        assert len(tab.talk.turns) == 3

    @pytest.mark.parametrize(("turn", "number"), [(1, 0), (1, 2), (1, "1"), (1, None), (2, 1)])
    def test_what_is_not_there_cannot_be_taken_away(
        self, tab: Tab, bot: CannedBot, turn: object, number: object
    ) -> None:
        """The panel says that the answer is gone; nothing is asked."""
        tab.ask("Which? tag:x")
        assert "has ended" in tab.press("filter", turn, number)[tab.parts.panel]
        assert len(bot.asked) == 1

    def test_undo_takes_back_the_last_turn_only(self, tab: Tab) -> None:
        """Of the ones before it there is none."""
        tab.ask("One?")
        tab.ask("Two?")
        tab.press("undo", 1)
        assert len(tab.talk.turns) == 2
        tab.press("undo", 2)
        assert [shown.question for shown in tab.talk.turns] == ["One?"]

    def test_undo_of_the_first_turn_leaves_nothing(self, tab: Tab, desk: Desk) -> None:
        """Neither in the list nor in a file, and another question begins anew."""
        tab.ask("One?")
        owner = tab.talk.owner
        last = tab.press("undo", 1)
        assert last[tab.parts.chat] == []
        assert desk.talks.of(owner) == ()
        tab.ask("Two?")
        assert [talk.title for talk in desk.talks.of(owner)] == ["Two?"]

    def test_a_name_that_is_typed_before_the_first_question_is_kept(self, tab: Tab) -> None:
        """A conversation is not there before something is asked in it."""
        tab.values[tab.parts.name] = " Trams  of Lund "
        tab.take(tab.talking.rename(tab.values, tab.request))
        assert "Trams of Lund" in tab.ask("One?")[tab.parts.talks]
        assert tab.talk.name == "Trams of Lund"

    @pytest.mark.parametrize("kind", ["", "cite", "delete", "None"])
    def test_an_unknown_button_does_nothing(self, tab: Tab, kind: str) -> None:
        """What is sent comes from outside."""
        tab.ask("One?")
        tab.press(kind, 1)
        assert len(tab.talk.turns) == 1

    def test_a_turn_that_is_taken_back_takes_its_rating_along(
        self, tab: Tab, tmp_path: Path
    ) -> None:
        """Else that of another question would stand for it."""
        tab.ask("One?")
        tab.press("up", 1)
        assert (tmp_path / "f.jsonl").read_text("utf-8").count("\n") == 1
        tab.press("retry", 1)
        assert (tmp_path / "f.jsonl").read_text("utf-8") == ""
        assert tab.talk.turns[0].rating == ""

    def test_a_rating_is_written_and_a_reason_with_it(self, tab: Tab, tmp_path: Path) -> None:
        """That of the turn which was rated, though it is not the last."""
        tab.ask("One?")
        tab.ask("Two?")
        changes = tab.press("down", 1)
        assert changes[tab.parts.why].visible is True
        values = {**tab.values, tab.parts.reason: "Out of date", tab.parts.words: "By a year"}
        assert tab.rating.explain(values, tab.request)[tab.parts.words] == ""
        (line,) = (tmp_path / "f.jsonl").read_text("utf-8").splitlines()
        said = json.loads(line)
        assert (said["question"], said["reason"]) == ("One?", "Out of date: By a year")

    def test_a_reason_never_goes_to_what_was_liked(self, tab: Tab, tmp_path: Path) -> None:
        """It is about what was not."""
        tab.ask("One?")
        tab.ask("Two?")
        tab.press("down", 1)
        tab.press("up", 2)
        tab.rating.explain({**tab.values, tab.parts.words: "Old"}, tab.request)
        lines = [
            json.loads(line) for line in (tmp_path / "f.jsonl").read_text("utf-8").splitlines()
        ]
        assert {line["question"]: line["rating"] for line in lines} == {
            "One?": "down",
            "Two?": "up",
        }

    def test_a_thumb_is_taken_back(self, tab: Tab) -> None:
        """By pressing it again."""
        tab.ask("One?")
        tab.press("down", 1)
        assert tab.press("down", 1)[tab.parts.why].visible is False
        assert tab.talk.turns[0].rating == ""

    def test_a_silence_has_reasons_of_its_own(self, tab: Tab, bot: CannedBot) -> None:
        """There is no quote to be wrong."""
        bot.quoted = ()
        tab.ask("One?")
        choices = tab.press("down", 1)[tab.parts.reason].choices
        assert [name for name, _ in choices] == ["My articles do say it", "The near misses mislead"]

    def test_trouble_is_not_rated(self, tab: Tab, bot: CannedBot) -> None:
        """There is nothing to like."""
        bot.trouble = IndexNotFound("gone")
        tab.ask("One?")
        tab.press("up", 1)
        assert tab.talk.turns[0].rating == ""

    def test_a_rating_that_cannot_be_written_is_not_shown(
        self, bot: CannedBot, parts: Parts, tmp_path: Path
    ) -> None:
        """One line says why."""
        tab = Tab(Desk(bot, parts, Talks(), Feedback(tmp_path / "none" / "f.jsonl"), False))
        tab.ask("One?")
        assert "cannot be written" in tab.press("up", 1)[parts.report]
        assert tab.talk.turns[0].rating == ""

    def test_a_page_that_is_only_read_rates_nothing(self, bot: CannedBot, tmp_path: Path) -> None:
        """It has no thumbs, and whoever presses one all the same changes nothing."""
        parts = lay(read_only=True)
        tab = Tab(Desk(bot, parts, Talks(), Feedback(None), True))
        last = tab.ask("One?")
        assert "Good answer" not in words(last[parts.chat])[1]
        tab.press("up", 1)
        assert (tab.talk.turns[0].rating, len(tab.talk.turns)) == ("", 1)
        assert parts.refresh is None

    def test_suggestions_follow_the_last_answer(
        self, tab: Tab, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """None of them was asked before; after trouble there are none."""
        given: list[Any] = []

        def suggest(bot: Chatbot, answer: dict[str, Any], asked: set[str]) -> tuple[str, ...]:
            given.append((answer["question"], asked))
            return ("And?",)

        monkeypatch.setattr("pullquote.app.events.asking.suggest", suggest)
        assert tab.asking.suggest(tab.values, tab.request) == {tab.parts.suggestions: ""}
        tab.ask("One?")
        tab.ask("Two?")
        html = tab.asking.suggest(tab.values, tab.request)[tab.parts.suggestions]
        assert 'data-question="And?"' in html
        assert given == [("Two?", {"One?", "Two?"})]

    def test_a_quote_is_opened_and_what_is_none_is_told(self, tab: Tab) -> None:
        """An answer from a conversation that is gone as well."""
        tab.ask("One?")
        event = sent(kind="quote", turn=1, number=1)
        opened = tab.asking.open(tab.values, event, tab.request)[tab.parts.panel]
        assert 'data-shows="#quote-1-1"' in opened
        for number in (0, 2, -1, None, "1"):
            event = sent(kind="quote", turn=1, number=number)
            assert "has ended" in tab.asking.open(tab.values, event, tab.request)[tab.parts.panel]


class TestVisits:
    """Who is here."""

    @pytest.mark.parametrize(
        "kept",
        [
            *(None, "x", [], 3),
            *({"visitor": said} for said in ("a", "x" * 9999, {"a": 1}, "\ud800" * 20)),
        ],
    )
    def test_a_forged_visitor_is_a_new_one(self, desk: Desk, kept: object) -> None:
        """Only ids as they are made here are believed, for nobody guesses those."""
        visit = desk.visit({desk.parts.visitor: kept}, Tab(desk).request)
        assert re.fullmatch(r"[\w-]{22}", visit.visitor)

    def test_a_browser_goes_on_where_it_was_when_it_is_opened_again(self, tab: Tab) -> None:
        """A new tab alone begins anew."""
        tab.ask("One?")
        values = {tab.parts.visitor: tab.values[tab.parts.visitor]}
        again = tab.desk.visit(values, tab.request, again=True)
        assert again.talk is tab.talk
        assert tab.desk.visit(values, tab.request).talk.turns == []

    def test_who_is_signed_in_is_the_same_in_every_browser(self, desk: Desk) -> None:
        """And nobody else, whatever their browser keeps."""
        mine, elsewhere, other = Tab(desk, "asha"), Tab(desk, "asha"), Tab(desk, "bo")
        mine.ask("One?")
        elsewhere.choose(mine.talk.id)
        assert elsewhere.talk is mine.talk
        other.values = dict(mine.values)
        assert other.talk.turns == []
        assert "is gone" in other.choose(mine.talk.id)[desk.parts.report]

    def test_a_browser_cannot_pass_for_a_user(self, desk: Desk) -> None:
        """Whatever it says that it is."""
        mine = Tab(desk, "asha")
        mine.ask("One?")
        stranger = Tab(desk)
        stranger.values = {**mine.values, desk.parts.visitor: {"visitor": "user asha"}}
        assert stranger.talk.turns == []


class TestTalking:
    """Conversations in the sidebar."""

    def test_another_is_begun_without_filters(self, tab: Tab) -> None:
        """The one before stays in the list."""
        tab.ask("One?")
        changes = tab.take(tab.talking.begin_anew(tab.values, tab.request))
        assert changes[tab.parts.chat] == []
        assert [changes[part] for part in tab.parts.filters] == ["", "", [], [], [], False]
        assert words([{"content": changes[tab.parts.talks]}]) == ["One?"]

    def test_one_is_chosen(self, tab: Tab) -> None:
        """It is shown, and goes on."""
        tab.ask("One?")
        first = tab.talk.id
        tab.take(tab.talking.begin_anew(tab.values, tab.request))
        tab.ask("Two?")
        changes = tab.choose(first)
        assert words(changes[tab.parts.chat])[0] == "One?Edit"
        assert 'aria-current="true">One?' in changes[tab.parts.talks]
        for unknown in (None, 3, "../x", "x" * 22):
            assert "is gone" in tab.choose(unknown)[tab.parts.report]

    def test_a_name_is_one_line_and_short(self, tab: Tab) -> None:
        """The box holds no more, but anybody can send anything."""
        tab.ask("One?")
        for sent_name, name in (
            (" My\n name ", "My name"),
            ("<b>" + "x" * 1_000_000, "<b>" + "x" * (NAME_LENGTH - 3)),
            ("\ud800", "?"),
            (None, ""),
        ):
            values = {**tab.values, tab.parts.name: sent_name}
            html = tab.talking.rename(values, tab.request)[tab.parts.talks]
            assert tab.talk.name == name
            assert "<b>" not in html

    def test_one_is_deleted(self, tab: Tab, desk: Desk) -> None:
        """An empty one is begun."""
        tab.ask("One?")
        talk = tab.talk
        changes = tab.take(tab.talking.delete(tab.values, tab.request))
        assert (changes[tab.parts.chat], changes[tab.parts.talks]) == ([], "")
        assert desk.talks.find(talk.id, talk.owner) is None

    def test_one_is_exported(self, tab: Tab, bot: CannedBot) -> None:
        """As Markdown, and as JSON that can be verified; the file bears its title."""
        tab.ask("What/is: α?")
        said = json.loads(tab.talking.export_json(tab.values, tab.request))
        assert (said["name"], said["type"]) == ("what-is-α.json", "application/json")
        (checked,) = bot.verify(json.loads(said["text"]))
        assert checked.status == "exact"
        said = json.loads(tab.talking.export_markdown(tab.values, tab.request))
        assert said["name"] == "what-is-α.md"
        assert "> Alpha is red." in said["text"]


class TestStanding:
    """How the index stands."""

    @pytest.fixture
    def standing(self, desk: Desk, bot: CannedBot) -> Standing:
        """Make the events of a page without examples."""
        return Standing(desk, Examples(bot, []), Following(bot))

    def test_nothing_is_sent_while_nothing_moves(self, standing: Standing, parts: Parts) -> None:
        """The stamp that the page sends is that of now."""
        assert standing.look(sent(stamp="1")) == {parts.status: gr.skip()}

    def test_a_new_generation_is_shown_with_its_labels(
        self, standing: Standing, parts: Parts, bot: CannedBot
    ) -> None:
        """Labels that were chosen stay, though no article has them: the filter is still on."""
        (bot.corpus / "c.md").write_text("---\ntags: [new]\ndraft: true\n---\n\nGamma.\n")
        bot.refresh()
        tags = parts.filters[2]
        line = standing.look(sent(stamp="1"))
        changes = standing.renew({parts.typed: "", tags: ["chosen"]})
        assert line == {parts.status: changes[parts.status]}
        assert changes[parts.status].startswith('<div data-stamp="2">')
        assert "3 articles (1 unpublished)" in changes[parts.status]
        assert [name for name, _ in changes[tags].choices] == ["chosen", "new", "x", "y"]

    @pytest.mark.parametrize("data", [{}, [1], None, "x", {"stamp": 1}])
    def test_what_makes_no_sense_is_answered_with_what_is(
        self, standing: Standing, parts: Parts, data: object
    ) -> None:
        """The stamp comes from outside."""
        event = gr.EventData(None, data)
        assert 'data-stamp="1"' in standing.look(event)[parts.status]

    def test_without_an_index_there_is_a_stamp_too(self, desk: Desk, tmp_path: Path) -> None:
        """So that the page notices when there is one."""
        bot = Chatbot(fill(tmp_path / "other", {}), embeddings=tmp_path / "none")
        standing = Standing(replace(desk, bot=bot), Examples(bot, []), Following(bot))
        status = desk.parts.status
        assert standing.look(sent(stamp="0")) == {status: gr.skip()}
        said = standing.look(sent(stamp="1"))[status]
        assert "press Refresh" in said

    def test_filters_that_are_on_are_counted(self, standing: Standing, parts: Parts) -> None:
        """Each label is one; and what they leave is told."""
        since, _, tags, *_ = parts.filters
        changes = standing.count_filters({since: "2025-01-01", tags: ["x", "z"]})
        assert changes[parts.filter_box].label == "Filters (3 on)"
        changes = standing.count_filters({})
        assert changes[parts.filter_box].label == "Filters"

    def test_a_day_that_is_none_is_told(self, standing: Standing, parts: Parts) -> None:
        """Where the filters are."""
        changes = standing.count_filters({parts.filters[0]: "someday"})
        assert "someday" in changes[parts.passing]
        assert 'role="alert"' in changes[parts.passing]

    def test_a_refresh_is_reported(self, standing: Standing, tab: Tab, bot: CannedBot) -> None:
        """An empty chat gets new examples; one that is not is left alone."""
        (bot.corpus / "c.md").write_text("Gamma is grey.\n")
        values = {tab.parts.typed: ""}
        changes = standing.refresh(values, tab.request, lambda *_, **__: None)  # type: ignore[arg-type]
        assert "1 added" in changes[tab.parts.report]
        assert tab.parts.chat in changes
        tab.ask("One?")
        changes = standing.refresh(values | tab.values, tab.request, lambda *_, **__: None)  # type: ignore[arg-type]
        assert "Nothing has changed" in changes[tab.parts.report]
        assert tab.parts.chat not in changes

    def test_a_page_that_is_opened_again_shows_where_it_was(
        self, standing: Standing, tab: Tab
    ) -> None:
        """The conversation, its name in the list, and how the index stands."""
        tab.ask("One?")
        kept = {tab.parts.visitor: tab.values[tab.parts.visitor], tab.parts.typed: ""}
        changes = standing.load(kept, tab.request)
        assert words(changes[tab.parts.chat])[0] == "One?Edit"
        assert changes[tab.parts.talk] == tab.talk.id
        assert "2 articles" in changes[tab.parts.status]


def test_every_event_of_a_page_is_wired(bot: CannedBot, tmp_path: Path) -> None:
    """A page with conversations in a folder makes it; one that is only read does not."""
    in_a_loop(lambda: build(bot, examples=[], conversations=tmp_path / "kept"))
    assert (tmp_path / "kept").is_dir()
    in_a_loop(lambda: build(bot, examples=[], conversations=tmp_path / "no", read_only=True))
    assert not (tmp_path / "no").exists()


def test_a_long_conversation_is_one_message_a_question_and_answer(desk: Desk) -> None:
    """The last one alone can be taken back."""
    talk = Talk("id", "browser a", turns=[Shown("Why?", trouble="No.") for _ in range(200)])
    messages = desk.write(talk)
    assert len(messages) == 400
    assert sum("#undo-" in message["content"] for message in messages) == 1
