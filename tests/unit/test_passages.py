"""Passages: whole blocks, exact sentences, and the form that is embedded."""

from pathlib import Path

import pytest

from pullquote.articles.files import find_articles, read_article, read_bytes
from pullquote.articles.passages import MAX_CHARS, embedded_form, number_of, split_passages
from pullquote.types import Article, Passage

TRAPS = Path(__file__).parents[1] / "corpus"
TWIN = "Rents rose by nine percent last year."
SENTENCES = {
    "2021-03-04-dots.fr.md": ["La mairie est ouverte.", "Elle ferme à midi."],
    "broken-yaml.md": ["Sales grew by eleven percent."],
    "cjk.md": ["売上高は三割増えた。", "「来年も増える」と社長は言った。", "公司去年 盈利。"],
    "code.md": [
        "Run make all before a`b.",
        "It writes {{ a page.",
        "Use {{< ref >}} to link and x y to wrap.",
    ],
    "emoji.md": [
        "The family 👩\u200d👩\u200d👧 arrived first 🎉.",
        "A cafe\u0301 stayed open.",
        "Tickets cost 5\u00a0€.",
        "Everyone went home. 🎈",
    ],
    "harbour-crlf-bom.md": [
        "Ships waited four days off Port Melden.",
        "Cranes ran at half speed.",
        "Pilots returned on Friday.",
    ],
    "html.md": [
        "The office closed at ½ past five.",
        "It reopens\u00a0on Monday.",
        "Bring a badge.",
        "Inline tags go away.",
        "AT&T © 2024.",
    ],
    "json.md": ["The flight took 41 minutes."],
    "lists.md": [
        "Before you leave:",
        "Pack the tent.",
        "Check the poles.",
        "Bring pegs.",
        "Ask Ines for the hammer.",
        "Lock the door.",
        "The weather will hold.",
        "Take a coat.",
        "See the map.",
    ],
    "notes/twins-b.md": [TWIN, "Nobody noticed."],
    "references.md": [
        "The plan cost more than *expected*.",
        "See https://plan.example/a.",
        "It was cheap dear.",
        "By two million.",
    ],
    "rule-first.md": ["Note: the council met on Monday.", "It rained.", "Nothing was decided."],
    "table.md": ["Q1 $26.3 billion up 9%", "Q2 $28.8 billion a|b test", "All figures are rounded."],
    "templates.md": [
        "The handbook moved.",
        "Read it today.",
        "Hands on deck",
        "See the team and for more.",
    ],
    "toml.md": ["Bees form a cluster.", "They shiver to keep warm."],
    "twins-a.md": [TWIN, "Wages did not.", "Some landlords objected.", TWIN],
}


def article_of(text: str, path: str = "a.md") -> Article:
    """Return the article of a text."""
    return read_article(path, text.encode())[0]


def split(text: str, max_chars: int = MAX_CHARS) -> tuple[Passage, ...]:
    """Return the passages of a text."""
    return split_passages(article_of(text), max_chars=max_chars)


def sentences(passage: Passage) -> list[str]:
    """Return what a reader sees of each sentence."""
    return [passage.article.show(sentence) for sentence in passage.sentences]


def test_every_trap_is_expected() -> None:
    """No article of the trap corpus goes unread."""
    assert list(find_articles(TRAPS)) == list(SENTENCES)


@pytest.mark.parametrize("path", SENTENCES)
def test_the_traps_give_their_sentences(path: str) -> None:
    """Each trap article shows exactly its sentences, without markup."""
    article, _ = read_article(path, read_bytes(TRAPS, path))
    shown = [words for passage in split_passages(article) for words in sentences(passage)]
    assert shown == SENTENCES[path]


def test_offsets_are_those_of_the_file() -> None:
    """A sentence is a slice of the file's own characters, CR LF and BOM included."""
    data = read_bytes(TRAPS, "harbour-crlf-bom.md")
    article, _ = read_article("harbour-crlf-bom.md", data)
    (passage,) = split_passages(article)
    assert passage.sentences[0].of(data.decode("utf-8")) == (
        "Ships **waited** four days\r\noff Port Melden."
    )


def test_twins_have_their_own_places_and_numbers() -> None:
    """The same words twice are two sentences; the same passage twice has two numbers."""
    first, second = split("# A\n\nSame words.\n\n# A\n\nSame words.\n")
    assert (first.sentences[0].start, second.sentences[0].start) == (5, 23)
    assert first.id != second.id


def test_a_number_depends_on_the_path_and_the_words_alone() -> None:
    """What stands before a passage moves it and does not rename it."""
    words = "# A\n\nSome words."
    (here,) = split_passages(article_of(words))
    (moved,) = split_passages(article_of("\n\n" + words))
    (elsewhere,) = split_passages(article_of(words, "b.md"))
    assert (moved.id == here.id, elsewhere.id == here.id) == (True, False)


def test_numbers_are_the_same_everywhere() -> None:
    """A number is 63 bits of a digest in which parts do not run together."""
    assert number_of("a", b"b") == 1_273_454_509_074_542_993
    assert number_of("ab") != number_of("a", "b")


def test_a_passage_does_not_cross_a_heading() -> None:
    """Blocks are joined up to the next heading."""
    passages = split("One.\n\nTwo.\n\n## B\n\nThree.\n")
    assert [(p.headings, p.text) for p in passages] == [((), "One. Two."), (("B",), "Three.")]


def test_a_passage_is_whole_blocks_where_they_fit() -> None:
    """A block that would make a passage too long begins the next."""
    passages = split("One two.\n\nThree four.\n\nFive.\n", max_chars=20)
    assert [sentences(p) for p in passages] == [["One two.", "Three four."], ["Five."]]


def test_a_long_block_is_cut_between_sentences() -> None:
    """A paragraph beyond the limit gives passages of whole sentences."""
    passages = split("One two three. Four five. Six seven. Eight.", max_chars=26)
    assert [p.text for p in passages] == ["One two three. Four five.", "Six seven. Eight."]


def test_wide_characters_cost_more() -> None:
    """A Chinese character counts for four."""
    passages = split("一二三。四五六。", max_chars=20)
    assert [p.text for p in passages] == ["一二三。", "四五六。"]


def test_a_far_too_long_sentence_is_cut_at_white_space() -> None:
    """Beyond twice the limit a sentence is cut where a word ends; up to that it is left whole."""
    assert [sentences(p) for p in split("aa bb cc dd ee", max_chars=7)] == [["aa bb cc dd ee"]]
    assert [sentences(p) for p in split("aa bb cc dd ee", max_chars=6)] == [
        ["aa bb"],
        ["cc dd"],
        ["ee"],
    ]


def test_a_sentence_without_white_space_is_cut_between_letters() -> None:
    """Never between a letter and its combining marks, though, and after a comma of CJK text."""
    assert [sentences(p) for p in split("abcde\u0301fghijkl", max_chars=5)] == [
        ["abcd"],
        ["e\u0301fgh"],
        ["ijkl"],
    ]
    assert [sentences(p) for p in split("一二，三四五", max_chars=16)] == [["一二，三四五"]]
    assert [sentences(p) for p in split("一二，三四五六七八", max_chars=16)] == [
        ["一二，"],
        ["三四五六"],
        ["七八"],
    ]


def test_a_far_too_long_row_is_cut_at_its_cells() -> None:
    """Each cell gives sentences of its own."""
    text = "| a |b|\n|-|-|\n| Cc dd ee. Ff | gg |\n"
    assert [sentences(p) for p in split(text, max_chars=6)] == [["Cc dd ee."], ["Ff", "gg"]]
    assert [sentences(p) for p in split(text, max_chars=8)] == [["Cc dd ee. Ff gg"]]


def test_code_is_read_but_not_quoted() -> None:
    """Code is in the passage and in the form, and in no sentence; long code is cut."""
    (passage,) = split("One.\n\n```\nlet a.\n```\n")
    assert (sentences(passage), embedded_form(passage)[0]) == (["One."], "One.\nlet a.\n")
    assert len(split("One.\n\n```\n" + "let a\n" * 50 + "```\n", max_chars=100)) == 5


def test_lines_of_code_are_quoted_if_asked_for() -> None:
    """Then each line that says something is a sentence, in its own place, also in the form."""
    text = (
        "One.\n\n```rust\nlet a = 1;\r\n}\n  b(&mut a); // two. Three.\n```\n\n    indented.md  \n"
    )
    (passage,) = split_passages(article_of(text), code=True)
    lines = ["One.", "let a = 1;", "b(&mut a); // two. Three.", "indented.md"]
    assert sentences(passage) == lines
    assert [sentence.of(text) for sentence in passage.sentences] == lines
    form, marks = embedded_form(passage)
    assert [form[low:high] for low, high in marks] == lines


def test_links_alone_are_not_read() -> None:
    """A menu between two paragraphs is in neither the sentences nor the form."""
    (passage,) = split("One.\n\n[Home](/) [About](/a)\n\nTwo.\n")
    assert (sentences(passage), embedded_form(passage)[0]) == (["One.", "Two."], "One.\nTwo.")


def test_signs_are_joined_to_their_neighbours() -> None:
    """What has no letter or digit is no sentence of its own."""
    (passage,) = split('He left. (...) "!" She stayed. 🎉')
    assert sentences(passage) == ['He left. (...) "!"', "She stayed. 🎉"]


def test_two_sentences_in_one_code_span_are_one() -> None:
    """What has but one place in the file is not cut: here a code span over two lines."""
    (passage,) = split("> Run `a. B\n> c. D` now.")
    assert sentences(passage) == ["Run a. B c. D now."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**Chess.** Verne won. Rain fell.", ["Chess. Verne won.", "Rain fell."]),
        ("**Chess**. Verne won.", ["Chess. Verne won."]),
        ("- __Open to all.__ Verne won.", ["Open to all. Verne won."]),
        ("**When?** In May.", ["When? In May."]),
        ("<b>Chess.</b> Verne won.", ["Chess. Verne won."]),
        ("**Chess came to town.** Verne won.", ["Chess came to town.", "Verne won."]),
        ("Chess. Verne won.", ["Chess.", "Verne won."]),
        ("**Chess** came. Verne won.", ["Chess came.", "Verne won."]),
        ("Rain fell. **Chess.** Verne won.", ["Rain fell.", "Chess.", "Verne won."]),
        ("**Chess.**", ["Chess."]),
    ],
)
def test_a_label_is_part_of_the_sentence_it_labels(text: str, expected: list[str]) -> None:
    """Up to three strong words that open a block are no sentence of their own."""
    assert [words for passage in split(text) for words in sentences(passage)] == expected


def test_the_form_names_title_headings_and_columns() -> None:
    """Title, path of headings and column names come before the words; places point into it."""
    (passage,) = split(
        "---\ntitle: T\n---\n# H\n\n## I\n\n| *a* | b |\n|-|-|\n| 1 | 2 |\n| 3 | 4 |\n"
    )
    form, marks = embedded_form(passage)
    assert form == "T\nH > I\na b\n1 2\n3 4"
    assert [form[low:high] for low, high in marks] == ["1 2", "3 4"]


def test_the_title_is_not_said_twice() -> None:
    """A heading that is the title is left out of the form."""
    (passage,) = split("# H\n\nWords.")
    assert embedded_form(passage) == ("H\nWords.", ((2, 8),))


@pytest.mark.parametrize(
    "text",
    [
        "word " * 20_000,
        "a" * 100_000,
        "# " + "a " * 5_000 + "\n\nwords",
        "|" + "a b|" * 2_000 + "\n|" + "-|" * 2_000 + "\n|" + "word word|" * 2_000,
        "x\n\n```\n" + "code\n" * 10_000,
        "- a\n" * 5_000,
        "e\u0301" * 20_000,
        "漢" * 20_000,
    ],
)
def test_no_form_grows_beyond_three_times_the_limit(text: str) -> None:
    """Whatever the article, what is embedded stays short."""
    assert max(len(embedded_form(p)[0]) for p in split(text)) <= 3 * MAX_CHARS
