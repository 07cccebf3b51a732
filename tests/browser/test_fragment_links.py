"""Links to quotes in a real browser: what they scroll to and highlight, seen in screenshots."""

from collections.abc import Iterator

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from benchmarks.trust.fragments import CHROMIUM, Reader, open_reader
from pullquote import Article, Span
from pullquote.articles.files import read_article

pytestmark = pytest.mark.browser

_FILLER = "".join(
    f"In week {number} the wind turned and the log was kept.\n\n" for number in range(40)
)
_ARTICLE = f"""---
title: The Harrow Bay log
summary: The bay was calm. Nothing else is known about the first day of it.
---

The bay was calm. A crew of six rowed out.

{_FILLER}

## Fog over the bay

The bay was calm. Fog came in at noon.

The crew rowed back. The crew rowed back. Then the **crew** rowed *back*. The crew rowed back.

| Boat | Length | Crew | Built |
|------|--------|------|-------|
| Marigold | 12 metres | 6 | 1998 |
| Quillon Star | 12 metres | 6 | 1998 |
| *Heron* & Co | 9 metres | 6, rarely 7 | 2004 |

- Salt, well-dried & packed
- Rope
  - tarred
  - bare
- Rope

The un**believ**able part, said the mate, was “the *quiet*” &mdash; not the
fog&nbsp;itself – and 5&thinsp;km of it.
'Nobody moved,' he said -- "nobody" -- for the better part of an hour... and then some.

The mast[^mast] held. So did the sail[^sail], which was new, and so did the rudder, which was
not[^mast].

Line one of the song  
line two of the song<br>line three of the song, which goes on for longer than the others do
and is broken in the file.

朝から霧が出ていた。船は港を出たが、すぐに戻ってきた。誰も怪我はしなかった。朝から霧が出ていた。
東京の新聞も伝えた。

הסירה חזרה לנמל לפני הצהריים. איש לא נפגע.

The café’s naïve owner ☕ served 👩‍🚀 astronauts and a co\u00adop\u00ader\u00ada\u00adtive.

Use `row --hard` or <kbd>Esc</kbd>, see <https://example.com/a-b?c=d&e=f>,
or ![a boat](boat.png) wait.

<div>The crew rowed back.<p>Raw words in a <b>box</b> of their own, after all that rowing.</p></div>

> The harbour master wrote that the crew rowed back before the tide, that the tide was low before
> the crew rowed back, and that all of it was in the log before the crew rowed back.

[^mast]: The mast was of larch. It held.
[^sail]: The sail was of flax. It held.
"""  # fmt: skip
# Words as they stand in the file, and which time they do.
_QUOTES = (
    ("A crew of six rowed out.", 1),
    ("The bay was calm.", 2),
    ("In week 7 the wind turned and the log was kept.", 1),
    ("The crew rowed back.", 1),
    ("The crew rowed back.", 2),
    ("Then the **crew** rowed *back*.", 1),
    ("The crew rowed back.", 3),
    ("Quillon Star | 12 metres | 6 | 1998", 1),
    ("Heron* & Co | 9 metres | 6, rarely 7 | 2004", 1),
    ("12 metres | 6 | 1998", 2),
    ("Salt, well-dried & packed", 1),
    ("Rope\n  - tarred\n  - bare", 1),
    ("Rope", 2),
    (_ARTICLE[_ARTICLE.index("The un**") : _ARTICLE.index("\n'Nobody")], 1),
    (_ARTICLE[_ARTICLE.index("'Nobody") : _ARTICLE.index("\n\nThe mast")], 1),
    ("The mast[^mast] held.", 1),
    (_ARTICLE[_ARTICLE.index("So did the sail") : _ARTICLE.index("[^mast].\n")], 1),
    (_ARTICLE[_ARTICLE.index("Line one") : _ARTICLE.index("\n\n朝")], 1),
    ("船は港を出たが、すぐに戻ってきた。", 1),
    ("朝から霧が出ていた。", 2),
    ("霧が出ていた。船は港", 1),
    ("הסירה חזרה לנמל לפני הצהריים.", 1),
    (_ARTICLE[_ARTICLE.index("The café’s") : _ARTICLE.index("\n\nUse `row")], 1),
    (_ARTICLE[_ARTICLE.index("Use `row") : _ARTICLE.index("\n\n<div>")], 1),
    ("Raw words in a <b>box</b> of their own, after all that rowing.", 1),
    (_ARTICLE[_ARTICLE.index("The harbour master") : _ARTICLE.index("\n\n[^mast]:")], 1),
    ("It held.", 1),
    ("It held.", 2),
)  # fmt: skip


# Not for the session: while Playwright is open, its event loop runs in the thread of the tests.
@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """Open a browser that looks at rendered articles."""
    if CHROMIUM is None:
        pytest.skip("no chromium, chromium-browser or google-chrome on PATH")
    with open_reader() as reader:
        yield reader


@pytest.fixture(scope="module")
def article() -> Article:
    """Return the article with the traps."""
    return read_article("log.md", _ARTICLE.encode())[0]


@pytest.mark.parametrize(("words", "time"), _QUOTES)
def test_a_link_scrolls_to_the_quoted_words_and_highlights_them(
    reader: Reader, article: Article, words: str, time: int
) -> None:
    """All of the words are painted, nothing else is, and they are in view."""
    start = -1
    for _ in range(time):
        start = article.text.index(words, max(article.body, start + 1))
    seen = reader.look(article, Span(start, start + len(words)))
    assert seen is not None
    assert (seen.trouble, seen.scrolled) == ("", True)


def test_what_is_not_the_quote_is_seen(reader: Reader, article: Article) -> None:
    """The check itself tells less, more and other words from the quoted ones."""
    text = article.text
    span = Span(text.index("So did the sail"), text.index("[^mast].\n"))
    for fragment, trouble in (
        ("So%20did", "some words are not highlighted"),
        ("held.,which%20was%20not", "more is highlighted"),
        ("Fog%20came%20in", "other words are highlighted"),
        ("zorblax", "nothing is highlighted"),
    ):
        seen = reader.look(article, span, fragment)
        assert seen is not None
        assert seen.trouble == trouble
