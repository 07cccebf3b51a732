"""Workers that are actors on a Ray cluster.

Plain actors rather than Ray Data: windows already come one by one, are wanted back in order and in
bounded number, and hold rows of unlike lengths. `map_batches` would order, bound and retry them by
rules of its own, wants CPUs beside its actors (with one per machine it never started), took 10 s
to set a job up, and brings pyarrow and pandas along.
"""

import platform
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from pullquote.encoders.sending import NotHere, digest_of_folder, find_folder_there, pack_folder
from pullquote.encoders.spreading import Task, WorkerDied
from pullquote.errors import InputError, PullquoteError, WorkersLost
from pullquote.protocols import Embedded, Embedder, Window

_CPUS = 4  # of an actor: more and smaller ones would each hold a model, larger ones fit less often
_ANSWER_SECONDS = 10  # until an address must answer; Ray itself would try for minutes
_START_SECONDS = 300  # until a first actor must be there: it may wait for CPUs or for the model
_REPLACEMENTS = 4  # for each actor, in one refresh


def check_ray() -> None:
    """Raise InputError if the extra is not installed."""
    if find_spec("ray") is None:
        raise InputError("ray is not installed; run: pip install 'pullquote[ray]'")


@contextmanager
def start_actors(task: Task, address: str, *, count: int | None) -> Iterator["Actors"]:
    """Start actors on the cluster at an address; all have ended after the block.

    Without a `count`, as many as its machines have room for.
    """
    with _connected(address) as ray:
        room = [int(node["Resources"].get("CPU", 0)) for node in ray.nodes() if node["Alive"]]
        cpus = min([_CPUS, *filter(None, room)])
        actors = count or sum(cores // cpus for cores in room) or 1
        crew = Actors(ray, replace(task, threads=cpus), count=actors)
        try:
            crew.start()
            yield crew
        except (ray.exceptions.RayError, ConnectionError) as error:
            raise WorkersLost(
                f"{address}: the Ray cluster is gone ({_first_line(error)})"
            ) from error
        finally:
            crew.stop()


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    import ray

    if ray.is_initialized():  # by the caller, who also ends it
        yield ray
        return
    _check_answers(address)
    try:
        ray.init(address, log_to_driver=False, logging_level="ERROR")
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise WorkersLost(_no_answer(address, error)) from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _check_answers(address: str) -> None:
    try:
        parts = urlsplit(address if "://" in address else f"//{address}")
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise InputError(
            f"{address}: no address of a Ray cluster; write auto, HOST:PORT or ray://HOST:PORT"
        ) from error
    if host is None or port is None:
        return  # "auto", or a name that Ray knows
    try:
        socket.create_connection((host, port), timeout=_ANSWER_SECONDS).close()
    except OSError as error:
        raise WorkersLost(_no_answer(address, error)) from error


def _no_answer(address: str, error: Exception) -> str:
    return (
        f"{address}: no Ray cluster answers there ({_first_line(error)});"
        " start one: ray start --head, or refresh with --workers"
    )


def _first_line(error: object) -> str:
    return str(error).strip().split("\n", 1)[0].rstrip(".")


class Actor:
    """What runs on the cluster."""

    def __init__(self) -> None:
        self._embedder: Embedder | None = None

    def begin(self, packed: bytes, digest: str, files: dict[str, bytes] | None = None) -> bool:
        """Open the embedder; return False if the model's files have to be sent."""
        task = Task.unpack(packed)
        source = task.source
        if source.folder is not None:
            try:
                source = source.at(find_folder_there(source.folder, digest, files))
            except NotHere:
                return False
        self._embedder = replace(task, source=source).open(platform.node())
        return True

    def embed(self, window: Window) -> Embedded:
        """Embed a window."""
        assert self._embedder is not None
        return self._embedder.embed_passages(window.texts, window.places)


@dataclass(eq=False, slots=True)
class Hand:
    """An actor as it is seen from here."""

    actor: Any
    dead: bool = False


@dataclass(eq=False, slots=True)
class Sent:
    """A window on its way."""

    hand: Hand
    ref: Any
    gone: bool = False


class Actors:
    """Actors of which each gets windows once it is ready.

    Those that the cluster has no room for yet harm nobody, and join when it has.
    """

    def __init__(self, ray: Any, task: Task, *, count: int) -> None:  # noqa: ANN401 -- a module
        self.count = count
        self._ray, self._task, self._packed = ray, task, task.pack()
        folder = task.source.folder
        self._digest = "" if folder is None else digest_of_folder(folder)
        self._files: Any = None
        self._begun: dict[Any, Hand] = {}
        self._ready: list[Hand] = []
        self._sent: dict[Any, Sent] = {}
        self._replacements = count * _REPLACEMENTS

    def start(self) -> None:
        """Ask the cluster for every actor."""
        for _ in range(self.count):
            self._start_one()

    def stop(self) -> None:
        """End every actor."""
        for hand in (*self._ready, *self._begun.values()):
            self._kill(hand)

    def submit(self, window: Window) -> Sent:
        """Send a window to the actor that has least to do."""
        self._look_for_ready(seconds=0)
        while not self._ready:
            if not self._begun:
                raise WorkersLost("every worker on the Ray cluster died; run again")
            if not self._look_for_ready(seconds=_START_SECONDS):
                raise WorkersLost(
                    f"no worker came up on the Ray cluster in {_START_SECONDS} s; has it"
                    f" {self._task.threads} free CPUs on one machine? (ray status tells)"
                )
        busy = self._count_windows()
        hand = min(self._ready, key=lambda hand: busy[hand])
        sent = Sent(hand, hand.actor.embed.remote(window))
        self._sent[sent.ref] = sent
        return sent

    def fetch(self, ticket: Sent) -> Embedded:
        """Wait for a window's vectors."""
        try:
            found: Embedded = self._get(ticket.ref, ticket.hand)
        except WorkerDied:
            ticket.gone = True
            raise
        finally:
            self._sent.pop(ticket.ref, None)
        return found

    def is_lost(self, ticket: Sent) -> bool:
        """Tell whether the window went, alone or with its actor."""
        return ticket.gone or ticket.hand.dead

    def _start_one(self) -> None:
        options = {"num_cpus": self._task.threads, "scheduling_strategy": "SPREAD"}
        hand = Hand(self._ray.remote(**options)(Actor).remote())
        self._begun[hand.actor.begin.remote(self._packed, self._digest)] = hand

    def _look_for_ready(self, *, seconds: float) -> bool:
        """Wait for an actor that began; return whether there was one."""
        if not self._begun:
            return False
        many = 1 if seconds else len(self._begun)
        refs, _ = self._ray.wait(list(self._begun), num_returns=many, timeout=seconds)
        for ref in refs:
            hand = self._begun.pop(ref)
            try:
                ready = self._get(ref, hand)
            except WorkerDied:
                self._replace(hand)
                continue
            if ready:
                self._ready.append(hand)
            else:
                files = self._pack()
                self._begun[hand.actor.begin.remote(self._packed, self._digest, files)] = hand
        return bool(refs)

    def _pack(self) -> Any:  # noqa: ANN401 -- a reference of Ray's
        """Return the model's files in the object store, put there once for all that lack them."""
        if self._files is None:
            folder = self._task.source.folder
            assert folder is not None
            self._files = self._ray.put(pack_folder(folder))
        return self._files

    def _count_windows(self) -> Counter[Hand]:
        refs = list(self._sent)
        if not refs:
            return Counter()
        _, running = self._ray.wait(refs, num_returns=len(refs), timeout=0, fetch_local=False)
        return Counter(self._sent[ref].hand for ref in running)

    def _get(self, ref: Any, hand: Hand) -> Any:  # noqa: ANN401 -- what a reference stands for
        """Return a result; raise WorkerDied for what another try may mend."""
        errors = self._ray.exceptions
        try:
            return self._ray.get(ref)
        except errors.RayTaskError as error:
            if isinstance(error.cause, errors.RayError):
                raise WorkerDied(_first_line(error.cause)) from error
            if isinstance(error.cause, PullquoteError):
                raise error.cause from None
            raise WorkersLost(
                f"a worker on the Ray cluster cannot embed ({_first_line(error.cause)});"
                " each machine needs: pip install 'pullquote[ray]'"
            ) from error
        except errors.RayActorError as error:
            self._replace(hand)
            raise WorkerDied(_first_line(error)) from error
        except (errors.RayError, ConnectionError) as error:
            raise WorkerDied(_first_line(error)) from error

    def _replace(self, hand: Hand) -> None:
        if hand.dead:
            return
        hand.dead = True
        self._kill(hand)  # one that only seems gone must not keep its CPUs
        self._ready = [other for other in self._ready if other is not hand]
        if self._replacements:
            self._replacements -= 1
            self._start_one()

    def _kill(self, hand: Hand) -> None:
        with suppress(self._ray.exceptions.RayError, ConnectionError, ValueError):  # gone already
            self._ray.kill(hand.actor)
