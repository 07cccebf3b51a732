"""The sample corpus, asked with the real model: the facts a newcomer will ask for."""

import json
import shutil
from pathlib import Path

import pytest

from pullquote import Chatbot, Embedder

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "corpus"


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, sample_index: Path, bundled: Embedder) -> Chatbot:
    """Open a bot over the sample corpus."""
    index = shutil.copytree(sample_index, tmp_path_factory.mktemp("sample") / "index")
    return Chatbot(CORPUS, embeddings=index, embedder=bundled)


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("How much will Amazon spend on AI in 2025?", ["over $100 billion"]),
        ("Who is Amazon's CFO?", ["Brian T. Olsavsky"]),
        ("How much does Microsoft plan to spend on AI data centres?", ["$80 billion"]),
        ("How much does Google plan to spend?", ["$75 billion"]),
        ("How much does Meta plan to invest in 2025?", ["$65 billion"]),
        (
            "What are Microsoft's, Google's and Meta's planned spend?",
            ["$80 billion", "$75 billion", "$65 billion"],
        ),
        ("AWS sales in Q4", ["$28.8 billion"]),
        ("What were AWS sales in the fourth quarter?", ["$28.8 billion"]),
        ("What are Amazon's AI chips?", ["Trainium", "Inferentia"]),
        ("What is the average AMZN price target?", ["$266.95"]),
    ],
)
def test_the_corpus_says(bot: Chatbot, question: str, facts: list[str]) -> None:
    """Each fact stands in a quote, and each quote in its file."""
    answer = bot.ask(question)
    assert answer.status == "answered"
    shown = " ".join(quote.text for quote in answer.quotes)
    assert [fact for fact in facts if fact not in shown] == []
    for quote in answer.quotes:
        text = (CORPUS / quote.article.path).read_bytes().decode()
        assert quote.span.of(text) == quote.source


@pytest.mark.parametrize(
    "question",
    [
        "What is Netflix's CEO's favourite book?",
        "What is the boiling point of tungsten?",
        "What will Amazon's dividend be in 2031?",
        "What is the capital of Peru?",
    ],
)
def test_the_corpus_does_not_say(bot: Chatbot, question: str) -> None:
    """Silence, with near misses and the words that nothing mentions."""
    answer = bot.ask(question)
    assert (answer.status, answer.quotes) == ("abstained", ())
    assert answer.confidence < 0.5
    assert len(answer.nearest) == 3
    assert answer.notes[0].startswith("Nothing that comes close mentions")


def test_promotions_are_never_quoted(bot: Chatbot) -> None:
    """Ten articles carry the same promotion; asked for by its own words, it stays unsaid."""
    answer = bot.ask("Get The Margin, a weekly letter for unhurried readers")
    shown = [quote.text for quote in (*answer.quotes, *answer.nearest)]
    assert [text for text in shown if "The Margin" in text] == []


def test_a_follow_up_is_understood(bot: Chatbot) -> None:
    """In "and Google?" the new name takes the place of the one asked about before."""
    chat = bot.conversation()
    chat.ask("How much does Microsoft plan to spend?")
    answer = chat.ask("and Google?")
    assert answer.standalone == "How much does Google plan to spend?"
    assert "$75 billion" in answer.quotes[0].text


def test_misspelt_words_are_understood_and_told(bot: Chatbot) -> None:
    """In quotation marks they are meant as they are."""
    answer = bot.ask("How much will Amazn spend on AI infrastucture in 2025?")
    assert "$100 billion" in answer.quotes[0].text
    assert answer.standalone == "How much will Amazon spend on AI infrastructure in 2025?"
    assert f"Understood as: {answer.standalone}" in answer.notes
    assert bot.ask("How much will “Amazn” spend on AI in 2025?").status == "abstained"
    assert bot.search("Amazn's AI infrastucture")[0].passage.article.title.count("AI")


def test_the_questions_of_the_benchmark_point_at_their_words() -> None:
    """Each gold span reads back the words it was made from."""
    lines = (ROOT / "benchmarks" / "questions.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 135
    for line in lines:
        for gold in json.loads(line)["gold"]:
            text = (CORPUS / gold["article"]).read_bytes().decode()
            assert text[gold["start"] : gold["end"]] == gold["words"]


def test_the_questions_about_time_point_at_their_words() -> None:
    """Those of the right versions and those of the others."""
    lines = (ROOT / "benchmarks" / "temporal.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 150
    for line in map(json.loads, lines):
        for place in (*line["gold"], *line["not"]):
            text = (CORPUS / place["article"]).read_bytes().decode()
            assert text[place["start"] : place["end"]] == place["words"]


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("What does the Gull Island ferry cost now?", "£4.95"),
        ("What was the first estimate for the repair of the Swing Bridge?", "£6.2 million"),
        ("Who is the mayor of Harrow Bay?", "Priya Nandakumar"),
    ],
)
def test_the_version_asked_for_leads(bot: Chatbot, question: str, fact: str) -> None:
    """Of articles that disagree over time."""
    assert fact in bot.ask(question).quotes[0].text


def test_sides_stand_in_the_order_of_their_figures(bot: Chatbot) -> None:
    """Who plans to spend most? One quote for each, the largest sum first."""
    answer = bot.ask("Which company plans to spend most on AI in 2025?")
    figures = ["$100 billion", "$80 billion", "$75 billion", "$65 billion"]
    assert len(answer.quotes) == len(figures)
    for figure, quote in zip(figures, answer.quotes, strict=True):
        assert figure in quote.text


@pytest.mark.parametrize(
    "question",
    [
        "What's the latest news on Nvidia?",
        "latest on Nvidia",
        "What's new with Nvidia?",
        "What is the most recent thing Nvidia announced?",
        "news about Nvidia this month",
    ],
)
def test_the_news_of_a_company_is_what_its_newest_article_says(bot: Chatbot, question: str) -> None:
    """One that is about others, though its title names the company, is no news of it."""
    answer = bot.ask(question)
    assert [quote.article.path for quote in answer.quotes] == [
        "ai/2025/nvidia-fiscal-year.md",
        "ai/2025/deepseek-monday.md",
        "ai/2025/hbm-memory-chips.md",
    ]
    assert answer.quotes[0].text.startswith("Nvidia (NVDA) earned revenue of $130.5 billion")


@pytest.mark.parametrize(
    "question",
    ["What is the latest news on Peru?", "Any news about Qualcomm?", "What's new with Anthropic?"],
)
def test_without_an_article_about_a_company_there_is_no_news_of_it(
    bot: Chatbot, question: str
) -> None:
    """Though articles mention it."""
    answer = bot.ask(question)
    assert (answer.status, answer.quotes) == ("abstained", ())
    assert any(note.startswith("No article is about") for note in answer.notes)


def test_what_one_company_spends_comes_before_what_four_do(bot: Chatbot) -> None:
    """The sentence that fits the words best tells the sum of all."""
    answer = bot.ask("How much did Meta plan to spend on AI in 2025?")
    assert "$60 to $65 billion" in answer.quotes[0].text
    assert not [quote.text for quote in answer.quotes if "$315 billion" in quote.text]


def test_a_claim_with_another_figure_is_told_so(bot: Chatbot) -> None:
    """The articles do not say it, and what came closest gives another figure."""
    answer = bot.ask("Did Meta say it would spend $10 billion on AI in 2025?")
    assert (answer.status, answer.quotes) == ("abstained", ())
    assert answer.notes[0] == "The closest gives another figure than “$10 billion”."
    assert answer.text.startswith(f"Your articles don't say. {answer.notes[0]}")
    assert [miss for miss in answer.misses if "gives another figure" in miss]
