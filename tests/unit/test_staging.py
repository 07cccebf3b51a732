"""What a refresh has read lies on disk until its commit, and nothing of it stays there."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from pullquote import StoreError
from pullquote.articles.files import read_article
from pullquote.articles.passages import embedded_form, split_passages
from pullquote.index.records import NewRow
from pullquote.index.staging import Staging
from pullquote.types import Article

TEXT = "---\ntitle: Tram\ntags: [Line 1]\n---\n\n# Line\n\nA tram. It is red.\n\n# Fare\n\nTwo.\n"


def read(path: str, first: int) -> tuple[Article, list[NewRow]]:
    """Return an article and its rows, with vectors numbered from `first`."""
    article = read_article(path, TEXT.encode())[0]
    return article, [
        NewRow(passage, first + n, *embedded_form(passage), tuple(range(len(passage.sentences))))
        for n, passage in enumerate(split_passages(article))
    ]


def test_what_is_wanted_comes_once_and_in_order(tmp_path: Path) -> None:
    """Two articles that share vectors want each once; windows are as long as is asked for."""
    article, rows = read("b.md", 5)
    with Staging(tmp_path) as staging:
        staging.put(article, rows)
        staging.put(*read("a.md", 5))
        staging.want(read("c.md", 2)[1][0])
        wanted = staging.wanted()
        assert wanted.tolist() == [2, 5, *range(6, 5 + len(rows))]
        windows = list(staging.windows(wanted, 2))
        assert [number for window in windows for number in window.ids] == wanted.tolist()
        assert [len(window.ids) for window in windows[:-1]] == [2] * (len(windows) - 1)
        texts = dict(zip(windows[0].ids, windows[0].texts, strict=True))
        assert texts[5] == rows[0].words
        places = dict(zip(windows[0].ids, windows[0].places, strict=True))
        assert places[5] == list(rows[0].places)
        assert [w.ids for w in staging.windows(np.array([5]), 9)] == [(5,)]


def test_words_are_those_of_each_passage(tmp_path: Path) -> None:
    """By the passage's id, also where a vector is shared."""
    (one, rows), (other, same) = read("a.md", 5), read("b.md", 5)
    with Staging(tmp_path) as staging:
        staging.put(one, rows)
        staging.put(other, same)
        assert dict(staging.words()) == {row.passage.id: row.words for row in rows + same}
        assert sorted(staging.paths()) == ["a.md", "b.md"]


def test_nothing_stays_behind(tmp_path: Path) -> None:
    """What a killed refresh left is not read; an error leaves nothing either."""
    (tmp_path / "staging.db.half-written").write_text("from a killed refresh", "utf-8")
    with pytest.raises(ZeroDivisionError), Staging(tmp_path) as staging:
        staging.put(*read("a.md", 5))
        assert staging.wanted().tolist()[0] == 5
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    """The file is named, and what to do."""
    with pytest.raises(StoreError, match=r"staging.db.*: database or disk is full; free some"):
        fill(tmp_path)
    assert list(tmp_path.iterdir()) == []


def fill(folder: Path) -> None:
    """Put articles away until the database may not grow any more."""
    with Staging(folder) as staging:
        staging._db.execute("PRAGMA max_page_count=12")
        for number in range(1000):
            staging.put(*read(f"{number}.md", 5 * number))


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    """SQLite says no more than that it cannot open the file."""
    with pytest.raises(StoreError, match=r"staging.db.*unable to open.*check permissions"):
        Staging(tmp_path / "none")


def test_the_file_is_not_in_the_way_of_the_catalog(tmp_path: Path) -> None:
    """It can be read by another connection once it is finished."""
    with Staging(tmp_path) as staging:
        staging.put(*read("a.md", 5))
        staging.finish()
        other = sqlite3.connect(f"{staging.path.as_uri()}?mode=ro", uri=True)
        assert other.execute("SELECT c0 FROM articles").fetchall() == [("a.md",)]
        other.close()
