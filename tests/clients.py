"""The official client of the Model Context Protocol, and servers for it to talk to."""

import asyncio
import os
import socket
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Any, TypeVar

import httpx2
import uvicorn
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.server.lowlevel import Server
from mcp.types import CallToolResult, TextContent
from starlette.types import ASGIApp

from pullquote import Chatbot

Made = TypeVar("Made")
Do = Callable[[Client], Awaitable[Made]]
Streams = tuple[Any, Any]
Transport = AbstractAsyncContextManager[Streams]


def talk(server: Transport | Server[Any], do: Do[Made], *, mode: str = "auto") -> Made:
    """Connect a client, do something with it, and return what that gives."""

    async def run() -> Made:
        async with Client(server, mode=mode) as client:
            return await do(client)

    return asyncio.run(run())


def by_stdio(bot: Chatbot, *options: str) -> Transport:
    """Return the transport of a process of its own, over the corpus and index of a bot."""
    folders = ["--corpus", str(bot.corpus), "--embeddings", str(bot.embeddings)]
    return stdio_client(
        StdioServerParameters(
            command=sys.executable,
            args=["-m", "pullquote", "mcp", *folders, *options],
            env=dict(os.environ),
        )
    )


@asynccontextmanager
async def by_http(port: int, *, login: tuple[str, str] | None = None) -> AsyncIterator[Streams]:
    """Open the transport to a server on a port of this machine."""
    async with (
        httpx2.AsyncClient(auth=login, timeout=30) as http,
        streamable_http_client(f"http://127.0.0.1:{port}/mcp", http_client=http) as streams,
    ):
        yield streams


def words_of(called: CallToolResult) -> str:
    """Return what a tool said for people."""
    (content,) = called.content
    assert isinstance(content, TextContent)
    return content.text


def free_port() -> int:
    """Return a port that nobody has at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def served(app: ASGIApp) -> Iterator[int]:
    """Serve an app from a thread; yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()
