"""A folder of articles by anybody: nothing outside of it is read, nothing in it runs or stalls."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pullquote import Chatbot
from pullquote.articles.files import MAX_BYTES, read_article
from pullquote.articles.site import FILE, Site
from pullquote.cli import main
from pullquote.cli.printing import disarm, disarm_json, disarm_line
from pullquote.errors import ArticleUnreadable, InputError
from pullquote.exports import to_markdown

MakeBot = Callable[..., Chatbot]
SECRET = "Words of nobody's business, such as forty-one thousand."
FILES = {"tram.md": "# Tram\n\nThe tram line gets 12 km longer.\n"}
QUESTION = "How much longer does the tram line get?"
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_PLACES = (
    "/etc/passwd",
    "../../../../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "file:///etc/passwd",
    "a/../../secret.md",
    "./../secret.md",
    "tram.md/../../secret.md",
    "~/secret.md",
    "$HOME/secret.md",
    "\\\\host\\share\\secret.md",
    "C:\\secret.md",
    "tram.md\0.md",
    "away/secret.md",
    "link.md",
    "-",
    "|id",
    "$(id).md",
)


@pytest.fixture
def bot(make_bot: MakeBot, tmp_path: Path) -> Chatbot:
    """Return a bot over one article and links that lead away from it."""
    bot = make_bot(FILES, refresh=False)
    (tmp_path / "away").mkdir()
    for place in (tmp_path / "secret.md", tmp_path / "away" / "secret.md"):
        place.write_text(SECRET, "utf-8")
    (bot.corpus / "link.md").symlink_to(tmp_path / "secret.md")
    (bot.corpus / "away").symlink_to(tmp_path / "away")
    (bot.corpus / "loop.md").symlink_to("loop.md")
    (bot.corpus / "round").symlink_to(bot.corpus)
    (bot.corpus / "hard").mkdir()
    return bot


@pytest.mark.parametrize("path", _PLACES)
def test_a_place_outside_is_not_shown(bot: Chatbot, path: str) -> None:
    """Whatever names it: the command line, an exported quote, a citation."""
    with pytest.raises(InputError) as caught:
        bot.show(path, 0, 5)
    assert SECRET[:5] not in str(caught.value)
    quote = {"article": path, "start": 0, "end": 5, "source": SECRET[:5], "text": SECRET[:5]}
    try:
        (checked,) = bot.verify({"quotes": [quote]})
    except InputError:
        return
    assert checked.place is None and checked.now is None


def test_links_lead_nowhere_outside(bot: Chatbot) -> None:
    """A file's link is told and skipped, a folder's is not followed, and rings end."""
    report = bot.refresh()
    assert report.added == 1
    assert {problem.article for problem in report.skipped} == {"link.md"}
    assert "leaves the corpus" in report.skipped[0].reason
    assert not bot.search("nobody's business")[1:]
    # Nor when the path comes from a watcher.
    bot.refresh(only=["away/secret.md", "../secret.md", "round/tram.md", "loop.md"])
    assert [article.path for article in bot.articles()] == ["tram.md"]


def test_settings_are_no_way_out(bot: Chatbot, tmp_path: Path) -> None:
    """The text of pullquote.toml is kept in the index."""
    (tmp_path / "secret.toml").write_text("language = 'en'", "utf-8")
    (bot.corpus / FILE).symlink_to(tmp_path / "secret.toml")
    with pytest.raises(InputError, match=r"pullquote\.toml: is a link that leaves the corpus"):
        bot.refresh()
    (bot.corpus / FILE).unlink()
    os.mkfifo(bot.corpus / FILE)
    with pytest.raises(InputError, match=r"pullquote\.toml: is a pipe"):
        bot.refresh()


def test_a_pipe_and_what_is_too_large_are_skipped(bot: Chatbot) -> None:
    """Neither is waited for nor held in memory."""
    os.mkfifo(bot.corpus / "pipe.md")
    with (bot.corpus / "large.md").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    report = bot.refresh()
    told = {problem.article: problem.reason for problem in report.skipped}
    assert told["large.md"] == "is larger than 16 MiB; split it"
    assert "pipe.md" not in [article.path for article in bot.articles()]


@pytest.mark.parametrize("name", ["a\nb.md", "a\x1b[2Jb.md", "a\rb.md", "a\x9bb.md", "a\x07.md"])
def test_a_name_that_would_steer_a_terminal_is_skipped_and_told(bot: Chatbot, name: str) -> None:
    """It could forge a line of what is printed. A second refresh tells it once as well."""
    (bot.corpus / name).write_text("Words to be read.\n", "utf-8")
    for only in (None, [name], None):
        (problem,) = (p for p in bot.refresh(only=only).skipped if p.article != "link.md")
        assert not _STEERING.search(problem.article)
        assert problem.reason == "its name holds a control character; rename it"


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)<∕script>.md",
        "$(touch ran).md",
        "`touch ran`.md",
        "; touch ran;.md",
        "a|touch ran.md",
        "--help.md",
        "-rf.md",
        "'; DROP TABLE articles; --.md",
        '" OR 1=1.md',
        "%00%2e%2e.md",
        "{0.__class__}.md",
        "%s%n.md",
        "*?[a].md",
        "\u202egnp.md",
        "a:1-5.md",
    ],
)
def test_a_name_is_a_name(
    bot: Chatbot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    """Not a command, an option, a pattern, SQL or markup."""
    monkeypatch.chdir(tmp_path)
    (bot.corpus / name).write_text("# Otter\n\nThe otter swims 300 metres a day.\n", "utf-8")
    assert bot.refresh().added == 2
    answer = bot.ask("How many metres does the otter swim a day?")
    assert answer.quotes[0].article.path == name
    assert [a.path for a in bot.articles(paths=[re.sub(r"([\[*?])", r"[\1]", name)])] == [name]
    assert bot.show(name, 9, 30).article.path == name
    assert bot.status()["articles"] == 2
    assert "<script>" not in to_markdown(answer.to_dict()).replace("\\<script\\>", "")
    assert not list(tmp_path.rglob("ran"))


HOSTILE_FRONT = (
    "---\n{key}: !!python/object/apply:os.system ['touch ran']\n---\n",
    "---\n{key}: !!python/name:os.system\n---\n",
    "---\n{key}: !!python/object/new:subprocess.Popen [[touch, ran]]\n---\n",
    "---\n{key}: &a [*a, *a]\n---\n",
    "---\na: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n{key}: [*c, *c]\n---\n",
    "---\nbase: &base {{x: y}}\n{key}: {{<<: *base}}\n---\n",
    "---\n<<: {{{key}: x}}\n---\n",
    "---\n{key}: " + "[" * 5_000 + "\n---\n",
    "---\n{key}: " + "{{" * 5_000 + "\n---\n",
    "---\n{key}: " + "x" * 200_000 + "\n---\n",
    "---\n? {{{key}: x}}\n: y\n---\n",
    "---\n{key}: \0\x1b[2J\n---\n",
    "---\n{key}: 0x" + "f" * 20_000 + "\n---\n",
    "+++\n{key} = 0x" + "f" * 20_000 + "\n+++\n",
    "+++\n{key} = " + "[" * 5_000 + "\n+++\n",
    "+++\n{key}" + ".a" * 5_000 + " = 1\n+++\n",
    "+++\n{key} = 0001-01-01T00:00:00+14:00\n+++\n",
    "+++\n{key} = 9999-12-31T23:59:59-14:00\n+++\n",
    "+++\n{key} = inf\n+++\n",
    '{{"{key}": ' + "[" * 5_000 + "\n\n",
    '{{"{key}": 1' + "1" * 20_000 + "}}\n\n",
    '{{"{key}": NaN, "__proto__": {{"x": 1}}}}\n\n',
)


@pytest.mark.parametrize("key", ["title", "date", "tags", "url", "image", "lang", "slug", "params"])
@pytest.mark.parametrize("path", ["a.md", "_posts/2020-01-01-a.md"])
def test_front_matter_is_read_as_words_or_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, path: str
) -> None:
    """No tag makes an object, no alias a bomb, no nesting, number or day an error of ours."""
    monkeypatch.chdir(tmp_path)
    site = Site(base_url="https://example.org", permalinks=(("", "/:year/:month/:title/"),))
    for front in HOSTILE_FRONT:
        text = front.format(key=key) + "\nThe tram line gets 12 km longer.\n"
        for which in (Site(), site):
            article, warnings = read_article(path, text.encode(), which)
            assert article.text == text
            assert "12 km longer" in text[article.body :]
            assert article.url is None or article.url.startswith("https://example.org/")
            assert all(len(line) < 400 and "\n" not in line for line in warnings)
    assert not list(tmp_path.rglob("ran"))


@pytest.mark.parametrize("key", ["url", "permalink", "aliases", "canonical", "link", "path"])
@pytest.mark.parametrize(
    "value",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "//evil.example/",
        "https://user:pass@evil.example/",
        "https://evil.example/\\u202e",
        "vbscript:x",
    ],
)
def test_an_address_is_a_web_page_or_none(key: str, value: str) -> None:
    """What an article says of its page is followed by readers."""
    for site in (Site(), Site(base_url="https://example.org")):
        text = f'---\ntitle: T\n{key}: "{value}"\n---\n\nThe tram line gets 12 km longer.\n'
        article, _ = read_article("a.md", text.encode(), site)
        if article.url is not None:
            assert re.match(r"https://(example\.org|evil\.example)/", article.url)
            assert not _STEERING.search(article.url)
            assert ".." not in article.url
        for alias in article.aliases:
            assert not alias.casefold().startswith(("javascript:", "data:", "vbscript:", "file:"))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\0" * 1000,
        b"\xff\xfe" * 99,
        b"\xef\xbb\xbf" * 99,
        b"---\n" * 9999,
        b"+++",
        b"{" * 9999,
    ],
)
def test_what_is_no_article_is_told(text: bytes) -> None:
    """Or read as the text that it is."""
    try:
        article, _ = read_article("a.md", text)
    except ArticleUnreadable as error:
        assert "\n" not in str(error)
    else:
        assert article.text.encode() == text


STEERS = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202etxet\u2066 \x08\x7f\r over"


def test_articles_do_not_steer_the_terminal(
    make_bot: MakeBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:  # fmt: skip
    """No command prints a control character, whatever words, titles and names hold."""
    text = f'---\ntitle: "Tram {STEERS.encode("unicode_escape").decode()}"\n---\n\n'
    bot = make_bot({"tram.md": f"{text}The tram line gets 12 km {STEERS} longer.\n"})
    place = f"tram.md:{len(text)}-{len(text) + 40}"
    monkeypatch.setenv("PULLQUOTE_CORPUS", str(bot.corpus))
    for words in (
        ["show", place],
        ["show", place, "--json"],
        ["show", f"{STEERS}.md:1-2".replace("\0", "")],
        ["status", "--embeddings", str(bot.embeddings)],
        ["status", "--embeddings", str(tmp_path / f"none{STEERS}")],
        ["verify", str(tmp_path / f"none{STEERS}")],
        ["frobnicate" + STEERS],
        ["show", place, f"--{STEERS}"],
    ):
        with pytest.raises(SystemExit):
            main(*words)
        _expect_tame(*capfdbinary.readouterr(), words)
    done = subprocess.run([sys.executable, "-m", "pullquote", "show", place], capture_output=True)
    _expect_tame(done.stdout, done.stderr, "in a process of its own")
    assert done.returncode == 0


def _expect_tame(out: bytes, err: bytes, words: object) -> None:
    for said in (out.decode(), err.decode()):
        assert not _STEERING.search(said), (words, said)
    assert b"Traceback" not in err


def test_what_is_disarmed_stays_readable() -> None:
    """Words, line breaks and tabs as they are; JSON of the same value."""
    assert disarm("a\tb\r\nc – é 東 🙂") == "a\tb\r\nc – é 東 🙂"
    assert disarm("\x1b[1m\r\u202e") == r"\x1b[1m\x0d\u202e"
    assert disarm_line("a\nb") == r"a\nb"
    assert disarm_json('"\x9b\u202e"') == r'"\u009b\u202e"'
