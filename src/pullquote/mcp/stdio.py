"""Over stdin and stdout, for clients that start the server themselves."""

import signal
import threading
from typing import Any

import anyio
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

from pullquote.chatbot import Chatbot
from pullquote.mcp.serving import create_protocol


def serve_stdio(bot: Chatbot, *, read_only: bool = False) -> None:
    """Serve until stdin ends. Nothing but the protocol reaches stdout meanwhile."""
    if threading.current_thread() is threading.main_thread():
        # A thread that waits for the next line would keep Ctrl-C waiting as well.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    anyio.run(_serve, create_protocol(bot, read_only=read_only))


async def _serve(server: Server[Any]) -> None:
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())
