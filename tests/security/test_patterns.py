"""No words make a regular expression, or what reads articles and questions, run for ever.

Each is given words made to drive it into a corner, under a limit of processor time that only a
blow-up reaches: the dearest pattern, which takes a step for each pair of characters, takes a
twentieth of it here.
"""

import ast
import importlib
import pkgutil
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import pullquote
from pullquote import Chatbot
from pullquote.articles.files import read_article
from pullquote.articles.passages import split_passages
from pullquote.articles.site import FILE
from pullquote.errors import ArticleUnreadable, PullquoteError
from pullquote.patterns import Lazy

# Python's own parser of patterns, for which nobody has written types.
sre: Any = importlib.import_module("re._constants")
_parser: Any = importlib.import_module("re._parser")

MakeBot = Callable[..., Chatbot]
_ROOT = Path(pullquote.__file__).parent
_HERE = Path(__file__).parents[2]
_SECONDS = 10.0  # of processor time
_LENGTH = 400  # characters
_MOST = 6  # attacks on one pattern
_LEAST_PATTERNS = 350
_OPTIONAL = {"grpc", "haystack", "langchain_core", "llama_index", "pymilvus", "ray"}
_ENDS = ("\0", "!", "")


@contextmanager
def _limited(what: str) -> Iterator[None]:
    """Fail if the block takes so long; a regular expression heeds signals while it searches."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"{what} took more than {_SECONDS} s")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, _SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages([str(_ROOT)], "pullquote."):
        if not found.name.endswith("__main__"):
            try:
                yield importlib.import_module(found.name)
            except ModuleNotFoundError as error:
                # Some say in a line of their own what is missing.
                why = error.__cause__ if isinstance(error.__cause__, ImportError) else error
                if (why.name or "").partition(".")[0] not in _OPTIONAL:
                    raise


def _held(value: object, levels: int = 4) -> Iterator[re.Pattern[Any]]:
    """Yield the patterns in a value of a module."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, Lazy):
        yield value.compiled()
    elif levels and isinstance(value, dict):
        for inner in value.values():
            yield from _held(inner, levels - 1)
    elif levels and isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from _held(inner, levels - 1)


def _written(module: ModuleType) -> Iterator[re.Pattern[Any]]:
    """Yield the patterns that are written where they are used; what is put in at run time is x."""
    tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("re.") and call.args:
            first = call.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield re.compile(first.value)
            elif isinstance(first, ast.JoinedStr):
                yield re.compile(
                    "".join(
                        str(part.value) if isinstance(part, ast.Constant) else _put_in(part, module)
                        for part in first.values
                    )
                )


def _put_in(part: ast.expr, module: ModuleType) -> str:
    """Return the constant of the module that an f-string names, or a letter."""
    value: object = getattr(module, ast.unparse(part)[1:-1].strip("'{}"), "x")
    if isinstance(value, re.Pattern | Lazy):
        value = value.pattern
    return str(value) if isinstance(value, str) else "x"


def _all_patterns() -> dict[tuple[Any, int], tuple[str, re.Pattern[Any]]]:
    found: dict[tuple[Any, int], tuple[str, re.Pattern[Any]]] = {}
    for module in _modules():
        values = [pattern for value in vars(module).values() for pattern in _held(value)]
        for pattern in (*values, *_written(module)):
            found.setdefault((pattern.pattern, pattern.flags), (module.__name__, pattern))
    return found


# -- words that drive a pattern into a corner: what leads up to a repetition, then that again and
# again, then what fits no more


def _example(nodes: Any) -> str:  # noqa: ANN401 -- what Python's parser of patterns makes
    return "".join(map(_example_of, nodes))


def _example_of(node: Any) -> str:  # noqa: ANN401
    kind, value = node
    if kind is sre.LITERAL:
        return chr(value)
    if kind in (sre.ANY, sre.NOT_LITERAL):
        return "a" if kind is sre.ANY or value != ord("a") else "b"
    if kind is sre.IN:
        return next((c for c in "a1 -.,A\n'\t" if _takes(value, c)), "a")
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        return _example(value[2]) * int(max(value[0], 1))
    if kind is sre.SUBPATTERN:
        return _example(value[3])
    if kind is sre.ATOMIC_GROUP:
        return _example(value)
    return _example(value[1][0]) if kind is sre.BRANCH else ""


def _takes(items: Any, character: str) -> bool:  # noqa: ANN401
    pattern = "".join(map(_class_of, items))
    return bool(re.fullmatch(f"[{pattern}]", character))


def _class_of(item: Any) -> str:  # noqa: ANN401
    kind, value = item
    if kind is sre.NEGATE:
        return "^"
    if kind is sre.LITERAL:
        return re.escape(chr(value))
    if kind is sre.RANGE:
        return "-".join(re.escape(chr(code)) for code in value)
    name = str(value).removeprefix("CATEGORY_")
    letter = {"DIGIT": "d", "SPACE": "s", "WORD": "w"}[name.removeprefix("NOT_")]
    return "\\" + (letter.upper() if name.startswith("NOT_") else letter)


def _repeated(nodes: Any, before: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """Yield what leads up to each unbounded repetition, and what it repeats."""
    for node in nodes:
        kind, value = node
        if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            if value[1] > _MOST:
                for inner in _variants(value[2]):
                    yield before, inner
            yield from _repeated(value[2], before)
        for inner in _insides(kind, value):
            yield from _repeated(inner, before)
        before += _example_of(node)


def _insides(kind: Any, value: Any) -> list[Any]:  # noqa: ANN401
    if kind is sre.SUBPATTERN:
        return [value[3]]
    if kind is sre.BRANCH:
        return list(value[1])
    if kind in (sre.ASSERT, sre.ASSERT_NOT):
        return [value[1]]
    return [value] if kind is sre.ATOMIC_GROUP else []


def _variants(nodes: Any) -> list[str]:  # noqa: ANN401
    found = {_example(nodes)}
    for kind, value in nodes:
        for inner in _insides(kind, value):
            found.update(_variants(inner))
        if kind is sre.IN:
            found.update(c for c in "a1 -.,A'" if _takes(value, c))
    return sorted(filter(None, found))


def _attacks(pattern: re.Pattern[Any]) -> list[str]:
    flags = pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, str) else pattern.flags
    pairs = {
        pair
        for before, again in _repeated(_parser.parse(pattern.pattern, flags))
        for pair in ((before[:200], again), ("", again))
    }
    most = sorted(pairs, key=lambda pair: (len(pair[1]), pair))[:_MOST]
    return [
        before + (again * (_LENGTH // len(again) + 1))[:_LENGTH] + _ENDS[number % len(_ENDS)]
        for number, (before, again) in enumerate(most)
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_no_pattern_blows_up() -> None:
    """Every regular expression of the package, wherever it is kept or written."""
    found = _all_patterns()
    assert len(found) > _LEAST_PATTERNS
    for place, pattern in found.values():
        for words in _attacks(pattern):
            text: Any = words if isinstance(pattern.pattern, str) else words.encode("utf-8")
            with _limited(f"{place}: {pattern.pattern!r:.80} on {words[:40]!r}…"):
                sum(1 for _ in pattern.finditer(text))


def blow_up() -> None:
    """Say whether the words that are made for a pattern blow it up, and whether that is stopped."""
    global _SECONDS
    _SECONDS = 0.2
    pattern = re.compile(r"(?:a|aa)+b")
    try:
        with _limited("it"):
            for words in _attacks(pattern):
                sum(1 for _ in pattern.finditer(words))
    except TimeoutError:
        sys.stdout.write("stopped")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_the_limit_is_awake() -> None:
    """In a process of its own: libraries that run here may not bear to be stopped anywhere."""
    code = "from tests.security.test_patterns import blow_up; blow_up()"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=_HERE, capture_output=True, text=True, check=True
    )
    assert done.stdout == "stopped"


_AGAIN = (
    *("[", "![", "[a](", "[a][b]", "[^1]", "\n[^1]: a", "\n[a]: b\n", "*a **b ", "_a __b", "`"),
    *("<", "<a ", "<a b='", "<!--", "<?", "<![CDATA[", "<b>", "<div>\n", "<script>", "<table><td>"),
    *("{{", "{{< ", "{% ", "{% raw %}", "{#a}", "$$ ", "\\", "~~", "```\n", "> ", "- ", "1. "),
    *("\n  - ", "|", "|a|\n|-|\n", "&", "&#", "&amp", "A. ", "Mr. ", "... ", "“", '"', "(", "("),
    *("1,", "$1 million ", "http://a.", "a@b.c ", "東。", "e\u0301", "\0", "\ufeff", "\r", "\n\n"),
    *(
        "\t",
        "    a\n",
        "\n# a\n",
        "\n===\n",
        "\n---\n",
        "---\n",
        "+++\n",
        ":::\n",
        "a:\n",
        "; ",
        "-",
    ),
)
_LINE = 8_000  # characters


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize("front", ["", "---\ntitle: ", "---\ntitle: x\n", "+++\ntitle = "])
def test_no_article_takes_for_ever(front: str) -> None:
    """One mark again and again, as an article or as its front matter: a line of 8,000, or many."""
    for again in _AGAIN:
        text = front + (again * (_LINE // len(again))) + "\n\nThe line gets 12 km longer.\n"
        with _limited(f"an article of {front + again!r}"):
            try:
                article, _ = read_article("a.md", text.encode())
            except ArticleUnreadable:
                continue
            for passage in split_passages(article):
                assert all(passage.span.holds(sentence) for sentence in passage.sentences)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_no_question_and_no_filter_takes_for_ever(make_bot: MakeBot) -> None:
    """As long as a question may be, of whatever marks; and patterns of paths out of stars."""
    name = "a" * 200
    bot = make_bot({f"{name}/{name}.md": "The tram line gets 12 km longer.\n"})
    again = ("and ", "the ", "or ", "how ", "A ", "not ", "2025 ", "since ", "“", "'", "tag:", "?")
    for words in (*again, *_AGAIN[::4]):
        question = (words * 2_000)[:2_000].strip() or "?"
        with _limited(f"a question of {words!r}"):
            bot.ask(question, turns=())
            bot.ask(f"Which {question[:1_000]}", since="2025-01-01")
    with _limited("a pattern of stars"):
        bot.ask("How long?", paths=["*a" * 500 + "b", "*" * 5_000 + "b", "[" * 5_000])
    (bot.corpus / FILE).write_text(f'exclude = ["{"**/" * 12}x.md"]', "utf-8")
    with _limited("a pattern of folders"), pytest.raises(PullquoteError):
        bot.refresh()
        raise PullquoteError("it ended")
