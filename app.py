"""The Pullquote app: ``python app.py``, or ``gradio app.py``. Settings come from the environment.

PULLQUOTE_CORPUS      folder of Markdown articles (corpus)
PULLQUOTE_EMBEDDINGS  folder of the index (embeddings)
PULLQUOTE_AUTH        user:password that the page and the API ask for (none)
"""

import argparse
import os
import sys

from pullquote import Chatbot, IndexBusy, PullquoteError
from pullquote.app import build, serve


def read_auth() -> tuple[str, str] | None:
    """Return the user and the password that are asked for, if any are."""
    user, _, password = os.environ.get("PULLQUOTE_AUTH", "").partition(":")
    return (user, password) if user or password else None


def show_progress(step: str, done: int, total: int) -> None:
    """Keep one line on stderr up to date."""
    end = "\n" if done == total else ""
    sys.stderr.write(f"\r{step}: {done}/{total or '?'}{end}")


def open_bot() -> Chatbot:
    """Return the bot, its index up to date."""
    bot = Chatbot(
        os.environ.get("PULLQUOTE_CORPUS", "corpus"),
        embeddings=os.environ.get("PULLQUOTE_EMBEDDINGS", "embeddings"),
    )
    try:
        bot.refresh(progress=show_progress)
    except IndexBusy:
        sys.stderr.write("Another process is refreshing the index; serving it as it is.\n")
    return bot


try:
    bot = open_bot()
    demo = build(bot)
    if __name__ == "__main__":
        parser = argparse.ArgumentParser(description="Ask your articles in the browser.")
        parser.add_argument("--host", default="127.0.0.1", help="address to listen at")
        parser.add_argument("--port", type=int, default=7860, help="port to listen at, 0 = any")
        options = parser.parse_args()
        serve(bot, page=demo, host=options.host, port=options.port, auth=read_auth())
except PullquoteError as error:
    sys.stderr.write(f"{error}\n")
    sys.exit(2)
