"""A reader that remembers: the same passage is not read twice with the same question."""

from collections.abc import Sequence
from dataclasses import replace

from pullquote import Article, Passage, Reading, Span
from pullquote.readers.remembering import RememberingReader


class Counting:
    """Says how often it was asked to read."""

    name = "counting"

    def __init__(self) -> None:
        self.seen: list[tuple[str, int]] = []

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Answer with how many passages were ever read."""
        readings = []
        for passage in passages:
            self.seen.append((question, passage.id))
            readings.append(Reading(float(len(self.seen)), (0.0,), (0.0,), (None,)))
        return readings


def passage_at(number: int, *, digest: str = "d") -> Passage:
    """Return a passage of its own."""
    article = Article(f"{number}.md", digest, "T", text="Words.")
    return Passage(number, article, Span(0, 6), (), (Span(0, 6),))


def test_only_what_is_new_is_read() -> None:
    """In whatever company a passage comes back, its reading is the first one."""
    counting = Counting()
    reader = RememberingReader(counting)
    one, two, three = (passage_at(number) for number in (1, 2, 3))
    assert [r.answers for r in reader.read("Who?", [one, two])] == [1.0, 2.0]
    assert [r.answers for r in reader.read("Who?", [three, two, one])] == [3.0, 2.0, 1.0]
    assert counting.seen == [("Who?", 1), ("Who?", 2), ("Who?", 3)]
    assert reader.name == "counting"


def test_another_question_or_another_text_is_read_anew() -> None:
    """An edited file has another digest."""
    counting = Counting()
    reader = RememberingReader(counting)
    one = passage_at(1)
    edited = replace(one, article=replace(one.article, digest="e"))
    answers = [
        reader.read(q, [p])[0].answers for q, p in (("A?", one), ("B?", one), ("A?", edited))
    ]
    assert answers == [1.0, 2.0, 3.0]


def test_what_was_not_asked_for_longest_is_forgotten() -> None:
    """Memory is bounded."""
    counting = Counting()
    reader = RememberingReader(counting, most=2)
    one, two, three = (passage_at(number) for number in (1, 2, 3))
    reader.read("Who?", [one])
    reader.read("Who?", [two])
    reader.read("Who?", [one])
    reader.read("Who?", [three])
    assert reader.read("Who?", [one])[0].answers == 1.0
    assert reader.read("Who?", [two])[0].answers == 4.0
