"""Finding a quote's words again in an edited article."""

import pytest

from pullquote import Article, Quote, Span
from pullquote.articles.files import read_article
from pullquote.verification.anchoring import (
    Anchor,
    find,
    find_closest,
    find_elsewhere,
    may_hold,
    read_visible,
    stands,
)
from pullquote.verification.verifying import read_anchor

TRAM = "The tram to Harrow Bay cost **40 million** euros."
BODY = f"# Tram\n\nWork began early. {TRAM}\nIt opens in May.\n"


def read(text: str) -> Article:
    """Return the article of a text."""
    return read_article("tram.md", text.encode())[0]


def anchor_of(text: str, source: str, *, old: bool = False) -> Anchor:
    """Return the anchor of some source, as quoted from a text; old exports lack surroundings."""
    start = text.index(source)
    found = Quote(read(text), Span(start, start + len(source)), 1.0).to_dict()
    if old:
        del found["prefix"], found["suffix"]
    return read_anchor(found)


def place_in(anchor: Anchor, text: str) -> str | None:
    """Return the source at which the words are found in a text."""
    article = read(text)
    found = find(anchor, read_visible(article))
    return found.span.of(article.text) if found else None


def test_a_quote_stands_where_source_and_words_are_the_same() -> None:
    """Text behind it may change, text before it not: the place would be another."""
    anchor = anchor_of(BODY, TRAM)
    assert stands(anchor, read(BODY))
    assert stands(anchor, read(BODY + "More.\n"))
    assert not stands(anchor, read("A " + BODY))
    assert not stands(anchor, read(BODY.replace("40", "41")))
    assert not stands(anchor, read("Short.\n"))


@pytest.mark.parametrize(
    ("before", "after"),
    [("```\n", "\n```\n"), ("<!--", "-->\n\nText.\n"), ("---\na: |\n  ", "\n---\n\nText.\n")],
)
def test_words_that_no_reader_sees_as_prose_do_not_stand(before: str, after: str) -> None:
    """Code, comments and front matter may hold the same characters at the same place."""
    words = "The tram cost 40 million."
    anchor = anchor_of("a" * (len(before) - 1) + " " + words + after.replace("`", "b"), words)
    hidden = before + words + after
    if before == "```\n":
        hidden += "\nText.\n"
    article = read(hidden)
    assert anchor.span.of(article.text) == words
    assert not stands(anchor, article)
    assert find(anchor, read_visible(article)) is None


@pytest.mark.parametrize(
    "now",
    [
        "The tram to Harrow Bay\ncost 40 million\r\neuros.",
        "The tram to [Harrow Bay](https://example.com/a_b) cost _40 million_ euros.",
        "> The tram to Harrow Bay\n> cost 40&#32;million euros.",
        "* The tram to Harrow Bay cost `40 million` euros.",
    ],
)
def test_wraps_and_markup_may_differ(now: str) -> None:
    """The words that a reader sees are the same, so they are found; the source is the new one."""
    found = place_in(anchor_of(BODY, TRAM), f"Intro.\n\n{now}\n")
    assert found is not None
    assert found.startswith("The tram to")
    assert found.endswith("euros.")


@pytest.mark.parametrize(
    "now",
    [
        "The tram to Harrow Bay cost 41 million euros.",
        "The tram to Harrow Bay cost 40 million euros!",
        "The tram to Harrow Bay cost 40 million Euros.",
        "The tram to Harrow Bay cost 40  million\u00a0euros.",
        "The tram to Harrow Bay cost 40 <!-- --> millions euros.",
        "The tram to Harrow Bay cost 40 million euros.5",
        "XThe tram to Harrow Bay cost 40 million euros.",
        "`The tram to Harrow Bay` cost.\n\n- 40 million euros.",
    ],
)
def test_no_character_of_the_words_may_differ(now: str) -> None:
    """Not one, and not one that makes the first or last word another."""
    assert place_in(anchor_of(BODY, TRAM), f"Intro.\n\n{now}\n") is None


@pytest.mark.parametrize(
    ("quoted", "now"),
    [
        ("Costs rose 5", "Costs rose 50"),
        ("Costs rose 5", "Costs rose 5.5"),
        ("Costs rose 5", "Costs rose 5%"),
        ("Costs rose 5.", "Costs rose 5.5 or so."),
        ("He won", "He won’t"),
        ("500 came.", "1,500 came."),
        ("500 came.", "$500 came."),
        ("kind words came.", "unkind words came."),
    ],
)
def test_a_word_that_became_part_of_another_is_another(quoted: str, now: str) -> None:
    """The characters are all there, the words are not; no place is the same either."""
    anchor = anchor_of(f"- A\n- {quoted}\n", quoted)
    start = now.index(quoted)
    padding = "A" * (3 - start) + "\n- "
    article = read(f"- {padding}{now}\n"[: 6 - start] + now + "\n")
    assert quoted in article.text
    assert not stands(anchor, article)
    assert find(anchor, read_visible(article)) is None


def test_a_quote_that_began_inside_a_word_still_stands() -> None:
    """What was torn when it was quoted has not changed; writing without spaces is never torn."""
    text = "Unkind words came.\n"
    assert place_in(anchor_of(text, "kind words"), f"# A\n\n{text}") == "kind words"
    wide = "東京の売上高は増えた。利益も増えた。\n"
    assert (
        place_in(anchor_of(wide, "売上高は増えた。"), f"# A\n\n新しい{wide}") == "売上高は増えた。"
    )
    glued = "It fell.Then it rose.\n"
    assert place_in(anchor_of(glued, "It fell."), f"# A\n\n{glued}") == "It fell."
    marked = "**Un**kind words came.\n"
    assert stands(anchor_of(marked, "kind words"), read(marked))


def test_surroundings_choose_between_equal_words() -> None:
    """Then the nearest place does; the same source comes before both."""
    text = "# A\n\nYes, we *do*.\n\nCosts fell in spring. Yes, we do. Nobody knew.\n"
    anchor = anchor_of(text, "Yes, we do.")
    edited = text.replace("# A", "# A\n\nYes, we do.\n\nAnd more.")
    article = read(edited)
    found = find(anchor, read_visible(article))
    assert found is not None
    assert article.text[: found.span.start].endswith("spring. ")
    old = anchor_of(text, "Yes, we do.", old=True)
    nearest = find(old, read_visible(article))
    assert nearest is not None
    assert nearest.around == 0
    assert nearest.span == found.span
    far = read("# A\n\nYes, we do.\n\n" + "More. " * 20 + text[5:])
    assert find(old, read_visible(far)) != find(anchor, read_visible(far))
    chosen = find(anchor, read_visible(far))
    assert chosen is not None
    assert far.text[: chosen.span.start].endswith("spring. ")
    assert place_in(old, "Yes, **we** do.\n\nOr so.\n\nYes, we do.\n") == "Yes, we do."
    only_marked = "Yes, **we** do.\n"
    assert place_in(anchor, only_marked) == "Yes, **we** do."


def test_few_words_need_their_surroundings_in_another_article() -> None:
    """Long ones do not."""
    text = "# A\n\nCosts fell in spring. Yes, we do. Nobody knew.\n"
    short, long = anchor_of(text, "Yes, we do."), anchor_of(text, "Costs fell in spring.")
    strange = read_visible(read("# Other\n\nYes, we do. Costs fell in spring.\n"))
    assert find_elsewhere(short, strange) is None
    assert find_elsewhere(long, strange) is not None
    assert find_elsewhere(short, read_visible(read(text + "\nMore.\n"))) is not None
    assert find_elsewhere(anchor_of(text, "Yes, we do.", old=True), strange) is None


def test_an_unchanged_file_proves_that_an_export_was_damaged() -> None:
    """Its source must be in the file; a source that lacks a letter of the words proves it too."""
    article = read(BODY)
    start = BODY.index(TRAM)
    span = Span(start, start + len(TRAM))
    words = TRAM.replace("*", "")
    damaged = Anchor("tram.md", span, TRAM.replace("*", "_"), words, article.digest)
    assert not stands(damaged, article)
    assert find(damaged, read_visible(article)) is None
    other = read(BODY + "More.\n")
    assert find(damaged, read_visible(other)) is not None
    lacking = Anchor("tram.md", span, TRAM.replace("40", "4"), words, article.digest)
    assert find(lacking, read_visible(other)) is None
    coded = anchor_of("# A\n\nCaf&eacute;s were *full*.\n", "Caf&eacute;s were *full*.")
    assert place_in(coded, "Cafés were full.\n") == "Cafés were full."


def test_a_quote_without_words_stands_nowhere() -> None:
    """White space has a source, and nothing to read."""
    anchor = Anchor("tram.md", Span(6, 8), "\n\n", "")
    assert not stands(anchor, read(BODY))
    assert find(anchor, read_visible(read(BODY))) is None


def test_a_text_without_the_words_is_passed_over() -> None:
    """One word in eight may be hidden by marks inside of it; all must stand together."""
    anchor = anchor_of(BODY, TRAM)
    assert may_hold(anchor, BODY)
    assert may_hold(anchor, BODY.replace("40", "41") + BODY)
    assert not may_hold(anchor, BODY.replace("40", "41").replace("cost", "took"))
    assert not may_hold(anchor, BODY.replace("Bay", "Bay" + " and on" * 100))
    words = "Seven trams went over the new stone bridge at noon."
    long = anchor_of(f"{words}\n", words)
    assert may_hold(long, words.replace("bridge", "bri_d_ge"))
    assert not may_hold(long, words.replace("bridge", "street").replace("noon", "night"))


def test_a_text_without_the_surroundings_of_few_words_is_passed_over() -> None:
    """They could not be taken from there."""
    text = "# A\n\nCosts fell in spring. Yes, we do. Nobody knew.\n"
    anchor = anchor_of(text, "Yes, we do.")
    assert may_hold(anchor, "Yes, we do. Nobody knew.")
    assert may_hold(anchor, "Costs fell in\nspring. Yes, we do.")
    assert not may_hold(anchor, "Yes, we do.")
    assert not may_hold(anchor_of(text, "Yes, we do.", old=True), text)


def test_the_closest_sentence_says_what_changed() -> None:
    """One that shares too little is not offered; a quote of two sentences finds two."""
    article = read(BODY.replace("40", "55"))
    closest = find_closest(anchor_of(BODY, TRAM), article)
    assert closest is not None
    assert article.show(closest) == "The tram to Harrow Bay cost 55 million euros."
    two = find_closest(anchor_of(BODY, BODY[BODY.index("Work") :].rstrip()), article)
    assert two is not None
    assert article.show(two).startswith("Work began early. The tram")
    assert article.show(two).endswith("It opens in May.")
    assert find_closest(anchor_of(BODY, TRAM), read("Bees shiver all winter.\n")) is None
