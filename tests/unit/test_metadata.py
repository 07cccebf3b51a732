"""Metadata: all the usual names, shapes and traps, as an article has them."""

from datetime import date

import pytest

from pullquote.articles.files import read_article
from pullquote.articles.site import Site
from pullquote.types import Article


def read(head: str, path: str = "a.md", site: Site | None = None) -> Article:
    """Return an article with this YAML before its text."""
    return read_article(path, f"---\n{head}\n---\nWords.".encode(), site or Site())[0]


@pytest.mark.parametrize(
    ("path", "head", "field", "value"),
    [
        ("a.md", "last-modified: 2024-01-02", "updated", date(2024, 1, 2)),
        ("a.md", "last_modified_at: 2024-01-02T10:00:00Z", "updated", date(2024, 1, 2)),
        ("a.md", "updatedDate: Jan 2, 2024", "updated", date(2024, 1, 2)),
        ("a.md", "date: soon\npubDate: 2024-01-02", "date", date(2024, 1, 2)),
        ("a.md", "published: true\ndate: 2024-01-02", "date", date(2024, 1, 2)),
        ("a.md", "published: 2024-01-02", "date", date(2024, 1, 2)),
        ("2024-01-02.md", "a: b", "date", date(2024, 1, 2)),
        ("a.md", "date: 2024-01-02\npublishDate: 2024-02-03", "publish", date(2024, 2, 3)),
        ("2024-01-02-a.md", "a: b", "publish", date(2024, 1, 2)),
        ("a.md", "a: b", "publish", None),
        ("a.md", "expiryDate: 2024-01-02", "expires", date(2024, 1, 2)),
        ("a.md", "expires: 2024-01-02 10:00", "expires", date(2024, 1, 2)),
        ("a.md", "draft: true", "draft", True),
        ("a.md", "published: 'false'", "draft", True),
        ("a.md", "published: 2024-01-02", "draft", False),
        ("a.md", "status: Draft", "draft", True),
        ("_drafts/a.md", "a: b", "draft", True),
        ("drafts/a.md", "a: b", "draft", False),
        ("a.md", "author: Jane Roe", "authors", ("Jane Roe",)),
        ("a.md", "author: Jane Roe, Max Poe", "authors", ("Jane Roe", "Max Poe")),
        ("a.md", "author: Roe, Jane", "authors", ("Roe, Jane",)),
        ("a.md", "authors: [Jane, Max, Jane]", "authors", ("Jane", "Max")),
        ("a.md", "authors:\n- name: Jane\n  url: x\n- Max", "authors", ("Jane", "Max")),
        ("a.md", "author:\n  name: Jane", "authors", ("Jane",)),
        ("a.md", "author:\n  mail: x", "authors", ()),
        ("a.md", "extra:\n  author: Jane", "authors", ("Jane",)),
        ("a.md", "params:\n  author: Jane\nauthor: Max", "authors", ("Max",)),
        ("a.md", "aliases: [/old/, Big Co]", "aliases", ("/old/", "Big Co")),
        ("a.md", "redirect_from: /old/", "aliases", ("/old/",)),
        (
            "a.md",
            "aliases: ['javascript:x y', 'https://u@a.example/', 'Re: x']",
            "aliases",
            ("Re: x",),
        ),
        ("a.md", "tags: a b", "tags", ("a b",)),
        ("_posts/a.md", "tags: a b", "tags", ("a", "b")),
        ("_posts/a.md", "tags: a b, c", "tags", ("a b", "c")),
        ("_posts/a.md", "tag: a b", "tags", ("a b",)),
        ("_posts/a.md", "tags: [a b]", "tags", ("a b",)),
        ("a.md", "categories: [[a, b], c, [[d]]]", "categories", ("a", "b", "c", "d")),
        ("news/_posts/a/b.md", "category: x", "categories", ("news", "x")),
        ("news/a.md", "a: b", "categories", ()),
        ("a.md", "excerpt: Short.", "summary", "Short."),
        ("a.fr.md", "a: b", "lang", ("fr",)),
        ("a.fr.md", "lang: de", "lang", ("de",)),
        ("a.pt-br.md", "a: b", "lang", ("pt-br",)),
        ("notes.ai.md", "a: b", "lang", ()),
        ("a.md.md", "a: b", "lang", ()),
    ],
)
def test_a_field_is_read_under_its_usual_names(
    path: str, head: str, field: str, value: object
) -> None:
    """As Hugo, Jekyll, Zola, Hexo, Eleventy and Obsidian write it."""
    assert getattr(read(head, path), field) == value


def test_json_may_spell_half_a_character() -> None:
    """It is replaced, and the article is read."""
    text = '{"title": "half \\ud83d", "tags": ["\\udc00"]}\n\nWords.\n'
    article, _ = read_article("a.md", text.encode())
    assert (article.title, article.tags) == ("half \ufffd", ("\ufffd",))


@pytest.mark.parametrize(
    ("path", "lang"),
    [
        ("a.md", ("en",)),
        ("a.de.md", ("de",)),
        ("a.fr.md", ("en",)),
        ("content/de/a.md", ("de",)),
        ("de/a.md", ("de",)),
        ("x/de/a.md", ("en",)),
    ],
)
def test_a_site_may_name_its_languages(path: str, lang: tuple[str, ...]) -> None:
    """Then only those are told from names and folders, and the others have the site's own."""
    site = Site(language="en", languages=("de",))
    assert read("a: b", path, site).lang == lang


def test_each_date_that_is_none_is_told_once() -> None:
    """Under its own name."""
    text = "---\ndate: soon\npubdate: later\nexpirydate: never\n---\nWords"
    article, warnings = read_article("a.md", text.encode())
    assert (article.date, article.publish, article.expires) == (None, None, None)
    assert warnings == (
        "front matter: date 'soon' is not a date; write YYYY-MM-DD",
        "front matter: date 'later' is not a date; write YYYY-MM-DD",
        "front matter: expirydate 'never' is not a date; write YYYY-MM-DD",
    )
