"""Answers, and the turns of a conversation."""

from dataclasses import dataclass
from typing import Any, Literal

from pullquote import exports
from pullquote.filters import PlainFilter
from pullquote.types.quotes import Quote

Status = Literal["answered", "abstained"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back for a question; abstaining is an answer too.

    `confidence` is the probability that the articles answer the question: the abstention threshold
    cuts it. `nearest` is what came closest, best first, when there is no evidence; `misses` says of
    each what it mentions and what it lacks, of the phrases of the question in `looked_for`.
    `filters` are those that were read from the question's own words.
    """

    question: str
    standalone: str
    status: Status
    confidence: float
    text: str
    quotes: tuple[Quote, ...] = ()
    nearest: tuple[Quote, ...] = ()
    notes: tuple[str, ...] = ()
    looked_for: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
    filters: tuple[PlainFilter, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON of an answer."""
        return {
            "question": self.question,
            "standalone": self.standalone,
            "status": self.status,
            "confidence": round(self.confidence, 4),
            "text": self.text,
            "quotes": [quote.to_dict() for quote in self.quotes],
            "nearest": [quote.to_dict() for quote in self.nearest],
            "notes": list(self.notes),
            "looked_for": list(self.looked_for),
            "misses": list(self.misses),
            "filters": [found.to_dict() for found in self.filters],
        }

    def to_markdown(self) -> str:
        """Return the quotes as Markdown, with footnotes that name their places."""
        return exports.to_markdown(self.to_dict())

    def to_annotations(self) -> dict[str, Any]:
        """Return the quotes as W3C Web Annotations in JSON-LD, which `Chatbot.verify` reads too."""
        return exports.to_annotations(self.to_dict())


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of a conversation, as it was understood, and its answer."""

    question: str
    standalone: str
    answer: str
    filters: tuple[PlainFilter, ...] = ()
