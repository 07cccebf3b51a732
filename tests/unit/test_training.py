"""Training: answers keep their place, near misses are misses, losses reward what is right."""

import gzip
import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from transformers import BertConfig

from pullquote.encoders import BUNDLED
from pullquote.encoders.models import find_folder
from pullquote.readers.network import ReaderNetwork
from training.average import average
from training.edits import Editor, names_in
from training.examples import collate, encode, like_words
from training.learner import Learner, sentences_of
from training.measures import auroc
from training.mixture import mix
from training.rows import WINDOW, Row, read_rows

PASSAGE = "The ferry was built by Marta Quill in 1911. It sank off Gull Point in 1934."
ROW = Row(
    question="Who built the ferry that sank off Gull Point in 1934?",
    passage=PASSAGE,
    answers=((23, 34),),
    source="squad_flan",
    kind="answered",
)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """Open the pieces of the bundled model."""
    found = Tokenizer.from_file(str(find_folder(BUNDLED) / "tokenizer.json"))
    found.no_padding()
    found.enable_truncation(256, strategy="only_second")
    return found


def write_rows(folder: Path, source: str, rows: list[dict[str, object]]) -> Path:
    """Write a file of rows and return its folder."""
    folder.mkdir(exist_ok=True)
    with gzip.open(folder / f"{source}.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return folder


def test_a_window_of_a_long_passage_holds_the_answer(tmp_path: Path) -> None:
    """Whatever is cut away, the answer's words stand where the row says."""
    filler = [f"Sentence number {i} says nothing of note about the harbour." for i in range(60)]
    filler[41] = "The lighthouse keeper was called Orla Finn."
    passage = " ".join(filler)
    given: dict[str, object] = {
        "question": "Who kept the lighthouse?",
        "passage": passage,
        "answers": [{"text": "Orla Finn", "start": passage.index("Orla Finn")}],
        "spans_are": "alternatives",
    }
    (row,) = read_rows(write_rows(tmp_path / "train", "squad_flan", [given]), seed=1)
    ((low, high),) = row.answers
    assert row.passage[low:high] == "Orla Finn"
    assert len(row.passage) <= WINDOW
    assert passage.count(row.passage) == 1


def test_half_of_a_set_of_answers_is_no_whole_answer(tmp_path: Path) -> None:
    """Where a window leaves out evidence, nobody knows whether the rest still answers."""
    passage = " ".join(f"Stop {i} of the tram is at street {i}." for i in range(60))
    starts = [passage.index(f"street {i}.") for i in (1, 55)]
    given: dict[str, object] = {
        "question": "Where does it stop?",
        "passage": passage,
        "answers": [{"text": passage[s : s + 8], "start": s} for s in starts],
        "spans_are": "set",
    }
    (row,) = read_rows(write_rows(tmp_path / "train", "multispanqa", [given]), seed=1)
    assert (len(row.answers), row.whole) == (1, None)


def test_a_near_miss_asks_something_else_and_has_no_answer() -> None:
    """Another name, number or word; the passage stays as it was."""
    editor = Editor(["Cape Sorrow"], lambda word, rng: "carried" if word == "built" else None)
    misses = [editor.miss(ROW, random.Random(seed)) for seed in range(40)]
    made = [miss for miss in misses if miss is not None]  # no way fits every question
    assert {(miss.passage, miss.answers, miss.whole) for miss in made} == {(PASSAGE, (), False)}
    asked = {miss.question for miss in made}
    assert ROW.question not in asked
    assert any("Cape Sorrow" in question for question in asked)
    assert any("1911" in question for question in asked)
    assert any("Who carried" in question for question in asked)


def test_a_twin_is_swapped_in_question_and_passage_alike() -> None:
    """So its answer still stands, moved by what is longer or shorter before it."""
    editor = Editor(["Cape Sorrow"], lambda word, rng: None)
    row = replace(
        ROW,
        passage=f"Off Gull Point the sea is rough. {PASSAGE}",
        answers=tuple((low + 33, high + 33) for low, high in ROW.answers),
    )
    swapped = set()
    for seed in range(20):
        twin = editor.twin(row, random.Random(seed))
        assert twin is not None
        assert [twin.passage[low:high] for low, high in twin.answers] == ["Marta Quill"]
        assert twin.question != row.question
        swapped.add("Cape Sorrow" in twin.question and "Gull Point" not in twin.passage)
    assert swapped == {True, False}  # the name in some, the year in others


def test_names_are_capitalised_runs_inside_sentences() -> None:
    """A sentence's first word is none."""
    assert names_in("Boats of the Isle of Arden met Tom Fry.") == ["Isle of Arden", "Tom Fry"]


def test_labels_stand_on_the_pieces_of_the_answer(tokenizer: Tokenizer) -> None:
    """First and last piece of the words, and the sentence they are in."""
    example = encode(ROW, tokenizer)
    assert example is not None
    ((first, last),) = example["spans"]
    pieces = tokenizer.encode(ROW.question, ROW.passage)
    low, high = pieces.offsets[first][0], pieces.offsets[last][1]
    assert PASSAGE[low:high] == "Marta Quill"
    assert example["evidence"] == [0]
    assert set(example["sentence"].tolist()) == {-1, 0, 1}


def test_an_answer_past_the_window_is_left_out(tokenizer: Tokenizer) -> None:
    """Words that the network cannot see teach nothing."""
    long = Row("Who?", "word " * 400 + "Ann Lee did.", ((2000, 2007),), "squad_flan", "answered")
    assert encode(long, tokenizer) is None


def test_a_batch_says_of_an_unanswered_row_that_nothing_answers(tokenizer: Tokenizer) -> None:
    """Its span is the first piece, its sentence none."""
    examples = [
        encode(row, tokenizer)
        for row in (ROW, replace(ROW, answers=(), whole=False, kind="edited"))
    ]
    batch = collate([example for example in examples if example is not None])
    assert batch["starts"][1].nonzero().flatten().tolist() == [0]
    assert batch["evidence"].tolist() == [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
    assert batch["whole"].tolist() == [1.0, 0.0]


def test_a_sentence_is_the_log_of_its_pieces_mean_exponential() -> None:
    """Length alone makes no sentence likelier, and one that has no piece is impossible."""
    logits = torch.tensor([[9.0, 1.0, 1.0, 2.0, 9.0]])
    sentence = torch.tensor([[-1, 0, 0, 1, -1]])
    pooled = sentences_of(logits, sentence, 3)[0].tolist()
    assert pooled[:2] == pytest.approx([1.0, 2.0])
    assert pooled[2] < -1000


def test_a_few_steps_teach_a_small_network(tokenizer: Tokenizer) -> None:
    """The loss falls, and the answered row comes out above its near miss."""
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    learner = Learner(ReaderNetwork(config))
    miss = replace(ROW, question=ROW.question.replace("ferry", "mill"), answers=(), whole=False)
    examples = [encode(row, tokenizer) for row in (ROW, miss)]
    batch = collate([example for example in examples if example is not None])
    optimizer = torch.optim.AdamW(learner.parameters(), lr=3e-3)
    first = learner(**batch)["loss"].item()
    for _ in range(80):
        optimizer.zero_grad()
        out = learner(**batch)
        out["loss"].backward()
        optimizer.step()
    assert out["loss"].item() < first / 4
    assert out["whole"][0] > out["whole"][1]
    assert out["choice"][0].argmax().item() == 1


def test_a_mixture_is_the_same_for_the_same_seed(tokenizer: Tokenizer) -> None:
    """And holds near misses of its answered rows."""
    rows = [
        replace(ROW, question=ROW.question.replace("ferry", f"ferry {i}"), source="squad2_train10")
        for i in range(12)
    ]
    neighbour = like_words(tokenizer, torch.eye(tokenizer.get_vocab_size(), 8))
    one, two = (mix(rows, neighbour, seed=3) for _ in range(2))
    assert one == two
    assert {row.kind for row in one} >= {"answered", "edited"}


def test_auroc_counts_ties_as_half() -> None:
    """It is the chance that a yes scores above a no."""
    assert auroc([1.0, 2.0], [0.0, 1.0]) == 0.875
    assert np.isclose(auroc([0.0], [1.0]), 0.0)


def test_the_average_of_runs_is_the_mean_of_each_weight() -> None:
    """In single precision, whatever the runs were kept in."""
    runs = [{"one": torch.tensor([1.0, value], dtype=torch.float16)} for value in (2.0, 4.0)]
    mean = average(runs)["one"]
    assert mean.tolist() == [1.0, 3.0]
    assert mean.dtype == torch.float32


def test_a_moved_question_names_what_its_new_passage_names() -> None:
    """Only a question whose own names the passage lacks is moved, and it stays unanswered."""
    mined = replace(ROW, question="When did Otto Brill build it?", answers=(), kind="mined")
    moved = Editor((), lambda word, rng: None).move(mined, random.Random(1))
    assert moved is not None
    assert moved.question in {
        "When did Marta Quill build it?",
        "When did Gull Point build it?",
    }
    assert (moved.kind, moved.answers) == ("moved", ())
    assert Editor((), lambda word, rng: None).move(ROW, random.Random(1)) is None
