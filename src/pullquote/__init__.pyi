from .chatbot import Chatbot
from .conversation import Conversation
from .errors import (
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
from .filters import Filter
from .protocols import (
    Embedded,
    Embedder,
    Progress,
    Reader,
    Reading,
    Settings,
    VectorStore,
    Writer,
)
from .spans import Span
from .types import Answer, Article, Hit, Passage, Problem, Quote, RefreshReport, Turn
from .verification.verifying import Checked

__version__: str

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
