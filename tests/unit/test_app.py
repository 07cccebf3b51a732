"""The page's HTML and the HTTP interface, without a browser."""

import asyncio
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path
from typing import TypeVar

import gradio as gr
import pytest
from fastapi.testclient import TestClient

from pullquote import Answer, Article, Chatbot, InputError, Problem, Quote, RefreshReport, Span
from pullquote.answers.writers import Extractive
from pullquote.app import build, create_server, panel, render, serve
from pullquote.app.actions import Actions
from pullquote.app.examples import Examples
from pullquote.app.following import Following
from pullquote.app.sources import open_source
from pullquote.articles.files import read_article
from pullquote.filters import Filter, PlainFilter
from tests.fakes import WordEmbedder, fill

_MARK = re.compile(
    r'<mark class="quote" data-n="(\d+)" data-start="(\d+)" data-end="(\d+)"'
    r'( aria-current="true")?>'
)
Made = TypeVar("Made")
_TAG = re.compile(r"<[^>]+>")
_HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"
_TODAY = date(2025, 6, 1)
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


def in_a_loop(make: Callable[[], Made]) -> Made:
    """Make something of gradio's: outside of a running loop it leaks one for each of its locks."""

    async def made() -> Made:
        return make()

    return asyncio.run(made())


def make_article(text: str, path: str = "a.md") -> Article:
    """Return an article of some text."""
    return read_article(path, text.encode())[0]


def make_quote(article: Article, words: str) -> Quote:
    """Return the first place of some source in an article as a quote."""
    start = article.text.index(words)
    return Quote(article, Span(start, start + len(words)), 0.9)


def make_answer(quotes: Sequence[Quote], **more: object) -> Answer:
    """Return an answer as the default writer words it."""
    text = Extractive().write("Why?", quotes)
    fields: dict[str, object] = {"quotes": tuple(quotes), **more}
    return Answer("Why?", "Why?", "answered", 0.9, text, **fields)  # type: ignore[arg-type]


def marks_of(html: str) -> dict[int, list[tuple[str, int, int, bool]]]:
    """Return each quote's marks: what a browser would give as their text, and their places."""
    found: dict[int, list[tuple[str, int, int, bool]]] = {}
    for mark in _MARK.finditer(html):
        depth, end, place = 1, 0, mark.end()
        while depth:
            tag = next(re.compile(r"</?mark\b[^>]*>").finditer(html, place))
            depth += -1 if tag[0].startswith("</") else 1
            end, place = tag.span()
        words = unescape(_TAG.sub("", html[mark.end() : end]))
        found.setdefault(int(mark[1]), []).append(
            (words, int(mark[2]), int(mark[3]), mark[4] is not None)
        )
    return found


def joined(marks: Sequence[tuple[str, int, int, bool]]) -> str:
    """Return what the page promises to be the quote's text."""
    return " ".join(words for words, *_ in marks)


def make_actions(bot: Chatbot, following: Following) -> Actions:
    """Return the events of a page without examples."""
    return Actions(bot, Examples(bot, []), following)


def sent(**data: object) -> gr.EventData:
    """Return an event as the page sends it."""
    return gr.EventData(None, data)


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


@pytest.fixture(scope="module")
def client(bot: Chatbot) -> Iterator[TestClient]:
    """Open a client of the server over them."""
    with TestClient(in_a_loop(lambda: create_server(bot))) as client:
        yield client


class TestRender:
    """Answers, reports and errors as HTML."""

    def test_a_question_is_shown_as_it_was_typed(self) -> None:
        """A question is shown as it was typed."""
        shown = render.show_question("a <b> *c*\nd")
        assert shown == '<div class="asked">a &lt;b&gt; *c*<br>d</div>'

    def test_an_answer_cites_each_quote_and_says_where_it_is_from(self) -> None:
        """An answer cites each quote and says where it is from."""
        article = make_article(_PAGES["tram.md"], "2024/tram.md")
        html = render.show_answer(make_answer([make_quote(article, "Works begin in April.")]), 3)
        assert 'href="#quote-3-1"' in html
        assert re.search(r'<a class="cite"[^>]*>\[1\]</a>', html)
        assert "The Tram" in html and "5 December 2024" in html
        assert 'href="https://example.com/tram/#:~:text=' in html
        assert 'target="_blank" rel="noopener"' in html
        assert re.search(r"<code>2024/tram\.md:\d+-\d+</code>", html)

    def test_everything_from_articles_is_escaped(self) -> None:
        """Everything from articles is escaped."""
        text = f"---\ntitle: '{_HOSTILE}'\ntags: ['{_HOSTILE}']\n---\n\nWords `{_HOSTILE}` here.\n"
        article = make_article(text, "<b>.md")
        quote = make_quote(article, "Words")
        nearest = Answer("Why?", "Why?", "abstained", 0.1, "", (), (quote,), (_HOSTILE,))
        for html in (
            render.show_answer(make_answer([quote], notes=(_HOSTILE,)), 1),
            render.show_answer(nearest, 1),
            render.show_trouble(_HOSTILE),
            render.show_report(RefreshReport(skipped=(Problem(_HOSTILE, _HOSTILE),))),
            panel.show_panel(article, (quote,), 1),
            panel.show_changed(article),
            panel.show_notice(_HOSTILE),
        ):
            assert "<script" not in html and "<img" not in html and "<b>" not in html

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

    def test_a_chat_message_is_one_line(self) -> None:
        """A chat message is one line."""
        article = make_article("One\ntwo three.\n")
        answer = make_answer([make_quote(article, "One\ntwo three.")], notes=("a\n\nb",))
        assert "\n" not in render.show_answer(answer, 1)

    def test_silence_is_a_status_with_its_reasons_and_near_misses(self) -> None:
        """Silence is a status with its reasons and near misses."""
        article = make_article(_PAGES["chess.md"])
        quote = make_quote(article, "He is 18.")
        answer = Answer("Why?", "Why?", "abstained", 0.1, "", (), (quote,), ("Nothing close.",))
        html = render.show_answer(answer, 2)
        assert 'role="status">Your articles don\'t say' in html
        assert "Nothing close." in html
        assert '<a class="near" href="#near-2-1">' in html
        assert 'class="cite"' not in html

    def test_a_follow_up_says_how_it_was_understood_once(self) -> None:
        """A follow up says how it was understood once."""
        article = make_article(_PAGES["chess.md"])
        answer = Answer(
            "and he?",
            "Who? and he?",
            "answered",
            0.9,
            "He is 18 [1].",
            (make_quote(article, "He is 18."),),
            (),
            ("Understood as: Who? and he?",),
        )
        html = render.show_answer(answer, 1)
        assert html.count("Understood as") == 1
        assert "“Who? and he?”" in html

    def test_a_filter_read_from_words_is_a_button_that_takes_it_away(self) -> None:
        """Each that holds, by its place; one that gave way is told in a note and is no button."""
        march = Filter.of(since="2025-03-01")
        filters = (
            PlainFilter("since March", march, soft=True, applied=False),
            PlainFilter(f"tag:{_HOSTILE}", Filter.of(tags="a<b")),
        )
        html = render.show_answer(make_answer([], filters=filters), 3)
        assert re.findall(r'<a class="unfilter" role="button" href="([^"]+)">', html) == [
            "#filter-3-2"
        ]
        shown = unescape(_TAG.sub("", html))
        assert f"Remove filter “tag:{_HOSTILE}” → tag a<b" in shown
        assert "March" not in html
        assert "<script>" not in html

    def test_a_question_says_which_filters_were_taken_from_it(self) -> None:
        """Else the same question would have two answers."""
        html = render.show_question("Who? tag:a", ["tag:<a>"])
        assert "without the filter “tag:&lt;a&gt;”" in html
        assert "without" not in render.show_question("Who? tag:a")

    def test_prose_of_a_writer_is_shown_with_its_citations(self) -> None:
        """Prose of a writer is shown with its citations."""
        article = make_article(_PAGES["chess.md"])
        quote = make_quote(article, "He is 18.")
        answer = Answer("Why?", "Why?", "answered", 0.9, "Young <b> [1], not [7].", (quote,))
        html = render.show_answer(answer, 1)
        assert "Young &lt;b&gt; <a" in html
        assert len(re.findall(r">\[1\]</a>", html)) == 2
        assert "not [7]." in html

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

    def test_a_quote_names_the_articles_that_say_the_same(self) -> None:
        """Folded under its label, each with date, state and file, and everything escaped."""
        article = make_article("Alpha beta.\n")
        copy = make_article("---\ntitle: <b>Copy</b>\ndate: 2024-01-02\n---\n\nAlpha.", "<c>.md")
        draft = make_article("---\ntitle: Late\ndraft: true\n---\n\nAlpha.", "d.md")
        quote = replace(make_quote(article, "Alpha"), also=(copy, draft))
        assert render.show_credit(quote, _TODAY) == (
            '<span class="title">A</span><span class="dot"> · </span>'
            '<span class="place"><code>a.md:0-5</code></span><span class="dot"> · </span>'
            '<span class="place">line 1</span>'
            '<details class="also"><summary>also in 2 articles</summary><ul>'
            '<li>&lt;b&gt;Copy&lt;/b&gt;<span class="dot"> · </span>2 January 2024'
            '<span class="dot"> · </span><code>&lt;c&gt;.md</code></li>'
            '<li>Late<span class="dot"> · </span><span class="state">draft</span>'
            '<span class="dot"> · </span><code>d.md</code></li></ul></details>'
        )

    def test_a_table_row_is_shown_under_the_names_of_its_columns(self) -> None:
        """The words stay as they are; beneath them stands each cell with its column."""
        article = make_article("| <i>N</i>`<b>` | | 2025 |\n|-|-|-|\n| Foo | bar | `<x>` |\n")
        quote = make_quote(article, "Foo | bar | `<x>`")
        html = render.show_answer(make_answer([quote]), 1)
        assert "<blockquote>Foo bar &lt;x&gt; <a" in html
        assert (
            '</blockquote><dl class="cells"><div><dt>N&lt;b&gt;</dt><dd>Foo</dd></div>'
            "<div><dt></dt><dd>bar</dd></div><div><dt>2025</dt><dd>&lt;x&gt;</dd></div></dl>"
            "<figcaption>"
        ) in html

    def test_a_near_miss_from_a_table_names_its_columns(self) -> None:
        """In one line, for the whole card is a link."""
        article = make_article("| Ferry | Built |\n|-|-|\n| Foo | 1998 |\n")
        quote = make_quote(article, "Foo | 1998")
        html = render.show_answer(Answer("Why?", "Why?", "abstained", 0.1, "", (), (quote,)), 1)
        assert (
            '<span class="words">Foo 1998</span>'
            '<span class="from">Ferry: Foo<span class="dot"> · </span>Built: 1998</span>'
        ) in html

    @pytest.mark.parametrize(
        ("front", "state"),
        [
            ("draft: true", "draft"),
            ("expiryDate: 2025-01-01", "expired"),
            ("publishDate: 2025-12-24", "not yet out"),
        ],
    )
    def test_an_unpublished_article_is_marked(self, front: str, state: str) -> None:
        """In the credit of a quote and on the card of a near miss."""
        article = make_article(f"---\ntitle: T\n{front}\n---\n\nAlpha beta.\n")
        quote = make_quote(article, "Alpha")
        mark = f'<span class="dot"> · </span><span class="state">{state}</span>'
        silence = Answer("Why?", "Why?", "abstained", 0.1, "", (), (quote,))
        answer = render.show_answer(make_answer([quote]), 1, _TODAY)
        assert f'<span class="title">T</span>{mark}' in answer
        assert f'<span class="from">T{mark}' in render.show_answer(silence, 1, _TODAY)

    def test_a_published_article_is_not_marked(self) -> None:
        """Nor is it on the day it comes out."""
        article = make_article("---\ntitle: T\npublishDate: 2025-06-01\n---\n\nAlpha.\n")
        answer = make_answer([make_quote(article, "Alpha")])
        assert "state" not in render.show_answer(answer, 1, _TODAY)

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


class TestPanel:
    """The article with its marks."""

    def test_every_quote_is_marked_and_the_clicked_one_is_current(self) -> None:
        """Every quote is marked and the clicked one is current."""
        article = make_article(_PAGES["tram.md"])
        quotes = (
            make_quote(article, "It was voted for in\nNovember."),
            make_quote(article, "Works end in May."),
        )
        marks = marks_of(panel.show_panel(article, quotes, 2))
        assert joined(marks[1]) == quotes[0].text == "It was voted for in November."
        assert joined(marks[2]) == quotes[1].text
        assert [current for *_, current in marks[1] + marks[2]] == [False, True]
        for number, quote in enumerate(quotes, 1):
            for _, start, end, _ in marks[number]:
                assert article.text[start:end] == quote.source

    def test_a_quote_that_crosses_cells_and_blocks_is_several_marks(self) -> None:
        """A quote that crosses cells and blocks is several marks."""
        article = make_article(_PAGES["tram.md"])
        start = article.text.index("Harbour")
        quote = Quote(article, Span(start, article.text.index("Works end")), 0.9)
        html = panel.show_panel(article, (quote,), 1)
        marks = marks_of(html)[1]
        assert [words for words, *_ in marks] == [
            *("Harbour", "12", "7", "Hill", "9"),
            "Works begin in April.",
        ]
        assert joined(marks) == quote.text
        assert [article.text[a:b] for _, a, b, _ in marks[:2]] == ["Harbour", "12"]

    def test_a_cell_stays_in_its_column_when_the_one_before_is_empty(self) -> None:
        """A cell stays in its column when the one before is empty."""
        article = make_article(_PAGES["tram.md"])
        html = panel.show_changed(article)
        assert "<tr><th>Line</th><th>Stops</th></tr>" in html
        assert "<tr><td></td><td>7</td></tr>" in html

    def test_quotes_that_nest_are_both_whole(self) -> None:
        """Quotes that nest are both whole."""
        article = make_article("Alpha beta gamma delta.\n")
        quotes = (
            make_quote(article, "beta"),
            make_quote(article, "Alpha beta gamma"),
            make_quote(article, "Alpha beta gamma"),
        )
        marks = marks_of(panel.show_panel(article, quotes, 1))
        assert {number: joined(marks[number]) for number in marks} == {
            1: "beta",
            2: "Alpha beta gamma",
            3: "Alpha beta gamma",
        }

    @pytest.mark.parametrize("current", [1, 2])
    def test_of_quotes_that_cross_the_clicked_one_is_whole(self, current: int) -> None:
        """Of quotes that cross the clicked one is whole."""
        article = make_article("Alpha beta gamma delta.\n")
        quotes = (make_quote(article, "Alpha beta gamma"), make_quote(article, "gamma delta."))
        marks = marks_of(panel.show_panel(article, quotes, current))
        assert list(marks) == [current]
        assert joined(marks[current]) == quotes[current - 1].text

    def test_decoded_characters_are_marked_by_their_source(self) -> None:
        """Decoded characters are marked by their source."""
        article = make_article("Net&nbsp;sales &amp; **profit** rose. More.\n")
        quote = make_quote(article, "Net&nbsp;sales &amp; **profit** rose.")
        ((words, start, end, _),) = marks_of(panel.show_panel(article, (quote,), 1))[1]
        assert words == quote.text == "Net\u00a0sales & profit rose."
        assert article.text[start:end] == quote.source

    def test_quotes_of_other_articles_are_left_out(self) -> None:
        """Quotes of other articles are left out."""
        here, there = make_article("Alpha beta.\n", "a.md"), make_article("Alpha beta.\n", "b.md")
        quotes = (make_quote(there, "Alpha"), make_quote(here, "beta"))
        assert list(marks_of(panel.show_panel(here, quotes, 2))) == [2]

    def test_list_numbers_and_depths_are_read_from_the_file(self) -> None:
        """List numbers and depths are read from the file."""
        article = make_article("3. Third\n   - deep\n\nText.\n")
        html = panel.show_changed(article)
        assert '<li data-marker="3." data-depth="0">Third</li>' in html
        assert '<li data-marker="•" data-depth="1">deep</li>' in html

    def test_code_is_shown_but_never_run(self) -> None:
        """Code is shown but never run."""
        html = panel.show_changed(make_article("Text.\n\n```\n<b>x</b>\n```\n"))
        assert "<pre><code>&lt;b&gt;x&lt;/b&gt;\n</code></pre>" in html

    def test_quotes_from_before_an_edit_are_left_out(self) -> None:
        """Their places are those of another text."""
        before, now = make_article("Alpha beta.\n"), make_article("Beta alpha.\n")
        quotes = (make_quote(before, "Alpha"), make_quote(now, "alpha"))
        assert list(marks_of(panel.show_panel(now, quotes, 2))) == [2]

    def test_a_notice_stands_above_the_article(self) -> None:
        """Escaped, and quiet: it is good news."""
        article = make_article("Alpha beta.\n")
        html = panel.show_panel(article, (make_quote(article, "beta"),), 1, notice="<b>")
        assert '<p class="notice calm" role="note">&lt;b&gt;</p></header>' in html


class TestSources:
    """What a citation opens after its file has been edited, renamed or removed."""

    @pytest.fixture
    def opened(self, tmp_path: Path) -> Callable[..., str]:
        """Return a function that quotes two places, makes the folder another, and opens one."""

        def open_it(files: dict[str, str], number: int = 1) -> str:
            text = "Rain fell. The mill burned down in May.\n\nThe miller was away that night.\n"
            bot = Chatbot(fill(tmp_path / "corpus", {"mill.md": text}), embeddings=tmp_path / "e")
            words = ("The mill burned down in May.", "The miller was away that night.")
            starts = [text.index(words) for words in words]
            quotes = [
                bot.show("mill.md", start, start + len(said))
                for start, said in zip(starts, words, strict=True)
            ]
            fill(tmp_path / "corpus", files)
            return open_source(bot, quotes, number, "#quote-1-1")

        return open_it

    def test_words_that_still_stand_are_marked_where_they_are_now(
        self, opened: Callable[..., str]
    ) -> None:
        """All of the answer's that do, each at its new place."""
        text = "The miller was away that night.\n\nSnow. The mill\nburned down in May.\n"
        html = opened({"mill.md": text})
        start = text.index("The mill\n")
        assert panel.STANDS in html
        assert marks_of(html) == {
            1: [("The mill burned down in May.", start, len(text) - 1, True)],
            2: [("The miller was away that night.", 0, 31, False)],
        }
        assert 'data-shows="#quote-1-1"' in html

    def test_of_two_quotes_only_the_one_that_stands_is_marked(
        self, opened: Callable[..., str]
    ) -> None:
        """The other one's old place means nothing any more."""
        html = opened(
            {"mill.md": "So the mill burned in June.\n\nThe miller was away that night.\n"}, 2
        )
        assert panel.STANDS in html
        assert {n: joined(marks) for n, marks in marks_of(html).items()} == {
            2: "The miller was away that night."
        }

    def test_words_that_went_are_not_marked(self, opened: Callable[..., str]) -> None:
        """Nothing is, though another quote may stand: what was clicked is not there."""
        html = opened({"mill.md": "The mill burned in June.\n\nThe miller was away that night.\n"})
        assert f'role="alert">{panel.CHANGED}</p>' in html
        assert marks_of(html) == {}

    def test_a_renamed_file_is_opened_at_its_new_path(self, opened: Callable[..., str]) -> None:
        """With all its quotes marked."""
        text = "Rain fell. The mill burned down in May.\n\nThe miller was away that night.\n"
        html = opened({"2025/old mill.md": text})
        assert panel.RENAMED in html and "<code>2025/old mill.md</code>" in html
        assert {n: joined(marks) for n, marks in marks_of(html).items()} == {
            1: "The mill burned down in May.",
            2: "The miller was away that night.",
        }

    def test_words_that_moved_to_another_file_are_shown_there(
        self, opened: Callable[..., str]
    ) -> None:
        """It is said that it is another file."""
        html = opened({"mill.md": "Nothing.\n", "b.md": "Yes. The mill burned down in May.\n"})
        assert panel.ELSEWHERE in html and "<code>b.md</code>" in html
        assert joined(marks_of(html)[1]) == "The mill burned down in May."

    def test_a_file_that_went_with_its_words_is_told(self, opened: Callable[..., str]) -> None:
        """In the panel, as an alert."""
        html = opened({"b.md": "Something else.\n"})
        assert re.search(rf'role="alert">mill\.md: no such article in \S+\. {panel.GONE}</p>', html)


class TestUnfilter:
    """A filter that was read from a question's words is taken away."""

    @pytest.fixture
    def actions(self, tmp_path: Path) -> Actions:
        """Open the events of a page over two articles."""
        files = {
            "a.md": "---\ntags: [x]\ndate: 2025-01-01\n---\n\nAlpha is red.\n",
            "b.md": "---\ntags: [y]\n---\n\nAlpha is blue.\n",
        }
        corpus = fill(tmp_path / "corpus", files)
        bot = Chatbot(
            corpus, embeddings=tmp_path / "embeddings", embedder=WordEmbedder(), reader=None
        )
        bot.refresh()
        return make_actions(bot, Following(bot))

    def test_the_same_question_is_asked_again_without_it(self, actions: Actions) -> None:
        """As often as there are filters, each time without those that went before."""
        question = "What is alpha in articles since 2025? tag:x"
        *_, (_, _, _, session, _) = actions.ask(question, None, None, [], False, None)
        assert [found.words for found in session.answers[0].filters] == ["since 2025", "tag:x"]
        list(actions.unfilter(sent(kind="filter", turn=1, number=1), "", "", [], False, session))
        assert [found.words for found in session.answers[1].filters] == ["tag:x"]
        list(actions.unfilter(sent(kind="filter", turn=2, number=1), "", "", [], False, session))
        assert session.answers[2].filters == ()
        assert [answer.question for answer in session.answers] == [question] * 3
        assert "without the filter “since 2025”, “tag:x”" in session.messages[-2]["content"]

    def test_the_filters_of_the_page_still_hold(self, actions: Actions) -> None:
        """What is chosen there is not touched."""
        *_, (_, _, _, session, _) = actions.ask("What is alpha? tag:x", None, None, [], False, None)
        list(actions.unfilter(sent(turn=1, number=1), "2025-01-01", "", [], False, session))
        answer = session.answers[1]
        assert {quote.article.path for quote in answer.quotes + answer.nearest} == {"a.md"}

    @pytest.mark.parametrize("number", [0, 2, "1", None])
    def test_what_is_not_there_cannot_be_taken_away(self, actions: Actions, number: object) -> None:
        """The panel says that the answer is gone; nothing is asked."""
        *_, (_, _, _, session, _) = actions.ask("What is alpha? tag:x", None, None, [], False, None)
        for known in (session, None):
            ((_, messages, notice, _, _),) = actions.unfilter(
                sent(turn=1, number=number), "", "", [], False, known
            )
            assert messages == gr.skip()
            assert "has ended" in notice
        assert len(session.answers) == 1


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

    def test_nothing_is_sent_while_nothing_moves(self, small: Chatbot) -> None:
        """The stamp that the page sends is that of now."""
        actions = make_actions(small, Following(small))
        assert actions.look(sent(stamp="1"), []) == (gr.skip(), gr.skip())

    def test_a_new_generation_is_shown_with_its_tags(self, small: Chatbot) -> None:
        """Tags that were chosen stay, though no article has them: the filter is still on."""
        actions = make_actions(small, Following(small))
        (small.corpus / "c.md").write_text("---\ntags: [new]\n---\n\nGamma.\n")
        small.refresh()
        line, tags = actions.look(sent(stamp="1"), ["chosen"])
        assert line.startswith('<div data-stamp="2"><p class="status-line">3 articles (1 unpubl')
        assert [choice for choice, _ in tags.choices] == ["chosen", "late", "new"]

    def test_what_makes_no_sense_is_answered_with_what_is(self, small: Chatbot) -> None:
        """The stamp comes from outside."""
        line, _ = make_actions(small, Following(small)).look(sent(), None)
        assert line.startswith('<div data-stamp="1">')

    def test_without_an_index_there_is_a_stamp_too(self, tmp_path: Path) -> None:
        """So that the page notices when there is one."""
        bot = Chatbot(fill(tmp_path / "corpus", {}), embeddings=tmp_path / "none")
        actions = make_actions(bot, Following(bot))
        assert actions.look(sent(stamp="0"), []) == (gr.skip(), gr.skip())
        assert "press Refresh" in actions.look(sent(stamp="1"), [])[0]

    def test_while_the_folder_is_followed_the_status_says_so(self, small: Chatbot) -> None:
        """It neither counts what is out of date nor looks for it."""
        following = Following(small)
        (small.corpus / "c.md").write_text("Gamma.\n")
        assert following.state()["added"] == 1
        assert following.is_on is False
        with following.follow(fail):
            wait_until(lambda: following.stamp() == "2")
            line, _ = make_actions(small, following).look(sent(stamp="1"), [])
            assert "following the folder" in line
            assert "added" not in following.state()
        assert following.is_on is False

    def test_trouble_is_told_once_and_shown_until_it_is_over(self, small: Chatbot) -> None:
        """The stamp moves with it, so that the page hears of it."""
        following, said = Following(small), list[str]()
        away = small.corpus.with_name("away")
        trouble = f"{small.corpus}: is gone; put it back or stop watching"
        with following.follow(said.append):
            small.corpus.rename(away)
            wait_until(lambda: bool(said))
            assert following.stamp() == f"1 {trouble}"
            line, _ = make_actions(small, following).look(sent(stamp="1"), [])
            assert f'<strong class="trouble">{trouble}</strong>' in line
            away.rename(small.corpus)
            assert following.stamp() == "1"
        assert said == [trouble]

    def test_a_page_and_a_server_start_no_thread(self, small: Chatbot) -> None:
        """Only `serve` follows the folder."""
        in_a_loop(lambda: create_server(small, page=build(small, examples=[])))
        assert "pullquote-watch" not in {thread.name for thread in threading.enumerate()}


class TestServer:
    """The HTTP interface."""

    def test_health_tells_generation_and_articles(self, client: TestClient) -> None:
        """Health tells generation and articles."""
        reply = client.get("/healthz")
        assert reply.status_code == 200
        assert reply.json() == {"status": "ok", "generation": 1, "articles": 2}

    def test_health_without_an_index_is_503(self, tmp_path: Path) -> None:
        """Health without an index is 503."""
        (tmp_path / "corpus").mkdir()
        empty = Chatbot(tmp_path / "corpus", embeddings=tmp_path / "none")
        with TestClient(in_a_loop(lambda: create_server(empty))) as client:
            reply = client.get("/healthz")
            assert (reply.status_code, reply.json()["status"]) == (503, "no index")
            asked = client.post("/api/v1/ask", json={"question": "Who?"})
            assert asked.status_code == 503
            assert "pullquote refresh" in asked.json()["detail"]

    def test_ask_returns_the_answer(self, client: TestClient, bot: Chatbot) -> None:
        """Ask returns the answer."""
        question = "Who is the new world chess champion?"
        reply = client.post("/api/v1/ask", json={"question": question})
        assert reply.status_code == 200
        assert reply.json() == bot.ask(question).to_dict()

    def test_ask_reads_filters_in_words_unless_told_not_to(self, client: TestClient) -> None:
        """All, none, or all but some; those of a turn hold for a question that leans on it."""
        body: dict[str, object] = {"question": "What will it cost? tag:tram", "turns": []}
        asked = client.post("/api/v1/ask", json=body).json()
        assert [found["label"] for found in asked["filters"]] == ["tag tram"]
        for more in ({"plain": False}, {"ignore": "tag:tram"}, {"ignore": ["tag:tram"]}):
            assert client.post("/api/v1/ask", json=body | more).json()["filters"] == []
        turn = {key: asked[key] for key in ("question", "standalone", "filters")}
        body = {"question": "and since 2024?", "turns": [turn]}
        answer = client.post("/api/v1/ask", json=body).json()
        assert [found["label"] for found in answer["filters"]] == ["tag tram", "since 2024-01-01"]
        assert answer["standalone"] == asked["standalone"]

    def test_ask_takes_filters_and_turns(self, client: TestClient) -> None:
        """Ask takes filters and turns."""
        body = {
            "question": "and the tram?",
            "tags": "tram",
            "since": "2024-01-01",
            "turns": [{"question": "What will the museum cost?"}],
        }
        answer = client.post("/api/v1/ask", json=body).json()
        assert answer["standalone"] != "and the tram?"
        assert {quote["article"] for quote in answer["quotes"] + answer["nearest"]} <= {"tram.md"}

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ({"question": "Who?", "since": "yesterday"}, "since: 'yesterday' is not a date"),
            ({"question": "  "}, "the question is empty"),
            ({}, "question: Field required"),
            ({"question": "Who?", "tag": "x"}, "tag: Extra inputs are not permitted"),
            ({"question": "x" * 2001}, "question: String should have at most 2000 characters"),
            ({"question": "Who?", "turns": [{}]}, "turns.0.question: Field required"),
            (
                {"question": "Who?", "turns": [{"question": "He?", "filters": [{}]}]},
                "a filter needs its words",
            ),
            ([], "Input should be a valid dictionary"),
        ],
    )
    def test_bad_input_is_one_clear_line(self, client: TestClient, body: object, said: str) -> None:
        """Bad input is one clear line."""
        reply = client.post("/api/v1/ask", json=body)
        assert reply.status_code == 422
        detail = reply.json()["detail"]
        assert said in detail and "\n" not in detail

    def test_a_lone_surrogate_is_refused(self, client: TestClient) -> None:
        """A lone surrogate is refused."""
        reply = client.post(
            "/api/v1/ask",
            content=b'{"question": "\\ud800"}',
            headers={"content-type": "application/json"},
        )
        assert reply.status_code == 422

    def test_auth_guards_all_but_health(self, bot: Chatbot) -> None:
        """Auth guards all but health."""
        with TestClient(in_a_loop(lambda: create_server(bot, auth=("ann", "pässword")))) as client:
            ask = {"question": "Who is the new world chess champion?"}
            assert client.get("/healthz").status_code == 200
            assert client.get("/config").status_code == 401
            refused = client.post("/api/v1/ask", json=ask)
            assert refused.status_code == 401
            assert refused.headers["www-authenticate"].startswith("Basic")
            for login in (("ann", "no"), ("bob", "pässword"), ("", "")):
                assert client.post("/api/v1/ask", json=ask, auth=login).status_code == 401
            assert client.post("/api/v1/ask", json=ask, auth=("ann", "pässword")).status_code == 200

    @pytest.mark.parametrize("auth", [(), ("", "x"), [("a", "")]])
    def test_an_empty_login_is_refused(self, bot: Chatbot, auth: object) -> None:
        """An empty login is refused."""
        with pytest.raises(InputError, match="auth"):
            create_server(bot, auth=auth)  # type: ignore[arg-type]

    def test_nothing_of_gradio_is_public(self, client: TestClient) -> None:
        """Nothing of gradio is public."""
        assert client.get("/gradio_api/info").json() == {
            "named_endpoints": {},
            "unnamed_endpoints": {},
        }

    def test_a_busy_port_is_refused(self, bot: Chatbot) -> None:
        """A busy port is refused."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(InputError, match=rf"127\.0\.0\.1:{port}: cannot listen"):
                serve(bot, port=port)


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
