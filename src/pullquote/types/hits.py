"""Hits: passages as retrieval found them."""

from dataclasses import dataclass
from typing import Any

from pullquote.types.articles import Passage, iso


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage. Ranks count from 1; None = that ranker did not find it."""

    passage: Passage
    score: float
    dense_rank: int | None = None
    lexical_rank: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON of a hit; `score` is the fused score, higher is better."""
        article, span = self.passage.article, self.passage.span
        return {
            "article": article.path,
            "start": span.start,
            "end": span.end,
            "text": self.passage.text,
            "title": article.title,
            "date": iso(article.date),
            "score": round(self.score, 4),
            "dense_rank": self.dense_rank,
            "lexical_rank": self.lexical_rank,
        }
