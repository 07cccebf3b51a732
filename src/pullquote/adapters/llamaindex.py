"""A retriever for LlamaIndex: ``retriever = PullquoteRetriever(bot, k=5)``."""

from collections.abc import Mapping
from typing import Any

from pullquote.adapters.describing import describe, missing, name_passage
from pullquote.chatbot import Chatbot
from pullquote.types import Hit

try:
    from llama_index.core.base.base_retriever import BaseRetriever
    from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
except ModuleNotFoundError as error:
    raise missing("llama-index-core") from error

# What a model that reads the passage has no use for.
_UNTOLD = ["digest", "lines", "score", "dense_rank", "lexical_rank"]


class PullquoteRetriever(BaseRetriever):  # type: ignore[misc]
    """Gives the k passages that match best; `filters` are those of `Chatbot.search`."""

    def __init__(
        self, bot: Chatbot, *, k: int = 10, filters: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__()
        self._bot, self._k, self._filters = bot, k, dict(filters or {})

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._bot.search(query_bundle.query_str, self._k, **self._filters)
        return list(map(_as_node, hits))

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = await self._bot.asearch(query_bundle.query_str, self._k, **self._filters)
        return list(map(_as_node, hits))


def _as_node(hit: Hit) -> NodeWithScore:
    told = describe(hit)
    node = TextNode(
        id_=name_passage(hit),
        text=hit.passage.text,
        metadata=told,
        excluded_llm_metadata_keys=_UNTOLD,
        excluded_embed_metadata_keys=list(told),
        start_char_idx=told["start"],
        end_char_idx=told["end"],
    )
    return NodeWithScore(node=node, score=told["score"])
