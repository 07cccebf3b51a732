"""A retriever for LangChain: ``retriever = PullquoteRetriever(bot=bot, k=5)``."""

from typing import Any

from pullquote.adapters.describing import describe, missing, name_passage
from pullquote.chatbot import Chatbot
from pullquote.types import Hit

try:
    from langchain_core.callbacks import (
        AsyncCallbackManagerForRetrieverRun,
        CallbackManagerForRetrieverRun,
    )
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
except ModuleNotFoundError as error:
    raise missing("langchain-core") from error


class PullquoteRetriever(BaseRetriever):  # type: ignore[misc]
    """Gives the k passages that match best; `filters` are those of `Chatbot.search`."""

    bot: Chatbot
    k: int = 10
    filters: dict[str, Any] = {}  # noqa: RUF012 - pydantic copies it

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        return list(map(_as_document, self.bot.search(query, self.k, **self.filters)))

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
    ) -> list[Document]:
        return list(map(_as_document, await self.bot.asearch(query, self.k, **self.filters)))


def _as_document(hit: Hit) -> Document:
    return Document(id=name_passage(hit), page_content=hit.passage.text, metadata=describe(hit))
