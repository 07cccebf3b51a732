"""Questions about one's own articles, without labels: what `pullquote eval --make` writes.

A question is made from a sentence that could be quoted, and its gold are the places of that
sentence. It is kept only if nothing else in the corpus is likely to answer it: another sentence
that speaks of all that is asked for and holds the kind of thing that is asked for makes it
ambiguous, unless it holds the very answer, and then it is gold as well. A question that the corpus
does not answer is such a question whose article, with its copies and versions, is hidden.

One seed over one corpus makes the same questions.
"""

import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from pullquote.errors import InputError
from pullquote.evaluation.asking import ask_about
from pullquote.evaluation.keywords import find_key_words
from pullquote.evaluation.rules import Asked
from pullquote.evaluation.sayings import Saying, Sayings, read_sayings
from pullquote.index.catalog import Catalog
from pullquote.language.clauses import names_something, plain_sentence

_BY_KEY_WORDS = "key words"
UNANSWERABLE = 0.25  # of the questions that are made
# Of English articles, so many of all questions are in key words: they are less like questions.
_KEY_WORDS = 0.1
_FEW = 2  # such questions that an article is good for
_SURE = 0.95  # a sentence with so much of what the gold has of a question may answer it as well
_HALF = 0.5  # what a rival must say itself, not only its title
_SOME = 0.35  # what another article must say of a question to make silence hard
_MOST_ALIKE = 0.8  # what other articles may say of a question that they do not answer


@dataclass(frozen=True, slots=True)
class Made:
    """Lines of a question file, and why articles have none: reason → how many."""

    lines: tuple[dict[str, Any], ...]
    articles: int
    asked_about: int
    left_out: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        """Return what was made, in numbers; `kinds` counts the questions of each rule."""
        unanswerable = sum(not line["gold"] for line in self.lines)
        return {
            "questions": len(self.lines),
            "answerable": len(self.lines) - unanswerable,
            "unanswerable": unanswerable,
            "articles": self.articles,
            "asked_about": self.asked_about,
            "left_out": dict(self.left_out),
            "kinds": dict(Counter(line["kind"] for line in self.lines).most_common()),
        }


def check_new(file: Path) -> None:
    """Raise InputError if a file is there: the labels in it may be somebody's work."""
    if file.exists():
        raise InputError(f"{file}: is there already; name another or remove it")


def write_questions(file: Path, made: Made) -> None:
    """Write a new question file; raise InputError if it is there or cannot be written."""
    check_new(file)
    try:
        with file.open("x", encoding="utf-8", newline="\n") as lines:
            lines.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in made.lines)
    except OSError as error:
        raise InputError(f"{file}: cannot be written ({error.strerror}); name another") from error


def make_questions(embeddings: Path, *, questions: int, seed: int = 0) -> Made:
    """Make questions about the articles of an index that are published today.

    A quarter of them is unanswerable. There are fewer where the articles do not yield so many.
    """
    with Catalog(embeddings).reading() as view:
        sayings = read_sayings(view, date.today())
    return _Maker(sayings, questions, seed).make()


@dataclass(frozen=True, slots=True)
class _Candidate:
    saying: Saying
    asked: Asked


@dataclass(frozen=True, slots=True)
class _Taken:
    """A question that was made: what answers it, and what is hidden of that, if it is."""

    item: _Candidate
    gold: tuple[Saying, ...]
    hidden: tuple[str, ...] = ()

    def line(self) -> dict[str, Any]:
        """Return its line in a question file."""
        asked = self.item.asked
        line: dict[str, Any] = {"question": asked.question, "kind": asked.kind}
        if self.hidden:
            return {**line, "gold": [], "answers": [], "hidden": list(self.hidden)}
        gold = [
            {"article": s.path, "start": s.span.start, "end": s.span.end, "words": s.text}
            for s in self.gold
        ]
        return {**line, "gold": gold, "answers": [asked.answer] if asked.answer else []}


class _Maker:
    """One run: articles in the order of the seed, one question of each in turn."""

    def __init__(self, sayings: Sayings, questions: int, seed: int) -> None:
        self._all, self._dice, self._most = sayings, random.Random(seed), questions
        self._used: Counter[str] = Counter()
        self._seen: set[str | int] = set()
        self._taken: list[_Taken] = []

    def make(self) -> Made:
        paths = list(self._all.by_article)
        self._dice.shuffle(paths)
        left = {path: self._candidates(path) for path in paths}
        none = [path for path in paths if not left[path]]
        waiting = [path for path in paths if left[path]]
        while waiting:
            waiting = [path for path in waiting if self._take(left[path])]
        self._hide_more()
        self._dice.shuffle(self._taken)
        about = {taken.item.saying.path for taken in self._taken}
        reasons = Counter(self._all.why_not(path) for path in none)
        reasons["what they say is said elsewhere too, or there were questions enough"] = (
            len(paths) - len(none) - len(about)
        )
        reasons["unpublished"] = self._all.unpublished
        lines = tuple(taken.line() for taken in self._taken)
        return Made(lines, len(paths), len(about), +reasons)

    def _candidates(self, path: str) -> list[_Candidate]:
        """Return what may be asked about an article: by rules first, then in key words."""
        own = [saying for saying in self._all.by_article[path] if not saying.shared]
        self._dice.shuffle(own)
        found = [
            _Candidate(saying, asked)
            for saying in (own if self._all.is_english(path) else ())
            if (sentence := plain_sentence(saying.text))
            for asked in ask_about(sentence, self._all.is_name)
            if names_something(asked.question)
        ]
        plain = (
            _Candidate(saying, Asked(_BY_KEY_WORDS, *key_words))
            for saying in own
            if (key_words := find_key_words(saying.text))
        )
        return [*found, *islice(plain, _FEW)]

    def _take(self, left: list[_Candidate]) -> bool:
        """Make one question of an article's candidates; tell whether more may be made of them."""
        while left and len(self._taken) < self._most:
            item = min(left, key=self._order)
            left.remove(item)
            if self._add(item):
                left[:] = [other for other in left if other.asked.kind != _BY_KEY_WORDS]
                return bool(left)
        return False

    def _order(self, item: _Candidate) -> tuple[bool, int]:
        """Rules before key words, and those first that made the fewest questions."""
        return item.asked.kind == _BY_KEY_WORDS, self._used[item.asked.kind]

    def _add(self, item: _Candidate) -> bool:
        asked, saying = item.asked, item.saying
        if asked.question in self._seen or saying.words in self._seen:
            return False
        if asked.kind == _BY_KEY_WORDS and not self._may_use_key_words(saying.path):
            return False
        gold = self._find_gold(item)
        if not gold:
            return False
        hidden: tuple[str, ...] = ()
        if self._silent < (len(self._taken) + 1) * UNANSWERABLE:
            hidden = self._hide(item, gold, near=True)
        self._taken.append(_Taken(item, gold, hidden))
        self._used[asked.kind] += 1
        self._seen |= {asked.question, saying.words}
        return True

    @property
    def _silent(self) -> int:
        return sum(bool(taken.hidden) for taken in self._taken)

    def _hide_more(self) -> None:
        """Hide what answers some more, where other articles speak of too few."""
        missing = round(len(self._taken) * UNANSWERABLE) - self._silent
        for place in self._dice.sample(range(len(self._taken)), len(self._taken)):
            taken = self._taken[place]
            if missing <= 0:
                break
            if not taken.hidden and (hidden := self._hide(taken.item, taken.gold, near=False)):
                self._taken[place] = replace(taken, hidden=hidden)
                missing -= 1

    def _may_use_key_words(self, path: str) -> bool:
        few = self._used[_BY_KEY_WORDS] < _KEY_WORDS * (len(self._taken) + 1)
        return few or not self._all.is_english(path)

    def _find_gold(self, item: _Candidate) -> tuple[Saying, ...]:
        """Return all that answers, nothing if something else may answer otherwise."""
        asked, saying = item.asked, item.saying
        weights = self._all.weigh_question(asked.question)
        own = self._all.near_part(saying, weights)
        gold = []
        for other, _ in self._all.speaking(weights, least=_HALF * own):
            if other.words == saying.words:
                gold.append(other)
            elif self._all.near_part(other, weights) >= _SURE * own and asked.fits(other.text):
                if not _holds(other.text, asked.answer):
                    return ()
                gold.append(other)
        return tuple(gold)

    def _hide(self, item: _Candidate, gold: Sequence[Saying], *, near: bool) -> tuple[str, ...]:
        """Return the articles without which nothing answers, none if something still may.

        `near` wants questions that other articles speak of: to be silent on others is easy.
        """
        asked = item.asked
        hidden = {path for saying in gold for path in self._all.family(saying.path)}
        weights = self._all.weigh_question(asked.question)
        others = [
            pair for pair in self._all.speaking(weights, least=_SOME) if pair[0].path not in hidden
        ]
        for other, part in others:
            if part >= _MOST_ALIKE and asked.fits(other.text):
                return ()
            if part >= _HALF and _holds(other.text, asked.answer):
                return ()
        return tuple(sorted(hidden)) if others or not near else ()


def _holds(text: str, answer: str) -> bool:
    return bool(answer) and answer.casefold() in text.casefold()
