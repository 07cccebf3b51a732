"""A connection to a Milvus server or a Milvus Lite file: patient, with plain errors."""

import logging
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import grpc
from pymilvus import MilvusClient
from pymilvus.exceptions import MilvusException

from pullquote.errors import StoreError

_CONNECT_SECONDS = 10.0
_PATIENCE_SECONDS, _PAUSE_SECONDS = 5.0, 0.1  # for a server that starts anew
_MAX_REASON = 160  # characters
_AWAY = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
# pymilvus pings so often that servers hang up, and once a server was away for a while gRPC would
# wait for minutes before it looks again.
_CHANNEL = {
    "grpc.keepalive_time_ms": 300_000,
    "grpc.keepalive_permit_without_calls": False,
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.min_reconnect_backoff_ms": 1000,
    "grpc.max_reconnect_backoff_ms": 1000,
    "grpc.use_local_subchannel_pool": 1,
}

# It prints each failed call with its traceback, even those that are tried again; we tell the last.
logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
logging.getLogger("milvus_lite").setLevel(logging.CRITICAL)


class NotLoaded(StoreError):
    """A collection is on the disk, not in memory, as when its server was killed."""


class Server:
    """A connection, and the one line that says what is wrong with it."""

    def __init__(self, uri: str, token: str) -> None:
        self.uri, self._token = uri, token
        _check_address(uri)
        self._client: Any = self._try(
            MilvusClient,
            uri=uri,
            token=token,
            timeout=_CONNECT_SECONDS,
            grpc_options=_CHANNEL,
        )

    @property
    def is_remote(self) -> bool:
        """Whether it is a process of its own, not a file."""
        return not self.uri.endswith(".db")

    def call(self, verb: str, *words: object, timeout: float, **named: object) -> Any:  # noqa: ANN401
        """Call a method of the client; it is one that may be called twice."""
        return self._try(getattr(self._client, verb), *words, timeout=timeout, **named)

    def _try(self, attempt: Callable[..., Any], *words: object, **named: object) -> Any:  # noqa: ANN401
        """Try with growing pauses while the server is away; raise StoreError in one line."""
        # pymilvus does so for rates and time limits, but gives up where nobody listens.
        end, pause = time.monotonic() + _PATIENCE_SECONDS, _PAUSE_SECONDS
        while True:
            try:
                return attempt(*words, **named)
            except (MilvusException, grpc.RpcError) as error:
                if "not loaded" in str(error):
                    raise NotLoaded(self._line(error)) from error
                if not _is_away(error) or time.monotonic() + pause > end:
                    raise StoreError(self._line(error)) from error
            time.sleep(pause)
            pause *= 2

    def _line(self, error: Exception) -> str:
        reason = self._reason(error)
        if not self.is_remote:
            return (
                f"{self.uri}: Milvus Lite fails ({reason}); it serves one process at a time, and"
                " its folder must be there"
            )
        if _is_away(error):
            return (
                f"{self.uri}: the Milvus server does not answer ({reason}); start it or check the"
                " address"
            )
        if "auth" in reason.lower():
            return (
                f"{self.uri}: the Milvus server refuses the login ({reason}); check"
                " PULLQUOTE_MILVUS_TOKEN"
            )
        return f"{self.uri}: the Milvus server fails ({reason}); look into its log"

    def _reason(self, error: Exception) -> str:
        told = error.details() if isinstance(error, grpc.RpcError) else error.message  # type: ignore[attr-defined]
        reason = " ".join(str(told or error).split())
        for secret in filter(None, (self._token, self._token.partition(":")[2])):
            reason = reason.replace(secret, "…")
        return reason[:_MAX_REASON]


def _check_address(uri: str) -> None:
    try:
        parts = urlsplit(uri)
        _ = parts.port  # which is read only when it is asked for
    except ValueError as error:
        raise StoreError(f"{uri}: is no address ({error}); write http://HOST:PORT") from error
    if parts.username is not None:  # which would be told wherever the address is
        raise StoreError(
            "the address of a Milvus server holds a login; leave it out and set"
            " PULLQUOTE_MILVUS_TOKEN=USER:PASSWORD"
        )


def _is_away(error: Exception) -> bool:
    code = error.code() if isinstance(error, grpc.RpcError) else getattr(error, "code", None)
    told = str(error)
    return code in _AWAY or "server unavailable" in told or "Retry timeout" in told
