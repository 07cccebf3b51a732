"""The browser app and its HTTP interface. Only this package imports gradio.

>>> from pullquote.app import serve
>>> serve(Chatbot("corpus"))
Pullquote is ready at http://127.0.0.1:7860

What is public stands in ``__init__.pyi``. It is imported when it is first used: gradio takes longer
than the first answers of a server, which need none of it.
"""

import os

import lazy_loader

# Gradio reads this once, when it is imported. Nobody is told that, or what, someone reads.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
