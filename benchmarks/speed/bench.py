"""What the parts share: who is measured on what, and indexes that are made once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from benchmarks.speed.lineup import OURS, Contender, ours, peers
from benchmarks.speed.material import Material, read_material
from benchmarks.speed.processes import Failed, Worker

Row = dict[str, Any]
_MADE = "made"  # the file that says that an index is whole


@dataclass
class Bench:
    """One run: a folder of sets, a folder to work in, the peers' interpreter."""

    data: Path
    work: Path
    python: Path
    quick: bool
    main_set: str
    failed: dict[str, str] = field(default_factory=dict)

    @cached_property
    def contenders(self) -> tuple[Contender, ...]:
        """Ours and the peers."""
        return (ours(), *peers(self.python))

    @cached_property
    def material(self) -> Material:
        """The corpus whose speed is measured."""
        return read_material(self.data, self.main_set, self.work, quick=self.quick)

    def folder(self, contender: Contender) -> Path:
        """Return where a system keeps its index of the corpus."""
        return self.work / "indexes" / contender.module

    def make_indexes(self) -> None:
        """Have every system index the corpus, untimed, where no part has done so."""
        for contender in self.working():
            if (self.folder(contender) / _MADE).exists():
                continue
            with self.attempt(contender), at_work(contender, self.folder(contender)) as worker:
                if contender.name == OURS:
                    worker.call("load", corpus=str(self.material.corpus))
                else:
                    worker.call("add", passages=self.material.passages(), corpus="")
                self.keep_index(contender, worker)

    def keep_index(self, contender: Contender, worker: Worker) -> None:
        """Have a system write its index of the whole corpus."""
        worker.call("save")
        (self.folder(contender) / _MADE).touch()

    @contextmanager
    def attempt(self, contender: Contender) -> Iterator[None]:
        """Note why a system fails, so that the table can tell it."""
        try:
            yield
        except Failed as error:
            self.failed[contender.name] = str(error)

    def working(self) -> list[Contender]:
        """Return the systems that have not failed."""
        return [c for c in self.contenders if c.name not in self.failed]

    @contextmanager
    def crew(self, contenders: Iterable[Contender]) -> Iterator[dict[str, Worker]]:
        """Start systems side by side and give those that are ready."""
        started: dict[str, Worker] = {}
        crew: dict[str, Worker] = {}
        for contender in contenders:
            with self.attempt(contender):
                started[contender.name] = Worker(contender, self.folder(contender))
        try:
            for name, worker in started.items():
                try:
                    worker.wait()
                except Failed as error:
                    self.failed[name] = str(error)
                else:
                    crew[name] = worker
            yield crew
        finally:
            for worker in started.values():
                worker.close()

    def in_turn(
        self, crew: dict[str, Worker], turn: int, do: str, each: Sequence[Mapping[str, Any]]
    ) -> dict[str, tuple[list[Any], list[float]]]:
        """Ask each worker for the same, another one first each turn; who fails leaves the crew."""
        names = list(crew)
        first = turn % len(names) if names else 0
        replies = {}
        for name in names[first:] + names[:first]:
            try:
                replies[name] = crew[name].call_each(do, each)
            except Failed as error:
                self.failed[name] = str(error)
                del crew[name]
        return replies

    def with_failed(self, rows: dict[str, Row]) -> dict[str, Row]:
        """Return the rows in the order of the lineup, and of those who failed the reason."""
        names = [*dict.fromkeys([*(c.name for c in self.contenders), *rows])]
        failed = {name: {"failed": why} for name, why in self.failed.items()}
        found = {**rows, **failed}
        return {name: found[name] for name in names if name in found}


@contextmanager
def at_work(contender: Contender, folder: Path, *, threads: int | None = None) -> Iterator[Worker]:
    """Give a system that is ready, and close it in the end."""
    worker = Worker(contender, folder, threads=threads)
    try:
        worker.wait()
        yield worker
    finally:
        worker.close()
