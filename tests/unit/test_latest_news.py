"""Questions that ask what is new about somebody or something: the newest articles about it."""

from collections.abc import Callable
from datetime import date

import pytest

from pullquote import Answer, Chatbot
from pullquote.questions.news import read_topic

MakeBot = Callable[..., Chatbot]


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What's the latest news on Nvidia?", "Nvidia"),
        ("What is the latest on the tram?", "tram"),
        ("latest on Nvidia", "Nvidia"),
        ("the latest about Harrow Bay", "Harrow Bay"),
        ("Any recent news about Meta?", "Meta"),
        ("news about Amazon", "Amazon"),
        ("Do you have any updates on the Gull Island ferry?", "Gull Island ferry"),
        ("What's new with Nvidia?", "Nvidia"),
        ("Is there anything new about the library?", "library"),
        ("Show me the newest articles about DeepSeek, please", "DeepSeek"),
        ("What does the most recent article on Arm say?", "Arm"),
        ("What are the latest developments in AI?", "AI"),
        ("What is the most recent thing Meta announced?", "Meta"),
        ("What's the last thing that Brannock Cables reported?", "Brannock Cables"),
        ("What has Meta done lately?", "Meta"),
        ("What did Meta announce recently?", "Meta"),
        ("What did Amazon last announce?", "Amazon"),
        ("What has Nvidia been up to recently?", "Nvidia"),
        ("What's happening with the swing bridge?", "swing bridge"),
        ("What is Meta's latest news?", "Meta"),
        ("Any Nvidia news?", "Nvidia"),
        ("latest Tidewater Grocers news", "Tidewater Grocers"),
    ],
)
def test_what_is_new_about_something_has_a_topic(question: str, topic: str) -> None:
    """However it is put."""
    assert read_topic(question) == topic


@pytest.mark.parametrize(
    "question",
    [
        "What is the latest iPhone?",
        "What is the latest model of Meta?",
        "What is the latest Llama?",
        "What is the newest chip from Nvidia?",
        "What is the most recent estimate of the tram's cost?",
        "What is the latest version of Gemini?",
        "What is the latest update to Alexa?",
        "Who owns News Corp?",
        "Who owns Fox News?",
        "Fox News",
        "Who is the editor of the Daily News?",
        "What is the latest day to register?",
        "When was the latest news about Nvidia?",
        "How did the market react to the latest news on Nvidia?",
        "What's the latest on how much Amazon will spend?",
        "What is the latest on record?",
        "What is new?",
        "Any news?",
        "What happened to the ferry?",
        "What's the latest on it?",
        "Who is the new mayor?",
        "Was there good news?",
        "Not everybody saw bad news.",
        "What did Meta say about AI recently?",
        "What did Jensen Huang say most recently?",  # who is quoted in articles about others
        "What is going on?",
        "What's new in my articles?",
        "Any other news?",
        "Any interesting news?",
        "What is the recent price of copper?",
        "What was new about the second draft that the mayor signed?",
    ],
)
def test_other_questions_have_none(question: str) -> None:
    """The newest of some things, names that hold the word, questions of a fact, of no topic."""
    assert read_topic(question) is None


def _article(title: str, day: str, body: str, *tags: str) -> str:
    head = f"---\ntitle: {title}\ndate: {day}\ntags: [{', '.join(tags)}]\n---\n\n"
    return f"{head}{body}\n"


MORE = "The yard was quiet. Rain fell on the roof. Gulls sat on the wall."
FILES = {
    "old.md": _article("Orlo opens", "2024-01-05", f"Orlo opened a mill in May. {MORE}"),
    "tagged.md": _article(
        "A quiet year", "2024-06-01", f"The mill stood still. {MORE} Orlo sold flour.", "orlo"
    ),
    "new.md": _article("Flour is dear", "2024-09-01", f"{MORE}\n\nBread rose."),
    "mention.md": _article(
        "Bakers meet", "2025-03-01", f"Forty bakers met. {MORE} One of them came from Orlo."
    ),
    "newest.md": _article(
        "Orlo doubles its flour", "2025-02-01", f"{MORE}\n\nOrlo ground 400 tons in January."
    ),
    "others.md": _article(
        "Three mills that are not Orlo", "2025-04-01", f"Orlo is known to all. {MORE}"
    ),
    "bees.md": _article("Bees", "2025-05-01", "Bees shiver all winter around the queen."),
}


def _paths(answer: Answer) -> list[str]:
    return [quote.article.path for quote in answer.quotes]


@pytest.mark.parametrize(
    "question", ["What's the latest news on Orlo?", "latest on Orlo", "What's new with Orlo?"]
)
def test_the_newest_articles_that_are_about_it_come_first(make_bot: MakeBot, question: str) -> None:
    """A title or a tag makes an article one about it; a mere mention, or a title's “not”, don't."""
    answer = make_bot(FILES).ask(question)
    assert answer.status == "answered"
    assert _paths(answer) == ["newest.md", "tagged.md", "old.md"]
    assert answer.quotes[0].text == "Orlo ground 400 tons in January."
    assert "The newest articles about “Orlo” come first." in answer.notes
    assert answer.confidence == answer.quotes[0].score > 0.5


def test_first_sentences_make_an_article_one_about_it(make_bot: MakeBot) -> None:
    """Where they speak of it, and the rest goes on about it."""
    body = "Orlo lost a wheel. The miller of Orlo wept. Rain fell. Orlo will mend it."
    answer = make_bot(FILES | {"lead.md": _article("A loss", "2025-04-02", body)}).ask(
        "Any news about Orlo?"
    )
    assert _paths(answer)[:2] == ["lead.md", "newest.md"]
    assert answer.quotes[0].text == "Orlo lost a wheel."


def test_without_an_article_about_it_there_is_silence(make_bot: MakeBot) -> None:
    """What merely mentions it came closest."""
    files = {path: FILES[path] for path in ("mention.md", "others.md", "bees.md", "new.md")}
    answer = make_bot(files).ask("What's the latest news on Orlo?")
    assert (answer.status, answer.quotes) == ("abstained", ())
    assert "No article is about “Orlo”." in answer.notes
    assert answer.confidence < 0.4
    assert any("Orlo" in quote.text for quote in answer.nearest)


def test_filters_choose_among_articles_about_it(make_bot: MakeBot) -> None:
    """Those beside the question and those in its words; a soft one gives way."""
    bot = make_bot(FILES)
    assert _paths(bot.ask("latest on Orlo", until="2024-12-31")) == ["tagged.md", "old.md"]
    assert _paths(bot.ask("Any news about Orlo since 2025?")) == ["newest.md"]
    answer = bot.ask("news about Orlo this month")
    assert _paths(answer)[:1] == ["newest.md"]
    assert any("so it was left out" in note for note in answer.notes)


def test_a_time_holds_where_an_article_of_it_tells(make_bot: MakeBot) -> None:
    """However much plainer an older article is about the topic."""
    body = "Orlo lost a wheel. The miller of Orlo wept. Rain fell. Orlo will mend it."
    bot = make_bot(FILES | {"lead.md": _article("A loss", date.today().isoformat(), body)})
    assert _paths(bot.ask("Any news about Orlo this year?")) == ["lead.md"]


def test_several_topics_take_turns(make_bot: MakeBot) -> None:
    """Of each the newest, then the next; of what no article is about a note tells."""
    bot = make_bot(FILES)
    answer = bot.ask("What's the latest news on Bees and Orlo?")
    assert _paths(answer) == ["bees.md", "newest.md", "tagged.md", "old.md"]
    answer = bot.ask("What's the latest news on Peru and Orlo?")
    assert _paths(answer) == ["newest.md", "tagged.md", "old.md"]
    assert "No article is about “Peru”." in answer.notes


def test_copies_of_an_article_are_quoted_once(make_bot: MakeBot) -> None:
    """The newest speaks, the others are named with it."""
    body = f"Orlo ground 400 tons in January. {MORE} The miller was glad, and so was the baker."
    files = {
        f"{n}.md": _article("Orlo doubles its flour", f"2025-02-0{n}", body) for n in (1, 2)
    } | {"bees.md": FILES["bees.md"]}
    answer = make_bot(files).ask("latest on Orlo")
    assert _paths(answer) == ["2.md"]
    assert [article.path for article in answer.quotes[0].also] == ["1.md"]


def test_a_file_that_changed_is_read_again_first(make_bot: MakeBot) -> None:
    """What it says now is quoted."""
    bot = make_bot(FILES)
    path = bot.corpus / "newest.md"
    path.write_text(path.read_text("utf-8").replace("400 tons", "500 tons"), "utf-8")
    answer = bot.ask("What's the latest news on Orlo?")
    assert answer.quotes[0].text == "Orlo ground 500 tons in January."
    assert "newest.md changed or went since the last refresh; read again." in answer.notes


def test_a_follow_up_asks_for_the_news_of_another(make_bot: MakeBot) -> None:
    """In "and Orlo?" the new name takes the place of the one before."""
    chat = make_bot(FILES).conversation()
    chat.ask("What's the latest news on Bees?")
    assert _paths(chat.ask("and Orlo?"))[:1] == ["newest.md"]
    assert _paths(chat.ask("What's the latest on it?"))[:1] == ["newest.md"]
