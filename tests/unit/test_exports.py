"""Exports: Markdown that shows every character, annotations as the W3C models them."""

import json
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pullquote import Answer, Article, InputError, Quote, Span
from pullquote.exports import NEAREST, SILENCE, escape, to_annotations, to_markdown
from pullquote.markdown import read_blocks

TEXT = "Work began early. The tram cost *40* million & more. It opens in May.\n"
QUOTE: dict[str, Any] = {
    "article": "a b/tram.md",
    "digest": "blake2b:00ff",
    "start": 18,
    "end": 52,
    "lines": [1, 1],
    "text": "The tram cost 40 million & more.",
    "source": "The tram cost *40* million & more.",
    "prefix": "Work began early. ",
    "suffix": " It opens in May.\n",
    "title": "The *new* tram",
    "date": "2025-03-01",
    "url": "https://example.com/tram/#:~:text=The%20tram",
    "also": [{"article": "b.md", "title": "Again", "date": None}],
}
ANSWER: dict[str, Any] = {"question": "What did it cost?", "notes": [], "quotes": [QUOTE]}
RENDER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def shown(tokens: list[Token]) -> str:
    """Return the text that inline tokens show."""
    return "".join("\n" if t.type in ("hardbreak", "softbreak") else t.content for t in tokens)


def rendered(markdown: str) -> list[tuple[str, str]]:
    """Return each block that holds text: what it is in, and what it shows."""
    found, open_blocks = [], []
    for token in RENDER.parse(markdown):
        if token.nesting == 1:
            open_blocks.append(token.tag)
        elif token.nesting == -1:
            open_blocks.pop()
        elif token.type == "inline":
            found.append((" ".join(open_blocks), shown(token.children or [])))
        else:
            found.append((token.type, token.content))
    return found


HARD = st.text(
    st.sampled_from("*_`~#|\\<>{}[]()&!-+=:;.'\"^$%@ \t\n0a1é。\u00a0")
    | st.characters(exclude_categories=("Cc", "Cs")),
    max_size=30,
) | st.lists(
    st.sampled_from(
        [
            *"1. 2) - + * # ### > ``` ~~~ === --- | |-| :-: [^1] [^1]: [a](b) <b> <!--".split(),
            *"&amp; &#38; **a** __a__ ~~a~~ ![a](b) https://a.example www.a.example $a$".split(),
            *(":+1:", "\\", "<https://a>", "\n", " ", "\n\n", "  \n", "\\\n", "    a", "\ta"),
        ]
    ),
    max_size=8,
).map("".join)


@given(HARD)
@example("1. a\n2. b")
@example("a\n---")
@example("a | b\n- | -\n1 | 2")
@example("[^1]: a b")
@example("a\\\nb\\")
@example("    code")
@example("a\n\n\nb")
@example("1.\ta")
def test_every_character_of_a_quote_is_shown(text: str) -> None:
    """In a paragraph of its own, whatever the characters mean in Markdown."""
    text = text.strip()
    words = [
        words for where, words in rendered(f"> {escape(text)}\n>\n> x".replace("\\\n", "\\\n> "))
    ]
    assert words == ([text, "x"] if text else ["x"])


@given(HARD)
@example("a\n: b")
@example("%%a%% {{ b }} {% c %} [caption]")
def test_pullquote_reads_its_own_exports(text: str) -> None:
    """Neither templates nor definition lists are seen in a quote; ASCII is all the markup."""
    exported = f"> {escape(text.strip())}\n\nx".replace("\\\n", "\\\n> ")
    read = "".join(block.text for block in read_blocks(exported))
    assert [c for c in read if "!" <= c <= "~"] == [c for c in f"{text}x" if "!" <= c <= "~"]


@given(HARD)
def test_a_quote_is_one_paragraph_of_its_blockquote(text: str) -> None:
    """With its title below it, and nothing else in the file is upset."""
    text = text.strip() or "a"
    quote = QUOTE | {"text": text, "title": text}
    found = rendered(to_markdown(ANSWER | {"quotes": [quote], "question": text}))
    line = " ".join(text.split())
    assert found[:3] == [
        ("h1", line),
        ("blockquote p", text),
        ("blockquote p", f"— {line}, 2025-03-01[^1]"),
    ]
    assert [where for where, _ in found[3:]] == ["p"]


def test_markdown_of_an_answer() -> None:
    """The question, the quote, and a footnote that proves it."""
    assert to_markdown(ANSWER) == (
        "# What did it cost?\n\n"
        "> The tram cost 40 million \\& more.\n>\n"
        "> — The \\*new\\* tram, 2025-03-01[^1]\n\n"
        "[^1]: The \\*new\\* tram, 2025-03-01."
        " <https://example.com/tram/#:~:text=The%20tram>."
        " a b/tram.md:18-52, line 1. Digest blake2b:00ff. Also in Again (b.md).\n"
    )


def test_a_footnote_tells_all_lines() -> None:
    """First and last."""
    found = to_markdown(ANSWER | {"quotes": [QUOTE | {"lines": [3, 5]}]})
    assert "tram.md:18-52, lines 3–5. Digest" in found


def test_markdown_of_silence_is_honest() -> None:
    """It says that nothing answers, then what came closest; the rest of a near miss may lack."""
    near = {"article": "a.md", "start": 3, "end": 9, "text": "Near.", "score": 0.4}
    answer = {"question": "Who?", "quotes": [], "nearest": [near], "notes": ["Only tags."]}
    assert to_markdown(answer) == (
        f"# Who?\n\n*Only tags.*\n\n**{SILENCE}**\n\n{NEAREST}\n\n"
        "> Near.\n>\n> — a.md[^1]\n\n[^1]: a.md:3-9.\n"
    )
    assert to_markdown({"quotes": []}) == f"# Quotes\n\n**{SILENCE}**\n"


def test_footnotes_of_a_conversation_are_numbered_through() -> None:
    """All of them stand at the end."""
    found = to_markdown([ANSWER, ANSWER])
    assert [line[:6] for line in found.split("\n") if line.startswith("[^")] == ["[^1]: ", "[^2]: "]
    assert found.count("# What did it cost?") == 2


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://a.example/<b> c", "https://a.example/%3Cb%3E%20c"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("ftp://a.example/x", None),
    ],
)
def test_only_web_addresses_become_links(url: str, link: str | None) -> None:
    """And none breaks out of its brackets."""
    tokens = RENDER.parse(to_markdown(ANSWER | {"quotes": [QUOTE | {"url": url}]}))
    links = [
        child.attrs["href"]
        for token in tokens
        for child in token.children or []
        if child.type == "link_open"
    ]
    assert links == ([link] if link else [])


@pytest.mark.parametrize(
    "change",
    [
        {"text": 5},
        {"text": "\ud800"},
        {"title": []},
        {"also": 3},
        {"also": [3]},
        {"lines": "ab"},
        {"start": -1},
        {"end": float("nan")},
        {"url": 8},
    ],
)
def test_nonsense_is_no_export(change: dict[str, Any]) -> None:
    """One line says what it is; `verify` says the same of its own part."""
    with pytest.raises(InputError) as caught:
        to_markdown(ANSWER | {"quotes": [QUOTE | change]})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("answer", [None, [], {"quotes": 1}, {"quotes": [1]}, "x"])
def test_what_is_no_answer_is_not_exported(answer: object) -> None:
    """Neither form is made of it."""
    for export in (to_annotations, to_markdown):
        with pytest.raises(InputError):
            export(answer)


def is_uri(value: object) -> bool:
    """Tell whether a value is an absolute or relative address without spaces."""
    return isinstance(value, str) and " " not in value and bool(urlsplit(value).path)


def check_annotation(annotation: dict[str, Any]) -> None:
    """Check what the Web Annotation Data Model demands of an annotation of a text."""
    assert annotation["type"] == "Annotation"
    assert annotation["id"].startswith("urn:uuid:")
    assert annotation["motivation"] == "highlighting"
    for body in annotation["body"]:
        assert body["type"] == "TextualBody"
        assert isinstance(body["value"], str)
        assert body["format"] == "text/plain"
        assert body["purpose"] in ("questioning", "describing")
    target = annotation["target"]
    assert target["type"] == "SpecificResource"
    assert is_uri(target["source"]["id"])
    assert target["source"]["format"] == "text/markdown"
    assert is_uri(target["scope"])
    place, words = target["selector"]
    assert place["type"] == "TextPositionSelector"
    assert 0 <= place["start"] < place["end"]
    assert words["type"] == "TextQuoteSelector"
    assert all(isinstance(words[name], str) for name in ("exact", "prefix", "suffix"))
    assert target["state"]["type"] == "TimeState"
    assert is_uri(target["state"]["cached"])


def test_annotations_follow_the_model() -> None:
    """A collection of one page, of one annotation for each quote; JSON all the way."""
    found = json.loads(json.dumps(to_annotations([ANSWER, ANSWER | {"question": "Why?"}])))
    assert found["@context"] == "http://www.w3.org/ns/anno.jsonld"
    assert (found["type"], found["total"]) == ("AnnotationCollection", 2)
    page = found["first"]
    assert (page["type"], page["partOf"], page["startIndex"]) == (
        "AnnotationPage",
        found["id"],
        0,
    )
    assert found["last"] == page["id"]
    assert len({item["id"] for item in page["items"]}) == 2
    for item in page["items"]:
        check_annotation(item)


def test_an_annotation_selects_the_source() -> None:
    """Offsets and words are those of the Markdown file, whose path is a relative address."""
    (found,) = to_annotations(ANSWER)["first"]["items"]
    target = found["target"]
    assert target["source"]["id"] == "a%20b%2Ftram.md".replace("%2F", "/")
    assert unquote(target["source"]["id"]) == QUOTE["article"]
    assert target["scope"] == "https://example.com/tram/"
    assert target["selector"] == [
        {"type": "TextPositionSelector", "start": 18, "end": 52},
        {
            "type": "TextQuoteSelector",
            "exact": "The tram cost *40* million & more.",
            "prefix": "Work began early. ",
            "suffix": " It opens in May.\n",
        },
    ]
    assert TEXT[18:52] == target["selector"][1]["exact"]
    assert target["state"]["cached"] == "urn:blake2b:00ff"
    assert [body["value"] for body in found["body"]] == ["What did it cost?", QUOTE["text"]]


def test_ids_depend_on_the_answer_alone() -> None:
    """Twice the same, and another place is another annotation."""
    assert to_annotations(ANSWER) == to_annotations(json.loads(json.dumps(ANSWER)))
    moved = to_annotations(ANSWER | {"quotes": [QUOTE | {"start": 17}]})
    assert moved["first"]["items"][0]["id"] != to_annotations(ANSWER)["first"]["items"][0]["id"]


def test_an_answer_exports_itself() -> None:
    """The same as its JSON does."""
    article = Article("tram.md", "blake2b:0", "Tram", text=TEXT)
    quote = Quote(article, Span(18, 52), 0.9)
    answer = Answer("What?", "What?", "answered", 0.9, "", (quote,))
    assert answer.to_markdown() == to_markdown(answer.to_dict())
    assert "> The tram cost 40 million \\& more.\n" in answer.to_markdown()
    assert answer.to_annotations() == to_annotations(answer.to_dict())
