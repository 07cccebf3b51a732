"""Conversations in a real browser: kept, chosen, apart, exported, taken back and rated."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import expect

from pullquote.exports import escape
from tests.browser.tabs import ROOT, Server, Tab, environment, serve
from tests.browser.traps import AI_ACT, LIGHTHOUSE, SILENCE, TRAM, UNKNOWN

pytestmark = pytest.mark.browser


def test_a_follow_up_is_understood_and_can_be_forgotten(tab: Tab) -> None:
    """The page says what it took a follow-up to mean; a new conversation starts from nothing."""
    tab.ask(UNKNOWN)
    tab.ask("and Brazil?")
    expect(tab.page.locator(".understood")).to_contain_text("What is the capital of Brazil?")
    tab.page.get_by_role("button", name="New conversation").click()
    expect(tab.page.locator(".answer")).to_have_count(0)
    tab.ask("and Brazil?")
    expect(tab.page.locator(".understood")).to_have_count(0)


def test_two_visitors_do_not_share_a_conversation(open_tab: Callable[..., Tab]) -> None:
    """What one asked is neither shown to another nor used to understand them."""
    one, two = open_tab(), open_tab()
    one.ask(UNKNOWN)
    expect(two.page.locator(".answer")).to_have_count(0)
    two.ask("and Brazil?")
    expect(two.page.locator(".understood")).to_have_count(0)
    expect(two.page.locator(".asked")).to_have_count(1)
    one.ask("and Brazil?")
    expect(one.page.locator(".understood")).to_have_count(1)


def test_a_reload_goes_on_with_the_conversation(tab: Tab) -> None:
    """Answers, citations and what a follow-up leans on are there again."""
    tab.ask(TRAM)
    tab.ask(UNKNOWN)
    shown = tab.page.locator("#chat .answer").all_inner_texts()
    tab.leave()
    expect(tab.answers).to_have_count(2)
    assert tab.page.locator("#chat .answer").all_inner_texts() == shown
    tab.cite(1, answer=0).click()
    expect(tab.page.locator('mark[aria-current="true"]').first).to_be_in_viewport()
    tab.ask("and Brazil?")
    expect(tab.page.locator(".understood")).to_contain_text("What is the capital of Brazil?")


def test_a_restart_keeps_conversations_where_it_is_told_to(
    prepared: Path, tmp_path: Path, new_tab: Callable[..., Tab]
) -> None:
    """Else a reload starts with an empty conversation, and nothing is wrong."""
    shutil.copytree(prepared / "embeddings", tmp_path / "embeddings")
    place = (prepared / "corpus", tmp_path / "embeddings", tmp_path / "log")
    kept = ("--conversations", str(tmp_path / "kept"))
    with serve(*place, *kept) as server:
        tab = new_tab(server)
        tab.open(server.address)
        tab.ask(LIGHTHOUSE)
        shown = tab.page.locator("#chat .answer").inner_text()
        tab.leave("about:blank")
    # The same address, or the browser would not know the page again.
    again = ("--port", str(server.port))
    with serve(*place, *kept, *again) as server:
        tab.open(server.address)
        expect(tab.answers).to_have_count(1)
        assert tab.page.locator("#chat .answer").inner_text() == shown
        expect(tab.page.locator("a.talk")).to_have_text(LIGHTHOUSE)
        tab.ask(LIGHTHOUSE)
        expect(tab.page.locator('mark[aria-current="true"]').first).to_be_in_viewport()
        tab.leave("about:blank")
    with serve(*place, *again) as server:
        tab.open(server.address)
        expect(tab.page.locator("#chat .welcome")).to_be_visible()
        expect(tab.page.locator("a.talk")).to_have_count(0)
        tab.ask(LIGHTHOUSE)
        expect(tab.page.locator('mark[aria-current="true"]').first).to_be_in_viewport()
        tab.leave("about:blank")


def test_conversations_are_chosen_named_and_deleted(tab: Tab) -> None:
    """Each is by itself; the list has the last used first, by name or first question."""
    tab.ask(TRAM)
    tab.page.get_by_role("button", name="New conversation").click()
    expect(tab.answers).to_have_count(0)
    tab.ask(UNKNOWN)
    talks = tab.page.locator("a.talk")
    expect(talks).to_have_text([UNKNOWN, TRAM])
    expect(talks.first).to_have_attribute("aria-current", "true")
    talks.last.click()
    expect(tab.page.locator(".asked")).to_contain_text(TRAM)
    expect(tab.answers).to_have_count(1)
    tab.unfold("This conversation")
    name = tab.page.get_by_role("textbox", name="Name")
    expect(name).to_have_attribute("placeholder", TRAM)
    name.fill("Rails <b>& fares</b>")
    name.press("Enter")
    expect(tab.page.locator("a.talk[aria-current]")).to_have_text("Rails <b>& fares</b>")
    tab.leave()
    expect(tab.page.locator("a.talk[aria-current]")).to_have_text("Rails <b>& fares</b>")
    tab.unfold("This conversation")
    tab.page.get_by_role("button", name="Delete conversation").click()
    expect(tab.answers).to_have_count(0)
    expect(talks).to_have_text([UNKNOWN])


def test_a_forged_conversation_is_not_opened(open_tab: Callable[..., Tab]) -> None:
    """Who knows the id of another visitor's conversation gets nothing for it."""
    one, two = open_tab(), open_tab()
    one.ask(TRAM)
    theirs = one.page.locator("a.talk").get_attribute("data-talk")
    two.ask(UNKNOWN)
    for forged in (theirs, "../../etc/passwd", "A" * 22, ""):
        two.page.locator("a.talk").evaluate("(a, id) => { a.dataset.talk = id }", forged)
        two.page.locator("a.talk").click()
        expect(two.page.locator("#report [role=alert]")).to_have_text("This conversation is gone.")
        expect(two.page.locator(".asked")).to_have_count(1)
        expect(two.page.locator(".asked")).to_contain_text(UNKNOWN)
    one.leave()
    expect(one.page.locator(".asked")).to_contain_text(TRAM)


def test_what_was_shown_is_exported_and_verified(tab: Tab, server: Server, tmp_path: Path) -> None:
    """As Markdown with a footnote for each quote, and as JSON that `pullquote verify` accepts."""
    tab.ask(AI_ACT)
    tab.ask("How long is the ferry Quillon Star?")
    tab.ask(UNKNOWN)
    shown = [
        words.rpartition(" [")[0] for words in tab.page.locator("blockquote").all_inner_texts()
    ]
    tab.unfold("This conversation")
    for name, file in (("Export Markdown", "kept.md"), ("Export JSON", "kept.json")):
        with tab.page.expect_download() as caught:
            tab.page.get_by_role("button", name=name).click()
        assert Path(caught.value.suggested_filename).suffix == Path(file).suffix
        caught.value.save_as(tmp_path / file)
    answers = json.loads((tmp_path / "kept.json").read_text(encoding="utf-8"))
    quotes = [quote for answer in answers for quote in answer["quotes"]]
    assert [quote["text"] for quote in quotes] == shown
    assert quotes[0]["source"] == server.ask(AI_ACT)["quotes"][0]["source"]
    assert [answer["status"] for answer in answers] == ["answered", "answered", "abstained"]
    markdown = (tmp_path / "kept.md").read_text(encoding="utf-8")
    nearest = answers[-1]["nearest"]
    footnotes = re.findall(r"(?m)^\[\^(\d+)\]: (.*)$", markdown)
    assert [number for number, _ in footnotes] == [
        str(n) for n in range(1, len(quotes) + len(nearest) + 1)
    ]
    for quote, (_, note) in zip([*quotes, *nearest], footnotes, strict=True):
        place = f"{quote['article']}:{quote['start']}-{quote['end']}"
        assert escape(place) in note
        assert f"> {escape(quote['text'])}\n" in markdown
    assert SILENCE in markdown
    checked = subprocess.run(
        [sys.executable, "-m", "pullquote", "verify", str(tmp_path / "kept.json")],
        cwd=ROOT,
        env=environment(server.corpus, server.embeddings),
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_question_is_asked_again_edited_and_taken_back(tab: Tab) -> None:
    """Only the last one; the conversation is as long as before, or shorter by one.

    What is being typed meanwhile stays in the box, until a question takes its place.
    """
    tab.ask(TRAM)
    tab.ask(UNKNOWN)
    page = tab.page
    for tool in ("Edit", "Ask again", "Undo"):
        expect(page.get_by_role("button", name=tool)).to_have_count(1)
    box = page.get_by_role("textbox", name="Question")
    box.fill("Half a question")
    tab.answers.last.evaluate("answer => answer.setAttribute('data-before', '')")
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator("[data-before]")).to_have_count(0)
    tab.expect_answer(2)
    expect(page.locator(".asked")).to_have_count(2)
    expect(page.locator(".asked").last).to_contain_text(UNKNOWN)
    expect(box).to_have_value("Half a question")
    page.get_by_role("button", name="Edit").click()
    expect(tab.answers).to_have_count(1)
    expect(box).to_have_value(UNKNOWN)
    tab.ask("What is the capital of Chile?")
    expect(page.locator(".asked").last).to_contain_text("Chile")
    page.get_by_role("button", name="Undo").press(" ")
    expect(tab.answers).to_have_count(1)
    expect(page.locator(".asked")).to_contain_text(TRAM)
    page.get_by_role("button", name="Undo").click()
    expect(tab.answers).to_have_count(0)
    expect(page.locator("a.talk")).to_have_count(0)


def test_ratings_are_written_with_their_reason(tab: Tab, server: Server) -> None:
    """A line for each answer that was rated; a rating that is taken back leaves none."""
    file = server.embeddings / "feedback.jsonl"
    before = _lines(file) if file.exists() else []
    quote = server.ask(LIGHTHOUSE)["quotes"][0]
    tab.ask(LIGHTHOUSE)
    good, bad = (
        tab.page.get_by_role("button", name=name, exact=True)
        for name in ("Good answer", "Not good")
    )
    good.click()
    expect(good).to_have_attribute("aria-pressed", "true")
    *others, line = _lines(file)
    assert others == before
    place = {key: quote[key] for key in ("article", "start", "end")}
    assert (line["question"], line["rating"], line["gold"]) == (LIGHTHOUSE, "up", [place])
    expect(tab.page.locator("#why")).to_be_hidden()
    bad.click()
    expect(tab.page.locator("#why")).to_be_visible()
    tab.page.get_by_role("radio", name="Out of date").check()
    tab.page.get_by_placeholder("In your words").fill("It was <i>raised</i> in May.")
    tab.page.get_by_role("button", name="Send").click()
    expect(tab.page.locator("#why")).to_be_hidden()
    *others, line = _lines(file)
    assert others == before
    assert (line["rating"], line["reason"]) == ("down", "Out of date: It was <i>raised</i> in May.")
    bad.click()
    expect(bad).to_have_attribute("aria-pressed", "false")
    assert _lines(file) == before


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
