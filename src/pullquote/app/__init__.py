"""The browser app and its HTTP interface. Only this package imports gradio.

>>> from pullquote.app import serve
>>> serve(Chatbot("corpus"))
Pullquote is ready at http://127.0.0.1:7860
"""

import os

# Gradio reads this once, when it is imported. Nobody is told that, or what, someone reads.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

from pullquote.app.page import build
from pullquote.app.server import create_server, serve

__all__ = ["build", "create_server", "serve"]
