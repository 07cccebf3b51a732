"""Evidence: what is quoted, how often, and when silence is kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest

from pullquote import Chatbot, Embedder, InputError, Quote, Settings, Span
from pullquote.articles.files import read_article
from pullquote.articles.passages import split_passages
from pullquote.evidence.features import Asked
from pullquote.evidence.quoting import find_claim, nearest, quote_at, select
from pullquote.evidence.weighing import Weighed
from pullquote.language.terms import read_terms

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


def weighed(text: str, ranks: Mapping[str, float], *, probability: float = 0.9) -> list[Weighed]:
    """Return the sentences of an article that have a rank, best first."""
    article, _ = read_article("a.md", text.encode())
    items = [
        Weighed(
            passage,
            span,
            frozenset(read_terms(article.show(span))),
            {},
            ranks[article.show(span)],
            probability,
        )
        for passage in split_passages(article)
        for span in passage.sentences
        if article.show(span) in ranks
    ]
    return sorted(items, key=lambda item: item.order)


def quoted(question: str, items: Sequence[Weighed], *, limit: int = 4) -> list[str]:
    """Return the words of what is quoted."""
    return [quote.text for quote in select(question, items, threshold=0.5, limit=limit)]


TIDES = (
    "Tides rule the bay. Boats wait for water. Pilots read the tables.\n\n# More\n\nCranes rust.\n"
)


def test_likely_neighbours_are_one_quote() -> None:
    """What would be quoted twice, one after the other, is one contiguous quote."""
    ranks = {"Tides rule the bay.": 0.9, "Boats wait for water.": 1.0, "Cranes rust.": 0.95}
    assert quoted("Who waits?", weighed(TIDES, ranks)) == [
        "Tides rule the bay. Boats wait for water.",
        "Cranes rust.",
    ]


def test_no_neighbour_is_added_that_ranks_far_below() -> None:
    """Standing beside the best is not enough."""
    ranks = {"Tides rule the bay.": 0.5, "Boats wait for water.": 1.0}
    assert quoted("Who waits?", weighed(TIDES, ranks)) == ["Boats wait for water."]


def test_a_name_asked_for_brings_its_sentence() -> None:
    """One that ranks far below is quoted, beside the best or elsewhere, if it names it first."""
    text = "Tides rule the bay. Ellery has none. Rain fell.\n\n# More\n\nDunmore has a crane.\n"
    ranks = {"Tides rule the bay.": 1.0, "Ellery has none.": 0.6, "Dunmore has a crane.": 0.6}
    items = weighed(text, ranks)
    assert quoted("Who rules?", items) == ["Tides rule the bay. Ellery has none."]
    assert quoted("Who rules Dunmore and Ellery?", items) == [
        "Tides rule the bay. Ellery has none.",
        "Dunmore has a crane.",
    ]


def test_a_neighbour_that_carries_evidence_too_widens_the_quote() -> None:
    """It may rank lower than what would be quoted apart."""
    ranks = {"Tides rule the bay.": 0.7, "Boats wait for water.": 1.0, "Cranes rust.": 0.7}
    assert quoted("Who waits?", weighed(TIDES, ranks)) == [
        "Tides rule the bay. Boats wait for water."
    ]


def test_a_quote_has_at_most_three_picked_sentences_and_an_answer_one_more_than_quotes() -> None:
    """However many rank near each other."""
    words = "One boat sank. Two men swam. Six gulls ate. Ten bells rang. All slept."
    ranks = dict.fromkeys(words.replace(". ", ".|").split("|"), 1.0)
    assert quoted("Who?", weighed(words, ranks)) == [
        "One boat sank. Two men swam. Six gulls ate.",
        "Ten bells rang. All slept.",
    ]
    assert quoted("Who?", weighed(words, ranks), limit=1) == ["One boat sank. Two men swam."]


def test_quotes_never_overlap() -> None:
    """A sentence that another quote brings along is not quoted again."""
    text = "Asha Verne ran the docks. She left in May. She wept."
    ranks = {"She left in May.": 1.0, "She wept.": 0.95, "Asha Verne ran the docks.": 0.5}
    items = weighed(text, ranks)
    assert quoted("Who left?", items) == [text]
    assert [quote.text for quote in nearest(items, limit=3)] == [
        "Asha Verne ran the docks. She left in May.",
        "She wept.",
    ]


def test_a_quote_has_the_best_probability_and_the_best_sentence_s_focus() -> None:
    """The confidence rests on the likeliest sentence, wherever it stands in a quote."""
    ranks = {"Tides rule the bay.": 0.95, "Boats wait for water.": 1.0}
    best, other = weighed(TIDES, ranks, probability=0.6)
    focus = Span(best.span.start, best.span.start + 5)
    items = [replace(best, focus=focus), replace(other, probability=0.8)]
    (quote,) = select("Who waits?", items, threshold=0.5, limit=4)
    assert (quote.score, quote.focus) == (0.8, focus)
    assert quote.focus is not None
    assert quote.focus.of(quote.article.text) == "Boats"


def test_one_form_with_different_names_is_quoted_for_each() -> None:
    """Sentences that differ in a name or a figure say different things."""
    lines = [
        "The tram of Ellery carried nine thousand people in May.",
        "The tram of Dunmore carried nine thousand people in May.",
        "The tram of Ellery carried nine thousand people in May!",
    ]
    text = "\n\n# A\n\n".join(lines)
    assert quoted("How many?", weighed(text, dict.fromkeys(lines, 1.0))) == lines[:2]


def test_a_call_is_never_evidence(make_bot: MakeBot) -> None:
    """What only sends the reader elsewhere is neither quoted nor a near miss."""
    call = "Read more about the tram to Harrow Bay."
    bot = make_bot({"a.md": f"# Tram\n\n{call} {TRAM}\n"})
    answer = bot.ask("What can I read about the tram to Harrow Bay?")
    shown = [quote.text for quote in answer.quotes or answer.nearest]
    assert shown == [TRAM]


@pytest.mark.parametrize(
    ("question", "musts"),
    [
        ("How much does Tollan pay? (Harrow Bay)", ["Tollan"]),
        ("population of Tollan (Harrow Bay)", ["Tollan", "Harrow Bay"]),  # typed so by a person
    ],
)
def test_what_a_follow_up_brought_along_need_not_be_spoken_of(
    question: str, musts: list[str]
) -> None:
    """The words in brackets behind a question tell where to look; those asked for must be there."""
    asked = Asked.read(question, (), frequency=lambda term: 1, count=9)
    assert [part.words for part in asked.musts] == musts


SUMS = {
    "four.md": (
        "---\ntitle: Who spends what on AI\n---\n\n"
        "Amazon, Microsoft, Alphabet and Meta have each told a plan. Taken together, the four"
        " companies plan to spend over $315 billion on AI in 2025.\n"
    ),
    "meta.md": "Meta will invest up to $65 billion in 2025, and most of it is meant for AI.\n",
    "bees.md": "Bees shiver all winter in a cluster around the queen.\n",
}


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("How much does Meta plan to spend on AI in 2025?", "meta.md"),
        ("How much do the four companies plan to spend on AI in 2025 together?", "four.md"),
    ],
)
def test_the_sum_of_several_is_not_that_of_one(
    make_bot: MakeBot, bundled: Embedder, question: str, first: str
) -> None:
    """It comes first where it is asked for."""
    bot = make_bot(SUMS, embedder=bundled, settings=Settings(threshold=0.01))
    assert bot.ask(question).quotes[0].article.path == first
