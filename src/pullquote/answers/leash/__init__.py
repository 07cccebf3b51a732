"""A language model on a leash: it may arrange what quotes say, and every word shown is theirs.

What a model writes is only ever read as pointing at clauses of the quotes that it cites. Those
clauses are shown as they stand in the article; what points at nothing is left out and counted.
"""

from pullquote.answers.leash.writing import Hear, Leash, Told, last_of

__all__ = ["Hear", "Leash", "Told", "last_of"]
