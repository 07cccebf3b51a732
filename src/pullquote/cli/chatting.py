"""The chat command: its options, and the logins and tokens that it reads."""

from pathlib import Path
from typing import Annotated

import typer

import pullquote
from pullquote.cli.console import complain, refresh_shown, show_report
from pullquote.cli.options import Corpus, Embeddings, Llm, LlmModel, LogFormat, LogLevel, Store
from pullquote.errors import IndexBusy, InputError

_HOST = "127.0.0.1"
_PORT = 7860


def chat(
    given: typer.Context,
    host: Annotated[
        str, typer.Option(envvar="PULLQUOTE_HOST", help="Address to listen on.")
    ] = _HOST,
    port: Annotated[
        int,
        typer.Option(
            min=0, max=65535, envvar="PULLQUOTE_PORT", help="Port to listen on; 0 takes a free one."
        ),
    ] = _PORT,
    share: Annotated[
        bool,
        typer.Option(
            "--share",
            envvar="PULLQUOTE_SHARE",
            help="Make a public address as well, through gradio's servers; needs --auth.",
        ),
    ] = False,
    auth: Annotated[
        str | None,
        typer.Option(
            metavar="USER:PASS|@FILE",
            envvar="PULLQUOTE_AUTH",
            help="Ask for this login, or one of those in a file, one a line, # for comments.",
        ),
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(
            metavar="@FILE",
            envvar="PULLQUOTE_TOKEN",
            help="Let in programs that show one of the tokens in a file, one a line, # for "
            "comments; the variable may hold tokens themselves.",
        ),
    ] = None,
    rate: Annotated[
        str | None,
        typer.Option(
            metavar="N/minute",
            envvar="PULLQUOTE_RATE",
            help="How often one login, token or address may ask; per second, minute or hour.",
        ),
    ] = None,
    root_path: Annotated[
        str | None,
        typer.Option(
            metavar="PATH",
            envvar="PULLQUOTE_ROOT_PATH",
            help="Where a proxy has it: a path such as /articles, or the whole public address.",
        ),
    ] = None,
    read_only: Annotated[
        bool,
        typer.Option(
            "--read-only",
            envvar="PULLQUOTE_READ_ONLY",
            help="Serve the index as it is and write nothing: no refresh, at the start or later; "
            "articles that changed since are passed over.",
        ),
    ] = False,
    conversations: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            envvar="PULLQUOTE_CONVERSATIONS",
            help="Keep conversations and ratings in this folder; else conversations end with the "
            "server, and ratings lie beside the index.",
        ),
    ] = None,
    watch: Annotated[
        bool,
        typer.Option(
            "--watch/--no-watch",
            envvar="PULLQUOTE_WATCH",
            help="Follow the folder: what is saved can be asked about at once.",
        ),
    ] = True,
    corpus: Corpus = Path("corpus"),
    embeddings: Embeddings = Path("embeddings"),
    store: Store = "faiss",
    log_level: LogLevel = "warning",
    log_format: LogFormat = "text",
    llm: Llm = None,
    llm_model: LlmModel = "",
) -> None:
    """Serve the chat in a browser, after a refresh."""
    from pullquote import logs
    from pullquote.cli.memory import tame_allocator
    from pullquote.logged import Logged

    logs.configure(log_level, log_format)
    trimmed = tame_allocator()
    logins = read_logins(auth)
    source = given.get_parameter_source("token")
    tokens = read_tokens(token, typed=source is not None and source.name == "COMMANDLINE")
    if share and not logins:  # said before the refresh, not after it
        raise InputError(
            "--share: a public address would open your articles to anybody; "
            "give --auth USER:PASS as well"
        )
    if tokens or rate:
        from pullquote.app.api import check_guards

        check_guards(tokens, rate)
    settings = pullquote.Settings(reread=not read_only)
    bot = pullquote.Chatbot(
        corpus,
        embeddings=embeddings,
        store=store,
        llm=llm or None,
        llm_model=llm_model,
        settings=settings,
    )
    bot.observe(Logged())
    if trimmed:
        bot.observe(trimmed)
    from pullquote.app.starting import uncollected, warm

    warm(bot, index=False)  # meanwhile the server is imported
    with uncollected():
        from pullquote.app import serve

    if not read_only:
        _refresh(bot)

    serve(
        bot,
        host=host,
        port=port,
        auth=logins,
        tokens=tokens,
        rate=rate or None,
        root_path=root_path,
        watch=watch,
        share=share,
        read_only=read_only,
        conversations=conversations,
    )


def read_logins(auth: str | None) -> list[tuple[str, str]] | None:
    """Return the logins of USER:PASS or @FILE, None for None; raise InputError."""
    if auth is None:
        return None
    if not auth.startswith("@"):
        return [_read_login(auth, "--auth")]
    path = Path(auth[1:])
    return [
        _read_login(line, f"{path}:{number}")
        for number, line in _read_lines(path, "login", "USER:PASS")
    ]


def read_tokens(token: str | None, *, typed: bool = False) -> list[str] | None:
    """Return the tokens of @FILE or of a variable, None for None; raise InputError.

    What is `typed` on a command line is seen by everybody on the machine, so a token may not be.
    """
    if not token:
        return None
    if token.startswith("@"):
        return [line for _, line in _read_lines(Path(token[1:]), "token", "token")]
    if typed:
        raise InputError(
            "--token: others could read it in the list of processes; write it into a file and"
            " give --token @FILE, or set PULLQUOTE_TOKEN"
        )
    return token.split()


def _read_lines(path: Path, what: str, form: str) -> list[tuple[int, str]]:
    """Return the lines of a file that are no comments, with their numbers."""
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except OSError as error:
        raise InputError(
            f"{path}: {what}s cannot be read ({error.strerror}); check the name"
        ) from error
    except ValueError as error:
        raise InputError(f"{path}: {what}s are not UTF-8 text; save them as such") from error
    found = [
        (number, line.strip())
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if not found:
        raise InputError(f"{path}: holds no {what}; write one {form} a line")
    return found


def _read_login(line: str, place: str) -> tuple[str, str]:
    """Return user and password; the line is not told, for it may hold a password."""
    user, _, password = line.partition(":")
    if not user or not password:
        raise InputError(f"{place}: not a login; write it as USER:PASS")
    return user, password


def _refresh(bot: "pullquote.Chatbot") -> None:
    try:
        show_report(refresh_shown(bot), as_json=False, to_stderr=True)
    except IndexBusy:
        complain("another process is refreshing the index; serving it as it is")
