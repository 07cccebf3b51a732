"""Reports, the state of the index and the page as a whole, without a browser."""

import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import gradio as gr
import pytest

from pullquote import Chatbot, Problem, RefreshReport
from pullquote.app import build, create_server, render
from pullquote.app.about.following import Following
from tests.fakes import WordEmbedder, fill, in_a_loop

_HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"
_SOON = 10  # seconds, after which nobody waits any more for something that takes one
_PAGES = {
    "tram.md": """---
title: The Tram
date: 2024-12-05
tags: [tram]
url: https://example.com/tram/
---

The extension of the tram will cost 47.9 million pounds. It was voted for in
November.

| Line | Stops |
| --- | ---: |
| Harbour | 12 |
| | 7 |
| Hill | **9** |

- Works begin in April.
- Works end in May.
""",
    "chess.md": """---
title: The Crown
---

Gukesh Dommaraju is the new world chess champion. He is 18.
""",
}


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for something that another thread does."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < _SOON
        time.sleep(0.02)


def fail(line: str) -> None:
    """Fail, for nothing is to be told."""
    pytest.fail(line)


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Chatbot:
    """Open a bot over two articles."""
    folder = tmp_path_factory.mktemp("app")
    (folder / "corpus").mkdir()
    for name, text in _PAGES.items():
        (folder / "corpus" / name).write_bytes(text.encode())
    bot = Chatbot(folder / "corpus", embeddings=folder / "embeddings")
    bot.refresh()
    return bot


class TestRender:
    """Reports and errors as HTML."""

    def test_a_report_is_escaped(self) -> None:
        """Names of files and reasons may hold anything."""
        html = render.show_report(RefreshReport(skipped=(Problem(_HOSTILE, _HOSTILE),)))
        assert "<script" not in html
        assert "<img" not in html

    @pytest.mark.parametrize(
        "url",
        [
            "javascript:alert(1)",
            "data:text/html,x",
            "//x.example",
            "java\nscript:x",
            "http:",
            "",
            None,
        ],
    )
    def test_only_web_pages_are_linked(self, url: str | None) -> None:
        """Only web pages are linked."""
        assert render.safe_link(url) is None

    def test_a_page_may_be_http_or_https(self) -> None:
        """A page may be http or https."""
        assert render.safe_link("http://example.com/a?b=c") == "http://example.com/a?b=c"
        assert render.safe_link("HTTPS://example.com") == "HTTPS://example.com"

    def test_a_report_counts_and_gives_reasons(self) -> None:
        """A report counts and gives reasons."""
        report = RefreshReport(
            added=2, embedded=1, seconds=0.5, skipped=(Problem("x.md", "is empty"),)
        )
        html = render.show_report(report)
        assert "2 added; 1 passage embedded in 0.5 s." in html
        assert "x.md" in html and "is empty" in html

    def test_days_are_written_out(self) -> None:
        """Days are written out."""
        assert render.show_day(date(2025, 2, 9)) == "9 February 2025"

    @pytest.mark.parametrize(
        ("followed", "trouble", "changed", "said"),
        [
            (True, "", 3, "following the folder"),
            (True, "a <b>", 3, '<strong class="trouble">a &lt;b&gt;</strong>'),
            (False, "", 3, '<strong class="stale">3 articles changed since</strong>'),
        ],
    )
    def test_the_status_says_how_current_it_is(
        self, followed: bool, trouble: str, changed: int, said: str
    ) -> None:
        """Whoever follows the folder needs no count of what is out of date."""
        state = {"generation": 4, "articles": 1, "passages": 1200, "unpublished": 0}
        stale = {"added": changed, "changed": 0, "removed": 0, "renamed": 0}
        line = render.show_status({**state, **stale}, followed=followed, trouble=trouble)
        dot = '<span class="dot"> · </span>'
        assert line == f'<p class="status-line">1 article{dot}1,200 passages{dot}{said}</p>'

    def test_the_status_counts_what_is_unpublished(self) -> None:
        """Those are articles too, but not quoted."""
        state = {"generation": 4, "articles": 5, "passages": 9, "unpublished": 2}
        assert "5 articles (2 unpublished)<" in render.show_status(state, followed=True)

    @pytest.mark.parametrize(
        ("followed", "trouble", "said"),
        [
            (False, "", ": press Refresh to make one."),
            (True, "", ": the folder is being read."),
            (True, "<i>", '<span class="dot"> · </span><strong class="trouble">&lt;i&gt;</strong>'),
        ],
    )
    def test_no_index_is_a_status_too(self, followed: bool, trouble: str, said: str) -> None:
        """It says what to do, if anything."""
        line = render.show_no_index(followed=followed, trouble=trouble)
        assert line == f'<p class="status-line"><strong>No index yet</strong>{said}</p>'

    def test_a_stamp_is_escaped(self) -> None:
        """It may be an error with anything in it."""
        assert render.show_stamped("x", '1 "<') == '<div data-stamp="1 &quot;&lt;">x</div>'


class TestFollowing:
    """The status line follows the index."""

    @pytest.fixture
    def small(self, tmp_path: Path) -> Chatbot:
        """Open a bot over two small articles, one of them a draft."""
        draft = "---\ndraft: true\ntags: [late]\n---\n\nBeta.\n"
        corpus = fill(tmp_path / "corpus", {"a.md": "Alpha.\n", "b.md": draft})
        bot = Chatbot(
            corpus, embeddings=tmp_path / "embeddings", embedder=WordEmbedder(), reader=None
        )
        bot.refresh()
        return bot

    def test_while_the_folder_is_followed_the_status_says_so(self, small: Chatbot) -> None:
        """It neither counts what is out of date nor looks for it."""
        following = Following(small)
        (small.corpus / "c.md").write_text("Gamma.\n")
        assert following.state()["added"] == 1
        assert following.is_on is False
        with following.follow(fail):
            wait_until(lambda: following.stamp() == "2")
            line = render.show_status(following.state(), followed=following.is_on)
            assert "following the folder" in line
            assert "added" not in following.state()
        assert following.is_on is False

    def test_what_was_skipped_is_told_though_the_folder_is_followed(self, small: Chatbot) -> None:
        """As `status` tells it."""
        (small.corpus / "c.md").write_bytes(b"Caf\xe9.\n")
        small.refresh()
        following = Following(small)
        with following.follow(fail):
            state = following.state()
        every = small.status()
        assert [problem["article"] for problem in state["skipped"]] == ["c.md"]
        assert state.items() <= every.items()

    def test_trouble_is_told_once_and_shown_until_it_is_over(self, small: Chatbot) -> None:
        """The stamp moves with it, so that the page hears of it."""
        following, said = Following(small), list[str]()
        away = small.corpus.with_name("away")
        trouble = f"{small.corpus}: is gone; put it back or stop watching"
        with following.follow(said.append):
            small.corpus.rename(away)
            wait_until(lambda: bool(said))
            assert following.stamp() == f"1 {trouble}"
            assert following.trouble == trouble
            away.rename(small.corpus)
            assert following.stamp() == "1"
        assert said == [trouble]

    def test_a_page_and_a_server_start_no_thread(self, small: Chatbot) -> None:
        """Only `serve` follows the folder."""
        in_a_loop(lambda: create_server(small, page=build(small, examples=[])))
        assert "pullquote-watch" not in {thread.name for thread in threading.enumerate()}


class TestPage:
    """The page as a whole."""

    def test_examples_may_be_given(self, bot: Chatbot) -> None:
        """Examples may be given."""
        page = in_a_loop(lambda: build(bot, examples=["Who?"]))
        assert _examples_of(page) == ["Who?"]

    def test_examples_are_answered_by_the_articles(self, bot: Chatbot) -> None:
        """Examples are answered by the articles."""
        for question in _examples_of(in_a_loop(lambda: build(bot))):
            assert bot.ask(question).status == "answered"

    def test_a_page_needs_no_index(self, tmp_path: Path) -> None:
        """A page needs no index."""
        (tmp_path / "corpus").mkdir()
        bot = Chatbot(tmp_path / "corpus", embeddings=tmp_path / "none")
        page = in_a_loop(lambda: build(bot))
        assert _examples_of(page) == []


def _examples_of(page: gr.Blocks) -> list[str]:
    (chat,) = (part for part in page.blocks.values() if isinstance(part, gr.Chatbot))
    return [example["text"] for example in chat.examples or []]
