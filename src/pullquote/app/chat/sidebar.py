"""The list of conversations as HTML. Pure."""

from collections.abc import Sequence
from html import escape

from pullquote.app.chat.conversations import Talk
from pullquote.app.render import show_words


def show_talks(talks: Sequence[Talk], current: str) -> str:
    """Return conversations as a list to choose from, the current one marked."""
    if not talks:
        return ""
    items = "".join(_item(talk, current=talk.id == current) for talk in talks)
    return f'<nav aria-label="Conversations"><ul class="talks">{items}</ul></nav>'


def _item(talk: Talk, *, current: bool) -> str:
    here = ' aria-current="true"' if current else ""
    return (
        f'<li><a class="talk" href="#talk" data-talk="{escape(talk.id)}" dir="auto"{here}>'
        f"{show_words(talk.title)}</a></li>"
    )
