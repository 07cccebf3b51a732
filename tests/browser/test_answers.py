"""Answers in a real browser: what is asked, cited, clicked, copied and asked next."""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

from pullquote.app.chat.citing import cite_apa, cite_markdown, cite_plain
from tests.browser.tabs import Server, Tab
from tests.browser.traps import AI_ACT, LIGHTHOUSE, RUN, SILENCE, TRAM, UNKNOWN

pytestmark = pytest.mark.browser

# Questions after which something else is worth asking.
_SUGGESTIVE = ("How much will Amazon spend on AI in 2025?", "Who won the marathon?", UNKNOWN)
_SUGGESTED_WITHIN = 4_000  # milliseconds
# The page hears late that the server has closed the stream of its events.
_HEAR_LATE = """
const plain = window.fetch;
window.fetch = async (asked, options) => {
  const reply = await plain(asked, options);
  if (!String(asked.url ?? asked).includes("/queue/data")) return reply;
  const slow = new TransformStream({
    async transform(part, onward) {
      const last = new TextDecoder().decode(part).includes("close_stream");
      if (last) await new Promise((resolve) => setTimeout(resolve, 500));
      onward.enqueue(part);
    },
  });
  return new Response(reply.body.pipeThrough(slow), reply);
};
"""


def test_every_citation_opens_its_article_with_the_quote_marked(tab: Tab, server: Server) -> None:
    """The words in the panel are the API's, and the file's at the places the marks give."""
    quotes = server.ask(AI_ACT)["quotes"]
    tab.ask(AI_ACT)
    links = tab.page.locator("a.cite")
    assert links.all_inner_texts() == [f"[{n}]" for n in range(1, len(quotes) + 1)]
    tab.expect_quote(1, quotes[0], server.corpus)
    for number, quote in reversed(list(enumerate(quotes, 1))):
        tab.cite(number).click()
        tab.expect_quote(number, quote, server.corpus)


def test_what_is_asked_as_an_answer_ends_is_answered(
    new_tab: Callable[..., Tab], server: Server
) -> None:
    """Gradio would wait for a stream that the server has closed already."""
    tab = new_tab(server)
    tab.page.add_init_script(_HEAR_LATE)
    tab.open(server.address)
    for question in (TRAM, UNKNOWN, TRAM, UNKNOWN, TRAM):
        tab.ask(question)
    expect(tab.answers).to_have_count(5)


def test_who_asks_what_is_new_opens_the_newest_article(tab: Tab) -> None:
    """It is a list of articles, each of which opens in the panel; nothing is cited."""
    tab.ask("What has changed since 1 February 2025?")
    newest = tab.page.locator("#chat a.article")
    title = newest.first.locator(".title").inner_text()
    expect(tab.page.locator("a.cite")).to_have_count(0)
    newest.first.click()
    expect(tab.page.locator("#panel h2")).to_have_text(title)


def test_a_citation_opens_by_keyboard(tab: Tab) -> None:
    """Enter on a focused citation does what a click does."""
    tab.ask(AI_ACT)
    for number in (2, 1):
        tab.cite(number).focus()
        tab.page.keyboard.press("Enter")
        tab.page.locator(f'mark[data-n="{number}"][aria-current="true"]').first.wait_for()


def test_a_quote_from_a_table_is_marked_cell_by_cell(tab: Tab, server: Server) -> None:
    """One quote, several marks: their texts joined by a space are the quote."""
    question = "How long is the ferry Quillon Star?"
    (quote,) = [q for q in server.ask(question)["quotes"] if "Quillon Star" in q["text"]]
    tab.ask(question)
    number = 1 + [q["text"] for q in server.ask(question)["quotes"]].index(quote["text"])
    tab.cite(number).click()
    tab.expect_quote(number, quote, server.corpus)
    assert len(tab.marks(number)) == 4
    expect(tab.page.locator("#panel td mark.quote")).to_have_count(4)


def test_silence_is_said_and_near_misses_open(tab: Tab, server: Server) -> None:
    """An abstention is a status; each near miss opens in the panel."""
    nearest = server.ask(UNKNOWN)["nearest"]
    tab.ask(UNKNOWN)
    said = tab.page.get_by_role("status").filter(has_text=SILENCE)
    expect(said).to_have_count(1)
    expect(tab.page.locator("a.cite")).to_have_count(0)
    cards = tab.page.locator("a.near")
    expect(cards).to_have_count(len(nearest))
    cards.last.click()
    expect(tab.page.locator("#panel h2")).to_have_text(nearest[-1]["title"])
    assert " ".join(m["text"] for m in tab.marks(len(nearest))) == nearest[-1]["text"]


def test_an_earlier_answer_can_be_opened_again(tab: Tab, server: Server) -> None:
    """Citations keep pointing at their own answer."""
    tab.ask(TRAM)
    tab.ask(AI_ACT)
    tab.page.locator(".answer").first.locator("a.cite").first.click()
    tab.expect_quote(1, server.ask(TRAM)["quotes"][0], server.corpus)


def test_nothing_hostile_runs(tab: Tab) -> None:
    """Markup from title, tags, body and links is shown as text, in the chat and in the panel."""
    tab.ask(f"How many tonnes was the zorblax harvest? {RUN}")
    expect(tab.page.locator("#panel h2")).to_contain_text("<script>")
    expect(tab.page.locator("#panel .body")).to_contain_text("${window.ran=6}")
    expect(tab.page.locator(".asked")).to_contain_text(RUN)
    tab.page.wait_for_timeout(300)
    assert tab.page.evaluate("window.ran") is None
    expect(tab.page.locator("#chat img, #panel img, #panel script")).to_have_count(0)
    links = tab.page.locator("a[href]").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert not [href for href in links if not re.match(r"#|https?://", href)]


def test_links_to_pages_open_in_a_new_tab(tab: Tab, server: Server) -> None:
    """The article's page is linked with a text fragment and without a way back."""
    question = AI_ACT
    tab.ask(question)
    link = tab.page.locator(".answer a.page").first
    assert link.get_attribute("href") == server.ask(question)["quotes"][0]["url"]
    assert link.get_attribute("target") == "_blank"
    assert "noopener" in str(link.get_attribute("rel"))


def test_words_that_went_are_not_marked(tab: Tab, server: Server) -> None:
    """An earlier answer's citation opens the article as it is now, and says so."""
    path = server.corpus / "traps/edited.md"
    tab.ask(LIGHTHOUSE)
    words = tab.page.locator("mark.quote").first.inner_text()
    _edit(path, words, "The Vennbury lighthouse is 63 metres tall.")
    tab.page.locator("a.cite").first.click()
    expect(tab.page.locator("#panel [role=alert]")).to_have_text(
        "This article has changed since the answer; the words are no longer in it."
    )
    expect(tab.page.locator("mark.quote")).to_have_count(0)
    tab.page.get_by_role("button", name="Refresh").click()
    expect(tab.page.locator("#report")).to_contain_text("embedded in")
    tab.ask(LIGHTHOUSE)
    expect(tab.page.locator("mark.quote").first).to_contain_text("63 metres")


def test_words_that_still_stand_are_marked_where_they_are_now(tab: Tab, server: Server) -> None:
    """After an edit above them, then under another name."""
    path = server.corpus / "traps/shifted.md"
    tab.ask("On how many arches does the Osmere viaduct stand?")
    expect(tab.page.locator("mark.quote").first).to_contain_text("23 arches")
    quote = {
        "title": "The Osmere Viaduct",
        "text": "The Osmere viaduct stands on 23 arches of brick.",
    }
    for article, said in (
        ("traps/shifted.md", "has changed since the answer; the words still stand"),
        ("traps/renamed.md", "stand in this article now"),
    ):
        _edit(path, "It is old.", "It is very old, and much was written about it.")
        path = path.rename(server.corpus / article)
        tab.page.locator("a.cite").first.click()
        expect(tab.page.locator("#panel .notice")).to_contain_text(said)
        text = path.read_text("utf-8")
        start = text.index(quote["text"])
        place = {"start": start, "end": start + len(quote["text"]), "source": quote["text"]}
        tab.expect_quote(1, {**quote, "article": article, **place}, server.corpus)


def test_what_else_says_the_same_is_named(tab: Tab) -> None:
    """The quote is shown once; its copies unfold by keyboard, as text."""
    tab.ask("How many volumes did the Kestrelford library open with?")
    expect(tab.page.locator("figure")).to_have_count(1)
    label = tab.page.locator(".answer details.also summary")
    expect(label).to_have_text("also in 1 article")
    label.focus()
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator(".also li")).to_be_visible()
    assert tab.page.locator(".also li b").count() == 0


def test_a_table_row_names_its_columns(tab: Tab) -> None:
    """Under the words, which stay as they are."""
    tab.ask("How long is the ferry Quillon Star?")
    figure = tab.page.locator("figure").filter(has_text="Quillon Star")
    expect(figure.locator("blockquote")).to_contain_text(
        "Quillon Star 88 metres 640 passengers 1998 ["
    )
    assert figure.locator("dt").all_inner_texts() == ["Ferry", "Length", "Passengers", "Built"]
    assert figure.locator("dd").all_inner_texts() == [
        "Quillon Star", "88 metres", "640 passengers", "1998"
    ]  # fmt: skip


def test_an_example_runs_when_it_is_clicked(tab: Tab) -> None:
    """One click asks it, and its first source is opened."""
    tab.page.locator("#chat button.example").first.click()
    expect(tab.page.locator("a.cite").first).to_be_visible()
    expect(tab.page.locator('mark[aria-current="true"]').first).to_be_in_viewport()


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_is_cut_off_at_any_width(open_tab: Callable[..., Tab], width: int) -> None:
    """The page never scrolls sideways, and a clicked quote comes into view."""
    tab = open_tab(width, 844)
    tab.ask(TRAM)
    tab.page.locator("a.cite").first.click()
    expect(tab.page.locator('mark[aria-current="true"]').first).to_be_in_viewport()
    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_lead_line_says_it_in_short_and_leads_to_the_first_quote(
    tab: Tab, server: Server
) -> None:
    """The short answer stands in the quote as well, where it is emphasised."""
    quote = server.ask(LIGHTHOUSE)["quotes"][0]
    tab.ask(LIGHTHOUSE)
    short = tab.page.locator(".lead b").inner_text()
    assert short in quote["text"]
    assert tab.page.locator("figure b.focus").first.inner_text() == short
    expect(tab.page.locator(".lead")).to_contain_text("1 quote from 1 article")
    tab.page.locator(".lead a.in-place").click()
    tab.expect_quote(1, quote, server.corpus)


def test_a_quote_is_read_in_place_and_its_page_is_linked(tab: Tab, server: Server) -> None:
    """Each quote has both ways to its source."""
    quotes = server.ask(AI_ACT)["quotes"]
    tab.ask(AI_ACT)
    figure = tab.page.locator("figure").last
    figure.get_by_role("link", name="Read in place").click()
    tab.expect_quote(len(quotes), quotes[-1], server.corpus)
    expect(figure.get_by_role("link", name="Open on the site")).to_have_attribute(
        "href", quotes[-1]["url"]
    )


def test_the_panel_goes_to_the_quote_before_and_after(tab: Tab, server: Server) -> None:
    """By click and by keyboard; at the ends there is only one way."""
    quotes = server.ask(AI_ACT)["quotes"]
    assert len(quotes) > 1
    tab.ask(AI_ACT)
    steps = tab.page.locator("#panel nav.steps")
    expect(steps).to_contain_text(f"Quote 1 of {len(quotes)}")
    expect(steps.get_by_role("link", name="Previous")).to_have_count(0)
    for number, quote in list(enumerate(quotes, 1))[1:]:
        steps.get_by_role("link", name="Next").click()
        expect(steps).to_contain_text(f"Quote {number} of {len(quotes)}")
        tab.expect_quote(number, quote, server.corpus)
    expect(steps.get_by_role("link", name="Next")).to_have_count(0)
    steps.get_by_role("link", name="Previous").press("Enter")
    expect(steps).to_contain_text(f"Quote {len(quotes) - 1} of {len(quotes)}")


def test_a_quote_is_copied_with_its_citation(open_tab: Callable[..., Tab], server: Server) -> None:
    """In three forms, which the clipboard gets to the letter."""
    tab = open_tab(permissions=["clipboard-read", "clipboard-write"])
    quote = server.ask(AI_ACT)["quotes"][0]
    tab.ask(AI_ACT)
    figure = tab.page.locator("figure").first
    figure.get_by_text("Copy with citation").click()
    for name, cite in (("Markdown", cite_markdown), ("APA-like", cite_apa), ("Plain", cite_plain)):
        button = figure.locator("a.copy").filter(has_text=name)
        button.click()
        expect(figure.locator("a.copy").filter(has_text="Copied")).to_have_count(1)
        assert tab.page.evaluate("navigator.clipboard.readText()") == cite(quote)
        expect(button).to_have_count(1)  # it has its name again
    expect(figure.locator(".copies")).to_have_attribute("open", "")


def test_a_suggestion_is_asked_by_a_click(tab: Tab) -> None:
    """What was suggested stands as the next question and is answered."""
    suggestion = tab.page.locator("#suggestions").get_by_role("button").first
    for question in _SUGGESTIVE:
        tab.ask(question)
        with suppress(PlaywrightTimeout):
            suggestion.wait_for(timeout=_SUGGESTED_WITHIN)
            break
    else:
        pytest.skip("suggestions are given up after half a second; this machine was too busy")
    words = suggestion.inner_text()
    assert words and words != question
    asked = tab.page.locator(".asked").count()
    suggestion.click()
    tab.expect_answer(asked + 1)
    assert tab.page.locator(".asked").last.inner_text().startswith(words)
    expect(tab.page.locator("#suggestions")).not_to_contain_text(words)


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    path.write_text(text.replace(old, new))
