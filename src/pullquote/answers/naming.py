"""What a sentence is about: the name in it, or the one that it refers to. Pure."""

import re

from pullquote.evidence.weighing import Weighed
from pullquote.language.terms import mentions, read_terms
from pullquote.language.wordlists import SHORT_FORMS
from pullquote.questions.slots import is_light
from pullquote.types import Article, Quote

# A sentence that opens so is about what was named before it.
_LEANS = re.compile(
    r"(?:it|its|he|his|she|her|they|their|the (?:town|city|company|firm|country|chain|bank|club"
    r"|team|council|county|line|maker|operator|group|parent)(?:['’]s)?)\b(?! of\b)",
    re.IGNORECASE,
)
_RUN = re.compile(r"[A-Z][\w&-]*(?:\s+[A-Z][\w&-]*)*")
# Capitals that name nobody.
NO_NAMES = frozenset(
    "mr mrs ms dr sir dame cllr mayor prof capt january february march april may june july august"
    " september october november december monday tuesday wednesday thursday friday saturday sunday"
    " q1 q2 q3 q4".split()
) | frozenset(SHORT_FORMS)


def name_of(item: Weighed) -> str:
    """Return what a sentence is about: the first name in it, or else before it; "" without any.

    Of a table's row it is the first cell.
    """
    quote = Quote(item.passage.article, item.span, item.probability)
    if quote.cells:
        return quote.cells[0][1]
    article, sentences = item.passage.article, item.passage.sentences
    place = sentences.index(item.span)
    leans = _LEANS.match(article.show(item.span))
    for span in (*(reversed(sentences[:place]) if leans else ()), item.span):
        name = _first_name(article.show(span), article)
        if name:
            return name
    return ""


def _first_name(text: str, article: Article) -> str:
    for match in _RUN.finditer(text):
        words = match[0].split()
        while words and (words[0].lower() in NO_NAMES or is_light(words[0])):
            del words[0]
        if words and (len(words) > 1 or match.start() > 1 or _is_name(words[0], article)):
            return " ".join(words)
    return ""


def _is_name(word: str, article: Article) -> bool:
    """Tell whether the first word of a sentence has a capital elsewhere too."""
    inside = rf"(?<=[a-z,;] ){re.escape(word)}\b"
    return article.title.startswith(word) or bool(
        re.search(inside, article.text) or re.search(inside, article.title)
    )


def are_same(one: str, other: str) -> bool:
    """Tell whether two names are one: Alphabet and Google, Amazon and Amazon Web."""
    first, second = (frozenset(read_terms(name)) for name in (one, other))
    return any(
        all(mentions(terms, term) for term in names)
        for terms, names in ((first, second), (second, first))
    )
