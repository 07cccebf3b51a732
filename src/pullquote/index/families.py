"""Which articles are copies of one another, and which sentences are on every page. Pure.

A sentence that stands in many articles is either boilerplate (a promotion, a footer) or part of an
article that was posted many times. What parts them is the rest of the article: articles that share
most of their sentences are one family, and boilerplate is what many families say.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, pairwise

# A sentence that so many families say may be boilerplate: two reports may quote one speaker.
REPEATED = 3
# A repost shares at least this part of the shorter one's sentences, though it has a new beginning
# and its own footer. Only sentences count that few articles share: a footer may be half of a note.
_KIN = 0.4
_FEW = 3
# What more share makes kin only of articles that share nearly everything.
_ALL = 0.8
_FEWEST = 2  # and at least so many: one sentence that two notes share may be a footer
# Pairs grow as the square of the articles that share a sentence: beyond so many, only neighbours in
# the order of paths are compared.
_TOO_COMMON = 40


def find_families(
    lengths: Mapping[str, int], repeated: Mapping[int, Sequence[str]]
) -> dict[str, str]:
    """Return article → the name of its family (its first path), for articles that have kin.

    `lengths` are counts of distinct sentences by article; `repeated` gives for each sentence that
    stands in several articles their paths, sorted.
    """
    parents = _find_twins(lengths, repeated)
    rare: Counter[tuple[str, str]] = Counter()
    shared: Counter[tuple[str, str]] = Counter()
    for paths in repeated.values():
        apart = [path for path in paths if parents.get(path, path) == path]
        pairs = tuple(combinations(apart, 2) if len(apart) <= _TOO_COMMON else pairwise(apart))
        shared.update(pairs)
        if len(apart) <= _FEW:
            rare.update(pairs)
    for (one, other), count in shared.items():
        shorter = min(lengths[one], lengths[other])
        part = rare[one, other] >= max(_FEWEST, _KIN * shorter)
        if part or count >= max(_FEWEST, _ALL * shorter):
            _unite(parents, one, other)
    return {path: _root(parents, path) for path in parents}


def _find_twins(
    lengths: Mapping[str, int], repeated: Mapping[int, Sequence[str]]
) -> dict[str, str]:
    """Return article → the first one that says just the same, for articles that have such twins."""
    said: dict[str, list[int]] = {}
    for words, paths in repeated.items():
        for path in paths:
            said.setdefault(path, []).append(words)
    twins: dict[tuple[int, ...], list[str]] = {}
    for path, words_said in said.items():
        if len(words_said) == lengths[path]:
            twins.setdefault(tuple(sorted(words_said)), []).append(path)
    return {path: min(group) for group in twins.values() if len(group) > 1 for path in group}


def count_families(paths: Iterable[str], kin: Mapping[str, str]) -> int:
    """Return how many families some articles belong to."""
    return len({kin.get(path, path) for path in paths})


def _unite(parents: dict[str, str], one: str, other: str) -> None:
    first, second = sorted((_root(parents, one), _root(parents, other)))
    parents[second] = parents[first] = first


def _root(parents: dict[str, str], path: str) -> str:
    """Return the first path of a family, shortening the way to it."""
    root = path
    while parents.get(root, root) != root:
        root = parents[root]
    while parents.get(path, root) != root:
        parents[path], path = root, parents[path]
    return root
