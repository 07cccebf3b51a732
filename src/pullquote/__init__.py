"""Ask a folder of articles a question; get the exact words with their exact place, or silence.

Two one-way streets, a package for each stop, meet in `chatbot` and share the nouns (`types`):

    INGEST  folder -> articles -> ingest -> index
    ASK     question -> questions -> retrieval -> evidence -> answers
"""

from pullquote.chatbot import Chatbot, Conversation
from pullquote.errors import (
    ArticleUnreadable,
    CorpusNotFound,
    IndexBusy,
    IndexCorrupt,
    IndexNotFound,
    InputError,
    ModelError,
    PullquoteError,
    RecipeChanged,
    StoreError,
    WatchStopped,
    WorkersLost,
)
from pullquote.filters import Filter
from pullquote.protocols import (
    Embedded,
    Embedder,
    Progress,
    Reader,
    Reading,
    Settings,
    VectorStore,
    Writer,
)
from pullquote.spans import Span
from pullquote.types import Answer, Article, Hit, Passage, Problem, Quote, RefreshReport, Turn
from pullquote.verification.verifying import Checked

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Article",
    "ArticleUnreadable",
    "Chatbot",
    "Checked",
    "Conversation",
    "CorpusNotFound",
    "Embedded",
    "Embedder",
    "Filter",
    "Hit",
    "IndexBusy",
    "IndexCorrupt",
    "IndexNotFound",
    "InputError",
    "ModelError",
    "Passage",
    "Problem",
    "Progress",
    "PullquoteError",
    "Quote",
    "Reader",
    "Reading",
    "RecipeChanged",
    "RefreshReport",
    "Settings",
    "Span",
    "StoreError",
    "Turn",
    "VectorStore",
    "WatchStopped",
    "WorkersLost",
    "Writer",
    "__version__",
]
