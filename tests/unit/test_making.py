"""Questions made from articles: their gold, their silence, their balance."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pullquote import Chatbot, InputError
from pullquote.evaluation.making import Made, check_new, make_questions, write_questions

MakeBot = Callable[..., Chatbot]

FACTS = {
    "bridge.md": "The Orla Bridge was opened in May 1931 by a duke. Its towers are grey.",
    "foods.md": "Brindle Foods has 1,400 workers in Osk. The Brindle family still owns it.",
    "mayor.md": "The keys went to Ines Varga, the mayor of Port Ellery, on a rainy day.",
    "kelm.md": "The Kelm Museum is held in high regard. The Kelm Museum was founded in 1888.",
    "wind.md": "The Viking Tower was built in 2011. The wind farm Orla Sands has 14 turbines.",
    "ferry.md": "The Orla Ferry was launched in 1999. A trip takes one hour in good weather.",
    "baker.md": "The Osk Bakery Prize was awarded in 2016. Brindle bread is dark and heavy.",
    "light.md": "The Corrie Lighthouse has 217 steps. The Corrie rocks are sharp and black.",
}


def bodies(facts: dict[str, str]) -> dict[str, str]:
    """Return articles with a title each."""
    return {path: f"---\ntitle: {path}\n---\n\n{text}\n" for path, text in facts.items()}


def by_question(made: Made) -> dict[str, dict[str, Any]]:
    """Return the lines by what they ask."""
    return {line["question"]: line for line in made.lines}


def test_gold_is_the_sentence_in_the_file(make_bot: MakeBot) -> None:
    """Every place reads back as the words that were asked about, and holds the answer."""
    bot = make_bot(bodies(FACTS))
    made = make_questions(bot.embeddings, questions=50, seed=1)
    line = by_question(made)["When was the Orla Bridge opened by a duke?"]
    (gold,) = line["gold"]
    assert (gold["article"], gold["words"], line["answers"]) == (
        "bridge.md", "The Orla Bridge was opened in May 1931 by a duke.", ["May 1931"],
    )  # fmt: skip
    for each in made.lines:
        for place in each["gold"]:
            quote = bot.show(place["article"], place["start"], place["end"])
            assert quote.text == place["words"]
            assert all(words in quote.text for words in each["answers"])


def test_one_seed_makes_one_file(make_bot: MakeBot) -> None:
    """Another seed asks in another order at least."""
    folder = make_bot(bodies(FACTS)).embeddings
    first, same, other = (make_questions(folder, questions=50, seed=seed) for seed in (1, 1, 2))
    assert first == same
    assert first.lines != other.lines


def test_what_stands_in_two_articles_has_two_golds(make_bot: MakeBot) -> None:
    """A sentence that was copied is right wherever it is quoted."""
    copy = {"copy.md": "Much has changed since then. The Corrie Lighthouse has 217 steps."}
    made = make_questions(make_bot(bodies(FACTS | copy)).embeddings, questions=50)
    line = by_question(made)["How many steps does the Corrie Lighthouse have?"]
    hidden_or_gold = line.get("hidden") or [gold["article"] for gold in line["gold"]]
    assert hidden_or_gold == ["copy.md", "light.md"]


def test_what_another_sentence_answers_otherwise_is_not_asked(make_bot: MakeBot) -> None:
    """Two figures for one thing: neither is the gold."""
    other = {"other.md": "By then the Corrie Lighthouse has 271 steps, if we counted them well."}
    made = make_questions(make_bot(bodies(FACTS | other)).embeddings, questions=50)
    assert not any("steps" in line["question"] for line in made.lines)


def test_a_quarter_is_about_hidden_articles(make_bot: MakeBot) -> None:
    """Such a line has no gold, and hides what would have been it."""
    made = make_questions(make_bot(bodies(FACTS)).embeddings, questions=8)
    silent = [line for line in made.lines if not line["gold"]]
    assert len(silent) == 2
    assert all(line["answers"] == [] and len(line["hidden"]) == 1 for line in silent)
    assert len({line["hidden"][0] for line in silent}) == 2


def test_copies_are_hidden_together(make_bot: MakeBot) -> None:
    """A family goes as one, so that no version of it answers."""
    facts = {"first.md": FACTS["kelm.md"], "later.md": FACTS["kelm.md"] + " It has a new roof."}
    more = {path: FACTS[path] for path in ("ferry.md", "light.md", "foods.md")}
    folder = make_bot(bodies(facts | more)).embeddings
    lines = [
        line
        for seed in range(12)
        for line in make_questions(folder, questions=9, seed=seed).lines
        if "Kelm" in line["question"]
    ]
    hidden = {tuple(line["hidden"]) for line in lines if not line["gold"]}
    assert hidden == {("first.md", "later.md")}


def test_no_article_is_asked_twice_before_all_were_once(make_bot: MakeBot) -> None:
    """Balance: as many questions as articles that yield one."""
    many = " ".join(f"The Orla Ferry {name} was launched in 19{year}." for name, year in
                    (("Anna", 11), ("Berta", 22), ("Clara", 33), ("Dora", 44)))  # fmt: skip
    few = {path: FACTS[path] for path in ("bridge.md", "light.md", "foods.md")}
    made = make_questions(make_bot(bodies(few | {"many.md": many})).embeddings, questions=4)
    places = [line.get("hidden") or [line["gold"][0]["article"]] for line in made.lines]
    assert sorted(path for (path,) in places) == ["bridge.md", "foods.md", "light.md", "many.md"]


def test_drafts_are_not_asked_about(make_bot: MakeBot) -> None:
    """Nobody would get them as an answer; the report says how many."""
    draft = {"draft.md": f"---\ntitle: D\ndraft: true\n---\n\n{FACTS['bridge.md']}\n"}
    made = make_questions(make_bot(draft | bodies({"foods.md": FACTS["foods.md"]})).embeddings,
                          questions=9)  # fmt: skip
    assert not any("Orla" in line["question"] for line in made.lines)
    assert made.left_out["unpublished"] == 1


def test_of_other_languages_only_key_words_are_asked(make_bot: MakeBot) -> None:
    """English rules do not know them, and without spaces there are no words to take."""
    facts = {
        "brot.md": "Seit 2021 verkauft die Bäckerei Brindle in der Altstadt von Osk ein Brot.",
        "zh.md": "桥于一九三一年五月由一位公爵开放。塔是灰色的。",
    }
    made = make_questions(make_bot(bodies(facts)).embeddings, questions=9)
    assert [line["kind"] for line in made.lines] == ["key words"]
    assert made.left_out == {"no spaces between its words": 1}


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    """The labels in it may be somebody's work."""
    file = tmp_path / "questions.jsonl"
    made = Made(({"question": "Öl?", "kind": "what is", "gold": [], "answers": []},), 1, 1, {})
    write_questions(file, made)
    assert [json.loads(line) for line in file.read_text("utf-8").splitlines()] == list(made.lines)
    with pytest.raises(InputError, match="is there already; name another or remove it"):
        check_new(file)
    with pytest.raises(InputError, match="cannot be written"):
        write_questions(tmp_path / "none" / "questions.jsonl", made)
