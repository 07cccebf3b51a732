"""Which articles are copies of one another, and which sentences are on every page. Pure.

A sentence that stands in many articles is either boilerplate (a promotion, a footer) or part of an
article that was posted many times. What parts them is the rest of the article: articles that share
most of their sentences are one family, and boilerplate is what many families say.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

# Sentences that stand in three families are boilerplate: two reports may quote one speaker.
_FAMILIES = 3
# A repost shares at least this part of the shorter one's sentences, though it has a new beginning
# and its own footer; pages of one template share less.
_KIN = 0.4
_FEWEST = 2  # and at least so many: one sentence that two notes share may be a footer
# A sentence in more articles than this tells nothing about kinship, and pairs grow as its square.
_TOO_COMMON = 40


def find_families(
    lengths: Mapping[str, int], repeated: Mapping[int, Sequence[str]]
) -> dict[str, str]:
    """Return article → the name of its family (its first path), for articles that have kin.

    `lengths` are counts of distinct sentences by article; `repeated` gives for each sentence that
    stands in several articles their paths, sorted.
    """
    parents = _find_twins(lengths, repeated)
    shared: Counter[tuple[str, str]] = Counter()
    common: Counter[str] = Counter()
    for paths in repeated.values():
        apart = [path for path in paths if parents.get(path, path) == path]
        if len(apart) > _TOO_COMMON:
            common.update(apart)
        else:
            shared.update(combinations(apart, 2))
    for (one, other), count in shared.items():
        # What stands nearly everywhere is left out of the lengths as well.
        shorter = min(lengths[path] - common[path] for path in (one, other))
        if count >= max(_FEWEST, _KIN * shorter):
            first, second = sorted((_root(parents, one), _root(parents, other)))
            parents[second] = parents[first] = first
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


def is_boilerplate(paths: Iterable[str], kin: Mapping[str, str]) -> bool:
    """Tell whether a sentence that stands in these articles belongs to none of them."""
    return len({kin.get(path, path) for path in paths}) >= _FAMILIES


def _root(parents: dict[str, str], path: str) -> str:
    """Return the first path of a family, shortening the way to it."""
    root = path
    while parents.get(root, root) != root:
        root = parents[root]
    while parents.get(path, root) != root:
        parents[path], path = root, parents[path]
    return root
