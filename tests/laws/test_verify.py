"""Exported quotes, whatever the article and whatever became of it: never exact with other words."""

import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from pullquote import Answer, Article, Chatbot, Quote
from pullquote.articles.files import read_article
from pullquote.articles.passages import split_passages
from pullquote.errors import ArticleUnreadable
from pullquote.exports import to_annotations
from pullquote.markdown import read_blocks
from tests.fakes import fill

OTHER = "# Bees\n\nBees shiver all winter.\n"
WORD = st.sampled_from(
    "Trams rose by 5 3.5 $4 9% café e\u0301te\u0301 👩‍👩‍👧 売上高 Привет it’s U.S. fell".split()
)
FRAMES = (
    "@ **@** *@* ***@*** ~~@~~ `@` <b>@</b> [@](https://a.example/b_c) @[^1] [@][ref] @&nbsp;x"
    " &eacute;@ @\\!"
).split()
INLINE = st.tuples(st.sampled_from(FRAMES), WORD).map(lambda pair: pair[0].replace("@", pair[1]))
SENTENCE = st.lists(INLINE, min_size=2, max_size=6).map(lambda words: " ".join(words) + ".")
PROSE = st.lists(SENTENCE, min_size=1, max_size=3)
NEWLINE = st.sampled_from(["\n", "\r\n"])
DEFINITIONS = "[^1]: Noted.\n\n[ref]: https://a.example/ 'title'\n"


def frame(sentences: Sequence[str], form: str) -> str:
    """Return sentences as a paragraph on one line or on several, an item, a quotation, a table."""
    if form == "|":
        return "| a | b |\n|---|---|\n" + "\n".join(f"| {s} | x |" for s in sentences)
    first, joint = form.split("@")
    return first + joint.join(sentences)


BLOCK = st.builds(frame, PROSE, st.sampled_from(["@ ", "@\n", "- @\n  ", "> @\n> ", "|"]))


@st.composite
def articles(draw: st.DrawFn) -> str:
    """Return an article with or without front matter, of either kind of line breaks."""
    blocks = draw(st.lists(BLOCK, min_size=1, max_size=4))
    front = draw(st.sampled_from(["", "---\ntitle: A\n---\n\n", "\ufeff# A\n\n"]))
    text = front + "\n\n".join([*blocks, DEFINITIONS])
    return text.replace("\n", draw(NEWLINE))


def read(text: str) -> Article | None:
    """Return the article, or None if there is nothing to quote."""
    try:
        return read_article("a.md", text.encode())[0]
    except ArticleUnreadable:
        return None


def shown(text: str) -> str:
    """Return all that a reader sees of a text, outside of code."""
    article = read(text)
    if article is None:
        return ""
    blocks = read_blocks(text, article.body)
    return " ".join(r.text.strip() for b in blocks if b.kind != "code" for r in b.runs)


def quote_all(text: str) -> dict[str, Any]:
    """Return the JSON of an answer that quotes every sentence of a text."""
    article = read(text)
    assume(article is not None)
    assert article is not None
    spans = [span for passage in split_passages(article) for span in passage.sentences]
    quotes = tuple(Quote(article, span, 0.9) for span in spans)
    return Answer("What?", "What?", "answered", 0.9, "", quotes).to_dict()


def check(answer: object, files: dict[str, str]) -> list[tuple[str, str | None, str | None]]:
    """Return status, article and the words at the new place of each quote, read back there."""
    with TemporaryDirectory() as folder:
        bot = Chatbot(fill(Path(folder, "corpus"), files), embeddings=Path(folder, "e"))
        rows: list[tuple[str, str | None, str | None]] = []
        for checked in bot.verify(answer):
            place = checked.place
            if place is None:
                rows.append((checked.status, None, None))
                continue
            words = bot.show(place.article, place.span.start, place.span.end).text
            assert words == place.text
            rows.append((checked.status, place.article, words))
        return rows


def expect(answer: dict[str, Any], status: str, path: str) -> list[tuple[str, str, str]]:
    """Return what is expected of every quote that is still there."""
    return [(status, path, quote["text"]) for quote in answer["quotes"]]


@settings(max_examples=50)
@given(articles(), st.booleans())
def test_quotes_of_an_unchanged_article_are_exact(text: str, linked: bool) -> None:
    """As JSON and as annotations; another article changes nothing."""
    answer = quote_all(text)
    value = to_annotations(answer) if linked else answer
    assert check(value, {"a.md": text, "b.md": OTHER}) == expect(answer, "exact", "a.md")


@settings(max_examples=50)
@given(articles(), st.sampled_from(["Nobody knew.\n\n", "* Nobody\n\n---\n\n", "# Word\n\n"]))
def test_text_before_quotes_moves_them(text: str, inserted: str) -> None:
    """The same words are read at the new places."""
    answer = quote_all(text)
    article = read(text)
    assert article is not None
    body = article.body + (text.startswith("\ufeff") and article.body == 0)
    edited = text[:body] + inserted + text[body:]
    rows = check(answer, {"a.md": edited})
    assert [words for _, _, words in rows] == [quote["text"] for quote in answer["quotes"]]
    for quote, (status, _, _) in zip(answer["quotes"], rows, strict=True):
        # A twin may have come to stand just where the quote stood.
        twins = edited.count(quote["source"]) > 1
        assert status == "moved" or (twins and status == "exact")


@settings(max_examples=50)
@given(articles(), st.booleans(), st.booleans())
def test_a_renamed_article_is_found(text: str, linked: bool, longer: bool) -> None:
    """By its digest; when it was edited too, by its words, unless they are few."""
    answer = quote_all(text)
    value = to_annotations(answer) if linked else answer
    rows = check(value, {"b c.md": text + "\nMore.\n" * longer, "d.md": OTHER})
    wanted = expect(answer, "moved", "b c.md")
    assert [row for row in rows if row[0] != "gone"] == [
        found for found, row in zip(wanted, rows, strict=True) if row[0] != "gone"
    ]
    for quote, row in zip(answer["quotes"], rows, strict=True):
        assert row[0] == "moved" or (longer and len(quote["text"]) < 20)


@settings(max_examples=50)
@given(articles())
def test_a_deleted_article_is_gone(text: str) -> None:
    """There is no place."""
    answer = quote_all(text)
    rows = check(answer, {"b.md": OTHER})
    assert rows == [("gone", None, None) for _ in answer["quotes"]]


@settings(max_examples=50)
@given(articles())
def test_other_line_breaks_change_no_words(text: str) -> None:
    """Each quote is where the same words are; none is changed."""
    answer = quote_all(text)
    other = text.replace("\r\n", "\n") if "\r\n" in text else text.replace("\n", "\r\n")
    rows = check(answer, {"a.md": other})
    assert [words for _, _, words in rows] == [quote["text"] for quote in answer["quotes"]]
    assert {status for status, _, _ in rows} <= {"exact", "moved"}


@settings(max_examples=200)
@given(
    articles(),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.sampled_from(["", "x", "7", ".", " ", "é", "*", "\n"]),
    st.booleans(),
)
@example("Trams rose by 5. Trams fell.\n\nX.\n", 0, 14, "6", True)
def test_one_character_is_enough(
    text: str, which: int, where: int, character: str, replaces: bool
) -> None:
    """A quote inside which one was put, replaced or removed stands only if its words still show."""
    answer = quote_all(text)
    quote = answer["quotes"][which % len(answer["quotes"])]
    at = quote["start"] + where % (quote["end"] - quote["start"])
    assume(replaces or (character and at > quote["start"]))
    edited = text[:at] + character + text[at + replaces :]
    assume(edited != text)
    ((status, path, words),) = check({"quotes": [quote]}, {"a.md": edited})
    if quote["text"] not in shown(edited):
        assert (status, path, words) == ("changed", None, None)
    elif status != "changed":
        assert (path, words) == ("a.md", quote["text"])
    else:  # the words are there, but as a part of longer ones
        torn = rf"(?s)\w[.,'’-]?{re.escape(quote['text'])}|{re.escape(quote['text'])}[.,'’-]?\w"
        assert re.search(rf"{torn}|[$€£.+−-]{re.escape(quote['text'])}", shown(edited))
