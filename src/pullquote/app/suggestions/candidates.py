"""Questions about an article that read well to somebody who has read nothing yet.

They are made of its title, of its sentences by the rules of `pullquote.evaluation`, and of the
names in it. Only what stands alone is kept: "What did the company announce?" asks nobody anything.
Whether a question is answered is for the caller to check.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, tee

from pullquote.app.suggestions.titles import ask_of_title
from pullquote.articles.site import Site
from pullquote.chatbot import Chatbot
from pullquote.evaluation.asking import ask_about
from pullquote.index.families import REPEATED
from pullquote.index.view import View, words_of
from pullquote.language.clauses import POINTS, names_something, plain_sentence
from pullquote.language.openings import needed_by
from pullquote.language.sentences import split_sentences
from pullquote.language.terms import telling_terms
from pullquote.language.verbs import is_base
from pullquote.observing import on_route
from pullquote.spans import Span
from pullquote.types import Article, Passage

FEWEST_WORDS, MOST_WORDS = 4, 16  # of a question that is taken in at a glance
_LONGEST = 110  # characters, two lines of a narrow button
_IDEAL = range(5, 12)  # words: long enough to be exact, short enough to be said
_MOST_SENTENCES = 60  # of one article, from its top: what it is about stands there
# What people ask most readily, by what made the question; the better come first.
_WORTH = {
    "title": 1.4, "why": 1.1, "how much": 1.1, "when": 1.0, "how many": 1.0, "said": 1.0,
    "who": 0.9, "how": 0.9, "where": 0.9, "what is": 0.8, "what": 0.7, "topic": 0.5, "name": 0.3,
}  # fmt: skip
_CLUMSY = re.compile(
    r"[,;:()<>*_`|“”\"\[\]\\]| \.| [–—-] |\S/|\.\s|%|\bby\?$|^When .*(?:\d|percent)"
    r"|^When (?:is|are) .*ing\b|^What do(?:es)? .* (?:need|require)\?$|\b[A-Z][a-z]+ly\b"
    r"|^By how much (?:.{,25}\?$|.* to )|\b(?:open|available|seen) (?:from|to|for|as|in)\?$"
    r"|\b(?:there|such|each|various|several|respective|etc|its|their|his|her|will \w+ in)\b"
    r"|\b(?:was|were|is|are|did|does|do) (?:no|any|some|all|will|can|may) "
    r"|\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|yet)\b"
    r"|\b(?:for|of|in|on|with|from|at|about|into) (?:for|of|in|on|with|from|at|by)\b"
)
# "the reserve" is known to who has read the article; "the reserve of Norway" to anybody.
_DEFINITE = re.compile(
    r"\bthe (?P<thing>(?!(?:coast|world|web|internet|holidays?|sea|public|future|sun|moon)\b)"
    r"(?:[a-z][\w’'-]*(?: |$))+)"
)
_MOST_BEFORE_NAME = 4  # words of "the chief executive of Amazon"
_UNBOUND = frozenset("the in on at to with by from as and".split())
_WORD = re.compile(r"\w[\w’'-]*")
_MARKS = "“”‘’\"'.,!?:;()"
# A name after a word that is none.
_NAME = re.compile(
    r"(?<![\w’'-])(?P<before>[a-z][\w’'-]*),? "
    r"(?P<name>[A-Z][\w-]+(?: (?:of |for |de |van )?[A-Z][\w-]+){0,3})(?![\w-]| [A-Z\d])"
)
# Names that end so have an article: "the Justice Department".
_THE = re.compile(
    r"(?:Department|Council|Agency|Act|Project|Foundation|Award|Blog|Office|Commission|Committee"
    r"|Group|Team|Program|Programme|Service|Administration|Union|States|Centre|Center|Institute"
    r"|University|Museum|Festival|Summit|Survey|Index|Order|Board|Association|Library|House)$"
)
_LONG_NAME = 5  # letters of a single word that is asked about: no "Mr", no "Yes"
_ABBREVIATION = 2  # letters: names that end so, as in a list of streets, are cut off
_TWICE = 2  # what is named but once is no subject of an article
# Little words that make up this part of any English text, and of no other.
_ENGLISH = frozenset("the of and to in is that for with on was are be by it this".split())
_ENGLISH_SHARE = 0.14
_PASSAGES = 400  # by whose words names are known: a tenth of a second
SURE = 0.7  # confidence of what is worth showing; the threshold of answering is far lower


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that an article says by itself; `number` counts those of the article."""

    number: int
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question about an article, and how gladly it is shown.

    `sentence` is the one that it was made of, if it was, and that answers it if it is `exact`.
    """

    question: str
    article: Article
    worth: float
    sentence: Sentence | None = None
    exact: bool = True

    @property
    def path(self) -> str:
        """Where the article is."""
        return self.article.path

    @property
    def opening(self) -> str:
        """The question word."""
        return self.question.split()[0].casefold()

    @property
    def terms(self) -> frozenset[str]:
        """What it speaks of."""
        return frozenset(telling_terms(self.question))

    @property
    def subject(self) -> frozenset[str]:
        """What it and its article's title speak of."""
        return self.terms.union(telling_terms(self.article.title))


def read_sentences(view: View, path: str, site: Site) -> tuple[Sentence, ...]:
    """Read what an article says by itself, from its top: no footers, no notices of the site.

    The embedded words are split, which is far quicker than reading Markdown; a sentence that does
    not begin as its place in the file does is passed over.
    """
    shared = view.boilerplate(path)
    found: list[Sentence] = []
    rows = view.rows(ids=view.passage_ids([path]))
    words = dict(view.words([row.passage.id for row in rows]))
    for row in rows:
        article = row.passage.article
        for span, text in _align(row.passage, words.get(row.passage.id, "")):
            said = shared.get(words_of(article, span), 0) if shared else 0
            if said < REPEATED and not site.is_boilerplate(text):
                found.append(Sentence(len(found), span, text))
            if len(found) >= _MOST_SENTENCES:
                return tuple(found)
    return tuple(found)


def _align(passage: Passage, words: str) -> Iterator[tuple[Span, str]]:
    """Yield the sentences of a passage's embedded words, which titles precede, with their spans."""
    lines = words.split("\n")
    parts = iter([line[start:end] for line in lines for start, end in split_sentences(line)])
    for span in passage.sentences:
        source = span.of(passage.article.text)
        rest, parts = tee(parts)
        for text in rest:
            first, *_, last = (word.strip(_MARKS) for word in (*text.split(), text.split()[-1]))
            if first in source and last in source:
                yield span, text
                parts = rest
                break


class Names:
    """Which capitalised words are names, by how they stand inside sentences."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._cases = Counter(_bare(word) for text in texts for word in _WORD.findall(text)[1:])

    def is_name(self, word: str) -> bool | None:
        """Tell whether a word is a name, None if nothing tells."""
        upper, lower = self._cases[_bare(word)], self._cases[_bare(word).lower()]
        return None if upper == lower else upper > lower

    def ask(self, text: str) -> tuple[tuple[str, str], ...]:
        """Return (kind, question) for what can be asked of a sentence, as far as names are sure."""
        sentence = None if needed_by(text) else plain_sentence(text)
        if sentence is None:
            return ()
        unsure: list[str] = []

        def is_name(word: str) -> bool:
            known = self.is_name(word)
            if known is None:
                unsure.append(word)
            return bool(known)

        asked = ask_about(sentence, is_name, other_words=False)
        # "What does amazon plan?" would be worse than none.
        return () if unsure else tuple((one.kind, one.question) for one in asked)


def read_names(view: View, most: int = _PASSAGES) -> Names:
    """Return what is known of names by the first passages, which are as good as drawn by lot."""
    passages = islice(view.words(), most)
    return Names(line for _, words in passages for line in words.split("\n")[1:])


def find_in_title(article: Article, names: Names) -> Iterator[Candidate]:
    """Yield what may be asked of an article by its title."""
    for kind, question in ask_of_title(article.title, names.is_name) if article.titled else ():
        if _is_short(question) and not POINTS.search(question.replace(" you ", " ")):
            worth = _WORTH[kind] + 0.2 * (len(question.split()) in _IDEAL)
            yield Candidate(question, article, worth)


def find_in_text(
    article: Article, sentences: Sequence[Sentence], names: Names, *, named: int = _TWICE
) -> Iterator[Candidate]:
    """Yield what its sentences answer, and the names that stand in so many of them."""
    about = frozenset(telling_terms(article.title))
    for sentence in sentences:
        for kind, question in names.ask(sentence.text):
            if reads_well(question):
                worth = _weigh(question, kind, sentence, about)
                yield Candidate(question, article, worth, sentence)
    for name, sentence in _find_names(sentences, named):
        question = f"What is said about {name}?"
        ends = len(name.split()[-1]) > _ABBREVIATION
        sure = (ends and " " in name) or (len(name) >= _LONG_NAME and names.is_name(name))
        if sure and reads_well(question):
            worth = _weigh(question, "name", sentence, about)
            yield Candidate(question, article, worth, sentence, exact=False)


def _find_names(sentences: Sequence[Sentence], least: int) -> Iterator[tuple[str, Sentence]]:
    """Yield each name that stands in at least so many sentences, with the first of them."""
    places: dict[str, list[tuple[str, Sentence]]] = {}
    for sentence in sentences:
        for found in _NAME.finditer(sentence.text):
            places.setdefault(found["name"], []).append((found["before"], sentence))
    for name, found_at in places.items():
        the = any(before == "the" for before, _ in found_at)
        if len({one.number for _, one in found_at}) >= least and (the or not _THE.search(name)):
            yield f"the {name}" if the else name, found_at[0][1]


def is_english(sentences: Sequence[Sentence]) -> bool:
    """Tell whether sentences are in English, by their little words."""
    words = [word for one in sentences for word in _WORD.findall(one.text.lower())]
    little = sum(word in _ENGLISH for word in words)
    return bool(words) and little >= _ENGLISH_SHARE * len(words)


def reads_well(question: str) -> bool:
    """Tell whether a question is short, plain and understood by who has read nothing yet."""
    if not _is_short(question) or _CLUMSY.search(question) or POINTS.search(question):
        return False
    return names_something(question) and not _is_vague(question)


def _is_short(question: str) -> bool:
    return FEWEST_WORDS <= len(question.split()) <= MOST_WORDS and len(question) <= _LONGEST


def _is_vague(question: str) -> bool:
    """Tell whether "the" stands before what only a reader of the article can know."""
    for found in _DEFINITE.finditer(question.rstrip("?")):
        named = re.match(r"[A-Z\d]", question[found.end() :])
        thing = found["thing"].split()
        bound = thing[-1] in ("of", "for") or not _UNBOUND.intersection(thing)
        whole = len(thing) <= _MOST_BEFORE_NAME and not any(map(is_base, thing[1:]))
        if not (named and bound and whole):
            return True
    return False


def _weigh(question: str, kind: str, sentence: Sentence, about: frozenset[str]) -> float:
    """Return how gladly a question is shown: its kind, what it has of the title, size and place."""
    shared = len(about & frozenset(telling_terms(question))) / max(len(about), 1)
    good_size = len(question.split()) in _IDEAL
    leans = bool(re.search(r"\b(?:on|of|to|for|with|from|in|as|into)\?$", question))
    place = sentence.number / _MOST_SENTENCES
    return _WORTH.get(kind, 0.5) + shared / 2 + 0.2 * good_size - 0.3 * leans - place / 2


def _bare(word: str) -> str:
    return word.removesuffix("’s").removesuffix("'s")


def is_answered(
    bot: Chatbot,
    candidate: Candidate,
    *,
    sure: float = SURE,
    unlike: Sequence[tuple[str, Span]] = (),
) -> bool:
    """Tell whether a bot surely answers a question with the words that it was made of.

    What it quotes first must stand nowhere that these places, paths with spans, do. Where there are
    any, what is asked about a name may be answered by more articles than its own.
    """
    with on_route("suggestions"):
        answer = bot.unwritten().ask(candidate.question)
    if not answer.quotes or answer.confidence < sure:
        return False
    first, sentence = answer.quotes[0], candidate.sentence
    if any(path == first.article.path and span.meets(first.span) for path, span in unlike):
        return False
    if sentence is None or not candidate.exact:
        quotes = answer.quotes if unlike else (first,)
        return any(quote.article.path == candidate.path for quote in quotes)
    return first.article.path == candidate.path and first.span.meets(sentence.span)
