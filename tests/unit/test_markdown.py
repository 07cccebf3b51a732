"""Markdown as a reader sees it: blocks, what is hidden, and the way back."""

import pytest

from pullquote.markdown import columns_at, read_blocks, show, show_pieces
from pullquote.markdown.blocks import Block
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
        ("Sales rose[^9].", "Sales rose."),
        ("Sales&nbsp;rose &eacute;&#8217;&amp;", "Sales\u00a0rose é’&"),
        ("Sales &amp;amp; &amp;#233;", "Sales &amp; &#233;"),
        ("Sa&shy;les&#10;rose &ZeroWidthSpace;fast", "Sales rose fast"),
        ("Sa\u00adles\u200b ro\0se \x07 fa\ufeffst", "Sales rose fast"),
        ("Sales\u2028rose\x85by\x0chalf", "Sales rose by half"),
        ("\u05d0\u200f 👩\u200d👧 a\u2009b", "\u05d0\u200f 👩\u200d👧 a\u2009b"),
        ("un**believ**able S*a*les", "unbelievable Sales"),
        ("**Sales? ** rose", "Sales? rose"),
        ("They** sold** and **bought **it", "They sold and bought it"),
        ("2**3 and a ** b", "2**3 and a ** b"),
        (r"Run `**` and \*\*this\*\* `**`", "Run ** and **this** **"),
        ("[Net sales](https://a.example/b c) rose", "Net sales rose"),
        ("[Sales](/a 'b \"c\" d') and ![a chart](/a b.png) rose", "Sales and rose"),
        ("\\[x](/a b) and `[x](/a b)`", "[x](/a b) and [x](/a b)"),
        ("#sales rose", "#sales rose"),
        ("Sales rose :tada: by $a_b$", "Sales rose :tada: by $a_b$"),
        ("> [!NOTE]\n> Sales rose", "Sales rose"),
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
        ("Read [it]({{ site.url }}/a b) now", "Read it now"),
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
        ("[youtube=https://a.example/b&w=6] now [video https://a.example]", "now"),
        ("{.wide .left}\nnow", "now"),
        ("* toc\n{:toc}\n\nnow", "now"),
        ("[TOC]\n\n[[_toc_]]\n\nnow", "now"),
        ("{::nomarkdown}now{:/}", "now"),
        ("> [!info]- Title\n> now", "Title now"),
        ("{% raw %}a {{ b }} `{% c %}`{% endraw %} {{ d }}now", "a {{ b }} {% c %} now"),
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
        ("See [the map](/a).", True),
        ("More than [nine](/a) <a href='/b'>rivers</a>", True),
        ("[Rivers](/a) and [lakes](/b)", True),
        ("Owner: [Ada Lind](/a)", True),
        ("The table stands at https://a.example", True),
        ("Read more", True),
        ("Read more: [Nine rivers](/a)", False),
        ("See also: [rivers](/a), [lakes](/b) and [seas](/c)", False),
        ("Previous: [Nine](/a) | Next: [Eleven](/b)", False),
        ("← [Older](/a) | [Newer](/b) →", False),
        ("上一篇：[河](/a)", False),
        ("https://a.example/b", False),
        ("- www.a.example/b", False),
        ("Link: https://a.example", False),
        ("\\- <a href='/a'>Only</a>, <a href='/b'>links</a>", False),
        ("<a id='top'>A place</a> that has a name", True),
        ("[![alt](a.png) caption](/b)", False),
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
        ("row", "a b", ("Hours",), False),
        ("paragraph", "Link", ("Hours",), True),
    ]


@pytest.mark.parametrize(
    ("source", "blocks"),
    [
        ("<div>\n### Hours\nFrom **nine**.", [("heading", "Hours"), ("paragraph", "From nine.")]),
        ("<p>[Nine](/a) *rivers*</p>", [("paragraph", "Nine rivers")]),
        ("<p>[![](/a.png)](/b)</p>", []),
        ("<div>\n* [a](/b) one\n* two", [("item", "a one"), ("item", "two")]),
        ("<p>One\n> two\n>\n> three</p>", [("paragraph", w) for w in ("One", "two", "three")]),
        ("<p>\n**a** <b>b</b> &amp; <i>[c](/d)</i>", [("paragraph", "a b & c")]),
        ("> <p>\n> A **b**\n> and [c](/d)", [("paragraph", "A b and c")]),
        ("<tr><td>**a**\n* b</td><td>[c](/d)</td></tr>", [("row", "a b c")]),
        ("> <p>a\n> [![b](/c)](/d)</p>", []),
    ],
)
def test_markdown_in_html_is_read(source: str, blocks: list[tuple[str, str]]) -> None:
    """Some programs read it; what is left of it as markup is not shown at all."""
    assert shown(source) == blocks


@pytest.mark.parametrize(
    "tag", "p div li dd blockquote figcaption details summary center section".split()
)
def test_words_of_html_may_be_quoted(tag: str) -> None:
    """Whatever holds prose, it is prose."""
    assert only(f"<div><{tag}>Sales rose.</{tag}></div>").quotable


def test_html_tables_have_rows_and_columns() -> None:
    """A row of names names the columns; a cell over two columns makes them uncertain."""
    head = "<table><tr><th>Year</th><th></th><th>Sales</th></tr>"
    row = "<tr><td>2020</td><td> </td><td><p>5 <b>m</b></p><p>up</p></td></tr>"
    blocks = read_blocks(head + row + "</table>")
    assert [(b.kind, [run.text.strip() for run in b.runs]) for b in blocks] == [
        ("heading", ["Year", "Sales"]),
        ("row", ["2020", "5 m up"]),
    ]
    assert (blocks[1].columns, blocks[1].numbers) == (("Year", "", "Sales"), (0, 2))
    spanned = read_blocks(head + '<tr><td colspan="2">a</td><td>b</td></tr>' + row)
    assert [block.columns for block in spanned[1:]] == [(), ()]


def test_html_tables_that_are_no_tables() -> None:
    """One cell is a paragraph, rows without names that only link are a menu, words may stray."""
    assert shown("<table><tr><td>One. Two.</td></tr></table>") == [("paragraph", "One. Two.")]
    menu = "<table><tr><td><a href='/'>Home</a></td><td><a href='/a'>About</a></td></tr></table>"
    assert only(menu).only_links
    stray = "<table><tr><td>a</td> b <td>c</td></tr></table>"
    assert [block.text.strip() for block in read_blocks(stray)] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("words", "columns"),
    [
        ("2020 |  | 5 m", ("Year", "Sales")),
        ("5 m", ("Sales",)),
        ("2021", ("Year",)),
        ("| 7 |", ("",)),
        ("5 m |\n| 2021", ()),
        ("Year", ()),
        ("After", ()),
    ],
)
def test_columns_are_those_of_the_cells_shown(words: str, columns: tuple[str, ...]) -> None:
    """Empty cells have no name; more than a row, a header and prose have none at all."""
    text = "é\n\n| Year | | **Sales** |\n|--|--|--|\n| 2020 |  | 5 m |\n| 2021 | 7 | |\n\nAfter\n"
    start = text.index(words)
    assert columns_at(text, 0, Span(start, start + len(words))) == columns


def test_a_note_is_quoted_where_it_is_defined() -> None:
    """The mark of a note is not seen; its words are a paragraph of their own."""
    text = "Sales rose[^1] fast.\n\n[^1]: By half. In May.\n"
    assert shown(text) == [("paragraph", "Sales rose fast."), ("paragraph", "By half. In May.")]


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
    "unit",
    [
        *("[", "*a ", "`` a` ", "{{ ", "{{< a\n", "[[a|", "<a ", "> a\n", "&", "{% raw %}", "** a"),
        *("[a](/b ", "[^a", "<td>", "<p>**a", "* toc\n", "> [!a", "<table><tr><td>a", "\0"),
    ],
)
def test_a_large_crooked_text_is_read(unit: str) -> None:
    """Markup that is never closed, many times over, loses no letter."""
    text = unit * (20_000 // len(unit)) + "\n\nend"
    assert read_blocks(text)[-1].text.endswith("end")
