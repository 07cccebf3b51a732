"""An answer that a language model writes, in a real browser, while it is written."""

import shutil
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import expect

from tests.browser.tabs import Server, Tab, serve
from tests.browser.traps import AI_ACT
from tests.llm_server import Server as Model
from tests.llm_server import says, says_when_let, serving

pytestmark = pytest.mark.browser

# What stands in the chat in each frame that the browser draws, as often as it changes.
_FILM = """
() => {
  window.film = [];
  const look = () => {
    const answer = document.querySelector("#chat .answer");
    const frame = answer && {
      quotes: answer.querySelectorAll("figure").length,
      written: answer.querySelector(".written")?.textContent ?? "",
    };
    const last = window.film.at(-1);
    if (JSON.stringify(frame) !== JSON.stringify(last ?? null)) window.film.push(frame);
    requestAnimationFrame(look);
  };
  look();
}
"""


@pytest.fixture(scope="module")
def model() -> Iterator[Model]:
    """Open a language model, which says what its test plans."""
    with serving(says()) as model:
        yield model


@pytest.fixture(scope="module")
def written(
    tmp_path_factory: pytest.TempPathFactory, prepared: Path, model: Model
) -> Iterator[Server]:
    """Serve a copy of the prepared folder with that model."""
    folder = tmp_path_factory.mktemp("written") / "served"
    shutil.copytree(prepared, folder)
    options = ("--llm", model.url, "--llm-model", "tiny")
    with serve(folder / "corpus", folder / "embeddings", folder / "log", *options) as server:
        yield server


def test_sentences_are_shown_as_they_are_accepted(
    new_tab: Callable[..., Tab], written: Server, model: Model
) -> None:
    """Above quotes that stand still; citations open meanwhile, and nothing is taken back."""
    model.replies[:] = [says("[2]\nNothing.\n[1]")]
    answer = written.ask(AI_ACT)
    assert len(answer["quotes"]) == 2
    reply, let = says_when_let("[2]\n", "Nothing.\n", "[1]\n")
    model.replies[:] = [reply]
    tab = new_tab(written)
    tab.open(written.address)
    tab.page.evaluate(_FILM)
    box = tab.page.get_by_role("textbox", name="Question")
    box.fill(AI_ACT)
    box.press("Enter")
    prose = tab.page.locator("#chat .written")
    expect(prose).to_have_class("written writing")
    expect(tab.page.locator("#chat figure")).to_have_count(len(answer["quotes"]))
    let()
    expect(prose).to_contain_text("[2]")
    prose.get_by_text("[2]").click()
    tab.expect_quote(2, answer["quotes"][1], written.corpus)
    prose.get_by_text("[2]").focus()
    let()
    let()
    expect(prose).to_contain_text("[1]")
    expect(prose.get_by_text("[2]")).to_be_focused()
    tab.expect_answer(1)
    expect(prose).to_have_class("written")
    expect(prose).to_have_text(answer["text"])
    tab.expect_quote(2, answer["quotes"][1], written.corpus)
    film = tab.page.evaluate("window.film")
    assert None not in film
    for before, after in pairwise(film):
        assert after["quotes"] >= before["quotes"]
        assert after["written"].startswith(before["written"])
