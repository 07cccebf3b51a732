"""The page: sidebar, chat, and the source of what is quoted."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.blocks import Block
from gradio.events import Dependency, api

from pullquote.app.about.following import Following
from pullquote.app.chat.conversations import Talks
from pullquote.app.chat.feedback import Feedback
from pullquote.app.chat.messages import show_turn
from pullquote.app.events.asking import Asking
from pullquote.app.events.desk import Desk
from pullquote.app.events.failing import tell_failures
from pullquote.app.events.rating import Rating
from pullquote.app.events.standing import Standing
from pullquote.app.events.talking import Talking
from pullquote.app.http.calling import create_call
from pullquote.app.parts import Parts, lay_out
from pullquote.app.suggestions.examples import Examples
from pullquote.chatbot import Chatbot

_CONCURRENT = 4  # answers at a time: more only make each other wait on a laptop
_WAITING = 64
_TITLE = "Pullquote"
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
# A click is answered at once, whatever else is being computed.
_AT_ONCE: dict[str, Any] = {**_QUIET, "queue": False}
FEEDBACK_FILE = "feedback.jsonl"
_SAVE = "(said) => window.pullquote.save(said)"


class Page(gr.Blocks):
    """The page as gradio serves it, with what it knows of its folder and index."""

    following: Following


def build(
    bot: Chatbot,
    *,
    examples: Sequence[str] | None = None,
    conversations: str | Path | None = None,
    read_only: bool = False,
    at_once: bool = False,
    following: Following | None = None,
) -> Page:
    """Return the page, style and script included, so that its `launch` works as well.

    `examples` are questions to click. Without any, questions that the articles answer are chosen,
    now or, if the page is wanted `at_once`, when it is first opened.
    `conversations` is a folder where conversations and ratings outlive the app; without one they
    last as long as it does, and ratings are written beside the index. Nothing is written if the
    page is `read_only`. `following` is what a server knows of the folder that it follows.
    """
    blocks = Page(title=_TITLE, analytics_enabled=False, fill_width=True)
    blocks.following = following or Following(bot)
    folder = None if conversations is None or read_only else Path(conversations)
    chosen = Examples(bot, examples)
    with blocks:
        # For gradio_client, and first, or it would be "ask_1". What is listed would be told to
        # those who have yet to sign in.
        api(create_call(bot), api_name="ask", api_visibility="undocumented")
        first = [] if at_once and examples is None else chosen.messages()
        parts = lay_out(_read, examples=first, read_only=read_only)
        file = None if read_only else (folder or bot.embeddings) / FEEDBACK_FILE
        desk = Desk(bot, parts, Talks(folder, show=show_turn), Feedback(file), read_only)
        asked = _wire_asking(parts, Asking(desk))
        _wire_rating(parts, Rating(desk))
        _wire_talks(parts, Talking(desk), asked)
        _wire_standing(blocks, parts, Standing(desk, chosen, blocks.following))
    tell_failures(blocks)
    blocks.queue(default_concurrency_limit=_CONCURRENT, max_size=_WAITING)
    return blocks


def _wire_asking(parts: Parts, asking: Asking) -> list[Dependency]:
    """Wire whatever asks, which is followed by suggestions what to ask next; return what asks."""
    who: set[Block] = {parts.talk, parts.visitor}
    inputs: set[Block] = {parts.question, parts.name, *parts.filters, *who}
    asked = []
    for listen, ask in (
        (parts.question.submit, asking.ask),
        (parts.ask.click, asking.ask),
        (parts.chat.example_select, asking.ask_example),
        (parts.panel.suggested, asking.ask_suggested),
        (parts.panel.unfilter, asking.unfilter),
        (parts.panel.tool, asking.use_tool),
    ):
        # "once" would lose what is asked in the moment before the last answer's event has ended.
        again: dict[str, Any] = {**_QUIET, "trigger_mode": "multiple"}
        asked.append(listen(ask, inputs, parts.answering, **again))
        # Not queued: nobody waits for it.
        asked[-1].then(asking.suggest, who, parts.suggestions, **_AT_ONCE)
    parts.panel.open(asking.open, who, parts.panel, **_AT_ONCE)
    parts.panel.read(asking.read, None, parts.panel, **_AT_ONCE)
    return asked


def _wire_rating(parts: Parts, rating: Rating) -> None:
    who: set[Block] = {parts.talk, parts.visitor}
    parts.panel.rate(rating.rate, who, parts.answering, **_AT_ONCE)
    said: set[Block] = {*who, parts.reason, parts.words}
    parts.send.click(rating.explain, said, [parts.why, parts.words, parts.report], **_AT_ONCE)


def _wire_talks(parts: Parts, talking: Talking, asked: list[Dependency]) -> None:
    """Wire conversations; an answer that is still to come would bring back the one that is left."""
    who: set[Block] = {parts.talk, parts.visitor}
    leaving: dict[str, Any] = {**_AT_ONCE, "cancels": asked}
    parts.new.click(talking.begin_anew, who, parts.turning, **leaving)
    parts.panel.choose(talking.choose, who, parts.turning, **leaving)
    parts.delete.click(talking.delete, who, parts.turning, **leaving)
    gr.on(
        [parts.name.submit, parts.name.blur],
        talking.rename,
        {parts.name, *who},
        [parts.talks, parts.report],
        **_AT_ONCE,
    )
    for button, export in (
        (parts.as_markdown, talking.export_markdown),
        (parts.as_json, talking.export_json),
    ):
        button.click(export, who, parts.download, **_AT_ONCE).then(
            None, [parts.download], None, js=_SAVE, **_AT_ONCE
        )


def _wire_standing(blocks: gr.Blocks, parts: Parts, standing: Standing) -> None:
    filters: set[Block] = set(parts.filters)
    shown = [parts.status, *parts.standing]
    # Not `input`, which leaves out what is typed while an earlier letter is looked for.
    parts.typed.change(standing.find_articles, {parts.typed}, parts.articles, **_AT_ONCE)
    gr.on(
        [part.change for part in parts.filters],
        standing.count_filters,
        filters,
        [parts.filter_box, parts.passing, *parts.drawn],
        **_AT_ONCE,
    )
    # Sent every few seconds; what is being answered or refreshed must not wait for it, nor it
    # for them. Nothing else is touched, so that nobody is disturbed in what they do.
    parts.panel.look(standing.look, None, parts.status, **_AT_ONCE)
    parts.panel.renew(standing.renew, {parts.typed, *filters}, shown, **_AT_ONCE)
    inputs: set[Block] = {parts.typed, parts.talk, parts.visitor, *filters}
    if parts.refresh is not None:
        parts.refresh.click(
            standing.refresh,
            inputs,
            [parts.report, parts.chat, *shown],
            show_progress_on=parts.report,
            api_visibility="private",
        )
    named = [parts.talk, parts.visitor, parts.talks, parts.name]
    blocks.load(standing.load, inputs, [parts.chat, *named, *shown], **_QUIET)


def _read(name: str) -> str:
    return files("pullquote.app").joinpath(name).read_text(encoding="utf-8")
