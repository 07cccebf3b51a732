"""Text fragments: which words a link names, so that a browser finds the quote first."""

from urllib.parse import unquote

import pytest

from pullquote import Article, Quote
from pullquote.markdown.fragments import text_fragment
from pullquote.spans import Span

_LONG = (
    "The ferry from Harrow Bay leaves at six in the morning, calls at two islands on the way and"
    " ties up at Quillon before noon."
)


def fragment(text: str, words: str, *, time: int = 1, lead: str = "", body: int = 0) -> str:
    """Return the decoded fragment of the words where they stand for the nth time."""
    start = body - 1
    for _ in range(time):
        start = text.index(words, start + 1)
    return unquote(text_fragment(text, body, Span(start, start + len(words)), lead=lead))


def test_few_words_are_named_in_full() -> None:
    """Up to ten words of one block are the whole term."""
    text = "Fog held the harbour. The ferry stayed in port. Nobody minded."
    assert fragment(text, "The ferry stayed in port.") == "The ferry stayed in port."


def test_many_words_are_named_by_both_ends() -> None:
    """A long sentence has four words of either end."""
    assert fragment(f"So: {_LONG} Good.", _LONG) == "The ferry from Harrow,at Quillon before noon."


def test_what_separates_terms_is_encoded() -> None:
    """Hyphens, commas, ampersands and all that is not unreserved are percent-encoded."""
    text = "A well-known firm, Ash & Co (est. 1990), sank."
    assert text_fragment(text, 0, Span(0, len(text))) == (
        "A%20well%2Dknown%20firm%2C%20Ash%20%26%20Co%20%28est.%201990%29%2C%20sank."
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nobody came. It rained. Everyone came. It rained.", "Everyone came.-,It rained."),
        ("It rained. Then nothing.\n\nIt rained.", "nothing.-,It rained."),
        ("# It rained.\n\nNews: It rained.", "News:-,It rained."),
        ("[It rained.](a.html)\n\nNews: IT RAINED. Now it rained.", "News:-,IT RAINED."),
        ("It `rained`.\n\nNews: It rained.", "News:-,It rained."),
        ("```\nIt rained.\n```\n\nNews: It rained.", "News:-,It rained."),
        ("It ràined.\n\nNews: It rained.", "News:-,It rained."),
    ],
)
def test_repeated_words_have_a_prefix(text: str, expected: str) -> None:
    """What stands earlier on the page, in whatever block, case or accents, would be found first."""
    last = text.rindex("It rained.") if "IT" not in text else text.index("IT RAINED.")
    assert unquote(text_fragment(text, 0, Span(last, last + 10))) == expected


def test_a_prefix_reaches_over_a_forced_line_break() -> None:
    """No term holds one, but the words on both sides follow each other."""
    assert fragment("Yes. Or no? No.  \nYes.", "Yes.", time=2) == "No.-,Yes."
    assert fragment("Yes. Or no? No.<br> Yes.", "Yes.", time=2) == "No.-,Yes."


def test_the_first_of_repeated_words_needs_no_prefix() -> None:
    """A browser takes the first place that fits."""
    assert fragment("It rained. Nobody came. It rained.", "It rained.") == "It rained."


def test_a_prefix_grows_until_it_is_unique() -> None:
    """One word more at a time."""
    text = "The old mill closed. It rained.\n\nThe new mill closed. It rained."
    assert fragment(text, "It rained.", time=2) == "new mill closed.-,It rained."


def test_words_without_anything_before_them_have_a_suffix() -> None:
    """What follows tells them from the same words in the summary above the article."""
    text = "Rain fell. The ferry stayed."
    assert fragment(text, "Rain fell.", lead="Ferries\nRain fell. No more.") == ("Rain fell.,-The")


def test_a_long_sentence_that_the_summary_has_too_is_named_in_full() -> None:
    """The end of a range does not tell where the range begins; a suffix of all the words does."""
    found = fragment(f"{_LONG} Then it rains.", _LONG, lead=f"{_LONG} Then it snows.")
    assert found == f"{_LONG},-Then it rains."


def test_a_summary_that_cannot_be_told_apart_is_not_counted_on() -> None:
    """The link is right at least where the summary is not shown."""
    text = "News.\n\nRain fell.\n\nMore.\n\nRain fell."
    assert fragment(text, "Rain fell.", lead="News. Rain fell. More. Rain fell.") == "Rain fell."


def test_a_prefix_reaches_over_a_picture_only_if_nothing_else_will_do() -> None:
    """A template between two blocks may show words, and mostly shows none."""
    text = "Rain fell. So what?\n\nTwo.\n\n{{< map >}}\n\nRain fell."
    assert fragment(f"{text} And then?", "Rain fell.", time=2) == "Rain fell.,-And"
    assert fragment(text, "Rain fell.", time=2) == "Two.-,Rain fell."


def test_the_title_comes_first() -> None:
    """Words of the title that the article repeats are told apart."""
    assert fragment("So it was: rain fell.", "rain fell.", lead="Rain fell.") == (
        "was:-,rain fell."
    )


def test_a_table_row_is_named_by_its_first_and_last_cell() -> None:
    """No term crosses a cell."""
    text = "| Ferry | Length | Built |\n|---|---|---|\n| Marigold | 71 metres | 2004 |\n"
    assert fragment(text, "Marigold | 71 metres | 2004") == "Marigold,2004"


def test_cells_that_repeat_are_told_apart_by_their_neighbours() -> None:
    """A prefix from the cell before, or what follows the last."""
    text = "| A | B | C |\n|---|---|---|\n| oak | 5 | 5 |\n| elm | 5 | 5 |\n| ash | 7 | 5 |\n"
    assert fragment(text, "oak | 5 | 5") == "oak,5,-elm"
    assert fragment(text, "5 | 5", time=2) == "elm-,5,5"


def test_a_span_over_blocks_has_both_ends() -> None:
    """List items and paragraphs are blocks of their own."""
    assert fragment("- salt\n- pepper\n", "salt\n- pepper") == "salt,pepper"


def test_an_end_inside_the_quote_is_lengthened() -> None:
    """The browser takes the first end after the start."""
    words = "in the end we all came home"
    text = f"She said that {words} and he said that {words} and nobody else said {words}"
    assert fragment(text, text) == "She said that in,else said in the end we all came home"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It pays -- they say -- well.", "It pays,well."),
        ("It pays[^1] quite well.\n\n[^1]: Or so.", "It pays,quite well."),
        ("It pays ![a picture](a.png) quite well.", "It pays,quite well."),
        ("It pays<br>quite well.", "It pays,quite well."),
        ("It pays  \nquite well.", "It pays,quite well."),
        ("It pays\nquite well.", "It pays,quite well."),
        ("It pays :tada: quite well.", "It pays,quite well."),
        ("It pays {{< icon >}} quite well.", "It pays,quite well."),
        ("<p>It *pays* quite well, [they](a.html) say.</p>", "It,say."),
        ("It pays\nwell.", "It pays,well."),
        ("It `pays --well` indeed.", "It pays --well indeed."),
        ("It p*ay*s&nbsp;quite [well](a.html).", "It pays\u00a0quite well."),
    ],
)
def test_no_term_holds_what_a_page_may_show_otherwise(text: str, expected: str) -> None:
    """Dashes, pictures, footnote marks and line breaks stand between the terms, if anywhere."""
    end = text.find("\n\n")
    assert unquote(text_fragment(text, 0, Span(0, end if end > 0 else len(text)))) == expected


def test_a_footnote_is_shown_after_the_article() -> None:
    """Its words come last on the page, wherever they stand in the file."""
    text = "One[^1].\n\n[^1]: Yes. Seen at sea.\n\nSeen at sea."
    assert fragment(text, "Seen at sea.", time=2) == "Seen at sea."
    assert fragment(text, "Seen at sea.") == "Yes.-,Seen at sea."


def test_unspaced_words_are_cut_at_marks() -> None:
    """A clause of Chinese or Japanese is a term; nobody here knows where its words end."""
    text = (
        "冬が来た。東京では朝から雪が降り、昼には電車が止まり、夜になっても動かなかった。春はまだ。"
    )
    sentence = text[5:-5]
    assert fragment(text, sentence) == "東京では朝から雪が降り、,夜になっても動かなかった。"


def test_an_end_inside_a_word_has_its_neighbours_named() -> None:
    """Beside a prefix or suffix a term need not begin or end with a word."""
    assert fragment("The lighthouse keeper slept.", "house keeper") == "light-,house keeper"
    assert fragment("今日は東京都に行きます。", "東京") == "今日は-,東京,-都に行きます。"


def test_a_span_without_words_has_no_fragment() -> None:
    """There is nothing to scroll to."""
    assert text_fragment("One.\n\n---\n\nTwo.", 0, Span(6, 9)) == ""


def test_front_matter_is_not_on_the_page() -> None:
    """Only what stands in the body or the lead is counted."""
    text = "---\ntitle: Rain fell.\n---\nRain fell."
    body = text.rindex("---") + 4
    assert fragment(text, "Rain fell.", body=body) == "Rain fell."


def test_a_quote_counts_on_the_summary_being_shown() -> None:
    """Its link is right whether or not the page has the summary above the article."""
    text = "Rain fell. The ferry stayed."
    article = Article(
        "a.md", "", "Rain", url="https://example.com/a/", summary=text[:10], text=text
    )
    assert Quote(article, Span(0, 10), 1.0).url == (
        "https://example.com/a/#:~:text=Rain%20fell.,-The"
    )


def test_a_quote_without_words_links_to_the_page() -> None:
    """There is no empty fragment."""
    article = Article("a.md", "", "A", url="https://example.com/a/", text="One.\n\n---\n\nTwo.")
    assert Quote(article, Span(6, 9), 1.0).url == "https://example.com/a/"
