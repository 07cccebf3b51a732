"""What the page's events share: the bot, the parts of the page, and who is asking."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from pullquote.app.chat import messages
from pullquote.app.chat.conversations import Talk, Talks
from pullquote.app.chat.feedback import Feedback
from pullquote.app.chat.sidebar import show_talks
from pullquote.app.parts import NAME_LENGTH, Parts
from pullquote.app.source import panel
from pullquote.chatbot import Chatbot
from pullquote.errors import PullquoteError

Values = dict[Any, Any]  # part of the page → its value
Changes = dict[Any, Any]  # part of the page → its new value
ENDED = "This answer is from a conversation that has ended; ask again."
_VISITOR = re.compile(r"[A-Za-z0-9_-]{16,64}")  # as it is made here; whatever else comes is not us


@dataclass(frozen=True, slots=True)
class Visit:
    """One event of one visitor: whose conversation it is, and what the browser keeps."""

    talk: Talk
    visitor: str

    @property
    def kept(self) -> dict[str, str]:
        """What the browser keeps until the next visit."""
        return {"visitor": self.visitor, "talk": self.talk.id}


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that outlives an event."""

    bot: Chatbot
    parts: Parts
    talks: Talks
    feedback: Feedback
    read_only: bool

    def visit(self, values: Values, request: gr.Request, *, again: bool = False) -> Visit:
        """Return who is here, in the conversation of the tab or a new one.

        A tab that is opened `again` goes on with the conversation that the browser was last in.
        """
        kept = values.get(self.parts.visitor)
        kept = kept if isinstance(kept, Mapping) else {}
        visitor = str(kept.get("visitor"))
        if not _VISITOR.fullmatch(visitor):
            visitor = secrets.token_urlsafe(16)
        # Who has signed in is the same person in every browser.
        owner = f"user {request.username}" if request.username else f"browser {visitor}"
        talk_id = values.get(self.parts.talk) or (kept.get("talk") if again else "")
        return Visit(self.talks.find(talk_id, owner) or self.talks.begin(owner), visitor)

    def read_name(self, values: Values) -> str:
        """Return the name that stands in the box."""
        return " ".join(typed(values.get(self.parts.name), NAME_LENGTH).split())

    def keep(self, talk: Talk) -> Changes:
        """Keep a conversation; return what is told above the chat if that fails."""
        try:
            self.talks.keep(talk)
        except PullquoteError as error:
            return {self.parts.report: messages.show_trouble(str(error))}
        return {}

    def write(self, talk: Talk) -> list[messages.Message]:
        """Return a conversation as chat messages."""
        last, rate = len(talk.turns), not self.read_only
        return [
            message
            for turn, shown in enumerate(talk.turns, 1)
            for message in messages.show_turn(shown, turn, last=turn == last, rate=rate)
        ]

    def show(self, visit: Visit) -> Changes:
        """Return what changes when a conversation is opened."""
        parts, talk = self.parts, visit.talk
        return {
            parts.question: "",
            parts.chat: self.write(talk),
            parts.panel: panel.EMPTY,
            parts.report: "",
            parts.suggestions: "",
            parts.why: gr.Column(visible=False),
            parts.reason: gr.skip(),
            **self.name(visit),
        }

    def name(self, visit: Visit) -> Changes:
        """Return the list of conversations, and the name of the one that is open."""
        parts, talk = self.parts, visit.talk
        return {
            parts.talk: talk.id,
            parts.visitor: visit.kept,
            parts.talks: show_talks(self.talks.of(talk.owner), talk.id),
            parts.name: gr.Textbox(talk.name, placeholder=talk.title),
        }


def typed(value: object, most: int) -> str:
    """Return what somebody typed, at most so many characters of it; half a character is "?"."""
    text = value if isinstance(value, str) else ""
    return text[:most].encode(errors="replace").decode()


def sent(clicked: gr.EventData) -> Mapping[str, Any]:
    """Return what the page sent with a click; nothing if it makes no sense."""
    said = getattr(clicked, "_data", None)
    return said if isinstance(said, Mapping) else {}


def target(clicked: gr.EventData) -> tuple[str, int, int]:
    """Return the kind, turn and number that the page sent; what makes no sense opens nothing."""
    said = sent(clicked)
    kind, turn, number = (said.get(key) for key in ("kind", "turn", "number"))
    if isinstance(turn, int) and isinstance(number, int):
        return str(kind), turn, number
    return "", 0, 0
