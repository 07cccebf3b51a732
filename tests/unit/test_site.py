"""pullquote.toml: read whole or refused in one line; which paths and sentences count."""

from pathlib import Path

import pytest

from pullquote.articles.site import Site, read_site, web_address
from pullquote.errors import InputError

WHOLE = """\ufeff# my site
base_url = "https://a.example/blog/"\r
language = "en"
languages = ["de"]
generator = "jekyll"
include = ["posts/**"]
exclude = ["README.md"]
boilerplate = ["(?i)^subscribe", "(x)\\\\1"]
code = true

[permalinks]
posts = "/:year/:slug/"
"/" = "pretty"
"""


def test_every_setting_is_read() -> None:
    """Names, folders and addresses lose the slashes at their ends."""
    assert Site.parse(WHOLE) == Site(
        base_url="https://a.example/blog",
        language="en",
        languages=("de",),
        generator="jekyll",
        include=("posts/**",),
        exclude=("README.md",),
        boilerplate=("(?i)^subscribe", "(x)\\1"),
        code=True,
        permalinks=(("posts", "/:year/:slug/"), ("", "pretty")),
    )


def test_nothing_need_be_set() -> None:
    """An empty file is the default; one pattern may serve all folders."""
    assert Site.parse("") == Site.parse("# nothing\n") == Site()
    assert Site.parse('permalinks = "/:title/"').permalinks == (("", "/:title/"),)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("\na = = 1", "line 2: is not TOML (Invalid value); correct it"),
        ('\n\na = """', 'line 3: is not TOML ('),
        ('\n\nbaseurl = "x"', "line 3: there is no setting 'baseurl'; did you mean base_url?"),
        (
            "x = 1",
            "line 1: there is no setting 'x'; use base_url, boilerplate, code, exclude, generator,"
            " include, language, languages, permalinks",
        ),
        ('base_url = "a.example"', "line 1: base_url must be like \"https://example.com\", not "),
        ('base_url = "ftp://a.example"', "line 1: base_url must be like"),
        ('base_url = "https://u:p@a.example"', "line 1: base_url must be like"),
        ('base_url = "https://a.example/?q"', "line 1: base_url must be like"),
        ("[base_url]\nx = 1", "line 1: base_url must be like"),
        ("language = 3", 'line 1: language must be a code like "en" or "pt-br", not 3'),
        ('language = "../x"', "line 1: language must be a code"),
        ('generator = "zola"', 'line 1: generator must be "hugo" or "jekyll", not \'zola\''),
        ('include = "a"', 'line 1: include must be a list like ["a", "b"], not \'a\''),
        ("exclude = [1]", "line 1: exclude must be a list"),
        ('exclude = ["[z-a]"]', "line 1: exclude: '[z-a]' is not a pattern of paths (bad chara"),
        (
            '\nboilerplate = ["("]',
            "line 2: boilerplate: '(' is not a regular expression (missing ), unterminated "
            "subpattern at position 0); correct it",
        ),
        ("\ncode = 1", "line 2: code must be true or false, not 1"),
        ("permalinks = 1", "line 1: permalinks must be a table of folder = pattern, not 1"),
        (
            '[permalinks]\nposts = "prety"',
            "line 2: permalinks: 'posts' must be like \"/:year/:month/:slug/\", not 'prety'",
        ),
        (
            '[permalinks]\nposts = "/:yeer/"',
            "line 2: permalinks: '/:yeer/' has no part :yeer; did you mean :year?",
        ),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_one_line(source: str, reason: str) -> None:
    """The line and the way out are told."""
    with pytest.raises(InputError) as refused:
        Site.parse(source)
    assert str(refused.value).startswith(f"pullquote.toml: {reason}")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("include", "exclude", "path", "taken"),
    [
        ((), (), "a/b.md", True),
        (("posts/*.md",), (), "posts/a.md", True),
        (("posts/*.md",), (), "posts/2024/a.md", False),
        (("posts/**/*.md",), (), "posts/a.md", True),
        (("posts/**",), (), "posts/2024/a.md", True),
        (("posts",), (), "en/posts/a.md", True),
        (("/posts",), (), "en/posts/a.md", False),
        (("posts/",), (), "posts.md/a.md", False),
        (("**/posts/a.md",), (), "posts/a.md", True),
        (("*.markdown",), (), "a/b.markdown", True),
        (("posts/**",), ("posts/b.md",), "posts/b.md", False),
        ((), ("README.md",), "a/README.md", False),
        ((), ("a/?.md",), "a/b.md", False),
        ((), ("a/?.md",), "a/bc.md", True),
        ((), ("a/[!b].md",), "a/b.md", True),
        ((), ("a/[b-c].md",), "a/b.md", False),
        ((), ("a.c",), "abc", True),
    ],
)
def test_paths_are_taken_as_gitignore_would(
    include: tuple[str, ...], exclude: tuple[str, ...], path: str, taken: bool
) -> None:
    """A star stays in its folder, two go through all, and excluded is excluded."""
    assert Site(include=include, exclude=exclude).takes(path) is taken


def test_jekylls_own_folders_hold_no_articles() -> None:
    """Unless they are asked for; of another generator they are folders like all others."""
    paths = ["_layouts/a.md", "x/_includes/a.md", "_posts/a.md", "_docs/a.md"]
    assert [Site(generator="jekyll").takes(path) for path in paths] == [False, False, True, True]
    assert Site(generator="jekyll", include=("_layouts",)).takes(paths[0])
    assert all(map(Site().takes, paths))


def test_boilerplate_is_searched_in_a_sentence() -> None:
    """Each pattern counts for itself, with its own flags and groups."""
    site = Site(boilerplate=("(?i)^subscribe", r"(x)\1"))
    shown = ["Subscribe now.", "Please subscribe.", "Axxb.", "SubscriBe", "x x"]
    assert [site.is_boilerplate(text) for text in shown] == [True, False, True, True, False]
    assert not Site().is_boilerplate("")


def test_the_file_lies_beside_the_articles(tmp_path: Path) -> None:
    """Without it nothing is set; one that cannot be read is told with its place."""
    assert read_site(tmp_path) == ""
    assert read_site(tmp_path / "nowhere") == ""
    place = tmp_path / "pullquote.toml"
    place.write_bytes(b"code = true\r\n")
    assert Site.parse(read_site(tmp_path)) == Site(code=True)
    place.write_bytes(b"\n# caf\xe9\n")
    with pytest.raises(InputError, match=r"pullquote.toml: line 2: is not UTF-8; save the file as"):
        read_site(tmp_path)
    place.unlink()
    place.mkdir()
    with pytest.raises(InputError, match=r"pullquote.toml: cannot be read \(Is a directory\)"):
        read_site(tmp_path)


@pytest.mark.parametrize(
    ("value", "address"),
    [
        (" https://a.example/b?c#d ", "https://a.example/b?c#d"),
        ("HTTP://a.example", "HTTP://a.example"),
        ("https://bücher.example/ä", "https://bücher.example/ä"),
        ("javascript:alert(1)", None),
        ("//a.example", None),
        ("https:///a", None),
        ("https://u@a.example", None),
        ("https://a.example:x", None),
        ("https://[a.example", None),
        ("https://a.example/b c", None),
        ("https://a.example/\x00", None),
        ("https://a.example/\u2028b", None),
        ("https://a.example/\ud800", None),
        ("https://a.example/\u202eb", None),
        ('https://a.example/"', None),
        ("https://a.example\\@b.example", None),
        (None, None),
        (3, None),
    ],
)
def test_only_plain_web_addresses_are_followed(value: object, address: str | None) -> None:
    """No other scheme, no credentials, nothing that a browser would read as something else."""
    assert web_address(value) == address
