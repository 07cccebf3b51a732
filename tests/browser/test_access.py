"""The page for keyboards, screen readers and narrow screens, in a real browser, and by axe-core."""

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.tabs import Server, Tab
from tests.browser.traps import AI_ACT, LIGHTHOUSE, TRAM, UNKNOWN

pytestmark = pytest.mark.browser

_GRAVE = ("serious", "critical")
_DRAWER = 1024  # pixels wide, where the sidebar is a drawer
# What gradio makes and offers no handle for: (rule, part of the element's HTML) → why.
_GRADIOS_OWN: dict[tuple[str, str], str] = {}


def _expect_accessible(tab: Tab) -> None:
    """Check that axe finds nothing serious that is ours."""
    tab.page.wait_for_timeout(400)  # a colour that still changes has no contrast of its own
    found = Axe().run(tab.page).response["violations"]
    grave = [
        f"{rule['id']} ({rule['impact']}): {element['html'][:300]} {element['target']}"
        f" {_why(element)}"
        for rule in found
        if rule["impact"] in _GRAVE
        for element in rule["nodes"]
        if not any(rule["id"] == name and part in element["html"] for name, part in _GRADIOS_OWN)
    ]
    assert grave == []


def _why(element: dict[str, Any]) -> str:
    return "; ".join(check["message"] for check in [*element["any"], *element["all"]])


@pytest.mark.parametrize(
    ("width", "path"), [(1440, ""), (1440, "?__theme=dark"), (390, ""), (_DRAWER, "?__theme=dark")]
)
def test_nothing_grave_is_found_on_the_page(
    open_tab: Callable[..., Tab], width: int, path: str
) -> None:
    """While it is empty, with an answer, with a silence, and with a source opened."""
    tab = open_tab(width, 900, path)
    _expect_accessible(tab)
    tab.ask(AI_ACT)
    tab.page.locator("details.copies summary").first.click()
    tab.page.get_by_role("button", name="Not good", exact=True).click()
    expect(tab.page.locator("#why")).to_be_visible()
    _expect_accessible(tab)
    tab.ask(UNKNOWN)
    tab.page.locator("a.near").first.click()
    expect(tab.page.locator("mark.quote").first).to_be_visible()
    _expect_accessible(tab)


@pytest.mark.parametrize("path", ["", "?__theme=dark"])
@pytest.mark.parametrize("width", [1440, _DRAWER])
def test_nothing_grave_is_found_in_the_sidebar(
    open_tab: Callable[..., Tab], width: int, path: str
) -> None:
    """With everything in it unfolded, as a column and as a drawer."""
    tab = open_tab(width, 900, path)
    tab.ask(TRAM)
    if width == _DRAWER:
        tab.page.get_by_role("button", name="Menu").click()
    for name in ("This conversation", "Filters", "Articles", "Overview", "Index"):
        tab.unfold(name)
    expect(tab.page.locator("#overview .plot").first.locator("svg, canvas").first).to_be_visible()
    _expect_accessible(tab)


def test_a_citation_that_is_pointed_at_shows_its_quote(tab: Tab, server: Server) -> None:
    """By mouse and by keyboard; Escape puts it away, and so does going elsewhere."""
    quotes = server.ask(AI_ACT)["quotes"]
    tab.ask(AI_ACT)
    preview = tab.page.get_by_role("tooltip")
    expect(preview).to_have_count(0)
    tab.cite(1).hover()
    expect(preview).to_contain_text(quotes[0]["text"])
    expect(preview).to_contain_text(quotes[0]["title"])
    expect(tab.cite(1)).to_have_attribute("aria-describedby", "preview")
    tab.page.keyboard.press("Escape")
    expect(preview).to_have_count(0)
    tab.page.mouse.move(5, 5)
    tab.page.get_by_role("textbox", name="Question").focus()
    for _ in range(40):
        tab.page.keyboard.press("Shift+Tab")
        if tab.page.evaluate("document.activeElement.matches('figure a.cite')"):
            break
    last = tab.cite(len(quotes))
    expect(last).to_be_focused()
    expect(preview).to_contain_text(quotes[-1]["text"])
    tab.page.keyboard.press("Escape")
    expect(preview).to_have_count(0)
    expect(last).to_be_focused()


def test_a_slash_goes_to_the_question(tab: Tab) -> None:
    """Unless something is being typed, where it is a slash."""
    box = tab.page.get_by_role("textbox", name="Question")
    box.press("Escape")
    expect(box).not_to_be_focused()
    tab.page.keyboard.press("/")
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    tab.page.keyboard.type("1/2")
    expect(box).to_have_value("1/2")


def test_the_drawer_opens_and_closes(open_tab: Callable[..., Tab]) -> None:
    """By its button, by Escape and by a click beside it; what is closed is not tabbed through."""
    tab = open_tab(_DRAWER, 800)
    tab.ask(LIGHTHOUSE)
    page = tab.page
    menu, side = page.get_by_role("button", name="Menu"), page.locator("#side")
    expect(menu).to_have_attribute("aria-expanded", "false")
    expect(side).to_be_hidden()
    menu.press("Enter")
    expect(menu).to_have_attribute("aria-expanded", "true")
    expect(side).to_be_visible()
    expect(page.get_by_role("button", name="New conversation")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("a.talk")).to_be_focused()
    page.keyboard.press("Escape")
    expect(side).to_be_hidden()
    expect(menu).to_have_attribute("aria-expanded", "false")
    expect(menu).to_be_focused()
    menu.click()
    expect(side).to_be_visible()
    page.mouse.click(_DRAWER - 500, 500)
    expect(side).to_be_hidden()
    menu.click()
    page.locator("a.talk").click()
    expect(side).to_be_hidden()
    tab.expect_no_overflow()
