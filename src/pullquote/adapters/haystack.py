"""A retriever for Haystack: ``pipeline.add_component("retriever", PullquoteRetriever(bot))``."""

from collections.abc import Mapping
from typing import Any, Self

from pullquote.adapters.describing import describe, missing, name_passage
from pullquote.chatbot import Chatbot
from pullquote.types import Hit

try:
    from haystack import Document, component, default_from_dict, default_to_dict
except ModuleNotFoundError as error:
    raise missing("haystack-ai") from error


@component
class PullquoteRetriever:
    """Gives the passages that match best; `filters` are those of `Chatbot.search`."""

    def __init__(
        self, bot: Chatbot, *, top_k: int = 10, filters: Mapping[str, Any] | None = None
    ) -> None:
        self.bot, self.top_k, self.filters = bot, top_k, dict(filters or {})

    @component.output_types(documents=list[Document])  # type: ignore[untyped-decorator]
    def run(self, query: str, top_k: int | None = None) -> dict[str, list[Document]]:
        """Return the passages for a query, best first."""
        hits = self.bot.search(query, top_k or self.top_k, **self.filters)
        return {"documents": list(map(_as_document, hits))}

    @component.output_types(documents=list[Document])  # type: ignore[untyped-decorator]
    async def run_async(self, query: str, top_k: int | None = None) -> dict[str, list[Document]]:
        """Return the same to pipelines that await."""
        hits = await self.bot.asearch(query, top_k or self.top_k, **self.filters)
        return {"documents": list(map(_as_document, hits))}

    def to_dict(self) -> dict[str, Any]:
        """Return what a pipeline keeps of it: the folders, not engines that were handed in."""
        folders = {"corpus": str(self.bot.corpus), "embeddings": str(self.bot.embeddings)}
        kept: dict[str, Any] = default_to_dict(
            self, bot=folders, top_k=self.top_k, filters=self.filters
        )
        return kept

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> Self:
        """Return one over the same folders, with the engines that ship with Pullquote."""
        given = dict(kept["init_parameters"])
        folders = given.pop("bot")
        bot = Chatbot(folders["corpus"], embeddings=folders["embeddings"])
        made: Self = default_from_dict(cls, {**kept, "init_parameters": {**given, "bot": bot}})
        return made


def _as_document(hit: Hit) -> Document:
    told = describe(hit)
    return Document(id=name_passage(hit), content=hit.passage.text, meta=told, score=told["score"])
