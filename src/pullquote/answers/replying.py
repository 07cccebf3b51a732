"""Reply to a question step by step: the quotes, then what a language model makes of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from pullquote.answers import narrowing
from pullquote.answers.answering import Asker
from pullquote.answers.finding import Finder
from pullquote.answers.freshness import Fresh
from pullquote.answers.leash import Leash, Told
from pullquote.answers.narrowing import Wish
from pullquote.errors import InputError
from pullquote.protocols import Writer
from pullquote.types import Answer, Article

_CHANGED = "An article changed while the language model wrote; the quotes are as they are now."


@dataclass(frozen=True, slots=True)
class Replier:
    """Replies over files as they are now; `note` hears which generation of the index answered."""

    fresh: Fresh
    writer: Writer
    leash: Leash | None
    read: Callable[[str], Article]
    note: Callable[[str], None]

    def reply(self, wish: Wish) -> Iterator[Told]:
        """Yield the answer as far as it goes, and last the whole one.

        Where a model writes, the quotes come first, without a text, and then each sentence. Nothing
        is taken back unless an article changes meanwhile: then all is answered anew.
        """
        if self.leash:
            wish = replace(wish, rewritten=self.leash.rewrite(wish.question, wish.turns))
        answer = self._answer(wish)
        if not (self.leash and answer.quotes):
            yield Told(answer, whole=True)
            return
        yield Told(replace(answer, text=""))
        for told in self.leash.tell(answer):
            if not self._stands(answer):  # a model may take its time
                break
            yield told
        else:
            return
        again = self._answer(wish)
        yield Told(replace(again, notes=(*again.notes, _CHANGED)), whole=True)

    def _answer(self, wish: Wish) -> Answer:
        def answer(finder: Finder, notes: tuple[str, ...]) -> Answer:
            self.note(finder.view.about()["generation"])
            return narrowing.answer(Asker(finder, self.writer, notes), wish)

        return self.fresh.ask(answer)

    def _stands(self, answer: Answer) -> bool:
        """Tell whether every quoted file is still what was quoted."""
        articles = {quote.article.path: quote.article for quote in answer.quotes}
        return all(map(self._is_now, articles.values()))

    def _is_now(self, article: Article) -> bool:
        try:
            return self.read(article.path).digest == article.digest
        except InputError:  # it is gone
            return False
