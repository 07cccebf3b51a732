"""Read passages window by window, with any model that says something of each piece."""

from collections.abc import Callable, Iterator, Sequence

from pullquote import markdown
from pullquote.protocols import Reading
from pullquote.readers.conversion import Model
from pullquote.readers.judging import NEVER, NOTHING, Said, merge, trim
from pullquote.readers.layout import Layout, lay_out
from pullquote.readers.pieces import Pieces, Window
from pullquote.readers.running import Outputs
from pullquote.spans import Span
from pullquote.types import Passage

# What a model's outputs for a window say: whether it answers, and of each sentence in it, by
# the rows of its pieces.
Judge = Callable[[Outputs, Sequence[slice]], tuple[float, list[Said]]]


def read_windows(
    model: Model, judge: Judge, question: str, passages: Sequence[Passage], *, titled: bool
) -> list[Reading]:
    """Return the readings of some passages; none depends on the others."""
    layouts = [lay_out(passage, titled=titled) for passage in passages]
    cut = model.cutter.cut(question, layouts)
    feeds = [window.feed(model.inputs) for pieces in cut for window in pieces.windows]
    outputs = iter(model.network.run(feeds))
    readings = []
    for passage, layout, pieces in zip(passages, layouts, cut, strict=True):
        judged = [_judge(judge, next(outputs), pieces, window) for window in pieces.windows]
        answers = max((answers for answers, _ in judged), default=NEVER)
        said = merge([said for _, said in judged]) or (NOTHING,) * len(layout.sentences)
        readings.append(
            Reading(
                answers=answers,
                sentences=tuple(one.evidence for one in said),
                spans=tuple(one.span for one in said),
                focus=tuple(_find_focus(passage, layout, pieces, said)),
            )
        )
    return readings


def _judge(
    judge: Judge, outputs: Outputs, pieces: Pieces, window: Window
) -> tuple[float, list[Said]]:
    """Return what is said of every sentence, of those outside the window nothing."""
    inside = [(max(low, window.low), min(high, window.high)) for low, high in pieces.sentences]
    shift = window.first - window.low
    rows = [slice(low + shift, high + shift) for low, high in inside if low < high]
    answers, found = judge(outputs, rows)
    said = iter(found)
    return answers, [_moved(next(said), -shift) if low < high else NOTHING for low, high in inside]


def _moved(said: Said, by: int) -> Said:
    """Count the pieces from the begin of the passage, not of the window."""
    if said.pieces is None:
        return said
    first, last = said.pieces
    return said._replace(pieces=(first + by, last + by))


def _find_focus(
    passage: Passage, layout: Layout, pieces: Pieces, said: Sequence[Said]
) -> Iterator[Span | None]:
    """Yield the place in the file of each sentence's short answer."""
    for sentence, within, one in zip(passage.sentences, layout.sentences, said, strict=True):
        if one.pieces is None:
            yield None
            continue
        first, last = (pieces.places[place] for place in one.pieces)
        words = trim(layout.text, first[0], last[1], within=within)
        if words is None:
            yield None
            continue
        low = within[0]
        text, body = passage.article.text, passage.article.body
        yield markdown.locate(text, body, sentence, words[0] - low, words[1] - low)
