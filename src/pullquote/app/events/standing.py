"""How the index stands: status line, banner, articles, plots, filters, refresh."""

import threading
from typing import Any

import gradio as gr

from pullquote.app import render
from pullquote.app.about import overview, plots
from pullquote.app.about.following import Following
from pullquote.app.events.asking import given_filters
from pullquote.app.events.desk import Changes, Desk, Values, sent
from pullquote.app.suggestions.examples import Examples
from pullquote.errors import IndexNotFound, InputError, PullquoteError
from pullquote.types import Article


class Standing:
    """Events that show the articles and the index as they are."""

    def __init__(self, desk: Desk, examples: Examples, following: Following) -> None:
        self._desk, self._parts, self._bot = desk, desk.parts, desk.bot
        self._examples, self._following = examples, following
        self._lock = threading.Lock()
        self._every: tuple[str, tuple[Article, ...]] = ("", ())

    def load(self, values: Values, request: gr.Request) -> Changes:
        """Show the conversation that the browser was last in, and how the index stands."""
        visit = self._desk.visit(values, request, again=True)
        changes = self._show(values) | self._desk.name(visit)
        if visit.talk.turns:
            return changes | {self._parts.chat: self._desk.write(visit.talk)}
        return changes | {self._parts.chat: self._fresh_chat()}

    def look(self, asked: gr.EventData) -> Changes:
        """Show a new status line if it is not any more what the page says that it shows.

        Asked every few seconds by every page: nothing else is an output, for each one costs the
        browser time. The page asks to `renew` the rest when it sees another line.
        """
        if sent(asked).get("stamp") == self._following.stamp():
            return {self._parts.status: gr.skip()}
        return {self._parts.status: self._status()[0]}

    def renew(self, values: Values) -> Changes:
        """Show how the index stands now."""
        return self._show(values)

    def refresh(
        self,
        values: Values,
        request: gr.Request,
        progress: gr.Progress = gr.Progress(),  # noqa: B008  gradio looks for it in the signature
    ) -> Changes:
        """Refresh the index and tell what was done."""

        def hear(step: str, done: int, total: int) -> None:
            progress((done, total) if total else None, desc=step, unit="")

        try:
            report = render.show_report(self._bot.refresh(progress=hear))
        except PullquoteError as error:
            report = render.show_line(str(error), alert=True)
        changes = self._show(values) | {self._parts.report: report}
        if not self._desk.visit(values, request).talk.turns:
            changes[self._parts.chat] = self._fresh_chat()
        return changes

    def count_filters(self, values: Values) -> Changes:
        """Say on the folded filters how many are on, and what they leave.

        A forgotten one makes answers wrong.
        """
        number = sum(
            len(value) if isinstance(value, list) else bool(value)
            for value in given_filters(self._parts, values).values()
        )
        label = f"Filters ({number} on)" if number else "Filters"
        return {self._parts.filter_box: gr.Accordion(label), **self._draw(values)}

    def find_articles(self, values: Values) -> str:
        """Return the articles that what is typed is about."""
        typed = str(values[self._parts.typed] or "")
        return overview.list_articles(self._articles(), typed)

    def _show(self, values: Values) -> Changes:
        """Return status line, banner, lists and plots; chosen labels stay, though none has them."""
        parts = self._parts
        line, state = self._status()
        return {
            parts.status: line,
            parts.banner: overview.show_banner(state),
            parts.health: overview.show_health(state),
            parts.articles: self.find_articles(values),
            **self._label_choices(values),
            **self._draw(values),
        }

    def _status(self) -> tuple[str, dict[str, Any]]:
        """Return the status line with its stamp, and the state of the index."""
        following = self._following
        stamp = following.stamp()  # first, so that what changes meanwhile is shown next time
        followed, trouble = following.is_on, following.trouble
        state: dict[str, Any] = {"generation": 0}
        try:
            state = following.state()
            line = render.show_status(state, followed=followed, trouble=trouble)
        except IndexNotFound:
            line = render.show_no_index(followed=followed, trouble=trouble)
        except PullquoteError as error:
            line = render.show_line(str(error), alert=True)
        return render.show_stamped(line, stamp), state

    def _label_choices(self, values: Values) -> Changes:
        every = self._articles()
        boxes = self._parts.filters[2:5]
        there = (
            {tag for article in every for tag in article.tags},
            {name for article in every for name in article.categories},
            {name for article in every for name in article.lang},
        )
        return {
            box: gr.Dropdown(choices=sorted(known | set(values.get(box) or ())))
            for box, known in zip(boxes, there, strict=True)
        }

    def _draw(self, values: Values) -> Changes:
        """Return what the filters leave: in words, and as plots with a sentence each."""
        parts, every = self._parts, self._articles()
        given = given_filters(parts, values)
        try:
            passing = self._bot.articles(**given)
            line = overview.count_passing(every, passing)
        except IndexNotFound:
            passing, line = (), ""
        except InputError as error:
            passing, line = every, render.show_line(str(error), alert=True)
        except PullquoteError as error:
            passing, line = (), render.show_line(str(error), alert=True)
        tables = plots.over_time(every, passing), plots.top_tags(every, passing)
        drawn: Changes = {}
        for (plot, said), table in zip(parts.plots, tables, strict=True):
            drawn[plot], drawn[said] = table, plots.caption_plot(table)
        return drawn | {parts.passing: line}

    def _articles(self) -> tuple[Article, ...]:
        """Return every article, the same tuple until the index changes."""
        stamp = self._following.stamp()
        with self._lock:
            if self._every[0] != stamp:
                try:
                    self._every = stamp, self._bot.articles()
                except PullquoteError:
                    self._every = stamp, ()  # the status line says what is wrong
            return self._every[1]

    def _fresh_chat(self) -> gr.Chatbot:
        return gr.Chatbot([], examples=self._examples.messages())
