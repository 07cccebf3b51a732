"""From a passage to pieces and windows, and from a model's numbers back to words of the file."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

from pullquote import ModelError
from pullquote.articles.files import read_article
from pullquote.articles.passages import split_passages
from pullquote.errors import ArticleUnreadable
from pullquote.markdown import locate
from pullquote.readers import own, spans
from pullquote.readers.judging import NOTHING, Said, find_best, merge, pool, trim
from pullquote.readers.layout import Layout, lay_out
from pullquote.readers.pairs import find_positive
from pullquote.readers.pieces import Cutter, Pieces
from pullquote.types import Passage

TRAPS = Path(__file__).parents[1] / "corpus"
MARKED = """\
---
title: The tram
---

## Lines & *stops*

It **opens** in [May
2026](https://example.org). Fees: $40&ndash;45 `million`!

| Line | Length |
|------|--------|
| `T1` | 12 km  |
"""


def passage_of(text: str) -> Passage:
    """Return the only passage of a text."""
    article, _ = read_article("tram.md", text.encode())
    (passage,) = split_passages(article)
    return passage


# -- layout


def test_a_passage_is_read_as_shown() -> None:
    """Sentences without their markup, joined by a space."""
    text, places = lay_out(passage_of(MARKED))
    assert [text[a:b] for a, b in places] == [
        "It opens in May 2026.",
        "Fees: $40–45 million!",
        "T1 12 km",
    ]
    assert text == " ".join(text[a:b] for a, b in places)


def test_title_and_headings_stand_before_it_where_wanted() -> None:
    """Each is ended, so that it does not run into the first sentence."""
    text, places = lay_out(passage_of(MARKED), titled=True)
    assert text[: places[0][0]] == "The tram. Lines & stops. "
    assert text[slice(*places[2])] == "T1 12 km"


def test_a_heading_that_is_the_title_is_read_once() -> None:
    """A title from the first heading is not said twice, and a made one not at all."""
    assert lay_out(passage_of("# Why?\n\nFog."), titled=True).text == "Why? Fog."
    assert lay_out(passage_of("Fog."), titled=True).text == "Fog."


@pytest.mark.parametrize(
    ("number", "words", "source"),
    [
        (0, "opens in May 2026", "opens** in [May\n2026"),
        (0, "It", "It"),
        (1, "$40–45 million", "$40&ndash;45 `million"),
        (1, "–", "&ndash;"),
        (2, "T1 12", "T1` | 12"),
        (2, "km", "km"),
    ],
)
def test_shown_words_are_found_in_the_file(number: int, words: str, source: str) -> None:
    """The place of a range of a sentence's shown text, whatever markup stands inside."""
    passage = passage_of(MARKED)
    sentence = passage.sentences[number]
    start = passage.article.show(sentence).index(words)
    span = locate(passage.article.text, passage.article.body, sentence, start, start + len(words))
    assert span is not None
    assert span.of(passage.article.text) == source
    assert passage.article.show(span) == words


def test_a_range_that_shows_nothing_has_no_place() -> None:
    """Between two cells there is a space that stands nowhere."""
    passage = passage_of(MARKED)
    assert locate(passage.article.text, passage.article.body, passage.sentences[2], 2, 3) is None


def test_no_short_answer_leaves_its_sentence() -> None:
    """In every trap article, all ranges of every sentence show words of that sentence."""
    tried = 0
    for path in sorted(TRAPS.rglob("*.md")):
        try:
            article, _ = read_article(path.name, path.read_bytes())
        except ArticleUnreadable:
            continue
        for sentence in (s for passage in split_passages(article) for s in passage.sentences):
            words = article.show(sentence)
            for start in range(0, len(words), 3):
                for end in range(start + 1, len(words) + 1, 7):
                    if words[start:end].strip():
                        span = locate(article.text, article.body, sentence, start, end)
                        assert span is not None
                        assert sentence.holds(span)
                        assert article.show(span) in words
                        tried += 1
    assert tried > 500


# -- pieces


def cut(question: str, words: str, sentences: list[int], *, most: int) -> Pieces:
    """Cut words, one piece each, of which each sentence has so many."""
    vocabulary = {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2}
    tokenizer = Tokenizer(WordLevel(vocabulary, "[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 1), ("[SEP]", 2)],
    )
    parts, places, rest, length = [], [], words.split(), 0
    for count in sentences:
        parts.append(" ".join(rest[:count]))
        places.append((length, length + len(parts[-1])))
        length += len(parts[-1]) + 1
        rest = rest[count:]
    (pieces,) = Cutter(tokenizer, most).cut(question, [Layout(" ".join(parts), tuple(places))])
    return pieces


def test_a_short_passage_is_one_window() -> None:
    """The question, the passage, and the model's own marks, with their kinds."""
    pieces = cut("who won", "fog held on", [2, 1], most=16)
    assert pieces.places == ((0, 3), (4, 8), (9, 11))
    assert pieces.sentences == ((0, 2), (2, 3))
    (window,) = pieces.windows
    assert window == ((1, 0, 0, 2, 0, 0, 0, 2), (0, 0, 0, 0, 1, 1, 1, 1), 4, 0, 3)


def test_a_feed_holds_what_the_model_wants() -> None:
    """Rows of one window, and no input that the model does not know."""
    (window,) = cut("who", "fog", [1], most=16).windows
    feed = window.feed(("input_ids", "attention_mask"))
    assert {name: rows.tolist() for name, rows in feed.items()} == {
        "input_ids": [[1, 0, 2, 0, 2]],
        "attention_mask": [[1, 1, 1, 1, 1]],
    }


def test_windows_end_and_begin_with_sentences() -> None:
    """Three of four sentences fit; the next window takes the last of them along."""
    pieces = cut("q", "a " * 40, [10, 10, 10, 10], most=38)
    assert [(w.low, w.high) for w in pieces.windows] == [(0, 30), (20, 40)]
    assert all(len(w.ids) <= 38 and w.first == 3 for w in pieces.windows)


def test_a_question_leaves_room_for_the_passage() -> None:
    """A question that is longer than a part of the window is cut."""
    pieces = cut("q " * 100, "a " * 30, [30], most=40)
    assert pieces.windows[0].first == 1 + 16 + 1
    assert max(len(window.ids) for window in pieces.windows) == 40


def test_marks_of_the_model_in_an_article_are_words() -> None:
    """Nobody can end the passage by writing "[SEP]"."""
    (window,) = cut("q", "a [SEP] b", [3], most=40).windows
    assert window.ids.count(2) == 2


@given(st.lists(st.integers(1, 60), min_size=1, max_size=12), st.integers(16, 48))
def test_windows_cover_every_piece(counts: list[int], most: int) -> None:
    """In order, none too long; and a sentence that fits into a window is whole in one."""
    pieces = cut("who", "a " * sum(counts), counts, most=most)
    windows = pieces.windows
    assert windows[0].low == 0
    assert windows[-1].high == len(pieces.places) == sum(counts)
    for one, other in pairwise(windows):
        assert one.low < other.low <= one.high < other.high
    assert all(len(window.ids) <= most for window in windows)
    room = most - 4
    for low, high in pieces.sentences:
        if high - low <= room:
            assert any(w.low <= low and high <= w.high for w in windows)


# -- judging


def test_a_sentences_evidence_is_the_log_of_a_mean() -> None:
    """As in training: a long sentence does not win by its length."""
    assert pool(np.log(np.array([1, 2, 3], np.float32))) == pytest.approx(np.log(2))
    assert pool(np.array([700, 700], np.float32)) == pytest.approx(700)


LOGITS = st.lists(st.tuples(st.integers(-8, 8), st.integers(-8, 8)), min_size=1, max_size=40)


@given(LOGITS)
def test_the_best_span_is_the_best(logits: list[tuple[int, int]]) -> None:
    """As trying all spans of up to 30 pieces finds it, the first of equals."""
    starts, ends = (np.array(part, np.float32) for part in zip(*logits, strict=True))
    every = [
        (-float(starts[first] + ends[last]), first, last)
        for first in range(len(starts))
        for last in range(first, min(first + 30, len(starts)))
    ]
    score, first, last = min(every)
    assert find_best(starts, ends) == (-score, first, last)


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("$100 billion", "$100 billion"),
        (" May 2026,", "May 2026"),
        ("“May”", "May"),
        ("the U.S.", "the U.S."),
        ("in May.", "in May"),
        ("(a third", "a third"),
        ("third)", "third"),
        ("(a) third", "(a) third"),
        ("7-4", "7-4"),
        ("–", None),
        ("50%", "50%"),
    ],
)
def test_loose_signs_around_a_short_answer_are_cut_off(words: str, kept: str | None) -> None:
    """Punctuation around it, but not what belongs to it."""
    found = trim(words, 0, len(words), within=(0, len(words)))
    assert (words[slice(*found)] if found else None) == kept


def test_a_full_stop_inside_a_sentence_stays() -> None:
    """It may end an abbreviation; only the sentence's own is none of the answer's."""
    assert trim("Dr. No won.", 0, 3, within=(0, 11)) == (0, 3)


def test_a_short_answer_is_made_of_whole_words() -> None:
    """Pieces of words are completed, but not beyond the sentence, nor in Chinese."""
    assert trim("the harbour", 6, 9, within=(0, 11)) == (4, 11)
    assert trim("theharbour", 4, 6, within=(3, 10)) == (3, 10)
    assert trim("北京的冬天", 1, 3, within=(0, 5)) == (1, 3)


def test_of_two_windows_the_one_that_says_more_counts() -> None:
    """Evidence and short answer each from where they are most likely."""
    one, other = Said(1, 5, (0, 1)), Said(2, 4, (2, 3))
    assert merge([[one, NOTHING], [other, other]]) == ((2, 5, (0, 1)), other)


PIECES = np.array(
    # start, end, evidence: [CLS], the question, then two sentences
    [[1, 1, 9], [9, 9, 9], [0, 3, 0], [4, 0, 0], [2, 6, 2]],
    np.float32,
)
SENTENCES = [slice(2, 4), slice(4, 5)]


def test_our_own_network_is_read_as_it_was_trained() -> None:
    """Sentences against "none does", spans against the first piece."""
    outputs = (PIECES, np.array([0.5, 1.5], np.float32))
    answers, said = own.judge(outputs, SENTENCES)
    assert answers == 1.5
    assert said == [Said(-0.5, 2.0, (3, 3)), Said(1.5, 6.0, (4, 4))]


def test_a_model_of_spans_tells_sentences_by_their_spans() -> None:
    """The passage answers as likely as its best sentence."""
    answers, said = spans.judge((PIECES[:, 0], PIECES[:, 1]), SENTENCES)
    assert answers == 6.0
    assert said == [Said(2.0, 2.0, (3, 3)), Said(6.0, 6.0, (4, 4))]


# -- labels


@pytest.mark.parametrize(
    ("labels", "positive"),
    [
        ({"0": "LABEL_0"}, 0),
        ({"0": "LABEL_0", "1": "LABEL_1"}, 1),
        ({"0": "YES", "1": "NO"}, 0),
        ({"0": "contradiction", "1": "entailment", "2": "neutral"}, 1),
        (None, 1),
    ],
)
def test_the_label_that_says_yes_is_known(
    labels: dict[str, str] | None, positive: int, tmp_path: Path
) -> None:
    """By its name, or the second of two that have none."""
    assert find_positive(tmp_path, {"id2label": labels}) == positive


def test_three_labels_without_names_are_refused(tmp_path: Path) -> None:
    """Nobody knows which of them says yes."""
    labels = {str(number): f"LABEL_{number}" for number in range(3)}
    with pytest.raises(ModelError, match="none of its labels"):
        find_positive(tmp_path, {"id2label": labels})
