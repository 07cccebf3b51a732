"""Verifying exports against a folder: what moved, what changed, what is nonsense."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pullquote import Answer, Chatbot, CorpusNotFound, InputError, Quote, Span
from pullquote.cli import main
from pullquote.exports import to_annotations, to_markdown
from pullquote.verification.verifying import quotes_in
from tests.fakes import fill

TRAM = "The tram to Harrow Bay cost **40 million** euros."
WORDS = "The tram to Harrow Bay cost 40 million euros."
TEXT = f"---\ntitle: Tram\n---\n\nWork began early. {TRAM}\n"
BEES = "# Bees\n\nBees shiver all winter to keep their queen warm.\n"
FILES = {"a/tram.md": TEXT, "bees.md": BEES}

Run = Callable[..., tuple[int, str, str]]


# What an export of an earlier version lacks, and the digest.
AROUND = ("prefix", "suffix", "digest")


@pytest.fixture
def bot(tmp_path: Path) -> Chatbot:
    """Return a bot over two articles; verifying needs no index."""
    return Chatbot(fill(tmp_path / "corpus", FILES), embeddings=tmp_path / "embeddings")


@pytest.fixture
def answer(bot: Chatbot) -> dict[str, Any]:
    """Return the JSON of an answer with one quote."""
    return exported(bot, "a/tram.md", TRAM)


@pytest.fixture
def run(bot: Chatbot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the command line over the bot's corpus."""

    def run_words(*words: str) -> tuple[int, str, str]:
        monkeypatch.setenv("PULLQUOTE_CORPUS", str(bot.corpus))
        monkeypatch.setattr("sys.argv", ["pullquote", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, out, err

    return run_words


def exported(bot: Chatbot, path: str, source: str) -> dict[str, Any]:
    """Return the JSON of an answer that quotes some source of an article."""
    article = bot.read_article(path)
    start = article.text.index(source)
    quote = Quote(article, Span(start, start + len(source)), 0.9)
    found = Answer("What did it cost?", "What did it cost?", "answered", 0.9, "", (quote,))
    value: dict[str, Any] = json.loads(json.dumps(found.to_dict()))
    return value


def row(bot: Chatbot, answer: object) -> dict[str, Any]:
    """Return the JSON of the one checked quote."""
    (checked,) = bot.verify(answer)
    return checked.to_dict()


def test_a_quote_carries_its_surroundings(answer: dict[str, Any]) -> None:
    """Up to 32 code points of source on either side."""
    (quote,) = answer["quotes"]
    assert quote["prefix"] == "title: Tram\n---\n\nWork began early. "[-32:]
    assert quote["suffix"] == "\n"


def test_an_unchanged_quote_is_exact(bot: Chatbot, answer: dict[str, Any]) -> None:
    """It unpacks as the pair of quote and status, and stands where it stood."""
    (checked,) = bot.verify(answer)
    quote, status = checked
    assert (quote, status) == (answer["quotes"][0], "exact")
    assert checked.place is not None
    assert checked.place.span.start == quote["start"]
    assert checked.to_dict() == {
        "article": "a/tram.md",
        "start": quote["start"],
        "end": quote["end"],
        "status": "exact",
    }


def test_words_that_moved_in_their_file_have_a_new_place(
    bot: Chatbot, answer: dict[str, Any]
) -> None:
    """Text before it moves a quote; the new place reads back."""
    fill(bot.corpus, FILES | {"a/tram.md": TEXT.replace("Work", "At last.\n\nWork")})
    quote = answer["quotes"][0]
    assert row(bot, answer) == {
        "article": "a/tram.md",
        "start": quote["start"],
        "end": quote["end"],
        "status": "moved",
        "moved_to": {
            "article": "a/tram.md",
            "start": quote["start"] + 10,
            "end": quote["end"] + 10,
            "lines": [7, 7],
        },
    }


def test_a_renamed_file_is_known_by_its_digest(bot: Chatbot, answer: dict[str, Any]) -> None:
    """Rather than another file that holds the words as well."""
    copy = f"# Copy\n\nWork began early. {TRAM}\n"
    fill(bot.corpus, {"a/copy.md": copy, "z/new.md": TEXT, "bees.md": BEES})
    place = row(bot, answer)["moved_to"]
    assert (place["article"], place["start"]) == ("z/new.md", answer["quotes"][0]["start"])


def test_a_renamed_and_edited_file_is_known_by_its_surroundings(
    bot: Chatbot, answer: dict[str, Any]
) -> None:
    """The file with the same words around it wins, then the one of the same name."""
    repost = f"# Repost\n\nSomebody wrote: {TRAM}\n"
    fill(bot.corpus, {"a.md": repost, "z/new.md": TEXT + "\nMore.\n"})
    assert row(bot, answer)["moved_to"]["article"] == "z/new.md"
    old = {"quotes": [{k: v for k, v in answer["quotes"][0].items() if k not in AROUND}]}
    fill(bot.corpus, {"a.md": repost, "z/tram.md": TEXT + "\nMore.\n"})
    assert row(bot, old)["moved_to"]["article"] == "z/tram.md"


def test_a_digest_is_enough_for_few_words(bot: Chatbot) -> None:
    """An old export lacks surroundings, and words with marks inside are hard to look for."""
    text = "# Bees\n\nBees sw_a_rm.\n"
    fill(bot.corpus, {"bees.md": text})
    quote = exported(bot, "bees.md", "Bees sw_a_rm.")["quotes"][0]
    old = {"quotes": [{k: v for k, v in quote.items() if k not in ("prefix", "suffix")}]}
    fill(bot.corpus, {"a.md": text + "More.\n", "b.md": text})
    assert row(bot, old)["moved_to"]["article"] == "b.md"


def test_a_changed_quote_tells_what_is_said_now(bot: Chatbot, answer: dict[str, Any]) -> None:
    """The closest sentence of its file, with its place."""
    fill(bot.corpus, FILES | {"a/tram.md": TEXT.replace("40", "45")})
    found = row(bot, answer)
    assert found["status"] == "changed"
    now = found["now"]
    assert now["text"] == WORDS.replace("40", "45")
    assert (now["article"], now["start"]) == ("a/tram.md", answer["quotes"][0]["start"])


def test_a_changed_article_is_told_even_if_another_holds_the_words(
    bot: Chatbot, answer: dict[str, Any]
) -> None:
    """The words moved, and their own article says something else."""
    fill(bot.corpus, FILES | {"a/tram.md": TEXT.replace("40", "45"), "b.md": f"# B\n\n{TRAM}\n"})
    found = row(bot, answer)
    assert (found["status"], found["moved_to"]["article"]) == ("moved", "b.md")
    assert found["now"]["text"] == WORDS.replace("40", "45")


def test_what_is_nowhere_is_gone(bot: Chatbot, answer: dict[str, Any]) -> None:
    """A folder of the article's name is no article either; nor is one that left the corpus."""
    fill(bot.corpus, {"bees.md": BEES})
    assert row(bot, answer)["status"] == "gone"
    (bot.corpus / "a" / "tram.md").mkdir(parents=True)
    assert row(bot, answer)["status"] == "gone"


def test_what_cannot_be_read_fails_nothing(
    bot: Chatbot, answer: dict[str, Any], tmp_path: Path
) -> None:
    """Other files are passed over; the quote's own holds nothing that could be quoted."""
    fill(bot.corpus, {"bees.md": BEES, "z.md": TEXT})
    (bot.corpus / "bad.md").write_bytes(b"\xff\xfe tram to Harrow Bay cost million euros \x00")
    (bot.corpus / "empty.md").write_bytes(b"")
    (tmp_path / "outside.md").write_text(TEXT, "utf-8")
    (bot.corpus / "link.md").symlink_to(tmp_path / "outside.md")
    assert row(bot, answer)["moved_to"]["article"] == "z.md"
    (bot.corpus / "z.md").unlink()
    (bot.corpus / "a").mkdir()
    (bot.corpus / "a" / "tram.md").write_bytes(TEXT.encode("utf-16"))
    assert row(bot, answer)["status"] == "changed"
    (bot.corpus / "a" / "tram.md").unlink()
    (bot.corpus / "a" / "tram.md").symlink_to(tmp_path / "outside.md")
    assert row(bot, answer)["status"] == "changed"


def test_a_damaged_export_is_never_exact(bot: Chatbot, answer: dict[str, Any]) -> None:
    """One character of the words or of the source is enough."""
    for name, old, new in (("text", "40", "41"), ("source", "40", "41"), ("source", "*", "_")):
        quote = dict(answer["quotes"][0])
        quote[name] = quote[name].replace(old, new)
        assert row(bot, {"quotes": [quote]})["status"] == "changed"


def test_a_conversation_is_checked_as_a_whole(bot: Chatbot, answer: dict[str, Any]) -> None:
    """A list of answers gives the quotes of all, in order."""
    bees = exported(bot, "bees.md", "Bees shiver all winter to keep their queen warm.")
    found = bot.verify([answer, bees, {"quotes": []}])
    assert [c.quote["article"] for c in found] == ["a/tram.md", "bees.md"]
    assert [c.status for c in found] == ["exact", "exact"]


def test_annotations_verify_like_the_answer(bot: Chatbot, answer: dict[str, Any]) -> None:
    """Nothing that verifying needs is lost on the way."""
    linked = to_annotations(answer)
    page = linked["first"]
    for value in (linked, page, page["items"][0]):
        assert row(bot, value)["status"] == "exact"
    del page["items"][0]["body"]
    assert row(bot, linked)["status"] == "exact"  # the words are read from the source again
    fill(bot.corpus, {"new name.md": TEXT})
    assert row(bot, linked)["moved_to"]["article"] == "new name.md"
    linked = to_annotations(exported(bot, "new name.md", TRAM))
    assert row(bot, linked)["article"] == "new name.md"


def test_annotations_keep_the_words_and_the_digest(bot: Chatbot) -> None:
    """A reference link means nothing outside of its file."""
    text = "# Tram\n\nThe [tram][1] opened.\n\n[1]: https://example.com/\n"
    fill(bot.corpus, {"tram.md": text})
    answer = exported(bot, "tram.md", "The [tram][1] opened.")
    (quote,) = quotes_in(to_annotations(answer))
    assert quote == {name: answer["quotes"][0][name] for name in quote}
    assert quote["text"] == "The tram opened."
    assert row(bot, to_annotations(answer))["status"] == "exact"


GOOD = {"article": "a/tram.md", "start": 1, "end": 9, "source": "x", "text": "x"}


@pytest.mark.parametrize(
    "value",
    [
        None,
        3,
        "quotes",
        [],
        [[]],
        {},
        {"quotes": None},
        {"quotes": {"a": 1}},
        {"quotes": [3]},
        {"quotes": [GOOD | {"start": -1}]},
        {"quotes": [GOOD | {"start": 9}]},
        {"quotes": [GOOD | {"start": True}]},
        {"quotes": [GOOD | {"end": float("nan")}]},
        {"quotes": [GOOD | {"end": "9"}]},
        {"quotes": [GOOD | {"article": 7}]},
        {"quotes": [GOOD | {"article": ""}]},
        {"quotes": [GOOD | {"article": "../../etc/passwd"}]},
        {"quotes": [GOOD | {"article": "/etc/passwd"}]},
        {"quotes": [GOOD | {"text": ["x"]}]},
        {"quotes": [GOOD | {"source": "\ud800"}]},
        {"quotes": [GOOD | {"prefix": 5}]},
        {"quotes": [GOOD | {"digest": []}]},
        {"type": "AnnotationCollection"},
        {"type": "AnnotationPage", "items": 3},
        {"type": "AnnotationPage", "items": [3]},
        {"type": "Annotation", "target": "a/tram.md"},
        {"type": "Annotation", "target": {"source": "a", "selector": {}}},
    ],
)
def test_nonsense_is_an_input_error_of_one_line(bot: Chatbot, value: object) -> None:
    """Whatever the JSON holds."""
    with pytest.raises(InputError) as caught:
        bot.verify(value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "change", [{"end": 10**30}, {"article": "a\0b"}, {"article": "n" * 5000}, {"score": "NaN"}]
)
def test_odd_values_are_looked_for_in_vain(bot: Chatbot, change: dict[str, object]) -> None:
    """A place behind the end, and names that no file can have."""
    status = row(bot, {"quotes": [GOOD | change]})["status"]
    assert status == ("gone" if "article" in change else "changed")


def test_a_corpus_that_is_not_there_is_trouble(tmp_path: Path, answer: dict[str, Any]) -> None:
    """Nothing can be said of what is gone from a folder that does not exist."""
    with pytest.raises(CorpusNotFound):
        Chatbot(tmp_path / "none", embeddings=tmp_path / "e").verify(answer)


def test_verify_prints_places_and_ends_as_grep(
    run: Run, bot: Chatbot, answer: dict[str, Any], tmp_path: Path
) -> None:
    """Exit code 0 while the words stand somewhere, 1 when some do not."""
    file = tmp_path / "answer.json"
    file.write_text(json.dumps([answer]), "utf-8")
    quote = answer["quotes"][0]
    was = f"a/tram.md:{quote['start']}-{quote['end']}"
    assert run("verify", str(file)) == (0, f"exact    {was}\n", "")
    fill(bot.corpus, {"tram.md": TEXT})
    assert run("verify", str(file)) == (0, f"moved    {was} -> {was[2:]}\n", "")
    code, out, _ = run("verify", str(file), "--json")
    counts = {k: v for k, v in json.loads(out).items() if k != "quotes"}
    assert (code, counts) == (0, {"exact": 0, "moved": 1, "changed": 0, "gone": 0})
    fill(bot.corpus, {"a/tram.md": TEXT.replace("40", "45")})
    now = WORDS.replace("40", "45")
    assert run("verify", str(file)) == (1, f"changed  {was}\n         now “{now}”  {was}\n", "")
    fill(bot.corpus, {"bees.md": BEES})
    assert run("verify", str(file)) == (1, f"gone     {was}\n", "")


def test_export_prints_both_forms(run: Run, answer: dict[str, Any], tmp_path: Path) -> None:
    """Markdown unless annotations are asked for; nonsense is one line and code 2."""
    file = tmp_path / "answer.json"
    file.write_text(json.dumps(answer), "utf-8")
    assert run("export", str(file)) == (0, to_markdown(answer), "")
    code, out, _ = run("export", str(file), "--format", "annotations")
    assert (code, json.loads(out)) == (0, to_annotations(answer))
    file.write_text('{"quotes": [{"text": 5}]}', "utf-8")
    code, out, err = run("export", str(file))
    assert (code, out, err.count("\n")) == (2, "", 1)
