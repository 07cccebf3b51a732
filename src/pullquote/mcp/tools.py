"""The tools: what each is called, what it takes and gives, and what it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from pullquote.chatbot import Chatbot
from pullquote.mcp import asked, replies, wording
from pullquote.mcp.library import Library
from pullquote.protocols import Progress
from pullquote.verification.verifying import summarise

Asked = TypeVar("Asked", bound=BaseModel)
Said = tuple[Mapping[str, Any], str]  # the JSON of the contract, and the same in words

_CITING = (
    "Quote only what stands between “ and ”, word for word, and say where it stands (title, date "
    "and path:start-end, with the link if there is one)."
)


@dataclass(frozen=True, slots=True)
class Tool(Generic[Asked]):
    """One tool; `writes` says that it changes the index, and may take long."""

    name: str
    title: str
    description: str
    takes: type[Asked]
    gives: type[BaseModel]
    do: Callable[[Asked, Progress], Said]
    writes: bool = False

    def call(self, arguments: Mapping[str, Any], progress: Progress) -> Said:
        """Do what is asked; raise ValidationError if the arguments make no sense."""
        return self.do(self.takes.model_validate(arguments), progress)


def make_tools(bot: Chatbot, library: Library, *, read_only: bool) -> tuple[Tool[Any], ...]:
    """Return the tools over a bot; where all is read-only, nothing refreshes."""
    tools: tuple[Tool[Any], ...] = (
        Tool(
            "ask",
            "Ask the articles",
            "Answer a question from the user's own folder of articles with exact quotes, or with "
            "silence. Use it whenever the user asks what their articles, notes or posts say. "
            f"{_CITING} If the status is abstained, the articles do not say: tell the user so and "
            "do not answer from elsewhere as if they did; what came nearest is no answer. A quote "
            "may be marked as superseded by a newer article: then say both. Ask about one thing "
            "at a time.",
            asked.Ask,
            replies.AnswerReply,
            lambda given, _: _ask(bot, given),
        ),
        Tool(
            "search",
            "Search the articles",
            "Find the passages of the articles that match a query best, best first, to see what "
            "is there or to read around a subject. Passages are no evidence by themselves: for an "
            "answer with quotes use ask. To read a whole article, read the resource "
            "article:///PATH.",
            asked.Search,
            replies.HitsReply,
            lambda given, _: _search(bot, given),
        ),
        Tool(
            "show",
            "Show the words at a place",
            "Return the words that stand at a place of an indexed article now, given the article, "
            f"start and end of a quote or a passage. {_CITING}",
            asked.Place,
            replies.QuoteReply,
            lambda given, _: _show(library, given),
        ),
        Tool(
            "verify",
            "Check quotes",
            "Check whether the quotes of earlier answers still stand in the articles, character "
            "for character: exact, moved (and where to), changed (and what is said now) or gone. "
            "Use it before quoting something again that was found some time ago.",
            asked.Exported,
            replies.ChecksReply,
            lambda given, _: _verify(library, given),
        ),
        Tool(
            "status",
            "Tell the state of the index",
            "Tell how many articles are indexed, since when, which were skipped and why, and what "
            "has changed in the folder since.",
            asked.Nothing,
            replies.StatusReply,
            lambda _, __: _status(library),
        ),
        Tool(
            "refresh",
            "Refresh the index",
            "Make the index follow the folder; only articles that changed are read. Use it if "
            "there is no index yet or if an article was added that cannot be found. The first "
            "time may take minutes.",
            asked.Refresh,
            replies.ReportReply,
            lambda given, progress: _refresh(bot, given, progress),
            writes=True,
        ),
    )
    return tuple(tool for tool in tools if not (read_only and tool.writes))


def _ask(bot: Chatbot, given: asked.Ask) -> Said:
    answer = bot.ask(given.question, **given.model_dump(exclude={"question"}))
    return answer.to_dict(), wording.say_answer(answer)


def _search(bot: Chatbot, given: asked.Search) -> Said:
    hits = bot.search(given.query, **given.model_dump(exclude={"query"}))
    return {"hits": [hit.to_dict() for hit in hits]}, wording.say_hits(hits)


def _show(library: Library, given: asked.Place) -> Said:
    quote = library.show(given.article, given.start, given.end, unpublished=given.unpublished)
    return quote.to_dict(), wording.say_quote(quote)


def _verify(library: Library, given: asked.Exported) -> Said:
    checks = summarise(library.verify(given.answer, unpublished=given.unpublished))
    return checks, wording.say_checks(checks)


def _status(library: Library) -> Said:
    state = library.status()
    return state, wording.say_status(state)


def _refresh(bot: Chatbot, given: asked.Refresh, progress: Progress) -> Said:
    report = bot.refresh(dry_run=given.dry_run, progress=progress)
    return report.to_dict(), wording.say_report(report, dry_run=given.dry_run)
