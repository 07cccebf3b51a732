"""Law 1: every span reads back, whatever the text, and what a reader sees loses nothing."""

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pullquote.articles.files import read_article
from pullquote.articles.passages import embedded_form, split_passages
from pullquote.errors import ArticleUnreadable
from pullquote.markdown import columns_at, read_blocks
from pullquote.markdown.blocks import Run
from pullquote.spans import Span
from pullquote.types import Article, Passage

# No word holds a character of the markup, so that any in a sentence is a leak.
MARKUP = re.compile(r"[*_`~#|\\<>{}\[\]()&]|^\s*[-+>] |title:|https?:")
LETTER = st.characters(categories=("Lu", "Ll", "Lo"))
WORD = st.text(LETTER, min_size=1, max_size=6) | st.sampled_from(
    "Amazon spent 5 3.5 café e\u0301te\u0301 👩‍👩‍👧 売上高 Привет it’s $4 9% end. ended.".split()
)
WORDS = st.lists(WORD, min_size=1, max_size=4).map(" ".join)
# What is put around words, and leaves no trace in what a reader sees.
FRAMES = (
    *r"**@** *@* __@__ _@_ ***@*** ~~@~~ `@` <b>@</b> @[^1] [@][ref] @<br> @&nbsp;x @\! A".split(),
    *"[@](https://a.example/b_c) [[Page|@]] @{{<x>}} &eacute;@ <u>@</u>".split(),
    "`` @ ``",
    '[@](<a b> "title")',
    "[@]({{ site.url }}/a_b)",
    '[@]({{< ref "a_b" >}})',
    '[@](/a){:target="_blank"}',
    '<span class="a">@</span>',
    '<a href="{{ url }}">@</a>',
    "{{< mark >}}@{{< /mark >}}",
    "{% tag a=b %} @",
    "![alt *text*](a.png) @",
    "@  \nA",
    "@\\\nA",
    '{{< figure src="a"\ntitle="*b*" >}} @',
    "A <script>var a = [1];</script> @",
    "A <!-- * [ -->@",
    "%%aside%% @",
    "** @**",
    "**@ **",
    "[@](https://a.example/b c)",
    "![alt](/b c.png) @",
    "@[^unknown]",
    "@\u200b\u00ad\x00\x07A",
    "A\u2028@",
    "&shy;@&#10;A",
    "[video https://a.example] @",
    "{::comment} @",
    "A\x0c@ \t A",
    "<a href='/a'>@</a>",
    "~~*@*~~",
    "{% raw %}@{% endraw %}",
)
INLINE = WORDS | st.tuples(st.sampled_from(FRAMES), WORDS).map(lambda p: p[0].replace("@", p[1]))
LINE = st.lists(INLINE, min_size=1, max_size=4).map(" ".join)
PROSE = st.lists(LINE, min_size=1, max_size=3).map("\n".join)


def indent(text: str, first: str, rest: str) -> str:
    """Return the text as the inside of a list item or a quotation."""
    return first + text.replace("\n", "\n" + rest)


def framed(*frames: str) -> st.SearchStrategy[str]:
    """Return prose within one of the frames."""
    return st.tuples(st.sampled_from(frames), LINE).map(
        lambda pair: pair[0].replace("@", pair[1].replace("\\\n", " ").replace("\n", " "))
    )


HTML = (
    "<div>\n**A** @\n</div>",
    "<div>\n### @\n* @ [A](/b)\n</div>",
    "> <p>\n> [@](/b)\n> @</p>",
    "<details><summary>A</summary>\n<p>@</p></details>",
    "<ul><li>@<li>A</ul>",
    "<table><tr><th>A</th><th>B</th></tr><tr><td>@</td><td></td></tr></table>",
    "<table>\n<tr><td>@</td></tr>\n\n<tr><td>A</td><td>[@](/b)</td></tr></table>",
    "<table><tr><td>A</td> @ <td><table><tr><td>@</table></table>",
)
BLOCK = st.one_of(
    PROSE,
    PROSE.map(lambda text: indent(text, "- ", "  ")),
    PROSE.map(lambda text: indent(text, "12. ", "    ")),
    PROSE.map(lambda text: indent(text, "> ", "> ")),
    PROSE.map(lambda text: indent(indent(text, "- ", "  "), "> * a\n>   ", ">   ")),
    PROSE.map(lambda text: indent(text, "[^1]: ", "    ")),
    framed(
        "## @ {#id}",
        "@\n===",
        "**word**\n--------\n\n@",
        "| a | b |\n|---|:-:|\n| @ | `c` |",
        "- [ ] @\n- [x] done",
        "> [!NOTE]\n> @",
        "Term\n: @",
        "> [!info]- @",
        "* toc\n{:toc}\n\n@",
        "{.wide}\n@",
        "| A | |\n|--|--|\n| | @ |\n| A |",
    ),
    st.tuples(st.sampled_from(HTML), WORDS).map(lambda pair: pair[0].replace("@", pair[1])),
    st.sampled_from(
        [
            "```rust\nlet a = [*b];\n```",
            "    indented *code*",
            "---",
            "***",
            "{{< youtube id >}}",
            "{% include a.html b='[x](y)' %}",
            "{: .note}",
            "<div class='a'>\n<p>Amazon <b>spent</b> &eacute; 5.</p>\n</div>",
            "<script>\nvar a = '*b*';\n\nvar b;\n</script>",
            "Read more: [Amazon](/a)",
            "https://a.example/b",
            "[[toc]]",
            "- " * 20 + "Amazon",
            "> " * 20 + "Amazon",
            "> 1. Amazon\n>    - spent\n>\n>      5 and\n> 2. more",
            "<!-- a\n\n[b](c) -->",
            "[only](links) [here](too)",
            "![image](only.png)",
            "[caption id='a']![b](c.png) Words[/caption]",
            "{% comment %}\n*hidden*\n\n{% endcomment %}",
        ]
    ),
)
FRONT = st.sampled_from(
    ["", "\ufeff", "\n", "---\ntitle: A\n---\n", "---\n\ntitle: A: b\n...\n", "+++\na = 1\n+++\n"]
)
NEWLINE = st.sampled_from(["\n", "\r\n", "\r"])
DEFINITIONS = "[^1]: Noted.\n\n[ref]: https://a.example/ 'title'\n"
ARTICLE = st.tuples(FRONT, st.lists(BLOCK, max_size=6), NEWLINE).map(
    lambda parts: (parts[0] + "\n\n".join([*parts[1], DEFINITIONS])).replace("\n", parts[2])
)
CROOKED = st.lists(
    st.sampled_from("*_`~#|\\<>{}[]()&!-+=:;.'\"^$% \t\n\r\0\f\v\x85\u2028\u00a0\ufeffaB1é。")
    | st.sampled_from(
        "``` {{< >}} {{ }} {% %} [[ ]] --- <!-- --> <a <script> &amp; &#0; ](".split()
    )
    | st.sampled_from(["&#x1F600;", "[^a]", "\n\n", "    ", "\n- ", "\n> ", "**", "\n```\n", "\n|"])
    | st.sampled_from("<table> <tr> <td> <th> </td> </table> <p> <h2> </a> <!--".split())
    | st.sampled_from(["<a href=b>", "[!x]", "](/b c)", "![", "\n|-|\n", "[a](/b)", "{% raw %}"])
    | st.sampled_from(
        ["{:toc}", "\n* toc\n", "\u0301", "\u200d", "\u202e", "\u200b", "&shy;", "👩"]
    )
    | st.characters(codec="utf-8"),
    max_size=60,
).map("".join)


def read(text: str) -> Article | None:
    """Return the article, or None if there is nothing to quote."""
    try:
        return read_article("a.md", text.encode())[0]
    except ArticleUnreadable:
        return None


def squeezed(text: str) -> str:
    """Return the text without its white space."""
    return "".join(text.split())


def check_places(article: Article, passages: tuple[Passage, ...]) -> None:
    """Find passages and sentences in order, apart, inside, each showing something."""
    text, place = article.text, article.body
    for passage in passages:
        assert place <= passage.span.start < passage.span.end <= len(text)
        place = passage.span.start
        for sentence in passage.sentences:
            assert place <= sentence.start < sentence.end <= passage.span.end
            assert article.show(sentence).strip()
            assert "\n" not in article.show(sentence)
            place = sentence.end
        place = passage.span.end
    ids = [passage.id for passage in passages]
    assert len(set(ids)) == len(ids)


def check_forms(article: Article, passages: tuple[Passage, ...]) -> None:
    """Find each sentence in what is embedded just where the form says."""
    for passage in passages:
        form, marks = embedded_form(passage)
        shown = [squeezed(article.show(sentence)) for sentence in passage.sentences]
        assert [squeezed(form[low:high]) for low, high in marks] == shown


def check_nothing_is_lost(article: Article, passages: tuple[Passage, ...]) -> None:
    """Find every visible character that may be quoted in a sentence, and no other."""
    blocks = [b for b in read_blocks(article.text, article.body) if b.quotable]
    sentences = [article.show(s) for passage in passages for s in passage.sentences]
    assert squeezed("".join(sentences)) == squeezed("".join(block.text for block in blocks))


def check_columns(article: Article) -> None:
    """Find a name for each cell of a row, and nothing to fail in any part of it."""
    for block in read_blocks(article.text, article.body):
        names = columns_at(article.text, article.body, block.span)
        assert len(names) == (len(block.runs) if block.kind == "row" and block.columns else 0)
        for run in block.runs:
            for low in range(run.span.start, run.span.end, 1 + len(run.text) // 5):
                part = Span(low, run.span.end)
                assert len(columns_at(article.text, article.body, part)) <= 1
                assert "\n" not in article.show(part) or block.kind == "code"


def check_code(article: Article, max_chars: int) -> None:
    """Find each line of code that may be quoted in its place and in the form."""
    passages = split_passages(article, max_chars=max_chars, code=True)
    check_places(article, passages)
    check_forms(article, passages)


def check_run(run: Run) -> None:
    """Go there and back again by the map, which is in order."""
    places = [place for s in run.segments for place in (s.start, s.end)]
    assert places == sorted(places)
    for shown in range(len(run.text)):
        span = run.locate(shown, shown + 1)
        low, high = run.shown_in(span)
        assert low <= shown < high
        assert run.locate(low, high) == span


def check(text: str, max_chars: int) -> Article | None:
    """Check everything that holds for any text."""
    article = read(text)
    if article is None:
        return None
    passages = split_passages(article, max_chars=max_chars)
    check_places(article, passages)
    check_forms(article, passages)
    check_nothing_is_lost(article, passages)
    check_columns(article)
    check_code(article, max_chars)
    blocks = read_blocks(article.text, article.body)
    read_blocks.cache_clear()
    assert read_blocks(article.text, article.body) == blocks
    for block in blocks:
        for run in block.runs:
            check_run(run)
    return article


@settings(max_examples=200, deadline=None)
@given(ARTICLE, st.sampled_from([12, 80, 900]))
def test_an_article_reads_back_without_its_markup(text: str, max_chars: int) -> None:
    """Spans of Markdown hold the law, and no sentence shows a construct the grammar knows."""
    article = check(text, max_chars)
    if article:
        sentences = [s for p in split_passages(article, max_chars=max_chars) for s in p.sentences]
        leaks = [s for s in sentences if MARKUP.search(article.show(s))]
        assert leaks == []


@settings(max_examples=300, deadline=None)
@given(CROOKED | st.text(max_size=80), st.sampled_from([5, 900]))
@example("\ufeff", 900)
@example("\0", 900)
@example("a\0b. C\x01d", 5)
@example("> " * 200 + "a", 900)
@example("- " * 200 + "a", 900)
@example("[" * 200 + "a. B" + "](" * 200, 5)
@example("```\na", 900)
@example("a {{ b {% c {{< d", 5)
@example("> `a. B\n> c` d", 5)
@example("`a. B\r\nc. D` e", 5)
@example("| a |\n|-|\n| `b. C\\|d. E` f |", 5)
@example("&ngE;. &ngE; a", 1)
@example("---\n- a\n---\n", 900)
@example("<div>a. <p>&amp; b <script> c </div>\n\n</script> d", 5)
def test_any_text_reads_back(text: str, max_chars: int) -> None:
    """Spans of whatever text hold the law, and nothing fails."""
    check(text, max_chars)
