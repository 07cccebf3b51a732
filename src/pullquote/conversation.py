"""Questions that lean on the ones before them."""

from collections.abc import Callable, Sequence

from pullquote.answers.leash import Hear
from pullquote.awaiting import Line, awaited_in_line
from pullquote.filters import Day, Words
from pullquote.types import Answer, Turn


class Conversation:
    """Turns of one person; not safe to share.

    Turns that are awaited (`await chat.aask(…)`) are answered one after another, as they came.
    """

    def __init__(self, ask: Callable[..., Answer], turns: Sequence[Turn] = ()) -> None:
        self._ask = ask
        self._turns = list(turns)
        self.line = Line()

    @property
    def turns(self) -> tuple[Turn, ...]:
        """What was said so far, oldest first."""
        return tuple(self._turns)

    def ask(
        self,
        question: str,
        *,
        since: Day = None,
        until: Day = None,
        tags: Words = None,
        categories: Words = None,
        lang: Words = None,
        paths: Words = None,
        unpublished: bool = False,
        plain: bool = True,
        ignore: Words = None,
        after: int | None = None,
        hear: Hear | None = None,
    ) -> Answer:
        """Answer a question that may lean on the ones before it, or on the first `after` of them.

        A turn that is only a filter ("and since March?") asks the question before it again.
        """
        answer = self._ask(
            question,
            since=since,
            until=until,
            tags=tags,
            categories=categories,
            lang=lang,
            paths=paths,
            unpublished=unpublished,
            plain=plain,
            ignore=ignore,
            turns=self.turns[:after],
            hear=hear,
        )
        self._turns.append(Turn(question, answer.standalone, answer.text, answer.filters))
        return answer

    aask = awaited_in_line(ask)
