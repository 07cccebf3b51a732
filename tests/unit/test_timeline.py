"""Articles that disagree over time: the version asked for leads, outdated ones say so."""

from collections.abc import Callable

import pytest

from pullquote import Chatbot, Quote, Settings

MakeBot = Callable[..., Chatbot]

EASY = Settings(threshold=0.01, max_quotes=6)
BEES = {"bees.md": "Bees shiver all winter in a cluster around the queen.\n"}


def article(title: str, day: str, body: str) -> str:
    """Return a dated article."""
    return f"---\ntitle: {title}\ndate: {day}\n---\n\n{body}\n"


FARES = BEES | {
    "a.md": article("Fares", "2023-03-01", "The ferry to Osk costs £3.80 for a single crossing."),
    "b.md": article("Dearer", "2024-03-01", "The ferry to Osk costs £4.30 for a single crossing."),
    "c.md": article("Again", "2025-03-01", "A single crossing on the ferry to Osk is now £4.95."),
}


def about(word: str, quotes: tuple[Quote, ...]) -> list[str]:
    """Return the paths of the quotes that hold a word."""
    return [quote.article.path for quote in quotes if word in quote.text]


@pytest.mark.parametrize(
    ("question", "path"),
    [
        ("What does the ferry to Osk cost now?", "c.md"),
        ("What does a single crossing on the ferry to Osk cost?", "c.md"),
        ("What did the ferry to Osk cost originally?", "a.md"),
        ("What did the ferry to Osk previously cost?", "b.md"),
        ("What did the ferry to Osk cost before 2024?", "a.md"),
    ],
)
def test_the_version_asked_for_leads(make_bot: MakeBot, question: str, path: str) -> None:
    """Undated questions ask for the newest."""
    assert make_bot(FARES, settings=EASY).ask(question).quotes[0].article.path == path


def test_outdated_quotes_name_what_supersedes_them(make_bot: MakeBot) -> None:
    """In the label, in the text of the answer and in JSON; a note tells of the order."""
    answer = make_bot(FARES, settings=EASY).ask("What does the ferry to Osk cost?")
    newest, *older = [quote for quote in answer.quotes if "crossing" in quote.text]
    assert (newest.article.path, newest.superseded_by, newest.label) == ("c.md", None, "")
    assert {quote.label for quote in older} == {"superseded by Again of 2025-03-01"}
    assert "a.md:39-90); superseded by Again of 2025-03-01" in answer.text
    assert "The articles differ over time: the newest that was found leads." in answer.notes
    said = older[0].to_dict()["superseded_by"]
    assert (said["article"], said["date"]) == ("c.md", "2025-03-01")
    text = (FARES["c.md"])[said["start"] : said["end"]]
    assert said["text"] == text == "A single crossing on the ferry to Osk is now £4.95."


def test_a_filter_hides_what_supersedes(make_bot: MakeBot) -> None:
    """What it leaves out is not even named."""
    answer = make_bot(FARES, settings=EASY).ask(
        "What does the ferry to Osk cost?", until="2024-12-31"
    )
    assert answer.quotes[0].article.path == "b.md"
    assert {quote.label for quote in answer.quotes} <= {"", "superseded by Dearer of 2024-03-01"}


def test_what_supersedes_is_not_named_when_its_file_is_gone(make_bot: MakeBot) -> None:
    """It is looked at like what is quoted."""
    bot = make_bot(FARES, settings=EASY)
    (bot.corpus / "c.md").unlink()
    assert "c.md" not in str(bot.ask("What does the ferry to Osk cost?").to_dict()["quotes"])


def test_figures_of_two_years_are_both_right(make_bot: MakeBot) -> None:
    """Neither supersedes the other, and the year asked for leads."""
    files = BEES | {
        "a.md": article("Loans", "2024-01-10", "The library lent 187,400 books in 2023."),
        "b.md": article("Loans again", "2025-01-10", "The library lent 171,900 books in 2024."),
    }
    bot = make_bot(files, settings=EASY)
    for year, path in (("2023", "a.md"), ("2024", "b.md")):
        quotes = bot.ask(f"How many books did the library lend in {year}?", plain=False).quotes
        assert about("books", quotes)[0] == path
        assert {quote.superseded_by for quote in quotes} == {None}


def test_fares_of_children_do_not_supersede_those_of_adults(make_bot: MakeBot) -> None:
    """Nor does a figure of another size."""
    files = BEES | {
        "a.md": article("Fares", "2023-03-01", "On the ferry to Osk an adult pays £3.80."),
        "b.md": article("Children", "2024-03-01", "On the ferry to Osk a child pays £1.90."),
        "c.md": article("Boat", "2025-03-01", "A new boat for the ferry to Osk cost £2.1 million."),
    }
    answer = make_bot(files, settings=EASY).ask("What does an adult pay on the ferry to Osk?")
    assert {quote.superseded_by for quote in answer.quotes} == {None}


def test_of_two_people_in_an_office_the_newer_leads(make_bot: MakeBot) -> None:
    """If a sentence says that one follows the other; names alone say nothing."""
    files = BEES | {
        "a.md": article("Race", "2024-10-01", "The mayor of Osk, Edda Holm, ran in the rain."),
        "b.md": article("Vote", "2025-05-01", "Ada Lund succeeds Edda Holm as mayor of Osk."),
        "c.md": article("Fair", "2025-06-01", "The mayor of Osk opened the fair with Jo Berg."),
    }
    answer = make_bot(files, settings=EASY).ask("Who is the mayor of Osk now?")
    by = {q.article.path: q.superseded_by and q.superseded_by.article.path for q in answer.quotes}
    assert (answer.quotes[0].article.path, by["a.md"]) == ("b.md", "b.md")


def test_what_has_no_day_supersedes_nothing(make_bot: MakeBot) -> None:
    """Neither is it outdated."""
    files = FARES | {"c.md": "A single crossing on the ferry to Osk is now £4.95.\n"}
    quotes = make_bot(files, settings=EASY).ask("What does the ferry to Osk cost?").quotes
    by = {q.article.path: q.label for q in quotes if "crossing" in q.text}
    assert by == {"a.md": "superseded by Dearer of 2024-03-01", "b.md": "", "c.md": ""}


def test_newer_versions_are_looked_for_beyond_what_was_read(make_bot: MakeBot) -> None:
    """Of thirty articles on one form eight are read at first."""
    files = BEES | {
        f"{n}.md": article(f"Osk 1.{n}", f"2021-01-{n:02}", f"The Osk ferry has {40 + n} seats.")
        for n in range(1, 31)
    }
    answer = make_bot(files, settings=EASY).ask("How many seats does the Osk ferry have now?")
    assert answer.quotes[0].text == "The Osk ferry has 70 seats."


def test_what_was_in_a_past_year_is_not_outdated(make_bot: MakeBot) -> None:
    """A newer figure without a year is of another time."""
    files = BEES | {
        "a.md": article("Results", "2025-01-20", "Spending of Osk Steel in 2024 was £55 million."),
        "b.md": article("Plans", "2025-02-20", "Spending of Osk Steel is to reach £80 million."),
    }
    answer = make_bot(files, settings=EASY).ask("What is the spending of Osk Steel?")
    assert {quote.superseded_by for quote in answer.quotes} == {None}


BILL = "The tram of Osk will cost £47.9 million and not £41.6 million."


@pytest.mark.parametrize(
    "question", ["What does the tram of Osk cost now?", "How much will the tram of Osk cost?"]
)
def test_a_correction_supersedes_the_sum_that_it_repeats(make_bot: MakeBot, question: str) -> None:
    """However the older sentence names what costs it."""
    files = BEES | {
        "a.md": article("Tram of Osk", "2024-11-07", "It is approved. The cost is £41.6 million."),
        "b.md": article("Bill", "2024-12-05", BILL),
    }
    answer = make_bot(files, settings=EASY).ask(question)
    by = {q.article.path: q.superseded_by and q.superseded_by.article.path for q in answer.quotes}
    assert answer.quotes[0].article.path == "b.md"
    assert by == {"a.md": "b.md", "b.md": None}


def test_who_only_repeats_a_sum_corrects_nothing(make_bot: MakeBot) -> None:
    """Nor does an older sentence correct a newer one."""
    for first, second in ((BILL, "The cost is £41.6 million."), ("The cost is £41.6 million.", "")):
        files = BEES | {
            "a.md": article("Tram of Osk", "2024-11-07", first),
            "b.md": article(
                "Tram of Osk", "2024-12-05", second or "The tram of Osk will cost £41.6 million."
            ),
        }
        quotes = make_bot(files, settings=EASY).ask("What does the tram of Osk cost?").quotes
        assert {quote.superseded_by for quote in quotes} == {None}


@pytest.mark.parametrize(
    "said",
    [
        "Our report of 7 May gave the borrowing of Osk as £13.6 million, the cost as £20 million.",
        "An earlier version of this article put the borrowing of Osk at £13.6 million, no less.",
        "We wrongly reported a borrowing of Osk of £12.6 million.",
    ],
)
def test_what_a_correction_says_was_said_is_no_newer_version(make_bot: MakeBot, said: str) -> None:
    """It repeats what was wrong; what is right stands in another sentence."""
    files = BEES | {
        "a.md": article("Tram", "2024-11-07", "The borrowing of Osk is to be £13.6 million."),
        "b.md": article("Bill", "2024-12-05", f"{said} So Osk borrows £19.9 million."),
    }
    answer = make_bot(files, settings=EASY).ask("How much is the borrowing of Osk?")
    assert "£19.9 million" in answer.quotes[0].text
    assert said not in [q.superseded_by.text for q in answer.quotes if q.superseded_by]


def test_a_correction_that_says_what_is_right_is_the_newer_version(make_bot: MakeBot) -> None:
    """Though it names what was reported."""
    files = BEES | {
        "a.md": article("Up", "2024-05-07", "The lighthouse of Osk has 271 steps and no lift."),
        "b.md": article(
            "Oh", "2024-06-05", "The lighthouse of Osk has 217 steps, not 271 as we wrote."
        ),
    }
    answer = make_bot(files, settings=EASY).ask("How many steps does the lighthouse of Osk have?")
    assert answer.quotes[0].article.path == "b.md"
