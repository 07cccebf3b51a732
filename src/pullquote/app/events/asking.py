"""Asking, and what is done with an answer: opened, asked again, taken back."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

import gradio as gr

from pullquote.app.chat import messages
from pullquote.app.chat.conversations import Shown
from pullquote.app.events.arriving import arrive
from pullquote.app.events.desk import ENDED, Changes, Desk, Values, Visit, sent, target, typed
from pullquote.app.http.asked import MAX_QUESTION
from pullquote.app.parts import Parts
from pullquote.app.source import panel
from pullquote.app.source.sources import open_article, open_source
from pullquote.app.suggestions.suggesting import suggest
from pullquote.errors import PullquoteError
from pullquote.mcp.library import Library

RETRY, EDIT, UNDO = "retry", "edit", "undo"
_BROKEN_OFF = "This was not answered to the end; ask again."
_MOST_TYPED = 200  # characters of a filter; no day, and hardly a tag, is longer


class Asking:
    """Events of the chat and of the source panel."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._parts, self._bot = desk, desk.parts, desk.bot
        self._library = Library(desk.bot, remote=True)
        # What is being answered, by its identity, and as much of the answer as is there.
        self._busy: dict[int, dict[str, Any]] = {}

    def ask(self, values: Values, request: gr.Request) -> Iterator[Changes]:
        """Show the question at once, then the answer with its first quote opened.

        Only here the box is emptied: what is clicked may come while another question is typed.
        """
        box = self._parts.question
        with closing(self._begin(values.get(box), values, request)) as steps:
            emptied: Changes = {box: ""}
            yield emptied | next(steps)
            yield from steps

    def ask_example(
        self, values: Values, chosen: gr.SelectData, request: gr.Request
    ) -> Iterator[Changes]:
        """Ask the example question that was clicked."""
        yield from self._begin(chosen.value["text"], values, request)

    def ask_suggested(
        self, values: Values, clicked: gr.EventData, request: gr.Request
    ) -> Iterator[Changes]:
        """Ask the question that was suggested and clicked."""
        yield from self._begin(sent(clicked).get("question"), values, request)

    def unfilter(
        self, values: Values, clicked: gr.EventData, request: gr.Request
    ) -> Iterator[Changes]:
        """Ask a question again without the filter, read from its words, that was clicked."""
        visit = self._desk.visit(values, request)
        _, turn, number = target(clicked)
        shown = visit.talk.shown(turn)
        filters = (shown.answer or {}).get("filters", ()) if shown else ()
        if shown is None or not 1 <= number <= len(filters):
            yield {self._parts.panel: panel.show_notice(ENDED)}
            yield self._end()
            return
        removed = (*shown.removed, filters[number - 1]["words"])
        given = given_filters(self._parts, values)
        yield from self._ask(visit, Shown(shown.question, given, removed, after=turn - 1))

    def use_tool(
        self, values: Values, clicked: gr.EventData, request: gr.Request
    ) -> Iterator[Changes]:
        """Ask the last question again, edit it or take it back."""
        visit = self._desk.visit(values, request)
        kind, turn, _ = target(clicked)
        shown = visit.talk.shown(turn)
        if shown is None:
            yield {self._parts.panel: panel.show_notice(ENDED)}
            yield self._end()
        elif kind in (RETRY, EDIT, UNDO) and turn == len(visit.talk.turns):
            yield from self._take_back(visit, shown, turn, kind)
        else:
            yield self._end()

    def suggest(self, values: Values, request: gr.Request) -> Changes:
        """Return what may be asked next; nothing while others wait for their answers.

        A suggestion costs as much as several questions.
        """
        talk = self._desk.visit(values, request).talk
        answer = talk.turns[-1].answer if talk.turns else None
        questions: tuple[str, ...] = ()
        if answer and not self._busy:
            asked = {shown.question for shown in talk.turns}
            questions = suggest(self._bot, answer, asked | {answer["standalone"]})
        return {self._parts.suggestions: messages.show_suggestions(questions)}

    def open(self, values: Values, clicked: gr.EventData, request: gr.Request) -> Changes:
        """Show the source of the citation or near miss that was clicked."""
        kind, turn, number = target(clicked)
        talk = self._desk.visit(values, request).talk
        near = kind == "near"
        quotes = talk.quotes(turn, near=near)
        if not near:  # or they are on their way
            quotes = quotes or self._busy.get(id(talk.shown(turn)), {}).get("quotes", [])
        return {self._parts.panel: self._open(quotes, turn, number, near=near)}

    def read(self, clicked: gr.EventData) -> str:
        """Show an article that was clicked in the list."""
        path = str(sent(clicked).get("article") or "")
        try:
            if not self._library.sees(path, unpublished=True):  # none that is in the list
                return panel.show_notice(f"{path}: no such article in the index.")
            return open_article(self._bot, path)
        except PullquoteError as error:
            return panel.show_notice(str(error))

    # -- how

    def _begin(
        self, said: object, values: Values, request: gr.Request
    ) -> Generator[Changes, None, None]:
        question = typed(said, MAX_QUESTION).strip()
        visit = self._desk.visit(values, request)
        last = visit.talk.turns[-1] if visit.talk.turns else None
        # A second Enter before the box is cleared asks nothing new.
        twice = last is not None and last.question == question and id(last) in self._busy
        if not visit.talk.turns:
            visit.talk.name = self._desk.read_name(values)
        if question and not twice:
            yield from self._ask(visit, Shown(question, given_filters(self._parts, values)))
        else:
            yield self._end()

    def _ask(self, visit: Visit, asked: Shown) -> Iterator[Changes]:
        """Show a question, then its answer: quotes come as they are verified."""
        parts, talk = self._parts, visit.talk
        before = self._desk.write(talk)
        talk.turns.append(asked)
        self._desk.talks.remember(talk)
        turn = talk.place(asked)
        question = messages.show_turn(asked, turn)
        cleared = {
            parts.report: "",
            parts.suggestions: "",
            parts.why: gr.Column(visible=False),
        }
        self._busy[id(asked)] = {}
        opened: list[dict[str, Any]] = []
        try:
            yield {**cleared, parts.chat: [*before, *question], **self._desk.name(visit)}
            for partly in arrive(self._bot, asked, talk.earlier(turn)):
                self._busy[id(asked)] = partly
                said = {"role": "assistant", "content": messages.show_answer(partly, turn)}
                changes: Changes = {parts.chat: [*before, *question, said]}
                if partly.get("writing") and not opened:  # a model may take its time
                    opened = partly["quotes"]
                    changes[parts.panel] = self._open(opened, turn, 1)
                yield changes
        except PullquoteError as error:
            asked.trouble = str(error)
        finally:  # whoever goes away meanwhile leaves no question without a reply
            del self._busy[id(asked)]
            asked.trouble = "" if asked.answer else asked.trouble or _BROKEN_OFF
        yield self._answered(visit, asked, opened)
        yield self._end()

    def _end(self) -> Changes:
        """Return the last step of an answer, which changes nothing.

        Gradio sends it again when the event has ended, over whatever was opened in between.
        """
        return {self._parts.question: gr.skip()}

    def _answered(self, visit: Visit, asked: Shown, opened: Sequence[Mapping[str, Any]]) -> Changes:
        """Keep the conversation and show it, unless the question was taken back meanwhile.

        Where its quotes have been `opened`, the panel shows what was clicked since.
        """
        parts, talk = self._parts, visit.talk
        turn = talk.place(asked)
        changes: Changes = {parts.chat: self._desk.write(talk)}
        if turn:
            changes |= self._desk.keep(talk)
            quotes = talk.quotes(turn)
            if not quotes or quotes != opened:
                changes[parts.panel] = self._open(quotes, turn, 1) if quotes else panel.EMPTY
        return changes | self._desk.name(visit)

    def _open(
        self, quotes: Sequence[Mapping[str, Any]], turn: int, number: int, *, near: bool = False
    ) -> str:
        if not 1 <= number <= len(quotes):
            return panel.show_notice(ENDED)
        try:
            link = messages.quote_link(turn, number, near=near)
            return open_source(self._bot, quotes, number, link)
        except PullquoteError as error:
            return panel.show_notice(str(error))

    def _take_back(self, visit: Visit, shown: Shown, turn: int, kind: str) -> Iterator[Changes]:
        """Take the last turn back, and its rating; ask it again, or put it into the box."""
        parts, talk = self._parts, visit.talk
        try:
            if shown.rating:
                self._desk.feedback.write(talk, turn, "")
            if turn == 1 and kind != RETRY:
                self._desk.talks.drop(talk)
        except PullquoteError as error:
            yield {parts.report: messages.show_trouble(str(error))}
            yield self._end()
            return
        talk.turns.pop()
        if kind == RETRY:
            again = Shown(shown.question, shown.given, shown.removed, after=shown.after)
            yield from self._ask(visit, again)
        else:
            box = shown.question if kind == EDIT else gr.skip()
            yield self._desk.show(visit) | self._desk.keep(talk) | {parts.question: box}
            yield self._end()


def given_filters(parts: Parts, values: Values) -> dict[str, Any]:
    """Return the filters of the page as arguments of `Chatbot.ask`."""
    since, until, tags, categories, lang, unpublished = map(values.get, parts.filters)
    return {
        "since": typed(since, _MOST_TYPED).strip(),
        "until": typed(until, _MOST_TYPED).strip(),
        "tags": _chosen(tags),
        "categories": _chosen(categories),
        "lang": _chosen(lang),
        "unpublished": bool(unpublished),
    }


def _chosen(labels: object) -> list[str]:
    return [typed(label, _MOST_TYPED) for label in labels] if isinstance(labels, list) else []
