"""The nouns. Everything here is frozen; tuples, never lists."""

from pullquote.types.answers import Answer, Status, Turn
from pullquote.types.articles import Article, Passage
from pullquote.types.hits import Hit
from pullquote.types.quotes import Quote
from pullquote.types.reports import Problem, RefreshReport

__all__ = [
    "Answer",
    "Article",
    "Hit",
    "Passage",
    "Problem",
    "Quote",
    "RefreshReport",
    "Status",
    "Turn",
]
