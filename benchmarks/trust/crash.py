"""SIGKILL at random instants of a refresh: what is left answers, and one refresh completes it."""

import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.trust.material import QUESTIONS, Gardener, WordEmbedder
from benchmarks.trust.stages import Launcher, Stage
from benchmarks.trust.states import (
    clean_state,
    differences,
    left_overs,
    open_bot,
    state_of,
    wrong_quotes,
)
from pullquote import Embedder, IndexNotFound, PullquoteError
from pullquote.encoders import BUNDLED, open_embedder

SEED = 20250207
# Many articles and few edits: then reading is short beside flushing, committing and sweeping.
_KILLS, _ARTICLES, _EDITS = 200, 200, 8
_REAL_SHARE = 10  # of so many rounds one runs the real model
_KINDS = ("first", "rebuild", *["edit"] * 8)
# Half of the kills come at any moment of the run; the others soon after a step began, because some
# steps are so short that no kill would ever meet them.
_AIMED, _SOON_SECONDS = 0.5, 0.01
_TARGETS = (Stage.EMBEDDING, Stage.FLUSHING, Stage.COMMITTING, Stage.SWEEPING)
_AGAIN = 0.3  # chance that more edits and another kill come before anything is mended


@dataclass
class Trial:
    """A folder of articles, its index, and what became of every kill."""

    work: Path
    random: Random
    launcher: Launcher
    embedder: Embedder
    real: bool = False
    articles: int = _ARTICLES
    kills: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        shutil.rmtree(self.work, ignore_errors=True)
        self.corpus, self.folder = self.work / "corpus", self.work / "index"
        self.gardener = Gardener(self.corpus, self.random)
        self.gardener.plant(self.articles)
        self._seconds: dict[str, float] = {}
        for kind in ("first", "edit", "rebuild"):  # in this order the index is there when needed
            self._seconds[kind] = max(self._undisturbed(kind) for _ in range(2))

    def round(self) -> None:
        """Edit and kill once or more, look at what is left, refresh once, compare."""
        finished = True
        while True:
            kind = self.random.choice(_KINDS)
            self._prepare(kind)
            run = self.launcher.start(
                self.corpus, self.folder, rebuild=kind == "rebuild", real=self.real
            )
            if self.random.random() < _AIMED:
                target = self.random.choice(_TARGETS)
                stage = run.kill(self.random.uniform(0, _SOON_SECONDS), after=target)
            else:
                stage = run.kill(self.random.uniform(0, self._seconds[kind]))
            self.kills[stage.name.lower()] += 1
            where = f"kill {self.kills.total()} ({kind}, {stage.name.lower()})"
            finished = stage >= Stage.SWEEPING or (finished and kind != "first")
            self._check_left(where, may_be_missing=not finished)
            if self.random.random() > _AGAIN:
                break
        self._check_mended(where)

    def _undisturbed(self, kind: str) -> float:
        self._prepare(kind)
        run = self.launcher.start(
            self.corpus, self.folder, rebuild=kind == "rebuild", real=self.real
        )
        return run.wait()

    def _prepare(self, kind: str) -> None:
        if kind == "first":
            shutil.rmtree(self.folder, ignore_errors=True)
        for _ in range(_EDITS):
            self.gardener.edit()

    def _check_left(self, where: str, *, may_be_missing: bool) -> None:
        """Ask over a copy, so that nothing that a question does can mend the original."""
        copy = self.work / "left"
        shutil.rmtree(copy, ignore_errors=True)
        if not self.folder.exists():
            if not may_be_missing:
                self.failures.append(f"{where}: the index is gone")
            return
        shutil.copytree(self.folder, copy)
        bot = open_bot(self.corpus, copy, self.embedder)
        try:
            for question in QUESTIONS:
                answer = bot.ask(question)
                wrong = wrong_quotes(self.corpus, answer.quotes + answer.nearest)
                self.failures += [f"{where}: {place} is not in its file" for place in wrong]
        except IndexNotFound as error:
            if not may_be_missing:
                self.failures.append(f"{where}: {error}")
        except PullquoteError as error:
            self.failures.append(f"{where}: {type(error).__name__}: {error}")

    def _check_mended(self, where: str) -> None:
        bot = open_bot(self.corpus, self.folder, self.embedder)
        bot.refresh()
        self.failures += [f"{where}: left over: {name}" for name in left_overs(self.folder)]
        if bot.refresh().embedded:
            self.failures.append(f"{where}: a second refresh embedded again")
        clean = self.work / "clean"
        shutil.rmtree(clean, ignore_errors=True)
        parts = differences(state_of(bot), clean_state(self.corpus, clean, self.embedder))
        if parts:
            self.failures.append(f"{where}: differs from a clean build in {', '.join(parts)}")


def measure(data: Path, work: Path, *, quick: bool) -> dict[str, Any]:
    """Kill 200 refreshes (20 if quick) and report what was interrupted and what went wrong."""
    kills = _KILLS // 10 if quick else _KILLS
    figures = kill(work, kills=kills, seed=SEED)
    print(figures)
    return figures


def kill(
    work: Path, *, kills: int, seed: int, articles: int = _ARTICLES, real: bool = True
) -> dict[str, Any]:
    """Kill so many refreshes, a tenth of them with the real model if `real`."""
    random, launcher = Random(seed), Launcher()
    trials = [Trial(work / "words", random, launcher, WordEmbedder(), articles=articles)]
    if real:
        model = open_embedder(BUNDLED)
        few = max(articles // 4, 12)  # a refresh of the real model takes long enough with those
        trials.append(Trial(work / "real", random, launcher, model, real=True, articles=few))
    for trial, wanted in zip(trials, _shares(kills, len(trials)), strict=True):
        while trial.kills.total() < wanted:
            trial.round()
            done = sum(each.kills.total() for each in trials)
            print(f"\rcrash: {done}/{kills} kills", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    found = trials[0].kills + (trials[1].kills if real else Counter())
    failures = [failure for trial in trials for failure in trial.failures]
    return {
        "seed": seed,
        "kills": found.total(),
        "with_real_model": trials[1].kills.total() if real else 0,
        **{f"while_{stage.name.lower()}": found[stage.name.lower()] for stage in Stage},
        "failures": len(failures),
        "failed": failures[:20],
    }


def _shares(kills: int, trials: int) -> Iterator[int]:
    if trials == 1:
        yield kills
        return
    real = max(1, kills // _REAL_SHARE)
    yield kills - real
    yield real
