"""Windows are spread in order, a bounded number ahead, and come back once whoever dies."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import pytest

from pullquote import Embedded, InputError, WorkersLost
from pullquote.encoders import hire
from pullquote.encoders.spreading import Spread, WorkerDied
from pullquote.protocols import Window
from tests.fakes import WordEmbedder
from tests.mortals import windows_of

TEXTS = [f"tram number {n}" for n in range(40)]


@dataclass
class FakeCrew:
    """Embeds when asked to fetch; loses the window whose first id is `doomed`, `deaths` times."""

    count: int = 2
    doomed: int = -1
    deaths: int = 0
    submitted: list[int] = field(default_factory=list)
    lost: set[int] = field(default_factory=set)
    open: bool = False

    @contextmanager
    def hired(self) -> Iterator["FakeCrew"]:
        """Be there for a block."""
        self.open = True
        yield self
        self.open = False

    def submit(self, window: Window) -> Window:
        """Note who came."""
        self.submitted.append(window.ids[0])
        self.lost.discard(window.ids[0])
        return window

    def fetch(self, ticket: Window) -> Embedded:
        """Embed, or lose it and the one after it."""
        if ticket.ids[0] == self.doomed and self.deaths:
            self.deaths -= 1
            self.lost = {self.doomed, self.doomed + len(ticket.ids)}
            raise WorkerDied("it was killed")
        assert ticket.ids[0] not in self.lost
        return WordEmbedder().embed_passages(ticket.texts, ticket.places)

    def is_lost(self, ticket: Window) -> bool:
        """Tell whether it was lost since it was submitted."""
        return ticket.ids[0] in self.lost


def test_what_is_lost_is_sent_again_and_comes_back_once_and_in_its_place() -> None:
    """Only what was lost is embedded again."""
    crew = FakeCrew(doomed=8, deaths=3)
    windows = windows_of(TEXTS, size=4)
    each = list(Spread(WordEmbedder(), crew.hired).embed_each(windows))
    assert [window for window, _ in each] == windows
    wanted = WordEmbedder().embed_passages(TEXTS, [[]] * len(TEXTS)).passages
    assert (np.concatenate([found.passages for _, found in each]) == wanted).all()
    assert {first: crew.submitted.count(first) for first in (4, 8, 12, 16)} == {
        4: 1,
        8: 4,
        12: 4,
        16: 1,
    }
    assert not crew.open


def test_a_window_that_kills_whoever_takes_it_ends_the_refresh_in_one_line() -> None:
    """After a bounded number of deaths."""
    crew = FakeCrew(doomed=8, deaths=100)
    each = Spread(WordEmbedder(), crew.hired).embed_each(windows_of(TEXTS, size=4))
    with pytest.raises(WorkersLost, match=r"died 4 times .*\(it was killed\)") as caught:
        list(each)
    assert "\n" not in str(caught.value)
    assert crew.submitted.count(8) == 4


def test_windows_are_taken_as_they_are_needed() -> None:
    """However large the corpus, few of its windows are in memory."""
    taken = []

    def tell() -> Iterator[Window]:
        for window in windows_of(TEXTS, size=1):
            taken.append(window)
            yield window

    crew = FakeCrew(count=2)
    each = Spread(WordEmbedder(), crew.hired).embed_each(tell())
    for given, _ in enumerate(each, 1):
        assert len(taken) <= given + 4 * crew.count


def test_nobody_is_hired_for_a_single_window() -> None:
    """Starting a process would take longer than embedding it."""
    crew = FakeCrew()
    (only,) = windows_of(TEXTS, size=64)
    embedder = WordEmbedder()
    assert [window for window, _ in Spread(embedder, crew.hired).embed_each([only])] == [only]
    assert (crew.submitted, embedder.embedded) == ([], TEXTS)
    assert list(Spread(embedder, crew.hired).embed_each([])) == []


def test_less_than_one_worker_is_no_number() -> None:
    """The line says what to ask for."""
    with pytest.raises(InputError, match="workers is 0; ask for at least one"):
        hire("words", WordEmbedder(), count=0, ray=None)
