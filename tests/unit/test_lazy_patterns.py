"""A pattern that is compiled when it is first used does what the pattern itself does."""

import re
import subprocess
import sys

import pytest

from pullquote.patterns import Lazy, lazily


def test_it_finds_what_the_pattern_finds() -> None:
    """Methods answer alike."""
    written, text = r"(?P<year>\d{4})", "In 2024 and in 2025"
    ours, python = lazily(written), re.compile(written)
    assert [m.span() for m in ours.finditer(text)] == [(3, 7), (15, 19)]
    assert ours.findall(text) == python.findall(text)
    assert ours.sub("then", text) == "In then and in then"
    assert ours.split(text) == python.split(text)
    found = ours.search(text)
    assert found
    assert found["year"] == "2024"
    assert ours.match(text) is None
    assert ours.fullmatch("2024")


def test_it_says_of_itself_what_the_pattern_says() -> None:
    """Flags, groups and names are the same."""
    ours, python = lazily("a(?P<b>b)", re.IGNORECASE), re.compile("a(?P<b>b)", re.IGNORECASE)
    assert (ours.pattern, ours.flags, ours.groups) == (python.pattern, python.flags, python.groups)
    assert ours.groupindex == python.groupindex
    assert ours.search("xAB")


def test_what_makes_no_sense_is_told_when_it_is_used() -> None:
    """Not at import; the tests of all patterns compile each."""
    broken = lazily("(")
    with pytest.raises(re.error):
        broken.search("(")


def test_it_claims_no_more_than_a_pattern_has() -> None:
    """A slip in a name is told, and compiles nothing."""
    with pytest.raises(AttributeError, match="serach"):
        lazily("a").serach  # type: ignore[attr-defined]  # noqa: B018


def test_it_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first use compiles, and the next ones do not."""
    times = []
    compiled = Lazy.compiled

    def counted(self: Lazy) -> re.Pattern[str]:
        times.append(self)
        return compiled(self)

    monkeypatch.setattr(Lazy, "compiled", counted)
    ours = lazily("b")
    assert not times
    assert [bool(ours.search(text)) for text in ("abc", "a", "b")] == [True, False, True]
    assert len(times) == 1


def test_importing_what_reads_questions_compiles_none_of_them() -> None:
    """That is what they are for."""
    code = (
        "import pullquote.patterns as p\n"
        "p.Lazy.compiled = lambda self: exit(f'compiled: {self._written}')\n"
        "import pullquote.chatbot, pullquote.questions.plainwords.scopes as s\n"
        "assert any(isinstance(v, p.Lazy) for v in vars(s).values())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
