"""The Pullquote app: ``python app.py`` is ``pullquote chat``, with its options and variables.

Who imports it (``from app import demo``) gets the page: over the folder PULLQUOTE_CORPUS (corpus)
and its index PULLQUOTE_EMBEDDINGS (embeddings) with vectors in PULLQUOTE_STORE (faiss), which is
brought up to date first; a model at PULLQUOTE_LLM_URL arranges the quotes.
"""

import os
import sys

from pullquote import Chatbot, IndexBusy
from pullquote.app import build
from pullquote.cli import main

if __name__ == "__main__":
    main("chat", *sys.argv[1:])

bot = Chatbot(
    os.environ.get("PULLQUOTE_CORPUS", "corpus"),
    embeddings=os.environ.get("PULLQUOTE_EMBEDDINGS", "embeddings"),
    store=os.environ.get("PULLQUOTE_STORE", "faiss"),
    llm=os.environ.get("PULLQUOTE_LLM_URL") or None,
)
try:
    bot.refresh()
except IndexBusy:
    sys.stderr.write("Another process is refreshing the index; serving it as it is.\n")
demo = build(bot)
