"""Methods to await; their types are what mypy is held to, which checks this file strictly."""

import asyncio
import inspect
import threading
from collections.abc import Callable, Sequence
from typing import Any, assert_type

import pytest

from pullquote import (
    Answer,
    Chatbot,
    Checked,
    Conversation,
    Hit,
    InputError,
    Passage,
    Quote,
    Reading,
    RefreshReport,
    Settings,
)
from tests.conftest import SMALL

_EASY = Settings(threshold=0.01)
_SOON = 20  # seconds, after which nobody waits any more for something that takes one
Make = Callable[..., Chatbot]
NAMES = ("ask", "search", "refresh", "verify", "show", "status")


class SlowReader:
    """Reads when it is let; tells when it was reached and when it was done."""

    name = "slow"

    def __init__(self) -> None:
        self.reached, self.opened, self.done = (threading.Event() for _ in range(3))

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Read each passage, once the event loop has ticked."""
        self.reached.set()
        assert self.opened.wait(_SOON)
        self.done.set()
        return [
            Reading(
                3.0,
                tuple(2.0 for _ in passage.sentences),
                tuple(-5.0 for _ in passage.sentences),
                tuple(None for _ in passage.sentences),
            )
            for passage in passages
        ]


class GatedWriter:
    """Writes the quotes when it is let; `asked` are the questions, in the order they came."""

    def __init__(self) -> None:
        self.asked = list[str]()
        self.reached, self.opened = threading.Event(), threading.Event()

    def write(self, question: str, quotes: Sequence[Quote]) -> str:
        """Cite the first quote."""
        self.asked.append(question)
        self.reached.set()
        assert self.opened.wait(_SOON)
        return "[1]"


async def use_types(bot: Chatbot) -> None:
    """Give what is waited for, typed; what mypy must refuse is marked, or it would complain."""
    report = await bot.arefresh(rebuild=True)
    assert_type(report, RefreshReport)
    answer = await bot.aask("What do bees form?", since=None, tags=None)
    assert_type(answer, Answer)
    assert_type(await bot.asearch("bees", 3, lang="en"), tuple[Hit, ...])
    assert_type(await bot.averify(answer.to_dict()), tuple[Checked, ...])
    assert_type(await bot.ashow("bees.md", 2, 9), Quote)
    assert_type(await bot.astatus(), dict[str, Any])
    assert_type(await bot.conversation().aask("What do bees form?", after=None), Answer)
    with pytest.raises(TypeError, match="aftr"):
        await bot.conversation().aask("Who?", aftr=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="sinc"):
        await bot.aask("Who?", sinc="2025")  # type: ignore[call-arg]
    with pytest.raises(InputError):
        await bot.aask(3)  # type: ignore[arg-type]


def test_they_give_what_the_others_give(make_bot: Make) -> None:
    """The same values for the same arguments, and the same errors."""
    bot = make_bot(SMALL)

    async def work() -> None:
        answer = await bot.aask("What do bees form?", tags={"sport"})
        assert answer == bot.ask("What do bees form?", tags={"sport"})
        assert await bot.asearch("bees", k=2) == bot.search("bees", k=2)
        assert await bot.ashow("bees.md", 2, 9) == bot.show("bees.md", 2, 9)
        assert await bot.averify(answer.to_dict()) == bot.verify(answer.to_dict())
        assert await bot.astatus() == bot.status()
        with pytest.raises(InputError, match="not a date"):
            await bot.aask("Who?", since="soon")
        await use_types(bot)

    asyncio.run(work())


def test_they_say_what_they_are() -> None:
    """Coroutine functions with the arguments of their twins, and words of their own."""
    for name in NAMES:
        twin, method = getattr(Chatbot, name), getattr(Chatbot, f"a{name}")
        assert inspect.iscoroutinefunction(method)
        assert inspect.signature(method) == inspect.signature(twin)
        assert method.__qualname__ == f"Chatbot.a{name}"
        assert method.__doc__.startswith(f"Await `{name}`")


def test_the_loop_goes_on_while_a_slow_reader_reads(make_bot: Make) -> None:
    """It ticks, and others are answered in between."""
    reader = SlowReader()
    bot = make_bot(SMALL, reader=reader)

    async def work() -> Answer:
        asked = asyncio.create_task(bot.aask("What do bees form?"))
        ticks = 0
        while not reader.reached.is_set() or ticks < 100:
            await asyncio.sleep(0)
            ticks += 1
        assert (await bot.ashow("bees.md", 2, 9)).article.path == "bees.md"
        assert not asked.done()
        reader.opened.set()
        return await asked

    assert asyncio.run(work()).question == "What do bees form?"


def test_who_is_cancelled_hears_no_more(make_bot: Make) -> None:
    """At once; what was begun is finished in its thread."""
    reader = SlowReader()
    bot = make_bot(SMALL, reader=reader)

    async def work() -> None:
        asked = asyncio.create_task(bot.aask("What do bees form?"))
        assert await asyncio.to_thread(reader.reached.wait, _SOON)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        assert not reader.done.is_set()
        reader.opened.set()

    asyncio.run(work())  # which waits for threads
    assert reader.done.is_set()


class TestConversation:
    """Turns that are awaited."""

    def test_the_loop_goes_on_and_turns_keep_their_order(self, make_bot: Make) -> None:
        """The second leans on the first, though both were asked at once."""
        writer = GatedWriter()
        chat = make_bot(SMALL, writer=writer, settings=_EASY).conversation()

        async def work() -> None:
            both = [
                asyncio.create_task(chat.aask(asked)) for asked in ("What do bees form?", "Why?")
            ]
            ticks = 0
            while not writer.reached.is_set() or ticks < 100:
                await asyncio.sleep(0)
                ticks += 1
            assert [task.done() for task in both] == [False, False]
            assert chat.turns == ()
            writer.opened.set()
            answers = await asyncio.gather(*both)
            assert [answer.question for answer in answers] == ["What do bees form?", "Why?"]

        asyncio.run(work())
        assert [turn.question for turn in chat.turns] == ["What do bees form?", "Why?"]
        assert writer.asked[0] == "What do bees form?"
        assert chat.turns[1].standalone == "Why do bees form?"

    def test_it_gives_what_the_other_gives(self, make_bot: Make) -> None:
        """Loop after loop."""
        bot = make_bot(SMALL)
        chat, twin = bot.conversation(), bot.conversation()

        async def work(*questions: str) -> list[Answer]:
            return await asyncio.gather(*map(chat.aask, questions))

        for questions in (("What do bees form?", "Who won?"), ("Why?", "And when?")):
            assert asyncio.run(work(*questions)) == [twin.ask(asked) for asked in questions]
        assert chat.turns == twin.turns

    def test_who_is_cancelled_while_waiting_is_not_asked(self, make_bot: Make) -> None:
        """What was begun is finished before the next; its error is nobody's."""
        writer = GatedWriter()
        chat = make_bot(SMALL, writer=writer, settings=_EASY).conversation()

        async def work() -> None:
            asked = ("What do bees form?", "Who?", "What do bees shiver for?")
            one, two, three = [asyncio.create_task(chat.aask(question)) for question in asked]
            assert await asyncio.to_thread(writer.reached.wait, _SOON)
            for task in (one, two):
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            assert chat.turns == ()
            writer.opened.set()
            await three
            with pytest.raises(InputError):
                await chat.aask("")

        asyncio.run(work())
        asked = [turn.question for turn in chat.turns]
        assert asked == ["What do bees form?", "What do bees shiver for?"]

    def test_it_says_what_it_is(self) -> None:
        """A coroutine function with the arguments of its twin."""
        assert inspect.iscoroutinefunction(Conversation.aask)
        assert inspect.signature(Conversation.aask) == inspect.signature(Conversation.ask)
        assert Conversation.aask.__qualname__ == "Conversation.aask"
