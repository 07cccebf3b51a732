"""Front matter may be anything: nothing raises, and text that is no metadata is never hidden."""

import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from pullquote.articles.files import read_article
from pullquote.articles.front_matter import MAX_BYTES, read_front_matter
from pullquote.articles.site import Site
from pullquote.errors import ArticleUnreadable
from pullquote.spans import is_whole

SITES = st.sampled_from(
    [
        Site(),
        Site(base_url="https://a.example", generator="hugo", permalinks=(("", "/:year/:slug/"),)),
        Site(base_url="https://a.example", generator="jekyll"),
        Site(base_url="https://a.example", language="en", languages=("de",)),
    ]
)
PATHS = st.sampled_from(["a.md", "_posts/2024-01-02-b c.md", "content/de/x/index.fr.md", "é/_ü.md"])
# Pieces of which front matter, and what only looks like it, is made.
PIECES = st.sampled_from(
    [
        *"--- +++ ... { } [ ] : = - ? | > & * ! % @ ` ' \" , # ~ <<:".split(),
        *"title: date: tags: slug: url: aliases: author: permalink: draft: expirydate:".split(),
        *"title date url = 'a' 2024-01-02 2024-13-45 true null \\ud800 !!binary &a *a".split(),
        *("\n", "\r\n", "\r", "\n\n", "\t", " ", "  ", "\ufeff", "\x00", "\x85", "\u2028", "\x1b"),
        *('{"title": "a"}', '"\\ud800"', '{"a": [', "[a]\n", "a: b\n", "title: A\n", "- x\n"),
        *("/:year/:title/", "https://a.example/x", "javascript:alert(1)", "é", "👩‍👧", "Words."),
    ]
)
NOISE = st.lists(PIECES | st.text(max_size=5), max_size=30).map("".join)
FENCES = st.sampled_from(["---\n", "+++\n", "---\r\n", "---\r", "\ufeff---\n", "\n\n---\n", "{\n"])
KEYS = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=8) | st.sampled_from(
    ["title", "date", "tags", "author", "url"]
)
SCALARS = st.text(max_size=20) | st.integers() | st.booleans() | st.none() | st.dates()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
MAPS = st.dictionaries(KEYS, VALUES, min_size=1, max_size=6)
BODIES = st.sampled_from(["\nWords.\n", "\n\n---\n\nWords: a.\n", "\r\nWords.", "\n}\nb: c\n"])


def check(text: str, path: str = "a.md", site: Site | None = None) -> None:
    """Read an article; nothing but ArticleUnreadable may be raised, and all of it can be kept."""
    try:
        article, warnings = read_article(path, text.encode("utf-8"), site or Site())
    except ArticleUnreadable as error:
        assert str(error)
        return
    assert article.text == text
    assert 0 <= article.body <= len(text)
    labels = (*article.tags, *article.categories, *article.authors, *article.aliases, *article.lang)
    assert all(labels)
    assert is_whole("\n".join((article.title, article.summary, article.url or "", *labels)))
    assert article.title
    assert not re.search(r"[\r\n]", "".join((article.title, article.summary, *labels, *warnings)))
    assert article.url is None or re.match(r"https?://[^\s\x00-\x1f@]+$", article.url)


@given(FENCES, NOISE, NOISE, PATHS, SITES)
@example("---\n", "a: &a [1]\nb: *a", "---\nWords", "a.md", Site())
@example("---\n", "<<: {a: b}\n? [c]\n: d\n", "---\nWords", "a.md", Site())
@example("{\n", '"title": "\\ud800"}', "\nWords", "a.md", Site())
@example("---\n", "date: 9999-12-31 23:59:59 -0900\n", "---\nWords", "_posts/a.md", Site())
def test_whatever_stands_there_is_read_or_refused(
    fence: str, inner: str, rest: str, path: str, site: Site
) -> None:
    """Control characters, half characters, mixed fences and all."""
    check(fence + inner + rest, path, site)


@given(MAPS, BODIES, st.data())
def test_a_changed_front_matter_is_read_or_refused(
    values: dict[str, Any], body: str, data: st.DataObject
) -> None:
    """A valid one with random places cut out, doubled or replaced."""
    text = f"---\n{yaml.safe_dump(values, allow_unicode=True)}---{body}"
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 10)))
        text = text[:start] + data.draw(PIECES | st.just(text[start:end] * 2)) + text[end:]
    check(text)


@given(MAPS, BODIES, st.sampled_from(["---", "..."]), st.sampled_from(["\n", "\r\n", "\r"]))
def test_valid_front_matter_hides_itself_and_nothing_else(
    values: dict[str, Any], body: str, sign: str, newline: str
) -> None:
    """The body is exactly what follows the closing fence, whatever the values."""
    head = f"---\n{yaml.safe_dump(values, allow_unicode=True)}{sign}".replace("\n", newline)
    front = read_front_matter(head + body)
    assert (head + body)[front.body :] == body
    assert set(front.values) == {key.casefold() for key in values}


@given(st.dictionaries(KEYS, st.text(max_size=20) | st.integers(), min_size=1), BODIES)
def test_valid_json_hides_itself_and_nothing_else(values: dict[str, Any], body: str) -> None:
    """The body begins behind the closing brace."""
    head = json.dumps(values, indent=2)
    front = read_front_matter(head + body)
    assert (head + body)[front.body :] == body
    assert dict(front.values) == {
        key: str(value) if isinstance(value, int) else value for key, value in values.items()
    }


LINE = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=20)


@given(st.lists(LINE, max_size=8).map("\n".join))
def test_without_a_fence_nothing_is_hidden(text: str) -> None:
    """Only a line of three signs, or a brace and a key, can begin front matter."""
    first = text.lstrip("\ufeff \t\n").partition("\n")[0].rstrip()
    front = read_front_matter(text)
    if first not in ("---", "+++") and not first.startswith("{"):
        assert front == ({}, int(text.startswith("\ufeff")), ())


PROSE = st.lists(
    st.text("abc d", min_size=1, max_size=12).map(lambda words: f"The {words.strip()} ends."),
    min_size=1,
    max_size=3,
).map("\n\n".join)


@given(st.sampled_from(["title: A\n", "title: A\ntags:\n- b\n", ""]), PROSE, PROSE)
def test_no_paragraph_is_ever_hidden(head: str, prose: str, more: str) -> None:
    """Not by a forgotten fence, and not between two rules."""
    for gap in ("\n", "") if head else ("\n",):
        text = f"---\n{head}{gap}{prose}\n\n---\n\n{more}\n"
        assert text[read_front_matter(text).body :].lstrip("\n") in (
            f"{prose}\n\n---\n\n{more}\n",
            text,
        )


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: A\nb: " + "c" * 10_000_000 + "\n---\nWords.",
        "---\ntitle: A\n" + "b: c\n" * 20_000 + "---\nWords.",
        "---\ntitle: A\n" + "c" * 10_000_000,
        "c" * 1_000_000 + "\n---\n",
        '{"a": ' + "[" * MAX_BYTES + "\n}\nWords.",
        '{"title": "' + "\\u0041" * MAX_BYTES + '"}\nWords.',
        "---\n" + "a: {" * 15_000 + "\n---\nWords.",
        "---\na: " + "&a [" * 15_000 + "\n---\nWords.",
        "---\ntitle: A\ndate: " + "9" * 60_000 + "\n---\nWords.",
        "---\n" + "\n" * 1_000_000 + "title: A\n---\nWords.",
        "+++\n" + "a = [" * 12_000 + "\n+++\nWords.",
        "+++\n" + "a." * 30_000 + "b = 1\n+++\nWords.",
    ],
)
def test_sizes_are_bounded(text: str) -> None:
    """A line of 10 MB, 64 KiB of brackets and a million empty lines are read or refused."""
    check(text)
