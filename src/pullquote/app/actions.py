"""What happens when the page is used: from a question, a click or a refresh to what is shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from pullquote.app import panel, render
from pullquote.app.examples import Examples
from pullquote.chatbot import Chatbot, Conversation
from pullquote.errors import IndexNotFound, PullquoteError
from pullquote.types import Answer, Quote

MAX_QUESTION = 2_000  # characters; a longer one is a text, not a question
_ENDED = "This answer is from a conversation that has ended; ask again."

Message = dict[str, Any]


@dataclass(slots=True)
class Session:
    """What one browser tab has seen; it is never shared."""

    chat: Conversation
    answers: list[Answer] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    def quotes(self, turn: int, *, near: bool) -> tuple[Quote, ...]:
        """Return the quotes, or near misses, of a turn counted from 1; none if there was none."""
        if not 1 <= turn <= len(self.answers):
            return ()
        answer = self.answers[turn - 1]
        return answer.nearest if near else answer.quotes


class Actions:
    """The page's events over one bot. What a browser tab has seen comes and goes as a Session."""

    def __init__(self, bot: Chatbot, examples: Examples) -> None:
        self._bot = bot
        self._examples = examples

    def ask(
        self,
        question: str,
        since: str | None,
        until: str | None,
        tags: list[str] | None,
        session: Session | None,
    ) -> Iterator[tuple[Any, ...]]:
        """Show the question at once, then the answer with its first quote opened."""
        question = question.strip()[:MAX_QUESTION]
        if not question:
            yield (gr.skip(),) * 5
            return
        session = session or Session(self._bot.conversation())
        session.messages.append({"role": "user", "content": render.show_question(question)})
        yield "", session.messages, gr.skip(), session, ""
        try:
            answer = session.chat.ask(
                question, since=(since or "").strip(), until=(until or "").strip(), tags=tags
            )
        except PullquoteError as error:
            session.messages.append(_said(render.show_trouble(str(error))))
            yield gr.skip(), session.messages, gr.skip(), session, gr.skip()
            return
        session.answers.append(answer)
        turn = len(session.answers)
        session.messages.append(_said(render.show_answer(answer, turn)))
        opened: Any = panel.EMPTY
        if answer.quotes:
            opened = self._source(answer.quotes, 1, render.quote_link(turn, 1))
        yield gr.skip(), session.messages, opened, session, gr.skip()

    def ask_example(
        self,
        chosen: gr.SelectData,
        since: str | None,
        until: str | None,
        tags: list[str] | None,
        session: Session | None,
    ) -> Iterator[tuple[Any, ...]]:
        """Ask the example question that was clicked."""
        yield from self.ask(str(chosen.value["text"]), since, until, tags, session)

    def open(self, clicked: gr.EventData, session: Session | None) -> str:
        """Show the source of the citation or near miss that was clicked."""
        kind, turn, number = _target(clicked)
        quotes = session.quotes(turn, near=kind == "near") if session else ()
        if not 1 <= number <= len(quotes):
            return panel.show_notice(_ENDED)
        link = render.quote_link(turn, number, near=kind == "near")
        return self._source(quotes, number, link)

    def begin_anew(self) -> tuple[Any, ...]:
        """Forget the conversation and the filters."""
        return "", [], panel.EMPTY, None, "", "", "", []

    def count_filters(self, since: str, until: str, tags: list[str] | None) -> gr.Accordion:
        """Say on the folded filters how many are on: a forgotten one makes answers wrong."""
        count = sum(map(bool, (since, until, *(tags or ()))))
        return gr.Accordion(f"Filters ({count} on)" if count else "Filters")

    def refresh(
        self,
        session: Session | None,
        progress: gr.Progress = gr.Progress(),  # noqa: B008  gradio looks for it in the signature
    ) -> tuple[Any, ...]:
        """Refresh the index and tell what was done."""

        def hear(step: str, done: int, total: int) -> None:
            progress((done, total) if total else None, desc=step, unit="")

        try:
            report = render.show_report(self._bot.refresh(progress=hear))
        except PullquoteError as error:
            report = render.show_line(str(error), alert=True)
        return report, *self.load(session)

    def load(self, session: Session | None) -> tuple[Any, ...]:
        """Return the state of the index, the tags there are, and examples for an empty chat."""
        try:
            status = render.show_status(self._bot.status())
            tags = sorted({tag for article in self._bot.articles() for tag in article.tags})
        except IndexNotFound:
            status, tags = render.show_no_index(), []
        except PullquoteError as error:
            status, tags = render.show_line(str(error), alert=True), []
        chat = gr.skip() if session else gr.Chatbot(examples=self._examples.messages())
        return status, gr.Dropdown(choices=tags), chat

    def _source(self, quotes: Sequence[Quote], number: int, link: str) -> str:
        """Return the panel for a quote; its article is read again, so that no mark can be wrong."""
        quoted = quotes[number - 1].article
        try:
            article = self._bot.read_article(quoted.path)
        except PullquoteError as error:
            return panel.show_notice(str(error))
        if article.digest != quoted.digest:
            return panel.show_changed(article)
        return panel.show_panel(article, quotes, number, link)


def _said(content: str) -> Message:
    return {"role": "assistant", "content": content}


def _target(clicked: gr.EventData) -> tuple[str, int, int]:
    """Return the kind, turn and number that the page sent; what makes no sense opens nothing."""
    sent = getattr(clicked, "_data", None) or {}
    kind, turn, number = (sent.get(key) for key in ("kind", "turn", "number"))
    if isinstance(turn, int) and isinstance(number, int):
        return str(kind), turn, number
    return "", 0, 0
