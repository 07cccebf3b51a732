"""The web server: the page and the HTTP interface at one address."""

import socket
import sys
from collections.abc import Collection, Iterable
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI

from pullquote import logs
from pullquote.app import starting
from pullquote.app.about.following import Following
from pullquote.app.api import Logins, read_logins
from pullquote.app.arriving import Coming, There
from pullquote.app.assembling import Terms, assemble
from pullquote.app.chat.conversations import Talks
from pullquote.app.edges import read_root
from pullquote.app.sharing import Say, check_share, sharing
from pullquote.app.stopping import Server, quiet_signals
from pullquote.articles.files import check_corpus
from pullquote.chatbot import Chatbot
from pullquote.errors import IndexNotFound, InputError
from pullquote.index.catalog import Catalog

if TYPE_CHECKING:  # importing it takes longer than the first answers
    import gradio as gr

_LOCAL = ("127.0.0.1", "localhost", "::1")


def create_server(
    bot: Chatbot,
    *,
    page: "gr.Blocks | None" = None,
    auth: tuple[str, str] | Logins | None = None,
    tokens: str | Iterable[str] | None = None,
    rate: str | None = None,
    root_path: str | None = None,
    read_only: bool = False,
    conversations: str | Path | None = None,
    names: Collection[str] = (),
) -> FastAPI:
    """Return the ASGI app: the page, ``/api/v1``, ``/mcp``, ``/metrics`` and ``/healthz``.

    `page` is a new one by default. `auth`, one or more of (user, password), and `tokens`, which
    programs show, guard all but the health check; without a login people cannot sign in on the
    page. `rate`, such as "60/minute", is how often one client may ask. `root_path` is where a proxy
    has it, whether or not it takes that off the paths that it hands on. Where it is `read_only`,
    and the bot opened with `Settings(reread=False)`, nothing is written; else `conversations` are
    kept in a folder, if one is given. It answers to some host `names` only, if they are given.
    """
    from pullquote.app.mounting import mount
    from pullquote.app.page import build

    terms = Terms.read(
        auth=auth, tokens=tokens, rate=rate, root_path=root_path, names=names, read_only=read_only
    )
    _check_writing(bot, read_only, conversations)
    page = page or build(bot, conversations=conversations, read_only=read_only)
    return assemble(bot, mount(page, logins=terms.credentials.logins, root=terms.root), terms)


def serve(
    bot: Chatbot,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    page: "gr.Blocks | None" = None,
    auth: tuple[str, str] | Logins | None = None,
    tokens: str | Iterable[str] | None = None,
    rate: str | None = None,
    root_path: str | None = None,
    watch: bool = True,
    share: bool = False,
    read_only: bool = False,
    conversations: str | Path | None = None,
) -> None:
    """Serve until Ctrl-C or SIGTERM; one line on stdout has the address as soon as the page is up.

    Programs are answered before that: the page is made meanwhile, and a browser that asks for it
    waits. After the signal nothing new is taken, and what is being answered is waited for, though
    not for ever.

    Meanwhile the index follows the folder, unless `watch` is off or it is `read_only`; what is
    wrong with it is told on stderr. Port 0 takes a free one. To `share` makes a public address as
    well, which needs `auth`. The rest is that of `create_server`. Raises InputError if the port is
    busy or the host is not this machine.
    """
    check_share(share, read_logins(auth))
    if read_only:
        _check_there(bot)
    with _listen(host, port) as listener:
        _check_writing(bot, read_only, conversations)
        names = () if auth or tokens else names_of(host, root_path)
        terms = Terms.read(
            auth=auth, tokens=tokens, rate=rate, root_path=root_path, names=names,
            read_only=read_only,
        )  # fmt: skip
        if page is None and conversations is not None:
            Talks(Path(conversations))  # said before anything is served, not after it
        following, warming = _following_of(bot, page), starting.warm(bot)

        def make() -> There:
            starting.let_go_ahead(warming, app.state.metrics.is_busy)
            return starting.make_page(
                bot, terms, page, conversations=conversations, following=following
            )

        coming = Coming(make)
        app = assemble(bot, coming, terms)
        config = uvicorn.Config(app, log_level="error", log_config=None, access_log=False)
        ready = f"Pullquote is ready at {_address(host, listener)}{_slashed(root_path)}"
        near = _near(host), listener.getsockname()[1]
        with (
            quiet_signals(),
            suppress(KeyboardInterrupt),
            following.follow(_say_trouble) if watch and not read_only else nullcontext(),
            sharing(*near) if share else nullcontext(_share_nothing) as start_sharing,
        ):

            def tell() -> None:
                _say(ready)
                start_sharing(_say, _say_trouble)

            server = Server(
                config,
                ready=lambda: coming.tell(there=tell, failed=server.end),
                is_busy=app.state.metrics.is_busy,
                stopping=coming.give_up,
                complain=_say_trouble,
            )
            server.run([listener])
        if coming.error is not None:
            raise coming.error


def names_of(host: str, root_path: str | None) -> tuple[str, ...]:
    """Return the names that a server answers to, all (none) unless it is for this machine alone."""
    if host not in _LOCAL:
        return ()
    root, _ = read_root(root_path)
    return tuple(filter(None, (*_LOCAL, urlsplit(root).hostname)))


def _slashed(root_path: str | None) -> str:
    """Return the path of the page, if it is not the root itself."""
    _, prefix = read_root(root_path)
    return prefix and f"{prefix}/"


def _check_writing(bot: Chatbot, read_only: bool, conversations: str | Path | None) -> None:
    """Raise InputError if something would be written where nothing may be."""
    if read_only and conversations is not None:
        raise InputError(
            f"{conversations}: conversations cannot be kept where all is read-only; "
            "leave out --conversations or --read-only"
        )
    if read_only and bot.settings.reread:
        raise InputError(
            "read_only: open the bot with settings=Settings(reread=False); else asking writes"
        )


def _check_there(bot: Chatbot) -> None:
    """Raise CorpusNotFound or IndexNotFound: nobody is going to make them."""
    check_corpus(bot.corpus)
    with Catalog(bot.embeddings).reading() as view:
        if "generation" not in view.about():
            raise IndexNotFound(
                f"{bot.embeddings}: its first refresh was never finished; run: pullquote refresh"
            )


def _following_of(bot: Chatbot, page: "gr.Blocks | None") -> Following:
    """Return what a page that is there, or is to come, says of the folder."""
    return getattr(page, "following", None) or Following(bot)


def _share_nothing(say: Say, complain: Say) -> None:
    """Make no public address."""


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        reason = str(getattr(error, "strerror", None) or error).partition(" (")[0]
        raise InputError(
            f"{host}:{port}: cannot listen there ({reason}); choose another port"
        ) from error


def _address(host: str, listener: socket.socket) -> str:
    """Return the address to open in a browser on this machine."""
    shown = _near(host)
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{listener.getsockname()[1]}"


def _near(host: str) -> str:
    """Return the host as this machine reaches it."""
    return "127.0.0.1" if host in ("", "0.0.0.0", "::") else host


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _say_trouble(line: str) -> None:
    if logs.speaks_json():
        logs.complain(line)
        return
    sys.stderr.write(f"pullquote: {line}\n")
    sys.stderr.flush()
