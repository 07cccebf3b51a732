"""What the words of an article stand in, by places in the file."""

import pytest

from pullquote.markdown import read_blocks
from pullquote.markdown.outline import Region, read_outline


def sources(text: str, regions: tuple[Region, ...]) -> list[tuple[str, str, object]]:
    """Return the kind, the source and the detail of regions."""
    return [(region.kind, text[region.start : region.end], region.detail) for region in regions]


def test_the_blocks_are_those_that_are_quoted() -> None:
    """One pass makes both."""
    text = "---\nA *b*.\n\n- c\n\n| d |\n|---|\n| e |\n"
    assert read_outline(text, 3).blocks == read_blocks(text, 3)


def test_styles_are_source_ranges() -> None:
    """With their marks, outer before inner; code points, not bytes."""
    text = "é ***a*** ~~b `c`~~ [d *e*](https://f.example)"
    assert sources(text, read_outline(text).styles) == [
        ("em", "***a***", None),
        ("strong", "**a**", None),
        ("s", "~~b `c`~~", None),
        ("code", "`c`", None),
        ("link", "[d *e*](https://f.example)", "https://f.example"),
        ("em", "*e*", None),
    ]


def test_a_link_that_a_template_writes_leads_nowhere() -> None:
    """What stands in the file is not its address."""
    text = "[a](https://f.example/{{ g }})"
    assert [style.detail for style in read_outline(text).styles] == [None]


def test_styles_deeper_than_eight_are_left_out() -> None:
    """An article of nothing but marks stays a small page."""
    text = "*a **b " * 10 + "c" + "***" * 10
    assert len(read_outline(text).styles) == 8


def test_containers_hold_blocks() -> None:
    """Items are numbered as they are shown; a task says if it is done."""
    text = "> 7. a\n> 7. [x] b\n>    - c\n\nd\n: e\n\n| f | g |\n|:-:|--|\n| h | i |\n\n[^j]: k\n"
    found = read_outline(text).containers
    assert [(region.kind, region.detail, region.done) for region in found] == [
        ("quote", None, None),
        ("list", 7, None),
        ("item", 7, None),
        ("item", 8, True),
        ("list", None, None),
        ("item", None, None),
        ("definitions", None, None),
        ("term", None, None),
        ("definition", None, None),
        ("table", ("Center", "None"), None),
        ("note", "j", None),
    ]


def test_references_to_footnotes_have_their_labels() -> None:
    """Those that are defined."""
    text = "a[^1] b[^2]\n\n[^1]: c\n"
    assert sources(text, read_outline(text).notes) == [("reference", "[^1]", "1")]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("![a *b*\n`c`](d.png)", "a b c"),
        ("![](/d/e%20f.png)", "e f.png"),
        ("![](/d)", ""),
        ("![a ![b](c.png)](d.png)", "a b"),
        ("![{{ a }}](d.png)", "d.png"),
        ("[![a](b.png)](https://c.example)", "a"),
    ],
)
def test_a_picture_is_the_words_that_stand_for_it(source: str, words: str) -> None:
    """Its text, or else the name of its file."""
    (picture,) = read_outline(f"x {source} y\n").things
    assert (picture.kind, picture.detail) == ("picture", words)
