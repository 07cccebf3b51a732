"""Articles: which files they are, what is read of them, and what is told."""

import os
from datetime import date
from pathlib import Path

import pytest

from pullquote.articles.files import digest_of, find_articles, read_article, read_bytes
from pullquote.articles.site import Site
from pullquote.errors import ArticleUnreadable, CorpusNotFound

TRAPS = Path(__file__).parents[1] / "corpus"


def test_articles_are_found_in_order(tmp_path: Path) -> None:
    """Markdown of every spelling in every folder is found, hidden and other files are not."""
    for name in ["b.md", "a/z.MD", "a/c.markdown", ".git/d.md", "a/.e.md", "f.txt", "g.md/h.md"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert list(find_articles(tmp_path)) == ["a/c.markdown", "a/z.MD", "b.md", "g.md/h.md"]


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    """The message names the folder and the way to name another."""
    with pytest.raises(CorpusNotFound, match="nowhere: no such folder of articles; name yours"):
        next(find_articles(tmp_path / "nowhere"))


def test_a_name_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    """Such a file is listed by its escaped name, and reading it says what to do."""
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md")).write_text("x")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    (path,) = find_articles(tmp_path)
    assert path == "caf\\udce9.md"
    with pytest.raises(ArticleUnreadable, match="its name is not UTF-8; rename it"):
        read_bytes(tmp_path, path)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """The system's reason is in the message."""
    with pytest.raises(ArticleUnreadable, match="no such article in"):
        read_bytes(tmp_path, "a.md")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty; write something in it or remove it"),
        (b"\xef\xbb\xbf \r\n", "is empty; write something in it or remove it"),
        (b"a\nb\xff", "line 2 is not UTF-8 (invalid start byte); save the file as UTF-8"),
        (
            b"---\ntitle: A\n---\n# B\n\n[c](d)\n",
            "has no text to quote, only front matter, headings, links or code",
        ),
    ],
)
def test_what_is_no_article_is_told(data: bytes, reason: str) -> None:
    """A file without words of its own is refused with the reason."""
    with pytest.raises(ArticleUnreadable) as refused:
        read_article("a.md", data)
    assert str(refused.value) == reason


def test_an_article_holds_all_that_the_front_matter_says() -> None:
    """Every field is read under its usual names; the text is the file's, untouched."""
    text = (
        "\ufeff---\r\ntitle: Amazon\r\ndate: 2025-02-09 18:45:17\r\nlastmod: Mar 1, 2025\r\n"
        "url: https://a.example/amazon\r\nlanguage: en\r\ntags: [ai, aws]\r\ncategory: tech\r\n"
        "description: Short.\r\ndraft: yes\r\n---\r\nWords.\r\n"
    )
    article, warnings = read_article("b/a.md", text.encode())
    assert article.text == text
    assert article.text[article.body :] == "\r\nWords.\r\n"
    assert article.digest == digest_of(text.encode())
    assert (article.path, article.title, article.date, article.updated, article.url) == (
        "b/a.md",
        "Amazon",
        date(2025, 2, 9),
        date(2025, 3, 1),
        "https://a.example/amazon",
    )
    assert (article.lang, article.tags, article.categories, article.summary, article.draft) == (
        ("en",),
        ("ai", "aws"),
        ("tech",),
        "Short.",
        True,
    )
    assert warnings == ()


@pytest.mark.parametrize(
    ("path", "text", "title"),
    [
        ("a.md", "---\ntitle: |\n  Two\n  lines\n---\n# B\n\nc", "Two lines"),
        ("a.md", "Words\n\n## *B* `c`\n\nd", "B c"),
        ("2024-10-31-net_sales.md", "Words", "Net sales"),
        ("net-sales/index.md", "Words", "Net sales"),
        ("a.md", "---\ntitle:\n---\nWords", "A"),
    ],
)
def test_every_article_has_a_title(path: str, text: str, title: str) -> None:
    """From the front matter, else the first heading, else the name of the file or folder."""
    assert read_article(path, text.encode())[0].title == title


@pytest.mark.parametrize(
    ("path", "head", "day"),
    [
        ("2024-10-31-a.md", "", date(2024, 10, 31)),
        ("2024-10-31-a.md", "date: 2025-01-02", date(2025, 1, 2)),
        ("posts/2024/10/31/a.md", "", date(2024, 10, 31)),
        ("a.md", "path: 2024/10/31/a", date(2024, 10, 31)),
        ("a.md", "pubDate: 2024-10-31T23:59:00-08:00", date(2024, 10, 31)),
        ("12024-10-311.md", "", None),
        ("2024-13-31-a.md", "", None),
    ],
)
def test_the_day_comes_from_the_front_matter_or_the_path(
    path: str, head: str, day: date | None
) -> None:
    """Front matter wins over names of files and folders."""
    text = f"---\ntitle: A\n{head}\n---\nWords"
    assert read_article(path, text.encode())[0].date == day


def test_what_is_not_read_is_told() -> None:
    """A date or a list that makes no sense is named in one line."""
    text = "---\ntitle: A\ndate: 10/11/2024\nupdated: soon\ntags:\n  a: b\n---\nWords"
    assert read_article("a.md", text.encode())[1] == (
        "front matter: date '10/11/2024' is not a date; write YYYY-MM-DD",
        "front matter: updated 'soon' is not a date; write YYYY-MM-DD",
        "front matter: tags holds keys and was not read; write plain words",
    )


@pytest.mark.parametrize(
    ("head", "tags"),
    [
        ("tags: [a, b]", ("a", "b")),
        ("tags: a, b", ("a", "b")),
        ("tags: [no, 2024-01-01, 1.10, ~, '']", ("no", "2024-01-01", "1.10")),
        ("Tags: a", ("a",)),
        ("taxonomies:\n  tags: [a]", ("a",)),
        ("tags:", ()),
    ],
)
def test_tags_are_words(head: str, tags: tuple[str, ...]) -> None:
    """Lists, comma-separated words and Zola's table all give tags, as they are written."""
    assert read_article("a.md", f"---\n{head}\n---\nWords".encode())[0].tags == tags


@pytest.mark.parametrize(
    ("head", "draft"),
    [("draft: true", True), ("draft: no", False), ("published: false", True), ("a: b", False)],
)
def test_drafts_are_known(head: str, draft: bool) -> None:
    """Hugo says draft, Jekyll says published."""
    assert read_article("a.md", f"---\n{head}\n---\nWords".encode())[0].draft is draft


@pytest.mark.parametrize(
    ("path", "lang"), [("a.fr.md", ("fr",)), ("a.pt-br.md", ("pt-br",)), ("a.b.md", ())]
)
def test_the_language_may_be_in_the_name(path: str, lang: tuple[str, ...]) -> None:
    """A language code before the suffix is the language of a translation."""
    assert read_article(path, b"Words")[0].lang == lang


def test_a_link_under_the_own_title_is_the_page() -> None:
    """Where the front matter names no page, a link whose last part is the title does."""
    text = "# Net sales rose\n\nWords from [here](https://a.example/net-sales-rose)."
    assert read_article("a.md", text.encode())[0].url == "https://a.example/net-sales-rose"


@pytest.mark.parametrize(
    ("path", "title", "day", "tags"),
    [
        ("harbour-crlf-bom.md", "Harbour traffic", date(2024, 10, 31), ("ports", "trade")),
        ("toml.md", "Beekeeping in winter", date(2023, 12, 1), ("bees", "winter")),
        ("json.md", "A short flight", date(2022, 5, 6), ("air", "travel")),
        ("broken-yaml.md", "Amazon: Q3", date(2024, 10, 31), ("amazon",)),
        ("2021-03-04-dots.fr.md", "Trois points", date(2021, 3, 4), ()),
        ("rule-first.md", "Rule first", None, ()),
        ("references.md", "Annual report", None, ()),
    ],
)
def test_the_traps_are_read(path: str, title: str, day: date | None, tags: tuple[str, ...]) -> None:
    """Every kind of front matter in the trap corpus gives its title, date and tags."""
    article, _ = read_article(path, read_bytes(TRAPS, path))
    assert (article.title, article.date, article.tags) == (title, day, tags)


def test_an_article_of_code_alone_is_one_where_code_may_be_quoted() -> None:
    """Elsewhere it has nothing to quote."""
    code = b"```\nmake all\n```\n"
    assert read_article("a.md", code, Site(code=True))[0].text == code.decode()
    with pytest.raises(ArticleUnreadable, match="no text to quote"):
        read_article("a.md", code)
