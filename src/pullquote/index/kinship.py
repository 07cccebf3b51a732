"""Families and boilerplate in the catalog: told anew when what articles share may have changed."""

import json
import sqlite3
from collections.abc import Iterable

from pullquote.index.families import REPEATED, count_families, find_families


def share_sentences(connection: sqlite3.Connection, paths: Iterable[str]) -> bool:
    """Tell whether any of these articles says what another one says as well.

    Articles that do not, before and after they change, are in no family and hold no boilerplate.
    """
    query = (
        "SELECT EXISTS (SELECT 1 FROM said AS one JOIN said AS other USING (words)"
        " WHERE one.path <> other.path AND one.path IN (SELECT value FROM json_each(?)))"
    )
    (found,) = connection.execute(query, (json.dumps(list(paths)),)).fetchone()
    return bool(found)


def tell_families(connection: sqlite3.Connection) -> None:
    """Tell copies from boilerplate anew, from all that is said now: no history is in it.

    Drafts have no say: what they repeat stays quotable.
    """
    repeated: dict[int, list[str]] = {}
    for words, path in connection.execute(
        "SELECT words, path FROM said WHERE words IN"
        " (SELECT words FROM said GROUP BY words HAVING count(*) > 1)"
        " AND path NOT IN (SELECT path FROM articles WHERE draft) ORDER BY words, path"
    ):
        repeated.setdefault(words, []).append(path)
    sharing = json.dumps(sorted({path for paths in repeated.values() for path in paths}))
    lengths = dict(
        connection.execute(
            "SELECT path, count(*) FROM said WHERE path IN (SELECT value FROM json_each(?))"
            " GROUP BY path",
            (sharing,),
        ).fetchall()
    )
    kin = find_families(lengths, repeated)
    counts = ((words, count_families(paths, kin)) for words, paths in repeated.items())
    connection.execute("DELETE FROM families")
    connection.executemany("INSERT INTO families VALUES (?, ?)", kin.items())
    connection.execute("DELETE FROM boilerplate")
    connection.executemany(
        "INSERT INTO boilerplate VALUES (?, ?)", [pair for pair in counts if pair[1] >= REPEATED]
    )
