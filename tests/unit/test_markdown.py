"""Markdown as a reader sees it: blocks, what is hidden, and the way back."""

import pytest

from pullquote.blocks import Block
from pullquote.markdown import read_blocks, show, show_pieces
from pullquote.spans import Span


def shown(text: str) -> list[tuple[str, str]]:
    """Return the kind and the trimmed words of every block."""
    return [(block.kind, block.text.strip()) for block in read_blocks(text)]


def only(text: str) -> Block:
    """Return the one block of a text."""
    (block,) = read_blocks(text)
    return block


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("**Net** *sales* __rose__ ~~fast~~", "Net sales rose fast"),
        ("[Net sales](https://a.example/b_c) rose", "Net sales rose"),
        ("[Net sales][r] [rose]\n\n[r]: /a\n[rose]: /b", "Net sales rose"),
        ("![A *chart*](a.png) Sales rose", "Sales rose"),
        ("Sales rose[^1].\n\n[^1]: ", "Sales rose."),
        ("Sales&nbsp;rose &eacute;&#8217;&amp;", "Sales\u00a0rose é’&"),
        ("\\*Sales\\* rose\\.", "*Sales* rose."),
        ("Sales   rose\tby", "Sales rose by"),
        ("Sales\nrose\r\nby  \nhalf\\\nthen", "Sales rose by half then"),
        ("Sales <b>rose</b><br>by <!-- x -->half", "Sales rose by half"),
        ("Run <script>var a;</script>this", "Run this"),
        ("See <https://a.example/b> now", "See https://a.example/b now"),
        ("Run `a  b` and `` c`d ``", "Run a b and c`d"),
        ("Run `a\r\nb` now", "Run a b now"),
        ("Term\n: meaning", "Term"),
        ("- [x] done", "done"),
    ],
)
def test_markup_is_not_seen(source: str, words: str) -> None:
    """Of a paragraph a reader sees the words, entities decoded, white space as one space."""
    assert read_blocks(source)[0].text.strip() == words


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('Read [it]({{< ref "a_b" >}}) now', "Read it now"),
        ("Read [it]({{ site.url }}/a b) now", "Read [it](/a b) now"),
        ("Read [it]({{ site.url }}/a) now", "Read it now"),
        ("Read {{% note %}}this{{% /note %}} now", "Read this now"),
        ('{{< figure src="a"\r\ntitle="*b*" >}} now', "now"),
        ("{% include a.html b='*c*' %} now", "now"),
        ("{% comment %}*never*\n\nshown{% endcomment %} now", "now"),
        ("{% highlight rust %}let a;\n\nlet b;{% endhighlight %} now", "now"),
        ('Read [it](/a){:target="_blank"} now', "Read it now"),
        ("Read [it](/a){.external} now", "Read it now"),
        ('[caption id="a"]![b](c) Words[/caption]', "Words"),
        ("See [[Page|the page]] and [[Other]]", "See the page and Other"),
        ("See ![[image.png]] now", "See now"),
        ("See %%never shown%% now", "See now"),
        ("Print {:?} and {x} now", "Print {:?} and {x} now"),
        ("Run `{{ a }}` and `{% raw %}{{ b }}{% endraw %}`", "Run {{ a }} and {{ b }}"),
        ("An unclosed {{ brace\n\nand }} here", "An unclosed {{ brace"),
        ("A [gallery](/a) and a [video] here", "A gallery and a [video] here"),
    ],
)
def test_templates_are_not_seen(source: str, words: str) -> None:
    """Shortcodes, Liquid, kramdown, WordPress and Obsidian marks are hidden, but not in code."""
    text = read_blocks(source)[0].text
    assert " ".join(text.split()) == words


def test_blocks_know_their_kind() -> None:
    """Headings, paragraphs, items, rows and code come in file order."""
    text = "# A\n\nb\n\n- c\n  - d\n\n| e |\n|---|\n| f |\n\n```\ng\n```\n\n> h\n"
    assert shown(text) == [
        ("heading", "A"),
        ("paragraph", "b"),
        ("item", "c"),
        ("item", "d"),
        ("heading", "e"),
        ("row", "f"),
        ("code", "g"),
        ("paragraph", "h"),
    ]


def test_blocks_stand_under_their_headings() -> None:
    """A heading closes those of its level and below; setext, bold and {#id} make no difference."""
    text = "**A**\n=====\n\n### B {#b}\n\nx\n\n## C\n\ny\n"
    paths = [(block.text, block.headings) for block in read_blocks(text) if block.quotable]
    assert paths == [("x", ("A", "B")), ("y", ("A", "C"))]


def test_rows_know_their_columns() -> None:
    """A table row is one block whose runs are its cells; an empty cell has none."""
    row = read_blocks("| *a* | b | c |\n|---|---|---|\n| 1 | | `2` |\n")[1]
    assert (row.columns, [run.text for run in row.runs], row.text) == (
        ("a", "b", "c"),
        ["1", "2"],
        "1 2",
    )


@pytest.mark.parametrize(
    ("source", "quotable"),
    [
        ("Words [and](/a) links", True),
        ("[Only](/a) [links](/b)", False),
        ("[Only links](/a) & more signs!", True),
        ("<https://a.example>", False),
        ("# Heading", False),
        ("    code", False),
        ("🎉 *!*", False),
        ("売上高", True),
    ],
)
def test_what_may_be_quoted(source: str, quotable: bool) -> None:
    """Prose may; navigation, headings, code and mere signs may not."""
    assert only(source).quotable is quotable


@pytest.mark.parametrize("source", ["![only](an.png)", "[r]: /a", "<!-- c -->", "***", "{{< x >}}"])
def test_some_sources_show_nothing(source: str) -> None:
    """An image, a definition, a comment, a rule and a shortcode are no blocks."""
    assert read_blocks(source) == ()


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_html_shows_its_text(newline: str) -> None:
    """Blocks of HTML show words, not tags, comments, scripts, styles or menus."""
    text = (
        '<div a="x > y">\n<h2>Hours</h2>\n<p>The <b>office</b> shuts at &frac12; past.<br>Go.</p>\n'
        "<table><tr><td>a</td><td>b</td></tr></table>\n<nav><a href='/'>Home</a></nav>\n"
        "<!-- c --><a href='/a'>Link</a>\n</div>\n\n<script>\nvar a = 'b';\n\nvar c;\n</script>\n"
    ).replace("\n", newline)
    assert [(b.kind, b.text.strip(), b.headings, b.only_links) for b in read_blocks(text)] == [
        ("heading", "Hours", (), False),
        ("paragraph", "The office shuts at ½ past. Go.", ("Hours",), False),
        ("paragraph", "a b", ("Hours",), False),
        ("paragraph", "Link", ("Hours",), True),
    ]


@pytest.mark.parametrize("text", ["<div>\n### No heading", "<p>[a](b)</p>", "<p>\n**a**"])
def test_markdown_in_html_is_not_shown(text: str) -> None:
    """Markup that a browser would show raw is skipped."""
    assert read_blocks(text) == ()


def test_the_map_leads_to_the_file() -> None:
    """Each visible character is located: itself, its entity, its white space or its code."""
    text = "é **Net**&nbsp;sales \n`rose`"
    (run,) = only(text).runs
    places = [run.locate(at, at + 1).of(text) for at in range(len(run.text))]
    assert run.text == "é Net\u00a0sales rose"
    assert places == [*"é Net", "&nbsp;", *"sales", "\n", *"rose"]


def test_a_range_is_located_from_its_first_to_its_last_character() -> None:
    """Markup inside a range belongs to it, markup around it does not."""
    text = "The **Net** sales"
    (run,) = only(text).runs
    assert run.locate(0, 7).of(text) == "The **Net"
    assert run.locate(4, 7).of(text) == "Net"


def test_no_place_for_no_character() -> None:
    """Asking for characters that are not there is an error."""
    (run,) = only("abc").runs
    with pytest.raises(ValueError, match="no visible character at 3"):
        run.locate(2, 4)


def test_a_torn_entity_is_not_shown() -> None:
    """Only characters whose whole source lies in the span are shown."""
    text = "a &eacute; b"
    assert show(text, 0, Span(0, 6)) == "a"
    assert show(text, 0, Span(4, 12)) == "b"
    assert show(text, 0, Span(0, 10)) == "a é"


def test_leaves_are_shown_apart() -> None:
    """A span over several blocks shows each leaf with its own place, joined by a space."""
    text = "# A b\n\n| c |\n|---|\n| *d* |\n"
    pieces = show_pieces(text, 0, Span(0, len(text)))
    assert pieces == ((Span(2, 5), "A b"), (Span(9, 10), "c"), (Span(22, 23), "d"))
    assert show(text, 0, Span(4, len(text))) == "b c d"


def test_offsets_count_from_the_start_of_the_file() -> None:
    """A body that starts later keeps the file's offsets, also behind wide characters."""
    text = "---\ntitle: 🎉é\n---\nWords."
    start = text.index("\nWords")
    assert read_blocks(text, start)[0].span == Span(start + 1, len(text))


@pytest.mark.parametrize(
    "unit", ["[", "*a ", "`` a` ", "{{ ", "{{< a\n", "[[a|", "<a ", "> a\n", "&"]
)
def test_a_large_crooked_text_is_read(unit: str) -> None:
    """Markup that is never closed, many times over, loses no letter."""
    text = unit * (20_000 // len(unit)) + "\n\nend"
    assert read_blocks(text)[-1].text.endswith("end")
