"""What the command line prints of an answer."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

import pullquote.cli
from pullquote import Answer, Article, Quote, Span
from pullquote.articles.files import read_article
from pullquote.cli.console import show_answer


def read(text: str, path: str = "a.md") -> Article:
    """Return an article of some text."""
    return read_article(path, text.encode())[0]


def test_a_table_row_is_followed_by_its_cells(capsys: pytest.CaptureFixture[str]) -> None:
    """One line more, with the column before each cell that has one."""
    text = "| Firm | | 2025 |\n|-|-|-|\n| Foo | old | 100 |\n"
    start = text.index("Foo")
    quote = Quote(read(text), Span(start, text.index(" |\n", start)), 0.9)
    show_answer(Answer("Why?", "Why?", "answered", 0.9, "", (quote,)))
    assert capsys.readouterr().out == (
        "[1] “Foo old 100”\n    Firm: Foo · old · 2025: 100\n    A\n"
        f"    a.md:{start}-{quote.span.end}\n\n"
    )


def test_a_credit_names_day_state_and_copies(capsys: pytest.CaptureFixture[str]) -> None:
    """After the title, apart by dots."""
    late = date.today() + timedelta(days=9)
    article = read(f"---\ntitle: T\ndate: 2024-05-06\npublishDate: {late}\n---\nAlpha.\n")
    start = article.text.index("Alpha")
    quote = Quote(article, Span(start, start + 6), 0.9)
    quote = replace(quote, also=(read("Alpha.\n", "b.md"),))
    show_answer(Answer("Why?", "Why?", "answered", 0.9, "", (quote,)))
    assert "\n    T · 2024-05-06 · not yet out · also in 1 article\n" in capsys.readouterr().out


def test_no_command_prints_past_what_disarms() -> None:
    """Python's own `print` would hand a terminal whatever an article holds."""
    folder = Path(pullquote.cli.__file__).parent
    texts = {path.name: path.read_text("utf-8") for path in folder.glob("*.py")}
    printing = {name for name, text in texts.items() if re.search(r"(?<![.\w])print\(", text)}
    disarmed = {name for name, text in texts.items() if "cli.printing import" in text}
    assert printing - disarmed - {"printing.py"} == set()
