"""Evidence: what is quoted, how often, and when silence is kept."""

from collections.abc import Callable

import pytest

from pullquote import Chatbot, Embedder, InputError, Quote, Settings, Span
from pullquote.articles import read_article
from pullquote.evidence import find_claim, quote_at

MakeBot = Callable[..., Chatbot]

TRAM = "The tram to Harrow Bay cost 40 million euros."


def test_an_answer_is_verbatim_and_names_its_place(real_bot: Chatbot) -> None:
    """The best sentence is the first quote, and its place reads back."""
    answer = real_bot.ask("How much does Amazon expect to spend in 2025?")
    assert answer.status == "answered"
    quote = answer.quotes[0]
    assert quote.text == (
        "Amazon expects to spend about $100 billion in 2025, most of it on AI for AWS."
    )
    assert quote.source == (
        "Amazon expects to spend about **$100 billion** in 2025, most of it on AI for AWS."
    )
    with (real_bot.corpus / "amazon.md").open(encoding="utf-8", newline="") as file:
        assert quote.span.of(file.read()) == quote.source
    assert (quote.location, quote.lines) == (
        f"amazon.md:{quote.span.start}-{quote.span.end}",
        (7, 7),
    )


def test_what_says_the_same_is_quoted_once(make_bot: MakeBot, bundled: Embedder) -> None:
    """Articles that repeat each other give one quote; another fact is still quoted."""
    files = {f"{n}.md": f"# Tram\n\n{TRAM}\n" for n in range(4)}
    files |= {"late.md": f"# Tram\n\n{TRAM[:-1]}!\n"}
    bot = make_bot(files, embedder=bundled)
    answer = bot.ask("How much did the tram to Harrow Bay cost?")
    assert len(answer.quotes) == 1
    assert answer.quotes[0].text.rstrip(".!") == TRAM[:-1]
    silent = bot.ask("How deep is the harbour of Port Ellery?")
    assert silent.status == "abstained"
    assert len(silent.nearest) == 1


def test_a_number_that_is_nowhere_near_means_silence(make_bot: MakeBot, bundled: Embedder) -> None:
    """What is said of 2025 does not answer for 2019."""
    bot = make_bot(
        {"a.md": "# Spending\n\nAmazon spent 100 billion dollars on AI in 2025.\n"},
        embedder=bundled,
    )
    assert bot.ask("How much did Amazon spend on AI in 2025?").status == "answered"
    silent = bot.ask("How much did Amazon spend on AI in 2019?")
    assert (silent.status, silent.quotes) == ("abstained", ())
    assert silent.nearest[0].text == "Amazon spent 100 billion dollars on AI in 2025."


def test_no_more_is_quoted_than_was_asked_for(make_bot: MakeBot, bundled: Embedder) -> None:
    """`max_quotes` and `nearest` are limits."""
    said = (
        "The tram to Ellery opened in May.",
        "In Harrow a tram has opened after ten years of work.",
        "Dunmore celebrated when its own tram opened at last.",
        "Kestrel opened the second tram of the region last spring.",
    )
    files = {f"{n}.md": f"# Trams\n\n{words}\n" for n, words in enumerate(said)}
    for limit in (1, 2):
        settings = Settings(max_quotes=limit, nearest=limit, threshold=0.05)
        answer = make_bot(files, embedder=bundled, settings=settings).ask("When did trams open?")
        assert 1 <= len(answer.quotes) <= limit
    silent = make_bot(files, embedder=bundled, settings=Settings(threshold=1, nearest=2))
    assert len(silent.ask("When did trams open?").nearest) == 2


def test_confidence_is_what_the_threshold_cuts(real_bot: Chatbot, bundled: Embedder) -> None:
    """The same question is answered just below its confidence and not just above it."""
    question = "Who won the marathon?"
    confidence = real_bot.ask(question).confidence
    assert 0 < confidence < 1
    for threshold, status in ((confidence, "answered"), (confidence + 1e-4, "abstained")):
        bot = Chatbot(
            real_bot.corpus,
            embeddings=real_bot.embeddings,
            embedder=bundled,
            settings=Settings(threshold=threshold),
        )
        assert bot.ask(question).status == status


SOURCE = "A **bold**\nclaim &amp; more.\n\nAnother [claim](https://x.example) here.\n"


def whole() -> Quote:
    """Return a quote that crosses two blocks."""
    article, _ = read_article("a.md", SOURCE.encode())
    return quote_at(article, Span(0, len(SOURCE) - 1))


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("bold claim", "bold**\nclaim"),
        ("claim & more.", "claim &amp; more."),
        ("  more.\n Another   claim ", "more.\n\nAnother [claim"),
        ("here.", "here."),
    ],
)
def test_a_claim_is_found_at_its_place(claim: str, source: str) -> None:
    """White space apart every character must be there; the place is in the source."""
    found = find_claim(claim, [whole()])
    assert found is not None
    assert found.text == " ".join(claim.split())
    assert found.source.strip("*[") == source


@pytest.mark.parametrize("claim", ["Bold claim", "bold claims", "", "   ", "**bold**"])
def test_a_claim_that_is_not_there_is_dropped(claim: str) -> None:
    """Case counts, and nothing claims nothing."""
    assert find_claim(claim, [whole()]) is None


def test_a_place_without_words_is_refused() -> None:
    """A quote has visible words, inside the file."""
    article = whole().article
    for span in (Span(0, 10_000), Span(2, 4)):
        with pytest.raises(InputError, match=r"a\.md:\d+-\d+: no words there"):
            quote_at(article, span)
