"""Reposts, syndicated copies and versions: one quote, the newest, with its copies named."""

from collections.abc import Callable

import pytest

from pullquote import Chatbot, Quote, Settings

MakeBot = Callable[..., Chatbot]

EASY = Settings(threshold=0.01, max_quotes=6)
BODY = (
    "The service runs four times a day.\n\nThe ferry to Osk has {boats} boats, built in Turku.\n\n"
    "Tickets are sold on the pier by the harbour master.\n\nDogs travel for nothing.\n"
)
FERRY = "How many boats does the ferry to Osk have?"
BEES = {"bees.md": "Bees shiver all winter in a cluster around the queen.\n"}


def version(title: str, day: str, boats: str = "two", more: str = "") -> str:
    """Return the ferry's article as of a day."""
    return f"---\ntitle: {title}\ndate: {day}\n---\n\n{BODY.format(boats=boats)}{more}"


def about_boats(quotes: tuple[Quote, ...]) -> list[Quote]:
    """Return the quotes that tell how many boats there are."""
    return [quote for quote in quotes if "built in Turku" in quote.text]


def test_reposts_give_one_quote_that_names_the_others(make_bot: MakeBot) -> None:
    """Newest first; a JSON answer has them too."""
    files = BEES | {
        "first.md": version("The ferry", "2024-01-01"),
        "copy.md": version("A ferry line", "2024-03-01", more="\nBy our island desk.\n"),
        "late/copy.md": version("Boats to Osk", "2024-02-01"),
    }
    (quote,) = about_boats(make_bot(files, settings=EASY).ask(FERRY).quotes)
    assert quote.article.path == "copy.md"
    assert [article.path for article in quote.also] == ["late/copy.md", "first.md"]
    assert quote.label == "also in 2 articles"
    assert quote.to_dict()["also"] == [
        {"article": "late/copy.md", "title": "Boats to Osk", "date": "2024-02-01"},
        {"article": "first.md", "title": "The ferry", "date": "2024-01-01"},
    ]


def test_of_versions_the_newest_is_quoted_and_labelled(make_bot: MakeBot) -> None:
    """Though the figure changed, the old sentence is not a second quote."""
    files = BEES | {
        "old.md": version("The ferry", "2024-01-01", "two"),
        "new.md": version("The ferry", "2025-01-01", "three"),
    }
    (quote,) = about_boats(make_bot(files, settings=EASY).ask(FERRY).quotes)
    assert (quote.text, quote.label) == (
        "The ferry to Osk has three boats, built in Turku.", "newest of 2 versions",
    )  # fmt: skip


def test_articles_of_a_series_do_not_replace_one_another(make_bot: MakeBot) -> None:
    """Two yearly reports are alike in all but their figures, and each has its own title."""
    files = BEES | {
        "2024.md": version("The ferry in 2024", "2024-01-01", "2"),
        "2025.md": version("The ferry in 2025", "2025-01-01", "3"),
    }
    quotes = about_boats(make_bot(files, settings=EASY).ask("How many boats in 2024?").quotes)
    assert [(quote.article.path, quote.also) for quote in quotes][:1] == [("2024.md", ())]


def ferry(island: str, hour: str, day: str) -> str:
    """Return one of several pages on one form."""
    return (
        f"---\ntitle: Ferry to {island}\ndate: {day}\n---\n\nThe ferry leaves at {hour}.\n\n"
        "It sails all year round.\n\nTickets are sold on board.\n\nBicycles travel for nothing.\n"
    )


def test_pages_on_one_form_do_not_hide_one_another(make_bot: MakeBot) -> None:
    """The newest is not the one that was asked for, nor do they say the same."""
    files = BEES | {
        "rum.md": ferry("Rum", "nine", "2024-01-01"),
        "eigg.md": ferry("Eigg", "ten", "2024-01-02"),
        "muck.md": ferry("Muck", "noon", "2024-01-03"),
    }
    bot = make_bot(files, settings=EASY)
    for island, hour in (("Rum", "nine"), ("Eigg", "ten"), ("Muck", "noon")):
        first = bot.ask(f"When does the ferry to {island} leave?").quotes[0]
        # The next sentence ranks .4 below, give or take the island's name: on Muck it is shown too.
        said = f"The ferry leaves at {hour}."
        said += " It sails all year round." if island == "Muck" else ""
        assert (first.text, first.also) == (said, ())


def test_of_a_series_of_one_title_the_one_that_was_asked_for_is_read(make_bot: MakeBot) -> None:
    """Newer minutes of the same board are no newer version of these."""
    form = (
        "---\ntitle: Minutes\ndate: 2024-{0:02}-01\n---\n\nThe board met.\n\n"
        "The harbour is {1} metres deep, it was told.\n\nThe board parted.\n\nAll agreed.\n"
    )
    depths = {1: "4.8", 2: "3.7", 3: "2.6", 4: "1.9"}
    bot = make_bot({f"{n}.md": form.format(n, d) for n, d in depths.items()}, settings=EASY)
    for depth in depths.values():
        (quote, *_) = bot.ask(f"When was the harbour {depth} metres deep?").quotes
        assert depth in quote.text


def test_what_a_newer_copy_left_out_is_quoted_from_the_older_one(make_bot: MakeBot) -> None:
    """A shortened repost hides nothing."""
    files = BEES | {
        "old.md": version("The ferry", "2024-01-01", more="\nThe contractor is Brown.\n"),
        "new.md": version("The ferry", "2025-01-01"),
    }
    quotes = make_bot(files, settings=EASY).ask("Who is the contractor of the ferry?").quotes
    assert "old.md" in {q.article.path for q in quotes if "Brown" in q.text}


def test_a_fact_that_three_articles_report_is_quoted_if_nothing_else_answers(
    make_bot: MakeBot,
) -> None:
    """It may be no footer; what six unrelated articles share is one."""
    shared = "The museum is closed on Mondays."
    topics = ["soup", "rails", "clouds", "chess", "tiles", "paper", "sand"]
    texts = [f"Somebody writes of {t} and of making {t}.\n\n{shared}\n" for t in topics]
    few = make_bot({f"{n}.md": text for n, text in enumerate(texts[:3])}, settings=Settings())
    (quote, *_) = few.ask("When is the museum closed?").quotes
    assert (quote.text, quote.label) == (shared, "also in 2 articles")
    many = make_bot({f"{n}.md": text for n, text in enumerate(texts)}, settings=EASY)
    assert shared not in {quote.text for quote in many.ask("When is the museum closed?").quotes}


def test_what_drafts_repeat_is_no_boilerplate(make_bot: MakeBot) -> None:
    """They are on no page."""
    shared = "The museum is closed on Mondays."
    files = {f"{n}.md": f"---\ndraft: true\n---\nStory {n}.\n\n{shared}\n" for n in range(6)}
    bot = make_bot(files | {"a.md": f"About the museum.\n\n{shared}\n"}, settings=EASY)
    assert shared in {quote.text for quote in bot.ask("When is the museum closed?").quotes}


def test_a_title_that_says_updated_is_of_the_same_article(make_bot: MakeBot) -> None:
    """Sites mark new versions in many ways."""
    files = BEES | {
        "old.md": version("The ferry", "2024-01-01", "two"),
        "new.md": version("The ferry (updated)", "2025-01-01", "three"),
    }
    (quote,) = about_boats(make_bot(files, settings=EASY).ask(FERRY).quotes)
    assert (quote.article.path, quote.label) == ("new.md", "newest of 2 versions")


def test_an_update_makes_an_old_article_the_newest(make_bot: MakeBot) -> None:
    """The date of the last change decides, where there is one."""
    updated = version("The ferry", "2024-01-01\nlastmod: 2025-06-01", "four")
    files = BEES | {"a.md": version("The ferry", "2025-01-01", "three"), "b.md": updated}
    (quote,) = about_boats(make_bot(files, settings=EASY).ask(FERRY).quotes)
    assert quote.text == "The ferry to Osk has four boats, built in Turku."


def test_a_filter_hides_newer_versions_and_copies(make_bot: MakeBot) -> None:
    """What a filter leaves out is not even named."""
    files = BEES | {
        "old.md": version("The ferry", "2024-01-01", "two"),
        "new.md": version("The ferry", "2025-01-01", "three"),
        "draft.md": version("The ferry", "2025-02-01\ndraft: true", "five"),
    }
    bot = make_bot(files, settings=EASY)
    (quote,) = about_boats(bot.ask(FERRY, until="2024-12-31").quotes)
    assert (quote.article.path, quote.also) == ("old.md", ())
    (quote,) = about_boats(bot.ask(FERRY).quotes)
    assert [article.path for article in quote.also] == ["old.md"]


def test_a_copy_that_changed_or_went_is_not_named(make_bot: MakeBot) -> None:
    """What is said of other files is as true as the quote."""
    files = BEES | {
        "a.md": version("The ferry", "2024-01-01"), "b.md": version("Boats", "2024-02-01"),
    }  # fmt: skip
    bot = make_bot(files, settings=EASY)
    (bot.corpus / "a.md").unlink()
    (quote,) = about_boats(bot.ask(FERRY).quotes)
    assert (quote.article.path, quote.also) == ("b.md", ())


def test_reposts_do_not_crowd_out_other_articles(make_bot: MakeBot) -> None:
    """Twenty copies are one of the passages that are read."""
    files = {f"{n:02}.md": version("The ferry", "2024-01-01") for n in range(20)}
    files |= {"other.md": "Another ferry to Osk has nine boats, all of them hired.\n"}
    quotes = make_bot(files, settings=EASY).ask(FERRY).quotes
    assert {quote.article.path for quote in quotes} == {"00.md", "other.md"}


@pytest.mark.parametrize("count", [3, 20])
def test_a_repost_is_no_boilerplate_but_a_footer_is(make_bot: MakeBot, count: int) -> None:
    """Copies of one article stay quotable; what strangers share is not."""
    footer = "\nSubscribe to our letter about the ferry to Osk and its boats.\n"
    files = {
        f"{n:02}.md": version("The ferry", "2024-01-01", more=footer) for n in range(count)
    } | {f"s{n}.md": f"Story number {n} is about soup and bread.{footer}" for n in range(3)}
    quotes = make_bot(files, settings=EASY).ask(FERRY).quotes
    assert about_boats(quotes)
    assert not any("Subscribe" in quote.text for quote in quotes)
