"""The parts of the page and where they stand: sidebar, chat, source panel."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components.chatbot import ExampleMessage

from pullquote.app.about import plots
from pullquote.app.chat.feedback import REASONS, REASONS_FOR_SILENCE
from pullquote.app.http.asked import MAX_QUESTION
from pullquote.app.source import panel

_STYLES = ("style.css", "source/source.css", "about/overview.css")
NAME_LENGTH = 80
_STORAGE = "pullquote"  # under which a browser keeps who it is; the same after a restart
_MASTHEAD = (
    '<button id="menu" type="button" aria-expanded="false" aria-controls="side">Menu</button>'
    "<h1>Pullquote</h1>"
)
_WELCOME = (
    '<div class="welcome"><p>Answers here are quotes: the exact words of your articles,'
    " with their place.</p><p>Where the articles are silent, so is Pullquote.</p></div>"
)


@dataclass(slots=True)
class Parts:
    """What events read and change. `talk` is the id of the tab's conversation."""

    talk: gr.State
    visitor: gr.BrowserState
    status: gr.HTML
    refresh: gr.Button | None
    report: gr.HTML
    banner: gr.HTML
    talks: gr.HTML
    new: gr.Button
    name: gr.Textbox
    as_markdown: gr.Button
    as_json: gr.Button
    delete: gr.Button
    download: gr.Textbox
    filter_box: gr.Accordion
    filters: tuple[Any, ...]  # since, until, tags, categories, languages, unpublished
    passing: gr.HTML
    typed: gr.Textbox
    articles: gr.HTML
    plots: tuple[tuple[gr.BarPlot, gr.HTML], ...]  # each with a sentence that says the same
    health: gr.HTML
    chat: gr.Chatbot
    suggestions: gr.HTML
    why: gr.Column
    reason: gr.Radio
    words: gr.Textbox
    send: gr.Button
    question: gr.Textbox
    ask: gr.Button
    panel: gr.HTML

    @property
    def answering(self) -> list[Any]:
        """What changes while a question is answered."""
        return [
            self.question, self.chat, self.panel, self.talk, self.visitor, self.talks, self.name,
            self.report, self.suggestions, self.why, self.reason,
        ]  # fmt: skip

    @property
    def turning(self) -> list[Any]:
        """What changes with another conversation."""
        return [*self.answering, *self.filters]

    @property
    def drawn(self) -> list[Any]:
        """The plots and what is said of them."""
        return [part for pair in self.plots for part in pair]

    @property
    def standing(self) -> list[Any]:
        """What follows the index, beside the status line."""
        return [
            self.banner, self.health, self.articles, self.passing, *self.drawn, *self.filters[2:5]
        ]  # fmt: skip


def lay_out(
    read: Callable[[str], str], *, examples: list[ExampleMessage], read_only: bool
) -> Parts:
    """Lay out the page inside the blocks that are open; `read` gives a file of this package."""
    gr.HTML(f"<style>{''.join(map(read, _STYLES))}</style>", elem_id="style", padding=False)
    parts: dict[str, Any] = {
        "talk": gr.State(""),
        "visitor": gr.BrowserState(
            {"visitor": "", "talk": ""}, storage_key=_STORAGE, secret=_STORAGE
        ),
    }
    with gr.Row(elem_id="masthead"):
        gr.HTML(_MASTHEAD, elem_id="name", padding=False)
        parts["status"] = gr.HTML(elem_id="status", padding=False)
        parts["refresh"] = None if read_only else gr.Button("Refresh", elem_id="refresh", size="sm")
    parts["report"] = gr.HTML(elem_id="report", padding=False)
    parts["banner"] = gr.HTML(elem_id="banner", padding=False)
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="side"):
            parts |= _lay_out_talks() | _lay_out_filters() | _lay_out_corpus()
        with gr.Column(elem_id="talk"):
            parts |= _lay_out_chat(examples)
        with gr.Column(elem_id="source"):
            parts["panel"] = gr.HTML(
                panel.EMPTY,
                elem_id="panel",
                padding=False,
                apply_default_css=False,
                js_on_load=read("joining.js") + read("page.js"),
            )
    return Parts(**parts)


def _lay_out_talks() -> dict[str, Any]:
    new = gr.Button("New conversation", size="sm", elem_id="new")
    talks = gr.HTML(elem_id="talks", padding=False)
    with gr.Accordion("This conversation", open=False, elem_id="this"):
        name = gr.Textbox(label="Name", max_length=NAME_LENGTH, elem_id="talk-name")
        with gr.Row(elem_id="export"):
            as_markdown = gr.Button("Export Markdown", size="sm", min_width=100)
            as_json = gr.Button("Export JSON", size="sm", min_width=100)
        delete = gr.Button("Delete conversation", size="sm", elem_id="delete")
        download = gr.Textbox(visible="hidden", elem_id="download", label="Export")
    return {
        "new": new, "talks": talks, "name": name, "as_markdown": as_markdown,
        "as_json": as_json, "delete": delete, "download": download,
    }  # fmt: skip


def _lay_out_filters() -> dict[str, Any]:
    box = gr.Accordion("Filters", open=False, elem_id="filters")
    with box:
        with gr.Row():
            since, until = _day_box("Since"), _day_box("Until")
        tags, categories, lang = map(_label_box, ("Tags", "Categories", "Languages"))
        unpublished = gr.Checkbox(
            False, label="Unpublished articles too", elem_id="unpublished", min_width=200
        )
        passing = gr.HTML(elem_id="passing", padding=False)
    filters = (since, until, tags, categories, lang, unpublished)
    return {"filter_box": box, "filters": filters, "passing": passing}


def _lay_out_corpus() -> dict[str, Any]:
    with gr.Accordion("Articles", open=False, elem_id="articles"):
        typed = gr.Textbox(
            label="Find an article",
            show_label=False,
            placeholder="Find an article",
            container=False,
        )
        articles = gr.HTML(padding=False)
    with gr.Accordion("Overview", open=False, elem_id="overview"):
        drawn = _lay_out_plots()
    with gr.Accordion("Index", open=False, elem_id="index"):
        health = gr.HTML(padding=False)
    return {"typed": typed, "articles": articles, "plots": drawn, "health": health}


def _lay_out_plots() -> tuple[tuple[gr.BarPlot, gr.HTML], ...]:
    look: dict[str, Any] = {
        "color": "which",
        "color_map": plots.COLOURS,
        "colors_in_legend": [],  # the key is in the caption: gradio's own is cut off here
        "x_title": " ",  # without one the column's name is shown
        "y_title": " ",
        "container": False,
        "show_label": False,
        "elem_classes": ["plot"],
    }
    gr.HTML("<h2>Over time</h2>", padding=False)
    time = gr.BarPlot(x="period", y="articles", x_label_angle=-90, height=190, **look)
    time_said = gr.HTML(padding=False)
    gr.HTML("<h2>Tags</h2>", padding=False)
    tags = gr.BarPlot(x="articles", y="tag", x_lim=[0, None], height=270, **look)
    return (time, time_said), (tags, gr.HTML(padding=False))


def _lay_out_chat(examples: list[ExampleMessage]) -> dict[str, Any]:
    chat = gr.Chatbot(
        label="Conversation",
        show_label=False,
        elem_id="chat",
        height=None,
        container=False,
        layout="panel",
        autoscroll=False,
        placeholder=_WELCOME,
        examples=examples,
        latex_delimiters=[],
        buttons=[],
        feedback_options=None,
        allow_tags=False,
        sanitize_html=True,
    )
    with gr.Column(visible=False, elem_id="why") as why:
        reason = gr.Radio(list(REASONS), label="What is wrong with it?", elem_id="reason")
        with gr.Row():
            words = gr.Textbox(
                label="In your words", show_label=False, placeholder="In your words, if you like",
                container=False, max_length=MAX_QUESTION, min_width=160,
            )  # fmt: skip
            send = gr.Button("Send", size="sm", min_width=80, elem_id="send")
    suggestions = gr.HTML(elem_id="suggestions", padding=False)
    with gr.Row(elem_id="asking"):
        question = gr.Textbox(
            label="Question",
            show_label=False,
            placeholder="What would you like to know?",
            lines=1,
            max_lines=5,
            max_length=MAX_QUESTION,
            container=False,
            autofocus=True,
            elem_id="question",
        )
        ask = gr.Button("Ask", variant="primary", elem_id="ask", min_width=80)
    return {
        "chat": chat, "why": why, "reason": reason, "words": words, "send": send,
        "suggestions": suggestions, "question": question, "ask": ask,
    }  # fmt: skip


def reasons_for(silence: bool) -> Sequence[str]:
    """Return what may be wrong with an answer, or with a silence."""
    return REASONS_FOR_SILENCE if silence else REASONS


def _label_box(label: str) -> gr.Dropdown:
    return gr.Dropdown([], label=label, multiselect=True, elem_id=label.lower(), min_width=200)


def _day_box(label: str) -> gr.Textbox:
    return gr.Textbox(label=label, placeholder="YYYY-MM-DD", max_length=40, min_width=110)
