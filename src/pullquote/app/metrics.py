"""What a server counts, for Prometheus: questions, refreshes, the index and the process."""

from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Lock

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pullquote.chatbot import Chatbot
from pullquote.errors import IndexNotFound, PullquoteError
from pullquote.index.catalog import Catalog
from pullquote.observing import Asked, Refreshed, on_route

METRICS = "/metrics"
ROUTES = ("page", "http", "mcp", "suggestions")
_ROUTED = (("/api/", "http"), ("/mcp", "mcp"))
_STATUSES = ("answered", "abstained", "error")
_ASK_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_REFRESH_SECONDS = (0.1, 0.5, 1, 5, 10, 60, 300, 1800)


class Metrics:
    """Counts what it observes; each has a registry of its own."""

    def __init__(self, bot: Chatbot) -> None:
        self.registry = CollectorRegistry()
        self._lock, self._running = Lock(), 0
        self.requests = 0  # to the interfaces for programs, until their answers are sent
        self._asks = Counter(
            "pullquote_asks", "Questions, by way and outcome.", ("route", "status"),
            registry=self.registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "pullquote_ask_seconds", "From a question to its answer, waiting left out.", ("route",),
            buckets=_ASK_SECONDS, registry=self.registry,
        )  # fmt: skip
        in_flight = Gauge(
            "pullquote_asks_in_flight", "Questions being answered.", registry=self.registry
        )
        in_flight.set_function(lambda: self._running)
        self._refreshes = Counter(
            "pullquote_refreshes", "Refreshes that went well.", registry=self.registry
        )
        self._refresh_errors = Counter(
            "pullquote_refresh_errors", "Refreshes that failed; IndexBusy is tried again.",
            ("error",), registry=self.registry,
        )  # fmt: skip
        self._refresh_seconds = Histogram(
            "pullquote_refresh_seconds", "What refreshes took.",
            buckets=_REFRESH_SECONDS, registry=self.registry,
        )  # fmt: skip
        self._refreshed = Gauge(
            "pullquote_refresh_last_success_timestamp_seconds",
            "When this process last found the index to follow the folder.", registry=self.registry,
        )  # fmt: skip
        for route in ROUTES:  # so that rates have a zero to begin at
            for status in _STATUSES:
                self._asks.labels(route, status)
        self.registry.register(_Index(bot))
        ProcessCollector(registry=self.registry)

    def is_busy(self) -> bool:
        """Tell whether anything is being answered."""
        return bool(self._running or self.requests)

    def begins(self, asked: Asked) -> None:
        """Count a question as begun."""
        with self._lock:
            self._running += 1

    def ends(self, asked: Asked) -> None:
        """Count what became of a question."""
        with self._lock:
            self._running -= 1
        self._asks.labels(asked.route, asked.status).inc()
        self._seconds.labels(asked.route).observe(asked.seconds)

    def refreshed(self, told: Refreshed) -> None:
        """Count a refresh."""
        if told.error is None:
            self._refreshes.inc()
            self._refreshed.set_to_current_time()
        else:
            self._refresh_errors.labels(type(told.error).__name__).inc()
        self._refresh_seconds.observe(told.seconds)

    def expose(self) -> Response:
        """Return everything in the text format of Prometheus."""
        return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)


class _Index(Collector):
    """The index as it is when it is looked at."""

    def __init__(self, bot: Chatbot) -> None:
        self._catalog = Catalog(bot.embeddings)

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Name nothing beforehand: to collect would open the index."""
        yield from ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield generation, age and sizes; without an index a generation of 0 and nothing else."""
        try:
            with self._catalog.reading() as view:
                about = view.about()
                sizes = {name: view.count(name) for name in ("articles", "passages")}
                skipped, _ = view.problems()
            readable = True
        except PullquoteError as error:
            about, sizes, skipped = {}, {}, ()
            readable = isinstance(error, IndexNotFound)
        yield _gauge("readable", "0 if the index is damaged.", int(readable))
        yield _gauge(
            "generation",
            "The index's generation, 0 without one.",
            int(about.get("generation", "0")),
        )
        if "refreshed" in about:
            age = datetime.now(UTC) - datetime.fromisoformat(about["refreshed"])
            yield _gauge("age_seconds", "Since a refresh last changed it.", age.total_seconds())
            yield _gauge("articles", "Articles in the index.", sizes["articles"])
            yield _gauge("passages", "Passages in the index.", sizes["passages"])
            yield _gauge("skipped", "Files that could not be read as articles.", len(skipped))


def _gauge(name: str, help_text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"pullquote_index_{name}", help_text, value=value)


class Routed:
    """Tells by which way questions come, from the path of the request, and that they are there."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        path = str(scope.get("path", ""))
        route = next((route for start, route in _ROUTED if path.startswith(start)), "")
        if not route:
            await self._app(scope, receive, send)
            return
        # A GET may be a stream that stays open as long as the client lives.
        counts = scope.get("method") == "POST"
        self._metrics.requests += counts
        try:
            with on_route(route):
                await self._app(scope, receive, send)
        finally:
            self._metrics.requests -= counts
