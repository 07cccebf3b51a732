"""What is indexed and asked: a set's articles, the passages that ours makes of them, questions."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from benchmarks.speed.systems import Passage, Place
from pullquote import Chatbot
from pullquote.articles.passages import embedded_form, split_passages
from pullquote.evaluation.examples import Example, overlaps, read_examples
from pullquote.spans import Span

_Item = TypeVar("_Item")
_QUICK = 10  # one article of so many


@dataclass(frozen=True)
class Material:
    """A corpus and the questions that it answers."""

    corpus: Path
    examples: tuple[Example, ...]

    @cached_property
    def articles(self) -> tuple[str, ...]:
        """Paths in the corpus, in order."""
        return tuple(p.relative_to(self.corpus).as_posix() for p in paths_in(self.corpus))

    def passages(self, articles: Sequence[str] | None = None) -> list[Passage]:
        """Return the passages of some articles, or of all, as a refresh embeds them."""
        bot = Chatbot(self.corpus)
        wanted = self.articles if articles is None else articles
        found = [p for path in wanted for p in split_passages(bot.read_article(path))]
        forms = [embedded_form(passage) for passage in found]
        return [
            Passage(
                article=passage.article.path,
                start=passage.span.start,
                end=passage.span.end,
                text=text,
                sentences=list(sentences),
            )
            for passage, (text, sentences) in zip(found, forms, strict=True)
        ]

    def copy(self, articles: Sequence[str], folder: Path) -> Path:
        """Copy some articles to a folder and return it."""
        for path in articles:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.corpus / path, folder / path)
        return folder


def read_material(data: Path, name: str, work: Path, *, quick: bool) -> Material:
    """Read a set of a folder; `quick` takes a tenth of its articles, copied to `work`."""
    folder = data / name
    examples = tuple(e for e in read_examples(folder / "questions.jsonl") if e.gold and not e.turns)
    whole = Material(folder / "corpus", examples)
    if not quick:
        return whole
    taken = whole.articles[::_QUICK]
    corpus = whole.copy(taken, work / f"quick-{name}")
    asked = tuple(e for e in examples if all(path in taken for path, _ in e.gold))
    return Material(corpus, asked)


def thinned(items: Sequence[_Item], most: int) -> Sequence[_Item]:
    """Return every second, third … item, so that no more than so many are left."""
    return items[:: -(-len(items) // most)] if items else items


def finds(example: Example, place: Place) -> bool:
    """Tell whether a place is one of the gold spans, by the rule of `pullquote eval`."""
    span = Span(place["start"], place["end"])
    return any(path == place["article"] and overlaps(span, gold) for path, gold in example.gold)


def paths_in(corpus: Path) -> list[Path]:
    """Return the Markdown files of a folder, in order."""
    return sorted(corpus.rglob("*.md"))
