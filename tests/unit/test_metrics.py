"""What a server counts, read as Prometheus reads it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from pullquote import Chatbot, CorpusNotFound, InputError
from pullquote.app import build, create_server
from pullquote.app.api import Credentials, create_api
from pullquote.app.chat.conversations import Shown
from pullquote.app.events.arriving import arrive
from pullquote.app.metrics import Metrics, Routed
from pullquote.app.suggestions.candidates import is_answered
from pullquote.errors import PullquoteError
from pullquote.observing import Asked, Refreshed, on_route
from pullquote.protocols import GivenUp
from tests.conftest import SMALL, Files
from tests.fakes import WordEmbedder, fill, in_a_loop

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]
_ASKS = "pullquote_asks_total"
_QUESTION = "Who is the chief financial officer of Amazon?"


def read(text: str) -> Samples:
    """Return (name, labels) → value of an exposition."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def asks(samples: Samples, route: str, status: str) -> float:
    """Return how many questions came this way and ended so."""
    return samples[_ASKS, (("route", route), ("status", status))]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Chatbot, TestClient]]:
    """Open a bot of words over three articles, and a client of its server."""
    bot = Chatbot(
        fill(tmp_path / "corpus", SMALL),
        embeddings=tmp_path / "embeddings",
        embedder=WordEmbedder(),
        reader=None,
    )
    bot.refresh()
    metrics = Metrics(bot)
    bot.observe(metrics)
    app = create_api(bot, Credentials())
    app.get("/metrics")(metrics.expose)
    app.add_middleware(Routed, metrics=metrics)
    with TestClient(app) as client:
        yield bot, client


class TestMetrics:
    """The exposition."""

    def test_questions_count_by_way_and_outcome(self, served: tuple[Chatbot, TestClient]) -> None:
        """By HTTP, on the page and wherever else they come from; those that fail as well."""
        bot, client = served
        statuses = [
            client.post("/api/v1/ask", json={"question": question}).json()["status"]
            for question in (_QUESTION, "What will the dividend be in 2031?")
        ]
        assert client.post("/api/v1/ask", json={"question": " "}).status_code == 422
        with on_route("page"):
            bot.ask(_QUESTION)
        bot.ask(_QUESTION)
        samples = read(client.get("/metrics").text)
        for status in ("answered", "abstained"):
            assert asks(samples, "http", status) == statuses.count(status)
        assert asks(samples, "http", "error") == 1
        for route in ("page", "python"):
            told = [
                asks(samples, route, status)
                for status in ("answered", "abstained")
                if (_ASKS, (("route", route), ("status", status))) in samples
            ]
            assert sum(told) == 1
        assert samples["pullquote_ask_seconds_count", (("route", "http"),)] == 3
        assert samples["pullquote_asks_in_flight", ()] == 0

    def test_the_index_and_its_refreshes(self, served: tuple[Chatbot, TestClient]) -> None:
        """Generation, age and sizes are those of the moment; a rehearsal counts for nothing."""
        bot, client = served
        (bot.corpus / "fog.md").write_text("The fog has lifted at last.\n", "utf-8")
        bot.refresh()
        bot.refresh(dry_run=True)
        samples = read(client.get("/metrics").text)
        assert samples["pullquote_index_generation", ()] == 2
        assert samples["pullquote_index_articles", ()] == 3
        assert samples["pullquote_index_passages", ()] == bot.status()["passages"]
        assert samples["pullquote_index_skipped", ()] == 0
        assert samples["pullquote_index_readable", ()] == 1
        assert 0 <= samples["pullquote_index_age_seconds", ()] < 600
        assert samples["pullquote_refreshes_total", ()] == 1
        assert samples["pullquote_refresh_seconds_count", ()] == 1
        assert samples["pullquote_refresh_last_success_timestamp_seconds", ()] > 1.7e9

    def test_failed_refreshes_count_by_error(self, served: tuple[Chatbot, TestClient]) -> None:
        """A refresh that is given up is none."""
        bot, client = served

        def give_up(step: str, done: int, total: int) -> None:
            raise GivenUp

        with pytest.raises(GivenUp):
            bot.refresh(progress=give_up)
        bot.corpus.rename(bot.corpus.with_name("elsewhere"))
        with pytest.raises(CorpusNotFound):
            bot.refresh()
        samples = read(client.get("/metrics").text)
        errors = [key for key in samples if key[0] == "pullquote_refresh_errors_total"]
        assert errors == [("pullquote_refresh_errors_total", (("error", "CorpusNotFound"),))]
        assert samples[errors[0]] == 1
        assert samples["pullquote_refreshes_total", ()] == 0

    def test_the_process(self, served: tuple[Chatbot, TestClient]) -> None:
        """Its memory is told, where the system tells it."""
        samples = read(served[1].get("/metrics").text)
        if Path("/proc/self/stat").exists():
            assert samples["process_resident_memory_bytes", ()] > 1e6

    def test_a_broken_index_is_told_not_raised(self, served: tuple[Chatbot, TestClient]) -> None:
        """A damaged catalog, or none."""
        bot, client = served
        (bot.embeddings / "catalog.db").write_bytes(b"no database at all" * 99)
        samples = read(client.get("/metrics").text)
        assert samples["pullquote_index_readable", ()] == 0
        for path in bot.embeddings.glob("catalog.db*"):
            path.unlink()
        samples = read(client.get("/metrics").text)
        assert samples["pullquote_index_readable", ()] == 1
        assert samples["pullquote_index_generation", ()] == 0

    def test_only_logins_may_read_them(self, make_bot: Callable[..., Chatbot]) -> None:
        """As with everything but the health check."""
        bot = make_bot(SMALL)
        login = ("reader", "secret")
        page = in_a_loop(lambda: build(bot, examples=[]))
        with TestClient(in_a_loop(lambda: create_server(bot, page=page, auth=login))) as client:
            assert client.get("/metrics").status_code == 401
            client.post("/api/v1/ask", json={"question": _QUESTION}, auth=login)
            reply = client.get("/metrics", auth=login)
            assert reply.status_code == 200
            assert reply.headers["content-type"].startswith("text/plain")
            told = read(reply.text)
            assert sum(asks(told, "http", status) for status in ("answered", "abstained")) == 1

    def test_two_servers_count_apart(self, make_bot: Callable[..., Chatbot]) -> None:
        """There is no count of the whole process."""
        bot = make_bot(SMALL)
        first, second = Metrics(bot), Metrics(bot)
        bot.observe(first)
        bot.ask(_QUESTION)
        bot.observe(second)
        bot.ask(_QUESTION)
        counts = [
            sum(value for key, value in read_all(metrics).items() if key[0] == _ASKS)
            for metrics in (first, second)
        ]
        assert counts == [2, 1]


def read_all(metrics: Metrics) -> Samples:
    """Return what some metrics expose."""
    return read(bytes(metrics.expose().body).decode())


class Heard:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.told: list[Refreshed] = []
        self.running = 0

    def begins(self, asked: Asked) -> None:
        """Count one more."""
        self.running += 1

    def ends(self, asked: Asked) -> None:
        """Keep it."""
        self.running -= 1
        self.asked.append(asked)

    def refreshed(self, told: Refreshed) -> None:
        """Keep it."""
        self.told.append(told)


class TestObserving:
    """What observers hear."""

    def test_answers_and_errors(self, make_bot: Callable[[Files], Chatbot]) -> None:
        """With the generation that answered; the question is not part of what is shown of it."""
        bot, heard = make_bot(SMALL), Heard()
        bot.observe(heard)
        answer = bot.ask(_QUESTION)
        with pytest.raises(InputError):
            bot.ask("")
        first, second = heard.asked
        assert (first.answer, first.error, first.generation) == (answer, None, "1")
        assert first.status == answer.status and first.seconds > 0
        assert isinstance(second.error, InputError) and second.status == "error"
        assert "officer" not in repr(first).partition("answer=")[0]
        assert heard.running == 0

    def test_files_read_again_while_asking_are_refreshes(
        self, make_bot: Callable[[Files], Chatbot]
    ) -> None:
        """A question that meets a changed file has it refreshed, which is told before it."""
        bot, heard = make_bot(SMALL), Heard()
        bot.observe(heard)
        changed = SMALL["amazon.md"].replace("Brian Olsavsky", "Ada Lovelace")
        (bot.corpus / "amazon.md").write_text(changed, "utf-8")
        bot.ask(_QUESTION)
        (told,) = heard.told
        assert told.report is not None and told.report.changed == 1
        assert heard.asked[0].generation == "2"

    def test_the_page_says_that_it_asks(self, make_bot: Callable[[Files], Chatbot]) -> None:
        """For people, or to find what it may suggest to them."""
        bot, heard = make_bot(SMALL), Heard()
        bot.observe(heard)
        list(arrive(bot, Shown(_QUESTION, {}), ()))
        candidate: Any = SimpleNamespace(question=_QUESTION)
        assert not is_answered(bot, candidate, sure=2.0)
        assert [asked.route for asked in heard.asked] == ["page", "suggestions"]

    def test_a_bot_without_some_articles_tells_the_same(
        self, make_bot: Callable[[Files], Chatbot]
    ) -> None:
        """It is the same bot to whoever counts."""
        bot, heard = make_bot(SMALL), Heard()
        bot.observe(heard)
        bot.without(["fog.md"]).ask(_QUESTION)
        assert len(heard.asked) == 1

    def test_who_fails_to_refresh_is_told_the_error(
        self, make_bot: Callable[[Files], Chatbot]
    ) -> None:
        """Settings that make no sense fail before anything is read."""
        bot, heard = make_bot(SMALL), Heard()
        bot.observe(heard)
        (bot.corpus / "pullquote.toml").write_text("code = 'maybe'\n", "utf-8")
        with pytest.raises(PullquoteError) as caught:
            bot.refresh()
        assert heard.told[0].error is caught.value
