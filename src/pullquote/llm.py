"""A language model behind an OpenAI-compatible server, through the official client (extra `llm`).

The server is not trusted: what it takes is bounded in time and in bytes, nothing that it says gets
into an error, and no header of ours goes to it but those named here. The key is read from
PULLQUOTE_LLM_KEY when a request is made, and kept nowhere.
"""

import os
import random
import socket
import threading
import time
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from pullquote.errors import InputError, ModelError

KEY_VARIABLE = "PULLQUOTE_LLM_KEY"
MODEL_VARIABLE = "PULLQUOTE_LLM_MODEL"

_HEADERS = frozenset(
    "host accept accept-encoding authorization connection content-type content-length user-agent"
    .split()
)  # fmt: skip
_PAUSE_SECONDS = 0.5  # before the first retry; then twice as long each time
# Older servers know the first form only, some hosted models the second only.
_FORMS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("max_tokens", {"temperature": 0}),
    ("max_completion_tokens", {}),
)
_BAD_REQUEST, _TOO_EARLY, _TOO_MANY = 400, 425, 429


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a server may take, how much it may send, and how often it is asked again."""

    connect_seconds: float = 5.0
    silent_seconds: float = 20.0  # between two reads
    total_seconds: float = 60.0  # with all retries
    most_bytes: int = 4_000_000
    retries: int = 2


@dataclass(frozen=True, slots=True)
class ChatModel:
    """A model of a server, asked anew for each text."""

    url: str
    model: str
    limits: Limits = Limits()

    def say(self, rules: str, data: str, *, most_tokens: int) -> Iterator[str]:
        """Yield what the model says as it comes; raise ModelError if it cannot be heard."""
        _load_client()  # which takes longer than some replies
        until = time.monotonic() + self.limits.total_seconds
        messages = [{"role": "system", "content": rules}, {"role": "user", "content": data}]
        form = tries = 0
        while True:
            heard = False
            trouble = _Trouble("")
            try:
                for part in self._hear(messages, form, most_tokens, until):
                    heard = True
                    yield part
                return
            except _Trouble as found:
                trouble = found
            # Raised out here, so that no error of the client, which may hold the key, is behind it.
            if trouble.status == _BAD_REQUEST and form + 1 < len(_FORMS) and not heard:
                form += 1
                continue
            pause = _PAUSE_SECONDS * 2**tries * random.uniform(0.75, 1.25)
            again = trouble.passing and not heard and tries < self.limits.retries
            if not again or time.monotonic() + pause >= until:
                raise ModelError(f"{self._name} {trouble}.")
            time.sleep(pause)
            tries += 1

    @property
    def _name(self) -> str:
        return f"The language model at {urlsplit(self.url).netloc}"

    def _hear(
        self, messages: list[dict[str, str]], form: int, most_tokens: int, until: float
    ) -> Iterator[str]:
        """Yield the parts of one reply; raise _Trouble."""
        import httpx2
        import openai

        most, more = _FORMS[form]
        trouble = _Trouble("")
        try:
            with _client(self.url, self.limits, until) as client:
                reply = client.chat.completions.create(
                    model=self.model,
                    messages=messages,
                    stream=True,
                    **{most: most_tokens, **more},
                )
                yield from _parts(reply)
            if time.monotonic() < until:
                return
        except openai.APIStatusError as error:
            trouble = _status_trouble(error.status_code)
        except (openai.APITimeoutError, httpx2.TimeoutException):
            trouble = _Trouble("did not answer in time", passing=True)
        except (openai.APIConnectionError, httpx2.TransportError):
            trouble = _Trouble("cannot be reached or broke off", passing=True)
        except (openai.OpenAIError, httpx2.HTTPError, httpx2.StreamError, _TooMuch):
            trouble = _Trouble("answered with an error or with too much")
        # What the client makes of a reply that is no chat: any of these.
        except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
            trouble = _Trouble("does not answer as an OpenAI-compatible server does")
        if time.monotonic() >= until:
            trouble = _Trouble(f"took longer than {self.limits.total_seconds:g} s")
        raise trouble


def open_model(url: str, model: str = "", *, limits: Limits | None = None) -> ChatModel:
    """Return a model of a server, not yet asked; raise InputError if it cannot be one.

    Without a name PULLQUOTE_LLM_MODEL names the model.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise InputError("--llm: not a web address; write it as http://localhost:11434/v1")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise InputError(
            "--llm: the address holds a login, a query or a fragment; give the address alone, and a"
            f" key in {KEY_VARIABLE}"
        )
    name = model or os.environ.get(MODEL_VARIABLE, "")
    if not name:
        raise InputError(f"--llm: which model? Give --llm-model NAME or set {MODEL_VARIABLE}")
    if find_spec("openai") is None:
        raise InputError("--llm: the client is not installed; run: pip install 'pullquote[llm]'")
    return ChatModel(url.rstrip("/"), name, limits or Limits())


def _load_client() -> None:
    import openai  # noqa: F401


class _Trouble(Exception):
    """Why there is no reply, in words of ours; `passing` trouble may be over soon."""

    def __init__(self, why: str, *, passing: bool = False, status: int = 0) -> None:
        super().__init__(why)
        self.passing, self.status = passing, status


class _TooMuch(Exception):
    """A server sends more than is read, or packs what it sends."""


def _status_trouble(status: int) -> _Trouble:
    if status in (401, 403):
        return _Trouble(f"refused the key in {KEY_VARIABLE} (HTTP {status})", status=status)
    if status == 404:
        return _Trouble("does not know that model or address (HTTP 404)", status=status)
    passing = status in (408, 409, _TOO_EARLY, _TOO_MANY) or status >= 500
    return _Trouble(f"answered with HTTP {status}", passing=passing, status=status)


def _parts(reply: Any) -> Iterator[str]:  # noqa: ANN401 -- whatever a server sends
    for event in reply:
        for choice in event.choices[:1]:
            part = choice.delta.content
            if part is not None and not isinstance(part, str):
                raise TypeError("the content of a reply is no text")
            if part:
                yield part


@contextmanager
def _client(url: str, limits: Limits, until: float) -> Iterator[Any]:
    """Open a client for one request, whose connection is shut when time is up.

    It heeds no variable of the environment: no proxy, no OPENAI_…, and follows no redirect.
    """
    import httpx2
    import openai

    watch = _Watch(until)

    def send(request: httpx2.Request) -> None:
        _keep_to_our_headers(request.headers)
        request.extensions = {**request.extensions, "trace": watch.trace}

    def receive(response: httpx2.Response) -> None:
        response.stream = _bounded(response, limits.most_bytes)

    timeout = httpx2.Timeout(limits.silent_seconds, connect=limits.connect_seconds)
    with (
        watch,
        httpx2.Client(
            timeout=timeout,
            # Reading the certificates takes longer than a local server does.
            verify=not url.startswith("http://"),
            trust_env=False,
            follow_redirects=False,
            event_hooks={"request": [send], "response": [receive]},
        ) as http,
    ):
        yield openai.OpenAI(
            base_url=url,
            api_key="none",  # these keep the client from looking for its own variables
            admin_api_key="",
            organization="",
            project="",
            webhook_secret="",
            http_client=http,
            max_retries=0,
            timeout=timeout,
        )


def _keep_to_our_headers(headers: MutableMapping[str, str]) -> None:
    """Leave what the protocol needs, with our key and no other."""
    for name in set(headers) - _HEADERS:
        del headers[name]
    headers.pop("authorization", None)
    # What is packed small may be large.
    headers["accept-encoding"] = "identity"
    key = os.environ.get(KEY_VARIABLE, "")
    if key:
        headers["authorization"] = f"Bearer {key}"


def _bounded(response: Any, most_bytes: int) -> Any:  # noqa: ANN401 -- of a library loaded late
    """Return the stream of a response, which raises _TooMuch when it is too long or packed."""
    import httpx2

    if response.headers.get("content-encoding", "identity") != "identity":
        raise _TooMuch
    stream = response.stream

    class Bounded(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            left = most_bytes
            for data in stream:
                left -= len(data)
                if left < 0:
                    raise _TooMuch
                yield data

        def close(self) -> None:
            stream.close()

    return Bounded()


class _Watch:
    """Shuts a connection when time is up, whatever it is doing: a drip of bytes is no timeout."""

    def __init__(self, until: float) -> None:
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(max(0.0, until - time.monotonic()), self._shut)
        self._timer.daemon = True

    def __enter__(self) -> "_Watch":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._socket = None

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Hear of a connection that was opened."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = info["return_value"].get_extra_info("socket")

    def _shut(self) -> None:
        opened = self._socket
        if opened is not None:
            with suppress(OSError):  # it is shut already
                opened.shutdown(socket.SHUT_RDWR)
