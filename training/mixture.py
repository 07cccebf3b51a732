"""The mixture that a reader is trained on: rows as given, near misses, twins, mined passages."""

import hashlib
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import tantivy

from pullquote.language.terms import key_terms
from training.edits import Editor, Neighbours
from training.rows import Row


@dataclass(frozen=True, slots=True)
class Recipe:
    """What goes into a mixture.

    `most` caps sources by rows; where `only` is set, a source that has no cap is left out. The
    annotated unanswerable questions, few and telling most, are read `annotated` times. `misses`,
    `twins`, `mined` and `moved` are made from answered rows, as shares of those; `moved` counts
    tries, for most questions have no name to move.
    """

    most: Mapping[str, int]
    only: bool
    annotated: int
    misses: float
    twins: float
    mined: float
    moved: float


# Everything there is, so that the reader has seen all kinds of questions and passages.
BROAD = Recipe(
    most={
        "squadshifts_amazon": 3000,
        "squadshifts_reddit": 3000,
        "policyqa": 2000,
        "friendsqa": 1000,
        "hotpotqa_paras": 3000,
        "2wiki_paras": 2500,
        "musique_paras": 1500,
        "quoref": 2500,
        "mrqa_relext": 1000,
    },
    only=False,
    annotated=3,
    misses=0.55,
    twins=0.12,
    mined=0.15,
    moved=0.1,
)
# What is closest to people asking articles, and cleanest; read last, while the rate falls.
FINE = Recipe(
    most={
        "squad2_train10": 5000,
        "squad2_cr_unans": 3000,
        "squad_du_test": 5000,
        "squad_flan": 2000,
        "squadshifts_newwiki": 3000,
        "nq_oracle": 1500,
        "qed": 800,
        "multispanqa": 800,
        "mlqa_en": 500,
        "covidqa": 500,
        "doc2dial_first_turn": 300,
        "tatqa_text": 500,
        "quoref": 500,
        "hotpotqa_paras": 600,
        "neg_siblings_squad": 2000,
        "neg_siblings_newwiki": 800,
    },
    only=True,
    annotated=2,
    misses=0.45,
    twins=0.06,
    mined=0.05,
    moved=0.12,
)
# Sources with questions and passages clean enough to edit.
_EDITED = frozenset(
    "squad2_train10 squad_du_test squad_flan squadshifts_newwiki nq_oracle mlqa_en qed quoref"
    " drop_contrast mrqa_drop timeqa multispanqa covidqa tatqa_text".split()
)


def mix(
    rows: Sequence[Row], neighbour: Neighbours, *, seed: int, recipe: Recipe = BROAD
) -> list[Row]:
    """Return one pass of training rows in random order, the same for the same seed."""
    rng = random.Random(seed)
    kept = _capped(_unique(rows), recipe, rng)
    answered = [row for row in kept if row.kind == "answered" and row.whole]
    clean = [row for row in answered if row.source in _EDITED]
    editor = Editor.over(clean, neighbour)
    misses = (editor.miss(row, rng) for row in _some(clean, recipe.misses, rng))
    twins = (editor.twin(row, rng) for row in _some(clean, 3 * recipe.twins, rng))
    made = [row for row in misses if row is not None]
    made += [row for row in twins if row is not None][: int(recipe.twins * len(clean))]
    mined = list(_mine(_some(answered, recipe.mined + recipe.moved, rng), kept, rng))
    moved = (editor.move(row, rng) for row in mined[: int(recipe.moved * len(answered))])
    made += [row for row in moved if row is not None]
    made += mined[int(recipe.moved * len(answered)) :]
    annotated = [row for row in kept if row.kind == "annotated"] * (recipe.annotated - 1)
    mixture = [*kept, *made, *annotated]
    rng.shuffle(mixture)
    return mixture


def describe(rows: Sequence[Row]) -> dict[str, int]:
    """Return how many rows there are of each kind."""
    return dict(sorted(Counter(row.kind for row in rows).items()))


def _unique(rows: Sequence[Row]) -> list[Row]:
    """Return the rows without repeated pairs of question and passage; sources share some."""
    seen: dict[bytes, Row] = {}
    for row in rows:
        pair = f"{row.question.casefold().strip()}\n{row.passage[:200]}".encode()
        seen.setdefault(hashlib.blake2b(pair, digest_size=12).digest(), row)
    return list(seen.values())


def _capped(rows: Sequence[Row], recipe: Recipe, rng: random.Random) -> list[Row]:
    by_source: dict[str, list[Row]] = {}
    for row in rows:
        by_source.setdefault(row.source, []).append(row)
    return [
        row
        for source, group in sorted(by_source.items())
        for most in [recipe.most.get(source, 0 if recipe.only else len(group))]
        for row in rng.sample(group, min(len(group), most))
    ]


def _some(rows: Sequence[Row], share: float, rng: random.Random) -> list[Row]:
    return rng.sample(rows, min(len(rows), int(share * len(rows))))


def _mine(rows: Sequence[Row], pool: Sequence[Row], rng: random.Random) -> list[Row]:
    """Return questions with a passage that BM25 finds for them and that lacks their answers."""
    passages = sorted({row.passage for row in pool})
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=False, tokenizer_name="en_stem")
    builder.add_integer_field("place", stored=True)
    index = tantivy.Index(builder.build())
    writer = index.writer()
    for place, passage in enumerate(passages):
        writer.add_document(tantivy.Document(text=passage, place=place))
    writer.commit()
    index.reload()
    searcher = index.searcher()
    mined = []
    for row in rows:
        query, _ = index.parse_query_lenient(" ".join(key_terms(row.question)), ["text"])
        words = [row.passage[low:high].casefold() for low, high in row.answers]
        places = [
            searcher.doc(address)["place"][0] for _, address in searcher.search(query, 8).hits
        ]
        found = [passages[place] for place in places if passages[place][:60] != row.passage[:60]]
        found = [text for text in found if not any(word in text.casefold() for word in words)]
        if found:
            text = rng.choice(found[:4])
            mined.append(replace(row, passage=text, answers=(), kind="mined", whole=False))
    return mined
