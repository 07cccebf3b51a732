"""The source panel: an article with its quotes marked, whatever has become of it since."""

import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pullquote import Article, Chatbot, InputError, Quote, Span
from pullquote.app.source import panel
from pullquote.app.source.body import show_body
from pullquote.app.source.marks import Marking
from pullquote.app.source.panel import QuoteDict
from pullquote.app.source.sources import open_article, open_source
from pullquote.app.source.thumbnails import MAX_BYTES, find_thumbnail
from pullquote.articles.files import read_article
from tests.fakes import fill
from tests.panels import Panel, read_panel

_TRAM = """---
title: The Tram
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
"""
_PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def make_article(text: str, path: str = "a.md") -> Article:
    """Return an article of some text."""
    return read_article(path, text.encode())[0]


def quote_in(article: Article, words: str, *, focus: str = "") -> QuoteDict:
    """Return the first place of some source in an article as the dict of a quote."""
    start = article.text.index(words)
    short = None
    if focus:
        low = article.text.index(focus, start)
        short = Span(low, low + len(focus))
    return Quote(article, Span(start, start + len(words)), 0.9, short).to_dict()


def show(article: Article, *quotes: QuoteDict, current: int = 1, link: str = "") -> Panel:
    """Return the panel of some quotes, in which nothing may be wrong."""
    shown = read_panel(panel.show_panel(article, quotes, current, link))
    assert shown.wrong == []
    return shown


def body_of(text: str) -> str:
    """Return the HTML of an article's text, with nothing marked."""
    return show_body(Article("a.md", "", "A", text=text), Marking())


def marked(text: str, words: str, focus: str = "") -> str:
    """Return the HTML of an article's text with some source marked, without the mark's places."""
    article = make_article(text)
    quote = quote_in(article, words, focus=focus)
    short = Span(*quote["focus"]) if focus else None
    html = show_body(article, Marking([(1, Span(quote["start"], quote["end"]))], 1, short))
    return re.sub(r"<mark [^>]*>", "<mark>", html).replace(' dir="auto"', "")


class TestMarks:
    """The quotes in the article."""

    def test_every_quote_is_marked_and_the_clicked_one_is_current(self) -> None:
        """Each at its place in the file."""
        article = make_article(_TRAM)
        first = quote_in(article, "It was voted for in\nNovember.")
        second = quote_in(article, "Works end in May.")
        shown = show(article, first, second, current=2)
        assert shown.words(1) == first["text"] == "It was voted for in November."
        assert shown.words(2) == "Works end in May."
        assert [mark.current for mark in shown.marks] == [False, True]
        places = [article.text[mark.start : mark.end] for mark in shown.marks]
        assert places == [first["source"], second["source"]]

    def test_a_quote_that_crosses_cells_and_blocks_is_several_marks(self) -> None:
        """One in each cell and block."""
        article = make_article(_TRAM)
        start = article.text.index("Harbour")
        quote = Quote(article, Span(start, article.text.index("Works end")), 0.9)
        shown = show(article, quote.to_dict())
        words = ["Harbour", "12", "7", "Hill", "9", "Works begin in April."]
        assert [mark.text for mark in shown.marks] == words
        assert shown.words(1) == quote.text

    def test_quotes_that_nest_are_both_whole(self) -> None:
        """So are two of the same words."""
        article = make_article("Alpha beta gamma delta.\n")
        whole = quote_in(article, "Alpha beta gamma")
        shown = show(article, quote_in(article, "beta"), whole, whole)
        assert [shown.words(number) for number in (1, 2, 3)] == [
            *("beta", "Alpha beta gamma", "Alpha beta gamma")
        ]

    @pytest.mark.parametrize("current", [1, 2])
    def test_of_quotes_that_cross_the_clicked_one_is_whole(self, current: int) -> None:
        """The other is left out."""
        article = make_article("Alpha beta gamma delta.\n")
        quotes = [quote_in(article, "Alpha beta gamma"), quote_in(article, "gamma delta.")]
        shown = show(article, *quotes, current=current)
        assert shown.numbers() == [current]
        assert shown.words(current) == quotes[current - 1]["text"]

    def test_decoded_characters_are_marked_by_their_source(self) -> None:
        """The place is that of the entities."""
        article = make_article("Net&nbsp;sales &amp; **profit** rose. More.\n")
        quote = quote_in(article, "Net&nbsp;sales &amp; **profit** rose.")
        (mark,) = show(article, quote).marks
        assert mark.text == quote["text"] == "Net\u00a0sales & profit rose."
        assert article.text[mark.start : mark.end] == quote["source"]

    def test_quotes_of_other_articles_are_left_out(self) -> None:
        """Though their words stand here too."""
        here, there = make_article("Alpha beta.\n", "a.md"), make_article("Alpha beta.\n", "b.md")
        shown = show(here, quote_in(there, "Alpha"), quote_in(here, "beta"), current=2)
        assert shown.numbers() == [2]

    def test_quotes_from_before_an_edit_are_left_out(self) -> None:
        """Their places are those of another text."""
        before, now = make_article("Alpha beta.\n"), make_article("Beta alpha.\n")
        shown = show(now, quote_in(before, "Alpha"), quote_in(now, "alpha"), current=2)
        assert shown.numbers() == [2]

    def test_a_place_that_shows_other_words_is_not_marked(self) -> None:
        """What was kept may have been changed by hand."""
        article = make_article("Alpha beta.\n")
        good, bad = quote_in(article, "beta"), {**quote_in(article, "Alpha"), "end": 3}
        assert show(article, good, bad, {**bad, "start": 900, "end": 903}).numbers() == [1]

    @pytest.mark.parametrize(
        ("words", "html"),
        [
            ("a b c d", "<mark>a <strong>b c</strong> d</mark>"),
            ("b c", "a <mark><strong>b c</strong></mark> d"),
            ("a **b", "<mark>a <strong>b</strong></mark><strong> c</strong> d"),
            ("c** d", "a <strong>b </strong><mark><strong>c</strong> d</mark>"),
            ("b", "a <mark><strong>b</strong></mark><strong> c</strong> d"),
        ],
    )
    def test_styles_stand_within_marks(self, words: str, html: str) -> None:
        """One that crosses the edge of a mark is split, never the mark."""
        words = "a **b c** d" if words == "a b c d" else words
        assert marked("a **b c** d", words) == f"<p>{html}</p>"

    def test_the_short_answer_is_in_bold_within_the_current_mark(self) -> None:
        """Styles stand within it; in no other mark is there one."""
        html = marked("It is *9* or 8 *feet tall*.", "9* or 8 *feet tall*.", "8 *feet")
        assert html == (
            '<p>It is <mark><em>9</em> or <b class="focus">8 <em>feet</em></b><em> tall</em>.'
            "</mark></p>"
        )
        article = make_article("It is 9 feet. It was 8.")
        quotes = (quote_in(article, "It is 9 feet.", focus="9"), quote_in(article, "It was 8."))
        assert show(article, *quotes).focus == "9"
        assert show(article, *quotes, current=2).focus == ""


class TestBody:
    """The article as Markdown means it."""

    @pytest.mark.parametrize(
        ("source", "html"),
        [
            ("*a* __b__ ~~c~~ `d`", "<em>a</em> <strong>b</strong> <s>c</s> <code>d</code>"),
            ("***a***", "<em><strong>a</strong></em>"),
            ("[a](mailto:b@c.d) [e](/f) [g](javascript:h)", "a e g"),
            ("[a]({{ site.url }}/b)", "a"),
            ("[a](https://b.example/{{ c }})", "a"),
            (
                "[a *b*](https://c.example/?d&e)",
                '<a href="https://c.example/?d&amp;e" target="_blank"'
                ' rel="noopener noreferrer">a <em>b</em></a>',
            ),
        ],
    )
    def test_styles(self, source: str, html: str) -> None:
        """Emphasis, code, and links to web pages; any other link is its words."""
        assert body_of(source) == f'<p dir="auto">{html}</p>'

    def test_the_highest_heading_is_an_h3(self) -> None:
        """Others stand below it, down to h6."""
        html = body_of("## A\n\n### B\n\n###### C\n")
        assert re.findall(r"<(h\d) [^>]*>(\w)", html) == [("h3", "A"), ("h4", "B"), ("h6", "C")]

    def test_lists_nest_and_keep_their_numbers(self) -> None:
        """As they do in quotations; a task says if it is done."""
        html = body_of("> 3. Third\n>    - deep\n> 4. [x] done\n\nText.\n").replace(
            ' dir="auto"', ""
        )
        assert html == (
            '<blockquote><ol start="3"><li value="3"><p>Third</p><ul><li><p>deep</p></li></ul>'
            '</li><li value="4" class="task done"><p>done</p></li></ol></blockquote><p>Text.</p>'
        )

    def test_a_cell_stands_in_its_column_with_its_alignment(self) -> None:
        """Also when the one before is empty."""
        html = show_body(make_article(_TRAM), Marking()).replace(' dir="auto"', "")
        assert '<tr><th>Line</th><th class="right">Stops</th></tr>' in html
        assert '<tr><td></td><td class="right">7</td></tr>' in html

    def test_a_table_of_html_is_one_table(self) -> None:
        """A row of names begins the next."""
        rows = "<tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr>"
        html = body_of(f"<table>{rows}</table><table>{rows}</table>\n")
        assert html.count("<table") == html.count("</table>") == 2
        assert html.count("<tr>") == 4

    def test_a_picture_is_its_text_and_is_never_loaded(self) -> None:
        """After the block it stands in, or after its table; else the name of its file."""
        html = body_of("A ![b *c*](d.png) e.\n\n| F |\n|---|\n| ![](/g/h%20i.png) j |\n| k |\n")
        figures = re.findall(r'<figure class="picture" dir="auto">([^<]*)</figure>', html)
        assert figures == ["b c", "h i.png"]
        assert "<img" not in html and "http" not in html
        assert html.index("h i.png") > html.index("</table>")

    def test_code_is_shown_but_never_run(self) -> None:
        """Every character of it is escaped."""
        html = body_of("Text.\n\n```\n<b>x</b>\n```\n")
        assert '<pre dir="ltr"><code>&lt;b&gt;x&lt;/b&gt;\n</code></pre>' in html

    def test_footnotes_and_rules_are_told_apart_from_words(self) -> None:
        """The label of a reference is no text, so that a quote that holds it stays exact."""
        article = make_article("Rain[^1] fell.[^b]\n\n---\n\n[^1]: Hail.\n\n[^b]: Snow.\n")
        quote = quote_in(article, "Rain[^1] fell.")
        shown = show(article, quote)
        assert shown.words(1) == quote["text"] == "Rain fell."
        html = show_body(article, Marking())
        assert html.startswith(
            '<p dir="auto">Rain<sup class="reference" data-label="1"></sup> fell.'
            '<sup class="reference" data-label="b"></sup></p><hr>'
        )
        assert '<div class="footnote" data-label="b"><p dir="auto">Snow.</p></div>' in html

    @pytest.mark.parametrize("sign", ["> ", "- ", "*a **b ", "[", "<div>", "![", "1. "])
    def test_a_deep_nest_stays_a_small_page(self, sign: str) -> None:
        """No browser opens elements without end."""
        shown = read_panel(panel.show_article(make_article(sign * 400 + "words\n")))
        assert shown.wrong == []
        assert len(shown.elements) < 200


class TestFrame:
    """What stands around the article."""

    def test_the_header_says_what_the_article_is(self) -> None:
        """Title, summary, days, authors, tags, page and file."""
        article = make_article(
            "---\ntitle: The Mill\ndate: 2024-05-01\nupdated: 2024-06-02\nauthors: [Ann, Bo]\n"
            "tags: [mills]\nsummary: It burned.\nurl: https://a.example/mill/\n---\n\nIt fell.\n"
        )
        shown = show(article, quote_in(article, "It fell."))
        assert shown.text.startswith(
            "Back to the chatThe MillIt burned.1 May 2024updated 2 June 2024Ann, Bomills"
            "Open the pagea.md"
        )
        assert shown.hrefs == ["#talk", "https://a.example/mill/#:~:text=It%20fell."]

    def test_a_notice_stands_above_the_article(self) -> None:
        """Escaped, and quiet: it is good news."""
        article = make_article("Alpha beta.\n")
        html = panel.show_panel(article, [quote_in(article, "beta")], 1, notice="<b>")
        assert '<p class="notice calm" role="note">&lt;b&gt;</p></header>' in html

    @pytest.mark.parametrize(
        ("link", "current", "hrefs", "said"),
        [
            ("#quote-7-1", 1, ["#quote-7-2"], "Quote 1 of 3"),
            ("#quote-7-2", 2, ["#quote-7-1", "#quote-7-3"], "Quote 2 of 3"),
            ("#near-7-3", 3, ["#near-7-2"], "Near miss 3 of 3"),
            ("", 1, [], ""),
            ('#quote-1-1"><script>', 1, [], ""),
        ],
    )
    def test_steps_lead_to_the_quotes_before_and_after(
        self, link: str, current: int, hrefs: list[str], said: str
    ) -> None:
        """As the link that opened the panel names them."""
        article = make_article("Alpha beta gamma.\n")
        quotes = [quote_in(article, words) for words in ("Alpha", "beta", "gamma")]
        shown = show(article, *quotes, current=current, link=link)
        assert shown.hrefs == ["#talk", *hrefs]
        assert said in shown.text

    def test_one_quote_needs_no_steps(self) -> None:
        """There is nowhere to go."""
        article = make_article("Alpha beta.\n")
        assert "nav" not in show(article, quote_in(article, "beta"), link="#quote-1-1").elements

    def test_a_long_summary_is_cut(self) -> None:
        """At a word."""
        article = replace(make_article("Alpha.\n"), summary="word " * 100)
        assert f"{'word ' * 79}word…" in panel.show_article(article)


class TestSources:
    """What a citation opens after its file has been edited, renamed or removed."""

    @pytest.fixture
    def opened(self, tmp_path: Path) -> Callable[..., str]:
        """Return a function that quotes two places, makes the folder another, and opens one."""

        def open_it(files: dict[str, str], number: int = 1) -> str:
            text = "Rain fell. The mill burned down in May.\n\nThe miller was away that night.\n"
            bot = Chatbot(fill(tmp_path / "corpus", {"mill.md": text}), embeddings=tmp_path / "e")
            article = bot.read_article("mill.md")
            quotes = [
                quote_in(article, "The mill burned down in May.", focus="in May"),
                quote_in(article, "The miller was away that night."),
            ]
            fill(tmp_path / "corpus", files)
            return open_source(bot, quotes, number, f"#quote-1-{number}")

        return open_it

    def test_words_that_still_stand_are_marked_where_they_are_now(
        self, opened: Callable[..., str]
    ) -> None:
        """All of the answer's that do, each at its new place."""
        text = "The miller was away that night.\n\nSnow. The mill\nburned down in May.\n"
        html = opened({"mill.md": text})
        shown, start = read_panel(html), text.index("The mill\n")
        assert panel.STANDS in html
        assert [(mark.number, mark.start, mark.end, mark.current) for mark in shown.marks] == [
            (2, 0, 31, False),
            (1, start, len(text) - 1, True),
        ]
        assert shown.words(1) == "The mill burned down in May."
        assert 'data-shows="#quote-1-1" data-article="mill.md"' in html

    def test_the_short_answer_moves_with_its_source(self, opened: Callable[..., str]) -> None:
        """Where the source is another, its place is not known."""
        moved = "Snow fell first.\n\nThe mill burned down in May.\n"
        assert read_panel(opened({"mill.md": moved})).focus == "in May"
        assert read_panel(opened({"mill.md": moved.replace("mill ", "*mill* ")})).focus == ""

    def test_of_two_quotes_only_the_one_that_stands_is_marked(
        self, opened: Callable[..., str]
    ) -> None:
        """The other one's old place means nothing any more."""
        text = "So the mill burned in June.\n\nThe miller was away that night.\n"
        html = opened({"mill.md": text}, 2)
        assert panel.STANDS in html
        assert read_panel(html).numbers() == [2]

    def test_words_that_went_are_not_marked(self, opened: Callable[..., str]) -> None:
        """Nothing is, though another quote may stand: what was clicked is not there."""
        html = opened({"mill.md": "The mill burned in June.\n\nThe miller was away that night.\n"})
        assert f'role="alert">{panel.CHANGED}</p>' in html
        assert read_panel(html).marks == []
        assert "#quote-1-2" in read_panel(html).hrefs

    def test_a_renamed_file_is_opened_at_its_new_path(self, opened: Callable[..., str]) -> None:
        """With all its quotes marked."""
        text = "Rain fell. The mill burned down in May.\n\nThe miller was away that night.\n"
        html = opened({"2025/old mill.md": text})
        shown = read_panel(html)
        assert panel.RENAMED in html and "<code>2025/old mill.md</code>" in html
        assert shown.words(1) == "The mill burned down in May."
        assert shown.words(2) == "The miller was away that night."
        assert shown.focus == "in May"

    def test_words_that_moved_to_another_file_are_shown_there(
        self, opened: Callable[..., str]
    ) -> None:
        """It is said that it is another file."""
        html = opened({"mill.md": "Nothing.\n", "b.md": "Yes. The mill burned down in May.\n"})
        assert panel.ELSEWHERE in html and "<code>b.md</code>" in html
        assert read_panel(html).words(1) == "The mill burned down in May."

    def test_a_file_that_went_with_its_words_is_told(self, opened: Callable[..., str]) -> None:
        """In the panel, as an alert."""
        html = opened({"b.md": "Something else.\n"})
        # Its folders may have spaces in their names.
        found = rf'role="alert">mill\.md: no such article in [^<]+/corpus\. {panel.GONE}</p>'
        assert re.search(found, html)

    def test_a_quote_that_makes_no_sense_is_refused(self, tmp_path: Path) -> None:
        """What was kept may have been changed by hand."""
        bot = Chatbot(fill(tmp_path / "corpus", {"a.md": "Rain.\n"}), embeddings=tmp_path / "e")
        quote = quote_in(bot.read_article("a.md"), "Rain.")
        for wrong in ({"article": "../a.md"}, {"start": "0"}, {"text": None}):
            with pytest.raises(InputError, match="article"):
                open_source(bot, [{**quote, **wrong}], 1, "#quote-1-1")

    def test_an_article_is_opened_by_its_path(self, tmp_path: Path) -> None:
        """Nothing is marked; what cannot be read is told."""
        bot = Chatbot(fill(tmp_path / "corpus", {"a.md": "Rain.\n"}), embeddings=tmp_path / "e")
        shown = read_panel(open_article(bot, "a.md"))
        assert (shown.wrong, shown.marks) == ([], []) and shown.text.endswith("Rain.")
        for path in ("b.md", "../a.md", "\0.md", "a.txt", ""):
            assert 'role="alert"' in open_article(bot, path)


class TestThumbnail:
    """The picture that the front matter names."""

    @pytest.fixture
    def find(self, tmp_path: Path) -> Callable[[str, str, bytes], str]:
        """Return a function that puts a file into the corpus and reads an article's picture."""

        def find_it(line: str, file: str, data: bytes) -> str:
            corpus = tmp_path / "site" / "corpus"
            place = corpus / file
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
            article = make_article(f"---\n{line}\n---\n\nText.\n", "posts/mill/index.md")
            (corpus / "posts/mill").mkdir(parents=True, exist_ok=True)
            return find_thumbnail(corpus, article)

        return find_it

    @pytest.mark.parametrize(
        ("line", "file"),
        [
            ("image: mill.png", "posts/mill/mill.png"),
            ("thumbnail: ./img/the%20mill.PNG", "posts/mill/img/the mill.PNG"),
            ("cover: {image: /mill.png, alt: x}", "mill.png"),
            ("cover:\n  src: /img/mill.png?v=2", "static/img/mill.png"),
            ("featured_image: [{path: mill.png}]", "posts/mill/mill.png"),
            ("featuredImage: /mill.png", "posts/static/mill.png"),
            ("images: [gone.png, mill.png]", "posts/mill/mill.png"),
            ("params:\n  cover: mill.png", "posts/mill/mill.png"),
        ],
    )
    def test_a_picture_of_the_corpus_is_found(
        self, find: Callable[..., str], line: str, file: str
    ) -> None:
        """Beside the article, or where sites keep what they serve."""
        found = find(line, file, _PNG)
        assert found.startswith("data:image/png;base64,")
        assert b64decode(found.partition(",")[2]) == _PNG

    @pytest.mark.parametrize(
        ("line", "file", "data"),
        [
            ("image: https://a.example/mill.png", "mill.png", _PNG),
            ("image: //a.example/mill.png", "a.example/mill.png", _PNG),
            ("image: data:image/png;base64,AAAA", "mill.png", _PNG),
            ("image: file:///mill.png", "mill.png", _PNG),
            ("image: ../mill.png", "posts/mill.png", _PNG),
            ("image: '%2e%2e/mill.png'", "posts/mill.png", _PNG),
            ("image: /../mill.png", "../mill.png", _PNG),
            ("image: '..\\mill.png'", "posts/mill.png", _PNG),
            ("image: mill.svg", "mill.svg", b"<svg/>"),
            ("image: mill.png", "mill.png", b"<svg onload=alert(1)>"),
            ("image: mill.md", "mill.md", _PNG),
            ("image: mill.png", "mill.png", _PNG + b"\0" * MAX_BYTES),
            ("image: gone.png", "mill.png", _PNG),
            ("image: {path: {path: {path: {path: mill.png}}}}", "mill.png", _PNG),
            ("title: x", "mill.png", _PNG),
            (f"image: {'a' * 5000}.png", "mill.png", _PNG),
        ],
    )
    def test_no_other_is(self, find: Callable[..., str], line: str, file: str, data: bytes) -> None:
        """None from elsewhere, none that is too large, and none that could hold a script."""
        assert find(line, file, data) == ""

    def test_a_link_out_of_the_corpus_is_not_followed(
        self, tmp_path: Path, find: Callable[..., str]
    ) -> None:
        """Neither of a file nor of a folder; one that stays inside is."""
        (tmp_path / "secret.png").write_bytes(_PNG)
        corpus = tmp_path / "site" / "corpus"
        corpus.mkdir(parents=True)
        (corpus / "out.png").symlink_to(tmp_path / "secret.png")
        (corpus / "away").symlink_to(tmp_path)
        (corpus / "in.png").symlink_to(corpus / "mill.png")
        assert find("image: /out.png", "mill.png", _PNG) == ""
        assert find("image: /away/secret.png", "mill.png", _PNG) == ""
        assert find("image: /in.png", "mill.png", _PNG) != ""


_RUN = "<script>alert(1)</script>"
_QUOTED = """ "'><img src=x onerror=alert(1)> """
_HOSTILE_WORDS = (
    _RUN,
    _QUOTED,
    "<svg/onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:alert(1)' onclick=alert(1)>x</a>",
    "<style>*{background:url(https://a.example/x)}</style>",
    "<b style='background:url(//a.example)' onmouseover=alert(1)>x</b>",
    "<form action=https://a.example><input autofocus onfocus=alert(1)></form>",
    "<math><mtext></p><img src=x onerror=alert(1)></math>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?php echo 1 ?>",
    "</mark></p></div></article><h1>out</h1>",
    '<mark class="quote" data-n="1" aria-current="true">fake</mark>',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "&amp;lt;img src=x&amp;gt;",
    "\u202egnp.exe\u202c \u2066x\u2069 \u200fy",
    "<scr\u200bipt>alert(1)</scr\u200bipt>",
    "\x00<\x00script>\x0b",
    "{{ constructor.constructor('alert(1)')() }} ${alert(1)} {% raw %}<b onclick=a>{% endraw %}",
    "`" + _RUN + "`",
    '``` "onclick=alert(1)\n' + _RUN + "\n```",
    "| " + _RUN + " | x |\n|---|:-:|\n| <td onclick=a> | </table>" + _QUOTED + "|",
    "- [x] " + _RUN + "\n  1. " + _QUOTED,
    "## " + _RUN + ' {#x" onclick=alert(1) .y onmouseover=z}',
    "x[^" + '"><b>' + "]\n\n[^" + '"><b>' + "]: " + _RUN,
    "![" + _QUOTED + "](https://a.example/x.png" + ' "' + _RUN + '")',
    '![x](x" onerror="alert(1).png)',
    "<img src=https://a.example/x.png onerror=alert(1) alt=x>",
    "<video poster=//a.example/x><source src=x onerror=alert(1)></video>",
    "<base href=https://a.example/><link rel=stylesheet href=//a.example>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
)
_HOSTILE_ADDRESSES = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "&#106;avascript:alert(1)",
    "javascript&colon;alert(1)",
    "&#x6A&#x61vascript:alert(1)",
    "\x01javascript:alert(1)",
    "java\u200bscript:alert(1)",
    "%6Aavascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "DATA:text/html;base64,PHNjcmlwdD4=",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "blob:https://a.example/x",
    "//a.example/x",
    "\\\\a.example\\x",
    "/x",
    "#talk",
    "https:a.example",
    "https://",
    "https://[::1",
    'https://a.example/"onclick="alert(1)',
    "https://a.example/'><script>alert(1)</script>",
    "https://a.example/\u202egnp",
    "http://a.example/&quot;&gt;&lt;b&gt;",
    "mailto:a@b.c?body=x",
    "tel:1",
)


class TestHostile:
    """Nothing that an article says becomes more than words on a page."""

    @pytest.mark.parametrize("words", _HOSTILE_WORDS)
    def test_words(self, words: str) -> None:
        """In the title, the tags, the summary, the authors, the path, a notice, and the text."""
        text = f"First words.\n\n{words}\n\nA {words} b.\n\n> {words}\n\nLast words.\n"
        article = replace(
            make_article(text, f"posts/{words}.md"),
            title=words,
            tags=(words, words),
            summary=words,
            authors=(words,),
            url=words,
        )
        span = Span(0, len(article.text))
        quote = Quote(article, span, 0.5).to_dict()
        for html in (
            panel.show_panel(article, [quote, quote], 1, "#quote-1-1", notice=words),
            panel.show_panel(article, [quote], 1, words, picture=""),
            panel.show_changed(article),
            panel.show_article(article),
        ):
            shown = read_panel(html)
            assert shown.wrong == []
            assert not any("a.example" in href for href in shown.hrefs)
        assert read_panel(panel.show_notice(words)).wrong == []

    @pytest.mark.parametrize("address", _HOSTILE_ADDRESSES)
    def test_addresses(self, address: str) -> None:
        """Of the page, of links of every kind, and of pictures: web pages, or none."""
        text = (
            f"Words [a]({address}) [b](<{address}>) <{address}> [c][r] ![d]({address}) ![e][r]\n\n"
            f"<a href='{address}'>f</a>\n\n[g {address}]({address} \"{address}\")\n\n"
            f"[r]: {address}\n"
        )
        article = replace(make_article(text), url=address)
        quote = {**Quote(article, Span(0, len(article.text)), 0.5).to_dict(), "url": address}
        shown = read_panel(panel.show_panel(article, [quote], 1, "#quote-1-1"))
        assert shown.wrong == []
        assert "img" not in shown.elements
        for href in shown.hrefs[1:]:
            assert re.match(r"https?://a\.example/", href)
