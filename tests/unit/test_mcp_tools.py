"""The tools for language models: what they take, say of mistakes, and do beside each other."""

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, MCPError

import pullquote.mcp.stdio
from pullquote import Chatbot, cli
from pullquote.mcp.progress import Gauge
from pullquote.mcp.serving import create_protocol
from tests.clients import talk, words_of
from tests.conftest import SMALL
from tests.fakes import Gate, fill

_SOON = 20  # seconds, after which nobody waits any more for something that takes one
Make = Callable[..., Chatbot]


def call(bot: Chatbot, name: str, **arguments: object) -> Any:  # noqa: ANN401
    """Return what one tool gives."""
    return talk(create_protocol(bot), lambda client: client.call_tool(name, arguments))


class TestListing:
    """What a model learns of the tools."""

    @pytest.fixture
    def tools(self, make_bot: Make) -> dict[str, Any]:
        """Return the tools by name."""
        server = create_protocol(make_bot({}, refresh=False))
        listed = talk(server, lambda client: client.list_tools())
        return {tool.name: tool for tool in listed.tools}

    def test_arguments_have_types_and_are_described(self, tools: dict[str, Any]) -> None:
        """Each one, and what must be given."""
        for tool in tools.values():
            assert tool.input_schema["additionalProperties"] is False
            for name, said in tool.input_schema["properties"].items():
                assert said["description"], (tool.name, name)
        asked = tools["ask"].input_schema
        assert asked["required"] == ["question"]
        assert asked["properties"]["question"]["type"] == "string"
        assert tools["show"].input_schema["required"] == ["article", "start", "end"]

    def test_how_to_cite_and_what_silence_means_is_said(self, tools: dict[str, Any]) -> None:
        """In the words that a model reads before it asks."""
        said = tools["ask"].description
        assert "word for word" in said
        assert "the articles do not say" in said

    def test_only_a_refresh_writes(self, tools: dict[str, Any]) -> None:
        """Clients may ask people first."""
        writing = [name for name, tool in tools.items() if not tool.annotations.read_only_hint]
        assert writing == ["refresh"]

    def test_where_all_is_read_only_nothing_refreshes(self, make_bot: Make) -> None:
        """The tool is not there, nor may it be called."""

        async def look(client: Client) -> list[str]:
            with pytest.raises(MCPError, match="no such tool; there are ask, search"):
                await client.call_tool("refresh", {})
            return [tool.name for tool in (await client.list_tools()).tools]

        server = create_protocol(make_bot({}, refresh=False), read_only=True)
        assert talk(server, look) == ["ask", "search", "show", "verify", "status"]

    def test_the_command_takes_folders_and_read_only(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """Read-only, changed articles are passed over as well."""
        served = list[tuple[Path, bool, bool]]()

        def serve(bot: Chatbot, *, read_only: bool) -> None:
            served.append((bot.corpus, read_only, bot.settings.reread))

        monkeypatch.setattr(pullquote.mcp.stdio, "serve_stdio", serve)
        for more in ([], ["--read-only"]):
            with pytest.raises(SystemExit) as stop:
                cli.main("mcp", "--corpus", str(tmp_path), *more)
            assert stop.value.code == 0
        assert served == [(tmp_path, False, True), (tmp_path, True, False)]


class TestMistakes:
    """One line for whoever asked, so that a model can mend its call."""

    @pytest.mark.parametrize(
        ("name", "arguments", "said"),
        [
            ("ask", {}, "question: Field required"),
            ("ask", {"question": " "}, "the question is empty; ask something"),
            ("ask", {"question": "x" * 2001}, "at most 2000 characters"),
            ("ask", {"question": "Who?", "since": "soon"}, "since: 'soon' is not a date"),
            ("ask", {"question": "Who?", "tag": "x"}, "tag: Extra inputs are not permitted"),
            ("search", {"query": "bees", "k": 0}, "k: Input should be greater than"),
            ("show", {"article": "bees.md", "start": 9, "end": 3}, "not a place"),
            ("show", {"article": "../x.md", "start": 0, "end": 3}, "no such article in the index"),
            ("verify", {"answer": {}}, 'no "quotes" in it'),
            ("verify", {"answer": {"quotes": [{"article": 1}]}}, "a quote needs"),
        ],
    )
    def test_what_is_wrong_is_said(
        self, make_bot: Make, name: str, arguments: dict[str, Any], said: str
    ) -> None:
        """As an error of the tool."""
        called = call(make_bot(SMALL), name, **arguments)
        assert called.is_error and called.structured_content is None
        assert said in words_of(called) and "\n" not in words_of(called)

    def test_no_index_says_what_to_do(self, make_bot: Make) -> None:
        """The same line as everywhere."""
        called = call(make_bot(SMALL, refresh=False), "ask", question="Who?")
        assert called.is_error and "pullquote refresh" in words_of(called)

    def test_a_bug_is_told_to_the_log_alone(
        self,
        make_bot: Make,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """Nobody outside learns what it was."""
        bot = make_bot(SMALL)

        def fail() -> None:
            raise ZeroDivisionError("secret")

        monkeypatch.setattr(bot, "status", fail)
        called = call(bot, "status")
        assert words_of(called) == "status failed; the log of the server says why"
        assert "secret" in caplog.text


class TestArticles:
    """Articles as resources."""

    def test_the_list_comes_in_pages(self, make_bot: Make) -> None:
        """None is lost or told twice, and a strange cursor is refused."""
        bot = make_bot({f"{n}.md": f"Tram {n} runs late." for n in range(7)})

        async def turn_pages(client: Client) -> list[list[str]]:
            pages, cursor = list[list[str]](), None
            while True:
                found = await client.list_resources(cursor=cursor)
                pages.append([article.name for article in found.resources])
                cursor = found.next_cursor
                if cursor is None:
                    break
            with pytest.raises(MCPError, match="not a cursor"):
                await client.list_resources(cursor="ß?")
            return pages

        pages = talk(create_protocol(bot, page=3), turn_pages)
        assert pages == [["0.md", "1.md", "2.md"], ["3.md", "4.md", "5.md"], ["6.md"]]

    def test_any_name_can_be_read(self, make_bot: Make) -> None:
        """By the address that the list tells, as the file is now."""
        path = "Zoë & co/100% #1?.md"
        bot = make_bot({path: "Bees shiver.\r\nThey do.\n"})
        (bot.corpus / path).write_bytes(b"Bees dance.\r\n")

        async def read(client: Client) -> tuple[str, str]:
            (article,) = (await client.list_resources()).resources
            (contents,) = (await client.read_resource(article.uri)).contents
            templates = await client.list_resource_templates()
            assert [t.uri_template for t in templates.resource_templates] == ["article:///{+path}"]
            return article.uri, contents.text  # type: ignore[union-attr]

        uri, text = talk(create_protocol(bot), read)
        assert uri == "article:///Zo%C3%AB%20%26%20co/100%25%20%231%3F.md"
        assert text == "Bees dance.\r\n"

    def test_only_what_is_indexed_and_published_can_be_read(self, make_bot: Make) -> None:
        """Whatever else there is, is not told apart from what is not there."""
        later = date.today() + timedelta(3)
        bot = make_bot(
            {
                "bees.md": "Bees shiver.\n",
                "draft.md": "---\ndraft: true\n---\nHornets hum.\n",
                "later.md": f"---\npublishDate: {later}\n---\nWasps wait.\n",
                "turned.md": "Moths turn.\n",
            }
        )
        fill(bot.corpus.parent / "elsewhere", {"secret.md": "Nobody may read this.\n"})
        (bot.corpus / "new.md").write_text("Ants arrive.\n")
        (bot.corpus / "link.md").symlink_to(bot.corpus.parent / "elsewhere" / "secret.md")
        (bot.corpus / "turned.md").write_text("---\ndraft: true\n---\nMoths turn.\n")
        refused = (
            "article:///draft.md", "article:///later.md", "article:///turned.md",
            "article:///new.md", "article:///link.md", "article:///none.md",
            "article:///../elsewhere/secret.md", "article:///..%2Felsewhere%2Fsecret.md",
            "article:////etc/passwd", "article://", "file:///etc/passwd",
            "article:///%ED%A0%80.md", "article:///bees.md%00", "article:///./bees.md",
        )  # fmt: skip

        async def read(client: Client) -> list[str]:
            for uri in refused:
                with pytest.raises(MCPError, match=r"no such article|not an address") as said:
                    await client.read_resource(uri)
                assert "\n" not in str(said.value)
            listed = await client.list_resources()
            return [article.name for article in listed.resources]

        assert talk(create_protocol(bot), read) == ["bees.md", "turned.md"]

    def test_what_is_shown_is_indexed_too(self, make_bot: Make) -> None:
        """Drafts can be, whose places are told on request only."""
        bot = make_bot({"draft.md": "---\ndraft: true\n---\nHornets hum.\n"})
        (bot.corpus / "new.md").write_text("Ants arrive.\n")
        shown = call(bot, "show", article="draft.md", start=20, end=32)
        assert shown.structured_content["text"] == "Hornets hum."
        assert words_of(shown) == "“Hornets hum.”\n— Draft · draft · draft.md:20-32"
        assert "no such article" in words_of(call(bot, "show", article="new.md", start=0, end=4))


class TestBesideEachOther:
    """A refresh takes its time."""

    def test_a_refresh_holds_up_no_question(self, make_bot: Make) -> None:
        """It goes on in its thread, and tells how far it is."""
        gate = Gate()
        gate.opened.set()
        bot = make_bot(SMALL, embedder=gate)
        gate.reached.clear()
        gate.opened.clear()
        (bot.corpus / "ants.md").write_text("Ants carry leaves to their nest.\n")
        told = list[tuple[float, float | None, str | None]]()

        async def hear(progress: float, total: float | None, message: str | None) -> None:
            told.append((progress, total, message))

        async def work(client: Client) -> tuple[Any, Any]:
            refresh = asyncio.create_task(client.call_tool("refresh", {}, progress_callback=hear))
            assert await asyncio.to_thread(gate.reached.wait, _SOON)
            answer = await client.call_tool("ask", {"question": "What do bees form?"})
            assert not refresh.done()
            gate.opened.set()
            return answer, await refresh

        answer, report = talk(create_protocol(bot), work)
        found = answer.structured_content["quotes"] + answer.structured_content["nearest"]
        assert found[0]["article"] == "bees.md"
        assert report.structured_content["added"] == 1
        assert told[-1] == (2, 2, "Done")
        assert [done for done, *_ in told] == sorted({done for done, *_ in told})

    def test_a_call_that_nobody_waits_for_is_finished(self, make_bot: Make) -> None:
        """Half a refresh would help nobody."""
        gate = Gate()
        bot = make_bot(SMALL, refresh=False, embedder=gate)

        async def work(client: Client) -> None:
            refresh = asyncio.create_task(client.call_tool("refresh", {}))
            assert await asyncio.to_thread(gate.reached.wait, _SOON)
            refresh.cancel()
            with pytest.raises(asyncio.CancelledError):
                await refresh
            gate.opened.set()
            again = await client.call_tool("refresh", {})  # waits for the one before it
            assert again.structured_content["unchanged"] == 3

        talk(create_protocol(bot), work)

    def test_progress_only_grows(self) -> None:
        """Over all steps, and is told once it is new."""
        gauge, told = Gauge(), list[tuple[float, float, str]]()

        async def report(done: float, of: float, words: str) -> None:
            told.append((done, of, words))

        async def watch() -> None:
            telling = asyncio.create_task(gauge.tell(report))
            for step, done, total in (("Read", 1, 4), ("Embed", 1, 2), ("Read", 4, 4)):
                before = len(told)
                gauge(step, done, total)
                while len(told) == before and step != "Read":
                    await asyncio.sleep(0.01)
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
            await gauge.finish(report)

        asyncio.run(watch())
        assert told == [(1.5, 2, "Embed: 1 of 2"), (2, 2, "Done")]
