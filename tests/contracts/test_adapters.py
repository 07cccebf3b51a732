"""Retrievers for frameworks, against the real ones: what `search` finds, and where it stands."""

import asyncio
import importlib
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from typing import Any, NamedTuple

import pytest

from pullquote import Chatbot, Hit, InputError
from tests.conftest import SMALL

Make = Callable[..., Chatbot]
Waits = Callable[[Any, str], Any]
Awaits = Callable[[Any, str], Awaitable[Any]]
FRAMEWORKS = {
    "langchain": ("langchain_core", "langchain-core"),
    "llamaindex": ("llama_index", "llama-index-core"),
    "haystack": ("haystack", "haystack-ai"),
}
FILES = {
    **SMALL,
    "dance.md": "---\ntitle: The dance\ndate: 2025-01-02\nurl: https://bees.example/dance\n"
    "tags: [bees]\n---\n\n## Why\n\nBees dance to tell **where** flowers are.\n",
}


class Found(NamedTuple):
    """A passage as a framework has it."""

    name: str
    text: str
    metadata: dict[str, Any]
    score: float


def need(framework: str) -> Any:  # noqa: ANN401
    """Return the adapter's module, or skip the test."""
    os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"  # read when it is imported
    if not find_spec(FRAMEWORKS[framework][0]):
        pytest.skip(f"{FRAMEWORKS[framework][1]} is not installed; make test-adapters installs it")
    return importlib.import_module(f"pullquote.adapters.{framework}")


def retrieve(framework: str, bot: Chatbot, query: str, **given: object) -> list[list[Found]]:
    """Return what a framework gets when it waits, and when it awaits."""
    module = need(framework)
    waits, awaits = WAYS[framework]
    retriever = module.PullquoteRetriever(**{"bot": bot, **given})

    async def wait() -> Any:  # noqa: ANN401
        return await awaits(retriever, query)

    return [
        list(map(READ[framework], found))
        for found in (waits(retriever, query), asyncio.run(wait()))
    ]


def _run(retriever: Any, query: str) -> Any:  # noqa: ANN401
    from haystack import Pipeline

    pipeline = Pipeline()
    pipeline.add_component("retriever", retriever)
    return pipeline.run({"retriever": {"query": query}})["retriever"]["documents"]


async def _run_async(retriever: Any, query: str) -> Any:  # noqa: ANN401
    return (await retriever.run_async(query))["documents"]


WAYS: dict[str, tuple[Waits, Awaits]] = {
    "langchain": (lambda r, query: r.invoke(query), lambda r, query: r.ainvoke(query)),
    "llamaindex": (lambda r, query: r.retrieve(query), lambda r, query: r.aretrieve(query)),
    "haystack": (_run, _run_async),
}
READ: dict[str, Callable[[Any], Found]] = {
    "langchain": lambda d: Found(d.id, d.page_content, d.metadata, d.metadata["score"]),
    "llamaindex": lambda n: Found(n.node.node_id, n.node.text, n.node.metadata, n.score),
    "haystack": lambda d: Found(d.id, d.content, d.meta, d.score),
}


@pytest.mark.parametrize("framework", FRAMEWORKS)
class TestRetrievers:
    """The same for each framework."""

    def test_passages_are_those_of_a_search(self, framework: str, make_bot: Make) -> None:
        """In the same order, with their scores, by either way."""
        bot = make_bot(FILES)
        hits = bot.search("bees dance", 2)
        for found in retrieve(framework, bot, "bees dance", **top(framework, 2)):
            assert [one.text for one in found] == [hit.passage.text for hit in hits]
            assert [one.score for one in found] == [round(hit.score, 4) for hit in hits]
            assert [one.name for one in found] == [place_of(hit) for hit in hits]

    def test_metadata_say_where_it_stands(self, framework: str, make_bot: Make) -> None:
        """The file's own words stand at the place; the link leads to them."""
        bot = make_bot(FILES)
        for found in retrieve(framework, bot, "bees dance", filters={"tags": "bees"}):
            (one,) = found
            place = one.metadata
            text = (bot.corpus / place["article"]).read_text("utf-8")
            assert "dance to tell **where**" in text[place["start"] : place["end"]]
            assert (place["title"], place["date"]) == ("The dance", "2025-01-02")
            assert place["url"].startswith("https://bees.example/dance#:~:text=")
            assert (place["tags"], place["headings"]) == (["bees"], ["Why"])

    def test_errors_are_ours(self, framework: str, make_bot: Make) -> None:
        """And not swallowed on the way."""
        bot = make_bot(FILES)
        with pytest.raises(Exception, match="not a date") as raised:
            retrieve(framework, bot, "bees", filters={"since": "soon"})
        ours = (raised.value, raised.value.__cause__)
        assert any(isinstance(error, InputError) for error in ours)


def top(framework: str, k: int) -> dict[str, int]:
    """Return how a framework asks for k passages."""
    return {"top_k" if framework == "haystack" else "k": k}


def place_of(hit: Hit) -> str:
    """Return the place of a passage."""
    return f"{hit.passage.article.path}:{hit.passage.span.start}-{hit.passage.span.end}"


def test_a_chain_of_langchain_takes_it(make_bot: Make) -> None:
    """As any of its retrievers."""
    module = need("langchain")
    from langchain_core.runnables import RunnableLambda

    bot = make_bot(FILES)
    chain = module.PullquoteRetriever(bot=bot, k=1) | RunnableLambda(
        lambda found: found[0].metadata["article"]
    )
    assert chain.batch(["bees dance flowers", "marathon fog"]) == ["dance.md", "fog.md"]


def test_a_pipeline_of_haystack_can_be_kept(real_bot: Chatbot) -> None:
    """And read again, with the folders of the bot."""
    module = need("haystack")
    from haystack import Pipeline

    pipeline = Pipeline()
    pipeline.add_component("retriever", module.PullquoteRetriever(real_bot, top_k=1))
    kept = pipeline.dumps()
    again = Pipeline.loads(kept, allowed_modules=[module.__name__])
    asked = {"retriever": {"query": "bees in winter"}}
    assert again.run(asked) == pipeline.run(asked)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_without_the_framework_one_line_says_what_to_install(framework: str) -> None:
    """Whether it is there or not: here it is kept from being found."""
    module, package = FRAMEWORKS[framework]
    program = (
        f"import sys; sys.modules[{module!r}] = None\n"
        f"try: import pullquote.adapters.{framework}\n"
        "except ModuleNotFoundError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{package} is not installed; run: pip install {package}\n"
