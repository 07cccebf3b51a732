"""Ask follow-ups about the sample corpus three ways: ``python -m benchmarks.followups``.

With their turns, bare, and with all earlier questions joined. A line of followups.jsonl is an
`eval` line with the accepted `standalone` readings, the `kind` of follow-up ("new": a new topic,
which must stay as it is) and its `set`: rules were tuned on "seen" and never on "held".
"""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.record import record
from pullquote import Chatbot
from pullquote.evaluation.examples import Example, read_examples
from pullquote.evaluation.measuring import Outcome, run, summarise

_HERE = Path(__file__).parent
_QUESTIONS = _HERE / "followups.jsonl"
_FIGURES = ("hit@1", "hit@5", "quote@1")


def joined(example: Example) -> Example:
    """Return a question behind all that was asked before it, without turns."""
    words = (*(turn.question for turn in example.turns), example.question)
    return replace(example, question=" ".join(words), turns=())


def measure(outcomes: Sequence[Outcome], lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return how many readings are accepted, and how many new topics stayed as they were."""
    pairs = list(zip(outcomes, lines, strict=True))
    accepted = sum(item.answer.standalone in line["standalone"] for item, line in pairs)
    new = [item for item, line in pairs if line["kind"] == "new"]
    alone = sum(item.answer.standalone == item.example.question for item in new)
    return {
        "conversations": len(pairs),
        "standalone": round(accepted / len(pairs), 4),
        "new topics": len(new),
        "unpolluted": alone,
    }


def parts(
    lines: Sequence[Mapping[str, Any]], outcomes: Mapping[str, Sequence[Outcome]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the figures of each set and of each kind of follow-up, then of all."""
    names = [("set", name) for name in ("seen", "held")]
    names += [("kind", name) for name in dict.fromkeys(line["kind"] for line in lines)]
    for key, name in (*names, ("", "all")):
        chosen = [place for place, line in enumerate(lines) if not key or line[key] == name]
        figures = measure(
            [outcomes["turns"][place] for place in chosen], [lines[place] for place in chosen]
        )
        for way, asked in outcomes.items():
            found = summarise([asked[place] for place in chosen])
            figures[way] = {figure: found[figure] for figure in _FIGURES}
        yield name, figures


def table(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the Markdown table of the figures; each way shows hit@1 / hit@5 / quote@1."""
    lines = [
        "| part | conversations | standalone accepted | new topics unpolluted"
        " | with turns | bare | all joined |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, row in figures.items():
        ways = (
            " / ".join(f"{row[way][figure]:.3f}".lstrip("0") for figure in _FIGURES)
            for way in ("turns", "bare", "joined")
        )
        topics = f"{row['unpolluted']} of {row['new topics']}" if row["new topics"] else "–"
        share = f"{row['standalone']:.3f}".lstrip("0")
        lines.append(
            f"| {name} | {row['conversations']} | {share} | {topics} | {' | '.join(ways)} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and write results/followups.json."""
    lines = [json.loads(line) for line in _QUESTIONS.read_text("utf-8").split("\n") if line]
    examples = read_examples(_QUESTIONS)
    with tempfile.TemporaryDirectory() as folder:
        bot = Chatbot(_HERE.parent / "corpus", embeddings=folder)
        bot.refresh()
        outcomes = {
            "turns": run(bot, examples),
            "bare": run(bot, [replace(example, turns=()) for example in examples]),
            "joined": run(bot, [joined(example) for example in examples]),
        }
    figures = dict(parts(lines, outcomes))
    print(table(figures), f"written to {record('followups', figures)}", sep="\n\n")


if __name__ == "__main__":
    main()
