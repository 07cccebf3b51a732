"""The page: chat on the left, the source of what is quoted on the right."""

from collections.abc import Sequence
from importlib.resources import files

import gradio as gr

from pullquote.app import panel
from pullquote.app.actions import MAX_QUESTION, Actions
from pullquote.app.examples import Examples
from pullquote.app.following import Following
from pullquote.chatbot import Chatbot

_CONCURRENT = 4  # answers at a time: more only make each other wait on a laptop
_WAITING = 64
_TITLE = "Pullquote"
_WELCOME = (
    '<div class="welcome"><p>Answers here are quotes: the exact words of your articles,'
    " with their place.</p><p>Where the articles are silent, so is Pullquote.</p></div>"
)


class Page(gr.Blocks):
    """The page as gradio serves it, with what it knows of its folder and index."""

    following: Following


def build(bot: Chatbot, *, examples: Sequence[str] | None = None) -> Page:
    """Return the page, style and script included, so that its `launch` works as well.

    `examples` are questions to click. Without any, questions that the articles answer are chosen.
    """
    blocks = Page(title=_TITLE, analytics_enabled=False, fill_width=True)
    blocks.following = Following(bot)
    parts = _Parts(bot, examples, blocks.following)
    with blocks:
        parts.lay_out()
        parts.wire(blocks)
    blocks.queue(default_concurrency_limit=_CONCURRENT, max_size=_WAITING)
    return blocks


class _Parts:
    """The parts of the page and what their events lead to."""

    def __init__(self, bot: Chatbot, examples: Sequence[str] | None, following: Following) -> None:
        self._examples = Examples(bot, examples)
        self._actions = Actions(bot, self._examples, following)

    def lay_out(self) -> None:
        style = _read("style.css")
        gr.HTML(f"<style>{style}</style>", elem_id="style", padding=False)
        self.session = gr.State(None)
        with gr.Row(elem_id="masthead"):
            gr.HTML(f"<h1>{_TITLE}</h1>", elem_id="name", padding=False)
            self.status = gr.HTML(elem_id="status", padding=False)
            self.refresh_button = gr.Button("Refresh", elem_id="refresh", size="sm")
        self.report = gr.HTML(elem_id="report", padding=False)
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="talk"):
                self._lay_out_chat()
            with gr.Column(elem_id="source"):
                self.panel = gr.HTML(
                    panel.EMPTY,
                    elem_id="panel",
                    padding=False,
                    apply_default_css=False,
                    js_on_load=_read("page.js"),
                )

    def _lay_out_chat(self) -> None:
        self.chat = gr.Chatbot(
            label="Conversation",
            show_label=False,
            elem_id="chat",
            height=None,
            container=False,
            layout="panel",
            autoscroll=False,
            placeholder=_WELCOME,
            examples=self._examples.messages(),
            latex_delimiters=[],
            buttons=[],
            feedback_options=None,
            allow_tags=False,
            sanitize_html=True,
        )
        with gr.Row(elem_id="asking"):
            self.question = gr.Textbox(
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
            self.ask_button = gr.Button("Ask", variant="primary", elem_id="ask", min_width=80)
        with gr.Row(elem_id="below"):
            self.filters = gr.Accordion("Filters", open=False, elem_id="filters")
            with self.filters, gr.Row():
                self.since = _day_box("Since")
                self.until = _day_box("Until")
                self.tags = gr.Dropdown(
                    [], label="Tags", multiselect=True, elem_id="tags", min_width=220, scale=2
                )
                self.unpublished = gr.Checkbox(
                    False, label="Unpublished articles too", elem_id="unpublished", min_width=200
                )
            self.new_button = gr.Button("New conversation", size="sm", elem_id="new")

    def wire(self, blocks: gr.Blocks) -> None:
        filters = [self.since, self.until, self.tags, self.unpublished]
        shown = [self.question, self.chat, self.panel, self.session, self.report]
        gr.on(
            [self.question.submit, self.ask_button.click],
            self._actions.ask,
            [self.question, *filters, self.session],
            shown,
            show_progress="hidden",
            api_visibility="private",
        )
        self.chat.example_select(
            self._actions.ask_example,
            [*filters, self.session],
            shown,
            show_progress="hidden",
            api_visibility="private",
        )
        # Not queued: a click is answered at once, whatever else is being computed.
        self.panel.open(
            self._actions.open,
            [self.session],
            [self.panel],
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )
        self.panel.unfilter(
            self._actions.unfilter,
            [*filters, self.session],
            shown,
            show_progress="hidden",
            api_visibility="private",
        )
        self.new_button.click(
            self._actions.begin_anew,
            None,
            [*shown, *filters],
            show_progress="hidden",
            api_visibility="private",
        )
        gr.on(
            [part.change for part in (self.since, self.until, self.tags, self.unpublished)],
            self._actions.count_filters,
            filters,
            [self.filters],
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )
        # Sent every few seconds; what is being answered or refreshed must not wait for it, nor it
        # for them. Nothing else is touched, so that nobody is disturbed in what they do.
        self.panel.look(
            self._actions.look,
            [self.tags],
            [self.status, self.tags],
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )
        about = [self.status, self.tags, self.chat]
        self.refresh_button.click(
            self._actions.refresh,
            [self.tags, self.session],
            [self.report, *about],
            show_progress_on=self.report,
            api_visibility="private",
        )
        blocks.load(
            self._actions.load,
            [self.tags, self.session],
            about,
            show_progress="hidden",
            api_visibility="private",
        )


def _day_box(label: str) -> gr.Textbox:
    return gr.Textbox(label=label, placeholder="YYYY-MM-DD", max_length=40, min_width=130)


def _read(name: str) -> str:
    return files("pullquote.app").joinpath(name).read_text(encoding="utf-8")
