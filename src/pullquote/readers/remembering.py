"""A reader that does not read the same passage twice with the same question."""

import threading
from collections import OrderedDict
from collections.abc import Sequence

from pullquote.protocols import Reader, Reading
from pullquote.types import Passage

# A question is often asked again at once: without a filter, for each of its names, by a follow-up.
_MOST = 2048  # readings kept, of about a kilobyte each
_Key = tuple[str, str, str, int, int]


class RememberingReader:
    """Keeps the latest readings of another reader; safe to share between threads.

    A reading goes by the question, the file's path and digest and the place in it, so that what
    changed is read again.
    """

    def __init__(self, reader: Reader, *, most: int = _MOST) -> None:
        self._reader, self._most = reader, most
        self._kept: OrderedDict[_Key, Reading] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The other reader's name."""
        return self._reader.name

    def read(self, question: str, passages: Sequence[Passage]) -> Sequence[Reading]:
        """Read each passage with the question, those known from memory."""
        keys = [_key(question, passage) for passage in passages]
        with self._lock:
            known = {key: self._kept[key] for key in keys if key in self._kept}
        unread = {
            key: passage for key, passage in zip(keys, passages, strict=True) if key not in known
        }
        readings = self._reader.read(question, list(unread.values())) if unread else ()
        known |= dict(zip(unread, readings, strict=True))
        with self._lock:
            for key in keys:
                self._kept[key] = known[key]
                self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return [known[key] for key in keys]


def _key(question: str, passage: Passage) -> _Key:
    article, span = passage.article, passage.span
    return question, article.path, article.digest, span.start, span.end
