"""What happens when the page is used: from a question, a click or a refresh to what is shown."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import gradio as gr

from pullquote.app import panel, render
from pullquote.app.examples import Examples
from pullquote.app.following import Following
from pullquote.app.sources import open_source
from pullquote.chatbot import Chatbot, Conversation
from pullquote.errors import IndexNotFound, PullquoteError
from pullquote.filters import PlainFilter
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
    removed: list[tuple[str, ...]] = field(default_factory=list)  # words no filter was read from

    def quotes(self, turn: int, *, near: bool) -> tuple[Quote, ...]:
        """Return the quotes, or near misses, of a turn counted from 1; none if there was none."""
        if not 1 <= turn <= len(self.answers):
            return ()
        answer = self.answers[turn - 1]
        return answer.nearest if near else answer.quotes

    def filters(self, turn: int) -> tuple[PlainFilter, ...]:
        """Return the filters read from the words of a turn, counted from 1; none if it is none."""
        return self.answers[turn - 1].filters if 1 <= turn <= len(self.answers) else ()


class Actions:
    """The page's events over one bot. What a browser tab has seen comes and goes as a Session."""

    def __init__(self, bot: Chatbot, examples: Examples, following: Following) -> None:
        self._bot = bot
        self._examples = examples
        self._following = following

    def ask(
        self,
        question: str,
        since: str | None,
        until: str | None,
        tags: list[str] | None,
        unpublished: bool,
        session: Session | None,
    ) -> Iterator[tuple[Any, ...]]:
        """Show the question at once, then the answer with its first quote opened."""
        question = question.strip()[:MAX_QUESTION]
        if not question:
            yield (gr.skip(),) * 5
            return
        session = session or Session(self._bot.conversation())
        yield from self._ask(question, _given(since, until, tags, unpublished), session)

    def _ask(
        self,
        question: str,
        given: dict[str, Any],
        session: Session,
        *,
        removed: tuple[str, ...] = (),
        after: int | None = None,
    ) -> Iterator[tuple[Any, ...]]:
        asked = render.show_question(question, removed)
        session.messages.append({"role": "user", "content": asked})
        yield "", session.messages, gr.skip(), session, ""
        try:
            answer = session.chat.ask(question, **given, ignore=removed, after=after)
        except PullquoteError as error:
            session.messages.append(_said(render.show_trouble(str(error))))
            yield gr.skip(), session.messages, gr.skip(), session, gr.skip()
            return
        session.answers.append(answer)
        session.removed.append(removed)
        turn = len(session.answers)
        session.messages.append(_said(render.show_answer(answer, turn, date.today())))
        opened: Any = panel.EMPTY
        if answer.quotes:
            opened = self._open(answer.quotes, 1, render.quote_link(turn, 1))
        yield gr.skip(), session.messages, opened, session, gr.skip()

    def ask_example(
        self,
        chosen: gr.SelectData,
        since: str | None,
        until: str | None,
        tags: list[str] | None,
        unpublished: bool,
        session: Session | None,
    ) -> Iterator[tuple[Any, ...]]:
        """Ask the example question that was clicked."""
        question = str(chosen.value["text"])
        yield from self.ask(question, since, until, tags, unpublished, session)

    def unfilter(
        self,
        clicked: gr.EventData,
        since: str | None,
        until: str | None,
        tags: list[str] | None,
        unpublished: bool,
        session: Session | None,
    ) -> Iterator[tuple[Any, ...]]:
        """Ask a question again without the filter, read from its words, that was clicked."""
        _, turn, number = _target(clicked)
        filters = session.filters(turn) if session else ()
        if session is None or not 1 <= number <= len(filters):
            yield gr.skip(), gr.skip(), panel.show_notice(_ENDED), gr.skip(), gr.skip()
            return
        yield from self._ask(
            session.answers[turn - 1].question,
            _given(since, until, tags, unpublished),
            session,
            removed=(*session.removed[turn - 1], filters[number - 1].words),
            after=turn - 1,
        )

    def open(self, clicked: gr.EventData, session: Session | None) -> str:
        """Show the source of the citation or near miss that was clicked."""
        kind, turn, number = _target(clicked)
        quotes = session.quotes(turn, near=kind == "near") if session else ()
        if not 1 <= number <= len(quotes):
            return panel.show_notice(_ENDED)
        link = render.quote_link(turn, number, near=kind == "near")
        return self._open(quotes, number, link)

    def begin_anew(self) -> tuple[Any, ...]:
        """Forget the conversation and the filters."""
        return "", [], panel.EMPTY, None, "", "", "", [], False

    def count_filters(
        self, since: str, until: str, tags: list[str] | None, unpublished: bool
    ) -> gr.Accordion:
        """Say on the folded filters how many are on: a forgotten one makes answers wrong."""
        count = sum(map(bool, (since, until, unpublished, *(tags or ()))))
        return gr.Accordion(f"Filters ({count} on)" if count else "Filters")

    def refresh(
        self,
        tags: list[str] | None,
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
        return report, *self.load(tags, session)

    def load(self, tags: list[str] | None, session: Session | None) -> tuple[Any, ...]:
        """Return the state of the index, the tags there are, and examples for an empty chat."""
        chat = gr.skip() if session else gr.Chatbot(examples=self._examples.messages())
        return *self._show_state(tags), chat

    def look(self, sent: gr.EventData, tags: list[str] | None) -> tuple[Any, ...]:
        """Return state and tags if they are not any more what the page says that it shows."""
        shown = (getattr(sent, "_data", None) or {}).get("stamp")
        return (gr.skip(),) * 2 if shown == self._following.stamp() else self._show_state(tags)

    def _show_state(self, chosen: Iterable[str] | None) -> tuple[Any, ...]:
        """Return the status line and the tags; those `chosen` stay, though no article has them."""
        stamp = self._following.stamp()  # first, so that what changes meanwhile is shown next time
        followed, trouble = self._following.is_on, self._following.trouble
        tags = set(chosen or ())
        try:
            line = render.show_status(self._following.state(), followed=followed, trouble=trouble)
            tags |= {tag for article in self._bot.articles() for tag in article.tags}
        except IndexNotFound:
            line = render.show_no_index(followed=followed, trouble=trouble)
        except PullquoteError as error:
            line = render.show_line(str(error), alert=True)
        return render.show_stamped(line, stamp), gr.Dropdown(choices=sorted(tags))

    def _open(self, quotes: Sequence[Quote], number: int, link: str) -> str:
        try:
            return open_source(self._bot, quotes, number, link)
        except PullquoteError as error:
            return panel.show_notice(str(error))


def _given(
    since: str | None, until: str | None, tags: list[str] | None, unpublished: bool
) -> dict[str, Any]:
    """Return the filters of the page as arguments."""
    return {
        "since": (since or "").strip(),
        "until": (until or "").strip(),
        "tags": tags,
        "unpublished": bool(unpublished),
    }


def _said(content: str) -> Message:
    return {"role": "assistant", "content": content}


def _target(clicked: gr.EventData) -> tuple[str, int, int]:
    """Return the kind, turn and number that the page sent; what makes no sense opens nothing."""
    sent = getattr(clicked, "_data", None) or {}
    kind, turn, number = (sent.get(key) for key in ("kind", "turn", "number"))
    if isinstance(turn, int) and isinstance(number, int):
        return str(kind), turn, number
    return "", 0, 0
