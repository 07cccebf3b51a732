"""Near misses made from answered questions, and answered twins that undo their tell-tale signs.

A question about another name, number or year, with an opposite, a negation or a word's neighbour,
is one the passage does not answer. Were only such questions edited, a reader could tell them by
their odd wording: so the same swap is also made in question and passage together, which leaves the
question answered.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from training.rows import Row

_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w’'-]+(?: (?:(?:of|de|the|and) )?[A-Z][\w’'-]+)*")
_NUMBER = re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)*(?![\w-])")
_WORD = re.compile(r"[a-z]{4,}")
_NEGATED = re.compile(r"\b(did|does|do|is|are|was|were|has|have|had|can|could|would)\b")
_OPPOSITES = """
first/last largest/smallest biggest/smallest highest/lowest oldest/youngest longest/shortest
most/least best/worst more/fewer before/after early/late earlier/later increase/decrease
increased/decreased rise/fall rose/fell grow/shrink gain/lose gained/lost win/lose won/lost
north/south northern/southern east/west eastern/western left/right upper/lower inside/outside
above/below open/close opened/closed start/end started/ended begin/end began/ended
buy/sell bought/sold hire/dismiss hired/dismissed accept/reject accepted/rejected allow/forbid
allowed/banned male/female men/women father/mother son/daughter brother/sister husband/wife
king/queen born/buried birth/death alive/dead arrive/leave arrived/left join/leave joined/left
public/private major/minor maximum/minimum strong/weak stronger/weaker fast/slow faster/slower
cheap/expensive rich/poor old/new older/newer common/rare always/never support/oppose
supported/opposed include/exclude included/excluded internal/external import/export
positive/negative advantage/drawback advantages/drawbacks success/failure succeed/fail
friend/enemy attack/defend attacked/defended enter/leave entered/left create/destroy
created/destroyed build/demolish built/demolished appear/vanish appeared/vanished
summer/winter spring/autumn day/night morning/evening cold/hot warm/cool wet/dry deep/shallow
wide/narrow heavy/light full/empty safe/dangerous legal/illegal same/different majority/minority
teacher/student parent/child employer/employee buyer/seller predecessor/successor
preceded/followed gave/received give/receive sent/received send/receive lent/borrowed
approved/refused approve/refuse raised/lowered raise/lower up/down inner/outer direct/indirect
""".split()
_OPPOSITE: Mapping[str, str] = {
    one: other for pair in _OPPOSITES for one, other in (pair.split("/"), pair.split("/")[::-1])
}
Neighbours = Callable[[str, random.Random], str | None]


class Editor:
    """Makes near misses; `names` are of other passages, `neighbour` gives a word of like use."""

    def __init__(self, names: Sequence[str], neighbour: Neighbours) -> None:
        self._names, self._neighbour = names, neighbour

    @classmethod
    def over(cls, rows: Sequence[Row], neighbour: Neighbours) -> "Editor":
        """Return an editor that takes foreign names from some rows' passages."""
        return cls(sorted({name for row in rows for name in names_in(row.passage)}), neighbour)

    def miss(self, row: Row, rng: random.Random) -> Row | None:
        """Return the question changed so that its passage no longer answers, or None."""
        ways = [self._swap_name, self._swap_number, _swap_opposite, self._swap_word]
        weights = [5, 5, 4, 3]
        if rng.random() < 0.05:
            ways, weights = [_negate], [1]
        while ways:
            place = rng.choices(range(len(ways)), weights)[0]
            question = ways.pop(place)(row, rng)
            weights.pop(place)
            if question is not None and question != row.question:
                return replace(row, question=question, answers=(), kind="edited", whole=False)
        return None

    def twin(self, row: Row, rng: random.Random) -> Row | None:
        """Return the row with a name or number swapped in question and passage alike, or None."""
        found = [*names_in(row.question), *_NUMBER.findall(row.question)]
        words = [row.passage[low:high] for low, high in row.answers]
        shared = [w for w in found if w in row.passage and not any(w in a or a in w for a in words)]
        if not shared:
            return None
        old = rng.choice(shared)
        new = _other_number(old, rng) if old[0].isdigit() else rng.choice(self._names)
        passage, moved = _replace(row.passage, row.answers, old, new)
        question = row.question.replace(old, new)
        return replace(row, question=question, passage=passage, answers=moved, kind="twin")

    def move(self, row: Row, rng: random.Random) -> Row | None:
        """Return a question that was asked elsewhere, put to a name in this passage, or None."""
        asked, here = names_in(row.question), names_in(row.passage)
        if not asked or not here or any(name in row.passage for name in asked):
            return None
        question = row.question.replace(rng.choice(asked), rng.choice(here))
        return replace(row, question=question, kind="moved")

    def _swap_name(self, row: Row, rng: random.Random) -> str | None:
        asked = names_in(row.question)
        if not asked:
            return None
        old = rng.choice(asked)
        answers = [row.passage[low:high] for low, high in row.answers]
        near = [
            name
            for name in names_in(row.passage)
            if name not in row.question and not any(name in a or a in name for a in answers)
        ]
        pool = near if near and rng.random() < 0.5 else self._names
        return row.question.replace(old, rng.choice(pool))

    def _swap_number(self, row: Row, rng: random.Random) -> str | None:
        asked = _NUMBER.findall(row.question)
        if not asked:
            return None
        old = rng.choice(asked)
        near = [n for n in _NUMBER.findall(row.passage) if len(n) == len(old) and n != old]
        new = rng.choice(near) if near and rng.random() < 0.4 else _other_number(old, rng)
        return row.question.replace(old, new)

    def _swap_word(self, row: Row, rng: random.Random) -> str | None:
        passage = row.passage.casefold()
        shared = [word for word in _WORD.findall(row.question) if word in passage]
        if not shared:
            return None
        old = rng.choice(shared)
        new = self._neighbour(old, rng)
        if new is None or new in passage:
            return None
        return re.sub(rf"\b{old}\b", new, row.question)


def names_in(text: str) -> list[str]:
    """Return the capitalised runs of words inside sentences."""
    return list(dict.fromkeys(_NAME.findall(text)))


def _swap_opposite(row: Row, rng: random.Random) -> str | None:
    found = [word for word in re.findall(r"[a-z]+", row.question) if word in _OPPOSITE]
    if not found:
        return None
    old = rng.choice(found)
    return re.sub(rf"\b{old}\b", _OPPOSITE[old], row.question, count=1)


def _negate(row: Row, rng: random.Random) -> str | None:
    match = _NEGATED.search(row.question)
    if match is None:
        return None
    word = match[0]
    negated = {"can": "can't"}.get(word, word + "n't") if rng.random() < 0.5 else f"{word} not"
    return row.question[: match.start()] + negated + row.question[match.end() :]


def _other_number(old: str, rng: random.Random) -> str:
    """Return a number of the same look: a year some years off, else other digits."""
    if re.fullmatch(r"1[0-9]\d\d|20\d\d", old):
        return str(int(old) + rng.choice([-1, 1]) * rng.randint(1, 12))
    while True:
        new = "".join(rng.choice("123456789") if c.isdigit() else c for c in old)
        if new != old:
            return new


def _replace(
    text: str, ranges: Sequence[tuple[int, int]], old: str, new: str
) -> tuple[str, tuple[tuple[int, int], ...]]:
    places = [match.start() for match in re.finditer(re.escape(old), text)]
    moved = tuple(
        (low + shift, high + shift)
        for low, high in ranges
        for shift in [(len(new) - len(old)) * sum(place < low for place in places)]
    )
    return text.replace(old, new), moved
