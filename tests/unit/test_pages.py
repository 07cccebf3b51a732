"""Pages: where an article lives on the web, by the rules of Hugo and of Jekyll."""

import pytest

from pullquote.articles.files import read_article
from pullquote.articles.site import Site
from pullquote.types import Article

BASE = 'base_url = "https://a.example/"\n'
HUGO = BASE + 'generator = "hugo"\n'
JEKYLL = BASE + 'generator = "jekyll"\n'


def read(path: str, head: str = "", settings: str = BASE, text: str = "Words.") -> Article:
    """Return an article with this YAML before its text, read for a site."""
    data = f"---\ntitle: Net Sales & More\n{head}\n---\n{text}".encode()
    return read_article(path, data, Site.parse(settings))[0]


@pytest.mark.parametrize(
    ("path", "head", "page"),
    [
        ("posts/net-sales.md", "", "/posts/net-sales/"),
        ("content/posts/net-sales.md", "", "/posts/net-sales/"),
        ("posts/content/a.md", "", "/posts/content/a/"),
        ("Posts/Net  Sales (2024), it's.md", "", "/posts/net-sales-2024-its/"),
        ("posts/a - b & c.md", "", "/posts/a-b-c/"),
        ("posts/Rust-1.12+.md", "", "/posts/rust-1.12+/"),
        ("posts/Über uns.md", "", "/posts/%C3%BCber-uns/"),
        ("posts/2024-10-31-a.md", "", "/posts/2024-10-31-a/"),
        ("posts/a/index.md", "", "/posts/a/"),
        ("posts/a/index.md", "slug: B c", "/posts/b-c/"),
        ("posts/_index.md", "slug: ignored", "/posts/"),
        ("_index.md", "", "/"),
        ("index.md", "", "/"),
        ("about.md", "", "/about/"),
        ("posts/a.md", "slug: My First", "/posts/my-first/"),
        ("posts/a.md", "url: /B/c", "/B/c/"),
        ("posts/a.md", "url: b/c.html", "/b/c.html"),
        ("posts/a.md", "url: /b/../../c", "/b/c/"),
        ("posts/a.md", "url: /:year/x\ndate: 2024-01-02", "/2024/x/"),
        ("posts/a.md", "path: 2024/x-1.0", "/2024/x-1.0/"),
        ("posts/about.fr.md", "", "/fr/posts/about/"),
        ("posts/a/index.fr.md", "", "/fr/posts/a/"),
        ("posts/_index.fr.md", "", "/fr/posts/"),
        ("posts/about.en.md", "", "/posts/about/"),
        ("about.fr.md", "url: /a-propos", "/a-propos/"),
        ("about.fr.md", "url: a-propos", "/fr/a-propos/"),
    ],
)
def test_hugo_makes_a_page_of_the_path(path: str, head: str, page: str) -> None:
    """Folder and name, or slug; `url` as it is; a translation under its language."""
    assert read(path, head, HUGO).url == f"https://a.example{page}"


@pytest.mark.parametrize(
    ("pattern", "page"),
    [
        ("/:year/:month/:day/:slug/", "/2024/01/02/net-sales-more/"),
        ("/:year/:title", "/2024/net-sales-more/"),
        ("/:monthname/:weekdayname/:weekday/:yearday", "/january/tuesday/2/2/"),
        ("/:section/:slugorfilename/", "/news/report/"),
        ("/:sections/:contentbasename/", "/news/2024/report/"),
        ("/x/:slugorcontentbasename.html", "/x/report.html"),
    ],
)
def test_hugo_follows_a_pattern(pattern: str, page: str) -> None:
    """Of the longest folder that holds the article."""
    settings = f'{HUGO}[permalinks]\n"/" = "/no/"\nnews = "{pattern}"\n'
    article = read("content/news/2024/Report.md", "date: 2024-01-02", settings)
    assert article.url == f"https://a.example{page}"
    assert read("content/newspaper/a.md", "", settings).url == "https://a.example/no/"


def test_a_page_without_its_day_is_not_guessed() -> None:
    """A pattern that asks for a day gives an undated article no address."""
    assert read("a.md", "", HUGO + 'permalinks = "/:year/:slug/"').url is None


@pytest.mark.parametrize(
    ("pattern", "path", "head", "page"),
    [
        ("", "_posts/2024-01-02-Net_sales.md", "", "/2024/01/02/Net_sales.html"),
        ("", "_posts/2019/2024-01-02-a.md", "categories: [X y, b]", "/x%20y/b/2024/01/02/a.html"),
        ("", "news/_posts/2024-01-02-a.md", "category: b", "/news/b/2024/01/02/a.html"),
        ("", "_posts/2024-01-02-a.md", "date: 2024-05-06", "/2024/05/06/a.html"),
        ("", "_posts/2024-01-02-a.md", "date: 2024-01-02 01:00:00 +0200", "/2024/01/01/a.html"),
        ("", "_posts/2024-01-02-a b.c!.md", "", "/2024/01/02/a-b.c!.html"),
        ("", "_posts/2024-01-02-ä.md", "", "/2024/01/02/%C3%A4.html"),
        ("", "_posts/2024-01-02-a.md", "slug: B c", "/2024/01/02/B-c.html"),
        ("", "_posts/2024-01-02-a.md", "permalink: /x/:year/:title/", "/x/2024/a/"),
        ("", "_posts/2024-01-02-a.md", "permalink: /x", "/x"),
        ("pretty", "_posts/2024-01-02-a.md", "tags: b", "/2024/01/02/a/"),
        ("ordinal", "_posts/2024-02-02-a.md", "", "/2024/033/a.html"),
        ("weekdate", "_posts/2024-01-02-a.md", "", "/2024/W01/Tue/a.html"),
        ("none", "_posts/2024-01-02-a.md", "category: b", "/b/a.html"),
        ("/:short_year/:i_month/:i_day/:slug", "_posts/2024-01-02-A_b.md", "", "/24/1/2/a-b"),
        ("", "about.md", "", "/about.html"),
        ("", "a/index.md", "", "/a/"),
        ("pretty", "a/about.md", "", "/a/about/"),
        ("/:title", "a/about.md", "", "/a/about"),
        ("", "about.md", "permalink: /about/", "/about/"),
    ],
)
def test_jekyll_makes_a_page_of_the_path(pattern: str, path: str, head: str, page: str) -> None:
    """Posts by style or pattern, other pages by their folder with the style's ending."""
    settings = JEKYLL + (f'permalinks = "{pattern}"\n' if pattern else "")
    assert read(path, head, settings).url == f"https://a.example{page}"


def test_jekyll_puts_out_no_hidden_folders() -> None:
    """But a collection, if a pattern is given for it."""
    settings = JEKYLL + '[permalinks]\ndocs = "/d/:path/"\n'
    assert read("_includes/a.md", "", settings).url is None
    assert read("_docs/x/a.md", "", settings).url == "https://a.example/d/x/a/"


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("_posts/2024-01-02-a.md", "/2024/01/02/a.html"),
        ("blog/2024-01-02-a.md", "/2024/01/02/a.html"),
        ("content/blog/2024-01-02-a.md", "/blog/2024-01-02-a/"),
        ("blog/a.md", "/blog/a/"),
    ],
)
def test_the_generator_is_guessed(path: str, page: str) -> None:
    """Posts named by their day are Jekyll's, unless they lie in Hugo's folder."""
    assert read(path).url == f"https://a.example{page}"


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("content/en/about.md", "/about/"),
        ("content/fr/about.md", "/fr/about/"),
        ("content/de/about.md", "/de/about/"),
        ("about.fr.md", "/fr/about/"),
        ("about.it.md", "/about.it/"),
    ],
)
def test_languages_may_have_folders(path: str, page: str) -> None:
    """The site's own language needs no prefix."""
    settings = HUGO + 'language = "en"\nlanguages = ["fr"]\n'
    assert read(path, "", settings).url == f"https://a.example{page}"


@pytest.mark.parametrize(
    ("settings", "head", "page"),
    [
        ("", "url: https://b.example/x", "https://b.example/x"),
        ("", "canonical_url: https://b.example/x", "https://b.example/x"),
        ("", "url: /x", None),
        ("", "link: https://b.example/net-sales-more/", "https://b.example/net-sales-more/"),
        ("", "link: https://b.example/a", "https://b.example/a"),
        ("", "link: https://b.example/other", None),
        (BASE, "link: https://b.example/a", "https://a.example/a/"),
        (BASE, "permalink: https://b.example/x", "https://b.example/x"),
        (BASE, "url: /x\ncanonical: https://b.example/y", "https://b.example/y"),
        (BASE, "url: javascript:alert(1)", "https://a.example/javascript:alert(1)/"),
        (BASE, "url: //b.example/x", "https://a.example/b.example/x/"),
        (BASE, "url: https://u:p@b.example/x", "https://a.example/a/"),
        (BASE, 'url: "/x\\u202e?#%"', "https://a.example/x%E2%80%AE%3F%23%25/"),
        (BASE, "headless: true", None),
        (BASE, "build:\n  render: never", None),
        (BASE, "permalink: false", None),
        ('base_url = "https://a.example/blog"', "", "https://a.example/blog/a/"),
    ],
)
def test_what_the_front_matter_names_wins(settings: str, head: str, page: str | None) -> None:
    """An absolute address wins over all, and is one that may be followed; none is made up."""
    assert read("a.md", head, settings).url == page


def test_a_link_under_the_own_title_is_the_page_only_without_a_site() -> None:
    """Where the site tells the address, what the text links to does not matter."""
    text = "Words [here](https://b.example/net-sales-more)."
    assert read("a.md", "", "", text).url == "https://b.example/net-sales-more"
    assert read("a.md", "", BASE, text).url == "https://a.example/a/"


@pytest.mark.parametrize(
    ("head", "aliases"),
    [
        ("aliases: [/old, x, ../y/, /z.html]", ("/old/", "/posts/x/", "/y/", "/z.html")),
        ("path: 2024/a\naliases: [2024/a.html, b]", ("/2024/a.html", "/b/")),
        ("redirect_from: /old/", ("/old/",)),
        ("aliases: [/a b]", None),
    ],
)
def test_aliases_are_addresses_of_the_site(head: str, aliases: tuple[str, ...] | None) -> None:
    """Hugo's lie beside the page, Zola's at the root; words with spaces are names."""
    wanted = ("/a b",) if aliases is None else tuple(f"https://a.example{a}" for a in aliases)
    assert read("posts/a.md", head).aliases == wanted


def test_aliases_without_a_site_are_kept_as_written() -> None:
    """So are those that are whole addresses."""
    head = "aliases: [/old, Big Co, 'https://b.example/']"
    assert read("a.md", head, "").aliases == ("/old", "Big Co", "https://b.example/")
