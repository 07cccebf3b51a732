"""Front matter: read right or told in one line, and the text is never lost."""

from typing import Any

import pytest

from pullquote.articles.front_matter import MAX_BYTES, read_front_matter


@pytest.mark.parametrize(
    ("head", "values"),
    [
        ("---\ntitle: A\n---", {"title": "A"}),
        ("\ufeff---\ntitle: A\n---", {"title": "A"}),
        ("---\r\ntitle: A\r\n---", {"title": "A"}),
        ("---\rtitle: A\r---", {"title": "A"}),
        ("--- \ntitle: A\n---\t", {"title": "A"}),
        ("---\ntitle: A\n...", {"title": "A"}),
        ("---\n\ntitle: A\n\n---", {"title": "A"}),
        ("\n\n---\ntitle: A\n---", {"title": "A"}),
        ("---\n{title: A, tags: [b]}\n---", {"title": "A", "tags": ["b"]}),
        ("+++\ntitle = 'A'\n+++", {"title": "A"}),
        ('{"title": "A", "n": 1.10}', {"title": "A", "n": "1.10"}),
        ("---\n---", {}),
        ("---\n# title: A\n---", {}),
        ("---\nTitle: A\nlastMod: B\n---", {"title": "A", "lastmod": "B"}),
        ("---\n1: a\nyes: b\n---", {"1": "a", "yes": "b"}),
    ],
)
def test_every_shape_is_read(head: str, values: dict[str, Any]) -> None:
    """Any fence, newline and format gives its values, and the body starts behind it."""
    text = head + "\n\nBody"
    front = read_front_matter(text)
    assert (dict(front.values), text[front.body :].strip(), front.warnings) == (values, "Body", ())


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("012", "012"),
        ("1.10", "1.10"),
        ("12:30:45", "12:30:45"),
        ("2024-10-31 10:00", "2024-10-31 10:00"),
        ("2024-13-45", "2024-13-45"),
        ("~", None),
        ("'null'", "null"),
        ("!!python/name:os.system a", "a"),
        ("!tag a", "a"),
        ("|\n  a\n  b", "a\nb\n"),
    ],
)
def test_yaml_keeps_values_as_they_are_written(written: str, value: str | None) -> None:
    """No scalar becomes a number, a date, a truth or an object."""
    front = read_front_matter(f"---\na: {written}\n---\n")
    assert (front.values["a"], front.warnings) == (value, ())


@pytest.mark.parametrize(
    ("inner", "values", "warning"),
    [
        (
            "title: Amazon: Q3\ntags:\n  - a",
            {"title": "Amazon: Q3", "tags": ["a"]},
            "line 2: front matter is not YAML (mapping values are not allowed in this context); "
            "'title' was read as 'Amazon: Q3'; put the value in quotes",
        ),
        (
            "title: A\ntags:\n\t- a",
            {"title": "A", "tags": ["a"]},
            "line 4: front matter is not YAML (found character that cannot start any token); "
            "it was read key by key; correct it",
        ),
        (
            "title: A\ntags: [a, b",
            {"title": "A", "tags": "a, b"},
            "line 4: front matter is not YAML (did not find expected ',' or ']'); "
            "'tags' was read as 'a, b'; put the value in quotes",
        ),
        (
            "title: A\nmore:\n - b\n c: d",
            {"title": "A"},
            "line 5: front matter is not YAML (did not find expected '-' indicator); "
            "'more' was left out; correct it",
        ),
        (
            "title: A\ntitle: B",
            {"title": "B"},
            "line 3: front matter has 'title' twice, the first time in line 2; "
            "the last was taken, remove the other",
        ),
        (
            "title: A\nb: &c [d]\ne: *c",
            {"title": "A", "b": ["d"]},
            "line 4: front matter has an alias (*), which is not allowed; 'e' was left out; "
            "write it out",
        ),
        (
            "title: A\nb: " + "[" * 17,
            {"title": "A"},
            "line 3: front matter has more than 16 levels; 'b' was left out; write it out",
        ),
    ],
)
def test_broken_yaml_is_read_key_by_key(inner: str, values: dict[str, Any], warning: str) -> None:
    """What is wrong costs one key and one line; the others are read."""
    front = read_front_matter(f"---\n{inner}\n---\nBody")
    assert (dict(front.values), front.warnings) == (values, (warning,))


def test_broken_toml_is_read_key_by_key() -> None:
    """A key of a table is not taken for one of the top."""
    front = read_front_matter("+++\ntitle = A B\ndraft = true\n[extra]\ntitle = 'C'\n+++\n")
    assert dict(front.values) == {"title": "A B", "draft": True}
    assert front.warnings == (
        "line 2: front matter is not TOML (Invalid value); 'title' was read as 'A B'; "
        "put the value in quotes",
    )


def test_what_follows_a_value_does_not_cost_it() -> None:
    """A stray line below a key is told, and the key is read from its own."""
    front = read_front_matter("+++\ntitle = 'A'\nstray\n+++\n")
    assert dict(front.values) == {"title": "A"}
    assert front.warnings == (
        "line 3: front matter is not TOML (Expected '=' after a key in a key/value pair); "
        "'title' was read from its first line; correct the next ones",
    )


def test_broken_json_gives_its_plain_pairs() -> None:
    """The body starts behind the closing brace, and the line of the fault is told."""
    text = '{\n"title": "A",,\n"b": ["c"]\n}\nBody'
    front = read_front_matter(text)
    assert (dict(front.values), text[front.body :]) == ({"title": "A"}, "\nBody")
    assert front.warnings == (
        "line 2: front matter is not JSON of at most 64 KiB "
        "(Expecting property name enclosed in double quotes); correct it",
    )


def test_json_tells_of_twins() -> None:
    """The last of two equal keys counts."""
    front = read_front_matter('{"a": "1", "a": "2"}')
    assert front.values == {"a": "2"}
    assert front.warnings == ("front matter has 'a' twice; the last was taken, remove the other",)


def test_unclosed_front_matter_ends_at_the_first_empty_line() -> None:
    """A forgotten fence loses neither the values nor the text."""
    text = "---\r\ntitle: A\r\ntags: [b]\r\n\r\nBody: text.\r\n"
    front = read_front_matter(text)
    assert (dict(front.values), text[front.body :].strip()) == (
        {"title": "A", "tags": ["b"]},
        "Body: text.",
    )
    assert front.warnings == (
        "line 1: front matter has no closing --- line and was taken to end at line 3; add the line",
    )


@pytest.mark.parametrize(
    ("head", "body", "values"),
    [
        ("---\ntitle: A\n", "Text at once.\nMore: text\n", {"title": "A"}),
        (
            "---\ntitle: A\ntags:\n- a\n- b\n",
            "# Heading\n\nText",
            {"title": "A", "tags": ["a", "b"]},
        ),
        ("---\ntitle: A\n", "- a list\n- of text\n", {"title": "A"}),
        ("---\ntitle: A\n# aside\ndraft: no\n", "Text", {"title": "A", "draft": "no"}),
        (
            "---\ntitle: A\nsummary: >\n  two\n  lines\n",
            "Text",
            {"title": "A", "summary": "two lines"},
        ),
        ("---\rtitle: A\r", "Text.\r", {"title": "A"}),
        (
            "+++\ntitle = 'A'\ntags = [\n'a',\n]\n",
            "The text = no.\n",
            {"title": "A", "tags": ["a"]},
        ),
        ("---\ntitle: A\n", "\nText.\n\n---\n\nMore after a rule.\n", {"title": "A"}),
        ("---\ntitle: A: B\n", "\nText.\n---\nMore.\n", {"title": "A: B"}),
        ("---\ntitle: A\nslug: a", "", {"title": "A", "slug": "a"}),
    ],
)
def test_unclosed_front_matter_ends_where_text_begins(
    head: str, body: str, values: dict[str, Any]
) -> None:
    """The first line that cannot be of it is text, and a rule further down is no fence."""
    front = read_front_matter(head + body)
    assert (dict(front.values), (head + body)[front.body :].lstrip("\r\n")) == (
        values,
        body.lstrip("\r\n"),
    )
    assert "has no closing" in front.warnings[0]


def test_a_broken_fenced_block_is_not_taken_for_text() -> None:
    """Where keys go on after an empty line, the fence is the end."""
    text = "---\ntitle: A: B\n\ntags: [a]\n---\nText"
    front = read_front_matter(text)
    assert (dict(front.values), text[front.body :]) == ({"title": "A: B", "tags": ["a"]}, "\nText")


@pytest.mark.parametrize("text", ['{"quoted"} is no key\n}\n', '{"a": b\n\nText.\n}\nMore', "{}"])
def test_what_only_begins_like_json_is_text(text: str) -> None:
    """No brace further down hides what cannot be JSON."""
    assert read_front_matter(text).body == 0


@pytest.mark.parametrize(
    "text",
    [
        "---\n\nText after a rule.\n\n---\n\nMore",
        "---\n\nNote: a colon.\n\n---\n\nMore",
        "---\n\nNote: a colon, and no second rule.\n",
        "----\ntitle: A\n----\n",
        "{{< shortcode >}}\n",
        "Text\n---\ntitle: A\n---\n",
        "",
    ],
)
def test_an_article_may_open_with_a_rule(text: str) -> None:
    """What is no front matter is text, and nothing is said about it."""
    assert read_front_matter(text) == ({}, 0, ())


@pytest.mark.parametrize("inner", ["Text.", "- a\n- b", "A sentence: with a colon", "[a](b): c"])
def test_fenced_text_is_told_and_kept(inner: str) -> None:
    """What fences hold that is not keys and values stays in the text."""
    assert read_front_matter(f"---\n{inner}\n---\nBody") == (
        {},
        0,
        (
            "line 1: what stands between the --- lines is not keys and values and was read as text;"
            " write key: value, or put an empty line after the first ---",
        ),
    )


def test_too_long_front_matter_is_not_loaded() -> None:
    """Beyond 64 KiB nothing is read, and the body starts behind it."""
    text = f"---\ntitle: A\nb: {'c' * MAX_BYTES}\n---\nBody"
    front = read_front_matter(text)
    assert (front.values, text[front.body :]) == ({}, "\nBody")
    assert front.warnings == (
        "line 1: front matter is longer than 64 KiB and was not read; shorten it",
    )


def test_many_faults_are_told_in_a_few_lines() -> None:
    """Five lines are told, the rest is counted."""
    inner = "".join(f"key{number}: a: b\n" for number in range(9))
    front = read_front_matter(f"---\n{inner}---\n")
    assert len(front.values) == 9
    assert front.warnings[5:] == ("front matter: 4 more lines like these",)


@pytest.mark.parametrize("bomb", ["[" * 60_000, "- " * 30_000, "{a: " * 15_000, "? " * 30_000])
def test_nothing_deep_is_loaded(bomb: str) -> None:
    """Nesting is refused before it costs anything."""
    front = read_front_matter(f"---\ntitle: A\nb: {bomb}\n---\n")
    assert front.values["title"] == "A"
    assert len(front.warnings) == 1
