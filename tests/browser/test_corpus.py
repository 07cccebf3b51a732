"""The articles and the index in a real browser: followed, refreshed, filtered, found, guarded."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import expect

from tests.browser.tabs import Server, Tab, serve
from tests.browser.traps import BROKEN, LIGHTHOUSE, TRAM

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, prepared: Path) -> Iterator[Server]:
    """Serve articles that are edited, added and counted here."""
    folder = tmp_path_factory.mktemp("edited") / "served"
    shutil.copytree(prepared, folder)
    with serve(folder / "corpus", folder / "embeddings", folder / "log") as server:
        yield server


def test_an_edit_is_followed_without_a_reload(open_tab: Callable[..., Tab], server: Server) -> None:
    """Every tab's status changes by itself, and the new words are quoted; nobody is disturbed."""
    one, two = open_tab(), open_tab()
    one.ask(LIGHTHOUSE)
    expect(one.page.locator("mark.quote").first).to_contain_text("41 metres")
    before = [_articles_in(tab) for tab in (one, two)]
    box = one.page.get_by_role("textbox", name="Question")
    box.fill("How tall")
    _edit(server.corpus / "traps/edited.md", "41 metres", "57 metres")
    (server.corpus / "traps/new.md").write_text("---\ntags: [brand-new]\n---\n\nA fair.\n")
    for tab, count in zip((one, two), before, strict=True):
        expect(tab.page.locator("#status")).to_contain_text(f"{count + 1} articles")
        expect(tab.page.locator("#status")).to_contain_text("following the folder")
    expect(box).to_have_value("How tall")
    expect(box).to_be_focused()
    expect(one.page.locator("#report")).to_have_text("")
    expect(one.page.locator("mark.quote").first).to_contain_text("41 metres")
    two.ask(LIGHTHOUSE)
    expect(two.page.locator(".answer")).to_contain_text("57 metres")
    expect(two.page.locator("mark.quote").first).to_contain_text("57 metres")
    two.unfold("Filters")
    two.page.locator("#tags input").click()
    expect(two.page.locator("#tags [role=option]").filter(has_text="brand-new")).to_be_visible()


def test_unpublished_articles_are_quoted_on_request_and_marked(tab: Tab) -> None:
    """As a filter, which is counted while it is on."""
    tab.ask("How many debts does the Ottermouth ledger list?")
    expect(tab.page.locator(".answer")).not_to_contain_text("318")
    tab.unfold("Filters")
    tab.page.get_by_role("checkbox", name="Unpublished articles too").check()
    expect(tab.page.get_by_role("button", name="Filters (1 on)")).to_be_visible()
    tab.ask("How many debts does the Ottermouth ledger list?")
    expect(tab.page.locator(".answer").last).to_contain_text("318 debts")
    expect(tab.page.locator(".state").first).to_have_text("draft")


def test_filters_hold_and_mistakes_are_one_line(tab: Tab) -> None:
    """A day that is none is told in one line; a filter leaves out what it should."""
    tab.unfold("Filters")
    tab.page.get_by_role("textbox", name="Since").fill("yesterday")
    tab.ask(TRAM)
    expect(tab.page.locator("#chat [role=alert]")).to_have_text(
        "since: 'yesterday' is not a date; write it as YYYY-MM-DD"
    )
    tab.page.get_by_role("textbox", name="Since").fill("2030-01-01")
    tab.ask(TRAM)
    expect(tab.page.locator(".answer").last).to_contain_text("No article passes the filters.")


def test_a_filter_in_words_is_shown_and_taken_away(tab: Tab) -> None:
    """By mouse and by keyboard; the same question is asked again without it."""
    tab.ask(f"{TRAM} tag:zorblax since:2025-01-01")
    answers = tab.page.locator("#chat .answer")
    chips = answers.last.get_by_role("button", name="Remove filter")
    expect(chips).to_have_count(2)
    answers.last.get_by_role("button", name="Remove filter “tag:zorblax”").click()
    expect(answers).to_have_count(2)
    expect(tab.page.locator(".asked").last).to_contain_text("without the filter “tag:zorblax”")
    expect(chips).to_have_count(1)
    chips.press(" ")
    expect(answers).to_have_count(3)
    expect(chips).to_have_count(0)
    expect(answers.last.locator("figure").first).to_be_visible()


_PRESS = """(chip, [dx, dy]) => {
  const box = chip.getBoundingClientRect(), [x, y] = [box.x + 9, box.y + 9];
  const send = (kind, target, clientX, clientY) =>
    target.dispatchEvent(new MouseEvent(kind, { bubbles: true, clientX, clientY }));
  send("mousedown", chip, x, y);
  send("mouseup", chip.closest(".answer"), x + dx, y + dy);
}"""


def test_a_press_counts_where_it_began(tab: Tab) -> None:
    """An answer moves as it arrives: what was pressed is meant, not what came under the mouse."""
    tab.ask(f"{TRAM} tag:zorblax since:2025-01-01")
    chip = tab.page.locator("#chat").get_by_role("button", name="Remove filter “tag:zorblax”")
    chip.evaluate(_PRESS, [60, 60])  # who moves the mouse away has thought better of it
    chip.evaluate(_PRESS, [0, 0])
    tab.expect_answer(2)
    expect(tab.page.locator(".asked").last).to_contain_text("without the filter “tag:zorblax”")
    tab.ask(TRAM)
    expect(tab.answers).to_have_count(3)


def test_an_article_is_found_by_its_title_and_opened(tab: Tab) -> None:
    """As one types; nothing is marked in it, for nothing was asked."""
    tab.unfold("Articles")
    shown = tab.page.locator("#articles a.article")
    expect(shown.first).to_be_visible()
    tab.page.get_by_placeholder("Find an article").press_sequentially("osmere")
    expect(shown).to_have_count(1)
    expect(shown.locator("mark")).to_have_text("Osmere")
    shown.click()
    expect(tab.page.locator("#panel h2")).to_have_text("The Osmere Viaduct")
    expect(tab.page.locator("#panel .body")).to_contain_text("arches of brick")
    expect(tab.page.locator("mark.quote")).to_have_count(0)
    tab.page.get_by_placeholder("Find an article").fill("xylophone quartet")
    expect(tab.page.locator("#articles [role=status]")).to_have_text(
        "No article matches “xylophone quartet”."
    )


def test_the_overview_is_drawn_and_follows_a_filter(tab: Tab) -> None:
    """Both plots are pictures of their own making; each says in words what it shows."""
    tab.unfold("Overview")
    plots = tab.page.locator("#overview .plot")
    expect(plots).to_have_count(2)
    for number in range(2):
        expect(plots.nth(number).locator("svg, canvas").first).to_be_visible()
    said = tab.page.locator("#overview .plot-said")
    expect(said).to_have_count(2)
    before = said.all_inner_texts()
    tab.unfold("Filters")
    tab.page.get_by_role("textbox", name="Since").fill("2025-04-01")
    tab.page.get_by_role("textbox", name="Since").press("Tab")
    expect(tab.page.locator("#passing")).to_contain_text("pass these filters")
    for number in range(2):
        expect(said.nth(number)).not_to_have_text(before[number])
    for number in range(2):
        expect(plots.nth(number).locator("svg, canvas").first).to_be_visible()


def test_the_index_tells_what_it_skipped_and_why(tab: Tab) -> None:
    """By file, with a reason."""
    tab.unfold("Index")
    item = tab.page.locator("#index details.problem li").filter(has_text=BROKEN)
    expect(item).to_be_visible()
    expect(item.locator("code")).to_have_text(BROKEN)
    assert item.inner_text().removeprefix(BROKEN).strip()


def test_a_page_behind_a_password_asks_for_it(
    prepared: Path, tmp_path: Path, new_tab: Callable[..., Tab]
) -> None:
    """A wrong one is refused; after the right one the page works."""
    shutil.copytree(prepared / "embeddings", tmp_path / "embeddings")
    options = ("--auth", "mira:brick arch")
    with serve(prepared / "corpus", tmp_path / "embeddings", tmp_path / "log", *options) as server:
        tab = new_tab(server)
        tab.page.goto(server.address)
        expect(tab.page.get_by_text("sign in to read these articles")).to_be_visible()
        expect(tab.page.locator("#question")).to_have_count(0)
        for password, refused in (("wrong", True), ("brick arch", False)):
            tab.page.get_by_label("username").fill("mira")
            tab.page.get_by_label("password").fill(password)
            tab.page.get_by_role("button", name="Login").click()
            if refused:
                expect(tab.page.get_by_text("Incorrect Credentials")).to_be_visible()
                expect(tab.page.locator("#question")).to_have_count(0)
                # What the browser itself says of the answer 400 or 401.
                tab.complaints[:] = [c for c in tab.complaints if "Failed to load" not in c]
        expect(tab.page.locator("#status")).to_contain_text("passages")
        tab.ask(LIGHTHOUSE)
        expect(tab.page.locator("mark.quote").first).to_contain_text("41 metres")
        tab.leave("about:blank")


def _articles_in(tab: Tab) -> int:
    status = tab.page.locator("#status")
    expect(status).to_have_text(re.compile(r"^\s*[\d,]+ articles?\b"))  # and not how long it takes
    return int(status.inner_text().split()[0].replace(",", ""))


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    path.write_text(text.replace(old, new))
