"""Ask a folder of articles a question; get the exact words with their exact place, or silence.

Two one-way streets, a package for each stop, meet in `chatbot` and share the nouns (`types`):

    INGEST  folder -> articles -> ingest -> index
    ASK     question -> questions -> retrieval -> evidence -> answers

What is public stands in ``__init__.pyi``. It is imported when it is first used, which takes half a
second that ``pullquote --help`` need not wait for.
"""

import lazy_loader

__version__ = "0.1.0"
__getattr__, __dir__, _public = lazy_loader.attach_stub(__name__, __file__)
__all__ = [*_public, "__version__"]
