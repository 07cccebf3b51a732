"""Ratings of answers, and why one was not good."""

import gradio as gr

from pullquote.app.chat import messages
from pullquote.app.chat.conversations import Shown
from pullquote.app.chat.feedback import DOWN, UP
from pullquote.app.events.desk import ENDED, Changes, Desk, Values, Visit, target, typed
from pullquote.app.http.asked import MAX_QUESTION
from pullquote.app.parts import reasons_for
from pullquote.app.source import panel
from pullquote.errors import PullquoteError


class Rating:
    """Events of the thumbs and of the form that asks why."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._parts = desk, desk.parts

    def rate(self, values: Values, clicked: gr.EventData, request: gr.Request) -> Changes:
        """Rate an answer, or take its rating back."""
        visit = self._desk.visit(values, request)
        kind, turn, _ = target(clicked)
        shown = visit.talk.shown(turn)
        if shown is None:
            return {self._parts.panel: panel.show_notice(ENDED)}
        if kind in (UP, DOWN):
            return self._rate(visit, shown, turn, kind)
        return {self._parts.question: gr.skip()}

    def explain(self, values: Values, request: gr.Request) -> Changes:
        """Write why an answer was not good."""
        parts = self._parts
        talk = self._desk.visit(values, request).talk
        rated = [n for n, shown in enumerate(talk.turns, 1) if shown.rating == DOWN]
        reasons = (values.get(parts.reason), values.get(parts.words))
        said = ": ".join(filter(None, (typed(reason, MAX_QUESTION) for reason in reasons)))
        if rated and said:
            turn = talk.rated if talk.rated in rated else rated[-1]
            try:
                self._desk.feedback.write(talk, turn, DOWN, reason=said)
            except PullquoteError as error:
                return {parts.report: messages.show_trouble(str(error))}
        return {parts.why: gr.Column(visible=False), parts.words: ""}

    def _rate(self, visit: Visit, shown: Shown, turn: int, kind: str) -> Changes:
        parts, talk = self._parts, visit.talk
        if self._desk.read_only or not shown.answer:
            return {parts.question: gr.skip()}
        before, shown.rating = shown.rating, "" if shown.rating == kind else kind
        try:
            self._desk.feedback.write(talk, turn, shown.rating)
        except PullquoteError as error:
            shown.rating = before
            return {parts.report: messages.show_trouble(str(error))}
        talk.rated = turn
        silent = not shown.answer.get("quotes")
        return {
            parts.chat: self._desk.write(talk),
            parts.why: gr.Column(visible=shown.rating == DOWN),
            parts.reason: gr.Radio(list(reasons_for(silent)), value=None),
            **self._desk.keep(talk),
        }
