"""Choose who embeds: this process, more processes, or the actors of a Ray cluster."""

from pathlib import Path

from pullquote.encoders.cluster import check_ray, start_actors
from pullquote.encoders.opening import find_source
from pullquote.encoders.processes import count_cores, start_processes
from pullquote.encoders.spreading import Alone, Spread, Task
from pullquote.errors import InputError
from pullquote.protocols import Embedder, Workers


def hire(
    model: str | Path | Embedder, embedder: Embedder, *, count: int | None, ray: str | None
) -> Workers:
    """Return the workers for an open embedder and the model it was opened from.

    Nobody is started before there is something to embed. Raise InputError.
    """
    if count is not None and count < 1:
        raise InputError(f"workers is {count}; ask for at least one")
    if ray is not None:
        check_ray()
        return Spread(
            embedder,
            lambda: start_actors(Task(find_source(model), embedder.recipe), ray, count=count),
        )
    if count is None or count == 1:
        return Alone(embedder)
    threads = max(1, count_cores() // count)
    return Spread(
        embedder,
        lambda: start_processes(Task(find_source(model), embedder.recipe, threads), count=count),
    )
