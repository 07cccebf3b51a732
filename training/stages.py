"""Stages of training: what starts, how it learns, how well it does, what is written."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel, Trainer, TrainingArguments
from transformers.trainer_utils import get_last_checkpoint

from pullquote.encoders.models import find_folder
from pullquote.readers.network import ReaderNetwork
from training.examples import LENGTH, Example, Examples, collate, encode, like_words
from training.learner import Learner
from training.measures import PEERS, measure
from training.mixture import Recipe, describe, mix
from training.rows import Row, is_like_annotated

SEED = 20
BATCH = 32
RATE, HEAD_RATE = 8e-5, 5e-4
WARM_UP = 200
START = "all-MiniLM-L6-v2"


class ReaderTrainer(Trainer):
    """A trainer whose new heads learn faster than the encoder they sit on."""

    def create_optimizer(self, model: object = None) -> torch.optim.Optimizer:
        """Return AdamW with two rates; the embeddings stay as they are."""
        assert isinstance(self.model, Learner)
        network = self.model.network
        heads = [*network.pieces.parameters(), *network.whole.parameters()]
        encoder = [p for p in network.encoder.parameters() if p.requires_grad]
        groups = [{"params": encoder, "lr": RATE}, {"params": heads, "lr": HEAD_RATE}]
        self.optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
        return self.optimizer


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the training: its mixture, its steps and how the rate goes after its warm-up."""

    name: str
    recipe: Recipe
    steps: int
    schedule: str


def learn(
    learner: Learner, tokenizer: Tokenizer, rows: Sequence[Row], stages: Sequence[Stage], out: Path
) -> dict[str, Any]:
    """Train stage after stage; return what each learned from and how well it then did."""
    neighbour = like_words(tokenizer, learner.network.encoder.embeddings.word_embeddings.weight)
    kept = [row for row in rows if not row.is_validation]
    about: dict[str, Any] = {"start": START, "batch": BATCH, "rate": RATE, "seed": SEED}
    for number, stage in enumerate(stages):
        mixture = mix(kept, neighbour, seed=SEED + number, recipe=stage.recipe)
        told = about[stage.name] = {"steps": stage.steps, "kinds": describe(mixture)}
        print(stage.name, told, file=sys.stderr)
        train(learner, stage, Examples(_encoded(mixture, tokenizer)), out / stage.name)
        told["validation"] = validate(learner, tokenizer, rows)
        print(stage.name, told["validation"], flush=True)
    return about


def validate(learner: Learner, tokenizer: Tokenizer, rows: Sequence[Row]) -> dict[str, float]:
    """Return how well the network does on the held-back rows and what is made from them."""
    neighbour = like_words(tokenizer, learner.network.encoder.embeddings.word_embeddings.weight)
    held = mix([row for row in rows if row.is_validation], neighbour, seed=SEED)
    return measure(learner, _by_kind(held, tokenizer))


def start() -> tuple[Learner, Tokenizer]:
    """Return the network as it starts, its embeddings frozen, and its tokenizer."""
    folder = find_folder(START)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LENGTH, strategy="only_second")
    # PyTorch's fused attention is slow on a CPU where heads are as narrow as these: plain
    # products take a quarter off a step.
    attention = "sdpa" if torch.cuda.is_available() else "eager"
    config = BertConfig.from_pretrained(
        folder,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        attn_implementation=attention,
    )
    network = ReaderNetwork(config)
    network.encoder = BertModel.from_pretrained(folder, config=config, add_pooling_layer=False)
    for parameter in network.encoder.embeddings.parameters():
        parameter.requires_grad = False
    return Learner(network), tokenizer


def train(learner: Learner, stage: Stage, examples: Examples, folder: Path) -> None:
    """Train for a stage's steps; a stage that stopped goes on, one that is over is loaded."""
    arguments = TrainingArguments(
        output_dir=str(folder),
        per_device_train_batch_size=BATCH,
        max_steps=stage.steps,
        learning_rate=RATE,
        lr_scheduler_type=stage.schedule,
        warmup_steps=min(WARM_UP, stage.steps // 10),
        max_grad_norm=1.0,
        use_cpu=not torch.cuda.is_available(),
        bf16=True,
        train_sampling_strategy="group_by_length",
        save_steps=min(250, stage.steps),
        save_total_limit=2,
        logging_steps=25,
        report_to=[],
        remove_unused_columns=False,
        seed=SEED,
        label_names=["whole"],
    )
    trainer = ReaderTrainer(
        model=learner, args=arguments, train_dataset=examples, data_collator=collate
    )
    trainer.train(resume_from_checkpoint=_last_checkpoint(folder))


def _by_kind(rows: Sequence[Row], tokenizer: Tokenizer) -> dict[str, list[Example]]:
    found: dict[str, list[Example]] = {}
    for row in dict.fromkeys(rows):
        example = encode(row, tokenizer)
        if example is not None:
            found.setdefault(row.kind, []).append(example)
            if row.kind == "answered" and is_like_annotated(row):
                found.setdefault(PEERS, []).append(example)
    return found


def _encoded(rows: Sequence[Row], tokenizer: Tokenizer) -> list[Example]:
    examples = (encode(row, tokenizer) for row in rows)
    return [example for example in examples if example is not None]


def _last_checkpoint(folder: Path) -> str | None:
    found = get_last_checkpoint(str(folder)) if folder.is_dir() else None  # type: ignore[no-untyped-call]
    return found if found is None else str(found)


def write(network: ReaderNetwork, path: Path) -> None:
    """Write what training changed, in half precision: all but the embeddings."""
    from safetensors.torch import save_file

    kept = {
        name: value.detach().to(torch.float16).contiguous()
        for name, value in network.state_dict().items()
        if not name.startswith("encoder.embeddings.")
    }
    save_file(kept, str(path), metadata={"format": "pt", "embeddings": START})
