"""What template languages leave in articles, found sooner where there is none."""

from hypothesis import given
from hypothesis import strategies as st

from pullquote.markdown.templates import _Scanner, find_templates

_BITS = (
    *("`", "```\n", "~~~\n", "{{", "{{<", "{{%", "}}", ">}}", "{%", "%}", "{%raw%}", "{%endraw%}"),
    *("{: .a}", "{.b}\n", "{:toc}", "* toc\n", "[[", "]]", "|", "![[", "%%", "[toc]", "[[_ToC_]]"),
    *("[__TOC__]\n", "> [!note]- ", "[!", "[/caption]", "[gallery", " ids=1]", "[gist]\n", "["),
    *("]", "(", ")", "\\", "\n", "\n\n", " ", "word", "é"),
)


@given(st.lists(st.sampled_from(_BITS), max_size=12).map("".join), st.integers(0, 3))
def test_no_mark_is_missed_by_the_look_ahead(text: str, start: int) -> None:
    """Whatever the scanner would find is found, from wherever one begins."""
    assert find_templates(text, start) == tuple(_Scanner(text, start).marks())


def test_each_kind_of_mark_is_found_alone() -> None:
    """No kind leans on the signs of another."""
    for text in (
        "`{%raw%}`",
        "a {{ b }} c",
        "a {% b %} c",
        "* toc\n{:toc}",
        "[a](b){.c}",
        "![[note]]",
        "[[note]]",
        "x %%hidden%% y",
        "[TOC]",
        "[_toc_]",
        "[/caption]",
        "[gallery ids=1]",
        "> [!note] x",
    ):
        assert find_templates(text, 0), text
