"""Which clause of a quote some words of a model point at, and how much of it is shown. Pure."""

from collections.abc import Callable, Iterator, Sequence

from pullquote.answers.leash.joints import JOINT_HEADS
from pullquote.answers.leash.pieces import Clause
from pullquote.answers.leash.words import Word

# Of the telling words of what is shown, a model must have written so many: fewer may as well mean
# something else. benchmarks.leash tells what it costs.
_LEAST_WRITTEN = 0.5


def match_clause(clause: Clause, words: Sequence[Word]) -> tuple[int, ...] | None:
    """Return the pieces to show of a clause that some words point at, None if they do not."""
    keys = tuple(word.key for word in words)
    if not keys or not frozenset(keys) <= frozenset(word.key for word in clause.words):
        return None
    placed = _align(keys, clause) or next(filter(None, _turned(keys, clause)), None)
    if placed is None or _skips(clause, placed):
        return None
    kept = clause.trim({clause.places[place] for place in placed})
    telling = sum(word.tells for word in clause.words_of(kept))
    written = sum(clause.words[place].tells for place in placed)
    return kept if written and written >= _LEAST_WRITTEN * telling else None


def _turned(keys: tuple[str, ...], clause: Clause) -> Iterator[list[int] | None]:
    """Yield where words stand if the first few are moved to the end: "In 2025, Amazon plans …"."""
    for cut in range(1, min(8, len(keys) - 1)):
        placed = _align((*keys[cut:], *keys[:cut]), clause)
        # What was moved to the front must end the clause whose beginning follows it there.
        if placed and placed[0] == 0 and placed[-1] - placed[-cut] == cut - 1:
            yield placed


def _align(keys: Sequence[str], clause: Clause) -> list[int] | None:
    """Return where keys stand in a clause, in order and with the fewest words between."""
    far = len(clause.words) + 1
    costs: list[list[int]] = []
    for key in keys:
        before, best, row = costs[-1] if costs else None, far * far, []
        for place, word in enumerate(clause.words):
            if before is None:
                best = 0
            elif place:
                best = min(best, before[place - 1] - (place - 1))
            row.append(best + place if word.key == key and best < far * far else far * far)
        costs.append(row)
    placed: list[int] = []
    end = far
    for row in reversed(costs):
        # What the words after it cost is the same wherever this one stands, but for the gap.
        gap = 1 if placed else 0
        place = min(range(min(end, len(row))), key=_cheapest(row, gap), default=-1)
        if place < 0 or row[place] >= far * far - far:
            return None
        placed.append(place)
        end = place
    return placed[::-1]


def _cheapest(row: Sequence[int], gap: int) -> Callable[[int], tuple[int, int]]:
    """Return by what the place of a word is chosen: its cost, then the later one."""
    return lambda place: (row[place] - gap * place, -place)


def _skips(clause: Clause, placed: Sequence[int]) -> bool:
    """Tell whether what was passed over turns the sense, or a name or figure is missing.

    Pieces that no word is of are left out as a whole, or shown as a whole; `Clause.trim` knows.
    """
    written, touched = set(placed), {clause.places[place] for place in placed}
    passed = [
        (place, word)
        for place, word in enumerate(clause.words)
        if clause.places[place] in touched and place not in written
    ]
    end = max(placed)
    # "But" at the head of a clause is shown, and asks for what stands before it.
    if any(word.turns and (place or word.key not in JOINT_HEADS) for place, word in passed):
        return True
    return any((word.is_figure or word.is_name) and place < end for place, word in passed)
