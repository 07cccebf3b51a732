"""An index from elsewhere: damaged or forged, it is refused in one line or quotes nothing false."""

import shutil
import sqlite3
import sys
from contextlib import closing, suppress
from functools import cache
from pathlib import Path

import pytest

from pullquote import Answer, Chatbot, Settings
from pullquote.articles.files import digest_of
from pullquote.errors import IndexCorrupt, InputError, PullquoteError
from pullquote.index.catalog import CATALOG_FILE
from tests.conftest import SMALL
from tests.fakes import WordEmbedder

QUESTION = "How much will Amazon spend in 2025?"
SECRET = "The vault opens with the number forty-one thousand."
# What a column may be made to hold, whatever its type.
VALUES = (
    "",
    "x" * 100_000,
    "[" * 50_000,
    '[[1, 2], [3, "x"]]',
    '{"a": 1}',
    "[1, null]",
    "[[0, 99999999999999999999]]",
    -1,
    2**63 - 1,
    1e308,
    b"\xff\x00\xfe",
    "../../secret.md",
    "../secret.md",
    "'; DROP TABLE articles; --",
    "\x1b[2J\u202e\0",
    "0001-01-01",
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a small corpus and its index, to be copied and not changed."""
    folder = tmp_path_factory.mktemp("sound")
    for name, text in SMALL.items():
        (folder / "corpus").mkdir(exist_ok=True)
        (folder / "corpus" / name).write_text(text, "utf-8", newline="")
    open_bot(folder).refresh()
    return folder


def open_bot(folder: Path, *, reread: bool = True) -> Chatbot:
    """Open the bot of a folder; with `reread` it would mend what it notices."""
    return Chatbot(
        folder / "corpus",
        embeddings=folder / "embeddings",
        embedder=WordEmbedder(),
        reader=None,
        settings=Settings(reread=reread),
    )


def copy_of(sound: Path, folder: Path) -> Path:
    """Return a copy of a corpus and its index."""
    shutil.copytree(sound, folder, dirs_exist_ok=True)
    return folder


def change(folder: Path, *statements: str, values: tuple[object, ...] = ()) -> None:
    """Run SQL over the catalog, as whoever wrote the index could."""
    with closing(sqlite3.connect(folder / "embeddings" / CATALOG_FILE)) as db:
        for statement in statements:
            db.execute(statement, values)
        db.commit()


def test_a_schema_with_more_than_ours_is_refused(sound: Path, tmp_path: Path) -> None:
    """Triggers, views and other tables could run something whenever a row is read or written."""
    for number, sql in enumerate(
        (
            "CREATE TRIGGER steal AFTER DELETE ON articles BEGIN DELETE FROM passages; END",
            "CREATE VIEW more AS SELECT * FROM articles",
            "CREATE TABLE more (x)",
            "CREATE TABLE more (x CHECK (load_extension(x)))",
        )
    ):
        folder = copy_of(sound, tmp_path / str(number))
        change(folder, sql)
        for call in (use, Chatbot.refresh):
            with pytest.raises(IndexCorrupt, match="refresh --rebuild"):
                call(open_bot(folder))


@cache
def _watch_opening() -> list[str]:
    """Return what grows by each secret file that this process opens; hooks stay for ever."""
    opened: list[str] = []

    def note(event: str, given: tuple[object, ...]) -> None:
        if event == "open" and str(given[0]).endswith("secret.md"):
            opened.append(str(given[0]))

    sys.addaudithook(note)
    return opened


@pytest.mark.parametrize("path", ["../secret.md", "{outside}/secret.md", "away/secret.md"])
@pytest.mark.parametrize("reread", [True, False])
def test_a_path_in_the_catalog_that_leads_outside_is_never_read(
    sound: Path, tmp_path: Path, path: str, reread: bool
) -> None:
    """Neither by "..", nor as an absolute path, nor through a link that lies in the corpus."""
    folder = copy_of(sound, tmp_path / "copy")
    (folder / "secret.md").write_text(SECRET, "utf-8")
    (folder / "corpus" / "away").symlink_to(folder)
    path = path.format(outside=folder)
    digest = digest_of(SECRET.encode())
    change(
        folder,
        f"UPDATE articles SET path = '{path}', digest = '{digest}', body = 0, text = '{SECRET}'"
        " WHERE path = 'amazon.md'",
        f"UPDATE passages SET path = '{path}' WHERE path = 'amazon.md'",
    )
    opened = _watch_opening()
    opened.clear()
    bot = open_bot(folder, reread=reread)
    try:
        check_quotes(use(bot), folder / "corpus")
    except IndexCorrupt as error:
        assert "\n" not in str(error)
    with pytest.raises(InputError):
        bot.show(path, 0, 10)
    assert opened == []
    assert (folder / "secret.md").read_text("utf-8") == SECRET
    assert opened  # the watch is awake


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.9, 0.999])
def test_a_flipped_bit_is_never_quoted(sound: Path, tmp_path: Path, share: float) -> None:
    """In each file of the index, at several places: refused in one line, or nothing false."""
    files = [p for p in sorted((sound / "embeddings").rglob("*")) if p.is_file()]
    assert len(files) > 4
    for number, file in enumerate(files):
        folder = copy_of(sound, tmp_path / str(number))
        place = folder / file.relative_to(sound)
        data = bytearray(place.read_bytes())
        if not data:
            continue
        data[int(share * len(data))] ^= 0x10
        place.write_bytes(data)
        try:
            answer = use(open_bot(folder, reread=False))
        except PullquoteError as error:
            assert "\n" not in str(error)
            assert "refresh" in str(error)
        else:
            check_quotes(answer, folder / "corpus")


def use(bot: Chatbot) -> Answer:
    """Ask and look at all that an index says; return the answer."""
    bot.status()
    bot.articles(since="2024-01-01", tags={"amazon"})
    bot.search(QUESTION)
    bot.search(QUESTION, since="2024-01-01", tags={"amazon"})
    return bot.ask(QUESTION)


def check_quotes(answer: Answer, corpus: Path) -> None:
    """Check that whatever is shown stands in a file of the corpus."""
    for quote in (*answer.quotes, *answer.nearest):
        text = (corpus / quote.article.path).read_bytes().decode()
        assert quote.span.of(text) == quote.source
        assert (corpus / quote.article.path).resolve().is_relative_to(corpus.resolve())


def columns() -> list[tuple[str, str]]:
    """Return every column of every table."""
    from pullquote.index.catalog import _SCHEMA

    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(_SCHEMA)
        query = "SELECT name FROM sqlite_master WHERE type = 'table'"
        tables = [name for (name,) in db.execute(query)]
        return [
            (name, row[1]) for name in tables for row in db.execute(f"PRAGMA table_info({name})")
        ]


@pytest.mark.parametrize(("table", "column"), columns())
def test_no_value_in_the_catalog_does_harm(
    sound: Path, tmp_path: Path, table: str, column: str
) -> None:
    """Each column is made to hold nonsense: a line that says so, or quotes that stand in a file."""
    for number, value in enumerate(VALUES):
        folder = copy_of(sound, tmp_path / str(number))
        with suppress(sqlite3.IntegrityError):  # a key cannot be the same in all rows
            change(folder, f'UPDATE OR IGNORE "{table}" SET "{column}" = ?', values=(value,))
        try:
            answer = use(open_bot(folder, reread=number % 2 == 0))
        except PullquoteError as error:
            assert str(error).count("\n") == 0
            assert len(str(error)) < 2_000
        else:
            check_quotes(answer, folder / "corpus")
        shutil.rmtree(folder)
