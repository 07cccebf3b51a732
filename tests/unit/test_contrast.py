"""Pairs of questions for the contrast benchmark: what each claims is true of the sample corpus."""

import json

from benchmarks.contrast import CORPUS, QUESTIONS, read_pairs

LINES = [json.loads(line) for line in QUESTIONS.read_text("utf-8").split("\n") if line]


def test_gold_places_hold_their_words() -> None:
    """Each span reads back as the words that answer the question."""
    gold = [place for line in LINES for place in line["gold"]]
    wrong = [
        place["words"]
        for place in gold
        if (CORPUS / place["article"]).read_bytes().decode()[place["start"] : place["end"]]
        != place["words"]
    ]
    assert (len(gold), wrong) == (312, [])


def test_questions_are_asked_once() -> None:
    """No question, and no twin, comes twice."""
    asked = [text for line in LINES for text in (line["question"], line["swapped"])]
    assert len(set(asked)) == len(asked) == 624


def test_half_of_the_pairs_are_held_out() -> None:
    """Thresholds may be chosen on the one half, the other only measures."""
    pairs = read_pairs(QUESTIONS)
    assert [sum(pair.set == name for pair in pairs) for name in ("seen", "held")] == [156, 156]
    assert {pair.where for pair in pairs} == {"absent", "elsewhere"}
