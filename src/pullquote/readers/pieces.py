"""Question and passage as pieces of words, cut into windows that a model can read at once."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pullquote.readers.layout import Layout

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

Feed = dict[str, NDArray[np.int64]]  # each (1, length)
# Parts of a window: a question that is longer is a pasted text, and its begin has to do.
_QUESTION, _ABOVE = 0.4, 0.2
# What two windows share at most, so that a sentence is read with some that stand before it.
_OVERLAP = 0.3


class Window(NamedTuple):
    """What is read at once: pieces `low` to `high` of the passage, which begin at `first`."""

    ids: tuple[int, ...]
    types: tuple[int, ...]
    first: int
    low: int
    high: int

    def feed(self, inputs: Sequence[str]) -> Feed:
        """Return the arrays that a model wants."""
        ids = np.array([self.ids], np.int64)
        types = np.array([self.types], np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": types}
        return {name: feed[name] for name in inputs}


class Pieces(NamedTuple):
    """A passage's pieces: their `places` in the text, and which of them each sentence has."""

    places: tuple[tuple[int, int], ...]
    sentences: tuple[tuple[int, int], ...]
    windows: tuple[Window, ...]


class Cutter:
    """Cuts pairs into windows of at most `most` pieces."""

    def __init__(self, tokenizer: "Tokenizer", most: int) -> None:
        self._tokenizer, self._most = tokenizer, most
        tokenizer.no_padding()
        tokenizer.no_truncation()
        tokenizer.encode_special_tokens = True  # "[SEP]" in an article is only words

    def cut(self, question: str, layouts: Sequence[Layout]) -> tuple[Pieces, ...]:
        """Return the pieces of each text, read with the question."""
        pairs: list[Any] = [(question, layout.text) for layout in layouts]
        encodings = self._tokenizer.encode_batch(pairs)
        return tuple(map(self._cut, encodings, layouts))

    def _cut(self, encoding: "Encoding", layout: Layout) -> Pieces:
        of, every = encoding.sequence_ids, encoding.offsets  # each is made anew when asked for
        mine = [i for i, text in enumerate(of) if text == 1]
        begin = layout.sentences[0][0] if layout.sentences else len(layout.text)
        offsets = [every[i] for i in mine]
        above = sum(high <= begin for _, high in offsets)
        places = offsets[above:]
        if not places:
            return Pieces((), ((0, 0),) * len(layout.sentences), ())
        asked = [i for i, text in enumerate(of) if text == 0]
        left_out = {
            *asked[int(_QUESTION * self._most) :],
            *mine[int(_ABOVE * self._most) : above],
        }
        before = [i for i in range(mine[above]) if i not in left_out]
        after = list(range(mine[-1] + 1, len(of)))
        sentences = _sentences(places, layout.sentences)
        room = self._most - len(before) - len(after)
        starts = [low for low, high in sentences if low < high]
        ids, types = encoding.ids, encoding.type_ids
        windows = []
        for low, high in _stretches(len(places), starts, room):
            kept = [*before, *mine[above + low : above + high], *after]
            windows.append(
                Window(
                    tuple(ids[i] for i in kept),
                    tuple(types[i] for i in kept),
                    len(before),
                    low,
                    high,
                )
            )
        return Pieces(tuple(places), sentences, tuple(windows))


def _sentences(
    places: Sequence[tuple[int, int]], sentences: Sequence[tuple[int, int]]
) -> tuple[tuple[int, int], ...]:
    """Return which pieces each sentence has: a piece belongs to the first that ends after it."""
    ends = [end for _, end in sentences]
    of = [bisect_right(ends, low) for low, _ in places]
    return tuple((bisect_right(of, n - 1), bisect_right(of, n)) for n in range(len(sentences)))


def _stretches(count: int, starts: Sequence[int], room: int) -> Iterator[tuple[int, int]]:
    """Yield stretches of at most `room` pieces that overlap, of whole sentences where they fit."""
    low = 0
    while low + room < count:
        whole = [start for start in starts if low < start <= low + room]
        high = whole[-1] if whole else low + room
        yield low, high
        shared = high - int(_OVERLAP * room)
        following = next((start for start in starts if start > high), count)
        least = max(low + 1, shared, following - room)  # so that the next sentence fits too
        # Inside of a sentence that no window holds there is no start to go back to.
        otherwise = high if whole else shared
        low = next((start for start in starts if least <= start <= high), otherwise)
    yield low, count
