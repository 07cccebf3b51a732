"""Questions to click in an empty chat."""

from collections.abc import Iterator, Sequence
from itertools import islice

from gradio.components.chatbot import ExampleMessage

from pullquote.chatbot import Chatbot
from pullquote.errors import PullquoteError
from pullquote.types import Article

_COUNT = 4
_TRIED = 12  # titles that are tried, so that a large corpus does not delay the page
# About the sample corpus that comes with Pullquote, each with the article that answers it.
_SAMPLE = (
    ("What will the tram in Harrow Bay cost?", "local/tram-bill-was-understated-town-admits.md"),
    ("Why did Nvidia's shares fall in January 2025?", "ai/2025/deepseek-monday.md"),
    ("When does the EU AI Act apply?", "ai/2025/eu-ai-act-timetable.md"),
    ("Who is the new world chess champion?", "culture/gukesh-takes-the-crown-at-eighteen.md"),
)


class Examples:
    """Given questions, or some that the articles of the moment answer."""

    def __init__(self, bot: Chatbot, given: Sequence[str] | None) -> None:
        self._bot = bot
        self._given = None if given is None else tuple(given)
        self._chosen: tuple[tuple[tuple[str, str], ...], tuple[str, ...]] = ((), ())

    def messages(self) -> list[ExampleMessage]:
        """Return them as gradio wants them; none while there is no index."""
        questions = self._choose() if self._given is None else self._given
        return [{"text": question} for question in questions]

    def _choose(self) -> tuple[str, ...]:
        try:
            articles = self._bot.articles()
            known = tuple((article.path, article.digest) for article in articles)
            if known != self._chosen[0]:
                self._chosen = (known, self._pick(articles))
        except PullquoteError:
            return ()  # the page says what is wrong with the index; examples need not
        return self._chosen[1]

    def _pick(self, articles: Sequence[Article]) -> tuple[str, ...]:
        paths = {article.path for article in articles}
        here = all(path in paths for _, path in _SAMPLE)
        if here and all(self._answers(question, path) for question, path in _SAMPLE):
            return tuple(question for question, _ in _SAMPLE)
        return tuple(islice(self._from_titles(articles), _COUNT))

    def _from_titles(self, articles: Sequence[Article]) -> Iterator[str]:
        """Yield questions from the newest articles' titles, those that are answered."""
        newest = sorted(articles, key=lambda article: (str(article.date or ""), article.path))
        for article in newest[: -_TRIED - 1 : -1]:
            question = f"What is written about “{article.title}”?"
            if self._answers(question, article.path):
                yield question

    def _answers(self, question: str, path: str) -> bool:
        return path in {quote.article.path for quote in self._bot.ask(question).quotes}
