"""The facade: asking, searching, showing, verifying, conversing."""

import json
import math
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from pullquote import (
    Answer,
    Chatbot,
    IndexNotFound,
    InputError,
    Passage,
    Quote,
    Reading,
    Settings,
    Span,
    Turn,
)
from pullquote.answers.writers import Extractive
from pullquote.index.lock import only_writer
from tests.fakes import CannedWriter, WordEmbedder

MakeBot = Callable[..., Chatbot]
MakeCorpus = Callable[..., object]

EASY = Settings(threshold=0.01)
FILES = {
    "tram.md": "---\ntitle: Tram\ntags: [rail]\ndate: 2025-03-01\n---\n\nThe tram opens in May.\n",
    "bees.md": "---\ntitle: Bees\ntags: [garden]\n---\n\nBees shiver all winter.\n",
}


def test_an_answer_is_json_that_verifies(make_bot: MakeBot, make_corpus: MakeCorpus) -> None:
    """Exported and read back, each quote is exact until its file changes or goes."""
    bot = make_bot(FILES, settings=EASY)
    answer = json.loads(json.dumps(bot.ask("When does the tram open?").to_dict()))
    assert answer["status"] == "answered"
    quote = answer["quotes"][0]
    assert (quote["article"], quote["source"]) == ("tram.md", "The tram opens in May.")
    assert (bot.corpus / "tram.md").read_text("utf-8")[quote["start"] : quote["end"]] == quote[
        "text"
    ]
    tram = FILES["tram.md"]
    for files, state in (
        (FILES, "exact"),
        (FILES | {"tram.md": f"{tram}More.\n"}, "exact"),
        (FILES | {"tram.md": tram.replace("May", "June")}, "changed"),
        (FILES | {"tram.md": "\n"}, "changed"),
        ({"bees.md": FILES["bees.md"]}, "gone"),
    ):
        make_corpus(files)
        assert [tuple(checked) for checked in bot.verify({"quotes": [quote]})] == [(quote, state)]


@pytest.mark.parametrize("answer", [{}, [], {"quotes": 1}, {"quotes": [{"article": "tram.md"}]}])
def test_what_is_no_answer_cannot_be_verified(make_bot: MakeBot, answer: dict[str, object]) -> None:
    """InputError says what is missing."""
    with pytest.raises(InputError, match=r"pullquote ask --json|a quote needs"):
        make_bot(FILES).verify(answer)


def test_arguments_that_make_no_sense_are_refused(make_bot: MakeBot) -> None:
    """Empty questions, no hits, odd dates and turned-round dates are the asker's errors."""
    bot = make_bot(FILES)
    for call, message in (
        (lambda: bot.ask("  \n"), "the question is empty"),
        (lambda: bot.search("tram", k=0), "at least one hit"),
        (lambda: bot.ask("tram", since="yesterday"), "since: 'yesterday' is not a date"),
        (lambda: bot.ask("tram", since="2025-01-02", until="2025-01-01"), "swap them"),
        (lambda: bot.show("../secret.md", 0, 3), "lies outside the corpus"),
        (lambda: bot.show("none.md", 0, 3), r"none\.md: no such article in"),
        (lambda: bot.show("tram.md", 5, 5), "not a place"),
        (lambda: bot.show("tram.md", 0, 9999), "no words there"),
    ):
        with pytest.raises(InputError, match=message):
            call()


def test_half_a_character_in_a_question_is_no_crash(make_bot: MakeBot) -> None:
    """JSON can carry a lone surrogate; it is an input error or it is read over."""
    try:
        answer = make_bot(FILES).ask("When does the tram \ud83d open?")
    except InputError as error:
        assert "question" in str(error)
    else:
        assert answer.quotes or answer.status == "abstained"


def test_filters_take_what_people_have_at_hand(make_bot: MakeBot) -> None:
    """Strings, sets, lists and dates; unknown values are noted with what there is."""
    bot = make_bot(FILES, settings=EASY)
    for options in (
        {"tags": "Rail"},
        {"tags": {"rail", "air"}},
        {"since": date(2025, 3, 1), "until": "2025-03-01"},
        {"paths": ["t*"]},
    ):
        hits = bot.search("winter", **options)
        assert [hit.passage.article.path for hit in hits] == ["tram.md"]
    answer = bot.ask("tram?", tags="rial")
    assert answer.status == "abstained"
    assert any("“rial”" in note and "rail" in note for note in answer.notes)


def test_a_question_before_the_first_refresh_says_what_to_run(make_bot: MakeBot) -> None:
    """IndexNotFound names the command; nothing is made."""
    bot = make_bot(FILES, refresh=False)
    for call in (lambda: bot.ask("tram?"), lambda: bot.search("tram"), bot.status, bot.articles):
        with pytest.raises(IndexNotFound, match="run: pullquote refresh"):
            call()
    assert not bot.embeddings.exists()


def test_an_empty_corpus_is_silent_and_says_why(make_bot: MakeBot) -> None:
    """No articles is no error."""
    bot = make_bot({})
    answer = bot.ask("Anything?")
    assert (answer.status, answer.quotes, answer.nearest) == ("abstained", (), ())
    assert any("no articles" in note for note in answer.notes)
    assert bot.search("anything") == ()


def test_a_changed_article_is_read_again_before_it_is_quoted(
    make_bot: MakeBot, make_corpus: MakeCorpus
) -> None:
    """The answer quotes what the file says now, says so, and the index follows."""
    bot = make_bot(FILES, settings=EASY)
    make_corpus(FILES | {"tram.md": "The tram never opens, for want of rails.\n"})
    answer = bot.ask("When does the tram open?")
    assert answer.quotes[0].text == "The tram never opens, for want of rails."
    assert answer.notes == ("tram.md changed or went since the last refresh; read again.",)
    assert bot.status()["changed"] == 0
    assert bot.ask("When does the tram open?").notes == ()


def test_only_articles_in_question_are_read_again(
    make_bot: MakeBot, make_corpus: MakeCorpus
) -> None:
    """The rest waits for a refresh."""
    bot = make_bot({f"{n}.md": f"The tram number {n} is red.\n" for n in range(30)} | FILES)
    make_corpus({f"{n}.md": f"The tram number {n} is blue.\n" for n in range(30)} | FILES)
    bot.ask("When do bees shiver in their cluster around the queen?", paths="bees.md")
    assert bot.status()["changed"] == 30
    answer = bot.ask("Which tram number is 7?", paths="7.md")
    assert (answer.quotes + answer.nearest)[0].text == "The tram number 7 is blue."
    assert bot.status()["changed"] == 29


def test_a_removed_article_is_not_quoted(make_bot: MakeBot, make_corpus: MakeCorpus) -> None:
    """Neither as evidence nor as a near miss, and the answer says so."""
    bot = make_bot(FILES, settings=EASY)
    make_corpus({"bees.md": FILES["bees.md"]})
    answer = bot.ask("When does the tram open?")
    assert {quote.article.path for quote in answer.quotes + answer.nearest} <= {"bees.md"}
    assert answer.notes[-1] == "tram.md changed or went since the last refresh; read again."
    assert [article.path for article in bot.articles()] == ["bees.md"]


def test_stale_articles_are_passed_over_where_nothing_may_be_written(
    make_bot: MakeBot, make_corpus: MakeCorpus
) -> None:
    """What was passed over is said, with what to do."""
    bot = make_bot(FILES, settings=Settings(threshold=EASY.threshold, reread=False))
    make_corpus(FILES | {"tram.md": "The tram never opens.\n"})
    answer = bot.ask("When does the tram open?")
    assert {quote.article.path for quote in answer.quotes + answer.nearest} <= {"bees.md"}
    assert any(
        note.startswith("tram.md changed or went since the last refresh, so not quoted")
        for note in answer.notes
    )


def test_while_another_writes_a_changed_article_is_passed_over(
    make_bot: MakeBot, make_corpus: MakeCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason is told in a note; nothing stale is quoted."""
    bot = make_bot(FILES, settings=EASY)
    make_corpus(FILES | {"tram.md": "The tram never opens.\n"})
    monkeypatch.setattr("pullquote.answers.freshness.WAIT_SECONDS", 0.0)
    with only_writer(bot.embeddings):
        answer = bot.ask("When does the tram open?")
    assert {quote.article.path for quote in answer.quotes + answer.nearest} <= {"bees.md"}
    (note,) = [note for note in answer.notes if note.startswith("tram.md")]
    assert "so not quoted: " in note
    assert "is refreshing it" in note


def test_a_file_that_changes_while_it_is_quoted_is_not_shown(
    make_bot: MakeBot, make_corpus: MakeCorpus
) -> None:
    """Files are looked at once more when the text is written, which may take a model seconds."""
    counts = iter(range(100))

    class Slow:
        def write(self, question: str, quotes: Sequence[Quote]) -> str:
            make_corpus(FILES | {"tram.md": f"The tram opens in March {next(counts)}.\n"})
            return Extractive().write(question, quotes)

    bot = make_bot(FILES, settings=EASY, writer=Slow())
    answer = bot.ask("When does the tram open?")
    assert {quote.article.path for quote in answer.quotes + answer.nearest} <= {"bees.md"}
    assert "tram.md changed or went since the last refresh, so not quoted; refresh." in answer.notes
    assert next(counts) > 1


def test_a_renamed_article_is_found_under_its_new_name_and_not_embedded_again(
    make_bot: MakeBot, make_corpus: MakeCorpus
) -> None:
    """A file that is gone may be elsewhere, which only a look at the whole folder tells."""
    embedder = WordEmbedder()
    bot = make_bot(FILES, settings=EASY, embedder=embedder)
    embedder.embedded.clear()
    make_corpus({"line.md": FILES["tram.md"], "bees.md": FILES["bees.md"]})
    assert bot.ask("When does the tram open?").quotes[0].article.path == "line.md"
    assert embedder.embedded == []


def test_settings_of_the_site_are_heeded_at_once(
    make_bot: MakeBot, make_corpus: MakeCorpus
) -> None:
    """What they exclude is not quoted any more; a note says that all was read again."""
    bot = make_bot(FILES, settings=EASY)
    make_corpus(FILES | {"pullquote.toml": 'exclude = ["tram.md"]\n'})
    answer = bot.ask("When does the tram open?")
    assert {quote.article.path for quote in answer.quotes + answer.nearest} <= {"bees.md"}
    assert answer.notes[-1] == (
        "pullquote.toml changed or went since the last refresh; read again."
    )
    assert [article.path for article in bot.articles()] == ["bees.md"]


def test_articles_are_those_that_pass_a_filter(make_bot: MakeBot) -> None:
    """Filters mean what they mean to `ask`, but the unpublished are there unless left out."""
    draft = FILES["bees.md"].replace("tags", "draft: true\ntags")
    bot = make_bot(FILES | {"notes/bees.md": draft})
    for filters, paths in (
        ({}, ["bees.md", "notes/bees.md", "tram.md"]),
        ({"unpublished": False}, ["bees.md", "tram.md"]),
        ({"tags": {"Garden"}}, ["bees.md", "notes/bees.md"]),
        ({"paths": "notes/*"}, ["notes/bees.md"]),
        ({"since": "2025", "until": "2025-03"}, ["tram.md"]),
        ({"lang": "de"}, []),
    ):
        assert [article.path for article in bot.articles(**filters)] == paths
    with pytest.raises(InputError, match="since: 'soon' is not a date"):
        bot.articles(since="soon")


def test_settings_that_leave_no_article_cost_no_index(
    make_bot: MakeBot, make_corpus: MakeCorpus
) -> None:
    """A pattern that means more than its author thought is refused and told."""
    bot = make_bot(FILES, settings=EASY)
    make_corpus(FILES | {"pullquote.toml": 'exclude = ["*.md"]\n'})
    with pytest.raises(InputError, match="include and exclude leave none of 2 articles"):
        bot.refresh()
    assert len(bot.articles()) == 2


def test_broken_settings_stop_no_answer_and_are_told(
    make_bot: MakeBot, make_corpus: MakeCorpus
) -> None:
    """The settings before still hold, and even a silence says what is wrong."""
    bot = make_bot(FILES, settings=EASY)
    make_corpus(FILES | {"pullquote.toml": "base_url = \n"})
    answer = bot.ask("When does the tram open?")
    assert answer.quotes[0].article.path == "tram.md"
    assert "New settings are not heeded: pullquote.toml: line 1" in answer.notes[-1]
    silence = bot.ask("Who is the mayor of Osk?", tags="rail")
    assert silence.status == "abstained"
    assert "pullquote.toml: line 1" in silence.text


def test_skipped_files_stay_reported_when_others_are_read_again(
    make_bot: MakeBot, make_corpus: MakeCorpus, tmp_path: Path
) -> None:
    """Even one that could not be opened."""
    (tmp_path / "outside.md").write_text("Secret words.\n", "utf-8")
    bot = make_bot(FILES, settings=EASY)
    (bot.corpus / "link.md").symlink_to(tmp_path / "outside.md")
    bot.refresh()
    skipped = bot.status()["skipped"]
    assert [problem["article"] for problem in skipped] == ["link.md"]
    (bot.corpus / "tram.md").write_text("The tram opens in June.\n", "utf-8")
    assert bot.ask("When does the tram open?").quotes[0].text == "The tram opens in June."
    assert bot.status()["skipped"] == skipped


def test_a_linked_folder_is_never_read(make_bot: MakeBot, tmp_path: Path) -> None:
    """Neither by a full refresh nor by one of some paths."""
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "pay.md").write_text("Ann earns nine crowns.\n", "utf-8")
    bot = make_bot(FILES, settings=EASY)
    (bot.corpus / "sub").symlink_to(tmp_path / "private")
    assert bot.refresh().added == 0
    for path in ("sub/pay.md", "../private/pay.md", str(tmp_path / "private" / "pay.md")):
        assert bot.refresh(only=[path]).added == 0
    assert {article.path for article in bot.articles()} == set(FILES)


def test_a_file_that_is_no_file_is_skipped(make_bot: MakeBot) -> None:
    """A pipe is not waited for, a link to itself not followed."""
    bot = make_bot(FILES, settings=EASY)
    (bot.corpus / "tram.md").unlink()
    os.mkfifo(bot.corpus / "tram.md")
    assert {q.article.path for q in bot.ask("When does the tram open?").quotes} <= {"bees.md"}
    (bot.corpus / "tram.md").unlink()
    bot = make_bot(FILES, settings=EASY)
    (bot.corpus / "tram.md").unlink()
    (bot.corpus / "tram.md").symlink_to("tram.md")
    assert {q.article.path for q in bot.ask("When does the tram open?").quotes} <= {"bees.md"}


def test_a_first_refresh_of_some_paths_reads_all(make_bot: MakeBot) -> None:
    """Else an index that was removed would come back with one article."""
    bot = make_bot(FILES, refresh=False)
    assert bot.refresh(only=["tram.md"]).added == 2


def test_a_dry_run_of_some_paths_looks_at_no_more(
    make_bot: MakeBot, make_corpus: MakeCorpus
) -> None:
    """As the refresh it speaks of."""
    bot = make_bot(FILES)
    make_corpus(FILES | {"n.md": "New words.\n", "m.md": "More words.\n"})
    assert bot.refresh(dry_run=True, only=["n.md"]).added == 1


def test_threads_that_meet_changed_files_wait_for_one_another(
    make_bot: MakeBot, make_corpus: MakeCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long a refresh takes, none is told that another writes."""
    files = {f"{n}.md": f"Tram number {n} is red.\n" for n in range(6)}
    bot = make_bot(files, settings=EASY)
    bot.ask("Which colour has tram number 0?")
    make_corpus({path: text.replace("red", "blue") for path, text in files.items()})
    monkeypatch.setattr("pullquote.answers.freshness.WAIT_SECONDS", 0.0)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda n: bot.ask(f"Colour of tram number {n}?"), range(6)))
    assert not [note for answer in answers for note in answer.notes if "not quoted" in note]
    assert all("blue" in answer.quotes[0].text for answer in answers)


def test_only_articles_are_shown(make_bot: MakeBot, make_corpus: MakeCorpus) -> None:
    """What else lies in the folder is nobody's business."""
    bot = make_bot(FILES)
    make_corpus(FILES | {".env": "KEY=1\n", "notes.txt": "Private.\n"})
    for path in (".env", "notes.txt", ".git/a.md"):
        with pytest.raises(InputError, match="is no article"):
            bot.show(path, 0, 3)


def test_unpublished_articles_are_quoted_only_when_asked_for(make_bot: MakeBot) -> None:
    """Drafts, expired and future ones."""
    texts = {
        "draft.md": "---\ndraft: true\n---\nThe tram is painted blue.\n",
        "expired.md": "---\nexpiryDate: 2001-01-01\n---\nThe tram is painted red.\n",
        "future.md": "---\npublishDate: 9999-01-01\n---\nThe tram is painted green.\n",
        "out.md": "---\nexpiryDate: 9999-01-01\n---\nThe tram is painted white.\n",
    }
    bot = make_bot(texts, settings=Settings(threshold=0.0, max_quotes=9))
    question = "How is the tram painted?"
    assert [quote.article.path for quote in bot.ask(question).quotes] == ["out.md"]
    assert {hit.passage.article.path for hit in bot.search(question)} == {"out.md"}
    assert {h.passage.article.path for h in bot.search(question, unpublished=True)} == set(texts)
    assert {q.article.path for q in bot.ask(question, unpublished=True).quotes} == set(texts)
    assert bot.status()["unpublished"] == 3


def test_status_tells_what_is_out_of_date(make_bot: MakeBot, make_corpus: MakeCorpus) -> None:
    """Counts of what a refresh would do, and what is there."""
    bot = make_bot(FILES)
    assert (bot.status()["articles"], bot.status()["passages"]) == (2, 2)
    make_corpus({"moved.md": FILES["bees.md"], "new.md": "New words.\n", "tram.md": "Changed.\n"})
    status = bot.status()
    assert [status[key] for key in ("added", "changed", "removed", "renamed")] == [1, 1, 0, 1]
    assert [article.path for article in bot.articles()] == ["bees.md", "tram.md"]


def test_a_conversation_keeps_its_turns(make_bot: MakeBot) -> None:
    """A follow-up is answered as it was understood, and says so."""
    chat = make_bot(FILES, settings=EASY).conversation()
    first = chat.ask("How much will Amazon spend in 2025?")
    second = chat.ask("and Google?")
    assert second.question == "and Google?"
    assert second.standalone == "How much will Google spend in 2025?"
    assert "Understood as: How much will Google spend in 2025?" in second.notes
    assert chat.turns == (
        Turn(first.question, first.standalone, first.text),
        Turn(second.question, second.standalone, second.text),
    )


def test_a_writer_is_given_the_quotes_and_checked(make_bot: MakeBot) -> None:
    """Its text is shown if it keeps to them, the quotes if not."""
    writer = CannedWriter("It is “The tram opens in May” [1].")
    bot = make_bot(FILES, writer=writer, settings=EASY)
    answer = bot.ask("When does the tram open?", tags="rail")
    assert answer.text == writer.text
    assert writer.calls[0][1] == answer.quotes
    writer.text = "It is “The tram opens in June” [1]."
    answer = bot.ask("When does the tram open?", tags="rail")
    assert "June" not in answer.text
    assert any("was not used" in note for note in answer.notes)


def test_a_reader_that_nobody_fitted_is_taken_at_its_word(make_bot: MakeBot) -> None:
    """Its log-odds choose, order and abstain, and its short answer is the focus."""

    class Picky:
        """Likes winter."""

        name = "picky"
        liked = math.log(9)

        def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
            """Read by one word."""
            return [self.look(passage) for passage in passages]

        def look(self, passage: Passage) -> Reading:
            """Like each sentence that speaks of winter, and its last six letters."""
            likes = tuple("winter" in passage.article.show(s) for s in passage.sentences)
            odds = tuple(self.liked if like else -9.0 for like in likes)
            focus = tuple(
                Span(s.end - 7, s.end - 1) if like else None
                for s, like in zip(passage.sentences, likes, strict=True)
            )
            return Reading(max(odds), odds, odds, focus)

    reader = Picky()
    bot = make_bot(FILES, reader=reader)
    answer = bot.ask("When does the tram open?")
    quote = answer.quotes[0]
    assert (answer.confidence, [q.text for q in answer.quotes]) == (
        0.9,
        ["Bees shiver all winter."],
    )
    assert quote.focus is not None
    assert quote.article.show(quote.focus) == "winter"
    hit = bot.search("When does the tram open?")[0]
    assert "winter" in hit.passage.text
    reader.liked = -9.0
    assert bot.ask("When does the tram open?").status == "abstained"


DATED = {
    "old.md": "---\ndate: 2024-05-01\ntags: [rail]\n---\n\nThe tram fare is two pounds.\n",
    "new.md": "---\ndate: 2025-05-01\ntags: [bus]\n---\n\nThe bus fare is three pounds.\n",
}


def paths_of(answer: Answer) -> list[str]:
    """Return the articles that are quoted, each once, by path."""
    return sorted({quote.article.path for quote in answer.quotes})


def test_a_filter_in_words_is_heeded_told_and_no_part_of_the_question(make_bot: MakeBot) -> None:
    """It is in the JSON as well."""
    bot = make_bot(DATED, settings=EASY)
    answer = bot.ask("What is the fare? tag:rail")
    assert paths_of(answer) == ["old.md"]
    assert (answer.question, answer.standalone) == (
        "What is the fare? tag:rail",
        "What is the fare?",
    )
    (found,) = answer.to_dict()["filters"]
    assert (found["words"], found["label"], found["tags"]) == ("tag:rail", "tag rail", ["rail"])
    assert (found["soft"], found["applied"], found["since"]) == (False, True, None)
    assert [hit.passage.article.path for hit in bot.search("fare tag:rail")] == ["old.md"]
    assert bot.filters_in("fare tag:rail") == answer.filters


def test_words_are_not_read_where_that_is_asked_for(make_bot: MakeBot) -> None:
    """All of them, or some."""
    bot = make_bot(DATED, settings=EASY)
    question = "What is the fare in articles since 2025? tag:bus"
    assert [found.words for found in bot.ask(question).filters] == ["since 2025", "tag:bus"]
    assert bot.ask(question, plain=False).filters == ()
    assert bot.ask(question, plain=False).standalone == question
    assert [f.words for f in bot.ask(question, ignore={"since 2025"}).filters] == ["tag:bus"]
    assert bot.ask(question, ignore=["since 2025", "tag:bus"]).filters == ()
    assert len(bot.search("fare tag:rail", plain=False)) == 2


def test_what_is_given_wins_over_words(make_bot: MakeBot) -> None:
    """Field by field; days that would contradict what is given are not read."""
    bot = make_bot(DATED, settings=EASY)
    answer = bot.ask("What is the fare? tag:rail", tags="bus")
    assert (paths_of(answer), answer.filters) == (["new.md"], ())
    answer = bot.ask("What is the fare? tag:rail", since="2024")
    assert [found.label for found in answer.filters] == ["tag rail"]
    answer = bot.ask("What is the fare in articles before 2025?", since="2025")
    assert (paths_of(answer), answer.filters) == (["new.md"], ())


def test_a_soft_filter_holds_while_it_leaves_an_answer(make_bot: MakeBot) -> None:
    """What is older is not quoted."""
    answer = make_bot(DATED, settings=EASY).ask("What has the fare been since 2025?")
    assert paths_of(answer) == ["new.md"]
    assert [(found.soft, found.applied) for found in answer.filters] == [(True, True)]


def test_a_soft_filter_gives_way_where_it_leaves_no_answer(make_bot: MakeBot) -> None:
    """The answer says so, and so does its filter."""
    old = {"old.md": DATED["old.md"]}
    january = f"{date.today().year}-01-01"
    note = f"No answer with “this year” (since {january}), so it was left out."
    bot = make_bot(old, settings=EASY)
    answer = bot.ask("What has the tram fare been this year?")
    assert paths_of(answer) == ["old.md"]
    assert [(found.soft, found.applied) for found in answer.filters] == [(True, False)]
    assert note in answer.notes
    assert len(bot.search("tram fare this year")) == 1
    answer = make_bot(old, settings=Settings(threshold=1.0)).ask("What is the fare this year?")
    assert answer.status == "abstained"
    assert note in answer.text


def test_a_soft_filter_gives_way_to_a_much_surer_answer(make_bot: MakeBot) -> None:
    """One that hardly answers does not hide one that does."""

    class Knowing:
        name = "knowing"

        def __init__(self, other: float) -> None:
            self.other = other

        def read(self, question: str, passages: Sequence[Passage]) -> Sequence[Reading]:
            odds = [2.0 if "tram" in passage.text else self.other for passage in passages]
            return [Reading(o, (o,), (o,), (None,)) for o in odds]

    new = f"---\ndate: {date.today()}\n---\n\nThe bus fare is three pounds.\n"
    files = {"old.md": DATED["old.md"], "new.md": new}
    question = "What has the fare been since January?"
    answer = make_bot(files, reader=Knowing(0.0), settings=EASY).ask(question)
    assert "old.md" in paths_of(answer)
    assert answer.notes[0].startswith("Left out “since January” (since ")
    assert not answer.filters[0].applied
    answer = make_bot(files, reader=Knowing(1.5), settings=EASY).ask(question)
    assert paths_of(answer) == ["new.md"]
    assert answer.filters[0].applied


def test_a_hard_filter_never_gives_way(make_bot: MakeBot) -> None:
    """Silence is the answer then."""
    bot = make_bot({"old.md": DATED["old.md"]}, settings=EASY)
    answer = bot.ask("What do articles since 2025 say about the tram fare?")
    assert (answer.status, answer.quotes) == ("abstained", ())
    assert answer.filters[0].applied


def test_a_turn_that_is_only_a_filter_asks_again(make_bot: MakeBot) -> None:
    """A filter of another field stays, one of the same is replaced, and one can be taken away."""
    chat = make_bot(DATED, settings=EASY).conversation()
    assert paths_of(chat.ask("What is the fare?")) == ["new.md", "old.md"]
    answer = chat.ask("only tag:rail")
    assert (answer.standalone, paths_of(answer)) == ("What is the fare?", ["old.md"])
    answer = chat.ask("and since 2024?")
    assert [found.label for found in answer.filters] == ["tag rail", "since 2024-01-01"]
    answer = chat.ask("only tag:bus")
    assert [found.label for found in answer.filters] == ["since 2024-01-01", "tag bus"]
    assert paths_of(answer) == ["new.md"]
    answer = chat.ask("and since 2024?", after=2, ignore="only tag:rail")
    assert [found.label for found in answer.filters] == ["tag rail", "since 2024-01-01"]
    answer = chat.ask("and since 2024?", after=2, ignore="tag:rail")
    assert [found.label for found in answer.filters] == ["since 2024-01-01"]
    assert len(chat.turns) == 6


def test_a_follow_up_keeps_the_filters_and_a_new_question_does_not(make_bot: MakeBot) -> None:
    """They are told each time."""
    chat = make_bot(DATED, settings=EASY).conversation()
    chat.ask("What is the fare of the Tram? tag:rail")
    assert [found.label for found in chat.ask("And of the Bus?").filters] == ["tag rail"]
    assert chat.ask("Which bus costs three pounds?").filters == ()
