"""Filters as conditions over the table of articles."""

import json
from datetime import date

from pullquote.filters import Filter

# Articles that may be unpublished on some day. The catalog has an index of them, for they are few.
HELD_BACK = "draft OR publish IS NOT NULL OR expires IS NOT NULL"


def conditions_of(wanted: Filter, today: date) -> tuple[str, list[str]]:
    """Return the SQL of a filter over `articles` and its values."""
    where, values = ["1"], list[str]()
    if not wanted.unpublished:
        where = ["NOT draft AND ifnull(publish <= ?, 1) AND ifnull(expires > ?, 1)"]
        values = [today.isoformat()] * 2
    for kind, words in (
        ("tag", wanted.tags), ("category", wanted.categories), ("lang", wanted.lang)
    ):  # fmt: skip
        if words:
            where.append(
                "path IN (SELECT path FROM labels WHERE kind = ?"
                " AND value IN (SELECT value FROM json_each(?)))"
            )
            values += [kind, json.dumps(sorted(words))]
    if wanted.since:
        where.append("date >= ?")
        values.append(wanted.since.isoformat())
    if wanted.until:
        where.append("date <= ?")
        values.append(wanted.until.isoformat())
    if wanted.paths:
        where.append(f"({' OR '.join(['path GLOB ?'] * len(wanted.paths))})")
        values += sorted(wanted.paths)
    return " AND ".join(where), values
