"""Articles that attack the page, in a real browser: nothing of theirs runs, loads or hides it."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import expect

from tests.browser.hostile import PAYLOADS, question_about, title_of, write_hostile, yield_of
from tests.browser.tabs import Server, Tab, serve
from tests.browser.traps import RUN

pytestmark = pytest.mark.browser

_LEAST = 100  # injections
_ASKED_IN_ONE = 5  # questions of a conversation
# What holds words of articles and of visitors, without what gradio puts around it.
_OURS = ".answer, .asked, #panel .source, #talks nav, ul.articles, nav.suggestions, #preview"
_FOREIGN = "script,iframe,form,style,link,base,meta,svg,math,object,embed,button,input"
_OWN_LINK = re.compile(r"#|https?://|blob:")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve nothing but hostile articles."""
    folder = tmp_path_factory.mktemp("hostile")
    assert write_hostile(folder / "corpus") >= _LEAST
    with serve(folder / "corpus", folder / "embeddings", folder / "log") as server:
        yield server


def _expect_unharmed(tab: Tab) -> None:
    """Check that nothing has run, that the page stands, and that every link is one of its own."""
    page = tab.page
    assert page.evaluate("[typeof window.ran, typeof window.top.ran]") == ["undefined"] * 2
    tab.expect_no_overflow()
    expect(page.locator("#ask")).to_have_count(1)
    expect(page.locator("#ask")).to_be_visible()
    foreign = page.locator(_OURS).locator(":scope :is(" + _FOREIGN + ")")
    assert foreign.evaluate_all("all => all.map(e => e.outerHTML.slice(0, 200))") == []
    handlers = page.locator(_OURS).evaluate_all(
        "all => all.flatMap(box => [...box.querySelectorAll('*')]).filter("
        "e => [...e.attributes].some(a => a.name.startsWith('on') || a.name === 'style'))"
        ".map(e => e.outerHTML.slice(0, 200))"
    )
    assert handlers == []
    links = page.locator("a[href]").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert [href for href in links if not _OWN_LINK.match(href)] == []
    pictures = page.locator("#chat img, #panel img, #side img")
    sources = pictures.evaluate_all("all => all.map(i => i.getAttribute('src'))")
    assert [source for source in sources if not source.startswith("data:image/")] == []


@pytest.mark.parametrize("width", [1440, 390])
def test_answers_out_of_hostile_articles_are_text(
    hostile: Server, new_tab: Callable[..., Tab], width: int
) -> None:
    """Each is asked about, hovered, opened and stepped through; half of them at each width."""
    tab = new_tab(hostile, width, 900)
    tab.open(hostile.address)
    for turn, number in enumerate(range(width == 390, len(PAYLOADS), 2)):
        if turn and turn % _ASKED_IN_ONE == 0:
            tab.leave()
            _begin_anew(tab, width)
        tab.ask(question_about(number))
        answer = tab.page.locator("#chat .answer").last
        expect(answer).to_contain_text(yield_of(number))
        tab.cite(1).hover()
        expect(tab.page.locator("#preview")).to_be_visible()
        tab.cite(1).click()
        expect(tab.page.locator('mark[aria-current="true"]').first).to_be_visible()
        tab.expect_no_overflow()
    _expect_unharmed(tab)


def _begin_anew(tab: Tab, width: int) -> None:
    expect(tab.answers).to_have_count(_ASKED_IN_ONE)
    _expect_unharmed(tab)
    if width < 1180:
        tab.page.get_by_role("button", name="Menu").click()
    tab.page.get_by_role("button", name="New conversation").click()
    expect(tab.answers).to_have_count(0)
    if width < 1180:
        tab.page.keyboard.press("Escape")


@pytest.mark.parametrize("width", [1440, 390])
def test_hostile_articles_open_from_the_list_as_text(
    hostile: Server, new_tab: Callable[..., Tab], width: int
) -> None:
    """Title, names, tags, summary, links and pictures included."""
    tab = new_tab(hostile, width, 900)
    tab.open(hostile.address)
    if width < 1180:
        tab.page.get_by_role("button", name="Menu").click()
    tab.unfold("Articles")
    shown = tab.page.locator("#articles a.article")
    expect(shown).to_have_count(len(PAYLOADS))
    for number in range(len(PAYLOADS)):
        # By script, for a narrow page puts the list away at each click.
        shown.filter(has_text=title_of(number)).first.evaluate("a => a.click()")
        expect(tab.page.locator("#panel h2")).to_contain_text(title_of(number))
        expect(tab.page.locator("#panel .body")).to_contain_text(yield_of(number))
        _expect_unharmed(tab)


def test_hostile_questions_and_names_are_text(
    hostile: Server, new_tab: Callable[..., Tab], tmp_path: Path
) -> None:
    """In the chat, in the list of conversations, after a reload, and in what is exported."""
    tab = new_tab(hostile)
    tab.open(hostile.address)
    for payload in (RUN, *PAYLOADS[::8]):
        tab.ask(f"{question_about(0)} {payload[:1900]}")
    expect(tab.page.locator(".asked").first).to_contain_text(RUN)
    tab.unfold("This conversation")
    name = tab.page.get_by_role("textbox", name="Name")
    name.fill(RUN)
    name.press("Enter")
    expect(tab.page.locator("a.talk")).to_contain_text("<script>")
    with tab.page.expect_download() as caught:
        tab.page.get_by_role("button", name="Export JSON").click()
    assert re.fullmatch(r"[\w-]+\.json", caught.value.suggested_filename)
    caught.value.save_as(tmp_path / "kept.json")
    kept = json.loads((tmp_path / "kept.json").read_text(encoding="utf-8"))
    assert RUN in kept[0]["question"]
    tab.leave()
    expect(tab.page.locator("a.talk")).to_contain_text("<script>")
    expect(tab.page.locator(".asked").first).to_contain_text(RUN)
    _expect_unharmed(tab)
