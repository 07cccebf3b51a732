"""The web server: the page and the HTTP interface at one address."""

import socket
import sys
from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from urllib.parse import urlsplit

import gradio as gr
import uvicorn
from fastapi import FastAPI
from gradio.routes import App
from starlette.middleware.cors import CORSMiddleware

from pullquote import logs
from pullquote.app.about.following import Following
from pullquote.app.api import Credentials, Logins, create_api, read_logins, read_tokens
from pullquote.app.edges import Headed, Stripped, read_root
from pullquote.app.http.guarding import Guarded
from pullquote.app.http.rates import Meter, Rate
from pullquote.app.http.sessions import GradioSessions
from pullquote.app.metrics import METRICS, Metrics, Routed
from pullquote.app.page import Page, build
from pullquote.app.sharing import check_share, sharing
from pullquote.app.stopping import Server, quiet_signals
from pullquote.app.tools import add_tools
from pullquote.articles.files import check_corpus
from pullquote.chatbot import Chatbot
from pullquote.errors import IndexNotFound, InputError
from pullquote.index.catalog import Catalog
from pullquote.mcp.serving import create_protocol

# For the sign-in page, which the page's own style does not reach.
_THEME = gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["monospace"]).set(
    button_primary_background_fill="#8c2f1b",
    button_primary_background_fill_dark="#8c2f1b",
    button_primary_background_fill_hover="#6f2415",
    button_primary_background_fill_hover_dark="#6f2415",
)
_LOCAL = ("127.0.0.1", "localhost", "::1")


def create_server(
    bot: Chatbot,
    *,
    page: gr.Blocks | None = None,
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
    credentials = Credentials(read_logins(auth), read_tokens(tokens))
    meter = None if rate is None else Meter(Rate.of(rate))
    root, prefix = read_root(root_path)
    _check_writing(bot, read_only, conversations)
    logins = credentials.logins
    api = create_api(bot, credentials, root=root, read_only=read_only)
    api.state.metrics = metrics = Metrics(bot)
    bot.observe(metrics)
    api.get(METRICS)(metrics.expose)
    add_tools(api, create_protocol(bot, read_only=read_only, remote=True), root=root)
    app: FastAPI = gr.mount_gradio_app(
        api,
        page or build(bot, conversations=conversations, read_only=read_only),
        "/",
        auth=list(logins) or None,
        auth_message="Pullquote: sign in to read these articles.",
        theme=_THEME,
        root_path=root,
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=0,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        app_kwargs={"openapi_url": None},
    )
    # Named here, it keeps gradio from letting every other site read with a visitor's cookies.
    app.add_middleware(CORSMiddleware)
    app.add_middleware(
        Guarded,
        credentials=credentials,
        sessions=GradioSessions(_page_of(app)),
        meter=meter,
        own=urlsplit(root).netloc,
        names=names,
    )
    app.add_middleware(Routed, metrics=metrics)
    app.add_middleware(Headed)
    if prefix:
        app.add_middleware(Stripped, prefix=prefix)
    return app


def _page_of(app: FastAPI) -> App:
    """Return gradio's own app, which was mounted."""
    mounted = (getattr(route, "app", None) for route in app.routes)
    return next(page for page in mounted if isinstance(page, App))


def serve(
    bot: Chatbot,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    page: gr.Blocks | None = None,
    auth: tuple[str, str] | Logins | None = None,
    tokens: str | Iterable[str] | None = None,
    rate: str | None = None,
    root_path: str | None = None,
    watch: bool = True,
    share: bool = False,
    read_only: bool = False,
    conversations: str | Path | None = None,
) -> None:
    """Serve until Ctrl-C or SIGTERM, after one line on stdout with the address.

    Then nothing new is taken, and what is being answered is waited for, though not for ever.

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
        page = page or build(bot, conversations=conversations, read_only=read_only, at_once=True)
        app = create_server(
            bot,
            page=page,
            auth=auth,
            tokens=tokens,
            rate=rate,
            root_path=root_path,
            read_only=read_only,
            names=() if auth or tokens else names_of(host, root_path),
        )
        config = uvicorn.Config(app, log_level="error", log_config=None, access_log=False)
        ready = f"Pullquote is ready at {_address(host, listener)}{_slashed(root_path)}"
        following = _follow(bot, page) if watch and not read_only else nullcontext()
        with (
            quiet_signals(),
            suppress(KeyboardInterrupt),
            following,
            sharing(_near(host), listener.getsockname()[1]) as start_sharing,
        ):

            def tell() -> None:
                _say(ready)
                if share:
                    start_sharing(_say, _say_trouble)

            is_busy = app.state.metrics.is_busy
            server = Server(config, ready=tell, is_busy=is_busy, complain=_say_trouble)
            server.run([listener])


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


def _follow(bot: Chatbot, page: gr.Blocks) -> AbstractContextManager[None]:
    """Follow the folder, and let the page say so."""
    following = page.following if isinstance(page, Page) else Following(bot)
    return following.follow(_say_trouble)


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
