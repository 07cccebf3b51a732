"""A model is asked, its sentences are judged as they come, and what it may not say is told."""

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from pullquote.answers.leash.judging import Judge
from pullquote.answers.leash.prompting import ask_to_arrange, ask_to_rewrite
from pullquote.answers.leash.rewriting import clean, may_ask
from pullquote.answers.leash.splitting import read_sentences
from pullquote.errors import ModelError
from pullquote.protocols import LanguageModel
from pullquote.questions.followups import is_follow_up
from pullquote.types import Answer, Quote, Turn

Hear = Callable[[str], None]


class Told(NamedTuple):
    """An answer as far as it goes, and the sentence that is new in it, if one is."""

    answer: Answer
    sentence: str = ""
    whole: bool = False


# About 3,000 tokens of quotes, a third of what the smallest windows in use hold.
_MOST_READ = 12_000  # characters
_MOST_WRITTEN = 700  # tokens
_MOST_HEARD = 8_000  # characters; whatever a server says beyond is not read
_MOST_REWRITTEN = 120  # tokens
_MOST_SENTENCES = 5
_HISTORY = 3  # turns


@dataclass(frozen=True, slots=True)
class Leash:
    """Lets a model put an answer into words; all that is shown are words of the quotes."""

    model: LanguageModel

    def write(self, answer: Answer, hear: Hear | None = None) -> Answer:
        """Return an answer in the model's order, or as it is, with a note that says why.

        `hear` is told each sentence as soon as it may be shown.
        """
        return last_of(self.tell(answer), hear)

    def tell(self, answer: Answer) -> Iterator[Told]:
        """Yield the answer with each sentence as soon as it may be shown, and last the whole."""
        shown: list[str] = []
        faults = Counter[str]()
        trouble = ""
        try:
            for sentence, fault in self.judged(answer.standalone, answer.quotes):
                if fault:
                    faults[fault] += 1
                    continue
                shown.append(sentence)
                yield Told(replace(answer, text=" ".join(shown)), sentence)
        except ModelError as error:
            trouble = str(error)
        notes = tuple(filter(None, (_tell_faults(faults, len(shown)), trouble)))
        if shown:
            answer = replace(answer, text=" ".join(shown), notes=(*answer.notes, *notes))
        else:
            notes = (*notes, "The quotes stand as they are.") if notes else (_SILENT,)
            answer = replace(answer, notes=(*answer.notes, " ".join(notes)))
        yield Told(answer, whole=True)

    def judged(self, question: str, quotes: Sequence[Quote]) -> Iterator[tuple[str, str]]:
        """Yield what is shown of each sentence, or why it is not, while the model writes.

        Raise ModelError if it cannot be heard to the end.
        """
        prompt = ask_to_arrange(
            question,
            quotes,
            fence=_fence(),
            most_chars=_MOST_READ,
            sentences=_MOST_SENTENCES,
        )
        judge = Judge(quotes)
        said = self.model.say(prompt.rules, prompt.data, most_tokens=_MOST_WRITTEN)
        for sentence in read_sentences(said, most_chars=_MOST_HEARD):
            yield judge.judge(sentence)

    def rewrite(self, question: str, turns: Sequence[Turn]) -> str:
        """Return a follow-up that stands alone; "" if it is none or the model may not say so."""
        said = tuple(turns)[-_HISTORY:]
        if not said or not is_follow_up(question):
            return ""
        prompt = ask_to_rewrite(question, said, fence=_fence())
        try:
            parts = self.model.say(prompt.rules, prompt.data, most_tokens=_MOST_REWRITTEN)
            rewritten = clean("".join(_at_most(parts, _MOST_HEARD)))
        except ModelError:
            return ""  # the rules know a reading, and the answer itself will tell of the trouble
        return rewritten if may_ask(rewritten, question, said) else ""


def last_of(steps: Iterable[Told], hear: Hear | None) -> Answer:
    """Return the whole answer; `hear` is told each sentence on the way."""
    for told in steps:
        if hear and told.sentence:
            hear(told.sentence)
    return told.answer


_SILENT = "The language model said nothing; the quotes stand as they are."


def _fence() -> str:
    """Return a line that no article can hold, for it is drawn anew for each request."""
    return f"=== {secrets.token_hex(16)} ==="


def _at_most(parts: Iterator[str], most: int) -> Iterator[str]:
    length = 0
    for part in parts:
        yield part
        length += len(part)
        if length > most:
            return


def _tell_faults(faults: Counter[str], shown: int) -> str:
    """Return one line on what was left out: how many sentences, and why."""
    if not faults:
        return ""
    count = faults.total()
    why = ", ".join(f"{number} {fault}" for fault, number in faults.most_common())
    return (
        f"{count} of {count + shown} {'sentence' if count + shown == 1 else 'sentences'} of the"
        f" language model {'was' if count == 1 else 'were'} left out: {why}."
    )
