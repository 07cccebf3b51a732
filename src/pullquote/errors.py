"""Every error Pullquote raises on purpose.

PullquoteError
├── CorpusNotFound   the folder of articles is not there
├── ArticleUnreadable  a file cannot be read as an article; a refresh reports and skips it
│   └── ArticleMissing  there is no such file
├── IndexNotFound    nothing was refreshed yet
├── IndexCorrupt     a file of the index cannot be read
├── IndexBusy        another process is refreshing
├── RecipeChanged    the index was built by another embedder, splitting or normalisation
├── ModelError       a model cannot be loaded, heard, or is not the file it claims to be
├── WorkersLost      processes that embed cannot be started, or keep dying
├── WatchStopped     a folder is not followed any more
├── StoreError       a vector store cannot be opened or refuses a call
└── InputError       an argument, a filter, a place or a file of the user's makes no sense

Each message is one line: what, where, what to do.
"""


class PullquoteError(Exception):
    """Root of the tree: catch this to catch them all."""


class CorpusNotFound(PullquoteError):
    """The folder of articles does not exist or is not a folder."""


class ArticleUnreadable(PullquoteError):
    """A file is not text, is empty or cannot be opened."""


class ArticleMissing(ArticleUnreadable):
    """There is no such file in the corpus."""


class IndexNotFound(PullquoteError):
    """A question came before the first refresh."""


class IndexCorrupt(PullquoteError):
    """A file of the index is damaged; rebuilding it loses nothing, the articles are the truth."""


class IndexBusy(PullquoteError):
    """Another process holds the writer lock."""


class RecipeChanged(PullquoteError):
    """Vectors of two recipes cannot be compared, so the index refuses to mix them."""


class ModelError(PullquoteError):
    """A model is missing, cannot be loaded or heard, or fails its checksum."""


class WorkersLost(PullquoteError):
    """The workers of a refresh cannot be reached or keep dying; what was flushed is kept."""


class StoreError(PullquoteError):
    """A vector store is unknown, unreachable or refuses a call."""


class WatchStopped(PullquoteError):
    """A folder is not followed any more, though nobody asked for that."""


class InputError(PullquoteError):
    """Something the user gave makes no sense."""
