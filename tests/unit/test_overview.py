"""What the sidebar says of the articles and of the index."""

from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest

from pullquote.app.about.overview import count_passing, list_articles, show_banner, show_health
from pullquote.types import Article

DAY = date(2025, 6, 1)
HOSTILE = "\"><script>x()</script><img src=x onerror=y> & '\n\n# b"
ALLOWED = {
    "ul": {"class"}, "li": set(), "a": {"class", "href", "data-article", "title"},
    "span": {"class"}, "mark": set(), "code": set(), "p": {"class", "role"}, "div": {"class"},
    "dl": set(), "dt": set(), "dd": set(), "details": {"class", "open"}, "summary": set(),
}  # fmt: skip
STATUS = {
    "generation": 3, "articles": 1204, "unpublished": 2, "passages": 9310,
    "refreshed": "2025-06-01T12:00:00+00:00", "corpus": "corpus", "recipe": "words/64",
}  # fmt: skip
NOON = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)


class Reader(HTMLParser):
    """What a browser makes of HTML; it fails at an element or attribute that is not ours."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.marked: list[str] = []
        self.paths: list[str] = []
        self.opened: list[str] = []
        self.feed(html)
        self.close()
        assert self.opened == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Check an element against the list."""
        assert {name for name, _ in attrs} <= ALLOWED[tag]
        self.opened.append(tag)
        self.paths += [value or "" for name, value in attrs if name == "data-article"]

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        assert self.opened.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        self.words.append(data)
        if self.opened and self.opened[-1] == "mark":
            self.marked.append(data)


def an_article(path: str, title: str, **more: object) -> Article:
    """Return an article without text."""
    return Article(path=path, digest="d", title=title, **more)  # type: ignore[arg-type]


ARTICLES = (
    an_article("a/tram.md", "The tram opens", date=date(2025, 3, 9), tags=("rail", "Énergie")),
    an_article("b/plan.md", "A plan", date=date(2025, 5, 1), summary="What the tram will cost."),
    an_article("c/cafe.md", "Cafe\u0301 crème & ﬁne Straße", date=date(2024, 1, 2), draft=True),
    an_article("d/undated.md", "Tramways of old", authors=("Ada Byron",)),
    an_article("e/tokyo.md", "東京の経済", date=date(2023, 1, 1), expires=date(2024, 1, 1)),
)


def found(typed: str) -> list[str]:
    """Return the paths that are listed for what was typed."""
    return Reader(list_articles(ARTICLES, typed, day=DAY)).paths


@pytest.mark.parametrize(
    ("typed", "paths"),
    [
        ("", ["b/plan.md", "a/tram.md", "c/cafe.md", "e/tokyo.md", "d/undated.md"]),
        (" ?! ", ["b/plan.md", "a/tram.md", "c/cafe.md", "e/tokyo.md", "d/undated.md"]),
        ("TRAM", ["a/tram.md", "d/undated.md", "b/plan.md"]),
        ("opens the", ["a/tram.md"]),
        ("energ tram", ["a/tram.md"]),
        ("creme CAFÉ", ["c/cafe.md"]),
        ("strasse fine", ["c/cafe.md"]),
        ("byron", ["d/undated.md"]),
        ("ram", []),
        ("b/plan.md", ["b/plan.md"]),
        ("経済", ["e/tokyo.md"]),
        ("tram zebra", []),
    ],
)
def test_articles_are_found_by_how_their_words_begin(typed: str, paths: list[str]) -> None:
    """All words in any order, case and accents apart; titles first, then the newest."""
    assert found(typed) == paths


def test_an_article_is_shown_with_date_state_and_typed_words_marked() -> None:
    """A file's path is shown where the title does not say why the article is listed."""
    assert list_articles(ARTICLES, "straß cre", day=DAY) == (
        '<ul class="articles"><li><a class="article" href="#article" data-article="c/cafe.md"'
        ' title="c/cafe.md"><span class="title">Cafe\u0301 <mark>crè</mark>me &amp; ﬁne'
        ' <mark>Straß</mark>e</span><span class="about">2 January 2024'
        '<span class="dot"> · </span><span class="state">draft</span></span></a></li></ul>'
    )
    assert "<code>b/plan.md</code>" in list_articles(ARTICLES, "cost", day=DAY)
    assert '<span class="state">expired</span>' in list_articles(ARTICLES, "東京", day=DAY)


@pytest.mark.parametrize(
    ("typed", "marked"),
    [
        ("cafe", ["Cafe\u0301"]),
        ("f", ["ﬁ"]),
        ("stras", ["Straß"]),
        ("strasse e", ["Straße"]),
        ("c cafe", ["Cafe\u0301", "c"]),
        ("amp", []),
    ],
)
def test_whole_characters_of_the_title_are_marked(typed: str, marked: list[str]) -> None:
    """Accents stay with their letters; the longest typed word wins."""
    articles = (an_article("amp.md", ARTICLES[2].title, authors=("E",)),)
    assert Reader(list_articles(articles, typed, day=DAY)).marked == marked


def test_a_long_list_says_how_much_is_left() -> None:
    """So that one knows to type more."""
    articles = tuple(an_article(f"{n}.md", f"Number {n}") for n in range(1300))
    html = list_articles(articles, "number", most=2)
    assert len(Reader(html).paths) == 2
    assert html.endswith('<p class="articles more">… and 1,298 more: type to narrow</p>')
    assert "more: type" not in list_articles(articles[:2], "", most=2)


def test_what_is_not_found_is_said() -> None:
    """With what was typed, as text."""
    assert list_articles(ARTICLES, "<z>") == (
        '<p class="articles none" role="status">No article matches “&lt;z&gt;”.</p>'
    )
    assert list_articles((), "x") == (
        '<p class="articles none" role="status">There are no articles yet.</p>'
    )


def test_equal_articles_of_a_later_refresh_are_listed_anew() -> None:
    """What is kept is kept for one tuple, never for another that looks like it."""
    before = (an_article("a.md", "Before"),)
    assert Reader(list_articles(before, "before")).paths == ["a.md"]
    assert Reader(list_articles((an_article("a.md", "After"),), "after")).paths == ["a.md"]


def test_hostile_words_stay_words() -> None:
    """Titles, paths, typed words, files and reasons cannot add an element or attribute."""
    article = an_article(HOSTILE, HOSTILE, tags=(HOSTILE,), authors=(HOSTILE,), summary=HOSTILE)
    shown = Reader(list_articles((article,), "script x"))
    assert shown.paths == [HOSTILE]
    assert shown.marked == ["script", "x", "script", "x"]
    Reader(list_articles((article,), HOSTILE + " zebra"))
    problem = {"article": HOSTILE, "reason": HOSTILE}
    told = dict.fromkeys(("corpus", "embeddings", "recipe", "embedder", "reader"), HOSTILE)
    health = Reader(show_health(STATUS | told | {"skipped": [problem], "warnings": [problem]}))
    assert sum("<script>" in words for words in health.words) == 9


def test_filters_that_leave_nothing_are_warned_of() -> None:
    """Else, how many articles they leave."""
    assert count_passing(ARTICLES, ARTICLES[:2]) == (
        '<p class="passing" role="status">2 of 5 articles pass these filters.</p>'
    )
    assert count_passing(ARTICLES, ()) == (
        '<p class="passing warning" role="status">None of 5 articles passes these filters:'
        " nothing can be quoted.</p>"
    )
    assert count_passing((), ()) == ""


def test_the_banner_counts_what_changed() -> None:
    """Nothing where nothing did, where it is not looked for, and where there is no index."""
    assert show_banner(STATUS | {"added": 1, "changed": 2}) == (
        '<p class="banner" role="status">3 articles changed since the last refresh;'
        " answers may be out of date.</p>"
    )
    assert show_banner(STATUS) == ""
    assert show_banner(STATUS | {"generation": 0, "added": 3}) == ""


def test_the_health_of_an_index_begins_with_its_problems() -> None:
    """A sound one says so; long lists of files are folded."""
    skipped = [{"article": f"{n}.md", "reason": "is empty"} for n in range(6)]
    warnings = [{"article": "odd.md", "reason": "odd date"}]
    status = STATUS | {"added": 2, "removed": 1, "skipped": skipped, "warnings": warnings}
    facts = (
        "<dl><div><dt>Articles</dt><dd>1,204, 2 of them unpublished</dd></div>"
        "<div><dt>Passages</dt><dd>9,310</dd></div>"
        "<div><dt>Last refresh</dt><dd>just now</dd></div>"
        "<div><dt>Corpus</dt><dd><code>corpus</code></dd></div>"
        "<div><dt>Recipe</dt><dd><code>words/64</code></dd></div></dl></div>"
    )
    files = "".join(f"<li><code>{n}.md</code> is empty</li>" for n in range(6))
    assert show_health(status, now=NOON) == (
        '<div class="health"><p class="problem">Out of date: 2 added, 1 removed since the last'
        ' refresh.</p><details class="problem"><summary>Skipped: 6 files</summary>'
        f'<ul>{files}</ul></details><details class="problem" open><summary>Warnings: 1 warning'
        f"</summary><ul><li><code>odd.md</code> odd date</li></ul></details>{facts}"
    )
    assert show_health(STATUS, now=NOON) == (
        f'<div class="health"><p class="sound">Nothing is wrong with the index.</p>{facts}'
    )
    assert show_health({"generation": 0}) == (
        '<div class="health"><p class="sound">There is no index yet.</p></div>'
    )


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (datetime(2025, 6, 1, 12, 1, 59, tzinfo=UTC), "1 minute ago"),
        (datetime(2025, 6, 1, 12, 59, tzinfo=UTC), "59 minutes ago"),
        (datetime(2025, 6, 1, 18, 0, tzinfo=UTC), "today, 12:00"),
        (datetime(2025, 6, 2, 18, 0, tzinfo=UTC), "yesterday, 12:00"),
        (datetime(2025, 6, 9, 18, 0, tzinfo=UTC), "1 June 2025, 12:00"),
        (datetime(2025, 6, 1, 11, 0, tzinfo=UTC), "today, 12:00"),
    ],
)
def test_a_refresh_is_dated_as_people_do(now: datetime, said: str) -> None:
    """By minutes, then by days; a clock that was set back is no reason for nonsense."""
    assert f"<dd>{said}</dd>" in show_health(STATUS, now=now)
