"""Run many inputs side by side through one compiled model."""

from collections.abc import Callable, Iterable
from typing import Any


def run_through(
    queue: Any,  # noqa: ANN401 -- openvino is not typed
    feeds: Iterable[tuple[int, Any]],
    take: Callable[[Any, int], None],
) -> None:
    """Start all numbered feeds and hand each finished request over with its number, in any order.

    The queue keeps its last callback, where Python cannot see it: one that knew the owner of the
    queue would keep both for ever. So it knows a box alone, which is emptied here, and not by the
    thread that finishes last: that would take the queue down from inside.
    """
    box = [take]

    def done(request: Any, number: int) -> None:  # noqa: ANN401
        box[0](request, number)

    queue.set_callback(done)
    try:
        for number, feed in feeds:
            queue.start_async(feed, number)
    finally:
        try:
            queue.wait_all()
        finally:
            box.clear()
