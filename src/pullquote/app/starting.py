"""What a server does before its page is there: open the models, answer, then make the page."""

import asyncio
import gc
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pullquote.app.about.following import Following
from pullquote.chatbot import Chatbot
from pullquote.errors import PullquoteError

if TYPE_CHECKING:  # which all take longer to import than models to open
    import gradio as gr

    from pullquote.app.arriving import There
    from pullquote.app.assembling import Terms

_AHEAD_SECONDS = 3.0  # at most: the page is wanted as well
_COMING_SECONDS = 0.1  # that whoever has been waiting takes to be heard
_LOOK_SECONDS = 0.02


def warm(bot: Chatbot, *, index: bool = True) -> threading.Thread:
    """Open the models, and the `index`, in a thread; what is wrong is told to whoever needs them.

    That is work of native code, beside which Python may import modules.
    """

    def open_all() -> None:
        with suppress(PullquoteError):
            bot.warm_up(index=index)

    thread = threading.Thread(target=open_all, name="pullquote-warm", daemon=True)
    thread.start()
    return thread


def let_go_ahead(warming: threading.Thread, is_busy: Callable[[], bool]) -> None:
    """Wait until models are open and whoever asked meanwhile is answered, though not for ever.

    An import holds the lock of the interpreter, and makes answers that want it as well slow.
    """
    end = time.monotonic() + _AHEAD_SECONDS
    warming.join(_AHEAD_SECONDS)
    time.sleep(_COMING_SECONDS)
    while is_busy() and time.monotonic() < end:
        time.sleep(_LOOK_SECONDS)


def make_page(
    bot: Chatbot,
    terms: "Terms",
    page: "gr.Blocks | None",
    *,
    conversations: str | Path | None,
    following: Following,
) -> "There":
    """Import gradio, build the page if there is none, and mount it. Takes seconds."""

    # In a loop, for outside of one gradio makes a new one for each of its locks.
    async def make() -> "There":
        from pullquote.app.mounting import mount
        from pullquote.app.page import build

        built = page or build(
            bot,
            conversations=conversations,
            read_only=terms.read_only,
            at_once=True,
            following=following,
        )
        return mount(built, logins=terms.credentials.logins, root=terms.root)

    with uncollected():
        return asyncio.run(make())


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage while modules are imported: it takes time, and next to nothing is any."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
