"""Questions and answers as chat messages: what a browser would make of their HTML."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from html import unescape
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from pullquote import Answer, Article, Quote, Span
from pullquote.answers.writers import Extractive
from pullquote.app.chat.conversations import Shown
from pullquote.app.chat.keeping import fits, keep, sure
from pullquote.app.chat.messages import (
    show_answer,
    show_question,
    show_suggestions,
    show_trouble,
    show_turn,
)
from pullquote.articles.files import read_article
from pullquote.filters import Filter, PlainFilter

_VOID = ("br", "hr", "img")
_HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(2)>"'
_TODAY = date(2025, 6, 1)
_TRAM = """---
title: The Tram
date: 2024-12-05
tags: [tram, harbour]
url: https://example.com/tram/
---

The extension of the tram will cost 47.9 million pounds. Works begin in April.
"""


class Html(HTMLParser):
    """The elements of a message: (name, attributes, text)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self._open: list[int] = []
        self.feed(html)
        self.close()
        assert not self._open, "something is left open"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        self.elements.append((tag, dict(attrs), []))
        if tag not in _VOID:
            self._open.append(len(self.elements) - 1)

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last."""
        assert self.elements[self._open.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        """Add words to all that they stand in."""
        for number in self._open:
            self.elements[number][2].append(data)

    def texts(self, name: str) -> list[str]:
        """Return the texts of the elements of a name or of a .class."""
        return ["".join(words) for _, words in self._find(name)]

    def values(self, name: str, attribute: str) -> list[str | None]:
        """Return an attribute of the elements of a name or of a .class."""
        return [attributes.get(attribute) for attributes, _ in self._find(name)]

    def _find(self, name: str) -> list[tuple[dict[str, str | None], list[str]]]:
        return [
            (attributes, words)
            for tag, attributes, words in self.elements
            if tag == name or name[1:] in (attributes.get("class") or "").split()
        ]


def make_article(text: str, path: str = "a.md") -> Article:
    """Return an article of some text."""
    return read_article(path, text.encode())[0]


def make_quote(article: Article, words: str) -> Quote:
    """Return the first place of some source in an article as a quote."""
    start = article.text.index(words)
    return Quote(article, Span(start, start + len(words)), 0.9)


def make_answer(quotes: Sequence[Quote], **more: object) -> Answer:
    """Return an answer as the default writer words it."""
    fields: dict[str, object] = {
        "question": "Why?", "standalone": "Why?", "status": "answered", "confidence": 0.9,
        "text": Extractive().write("Why?", quotes), "quotes": tuple(quotes), **more,
    }  # fmt: skip
    return Answer(**fields)  # type: ignore[arg-type]


def make_silence(nearest: Sequence[Quote], **more: object) -> Answer:
    """Return an abstention with what came closest."""
    return make_answer((), status="abstained", text="", nearest=tuple(nearest), **more)


def show(answer: Answer, turn: int = 1) -> Html:
    """Return an answer as a browser reads it."""
    return Html(show_answer(keep(answer, _TODAY), turn))


class TestQuestions:
    """What was asked."""

    def test_a_question_is_shown_as_it_was_typed(self) -> None:
        """Its markup is none, and its lines stay."""
        html = show_question(Shown("a <b> *c*\nd"), 1)
        assert html == '<div class="asked" dir="auto">a &lt;b&gt; *c*<br>d</div>'

    def test_a_question_says_which_filters_were_taken_from_it(self) -> None:
        """Else the same question would have two answers."""
        removed = show_question(Shown("Who? tag:a", removed=("tag:<a>", "b")), 1)
        assert Html(removed).texts(".without") == ["without the filter “tag:<a>”, “b”"]
        assert Html(show_question(Shown("Who? tag:a"), 1)).texts(".without") == []

    def test_only_the_last_question_can_be_edited(self) -> None:
        """The ones before it have been leant on."""
        question, *_ = show_turn(Shown("Why?"), 3, last=True)
        assert Html(question["content"]).values(".edit", "href") == ["#edit-3-0"]
        question, *_ = show_turn(Shown("Why?"), 3)
        assert Html(question["content"]).values(".edit", "href") == []


class TestTurns:
    """A question with what came of it."""

    def test_what_is_still_being_answered_is_a_question_alone(self) -> None:
        """There is nothing to say yet."""
        assert [message["role"] for message in show_turn(Shown("Why?"), 1)] == ["user"]

    def test_an_answer_can_be_rated_and_the_last_one_taken_back(self) -> None:
        """The thumb that was pressed says so."""
        answer = keep(make_silence(()), _TODAY)
        _, said = show_turn(Shown("Why?", answer=answer, rating="down"), 2, last=True)
        html = Html(said["content"])
        assert html.values(".tool", "href") == ["#up-2-0", "#down-2-0", "#retry-2-0", "#undo-2-0"]
        assert html.texts(".pressed") == ["Not good"]
        _, said = show_turn(Shown("Why?", answer=answer), 2, rate=False)
        assert Html(said["content"]).texts(".tool") == []

    def test_trouble_can_be_asked_again_but_not_rated(self) -> None:
        """The error may be over; there is no answer to rate."""
        _, said = show_turn(Shown("Why?", trouble="No <index>"), 1, last=True)
        html = Html(said["content"])
        assert html.texts("p") == ["No <index>"]
        assert html.values("p", "role") == ["alert"]
        assert html.texts(".tool") == ["Ask again", "Undo"]


class TestAnswers:
    """What was answered."""

    def test_an_answer_cites_each_quote_and_says_where_it_is_from(self) -> None:
        """Title, day, tags, page and place, and a link that opens the place."""
        article = make_article(_TRAM, "2024/tram.md")
        quote = make_quote(article, "Works begin in April.")
        html = show(make_answer([quote]), 3)
        assert html.texts("blockquote") == ["Works begin in April. [1]"]
        assert html.values(".cite", "href") == ["#quote-3-1"]
        assert html.values(".in-place", "href") == ["#quote-3-1"]
        assert html.texts(".title") == ["The Tram"]
        assert html.texts(".day") == ["5 December 2024"]
        assert html.texts(".tags") == ["tram, harbour"]
        assert html.texts(".place") == [f"{quote.location} · line 8"]
        assert html.values(".page", "href") == [quote.url]
        assert html.values(".page", "rel") == ["noopener noreferrer"]

    def test_the_first_line_says_how_sure_it_is_and_of_what(self) -> None:
        """The short answer with its citation, a word, and the number behind it."""
        quote = make_quote(make_article(_TRAM), "The extension of the tram will cost 47.9 million")
        start = quote.article.text.index("47.9")
        quote = replace(quote, focus=Span(start, start + 12))
        html = show(make_answer([quote], standalone="How much will the tram cost?"))
        assert html.texts(".lead") == ["47.9 million very likely · 1 quote from 1 article"]
        assert html.texts(".focus") == ["47.9 million"]
        assert html.values(".sure", "title") == ["90 % sure that the articles answer this"]

    @pytest.mark.parametrize(
        ("question", "short", "other"),
        [
            ("When does it apply?", "2 August 2026", "2024/1689"),
            ("When does the ferry leave?", "at noon", "Harrow Bay"),
            ("How much is it?", "£41.6 million", "the tram"),
            ("How many are there?", "twelve", "several"),
            ("Who won?", "Asha Verne", "a record"),
            ("Is it red or blue?", "blue", "x" * 61),
        ],
    )
    def test_a_short_answer_is_of_the_kind_that_was_asked_for(
        self, question: str, short: str, other: str
    ) -> None:
        """A number is no day, and what is long is no short answer."""
        assert fits(question, short)
        assert not fits(question, other)

    @pytest.mark.parametrize("question", ["Why did it fall?", "Is it big?", "and did they win?"])
    def test_no_few_words_say_why_or_whether(self, question: str) -> None:
        """The quote does."""
        assert not fits(question, "17 percent")

    def test_a_lead_waits_for_its_quote(self) -> None:
        """While quotes come one by one, its own may be still to come."""
        article = make_article(_TRAM)
        first = make_quote(article, "The extension of the tram will cost 47.9 million pounds.")
        second = make_quote(article, "Works begin in April.")
        second = replace(second, focus=Span(second.span.start, second.span.start + 5))
        kept = keep(make_answer([first, second], standalone="What?"), _TODAY)
        assert Html(show_answer(kept, 1)).texts(".lead") == [
            "Works very likely · 2 quotes from 1 article"
        ]
        partly = {**kept, "quotes": kept["quotes"][:1]}
        assert Html(show_answer(partly, 1)).texts(".lead") == [
            "very likely · 1 quote from 1 article"
        ]

    def test_a_short_answer_of_another_kind_is_not_shown(self) -> None:
        """Neither in the lead nor in the quote, nor in the panel."""
        quote = make_quote(make_article(_TRAM), "The extension of the tram will cost 47.9 million")
        start = quote.article.text.index("tram will")
        quote = replace(quote, focus=Span(start, start + 4))
        answer = make_answer([quote], standalone="How much will the tram cost?")
        assert keep(answer, _TODAY)["quotes"][0]["focus"] is None
        assert show(answer).texts(".focus") == []
        assert show(answer).texts(".lead") == ["very likely · 1 quote from 1 article"]

    @pytest.mark.parametrize(
        ("confidence", "word"),
        [(0.85, "very likely"), (0.849, "likely"), (0.65, "likely"), (0.649, "possibly")],
    )
    def test_a_confidence_is_a_word(self, confidence: float, word: str) -> None:
        """From the least on that it names."""
        assert sure(confidence) == word

    def test_everything_from_articles_is_escaped(self) -> None:
        """Wherever it is shown, and in the form in which it is copied."""
        title = json.dumps(_HOSTILE)
        text = f"---\ntitle: {title}\ntags: [{title}]\n---\n\nWords `{_HOSTILE}` here.\n"
        quote = make_quote(make_article(text, "<b>.md"), f"Words `{_HOSTILE}`")
        other = make_article("Alpha.", "<i>.md")
        for html in (
            show(make_answer([replace(quote, also=(other,))], notes=(_HOSTILE,))),
            show(make_silence([quote], notes=(_HOSTILE,), misses=(_HOSTILE,))),
            show(make_answer([quote], standalone=_HOSTILE)),
            Html(show_trouble(_HOSTILE)),
            Html(show_suggestions([_HOSTILE])),
        ):
            names = {name for name, _, _ in html.elements}
            assert not names & {"script", "img", "i"}
            assert not any("onerror" in known for _, known, _ in html.elements)

    def test_a_chat_message_is_one_line(self) -> None:
        """A blank line would end the HTML."""
        article = make_article("One\ntwo three.\n")
        answer = make_answer([make_quote(article, "One\ntwo three.")], notes=("a\n\nb",))
        html = show_answer(keep(answer, _TODAY), 1)
        assert "\n" not in html
        assert "\r" not in html

    def test_silence_is_a_status_with_its_reasons_and_near_misses(self) -> None:
        """Nothing in it is a citation."""
        quote = make_quote(make_article(_TRAM), "Works begin in April.")
        html = show(make_silence([quote], notes=("Nothing close.",), misses=("Lacks it.",)), 2)
        assert html.texts(".silence") == ["Your articles don't say."]
        assert html.values(".silence", "role") == ["status"]
        assert html.texts(".notes") == ["Nothing close."]
        assert html.values(".near", "href") == ["#near-2-1"]
        assert html.texts(".near") == ["Works begin in April.Lacks it.The Tram · 5 December 2024"]
        assert html.texts(".cite") == []

    def test_who_asks_what_is_new_is_shown_the_newest_articles(self) -> None:
        """In place of near misses of a question that asks for no fact."""
        article = {"article": 'a/é "b".md', "title": _HOSTILE, "date": "2025-02-07"}
        newest = {"said": "1 article since 1 February 2025, newest first", "articles": [article]}
        quote = make_quote(make_article(_TRAM), "Works begin in April.")
        html = Html(show_answer({**keep(make_silence([quote]), _TODAY), "newest": newest}, 1))
        assert html.values("a", "href") == ["#article=a%2F%C3%A9%20%22b%22.md"]
        assert html.texts(".day") == ["7 February 2025"]
        assert html.texts(".silence") == ["Your articles don't say."]
        assert html.texts(".near") == []

    def test_a_silence_under_a_filter_advises_to_take_it_away(self) -> None:
        """One that gave way is not to blame."""
        tag = PlainFilter("tag:a", Filter.of(tags="a"))
        assert "without the filter" in show(make_silence((), filters=(tag,))).texts(".try")[0]
        gave_way = replace(tag, soft=True, applied=False)
        assert "the filter" not in show(make_silence((), filters=(gave_way,))).texts(".try")[0]

    def test_a_follow_up_says_how_it_was_understood_once(self) -> None:
        """Not again among the notes."""
        quote = make_quote(make_article(_TRAM), "Works begin in April.")
        notes = ("Understood as: When? and the tram?", "Another.")
        html = show(make_answer([quote], standalone="When? and the tram?", notes=notes))
        assert html.texts(".understood") == ["Understood as “When? and the tram?”"]
        assert html.texts(".notes") == ["Another."]

    def test_a_filter_read_from_words_is_a_button_that_takes_it_away(self) -> None:
        """Each that holds, by its place; one that gave way is told in a note and is no button."""
        march = Filter.of(since="2025-03-01")
        filters = (
            PlainFilter("since March", march, soft=True, applied=False),
            PlainFilter(f"tag:{_HOSTILE}", Filter.of(tags="a<b")),
        )
        html = show(make_silence((), filters=filters), 3)
        assert html.values(".unfilter", "href") == ["#filter-3-2"]
        assert html.texts(".unfilter") == [f"Remove filter “tag:{_HOSTILE}” → tag a<b"]

    def test_prose_of_a_writer_is_shown_with_its_citations(self) -> None:
        """A number without a quote leads nowhere."""
        quote = make_quote(make_article(_TRAM), "Works begin in April.")
        html = show(make_answer([quote], text="Soon <b> [1], not [7]."))
        assert html.texts(".written") == ["Soon <b> [1], not [7]."]
        assert html.texts(".cite") == ["[1]", "[1]"]

    def test_what_the_default_writer_says_is_not_shown_twice(self) -> None:
        """It is the quotes."""
        quote = make_quote(make_article(_TRAM), "Works begin in April.")
        assert show(make_answer([quote])).texts(".written") == []

    def test_a_quote_names_the_articles_that_say_the_same(self) -> None:
        """Folded under its label, each with day, state and file."""
        copy = make_article("---\ntitle: <b>Copy</b>\ndate: 2024-01-02\n---\n\nAlpha.", "<c>.md")
        draft = make_article("---\ntitle: Late\ndraft: true\n---\n\nAlpha.", "d.md")
        quote = replace(make_quote(make_article("Alpha beta.\n"), "Alpha"), also=(copy, draft))
        html = show(make_answer([quote]))
        assert html.texts("summary") == ["Copy with citation", "also in 2 articles"]
        assert html.texts("li") == ["<b>Copy</b> · 2 January 2024 · <c>.md", "Late · draft · d.md"]

    def test_a_table_row_is_shown_under_the_names_of_its_columns(self) -> None:
        """The words stay as they are; beneath them stands each cell with its column."""
        article = make_article("| <i>N</i>`<b>` | | 2025 |\n|-|-|-|\n| Foo | bar | `<x>` |\n")
        html = show(make_answer([make_quote(article, "Foo | bar | `<x>`")]))
        assert html.texts("blockquote") == ["Foo bar <x> [1]"]
        assert html.texts("dt") == ["N<b>", "", "2025"]
        assert html.texts("dd") == ["Foo", "bar", "<x>"]

    def test_a_near_miss_from_a_table_names_its_columns(self) -> None:
        """In one line, for the whole card is a link."""
        quote = make_quote(make_article("| Ferry | Built |\n|-|-|\n| Foo | 1998 |\n"), "Foo | 1998")
        assert show(make_silence([quote])).texts(".from")[0] == "Ferry: Foo · Built: 1998"

    @pytest.mark.parametrize(
        ("front", "state"),
        [
            ("draft: true", ["draft"]),
            ("expiryDate: 2025-01-01", ["expired"]),
            ("publishDate: 2025-12-24", ["not yet out"]),
            ("publishDate: 2025-06-01", []),
        ],
    )
    def test_an_unpublished_article_is_marked(self, front: str, state: list[str]) -> None:
        """In the credit of a quote and on the card of a near miss."""
        article = make_article(f"---\ntitle: T\n{front}\n---\n\nAlpha beta.\n")
        quote = make_quote(article, "Alpha")
        assert show(make_answer([quote])).texts(".state") == state
        assert show(make_silence([quote])).texts(".state") == state

    def test_a_quote_can_be_copied_in_three_forms(self) -> None:
        """Line breaks and quotation marks survive; gradio leaves addresses in messages alone."""
        quote = make_quote(make_article(_TRAM), "Works begin in April.")
        html = show(make_answer([quote]))
        assert html.texts(".copy") == ["Markdown", "APA-like", "Plain"]
        links = html.values(".copy", "href")
        markdown, apa, _ = (unquote(str(link).removeprefix("#copy=")) for link in links)
        assert markdown.startswith("> Works begin in April.\n>\n> — ")
        assert apa.startswith("“Works begin in April.”\nThe Tram. (2024, December 5).")

    def test_an_answer_survives_json(self) -> None:
        """It is kept in a file between one visit and the next."""
        kept = keep(make_answer([make_quote(make_article(_TRAM), "Works begin")]), _TODAY)
        again = json.loads(json.dumps(kept))
        assert again == kept
        assert show_answer(again, 1) == show_answer(kept, 1)


class TestSuggestions:
    """What may be asked next."""

    def test_each_is_a_button(self) -> None:
        """With its words as they are."""
        html = Html(show_suggestions(['Who is "A"?\n', "Why?"]))
        assert html.values(".suggestion", "data-question") == ['Who is "A"?\n', "Why?"]
        assert html.values(".suggestion", "role") == ["button", "button"]

    def test_none_is_nothing(self) -> None:
        """No heading over an empty list."""
        assert show_suggestions([]) == ""


def test_nothing_is_escaped_twice() -> None:
    """An ampersand of an article is one on the page."""
    quote = make_quote(make_article("---\ntitle: A & B\n---\n\nC & D.\n"), "C & D.")
    html = show_answer(keep(make_answer([quote]), _TODAY), 1)
    assert "&amp;amp;" not in html
    assert "A & B" in unescape(html)
