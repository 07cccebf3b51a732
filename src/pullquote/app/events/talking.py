"""Conversations: begun, chosen, named, exported, deleted."""

import json
import re

import gradio as gr

from pullquote.app.chat.conversations import Talk
from pullquote.app.chat.messages import show_trouble
from pullquote.app.events.desk import Changes, Desk, Values, Visit, sent
from pullquote.errors import PullquoteError

_NOT_FOR_NAMES = re.compile(r"[^\w-]+")
_FILE_NAME_LENGTH = 60


class Talking:
    """Events of the sidebar that are about conversations."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._parts = desk, desk.parts

    def begin_anew(self, values: Values, request: gr.Request) -> Changes:
        """Begin another conversation, without filters."""
        visit = self._desk.visit(values, request)
        return self._turn_to(Visit(self._desk.talks.begin(visit.talk.owner), visit.visitor))

    def choose(self, values: Values, clicked: gr.EventData, request: gr.Request) -> Changes:
        """Open the conversation that was clicked."""
        visit = self._desk.visit(values, request)
        found = self._desk.talks.find(sent(clicked).get("talk"), visit.talk.owner)
        if found is None:
            return {self._parts.report: show_trouble("This conversation is gone.")}
        return self._turn_to(Visit(found, visit.visitor))

    def delete(self, values: Values, request: gr.Request) -> Changes:
        """Forget the conversation that is open."""
        visit = self._desk.visit(values, request)
        try:
            self._desk.talks.drop(visit.talk)
        except PullquoteError as error:
            return {self._parts.report: show_trouble(str(error))}
        return self._turn_to(Visit(self._desk.talks.begin(visit.talk.owner), visit.visitor))

    def rename(self, values: Values, request: gr.Request) -> Changes:
        """Give the conversation that is open another name."""
        visit = self._desk.visit(values, request)
        name = self._desk.read_name(values)
        if visit.talk.turns and name != visit.talk.name:
            visit.talk.name = name
            try:
                self._desk.talks.keep(visit.talk)
            except PullquoteError as error:
                return {self._parts.report: show_trouble(str(error))}
        return {self._parts.talks: self._desk.name(visit)[self._parts.talks]}

    def export_markdown(self, values: Values, request: gr.Request) -> str:
        """Return the conversation as Markdown with footnotes, as a file to save."""
        talk = self._desk.visit(values, request).talk
        return _file(talk, "md", "text/markdown", talk.to_markdown())

    def export_json(self, values: Values, request: gr.Request) -> str:
        """Return the answers as JSON, which `pullquote verify` reads, as a file to save."""
        talk = self._desk.visit(values, request).talk
        text = json.dumps(talk.answers(), ensure_ascii=False, indent=2) + "\n"
        return _file(talk, "json", "application/json", text)

    def _turn_to(self, visit: Visit) -> Changes:
        since, until, tags, categories, lang, unpublished = self._parts.filters
        cleared = {since: "", until: "", tags: [], categories: [], lang: [], unpublished: False}
        return self._desk.show(visit) | cleared


def _file(talk: Talk, ending: str, kind: str, text: str) -> str:
    """Return what page.js makes a file of."""
    name = _NOT_FOR_NAMES.sub("-", talk.title.casefold()).strip("-")[:_FILE_NAME_LENGTH]
    said = {"name": f"{name or 'conversation'}.{ending}", "type": kind, "text": text}
    return json.dumps(said, ensure_ascii=False)
