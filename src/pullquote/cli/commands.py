"""The commands: thin over `Chatbot`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

import pullquote
from pullquote.cli.chatting import chat
from pullquote.cli.checking import doctor, status
from pullquote.cli.connecting import mcp
from pullquote.cli.console import (
    complain,
    day_of,
    follow,
    print_json,
    progress,
    read_json,
    refresh_shown,
    show_answer,
    show_checked,
    show_figures,
    show_made,
    show_misses,
    show_report,
    show_sentence,
)
from pullquote.cli.memory import uncollected
from pullquote.cli.options import (
    AsJson,
    Category,
    Corpus,
    Embeddings,
    Lang,
    Llm,
    LlmModel,
    LogFormat,
    LogLevel,
    Plain,
    Ray,
    Since,
    Store,
    Tag,
    Unpublished,
    Until,
    Workers,
)
from pullquote.cli.printing import print
from pullquote.errors import InputError

app = typer.Typer(
    help="Ask a folder of Markdown articles; get exact quotes with their exact place, or silence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # which would cost --help a quarter of its time
)

_HERE = Path("corpus")
_INDEX = Path("embeddings")
_STORE = "faiss"


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        print(pullquote.__version__)
        raise typer.Exit
    from pullquote import logs  # which --help need not wait for

    logs.configure()


@app.command()
def refresh(
    rebuild: Annotated[bool, typer.Option(help="Start from nothing.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Only tell what would be done.")] = False,
    watch: Annotated[bool, typer.Option(help="Go on following the folder until Ctrl-C.")] = False,
    workers: Workers = None,
    ray: Ray = None,
    corpus: Corpus = _HERE,
    embeddings: Embeddings = _INDEX,
    store: Store = _STORE,
    log_level: LogLevel = "warning",
    log_format: LogFormat = "text",
    as_json: AsJson = False,
) -> None:
    """Make the index follow the folder; only what changed is embedded."""
    from pullquote import logs
    from pullquote.logged import Logged

    logs.configure(log_level, log_format)
    bot = pullquote.Chatbot(corpus, embeddings=embeddings, store=store)
    bot.observe(Logged())
    report = refresh_shown(bot, rebuild=rebuild, dry_run=dry_run, workers=workers, ray=ray)
    show_report(report, as_json, rehearsed=dry_run)
    if watch and not dry_run:
        follow(bot, as_json)


@app.command()
@uncollected()
def ask(
    question: str,
    since: Since = None,
    until: Until = None,
    tag: Tag = None,
    category: Category = None,
    lang: Lang = None,
    unpublished: Unpublished = False,
    plain: Plain = True,
    corpus: Corpus = _HERE,
    embeddings: Embeddings = _INDEX,
    store: Store = _STORE,
    llm: Llm = None,
    llm_model: LlmModel = "",
    as_json: AsJson = False,
) -> None:
    """Answer a question with quotes; exit code 1 if the articles don't say."""
    bot = pullquote.Chatbot(
        corpus, embeddings=embeddings, store=store, llm=llm or None, llm_model=llm_model
    )
    answer = bot.ask(
        question,
        since=since,
        until=until,
        tags=tag,
        categories=category,
        lang=lang,
        unpublished=unpublished,
        plain=plain,
        hear=None if as_json else show_sentence,
    )
    if as_json:
        print_json(answer.to_dict())
    else:
        show_answer(answer)
    raise typer.Exit(0 if answer.status == "answered" else 1)


@app.command()
@uncollected()
def search(
    query: str,
    k: Annotated[int, typer.Option("-k", min=1, help="Hits to show.")] = 10,
    since: Since = None,
    until: Until = None,
    tag: Tag = None,
    category: Category = None,
    lang: Lang = None,
    unpublished: Unpublished = False,
    plain: Plain = True,
    corpus: Corpus = _HERE,
    embeddings: Embeddings = _INDEX,
    store: Store = _STORE,
    as_json: AsJson = False,
) -> None:
    """Find the passages that match best."""
    bot = pullquote.Chatbot(corpus, embeddings=embeddings, store=store)
    hits = bot.search(
        query,
        k,
        since=since,
        until=until,
        tags=tag,
        categories=category,
        lang=lang,
        unpublished=unpublished,
        plain=plain,
    )
    for read in bot.filters_in(query) if plain else ():
        complain(f"read “{read.words}” as {read.label}; --no-plain reads nothing so")
    if as_json:
        print_json([hit.to_dict() for hit in hits])
    else:
        for number, hit in enumerate(hits, 1):
            found = hit.to_dict()
            print(f"{number}. {found['title']}{day_of(found['date'])}  [{found['score']}]")
            print(f"   {found['text']}")
            print(f"   {found['article']}:{found['start']}-{found['end']}\n")
    raise typer.Exit(0 if hits else 1)


app.command()(chat)
app.command()(mcp)


@app.command()
def show(
    place: Annotated[str, typer.Argument(metavar="PATH:START-END")],
    corpus: Corpus = _HERE,
    embeddings: Embeddings = _INDEX,
    as_json: AsJson = False,
) -> None:
    """Print the words at a place of an article."""
    path, _, span = place.rpartition(":")
    start, _, end = span.partition("-")
    if not (path and start.isdecimal() and end.isdecimal()):
        raise InputError(f"{place}: not a place; write PATH:START-END, such as a.md:120-180")
    quote = pullquote.Chatbot(corpus, embeddings=embeddings).show(path, int(start), int(end))
    if as_json:
        print_json(quote.to_dict())
        return
    first, last = quote.lines
    lines = f"line {first}" if first == last else f"lines {first}-{last}"
    print(f"{quote.article.title}{day_of(quote.to_dict()['date'])}  {path}, {lines}")
    print(quote.source)


@app.command()
def verify(
    answer: Annotated[Path, typer.Argument(metavar="ANSWER.json", help="Or - for stdin.")],
    corpus: Corpus = _HERE,
    embeddings: Embeddings = _INDEX,
    as_json: AsJson = False,
) -> None:
    """Check each quote of exported answers: exact, moved, changed or gone.

    Exit code 0 if the words of every quote still stand (exact or moved), 1 if some do not. Takes
    what ask --json and export --format annotations print, or a list of answers.
    """
    checked = pullquote.Chatbot(corpus, embeddings=embeddings).verify(read_json(answer))
    show_checked(checked, as_json)
    raise typer.Exit(0 if all(item.place for item in checked) else 1)


@app.command()
def export(
    answer: Annotated[Path, typer.Argument(metavar="ANSWER.json", help="Or - for stdin.")],
    form: Annotated[
        Literal["markdown", "annotations"],
        typer.Option("--format", help="Markdown with footnotes, or W3C annotations in JSON-LD."),
    ] = "markdown",
) -> None:
    """Print exported answers (ask --json) in a form to publish."""
    from pullquote import exports

    found = read_json(answer)
    if form == "markdown":
        print(exports.to_markdown(found), end="")
    else:
        print_json(exports.to_annotations(found))


app.command()(status)
app.command()(doctor)


@app.command("eval")
def evaluate(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="Questions, one a line.")],
    make: Annotated[
        bool, typer.Option("--make", help="Write the file: questions made from your articles.")
    ] = False,
    questions: Annotated[int, typer.Option(min=1, help="Questions to make.")] = 200,
    seed: Annotated[int, typer.Option(help="Another seed makes other questions.")] = 0,
    limit: Annotated[int | None, typer.Option(min=1, help="Take the first N lines.")] = None,
    misses: Annotated[int, typer.Option(min=0, help="Show the first N that went wrong.")] = 0,
    corpus: Corpus = _HERE,
    embeddings: Embeddings = _INDEX,
    store: Store = _STORE,
    as_json: AsJson = False,
) -> None:
    """Measure hits, quotes, silence and latency on questions with known answers.

    With --make, first refresh and write such questions, a quarter of them about articles that are
    hidden while they are asked; then run it again without. Exit code 1 if none could be made.
    """
    bot = pullquote.Chatbot(corpus, embeddings=embeddings, store=store)
    if make:
        raise typer.Exit(_make(bot, file, questions, seed, as_json))
    from pullquote.evaluation import examples, measuring

    asked = examples.read_questions(file, limit=limit)
    if asked.note:
        complain(f"{file}: {asked.note}")
    with progress() as tell:
        outcomes = measuring.run(
            bot, asked.examples, progress=lambda done, total: tell("Asking", done, total)
        )
    figures = measuring.summarise(outcomes)
    missed = measuring.list_misses(bot, outcomes, limit=misses)
    if as_json:
        print_json(figures | ({"misses": list(missed)} if misses else {}))
    else:
        show_figures(figures)
        show_misses(missed)


def _make(bot: "pullquote.Chatbot", file: Path, questions: int, seed: int, as_json: bool) -> int:
    from pullquote.evaluation import making

    making.check_new(file)
    show_report(refresh_shown(bot), as_json=False, to_stderr=True)
    made = making.make_questions(bot.embeddings, questions=questions, seed=seed)
    if made.lines:
        making.write_questions(file, made)
    show_made(made.to_dict(), file, as_json)
    return 0 if made.lines else 1
